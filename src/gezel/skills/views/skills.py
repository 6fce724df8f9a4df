"""The page of a skill and of an occupation, and how an organisation names and adds skills."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezel.people.api import Request, Visitor, at_work, require, signed_in
from gezel.skills import actions, policy
from gezel.skills.forms.names import AliasForm
from gezel.skills.forms.profiles import OwnNameForm, SkillForm
from gezel.skills.models import Occupation, Skill, SkillAlias, SkillLabel, SkillLink
from gezel.skills.queries import profiles as read
from gezel.skills.queries import taxonomy

PER_PAGE = 50
# What teaches a skill is told by a room above, if it is there: asked by name, never imported.
TEACHES = "catalogue:panel_teaches"


def _part(request: Request, page: str, part: str) -> str:
    """A page whole, or only the part that htmx asked for."""
    return f"{page}#{part}" if request.htmx and not request.htmx.boosted else page


@at_work
def skills(request: Request) -> HttpResponse:
    """Look for a skill; without a question, the organisation's own skills."""
    text = request.GET.get("q", "").strip()[:200]
    own = (
        Skill.objects.filter(organisation=request.visitor.organisation, merged_into=None)
        .defer("about_nl", "about_en", "aliases_nl", "aliases_en")
        .order_by("name_nl", "name_en", "pk")
    )
    page = Paginator(own, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        _part(request, "skills/skills.html", "found"),
        {
            "text": text,
            "page": page,
            "found": taxonomy.find_skills(request.visitor, text, limit=40) if text else [],
            "may_edit": request.visitor.is_hr,
            "unnamed": taxonomy.skills_without_name(request.visitor.organisation).count()
            if request.visitor.is_hr and not request.htmx
            else 0,
        },
    )


@signed_in
def skill(request: Request, pk: int) -> HttpResponse:
    """What a skill is, what each level means, and which roles ask it."""
    visitor = request.visitor
    found = get_object_or_404(policy.skills_to_read(visitor), pk=pk)
    if found.merged_into_id is not None:
        return redirect("skills:skill", found.merged_into_id)
    roles = []
    if visitor.employment is not None:
        taxonomy.give_own_names([found], visitor.organisation)
        roles = read.profiles_asking(found, policy.profiles_to_read(visitor))
    return render(
        request,
        "skills/skill.html",
        {
            "skill": found,
            "roles": roles,
            "links": _addresses(found),
            "worded": any(meaning for _level, _word, meaning in found.level_words),
            "occupations": _asking(found),
            "teaches": _is_there(TEACHES, found.pk) and TEACHES,
            "may_edit": visitor.is_hr and found.organisation_id is not None,
            "may_name": visitor.is_hr and found.organisation_id is None,
            "name_form": _name_form(request, found) if visitor.is_hr else None,
            **_other_names(visitor, found),
        },
    )


def _other_names(visitor: Visitor, found: Skill) -> dict[str, Any]:
    """What else it is called here, and what was merged into it."""
    if visitor.employment is None:
        return {}
    return {
        "aliases": SkillAlias.objects.filter(
            organisation=visitor.organisation, skill=found
        ).order_by("words", "pk"),
        "merged": Skill.objects.filter(
            merged_into=found, organisation=visitor.organisation
        ).order_by("name_nl", "name_en", "pk"),
        "alias_form": AliasForm(initial={"language": (get_language() or "en")[:2]}),
    }


def _addresses(found: Skill) -> list[str]:
    """Where this skill is described elsewhere."""
    links = SkillLink.objects.filter(skill=found).values_list("identifier", flat=True)
    told = [found.uri, *links] if found.uri else list(links)
    return [address for address in told if address.startswith(("http://", "https://"))]


def _asking(found: Skill) -> list[Occupation]:
    """Some occupations for which it is essential."""
    return list(
        Occupation.objects.filter(asks__skill=found, asks__essential=True, retired=False)
        .defer("about_nl", "about_en", "aliases_nl", "aliases_en")
        .order_by("name_en")[:8]
    )


