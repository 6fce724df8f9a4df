"""Roles near you: the roles of the organisation or all occupations of a framework, nearest first.

Nothing here is noted, kept or told to anyone.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from django.core.cache import caches
from django.db.models import QuerySet
from django.utils import timezone

from gezel.people.api import Organisation, Visitor
from gezel.skills import rules
from gezel.skills.models import (
    Demand,
    FrameworkRelease,
    Occupation,
    OccupationSkill,
    RoleProfile,
    Skill,
)
from gezel.skills.queries.merged import by_profile, stays
from gezel.skills.queries.needs import standings_of
from gezel.skills.queries.offer import hours_per_level, taken
from gezel.skills.queries.same import own_of, same_as, stand_ins
from gezel.skills.rules import distance as far


@dataclass(frozen=True, slots=True)
class NearRole:
    """One role or occupation in the list, nearest first, and what it lacks most."""

    role: RoleProfile | Occupation
    percent: int
    hours: int
    low: int
    high: int
    lacking: Sequence[Skill]


@dataclass(frozen=True, slots=True)
class NearList:
    """The nearest, out of how many; `recognised` counts held skills that the list speaks of."""

    rows: Sequence[NearRole]
    among: int
    recognised: int
    held: int


@dataclass(frozen=True)
class _Asking:
    """What many roles ask, flat, with the keys behind the indices."""

    roles: Sequence[int]
    skills: Sequence[int]
    edges: far.Edges
    place: Mapping[int, int] = field(default_factory=dict)


def near_roles(
    visitor: Visitor, profiles: QuerySet[RoleProfile], *, most: int, on: date | None = None
) -> NearList:
    """The other roles of the organisation, nearest first."""
    day = on or timezone.localdate()
    dated = by_profile(
        (profile, skill, read_as, rules.DatedDemand(skill, level, essential, from_on))
        for profile, skill, read_as, level, essential, from_on in Demand.objects.filter(
            profile__in=profiles, from_on__lte=day
        )
        .order_by("from_on", "position", "pk")
        .values_list("profile_id", "skill_id", stays(), "level", "essential", "from_on")
    )
    rows = [
        (profile, r.skill, r.level, far.WHOLE)
        for profile, demands in dated.items()
        for r in rules.demand_on(demands, day)
        if isinstance(r.skill, int)
    ]
    return _nearest(visitor, _flat(rows), profiles.in_bulk, most, unsaid=0.0)


def near_occupations(visitor: Visitor, source: str, *, most: int) -> NearList:
    """The occupations of a framework, nearest first; of all of them, whatever their field."""

    def named(pks: Collection[int]) -> dict[int, Occupation]:
        rows = Occupation.objects.defer("about_nl", "about_en", "aliases_nl", "aliases_en")
        return rows.in_bulk(pks)

    return _nearest(visitor, _occupations(source), named, most)


def _occupations(source: str) -> _Asking:
    """All that the occupations of a framework ask; remembered until a new release is taken in."""
    newest = (
        FrameworkRelease.objects.filter(source=source)
        .order_by("-pk").values_list("pk", flat=True).first()
    )  # fmt: skip
    if newest is None:
        return _flat([])
    name = f"skills:asking:{source}:{newest}"
    found: _Asking | None = caches["near"].get(name)
    if found is None:
        pairs: dict[tuple[int, int], tuple[int, float]] = {}
        # The essential last: a pair that ESCO gives both ways counts as that.
        for occupation, skill, essential, level in (
            OccupationSkill.objects.filter(
                occupation__source=source, occupation__retired=False, skill__retired=False
            )
            .order_by("essential")
            .values_list("occupation_id", "skill_id", "essential", "level")
        ):
            pairs[occupation, skill] = (
                rules.suggested_level(essential=essential, level=level),
                far.WHOLE if essential else far.HALF,
            )
        found = _flat([(*pair, level, weight) for pair, (level, weight) in pairs.items()])
        caches["near"].set(name, found, 24 * 3600)
    return found


def _flat(rows: Sequence[tuple[int, int, int, float]]) -> _Asking:
    roles = sorted({role for role, *_ in rows})
    skills = sorted({skill for _, skill, *_ in rows})
    at_role = {pk: i for i, pk in enumerate(roles)}
    at_skill = {pk: i for i, pk in enumerate(skills)}
    edges = far.Edges.of([(at_role[r], at_skill[s], level, w) for r, s, level, w in rows])
    return _Asking(roles, skills, edges, at_skill)


def _nearest(
    visitor: Visitor,
    asking: _Asking,
    named: "Callable[[Collection[int]], Mapping[int, RoleProfile | Occupation]]",
    most: int,
    *,
    unsaid: float = far.UNSAID,
) -> NearList:
    organisation = visitor.organisation
    held, told_of = standings_of(visitor), taken(organisation)
    same = same_as({*held, *told_of}, asking.place)
    mine, through = stand_ins(held, same)
    own = {asking.place[pk]: own_of(found) for pk, found in mine.items()}
    rates = {asking.place[pk]: rate for pk, rate in hours_per_level(told_of, same).items()}
    told = far.distances(
        asking.edges, len(asking.roles), own, rates, skills=len(asking.skills), unsaid=unsaid
    )
    chosen = told.nearest(most)
    lacking = {i: _lacking(asking, told, i) for i in chosen}
    names = named([asking.roles[i] for i in chosen])
    skills = _worded([pk for pks in lacking.values() for pk in pks], organisation)
    return NearList(
        [
            NearRole(
                names[asking.roles[i]],
                told.percent(i),
                int(told.hours[i]),
                int(told.low[i]),
                int(told.high[i]),
                [skills[pk] for pk in lacking[i]],
            )
            for i in chosen
        ],
        int((told.whole > 0).sum()),
        len({through.get(pk, pk) for pk in mine}),
        len(held),
    )


def _lacking(asking: _Asking, told: far.Near, role: int, most: int = 2) -> list[int]:
    """What a role lacks most, in hours: keys of skills."""
    (mine,) = np.nonzero(asking.edges.role == role)
    parts = told.parts[mine]
    order = [int(i) for i in np.argsort(-parts, kind="stable")[:most] if parts[i] > 0]
    return [asking.skills[int(asking.edges.skill[mine[i]])] for i in order]


def _worded(pks: Collection[int], organisation: Organisation) -> dict[int, Skill]:
    return {
        skill.pk: skill
        for skill in Skill.objects.filter(pk__in=pks)
        .worded_by(organisation)
        .defer("about_nl", "about_en", "aliases_nl", "aliases_en")
    }
