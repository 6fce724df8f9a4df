"""HR says what roles ask. What was asked stays known: a change is a demand from a date on."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError, Q
from django.utils import formats
from django.utils.translation import gettext as _

from gezel.kit.events import announce
from gezel.people.api import Job, Organisation
from gezel.skills import rules
from gezel.skills.events import ProfileChanged
from gezel.skills.models import Demand, Occupation, ProfileJob, RoleProfile, Skill
from gezel.skills.queries import profiles as read


class OlderPicture(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """Someone else saved this profile in the meantime; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A job that had another role profile until now."""

    job: Job
    was: RoleProfile


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving did."""

    changed: bool
    moved: Sequence[Moved] = ()


@transaction.atomic
def begin_profile(
    organisation: Organisation,
    *,
    name_nl: str,
    name_en: str,
    on: date,
    asks: Mapping[int, rules.Ask] | None = None,
    jobs: Iterable[int] = (),
    occupation: Occupation | None = None,
    key: uuid.UUID | None = None,
) -> tuple[RoleProfile, Saved]:
    """A new role profile; the same `key` again gives back the one that stands.

    Raises:
        ValidationError: it has no name, a date is wrong or said twice, or a skill or job is
            not this organisation's.
    """
    if not (name_nl.strip() or name_en.strip()):
        raise ValidationError({"name_nl": _("Give the role a name, in Dutch or in English.")})
    profile, new = RoleProfile.objects.get_or_create(
        key=key or uuid.uuid4(),
        organisation=organisation,
        defaults={
            "name_nl": name_nl.strip(),
            "name_en": name_en.strip(),
            "occupation": occupation,
        },
    )
    if not new:
        return profile, Saved(changed=False)
    picture = rules.Picture(profile.name_nl, profile.name_en, frozenset(jobs), dict(asks or {}))
    moved = _write(profile, picture, rules.Picture(profile.name_nl, profile.name_en), on)
    announce(ProfileChanged(profile.pk))
    return profile, Saved(changed=True, moved=moved)


def copy_profile(
    profile: RoleProfile,
    *,
    name_nl: str,
    name_en: str,
    on: date,
    key: uuid.UUID | None = None,
) -> RoleProfile:
    """A new role that asks what another asks, from today and from its dates ahead; no jobs."""
    new, _saved = begin_profile(
        profile.organisation,
        name_nl=name_nl,
        name_en=name_en,
        on=on,
        asks=read.picture(profile, on).asks,
        occupation=profile.occupation,
        key=key,
    )
    return new


@transaction.atomic
def save_profile(profile: RoleProfile, picture: rules.Picture, *, version: int, on: date) -> Saved:
    """Make a profile ask what a picture shows, in which every date lies ahead of `on`.

    What is asked now and differs is asked from today; what was asked before stays known, so
    last month's page keeps saying what it said. A demand that has not begun yet is simply
    changed or taken away.

    Raises:
        OlderPicture: `version` is not the one that stands.
        ValidationError: it has no name, a date is wrong or said twice, or a skill or job is
            not this organisation's.
    """
    standing = RoleProfile.objects.select_for_update().get(pk=profile.pk)
    if standing.version != version:
        raise OlderPicture
    before = read.picture(standing, on)
    if picture.parts == before.parts:
        return Saved(changed=False)
    if not (picture.name_nl or picture.name_en):
        raise ValidationError({"name_nl": _("Give the role a name, in Dutch or in English.")})
    standing.name_nl, standing.name_en = picture.name_nl, picture.name_en
    moved = _write(standing, picture, before, on)
    standing.version += 1
    standing.save(update_fields=["name_nl", "name_en", "version"])
    announce(ProfileChanged(standing.pk))
    return Saved(changed=True, moved=moved)


