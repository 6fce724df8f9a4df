"""What to suggest to someone, and why: a rule that can be read, and shown.

A tip is an activity that brings a needed skill further from where someone stands. Which come
first is decided by points (`score`), few enough to show: the page prints the same parts this
module adds up. Plain Python, no clock.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

# Essential outweighs all the rest together, whatever the size of the gap.
ESSENTIAL = 100
# A level short, up to the five there are.
A_LEVEL_SHORT = 10
# Demanded only from a date ahead: today's shortage comes before it.
NOT_YET = -10
# Begins just where someone stands; a level off costs half of it.
BEGINS_WHERE_YOU_STAND = 20
A_LEVEL_OFF = 10
# Each level beyond the first in one go.
A_LARGER_STEP = -5
# Time and money only tip the scale: at most five points each.
AN_HOUR, MOST_FOR_HOURS = -0.25, -5.0
A_HUNDRED_EUROS, MOST_FOR_MONEY = -0.5, -5.0

# Who stands at 1.4 can follow what begins at 2; who stands at 1 cannot follow what begins at 3.
REACH = 0.75
# Less than half a level is no step: that is within what two people would disagree about.
SMALLEST_STEP = 0.5

PRACTICE, OTHERS, FORMAL = "practice", "others", "formal"


@dataclass(frozen=True, slots=True)
class Want:
    """A skill in which someone falls short: what is asked, from when, and what is shown."""

    skill: Hashable
    asked: int
    held: float
    essential: bool = False
    from_on: date | None = None
    """Set when it is asked only from a date ahead."""

    @property
    def gap(self) -> float:
        return max(0.0, self.asked - self.held)


@dataclass(frozen=True, slots=True)
class Offer:
    """An activity, as the rule needs it. `teaches`: skill → from and to level."""

    key: Hashable
    mix: str
    form: str
    hours: float
    price_cents: int = 0
    in_dutch: bool = True
    in_english: bool = False
    evening: bool = False
    teaches: tuple[tuple[Hashable, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Preferences:
    """What someone asked of their tips."""

    wanted: bool = True
    most_hours: float | None = None
    free_only: bool = False
    no_evenings: bool = False
    forms: frozenset[str] = frozenset()
    language: str = ""

    def allow(self, offer: Offer) -> bool:
        """Whether an offer is within what someone asked for."""
        return (
            (self.most_hours is None or offer.hours <= self.most_hours)
            and not (self.free_only and offer.price_cents)
            and not (self.no_evenings and offer.evening)
            and (not self.forms or offer.form in self.forms)
            and (self.language != "nl" or offer.in_dutch)
            and (self.language != "en" or offer.in_english)
        )


@dataclass(frozen=True, slots=True)
class Points:
    """One part of the score: `what` is a code the page puts into words."""

    what: str
    points: float


@dataclass(frozen=True, slots=True)
class Tip:
    """An activity to suggest, for which want, from where to where, and how that was reckoned.

    Without a want it is a first small step for who does not know where to begin.
    """

    offer: Offer
    want: Want | None
    from_level: int
    to_level: int
    parts: tuple[Points, ...] = field(default=())

    @property
    def score(self) -> float:
        return sum(part.points for part in self.parts)


def fits(want: Want, from_level: int, to_level: int) -> bool:
    """Whether someone who stands here can follow it and comes further by it."""
    return from_level <= want.held + REACH and to_level >= want.held + SMALLEST_STEP


def score(want: Want, offer: Offer, from_level: int, to_level: int) -> tuple[Points, ...]:
    """What speaks for this activity and what against it; their sum decides the order."""
    off = abs(from_level - want.held)
    step = to_level - want.held
    parts = [
        Points("essential", ESSENTIAL if want.essential else 0),
        Points("short", round(A_LEVEL_SHORT * want.gap, 1)),
        Points("not_yet", NOT_YET if want.from_on else 0),
        Points("fits", round(max(0.0, BEGINS_WHERE_YOU_STAND - A_LEVEL_OFF * off), 1)),
        Points("large_step", round(A_LARGER_STEP * max(0.0, step - 1), 1)),
        Points("hours", round(max(MOST_FOR_HOURS, AN_HOUR * offer.hours), 1)),
        Points(
            "price", round(max(MOST_FOR_MONEY, A_HUNDRED_EUROS * offer.price_cents / 10_000), 1)
        ),
    ]
    return tuple(part for part in parts if part.points)


def tips(
    wants: Iterable[Want],
    offers: Iterable[Offer],
    preferences: Preferences,
    *,
    most: int = 3,
) -> list[Tip]:
    """What to suggest, best first: at most `most`, and none to who wants none.

    An activity is suggested once, for the want it serves best. Each want has its turn before
    one is served twice, so that three tips are not three ways to the same thing. And people
    learn most in the work and from each other: when all would be formal while something in
    practice or with others fits as well, the last makes way for the best of those.
    """
    if not preferences.wanted or most < 1:
        return []
    wanted = {want.skill: want for want in wants if want.gap > 0}
    found = [tip for offer in offers if preferences.allow(offer) for tip in _best(offer, wanted)]
    found.sort(key=_order)
    chosen = _in_turns(found, most)
    informal = [tip for tip in found if tip.offer.mix != FORMAL]
    if informal and len(chosen) > 1 and all(tip.offer.mix == FORMAL for tip in chosen):
        chosen[-1] = informal[0]
    return sorted(chosen, key=_order)


def _best(offer: Offer, wanted: dict[Hashable, Want]) -> Iterable[Tip]:
    """The one tip an offer makes, or none."""
    made = [
        Tip(offer, wanted[skill], low, high, score(wanted[skill], offer, low, high))
        for skill, low, high in offer.teaches
        if skill in wanted and fits(wanted[skill], low, high)
    ]
    return sorted(made, key=_order)[:1]


def _order(tip: Tip) -> tuple[float, float, int, str]:
    return -tip.score, tip.offer.hours, tip.offer.price_cents, str(tip.offer.key)


def _in_turns(found: Sequence[Tip], most: int) -> list[Tip]:
    left = list(found)
    chosen: list[Tip] = []
    while left and len(chosen) < most:
        served: set[Hashable] = set()
        later = []
        for tip in left:
            skill = tip.want.skill if tip.want else None
            if skill in served or len(chosen) >= most:
                later.append(tip)
            else:
                served.add(skill)
                chosen.append(tip)
        left = later
    return chosen


def first_steps(offers: Iterable[Offer], preferences: Preferences, *, most: int = 3) -> list[Tip]:
    """For who does not know where to begin: short, free, for beginners; the shortest first.

    Nothing is known here of what someone needs, so nothing is claimed about it.
    """
    if not preferences.wanted:
        return []
    small = [
        Tip(offer, None, min(low for _, low, _ in offer.teaches), max(t for *_, t in offer.teaches))
        for offer in offers
        if preferences.allow(offer)
        and offer.teaches
        and offer.hours <= 2
        and not offer.price_cents
        and all(low <= 1 for _, low, _ in offer.teaches)
    ]
    return sorted(small, key=lambda t: (t.offer.hours, str(t.offer.key)))[:most]
