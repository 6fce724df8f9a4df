"""Reads what rules and pages need: demands, evidence, standings, needs.

Every function takes a date; without one it is today. None of them asks the database once per
person or per skill.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from gezel.people.api import Employment, Person
from gezel.skills import rules
from gezel.skills.models import Demand, Evidence, RoleProfile, Skill, Standing


@dataclass(frozen=True, slots=True)
class SkillAsked:
    """One row of a person's skill page: what is asked, what is shown, how sure that is."""

    skill: Skill
    asked: int
    essential: bool
    level: float
    low: float
    high: float
    pieces: int
    newest_on: date | None

    @property
    def gap(self) -> float:
        return rules.gap(self.asked, self.level)

    @property
    def is_need(self) -> bool:
        return rules.is_short(self.asked, self.level)


def profile_of(person: Person, on: date | None = None) -> RoleProfile | None:
    """The role profile of someone's job on a date, if the job has one."""
    return (
        RoleProfile.objects.filter(
            profile_jobs__job__employments__in=Employment.objects.current(on).filter(person=person)
        )
        .order_by("pk")
        .first()
    )


def requirements(profile: RoleProfile, on: date | None = None) -> list[rules.Requirement]:
    """What a profile asks on a date; `skill` of each requirement is a `Skill`."""
    return requirements_of([profile.pk], on).get(profile.pk, [])


def requirements_of(
    profile_pks: Collection[int], on: date | None = None
) -> dict[int, list[rules.Requirement]]:
    """What each of these profiles asks on a date, in one query."""
    day = on or timezone.localdate()
    dated: dict[int, list[rules.DatedDemand]] = defaultdict(list)
    for d in (
        Demand.objects.filter(profile__in=profile_pks, from_on__lte=day)
        .select_related("skill")
        .order_by("from_on", "position", "pk")
    ):
        dated[d.profile_id].append(rules.DatedDemand(d.skill, d.level, d.essential, d.from_on))
    return {pk: rules.demand_on(demands, day) for pk, demands in dated.items()}


def estimates(
    person_pks: Collection[int],
    on: date | None = None,
    *,
    skill_pks: Collection[int] | None = None,
) -> dict[tuple[int, int], rules.Estimate]:
    """Estimates computed from the evidence as it stood on a date: (person, skill) → estimate.

    For today's figures of many people read `Standing`; this is for another date and for the
    page that shows the arithmetic.
    """
    day = on or timezone.localdate()
    pieces: dict[tuple[int, int], list[rules.Piece]] = defaultdict(list)
    found = standing_evidence().filter(person__in=person_pks, observed_on__lte=day)
    if skill_pks is not None:
        found = found.filter(skill__in=skill_pks)
    # Oldest row first: of two views of one day, the one written last is the one that stands.
    for pk, person, skill, kind, level, seen, by in found.order_by("pk").values_list(
        "pk", "person_id", "skill_id", "kind", "level", "observed_on", "given_by_id"
    ):
        pieces[person, skill].append(rules.Piece(pk, kind, level, seen, _rater(kind, by)))
    return {key: rules.estimate(found, day) for key, found in pieces.items()}


def standing_evidence() -> QuerySet[Evidence]:
    """Evidence that counts: not corrected by a later fact, and no mere taking back."""
    return Evidence.objects.filter(corrected_by=None, level__gt=0)


def _rater(kind: str, by: int | None) -> int | None:
    """Whose opinion a piece is; a certificate or module is nobody's, whoever registered it."""
    return None if kind in {Evidence.Kind.CERTIFICATE, Evidence.Kind.MODULE} else by


def levels(
    person_pks: Collection[int], on: date | None = None
) -> dict[tuple[int, int], tuple[float, float, int, date | None]]:
    """(person, skill) → level, sd, pieces, newest; stored ones for today, computed otherwise."""
    if on is None or on == timezone.localdate():
        return {
            (s.person_id, s.skill_id): (s.level, s.sd, s.pieces, s.newest_on)
            for s in Standing.objects.filter(person__in=person_pks)
        }
    return {
        key: (e.level, e.sd, len(e.parts), e.newest_on)
        for key, e in estimates(person_pks, on).items()
    }


def skills_asked_of(
    person: Person, on: date | None = None, *, profile: RoleProfile | None = None
) -> list[SkillAsked]:
    """What a role asks of someone beside what they show, in the order of the role profile.

    Args:
        profile: another role than the person's own, to see how near it is.
    """
    role = profile or profile_of(person, on)
    if role is None:
        return []
    held = levels([person.pk], on)
    return [_row(r, held.get((person.pk, r.skill.pk))) for r in _asked(role, on)]


def _asked(role: RoleProfile, on: date | None) -> Iterable["_SkillRequirement"]:
    for r in requirements(role, on):
        if isinstance(r.skill, Skill):
            yield _SkillRequirement(r.skill, r.level, r.essential)


@dataclass(frozen=True, slots=True)
class _SkillRequirement:
    skill: Skill
    level: int
    essential: bool


def _row(
    asked: _SkillRequirement, held: tuple[float, float, int, date | None] | None
) -> SkillAsked:
    level, sd, pieces, newest = held or (0.0, 0.0, 0, None)
    spread = rules.EIGHTY_PERCENT * sd
    return SkillAsked(
        asked.skill,
        asked.level,
        asked.essential,
        level,
        max(0.0, level - spread),
        min(float(rules.HIGHEST_LEVEL), level + spread),
        pieces,
        newest,
    )


def needs_of(person: Person, on: date | None = None) -> list[rules.Need]:
    """Where someone falls short of their role, most pressing first; `skill` is a `Skill`."""
    rows = skills_asked_of(person, on)
    return rules.learning_needs(
        [rules.Requirement(row.skill, row.asked, row.essential) for row in rows],
        {row.skill: row.level for row in rows},
    )
