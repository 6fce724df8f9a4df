"""An assignment at work: sending a photo and a line, and looking at a colleague's."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.content import actions, policy, queries
from gezel.content.forms.practice import LookForm, ProofForm
from gezel.content.models import Block, Media, Proof
from gezel.content.parts import in_parts
from gezel.content.rules import uploads
from gezel.content.rules.kinds import Practical
from gezel.content.views.files import inert
from gezel.people.api import Request, at_work, signed_in
from gezel.trust.api import note_reading


@at_work
def practice(request: Request, module_pk: int, block_pk: int) -> HttpResponse:
    """Show that one did it: a photo, a line, and who may look."""
    visitor = request.visitor
    module = get_object_or_404(
        policy.modules_to_play(visitor).select_related("activity"), pk=module_pk
    )
    block = get_object_or_404(module.blocks.filter(kind=Block.Kind.PRACTICAL), pk=block_pk)
    body = block.content
    if not isinstance(body, Practical):
        raise Http404
    proofs = list(policy.own_proofs(visitor).filter(block__module=module).select_related("looker"))
    waiting = next((p for p in proofs if p.state == Proof.State.SENT), None)
    lookers = queries.lookers_for(visitor, module, body.looker)
    form = ProofForm(request.POST or None, request.FILES or None, lookers=lookers)
    if request.method == "POST" and form.is_valid():
        try:
            photo = _photo(request, form)
            if photo is not None:
                actions.send_proof(
                    request.user,
                    block,
                    organisation=visitor.organisation,
                    media=photo,
                    line=form.cleaned_data["line"],
                    looker=form.cleaned_data["looker"],
                    key=form.cleaned_data["key"],
                )
                messages.success(request, _("Sent. You see here what they say of it."))
                return redirect("content:practice", module.pk, block.pk)
        except ValidationError as error:
            form.add_error("photo", error)
    told = {
        "module": module,
        "block": block,
        "body": body,
        "form": form,
        "proofs": proofs,
        "waiting": waiting,
        "lookers": lookers,
        "most": uploads.PURPOSES["proof"],
    }
    return render(request, "content/practice.html", told, status=422 if form.errors else 200)


def _photo(request: Request, form: ProofForm) -> Media | None:
    organisation = request.visitor.organisation
    if (ahead := form.cleaned_data.get("upload")) is not None:
        with (
            actions.claim_upload(request.user, ahead, purpose="proof") as arrived,
            arrived.path.open("rb") as file,
        ):
            return actions.keep_upload(organisation, file, expected="image")
    if (sent := form.cleaned_data.get("photo")) is not None:
        return actions.keep_upload(organisation, sent, expected="image")
    form.add_error("photo", _("Take or choose a photo."))
    return None


@signed_in
@require_POST
def take_back(request: Request, key: uuid.UUID) -> HttpResponse:
    """Take a photo back: it is gone, for whoever looked too."""
    proof = get_object_or_404(
        policy.own_proofs(request.visitor).select_related("block__module"), key=key
    )
    actions.take_back_proof(proof)
    messages.success(request, _("The photo is gone."))
    return redirect("content:practice", proof.block.module_id, proof.block_id)


@at_work
def look(request: Request, key: uuid.UUID) -> HttpResponse:
    """Look at what a colleague showed, and confirm it or say what is missing."""
    visitor = request.visitor
    proof = get_object_or_404(
        policy.proofs_to_look_at(visitor).select_related(
            "person", "media", "block__module__activity"
        ),
        key=key,
    )
    note_reading(
        reader_pk=visitor.person.pk, about=[proof.person_id], matter="practice", purpose="looker"
    )
    form = LookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        remark = form.cleaned_data["remark"]
        if "return" in request.POST:
            if remark:
                actions.return_proof(proof, remark=remark)
                messages.success(request, _("Sent back, with what is still missing."))
                return redirect("content:making")
            form.add_error("remark", _("Say what is still missing."))
        else:
            actions.confirm_proof(proof, by=request.user, remark=remark)
            messages.success(request, _("Confirmed, with your name."))
            return redirect("content:making")
    told = {"proof": proof, "form": form, "body": proof.block.content}
    return render(request, "content/look.html", told, status=422 if form.errors else 200)


@signed_in
@require_safe
def photo(request: Request, key: uuid.UUID) -> HttpResponseBase:
    """The photo, to who sent it and to who was asked to look."""
    proof = get_object_or_404(
        policy.proofs_to_see(request.visitor).select_related("media"), key=key
    )
    found = proof.media
    try:
        response = in_parts(
            request,
            lambda: found.file.open("rb"),
            size=found.size,
            etag=f'"{found.digest}"',
            kind=found.kind,
        )
    except FileNotFoundError as gone:
        raise Http404 from gone
    inert(response, found)
    # Taken back is gone: unlike what stands in a module, nothing of it stays behind.
    response["Cache-Control"] = "private, no-store"
    return response
