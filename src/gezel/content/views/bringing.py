"""Making modules of a file that came from elsewhere: choose it, look, say yes."""

import uuid
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.content import actions, policy, words
from gezel.content.forms.intakes import ModuleFileForm
from gezel.content.models import Block, ModuleIntake
from gezel.content.rules.cartridge import CartridgeRefused
from gezel.kit.archives import ArchiveRefused
from gezel.people.api import Request, at_work


@at_work
def bring(request: Request) -> HttpResponse:
    """Choose a file; it is looked into at once, and nothing is made of it yet."""
    language = "nl" if (get_language() or "").startswith("nl") else "en"
    form = ModuleFileForm(request.POST or None, request.FILES or None, language=language)
    if request.method == "POST" and form.is_valid():
        try:
            intake = _looked_at(request, form.cleaned_data)
        except CartridgeRefused as refused:
            form.add_error("file", words.why_not(refused))
        except ArchiveRefused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("content:intake", intake.pk)
    told = {"form": form, "earlier": policy.own_intakes(request.visitor)[:20]}
    return render(request, "content/bring.html", told, status=422 if form.errors else 200)


def _looked_at(request: Request, said: dict[str, Any]) -> ModuleIntake:
    came = said["file"]
    with NamedTemporaryFile() as kept:
        for chunk in came.chunks():
            kept.write(chunk)
        kept.flush()
        return actions.look_at(
            Path(kept.name),
            organisation=request.visitor.organisation,
            by=request.user,
            name=came.name or "",
            language=said["language"],
            key=said["key"],
        )


def _intake(request: Request, pk: uuid.UUID) -> ModuleIntake:
    return get_object_or_404(policy.own_intakes(request.visitor), pk=pk)


@at_work
@require_safe
def intake(request: Request, pk: uuid.UUID) -> HttpResponse:
    """What would come in, and what would not and why; or what came of it."""
    found = _intake(request, pk)
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
        "made": found.made.select_related("activity"),
        "known": actions.known_already(found) if found.state == "read" else None,
    }
    return render(request, "content/intake.html", told)


@at_work
@require_POST
def take_over(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Someone says yes: every module shown is made, as a draft, or none is."""
    found = _intake(request, pk)
    try:
        if actions.known_already(found) is None:
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
    except (CartridgeRefused, ArchiveRefused, actions.Refused) as refused:
        said = refused.messages[0] if isinstance(refused, actions.Refused) else (
            words.why_not(refused) if isinstance(refused, CartridgeRefused) else str(refused)
        )  # fmt: skip
        messages.error(request, _("Nothing was made. %(why)s") % {"why": said})
    return redirect("content:intake", found.pk)


@at_work
@require_POST
def drop(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Someone thinks better of it."""
    actions.drop_intake(_intake(request, pk))
    messages.success(request, _("The file is thrown away; nothing came in."))
    return redirect("content:bring")
