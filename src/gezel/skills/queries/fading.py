"""How fast what people can fades here: what the organisation said, what that means for rows of
people and skills, and what another setting would change."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gezel.people.api import Employment, Organisation
from gezel.skills import rules
from gezel.skills.models import FadingRule, Skill
from gezel.skills.queries.facts import cases_of, may_count, standing_evidence
from gezel.skills.queries.merged import stays
from gezel.skills.queries.needs import demands_of
from gezel.skills.rules import ageing, belief
from gezel.skills.rules.forecast import Floats
from gezel.skills.rules.parameters import CURRENT, PARAMETERS


@dataclass(frozen=True)
class Fading:
    """What ageing needs of each row, as arrays: see `ageing.aged`."""

    age: Floats
    base: Floats
    spread: Floats
    stability: Floats
    known: NDArray[np.bool_]

    def at(self, level: Floats, sd: Floats, days: int) -> tuple[Floats, Floats]:
        """Levels and their spread so many days on; of what is not known nothing fades."""
        aged, wider = ageing.aged(
            level, sd, ahead_days=days, age_days=self.age, base=self.base, spread=self.spread,
            stability_months=self.stability,
        )  # fmt: skip
        return np.where(self.known, aged, level), np.where(self.known, wider, sd)


def fading_settings(organisation_pk: int) -> list[ageing.FadingSet]:
    """What the organisation said of how fast kinds of skill fade, the newest said last."""
    return [
        ageing.FadingSet(of, months, from_on)
        for of, months, from_on in FadingRule.objects.filter(organisation=organisation_pk)
        .order_by("from_on", "pk")
        .values_list("of", "half_life_months", "from_on")
    ]


@dataclass(frozen=True, slots=True)
class Row:
    """A person and a skill their role asks, with the level they show today."""

    person_pk: int
    profile_pk: int
    skill_pk: int
    level: float
    newest_on: date | None


def fading_of(
    rows: Sequence[Row],
    *,
    skills: Mapping[int, Skill],
    priors: Mapping[tuple[int | None, int], belief.Prior],
    settings: Collection[ageing.FadingSet],
    on: date,
    at: int | None,
) -> Fading:
    """How each row fades from a day on; one query.

    Args:
        at: the employer who looks ahead; None is the person.
    """
    general = belief.general_prior()
    kinds = {
        pk: ageing.half_life_on(
            ageing.fades_as(skill.kind, is_knowledge=skill.is_knowledge), settings, on
        )
        for pk, skill in skills.items()
    }
    starts = [priors.get((row.profile_pk, row.skill_pk), general) for row in rows]
    used = _uses({row.person_pk for row in rows}, skills, on, at=at)
    age = np.array([(on - row.newest_on).days if row.newest_on else 0 for row in rows], dtype=float)
    base = np.array([start.mean for start in starts], dtype=np.float64)
    half_life = np.array([kinds[row.skill_pk] for row in rows], dtype=np.float64)
    uses = np.array([used.get((row.person_pk, row.skill_pk), 0) for row in rows], dtype=float)
    level = np.array([row.level for row in rows], dtype=np.float64)
    return Fading(
        age=age,
        base=base,
        spread=np.array([start.sd for start in starts], dtype=np.float64),
        stability=_stability(level, age, base=base, half_life=half_life, uses=uses),
        known=np.array([row.newest_on is not None for row in rows], dtype=np.bool_),
    )


def _stability(
    level: Floats, age: Floats, *, base: Floats, half_life: Floats, uses: Floats
) -> Floats:
    """Stability by the level last shown, of which we keep what was left of it today.

    The level shown is the one that, faded, gives today's; a few rounds find it.
    """
    shown = level
    for _round in range(12):
        stability = ageing.stability(half_life, shown, uses)
        left = ageing.retention(age, stability)
        shown = np.where(level > base, np.minimum(5.0, base + (level - base) / left), level)
    return ageing.stability(half_life, shown, uses)


def _uses(
    people: Collection[int], skills: Collection[int], today: date, *, at: int | None
) -> dict[tuple[int, int], int]:
    """On how many later occasions each skill was shown again, as `belief` counts them."""
    days: dict[tuple[int, int], list[date]] = defaultdict(list)
    counted = standing_evidence() if at is None else standing_evidence().filter(may_count(at))
    for person, skill, seen in (
        counted.filter(person__in=people, observed_on__lte=today)
        .exclude(kind="self")
        .order_by("observed_on")
        .values_list("person_id", stays(), "observed_on")
    ):
        if skill not in skills:
            continue
        kept = days[person, skill]
        if not kept or (seen - kept[-1]).days >= PARAMETERS[CURRENT].days_between_uses:
            kept.append(seen)
    return {key: len(found) - 1 for key, found in days.items()}


# --- the settings of an organisation ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KindFading:
    """One kind of skill: the published half-life and what holds here, with what comes."""

    of: str
    label: str
    published: float
    measured_as: str
    months: float
    rule: FadingRule | None
    coming: FadingRule | None

    @property
    def is_published(self) -> bool:
        return self.rule is None or self.months == self.published


def kinds_of_fading(organisation: Organisation, on: date) -> list[KindFading]:
    """Every kind of skill with what holds on a day; one query."""
    told = rules_said(organisation)
    settings = [ageing.FadingSet(r.of, r.half_life_months, r.from_on) for r in reversed(told)]
    found = []
    for of, label in FadingRule.Of.choices:
        begun = [r for r in told if r.of == of and r.from_on <= on]
        later = [r for r in told if r.of == of and r.from_on > on]
        found.append(
            KindFading(
                of=of,
                label=str(label),
                published=ageing.published_half_life(of),
                measured_as=ageing.FADES_AS[of],
                months=ageing.half_life_on(of, settings, on),
                rule=begun[0] if begun else None,
                coming=later[-1] if later else None,
            )
        )
    return found


def rules_said(organisation: Organisation) -> list[FadingRule]:
    """Everything that was set here, the newest first."""
    return list(
        FadingRule.objects.filter(organisation=organisation)
        .select_related("set_by")
        .order_by("-from_on", "-pk")
    )


# As many people as another setting is tried out on while someone waits.
MOST_TRIED = 1_000


@dataclass(frozen=True, slots=True)
class Effect:
    """What another half-life would change on a day, for people whose role asks such skills.

    more, less: people who get a need they would not have otherwise, or lose one.
    """

    on: date
    people: int
    more: int
    less: int
    # Not everyone: so many people were tried out of all.
    of_all: int


def effect_of(organisation: Organisation, of: str, half_life_months: float, on: date) -> Effect:
    """Try another half-life: who would fall short that would not, and the other way round.

    Of a large organisation a thousand people are tried, always the same ones.
    """
    seats = list(
        Employment.objects.current(on)
        .filter(organisation=organisation, job__profile_job__isnull=False)
        .order_by("person_id")
        .values_list("person_id", "job__profile_job__profile_id")
    )
    step = -(-len(seats) // MOST_TRIED) or 1
    tried = seats[::step]
    asked = {
        profile: {
            r.skill.pk: r.level
            for r in rules.demand_on(dated, on)
            if isinstance(r.skill, Skill)
            and ageing.fades_as(r.skill.kind, is_knowledge=r.skill.is_knowledge) == of
        }
        for profile, dated in demands_of({profile for _p, profile in tried}, until=on).items()
    }
    wanted = {skill for skills in asked.values() for skill in skills}
    about = [(person, profile) for person, profile in tried if asked.get(profile)]
    cases = cases_of(
        [person for person, _profile in about], on, at=organisation.pk, skill_pks=wanted
    )
    before = _levels(cases, on)
    after = _levels({k: replace(case, half_life=half_life_months) for k, case in cases.items()}, on)
    more = less = 0
    for person, profile in about:
        was, will = (
            {
                skill
                for skill, level in asked[profile].items()
                if rules.is_short(level, held.get((person, skill), 0.0))
            }
            for held in (before, after)
        )
        more += bool(will - was)
        less += bool(was - will)
    return Effect(on, len(about), more, less, len(seats))


def _levels(cases: Mapping[tuple[int, int], belief.Case], on: date) -> dict[tuple[int, int], float]:
    found = belief.beliefs(list(cases.values()), on)
    return {key: float(level) for key, level in zip(cases, found.level, strict=True)}
