"""Role profiles: read by everyone at work, written by HR."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezel.people.api import Request, at_work, require
from gezel.skills import actions, policy, rules
from gezel.skills.actions.profiles import OlderPicture, Saved
from gezel.skills.forms.profiles import (
    CopyForm,
    NameForm,
    ProfileForm,
    TakeOverForm,
    picture_as_text,
    picture_from_text,
)
from gezel.skills.models import Level, Occupation, RoleProfile, Skill
from gezel.skills.queries import profiles as read
from gezel.skills.queries import taxonomy

PER_PAGE = 50
MOST_OFFERED = 8


@at_work
def profiles(request: Request) -> HttpResponse:
    """All role profiles: jobs, size, people, and when each asks something else."""
    found = policy.profiles_to_read(request.visitor)
    text = request.GET.get("q", "").strip()[:200]
    if text:
        found = found.filter(
            Q(name_nl__icontains=text)
            | Q(name_en__icontains=text)
            | Q(profile_jobs__job__name__icontains=text)
        ).distinct()
    name = "name_nl" if (get_language() or "").startswith("nl") else "name_en"
    ordered = found.order_by(Lower(name), "pk")
    page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "rows": read.profile_rows(page, request.visitor.organisation),
        "text": text,
    }
    if not text and not page.paginator.count and request.visitor.is_hr:
        context["frameworks"] = taxonomy.releases()
    return render(request, _part(request, "skills/profiles.html", "rows"), context)


def _part(request: Request, page: str, part: str) -> str:
    """A page whole, or only the part that htmx asked for."""
    return f"{page}#{part}" if request.htmx and not request.htmx.boosted else page


def _asked_day(request: Request) -> date:
    """The day a page is asked for (`?on=`), today without one or where it cannot be read."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate()


@at_work
def profile(request: Request, pk: int) -> HttpResponse:
    """What a role asks on a day, and what it will ask from later dates."""
    found = get_object_or_404(
        policy.profiles_to_read(request.visitor).select_related("occupation"), pk=pk
    )
    organisation = request.visitor.organisation
    day = _asked_day(request)
    return render(
        request,
        "skills/profile.html",
        {
            "profile": found,
            "role": read.role_page(found, organisation, day),
            "row": read.profile_rows([found], organisation, day)[0],
            "on": day,
            "is_today": day == timezone.localdate(),
            "may_edit": request.visitor.is_hr,
        },
    )


# Beginning one: from an occupation, from scratch, or like another


@at_work
def profile_new(request: Request) -> HttpResponse:
    """The three ways to begin a role profile."""
    require(request.visitor.is_hr)
    own = policy.profiles_to_edit(request.visitor).order_by(Lower("name_en"), Lower("name_nl"))
    way = request.POST.get("way")
    today = timezone.localdate()
    data = request.POST if request.method == "POST" else None
    names = NameForm(data if way == "scratch" else None)
    copies = CopyForm(data if way == "copy" else None, profiles=own, prefix="like")
    if way == "scratch" and names.is_valid():
        new, _saved = actions.begin_profile(
            request.visitor.organisation, on=today, key=_key(request), **names.cleaned_data
        )
        return redirect("skills:profile_add", new.pk)
    if way == "copy" and copies.is_valid():
        told = dict(copies.cleaned_data)
        new = actions.copy_profile(told.pop("copy"), on=today, key=_key(request), **told)
        messages.success(request, _("This role asks what the other asks. Now change what differs."))
        return redirect("skills:profile_edit", new.pk)
    context = {
        "names": names,
        "copies": copies,
        "has_profiles": own.exists(),
        "frameworks": taxonomy.releases(),
        **_found_occupations(request),
    }
    return render(
        request,
        _part(request, "skills/profile_new.html", "occupations"),
        context,
        status=422 if data else 200,
    )


def _found_occupations(request: Request) -> dict[str, Any]:
    text = request.GET.get("q", "").strip()[:200]
    return {
        "text": text,
        "occupations": taxonomy.find_occupations(text, limit=MOST_OFFERED) if text else [],
    }


def _key(request: Request) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


