"""One person beside another role or occupation: what carries over, how far it is, the route.

What someone explores is theirs alone: nothing here is noted, kept or told to anyone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from gezel.people.api import Visitor
from gezel.skills import rules
from gezel.skills.models import Skill
from gezel.skills.queries.needs import standings_of
from gezel.skills.queries.offer import OnOffer, Want, hours_per_level, on_offer
from gezel.skills.queries.same import own_of, stand_ins
from gezel.skills.queries.taxonomy import Suggested, give_own_names
from gezel.skills.rules import distance as far

# For who wonders how long it takes beside the work: half a day a week.
A_WEEK = 4


@dataclass(frozen=True, slots=True)
class Asks:
    """What another role asks: targets whose `skill` is a key, with the skills themselves."""

    targets: list[far.Target]
    skills: Mapping[int, Skill]
    # Levels that we suggest because the framework names none.
    suggested: bool = False


def asks_of_profile(demands: Sequence[rules.DatedDemand], on: date) -> Asks:
    """A role of one's own organisation: all it asks on a day counts whole."""
    targets, skills = [], {}
    for r in rules.demand_on(demands, on):
        if isinstance(r.skill, Skill):
            skills[r.skill.pk] = r.skill
            targets.append(
                far.Target(r.skill.pk, r.level, r.essential, is_knowledge=r.skill.is_knowledge)
            )
    return Asks(targets, skills)


def asks_of_occupation(suggested: Iterable[Suggested]) -> Asks:
    """An occupation of ESCO or O*NET: the essential counts whole, the useful half."""
    rows = list(suggested)
    return Asks(
        [
            far.Target(
                each.skill.pk,
                each.level,
                each.essential,
                far.WHOLE if each.essential else far.HALF,
                each.skill.is_knowledge,
            )
            for each in rows
        ],
        {each.skill.pk: each.skill for each in rows},
        suggested=any(not each.from_framework for each in rows),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One skill of the distance, in words: the part of the sum, and what stands for it."""

    part: far.Part
    skill: Skill
    through: Skill | None = None
    offer: Sequence[OnOffer] = ()

    @property
    def counts_half(self) -> bool:
        return self.part.target.weight != far.WHOLE


@dataclass(frozen=True)
class Compared:
    """Someone beside another role: what carries over, the route, and hours there and back."""

    told: far.Distance
    rows: Sequence[Row]
    there: far.Distance | None = None
    back: far.Distance | None = None
    suggested: bool = False

    @cached_property
    def carrying(self) -> list[Row]:
        return [row for row in self.rows if row.part.carries_over]

    @cached_property
    def route(self) -> list[Row]:
        at = {id(row.part): row for row in self.rows}
        return [at[id(part)] for part in far.route(self.told.parts)]

    @property
    def unknown(self) -> list[Row]:
        return [row for row in self.route if not row.part.known]

    @property
    def from_catalogue(self) -> int:
        """For how many of the missing skills the hours rest on the own catalogue as well."""
        return sum(row.part.per_level.pieces > 0 for row in self.route)

    @property
    def months(self) -> int:
        """Whole months it takes at `A_WEEK` hours a week."""
        return max(1, round(self.told.hours / A_WEEK * 12 / 52))


def compared(visitor: Visitor, asks: Asks, own: Sequence[far.Target] | None = None) -> Compared:
    """A visitor beside what another role asks.

    Args:
        own: what their own role asks, to say also how far the two roles lie apart, both ways.
    """
    organisation = visitor.organisation
    held, through = stand_ins(standings_of(visitor), list(asks.skills))
    per_level = hours_per_level(organisation)
    rates = {pk: per_level[pk] for pk in asks.skills if pk in per_level}
    told = far.distance(asks.targets, {pk: own_of(found) for pk, found in held.items()}, rates)
    others = Skill.objects.in_bulk(through.values()) if through else {}
    give_own_names([*asks.skills.values(), *others.values()], organisation)
    wants = {_key(part): Want(part.own.level, part.target.level) for part in told.missing}
    offers = on_offer(visitor, wants)
    rows = [
        Row(
            part,
            asks.skills[_key(part)],
            others.get(through.get(_key(part), 0)),
            offers.get(_key(part), ()),
        )
        for part in told.parts
    ]
    there = back = None
    if own:
        there = far.distance(asks.targets, far.back_again(asks.targets, own), rates)
        back = far.distance(own, far.back_again(own, asks.targets), per_level)
    return Compared(told, rows, there, back, asks.suggested)


def _key(part: far.Part) -> int:
    return part.target.skill if isinstance(part.target.skill, int) else 0
