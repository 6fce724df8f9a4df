"""A group on its way from one role to another: what carries over, hours, cost, all together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gezel.people.api import Employment, Organisation
from gezel.skills import rules
from gezel.skills.models import RoleProfile, Skill
from gezel.skills.queries.facts import Held
from gezel.skills.queries.needs import levels
from gezel.skills.queries.offer import hours_per_level, taken
from gezel.skills.queries.other import Asks, key_of
from gezel.skills.queries.same import own_of, same_as, stand_ins
from gezel.skills.queries.taxonomy import give_own_names
from gezel.skills.rules import distance as far


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One skill of a programme: how many carry it over, and the hours of all the others."""

    skill: Skill
    level: int
    essential: bool
    there: int
    short: float
    per_level: far.HoursPerLevel
    hours: int
    taught: bool


@dataclass(frozen=True, slots=True)
class Programme:
    """A group on its way to another role; figures of all together, never of one.

    `hours` with `low` and `high` (8 out of 10) are of the whole group; `fees` are prices of the
    own catalogue for the levels short, in cents, `priced` the skills for which one is known.
    """

    people: int
    hours: int
    low: int
    high: int
    whole: int
    unsure: int
    rows: Sequence[GroupRow]
    fees: int

    @property
    def each(self) -> int:
        return round(self.hours / self.people)

    @property
    def each_low(self) -> int:
        return round(self.low / self.people)

    @property
    def each_high(self) -> int:
        return round(self.high / self.people)

    @property
    def percent(self) -> int:
        missing = self.hours - self.unsure
        return round(100 * (self.whole - missing) / self.whole) if self.whole else 100

    @property
    def carrying(self) -> list[GroupRow]:
        """What at least half of the group has already."""
        return [row for row in self.rows if 2 * row.there >= self.people]

    @property
    def missing(self) -> list[GroupRow]:
        rows = [row for row in self.rows if 2 * row.there < self.people]
        return sorted(rows, key=lambda row: (not row.essential, -row.hours))

    @property
    def unpriced(self) -> int:
        return sum(row.hours > 0 and not row.taught for row in self.rows)


def people_in(profile: RoleProfile) -> list[int]:
    """Who holds a role today."""
    return list(
        Employment.objects.current()
        .filter(organisation=profile.organisation_id, job__profile_job__profile=profile)
        .order_by("person_id")
        .values_list("person_id", flat=True)
        .distinct()
    )


def programme(people: Sequence[int], asks: Asks, organisation: Organisation) -> Programme:
    """All people of a group together on their way to a role: one sum, by the rule of one person.

    The doubt that skills share moves all people together too, so a larger group is not surer.
    """
    held: dict[int, dict[int, Held]] = defaultdict(dict)
    for (person, skill), found in levels(people, at=organisation.pk).items():
        held[person][skill] = found
    told_of = taken(organisation)
    same = same_as({skill for each in held.values() for skill in each} | {*told_of}, asks.skills)
    rates = hours_per_level(told_of, same)
    size = len(asks.targets)
    rows: list[tuple[int, int, int, float]] = []
    own: dict[int, far.Own] = {}
    there = [0] * size
    short = [0.0] * size
    for p, person in enumerate(people):
        mine, _through = stand_ins(held[person], same)
        for i, target in enumerate(asks.targets):
            rows.append((0, p * size + i, target.level, target.weight))
            here = own_of(mine[key_of(target)]) if key_of(target) in mine else far.NOTHING
            own[p * size + i] = here
            there[i] += not rules.is_short(target.level, here.level)
            short[i] += rules.gap(target.level, here.level)
    told = far.distances(
        far.Edges.of(rows), 1, own,
        {
            p * size + i: rates[key_of(target)]
            for p in range(len(people)) for i, target in enumerate(asks.targets)
            if key_of(target) in rates
        },
        skills=len(people) * size,
    )  # fmt: skip
    parts = told.parts.reshape(len(people), size).sum(axis=0) if rows else np.zeros(size)
    give_own_names(asks.skills.values(), organisation)
    shown, fees = [], 0
    for i, target in enumerate(asks.targets):
        pk = key_of(target)
        costs = sorted(each.cents for row in same.get(pk, ()) for each in told_of.get(row, ()))
        fees += round(short[i] * target.weight * costs[len(costs) // 2]) if costs else 0
        shown.append(
            GroupRow(
                asks.skills[pk], target.level, target.essential, there[i], short[i],
                rates.get(pk, far.ANCHOR), int(parts[i]), bool(costs),
            )
        )  # fmt: skip
    hours, missing_hours = int(told.hours[0]), int(told.missing[0])
    return Programme(
        len(people), hours, int(told.low[0]), int(told.high[0]), int(told.whole[0]),
        hours - missing_hours, shown, fees,
    )  # fmt: skip