@at_work
def profile_from(request: Request, occupation_pk: int) -> HttpResponse:
    """Begin a role profile from an occupation, choosing skill by skill."""
    require(request.visitor.is_hr)
    occupation = get_object_or_404(Occupation, pk=occupation_pk)
    organisation = request.visitor.organisation
    suggested = taxonomy.asked_by(occupation, organisation)
    data = request.POST if request.method == "POST" else None
    form = TakeOverForm(suggested, data=data)
    names = NameForm(data, initial={"name_nl": occupation.name_nl, "name_en": occupation.name_en})
    if data is not None and names.is_valid():
        new, saved = actions.begin_profile(
            organisation,
            on=timezone.localdate(),
            asks=form.asks(),
            jobs=_jobs_chosen(data.getlist("job")),
            occupation=occupation,
            key=_key(request),
            **names.cleaned_data,
        )
        _tell_saved(request, saved)
        return redirect("skills:profile", new.pk)
    return render(
        request,
        "skills/profile_take_over.html",
        {
            "occupation": occupation,
            "form": form,
            "names": names,
            "jobs": read.job_choices(organisation),
            "levels": Level,
        },
        status=422 if data is not None else 200,
    )


def _jobs_chosen(told: Iterable[str]) -> list[int]:
    return [int(job) for job in told if job.isascii() and job.isdigit() and len(job) < 10]


# Changing one


def _to_edit(request: Request, pk: int) -> RoleProfile:
    return get_object_or_404(policy.profiles_to_edit(request.visitor), pk=pk)


@at_work
def profile_take_over(request: Request, pk: int, occupation_pk: int) -> HttpResponse:
    """Let a role ask more, taken from an occupation."""
    found = _to_edit(request, pk)
    occupation = get_object_or_404(Occupation, pk=occupation_pk)
    today = timezone.localdate()
    data = request.POST if request.method == "POST" else None
    form = TakeOverForm(
        taxonomy.asked_by(occupation, request.visitor.organisation),
        data=data,
        asked=read.picture(found, today).asks,
    )
    if data is not None:
        added = actions.take_over(found, form.asks(), on=today)
        messages.success(request, _added(added))
        return redirect("skills:profile_edit", found.pk)
    return render(
        request,
        "skills/profile_take_over.html",
        {"profile": found, "occupation": occupation, "form": form, "levels": Level},
    )


def _added(count: int) -> str:
    if not count:
        return _("Nothing was added.")
    return ngettext("%(count)s skill added.", "%(count)s skills added.", count) % {"count": count}


@at_work
def profile_add(request: Request, pk: int) -> HttpResponse:
    """Look for skills to add to a role, or for an occupation to take over from."""
    found = _to_edit(request, pk)
    text = request.GET.get("q", "").strip()[:200]
    asked = read.picture(found, timezone.localdate()).asks
    skills = taxonomy.find_skills(request.visitor, text, limit=25) if text else []
    return render(
        request,
        _part(request, "skills/profile_add.html", "found"),
        {
            "profile": found,
            "text": text,
            "found": [(skill, skill.pk in asked) for skill in skills],
            "occupations": taxonomy.find_occupations(text, limit=4) if text else [],
            "count": len(asked),
            "levels": Level,
            "kinds": Skill.Kind,
        },
    )


@at_work
@require_POST
def profile_ask(request: Request, pk: int) -> HttpResponse:
    """Add one skill to a role: one that was found, or one of our own made on the spot."""
    found = _to_edit(request, pk)
    back = HttpResponseRedirect(f"{_address(found)}?q={_quoted(request.POST.get('q', ''))}")
    level = request.POST.get("level", "")
    ask = rules.Ask(
        int(level) if level in {"1", "2", "3", "4", "5"} else rules.SUGGESTED_OPTIONAL,
        "essential" in request.POST,
    )
    if request.POST.get("own"):
        try:
            skill = actions.make_skill(
                request.visitor.organisation,
                name_nl=request.POST.get("name_nl", "")[:250],
                name_en=request.POST.get("name_en", "")[:250],
                kind=_kind(request.POST.get("kind", "")),
                key=_key(request),
            )
        except ValidationError as wrong:
            messages.error(request, wrong.messages[0])
            return back
    else:
        chosen = Skill.objects.usable_by(request.visitor)
        number = request.POST.get("skill", "")
        skill = get_object_or_404(chosen, pk=int(number) if number.isdigit() else 0)
    added = actions.take_over(found, {skill.pk: ask}, on=timezone.localdate())
    messages.success(
        request,
        _("%(skill)s is asked from today.") % {"skill": skill}
        if added
        else _("%(skill)s was asked already.") % {"skill": skill},
    )
    return back


