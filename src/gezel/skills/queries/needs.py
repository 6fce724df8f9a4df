"""Reads what rules and pages need: demands, evidence, standings, needs.

Every function takes a date; without one it is today. None of them asks the database once per
person or per skill.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from gezel.kit.prepared import prepared
from gezel.kit.text import in_language
from gezel.people.api import Employment, Person, Visitor, stand_in
from gezel.skills import policy, rules
from gezel.skills.models import (
    Demand,
    EvidenceRequest,
    Objection,
    RoleProfile,
    Skill,
    Standing,
    StandingAt,
)
from gezel.skills.queries.facts import Held, cases_of, held_and_where, held_in
from gezel.skills.queries.merged import (
    as_one,
    by_profile,
    stays,
)
from gezel.skills.queries.taxonomy import WIDE

NOT_HELD: Held = (0.0, 0.0, 0, None)


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
    # What the role asks next, if that is something else than now.
    later_on: date | None = None
    later: int = 0

    @property
    def gap(self) -> float:
        return rules.gap(self.asked, self.level)

    @property
    def is_need(self) -> bool:
        return rules.is_short(self.asked, self.level)


@dataclass(frozen=True, slots=True)
class RoleNamed:
    """A role profile by its name in the reader's language."""

    pk: int
    name: str

    @classmethod
    def of(cls, pk: int, nl: str, en: str, language: str | None = None) -> "RoleNamed":
        """Whatever is read of one to choose it.

        Args:
            language: the reader's, for who names many and asked for it once.
        """
        return cls(pk, in_language(nl=nl, en=en, language=language))


def _asked_by(seats: QuerySet[Employment]) -> QuerySet[RoleProfile]:
    found = RoleProfile.objects.filter(profile_jobs__job__employments__in=seats)
    return found.order_by("pk")


@prepared
def _profile_of(person: int, on: date) -> QuerySet[RoleProfile]:
    return _asked_by(Employment.objects.current(on).filter(person=person))[:1]


@prepared
def _profile_at(person: int, on: date, employer: int) -> QuerySet[RoleProfile]:
    seats = Employment.objects.current(on).filter(person=person, organisation=employer)
    return _asked_by(seats)[:1]


def profile_of(
    person: Person, on: date | None = None, *, at: int | None = None
) -> RoleProfile | None:
    """The role profile of someone's job on a date, if the job has one.

    Args:
        at: only of their job with this employer.
    """
    day = on or timezone.localdate()
    found = _profile_of(person.pk, day) if at is None else _profile_at(person.pk, day, at)
    return next(iter(found), None)


def requirements(profile: RoleProfile, on: date | None = None) -> list[rules.Requirement]:
    """What a profile asks on a date; `skill` of each requirement is a `Skill`."""
    return requirements_of([profile.pk], on).get(profile.pk, [])


def requirements_of(
    profile_pks: Collection[int], on: date | None = None
) -> dict[int, list[rules.Requirement]]:
    """What each of these profiles asks on a date, in one query."""
    day = on or timezone.localdate()
    return {
        pk: rules.demand_on(demands, day)
        for pk, demands in demands_of(profile_pks, until=day).items()
    }


def _with_skills(demands: QuerySet[Demand]) -> QuerySet[Demand]:
    """In the order a profile asks them, each with its skill by name."""
    return (
        demands.select_related("skill__merged_into")
        .defer(*(f"{skill}__{name}" for skill in ("skill", "skill__merged_into") for name in WIDE))
        .order_by("from_on", "position", "pk")
    )


@prepared
def _demands(profiles: Collection[int]) -> QuerySet[Demand]:
    return _with_skills(Demand.objects.filter(profile__in=profiles))


def demands_of(
    profile_pks: Collection[int], *, until: date | None = None
) -> dict[int, list[rules.DatedDemand]]:
    """What each of these profiles asks and will ask, in one query; `skill` is a `Skill`."""
    rows: dict[int, list[rules.DatedDemand]] = defaultdict(list)
    skills: dict[int, Skill] = {}
    for d in _demands(profile_pks):
        if until is not None and d.from_on > until:
            continue
        skill = skills.setdefault(d.skill_id, d.skill)
        rows[d.profile_id].append(rules.DatedDemand(skill, d.level, d.essential, d.from_on))
    return {pk: as_one(told) for pk, told in rows.items()}