@transaction.atomic
def take_over(profile: RoleProfile, asks: Mapping[int, rules.Ask], *, on: date) -> int:
    """Let a role ask more skills, from today; what it asks already stays as it is.

    This only adds, so it needs no picture; who is editing meanwhile is told by the version.
    Returns how many skills were added.
    """
    standing = RoleProfile.objects.select_for_update().get(pk=profile.pk)
    before = read.picture(standing, on)
    new = {pk: ask for pk, ask in asks.items() if pk not in before.asks}
    if not new:
        return 0
    picture = rules.Picture(before.name_nl, before.name_en, before.jobs, {**before.asks, **new})
    _write(standing, picture, before, on)
    RoleProfile.objects.filter(pk=standing.pk).update(version=F("version") + 1)
    announce(ProfileChanged(standing.pk))
    return len(new)


def remove_profile(profile: RoleProfile) -> None:
    """Take away a role profile that nobody uses.

    Raises:
        ValidationError: a job has it, or something else still points at it.
    """
    try:
        with transaction.atomic():
            standing = RoleProfile.objects.select_for_update().get(pk=profile.pk)
            if ProfileJob.objects.filter(profile=standing).exists():
                raise ValidationError(
                    _("A job still has this profile. Give the job another profile first.")
                )
            pk = standing.pk
            standing.delete()
            announce(ProfileChanged(pk))
    except (ProtectedError, IntegrityError) as used:
        raise ValidationError(
            _("This profile is still in use, for example in someone's plan, so it stays.")
        ) from used


def _write(
    profile: RoleProfile, picture: rules.Picture, before: rules.Picture, on: date
) -> list[Moved]:
    """Turn the difference between two pictures into rows; gives the jobs that moved here."""
    _check(profile, picture, before, on)
    ended = [skill for skill in before.asks if skill not in picture.asks]
    rows: dict[int, dict[date, Demand]] = {}
    for demand in Demand.objects.filter(
        profile=profile, skill__in=[*picture.asks, *ended]
    ).order_by("from_on"):
        rows.setdefault(demand.skill_id, {})[demand.from_on] = demand
    merged = read.under_merged_names(profile)
    gone: list[int] = []
    new: list[Demand] = []
    changed: list[Demand] = []
    for place, skill in enumerate([*picture.asks, *ended]):
        standing = rows.get(skill, {})
        if others := [held for n, held in merged.get(skill, {}).items() if n not in picture.asks]:
            if picture.asks.get(skill) == before.asks.get(skill):
                continue  # It stands well under its two names, and undoing the merge stays whole.
            for held in others:
                gone += [d.pk for day, d in held.items() if day >= on]
                new += _ended(held, on)
        said = _said(picture.asks.get(skill, rules.Ask(0)), standing, on)
        gone += [d.pk for day, d in standing.items() if day >= on and day not in said]
        for day, demand in standing.items():
            if day in said or day < on:
                stood = (demand.level, demand.essential, demand.low, demand.high)
                told = said.get(day, rules.Later(day, *stood))
                new_one = (told.level, told.essential, told.low, told.high)
                if (*stood, demand.position) != (*new_one, place):
                    demand.level, demand.essential, demand.low, demand.high = new_one
                    demand.position = place
                    changed.append(demand)
        new += [
            Demand(
                profile=profile, skill_id=skill, from_on=day, position=place,
                level=told.level, essential=told.essential, low=told.low, high=told.high,
            )
            for day, told in said.items()
            if day not in standing
        ]  # fmt: skip
    Demand.objects.filter(pk__in=gone).delete()
    Demand.objects.bulk_update(
        changed, ["level", "essential", "low", "high", "position"], batch_size=200
    )
    Demand.objects.bulk_create(new, batch_size=500)
    return _assign(profile, picture.jobs - before.jobs, before.jobs - picture.jobs)


def _ended(held: Mapping[date, Demand], on: date) -> list[Demand]:
    """What makes a name be asked no more from `on`, where it was asked until then."""
    past = [demand for day, demand in held.items() if day < on]
    if not past or not past[-1].level:
        return []
    last = past[-1]
    return [
        Demand(
            profile_id=last.profile_id, skill_id=last.skill_id, from_on=on,
            position=last.position, level=0, essential=False,
        )
    ]  # fmt: skip