def _kind(told: str) -> str:
    return told if told in Skill.Kind.values else Skill.Kind.TECHNICAL


def _address(found: RoleProfile) -> str:
    return reverse("skills:profile_add", args=[found.pk])


def _quoted(text: str) -> str:
    return quote(text[:200])


@at_work
def profile_edit(request: Request, pk: int) -> HttpResponse:
    """The whole profile as one form; who saves an older picture is shown both."""
    found = _to_edit(request, pk)
    today = timezone.localdate()
    standing = read.picture(found, today)
    if request.method != "POST":
        return _edit_page(request, found, standing, today, version=found.version)
    if "resolve" in request.POST:
        return _resolve(request, found, standing, today)
    version = _version(request.POST.get("version", ""))
    base = picture_from_text(request.POST.get("base", "")) or standing
    form = _form(request, base, today, data=True)
    do = request.POST.get("do", "save")
    if do == "bulk":
        count = form.apply_to_ticked()
        return _edit_page(request, found, base, today, version=version, form=form, filled=count)
    if not form.is_valid():
        return _edit_page(request, found, base, today, version=version, form=form)
    return _save(request, found, form.picture, base, version, form=form)


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _form(request: Request, base: rules.Picture, today: date, *, data: bool) -> ProfileForm:
    posted = _jobs_chosen(request.POST.getlist("skill")) if data else []
    skills = taxonomy.skills_by_key(request.visitor, {*base.asks, *posted})
    return ProfileForm(
        base,
        skills=skills,
        jobs=read.job_choices(request.visitor.organisation),
        on=today,
        data=request.POST if data else None,
    )


def _edit_page(
    request: Request,
    found: RoleProfile,
    base: rules.Picture,
    today: date,
    *,
    version: int,
    form: ProfileForm | None = None,
    filled: int | None = None,
) -> HttpResponse:
    """The form as it stands; `filled` tells for how many skills a bulk change was filled in."""
    shown = (form or _form(request, base, today, data=False)).with_room()
    return render(
        request,
        "skills/profile_edit.html",
        {
            "profile": found,
            "form": shown,
            "version": version,
            "levels": Level,
            "filled": filled,
            "today": today,
        },
        status=422 if form and filled is None else 200,
    )


def _save(
    request: Request,
    found: RoleProfile,
    mine: rules.Picture,
    base: rules.Picture,
    version: int,
    *,
    form: ProfileForm | None = None,
) -> HttpResponse:
    today = timezone.localdate()
    try:
        saved = actions.save_profile(found, mine, version=version, on=today)
    except OlderPicture:
        found.refresh_from_db()
        return _conflict_page(request, found, mine, base)
    except ValidationError as wrong:
        # The form said most of it already; what is left came from a page that grew old.
        shown = form or _form(request, base, today, data=False)
        shown.errors += wrong.messages
        return _edit_page(request, found, base, today, version=version, form=shown)
    _tell_saved(request, saved)
    return redirect("skills:profile", found.pk)


def _tell_saved(request: Request, saved: Saved) -> None:
    if not saved.changed:
        messages.info(request, _("Nothing was changed."))
        return
    messages.success(request, _("Saved."))
    for moved in saved.moved:
        messages.info(
            request,
            _("The job %(job)s had the profile %(was)s until now; it has this one from today.")
            % {"job": moved.job, "was": moved.was},
        )


# Two at once