@dataclass(frozen=True, slots=True)
class Span:
    """A level a profile asks of a skill from a day on, until the day before another, if any."""

    skill_pk: int
    level: int
    essential: bool
    from_on: date
    until_on: date | None


def spans_asked(
    organisation_pk: int,
    *,
    profile_pk: int | None = None,
    skill_pk: int | None = None,
    on: date | None = None,
) -> dict[int, list[Span]]:
    """What the profiles of an organisation ask now and later: profile → spans, in one query."""
    day = on or timezone.localdate()
    found = Demand.objects.filter(profile__organisation=organisation_pk)
    if profile_pk is not None:
        found = found.filter(profile=profile_pk)
    if skill_pk is not None:
        found = found.filter(Q(skill=skill_pk) | Q(skill__merged_into=skill_pk))
    dated = by_profile(
        (profile, skill, read_as, rules.DatedDemand(skill, level, essential, from_on))
        for profile, skill, read_as, level, essential, from_on in found.order_by(
            "profile_id", "skill_id", "from_on"
        ).values_list("profile_id", "skill_id", stays(), "level", "essential", "from_on")
    )
    return {pk: spans for pk, told in dated.items() if (spans := list(_spans(told, day)))}


def _spans(dated: Iterable[rules.DatedDemand], day: date) -> Iterator[Span]:
    """Of each skill the levels of now and later, each until the next begins."""
    rows = sorted(dated, key=lambda d: (str(d.skill), d.from_on))
    for row, following in zip(rows, [*rows[1:], None], strict=False):
        more = following is not None and following.skill == row.skill
        until_on = following.from_on if following is not None and more else None
        if isinstance(row.skill, int) and (until_on is None or until_on > day):
            yield Span(row.skill, row.level, row.essential, row.from_on, until_on)


def estimates(
    person_pks: Collection[int],
    on: date | None = None,
    *,
    at: int | None,
    skill_pks: Collection[int] | None = None,
) -> dict[tuple[int, int], rules.Estimate]:
    """Estimates computed from the evidence as it stood on a date: (person, skill) → estimate.

    For today's figures of many people read `levels`; this is for another date and for the
    page that shows the arithmetic.

    Args:
        at: the employer who reckons; None is the person.
    """
    day = on or timezone.localdate()
    cases = cases_of(person_pks, day, at=at, skill_pks=skill_pks)
    return dict(zip(cases, rules.estimates(list(cases.values()), day), strict=True))


def computed(
    person_pks: Collection[int],
    on: date | None = None,
    *,
    at: int | None,
    skill_pks: Collection[int] | None = None,
    also: Collection[int] = (),
    but: Collection[int] = (),
) -> dict[tuple[int, int], Held]:
    """The same figures without the arithmetic behind them: quicker, for many people."""
    day = on or timezone.localdate()
    cases = cases_of(person_pks, day, at=at, skill_pks=skill_pks, also=also, but=but)
    return dict(zip(cases, held_in(list(cases.values()), day), strict=True))


_HELD = ("person_id", "skill_id", "level", "sd", "pieces", "newest_on")


@prepared
def _standings(people: Collection[int]) -> QuerySet[Standing, Any]:
    return Standing.objects.filter(person__in=people).values_list(*_HELD)


@prepared
def _standings_at(
    people: Collection[int], employer: int, *, told: tuple[str, ...] = _HELD
) -> QuerySet[Standing, Any]:
    return _reckoned(employer, told, person__in=people)


@prepared
def _standings_in(people: Collection[int], skills: Collection[int]) -> QuerySet[Standing, Any]:
    return Standing.objects.filter(person__in=people, skill__in=skills).values_list(*_HELD)


@prepared
def _standings_at_in(
    people: Collection[int], employer: int, skills: Collection[int]
) -> QuerySet[Standing, Any]:
    return _reckoned(employer, _HELD, person__in=people, skill__in=skills)


