"""Making modules of a file that came from elsewhere: choose it, look, say yes."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.content import actions, jobs, policy, words
from gezel.content.forms.intakes import ModuleFileForm
from gezel.content.models import Block, Module, ModuleIntake
from gezel.content.rules import uploads
from gezel.content.views.arriving import file_of, too_large_to_wait_for
from gezel.kit.jobs import enqueue
from gezel.people.api import Request, at_work


@at_work
def bring(request: Request) -> HttpResponse:
    """Choose a file; it is looked into at once, and nothing is made of it yet."""
    language = "nl" if (get_language() or "").startswith("nl") else "en"
    into = _into(request, request.POST.get("module") or request.GET.get("module"))
    form = ModuleFileForm(
        request.POST or None,
        request.FILES or None,
        language=language,
        module=into.pk if into else None,
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            if (large := too_large_to_wait_for(request, form, purpose="course")) is not None:
                task = enqueue(
                    jobs.look_into_course,
                    by=request.user,
                    key=large.pk,
                    upload=str(large.pk),
                    asker=request.user.pk,
                    organisation=request.visitor.organisation.pk,
                    language=said["language"],
                    form_key=str(said["key"]),
                )
                return redirect("kit:task", task.pk)
            with file_of(request.user, form, purpose="course") as (path, name):
                intake = actions.look_at(
                    path,
                    organisation=request.visitor.organisation,
                    by=request.user,
                    name=name,
                    language=said["language"],
                    key=said["key"],
                )
        except jobs.NOT_TAKEN as refused:
            form.add_error("file", words.reason(refused))
        else:
            address = reverse("content:intake", args=[intake.pk])
            return redirect(f"{address}?module={into.pk}" if into else address)
    told = {
        "into": into,
        "form": form,
        "most": uploads.LARGEST_COURSE,
        "earlier": policy.own_intakes(request.visitor)[:20],
    }
    return render(request, "content/bring.html", told, status=422 if form.errors else 200)


def _into(request: Request, told: str | None) -> Module | None:
    """The module that questions are for: one that the visitor may change.

    Raises:
        Http404: it is none of those.
    """
    if not told:
        return None
    if not (told.isascii() and told.isdigit() and len(told) < 10):
        raise Http404
    return get_object_or_404(
        policy.modules_to_edit(request.visitor).select_related("activity"), pk=int(told)
    )


def _intake(request: Request, pk: uuid.UUID) -> ModuleIntake:
    return get_object_or_404(policy.own_intakes(request.visitor), pk=pk)


@at_work
@require_safe
def intake(request: Request, pk: uuid.UUID) -> HttpResponse:
    """What would come in, and what would not and why; or what came of it."""
    found = _intake(request, pk)
    into = _into(request, request.GET.get("module")) if found.form != "cartridge" else None
    kinds = dict(Block.Kind.choices)
    modules = [
        row | {"kinds": [(kinds.get(kind, kind), n) for kind, n in row["kinds"].items()]}
        for row in found.found.get("modules", [])
    ]
    left = [row | {"words": words.left_out(row["why"])} for row in found.found.get("left", [])]
    told = {
        "intake": found,
        "modules": modules,
        "stays_out": [row for row in left if row["why"] not in words.COMES_IN_OTHERWISE],
        "otherwise": [row for row in left if row["why"] in words.COMES_IN_OTHERWISE],
        "made": found.made.select_related("activity").order_by("pk"),
        "into": into,
        "known": actions.known_already(found) if found.state == "read" and not into else None,
        "added": into is not None and actions.added_already(found, into),
    }
    return render(request, "content/intake.html", told)


@at_work
@require_POST
def take_over(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Someone says yes: every module shown is made, as a draft, or none is."""
    found = _intake(request, pk)
    into = _into(request, request.POST.get("module"))
    try:
        if into is not None:
            return _added(request, found, into)
        if actions.known_already(found) is None:
            if found.state == ModuleIntake.State.READ and found.is_large:
                task = enqueue(
                    jobs.make_modules,
                    by=request.user,
                    key=uuid.uuid5(found.pk, "modules"),
                    intake=str(found.pk),
                )
                return redirect("kit:task", task.pk)
            made = actions.take_over(found)
            messages.success(
                request,
                ngettext(
                    "%(n)s module is made, as a draft of yours.",
                    "%(n)s modules are made, as drafts of yours.",
                    len(made),
                )
                % {"n": len(made)},
            )
    except jobs.NOT_TAKEN as refused:
        said = words.reason(refused)
        messages.error(request, _("Nothing was made. %(why)s") % {"why": said})
        if into is not None:
            return redirect(f"{reverse('content:intake', args=[found.pk])}?module={into.pk}")
    return redirect("content:intake", found.pk)


def _added(request: Request, found: ModuleIntake, into: Module) -> HttpResponse:
    n = actions.add_to(found, into, by=request.user)
    if n:
        words = ngettext("%(n)s block is added.", "%(n)s blocks are added.", n)
        messages.success(request, words % {"n": n})
    return redirect("content:edit", into.pk)


@at_work
@require_POST
def drop(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Someone thinks better of it."""
    actions.drop_intake(_intake(request, pk))
    messages.success(request, _("The file is thrown away; nothing came in."))
    return redirect("content:bring")