def _is_there(name: str, *args: object) -> bool:
    try:
        reverse(name, args=args)
    except NoReverseMatch:
        return False
    return True


def _name_form(request: Request, found: Skill) -> OwnNameForm:
    label = SkillLabel.objects.filter(
        organisation=request.visitor.organisation, skill=found
    ).first()
    initial = {"name_nl": label.name_nl, "name_en": label.name_en} if label else {}
    return OwnNameForm(initial=initial)


@at_work
def skill_new(request: Request) -> HttpResponse:
    """A skill of our own, with what each level means."""
    require(request.visitor.is_hr)
    form = SkillForm(request.POST or None, initial={"name_nl": request.GET.get("name", "")[:250]})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_skill(
                request.visitor.organisation, key=_key(request), **_told(form)
            )
        except ValidationError as wrong:
            form.add_error(None, wrong)
        else:
            messages.success(request, _("%(skill)s is there.") % {"skill": made})
            return redirect("skills:skill", made.pk)
    return _skill_page(request, form, None)


@at_work
def skill_edit(request: Request, pk: int) -> HttpResponse:
    """Say anew what a skill of our own is."""
    found = get_object_or_404(policy.skills_to_edit(request.visitor), pk=pk)
    link = SkillLink.objects.filter(skill=found, scheme="web").first()
    form = SkillForm(
        request.POST or None,
        initial=SkillForm.initial_of(found, link.identifier if link else ""),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_skill(found, **_told(form))
        except ValidationError as wrong:
            form.add_error(None, wrong)
        else:
            messages.success(request, _("Saved."))
            return redirect("skills:skill", found.pk)
    return _skill_page(request, form, found)


def _told(form: SkillForm) -> dict[str, Any]:
    told = form.cleaned_data
    plain = ("name_nl", "name_en", "kind", "is_knowledge", "about_nl", "about_en", "address")
    return {
        **{name: told[name] for name in plain},
        "levels_nl": form.levels("nl"),
        "levels_en": form.levels("en"),
    }


def _skill_page(request: Request, form: SkillForm, found: Skill | None) -> HttpResponse:
    return render(
        request,
        "skills/skill_edit.html",
        {"form": form, "skill": found},
        status=422 if request.method == "POST" else 200,
    )


def _key(request: Request) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


@at_work
@require_POST
def skill_name(request: Request, pk: int) -> HttpResponse:
    """What we call a shared skill; others keep calling it as they do."""
    require(request.visitor.is_hr)
    found = get_object_or_404(Skill.objects.filter(organisation=None), pk=pk)
    form = OwnNameForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        actions.name_skills(
            request.visitor.organisation,
            {found.pk: (told["name_nl"], told["name_en"])},
            by=request.user,
        )
        messages.success(request, _("Saved. Everyone at your organisation reads this name."))
    else:
        messages.error(request, _("A name has at most 250 characters."))
    return redirect("skills:skill", found.pk)


@at_work
def occupations(request: Request) -> HttpResponse:
    """Look for an occupation and what it asks."""
    text = request.GET.get("q", "").strip()[:200]
    return render(
        request,
        _part(request, "skills/occupations.html", "found"),
        {
            "text": text,
            "found": taxonomy.find_occupations(text, limit=30) if text else [],
            "frameworks": taxonomy.releases(),
            "may_edit": request.visitor.is_hr,
        },
    )


@at_work
def occupation(request: Request, pk: int) -> HttpResponse:
    """What an occupation is and what it asks, as its framework tells it."""
    found = get_object_or_404(Occupation, pk=pk)
    asked = taxonomy.asked_by(found, request.visitor.organisation)
    return render(
        request,
        "skills/occupation.html",
        {
            "occupation": found,
            "essential": [each for each in asked if each.essential],
            "optional": [each for each in asked if not each.essential],
            "elsewhere": taxonomy.same_elsewhere(found)[:12],
            "may_edit": request.visitor.is_hr,
        },
    )