def _reckoned(employer: int, told: tuple[str, ...], **asked: Any) -> QuerySet[Standing, Any]:
    """What is all from there, and what was worked out for that employer where it is not."""
    whole = Standing.objects.filter(all_from=employer, **asked)
    apart = StandingAt.objects.filter(organisation=employer, **asked)
    return whole.values_list(*told).union(apart.values_list(*told), all=True)


def levels(
    person_pks: Collection[int],
    on: date | None = None,
    *,
    at: int | None,
    skill_pks: Collection[int] | None = None,
    dated: bool = True,
) -> dict[tuple[int, int], Held]:
    """(person, skill) → level, sd, pieces, newest; stored ones for today, computed otherwise.

    Args:
        at: the employer who reckons, with what it may count; None is the person, with everything.
        dated: whether the day of the newest piece is wanted; for hundreds of figures, reading the
            days takes as long as reading all else.
    """
    if on is None or on == timezone.localdate():
        if not dated and at is not None and skill_pks is None:
            return {
                (person, skill): (level, sd, pieces, None)
                for person, skill, level, sd, pieces in _standings_at(
                    person_pks, at, told=_HELD[:-1]
                )
            }
        return {
            (person, skill): (level, sd, pieces, newest)
            for person, skill, level, sd, pieces, newest in _stored(person_pks, at, skill_pks)
        }
    return computed(person_pks, on, at=at, skill_pks=skill_pks)


def _stored(
    person_pks: Collection[int], at: int | None, skill_pks: Collection[int] | None
) -> list[Any]:
    if at is None:
        if skill_pks is None:
            return _standings(person_pks)
        return _standings_in(person_pks, skill_pks)
    if skill_pks is None:
        return _standings_at(person_pks, at)
    return _standings_at_in(person_pks, at, skill_pks)


def shown_at(employer: Any, **asked: Any) -> Q:
    """Whether an employer reckons such a level today, as a condition of another query.

    Args:
        employer: its key, or an `OuterRef` to it.
        asked: what the stored level must be, such as `person=OuterRef("person"), level__gte=3`.
    """
    whole = Standing.objects.filter(all_from=employer, **asked)
    apart = StandingAt.objects.filter(organisation=employer, **asked)
    return Q(Exists(whole)) | Q(Exists(apart))


def skills_asked_of(
    person: Person,
    on: date | None = None,
    *,
    at: int | None,
    profile: RoleProfile | None = None,
    asked_on: date | None = None,
) -> list[SkillAsked]:
    """What a role asks of someone beside what they show, in the order of the role profile.

    Args:
        at: the employer who reckons; None is the person.
        on: the day up to which evidence counts.
        profile: another role than the person's own, to see how near it is.
        asked_on: the day of which the demand holds, if another than `on`.
    """
    role = profile or profile_of(person, on, at=at)
    if role is None:
        return []
    held = {skill: found for (_person, skill), found in levels([person.pk], on, at=at).items()}
    return rows_of(demands_of([role.pk]).get(role.pk, []), held, asked_on or on)


def rows_of(
    demands: Sequence[rules.DatedDemand], held: Mapping[int, Held], on: date | None = None
) -> list[SkillAsked]:
    """What is asked on a day beside what is held, with what the role asks next."""
    day = on or timezone.localdate()
    later: dict[Hashable, rules.DatedDemand] = {}
    for demand in demands:
        if demand.from_on > day:
            known = later.get(demand.skill)
            if known is None or demand.from_on < known.from_on:
                later[demand.skill] = demand
    rows = []
    for r in rules.demand_on(demands, day):
        if isinstance(r.skill, Skill):
            coming = later.get(r.skill)
            rows.append(
                asked_row(
                    r.skill,
                    r.level,
                    essential=r.essential,
                    held=held.get(r.skill.pk, NOT_HELD),
                    later_on=coming.from_on if coming else None,
                    later=coming.level if coming else 0,
                )
            )
    return rows