def _conflict_page(
    request: Request, found: RoleProfile, mine: rules.Picture, base: rules.Picture
) -> HttpResponse:
    """Both pictures side by side, for each difference a choice; nothing typed is lost."""
    theirs = read.picture(found, timezone.localdate())
    told = _Teller(request, base, mine, theirs)
    return render(
        request,
        "skills/profile_conflict.html",
        {
            "profile": found,
            "version": found.version,
            "choices": [told.choice(d) for d in rules.differences(base, mine, theirs)],
            "mine": picture_as_text(mine),
            "base": picture_as_text(base),
        },
        status=409,
    )


def _resolve(
    request: Request, found: RoleProfile, standing: rules.Picture, today: date
) -> HttpResponse:
    mine = picture_from_text(request.POST.get("mine", ""))
    base = picture_from_text(request.POST.get("base", ""))
    if mine is None or base is None:
        raise Http404
    version = _version(request.POST.get("version", ""))
    if version != found.version:
        return _conflict_page(request, found, mine, base)
    parts = {**mine.parts, **standing.parts}
    chosen = [part for part in parts if request.POST.get(f"pick-{part}") == "mine"]
    return _save(request, found, rules.joined(mine, standing, chosen), standing, version)


class _Teller:
    """Says in words what two pictures differ in."""

    def __init__(self, request: Request, *pictures: rules.Picture) -> None:
        pks = {pk for picture in pictures for pk in picture.asks}
        self.skills = taxonomy.skills_by_key(request.visitor, pks)
        self.jobs = {c.job.pk: c.job.name for c in read.job_choices(request.visitor.organisation)}

    def choice(self, difference: rules.Difference) -> Mapping[str, Any]:
        return {
            "part": difference.part,
            "label": self._label(difference.part),
            "mine": self._words(difference.mine),
            "theirs": self._words(difference.theirs),
            "prefer_mine": difference.prefer_mine,
            "both": difference.both_changed,
        }

    def _label(self, part: str) -> str:
        labels = {
            "name_nl": _("Name in Dutch"),
            "name_en": _("Name in English"),
            "jobs": _("Jobs"),
            "order": _("Order of the skills"),
        }
        if part in labels:
            return labels[part]
        skill = self.skills.get(int(part.removeprefix("skill-")))
        return str(skill) if skill else _("A skill")

    def _words(self, value: object) -> list[str]:
        if value is None:
            return [_("not asked")]
        if isinstance(value, rules.Ask):
            return [
                _level_words(value.level, essential=value.essential),
                *(
                    _("from %(date)s: %(level)s")
                    % {
                        "date": _date(later.from_on),
                        "level": _later_words(later),
                    }
                    for later in value.later
                ),
            ]
        if isinstance(value, frozenset):
            return sorted(self.jobs.get(job, "?") for job in value) or [_("no job")]
        if isinstance(value, tuple):
            return [str(self.skills[pk]) for pk in value if pk in self.skills]
        return [str(value) or _("empty")]


def _date(day: date) -> str:
    return formats.date_format(day, "DATE_FORMAT")


def _later_words(later: rules.Later) -> str:
    words = _level_words(later.level, essential=later.essential)
    if later.low is None and later.high is None:
        return words
    low = later.level if later.low is None else later.low
    high = later.level if later.high is None else later.high
    return _("%(level)s (between %(low)s and %(high)s)") % {
        "level": words,
        "low": low,
        "high": high,
    }


def _level_words(level: int, *, essential: bool) -> str:
    if not level:
        return _("not asked")
    words = f"{level} · {Level(level).label}"
    return f"{words}, {_('essential')}" if essential else words


@at_work
def profile_remove(request: Request, pk: int) -> HttpResponse:
    """Take a profile away, after asking; one in use stays."""
    found = _to_edit(request, pk)
    row = read.profile_rows([found], request.visitor.organisation)[0]
    if request.method == "POST":
        try:
            actions.remove_profile(found)
        except ValidationError as used:
            messages.error(request, used.messages[0])
            return redirect("skills:profile", pk)
        messages.success(request, _("The profile %(name)s is gone.") % {"name": found})
        return redirect("skills:profiles")
    return render(request, "skills/profile_remove.html", {"profile": found, "row": row})
