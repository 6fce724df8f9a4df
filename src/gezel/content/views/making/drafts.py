"""Beginning a module, and what it is about."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from gezel.content import actions, queries
from gezel.content.actions import Outdated
from gezel.content.forms import SKILL_ROWS, AboutForm
from gezel.content.models import Module
from gezel.content.views.making.shared import module_to_edit, take_new_version
from gezel.people.api import Organisation, Request, at_work
from gezel.skills.api import propose


@at_work
def new(request: Request) -> HttpResponse:
    """Begin a module; it stands in the catalogue as a draft."""
    organisation = request.visitor.organisation
    if _proposing(request):
        return _propose(request, organisation)
    form = AboutForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        module = actions.draft_module(
            organisation, by=request.user, key=form.cleaned_data["key"], **_about(form)
        )
        return redirect("content:edit", module.pk)
    status = 422 if form.is_bound else 200
    return render(request, "content/about.html", {"form": form}, status=status)


def _proposing(request: Request) -> bool:
    return request.method == "POST" and not request.POST.keys().isdisjoint({"propose", "take"})


def _propose(
    request: Request, organisation: Organisation, module: Module | None = None
) -> HttpResponse:
    """Skills the title and goal seem to speak of; one that is taken fills the first free row.

    Only what this organisation works with, as that is what a module can show here. Nothing is
    judged or kept yet.
    """
    data = request.POST.dict()
    rows = range(1, SKILL_ROWS + 1)
    offered = set(queries.teachable_skills(organisation).values_list("pk", flat=True))
    chosen = {data.get(f"skill_{row}", "") for row in rows}
    taken = data.get("take", "")
    if taken.isascii() and taken.isdecimal() and int(taken[:15]) in offered - {0}:
        free = next((row for row in rows if not data.get(f"skill_{row}")), None)
        if free and taken not in chosen:
            data[f"skill_{free}"] = taken
            chosen.add(taken)
    fields = ("title_nl", "title_en", "goal_nl", "goal_en")
    told = propose(request.visitor, "\n".join(data.get(name, "")[:2_000] for name in fields))
    proposed = [p for p in told.found if p.skill.pk in offered and str(p.skill.pk) not in chosen]
    page = {
        "form": AboutForm(initial=data, organisation=organisation),
        "module": module,
        "proposed": proposed,
        "asked": True,
        "room": "" in chosen,
    }
    part = ("#proposed" if "propose" in data else "#teaches") if request.htmx else ""
    return render(request, f"content/about.html{part}", page)


def _about(form: AboutForm) -> dict[str, Any]:
    return {
        "title": form.words("title"),
        "goal": form.words("goal"),
        "minutes": form.cleaned_data["minutes"],
        "pass_percent": form.cleaned_data["pass_percent"],
        "teaches": form.teaches,
    }


@at_work
def about(request: Request, module_pk: int) -> HttpResponse:
    """Change the title, goal, time, pass mark or skills."""
    module = module_to_edit(request, module_pk)
    if _proposing(request):
        return _propose(request, module.activity.organisation, module)
    form = AboutForm(
        request.POST or None,
        organisation=module.activity.organisation,
        initial=AboutForm.initial_of(module),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_module(
                module,
                version=form.cleaned_data["version"] or 0,
                by=request.user,
                **_about(form),
            )
        except Outdated as error:
            take_new_version(form, module, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("content:edit", module.pk)
    status = 422 if form.is_bound else 200
    return render(request, "content/about.html", {"form": form, "module": module}, status=status)