def asked_row(
    skill: Skill,
    asked: int,
    *,
    essential: bool,
    held: Held,
    later_on: date | None = None,
    later: int = 0,
) -> SkillAsked:
    """One skill: what is asked, and what is held with its interval (80 %)."""
    level, sd, pieces, newest = held
    spread = rules.EIGHTY_PERCENT * sd
    return SkillAsked(
        skill,
        asked,
        essential,
        level,
        max(0.0, level - spread),
        min(float(rules.HIGHEST_LEVEL), level + spread),
        pieces,
        newest,
        later_on,
        later,
    )


def needs_among(rows: Iterable[SkillAsked]) -> list[rules.Need]:
    """Which of these rows fall short, most pressing first; `skill` is a `Skill`."""
    kept = list(rows)
    return rules.learning_needs(
        [rules.Requirement(row.skill, row.asked, row.essential) for row in kept],
        {row.skill: row.level for row in kept},
    )


def needs_of(person: Person, on: date | None = None) -> list[rules.Need]:
    """Where someone falls short of their role by all they ever showed, most pressing first;
    `skill` is a `Skill`. For the person."""
    return needs_among(skills_asked_of(person, on, at=None))


def fit_of(rows: Sequence[SkillAsked]) -> float:
    """How much of what these rows ask is shown, from 0 to 1."""
    return rules.fit(
        [rules.Requirement(row.skill, row.asked) for row in rows],
        {row.skill: row.level for row in rows},
    )


@dataclass(frozen=True, slots=True)
class PersonSkills:
    """All that the page about someone's skills tells, computed from the evidence itself."""

    role: RoleProfile | None
    rows: list[SkillAsked]
    outside: list[SkillAsked]
    later_dates: list[date]
    needs: list[rules.Need]
    # What falls short on the first later date, for who reaches all that is asked now.
    coming: list[rules.Need]
    held: Mapping[int, Held]
    # The employers where what is shown was made; None is made with none.
    made_at: frozenset[int | None]

    @property
    def fit(self) -> float:
        return fit_of(self.rows)


def _asked_of(seats: QuerySet[Employment]) -> QuerySet[Demand]:
    found = Demand.objects.filter(profile=_asked_by(seats).values("pk")[:1])
    return _with_skills(found.select_related("profile"))


@prepared
def _demands_of_person(person: int, on: date) -> QuerySet[Demand]:
    return _asked_of(Employment.objects.current(on).filter(person=person))


@prepared
def _demands_at(person: int, on: date, employer: int) -> QuerySet[Demand]:
    seats = Employment.objects.current(on).filter(person=person, organisation=employer)
    return _asked_of(seats)


def role_of(
    person: Person, on: date | None = None, *, at: int | None = None
) -> tuple[RoleProfile | None, list[rules.DatedDemand]]:
    """`profile_of` with all it asks and will ask: one query, two where it asks nothing."""
    day = on or timezone.localdate()
    found = _demands_of_person(person.pk, day) if at is None else _demands_at(person.pk, day, at)
    return (found[0].profile, _as_asked(found)) if found else (profile_of(person, on, at=at), [])


def _as_asked(found: Iterable[Demand]) -> list[rules.DatedDemand]:
    """Rows of one profile as the rule takes them; one `Skill` however often it is asked."""
    skills: dict[int, Skill] = {}
    return as_one(
        rules.DatedDemand(skills.setdefault(d.skill_id, d.skill), d.level, d.essential, d.from_on)
        for d in found
    )


@prepared
def _skills(pks: Collection[int]) -> QuerySet[Skill]:
    return Skill.objects.filter(pk__in=pks).defer(*WIDE)


def skills_of(
    person: Person, *, at: int | None, on: date | None = None, asked_on: date | None = None
) -> PersonSkills:
    """Someone's role and skills: evidence up to one day beside what the role asks on another.

    Args:
        at: the employer who reads; None is the person.
    """
    role, demands = role_of(person, on, at=at)
    held, made_at = held_and_where(person.pk, on or timezone.localdate(), at=at)
    rows = rows_of(demands, held, asked_on or on)
    inside = {row.skill.pk for row in rows}
    outside = [
        asked_row(skill, 0, essential=False, held=held[skill.pk])
        for skill in _skills([pk for pk in held if pk not in inside])
        if skill.merged_into_id is None
    ]
    later = rules.later_dates(demands, timezone.localdate())
    needs = needs_among(rows)
    return PersonSkills(
        role,
        rows,
        sorted(outside, key=lambda row: row.skill.name.casefold()),
        later,
        needs,
        needs_among(rows_of(demands, held, later[0])) if later and not needs else [],
        held,
        made_at,
    )


