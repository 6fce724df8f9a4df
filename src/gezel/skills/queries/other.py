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
from gezel.skills.queries.offer import OnOffer, Want, hours_per_level, on_offer, taken
from gezel.skills.queries.same import own_of, same_as, stand_ins
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
    def without_offer(self) -> int:
        """For how many of the missing skills nothing here is on offer."""
        return sum(not row.offer for row in self.route)

    @property
    def months(self) -> int:
        """Whole months it takes at `A_WEEK` hours a week."""
        return max(1, round(self.told.hours / A_WEEK * 12 / 52))

    @property
    def years(self) -> int:
        """The same in whole years, from three years on; below that 0."""
        return round(self.months / 12) if self.months >= 36 else 0


def compared(visitor: Visitor, asks: Asks, own: Sequence[far.Target] | None = None) -> Compared:
    """A visitor beside what another role asks.

    Args:
        own: what their own role asks, to say also how far the two roles lie apart, both ways.
    """
    organisation = visitor.organisation
    held, told_of = standings_of(visitor), taken(organisation)
    same = same_as({*held, *told_of}, asks.skills)
    mine, through = stand_ins(held, same)
    rates = hours_per_level(told_of, same)
    told = far.distance(asks.targets, {pk: own_of(found) for pk, found in mine.items()}, rates)
    others = Skill.objects.in_bulk(through.values()) if through else {}
    give_own_names([*asks.skills.values(), *others.values()], organisation)
    offers = _offers(visitor, told.missing, same)
    rows = [
        Row(
            part,
            asks.skills[key_of(part.target)],
            others.get(through.get(key_of(part.target), 0)),
            offers.get(key_of(part.target), ()),
        )
        for part in told.parts
    ]
    there = back = None
    if own:
        keys = [key_of(target) for target in own]
        back_rates = hours_per_level(told_of, {pk: [pk] for pk in keys})
        there = far.distance(asks.targets, far.back_again(asks.targets, own), rates)
        back = far.distance(own, far.back_again(own, asks.targets), back_rates)
    return Compared(told, rows, there, back, asks.suggested)


def key_of(target: far.Target) -> int:
    """The key of the skill a target names."""
    if not isinstance(target.skill, int):
        raise TypeError("a target here names a skill by its key")
    return target.skill


def _offers(
    visitor: Visitor, missing: Iterable[far.Part], same: Mapping[int, Sequence[int]]
) -> dict[int, list[OnOffer]]:
    """What the catalogue offers for each missing skill, also under another row of it."""
    wants = {
        row: (key_of(part.target), Want(part.own.level, part.target.level))
        for part in missing
        for row in same.get(key_of(part.target), ())
    }
    found: dict[int, list[OnOffer]] = {}
    for row, offers in on_offer(visitor, {row: want for row, (_, want) in wants.items()}).items():
        found.setdefault(wants[row][0], []).extend(offers)
    return found