def _said(ask: rules.Ask, standing: Mapping[date, Demand], on: date) -> dict[date, rules.Later]:
    """The demands from `on` ahead that make a skill be asked as a picture shows it.

    Where the past already says what is asked now, today needs no demand of its own. A date
    ahead is kept also where it repeats what holds: someone wrote it down.
    """
    past = [demand for day, demand in standing.items() if day < on]
    level, essential = (past[-1].level, past[-1].essential) if past else (0, False)
    # Of a skill that is no longer asked nobody wants to know whether it is essential.
    now = rules.Later(on, ask.level, ask.essential and ask.level > 0)
    said = {later.from_on: later for later in ask.later}
    if now.level != level or (now.level and now.essential != essential):
        said[on] = now
    return said


def _check(profile: RoleProfile, picture: rules.Picture, before: rules.Picture, on: date) -> None:
    """Refuse what nobody could mean, by name."""
    for skill, ask in picture.asks.items():
        levels = [ask.level]
        for later in ask.later:
            levels += [n for n in (later.level, later.low, later.high) if n is not None]
        if any(not 0 <= level <= rules.HIGHEST_LEVEL for level in levels):
            raise ValidationError(_("Choose levels from 1 to 5, or none."))
        if crossed := [later.from_on for later in ask.later if not later.in_order]:
            raise ValidationError(
                _(
                    "%(skill)s from %(date)s: the least may not lie above what is expected, nor "
                    "the most below it."
                )
                % {
                    "skill": Skill.objects.get(pk=skill),
                    "date": formats.date_format(crossed[0], "DATE_FORMAT"),
                }
            )
        twice = rules.dates_said_twice(ask.later)
        if twice:
            raise ValidationError(
                _("%(skill)s has two levels from %(date)s. Keep one of them.")
                % {
                    "skill": Skill.objects.get(pk=skill),
                    "date": formats.date_format(twice[0], "DATE_FORMAT"),
                }
            )
        behind = [later.from_on for later in ask.later if later.from_on <= on]
        if behind:
            raise ValidationError(
                _("%(date)s does not lie ahead. What is asked of %(skill)s now is its first level.")
                % {
                    "skill": Skill.objects.get(pk=skill),
                    "date": formats.date_format(behind[0], "DATE_FORMAT"),
                }
            )
    here = Q(organisation=None) | Q(organisation=profile.organisation_id)
    added = picture.asks.keys() - before.asks.keys()
    if Skill.objects.filter(here, pk__in=added).count() != len(added):
        raise ValidationError(_("One of these skills is not there (any more)."))
    jobs = picture.jobs - before.jobs
    if Job.objects.filter(organisation=profile.organisation_id, pk__in=jobs).count() != len(jobs):
        raise ValidationError(_("One of these jobs is not there (any more)."))


def _assign(profile: RoleProfile, to: Iterable[int], away: Iterable[int]) -> list[Moved]:
    """Give jobs this profile, and take it from others; a job has one profile, so it may move."""
    ProfileJob.objects.filter(profile=profile, job__in=list(away)).delete()
    held = {
        pj.job_id: pj
        for pj in ProfileJob.objects.filter(job__in=list(to)).select_related("job", "profile")
    }
    moved = [Moved(pj.job, pj.profile) for pj in held.values()]
    ProfileJob.objects.filter(pk__in=[pj.pk for pj in held.values()]).update(profile=profile)
    ProfileJob.objects.bulk_create(
        [ProfileJob(profile=profile, job_id=job) for job in to if job not in held]
    )
    for pk in {each.was.pk for each in moved}:
        # Who is editing the profile that lost a job should be told as well.
        RoleProfile.objects.filter(pk=pk).update(version=F("version") + 1)
        announce(ProfileChanged(pk))
    return moved