def standings_of(visitor: Visitor) -> dict[int, Held]:
    """What the visitor shows today by skill; asked once, however many panels want to know."""
    pk = visitor.person.pk
    return visitor.once(
        "skills:standings",
        lambda: {skill: held for (_, skill), held in levels([pk], at=None).items()},
    )


@prepared
def _demands_of_job(job: int) -> QuerySet[Demand]:
    found = Demand.objects.filter(profile__profile_jobs__job=job)
    return _with_skills(found.select_related("profile"))


def own_demands(visitor: Visitor) -> tuple[RoleProfile | None, list[rules.DatedDemand]]:
    """The visitor's role with all it asks and will ask: one query, two where it asks nothing."""
    if visitor.employment is None:
        return None, []
    found = _demands_of_job(visitor.employment.job_id)
    if not found:
        return RoleProfile.objects.filter(jobs=visitor.employment.job_id).first(), []
    return found[0].profile, _as_asked(found)


@prepared
def _open_requests(person: int, organisation: int, today: date) -> QuerySet[EvidenceRequest]:
    asked = policy.requests_to_answer(stand_in(person, organisation), today)
    return asked.filter(closed_at=None).select_related("person", "skill")


def open_requests(visitor: Visitor) -> list[EvidenceRequest]:
    """The questions of colleagues that wait for one's view."""
    return _open_requests(visitor.person.pk, visitor.organisation.pk, timezone.localdate())


@prepared
def _objections(person: int, organisation: int, today: date, *, most: int) -> QuerySet[Objection]:
    hr = stand_in(person, organisation, mandates=frozenset({"hr"}))
    return policy.objections_to_decide(hr, today)[:most]


def objections_waiting(visitor: Visitor, *, most: int) -> list[Objection]:
    """For HR: the objections they may decide, the oldest first."""
    if not visitor.is_hr:
        return []
    return _objections(visitor.person.pk, visitor.organisation.pk, timezone.localdate(), most=most)


@prepared
def _profiles_here(person: int, organisation: int) -> QuerySet[RoleProfile, Any]:
    found = policy.profiles_to_read(stand_in(person, organisation))
    return found.values_list("pk", "name_nl", "name_en")


def profiles_here(visitor: Visitor) -> list[RoleNamed]:
    """Every role profile the visitor may read, by name."""
    found = _profiles_here(visitor.person.pk, visitor.organisation.pk)
    language = get_language()
    named = (RoleNamed.of(pk, nl, en, language) for pk, nl, en in found)
    return sorted(named, key=lambda role: role.name.casefold())


def first_rows(demands: Sequence[rules.DatedDemand], held: Mapping[int, Held]) -> list[SkillAsked]:
    """For a panel: what is asked now and later, needs first."""
    now = rows_of(demands, held)
    asked = {row.skill for row in now}
    coming: dict[Hashable, rules.DatedDemand] = {}
    today = timezone.localdate()
    for d in sorted(demands, key=lambda d: d.from_on):
        if d.from_on > today and d.skill not in asked and d.level:
            coming.setdefault(d.skill, d)
    later = [
        asked_row(
            d.skill,
            0,
            essential=d.essential,
            held=held.get(d.skill.pk, NOT_HELD),
            later_on=d.from_on,
            later=d.level,
        )
        for d in coming.values()
        if isinstance(d.skill, Skill)
    ]
    return sorted(
        [*now, *later],
        key=lambda row: (
            not (row.is_need and row.essential),
            not rules.is_short(max(row.asked, row.later), row.level),
            -max(row.gap, rules.gap(row.later, row.level)),
        ),
    )
