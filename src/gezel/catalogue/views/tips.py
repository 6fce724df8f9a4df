"""Tips: three at a time, each with its reason, adjustable, and to be switched off."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.catalogue import actions, policy, queries
from gezel.catalogue.forms import TipsForm
from gezel.people.api import Request, at_work, signed_in
from gezel.skills.api import skills_by_key


@require_safe
@at_work
def panel_tips(request: Request) -> HttpResponse:
    """Three tips for who opens Gezel; nothing for who switched them off."""
    told = queries.tips_for(request.visitor)
    if not told.wanted:
        raise Http404
    return render(request, "catalogue/panel_tips.html", {"told": told})


@require_safe
@at_work
def panel_teaches(request: Request, skill_pk: int) -> HttpResponse:
    """What teaches this skill here: first what someone who stands where you stand can follow."""
    visitor = request.visitor
    skill = skills_by_key(visitor, [skill_pk]).get(skill_pk)
    if skill is None:
        raise Http404
    level = queries.levels_held(visitor.person, [skill_pk]).get(skill_pk, 0.0)
    found = queries.activities_teaching(visitor, skill_pk, from_level=level, most=4)
    rows = [
        (a, next(t for t in a.teaches.all() if skill_pk in {t.skill_id, t.skill.merged_into_id}))
        for a in found
    ]
    return render(request, "catalogue/panel_teaches.html", {"skill": skill, "rows": rows})


@signed_in
def settings(request: Request) -> HttpResponse:
    """What you ask of your tips, what you put aside, and how they come about."""
    person = request.visitor.person
    kept = queries.preferences_of(person)
    form = TipsForm(
        request.POST or None,
        initial={
            "wanted": kept.wanted,
            "most_hours": kept.most_hours,
            "free_only": kept.free_only,
            "no_evenings": kept.no_evenings,
            "forms": sorted(kept.forms),
            "language": kept.language,
        },
    )
    if request.method == "POST" and form.is_valid():
        actions.prefer(person, **form.cleaned_data)
        messages.success(request, _("Saved. Nobody else sees what you chose."))
        return redirect("catalogue:tips")
    told = queries.tips_for(request.visitor, most=5, preferences=kept)
    page = {"form": form, "told": told, "hidden": queries.hidden_tips(person)}
    return render(
        request, "catalogue/tips.html", page, status=422 if request.method == "POST" else 200
    )


@require_POST
@at_work
def hide(request: Request, pk: int) -> HttpResponse:
    """Not now, or not at all; another takes its place."""
    found = get_object_or_404(policy.activities_to_read(request.visitor), pk=pk)
    person = request.visitor.person
    actions.put_aside(person, found, for_good=request.POST.get("for") == "good")
    if request.htmx:
        told = queries.tips_for(request.visitor)
        return render(request, "catalogue/panel_tips.html", {"told": told})
    return redirect(_back(request))


@require_POST
@signed_in
def take_back(request: Request) -> HttpResponse:
    """Suggest again what you put aside: one, or all."""
    asked = request.POST.get("activity", "")
    one = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= 15 else None
    if one is not None or request.POST.get("all") == "1":
        actions.take_back(request.visitor.person, one)
    return redirect("catalogue:tips")


def _back(request: Request) -> str:
    back = request.POST.get("next", "")
    return back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/"
