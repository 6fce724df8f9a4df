"""What a trainer saw: of whom, until when, and which levels one may name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gezel.gatherings.rules.attending import Kind

# Longer ago one remembers who did well, no longer what one saw.
REMEMBERED = timedelta(days=30)
# Who was there for a while was seen for a while: whether it was long enough to count is no matter.
THERE = frozenset({Kind.PRESENT, Kind.LATE, Kind.PARTLY})


@dataclass(frozen=True, slots=True)
class Taught:
    """A skill the session is about, and how far it goes."""

    skill: int
    to_level: int


def until(ends_at: datetime) -> datetime:
    """Until when one may say what one saw."""
    return ends_at + REMEMBERED


def is_open(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """From when it begins, so also during it, until thirty days after it ended."""
    return starts_at <= now <= until(ends_at)


def levels(taught: Taught) -> range:
    """The levels one may name: any up to where the activity brings to, none above.

    Below where it begins counts too: that is what was seen. Above where it goes it was not asked.
    """
    return range(1, taught.to_level + 1)


def may_name(level: int, skill: int, taught: Iterable[Taught]) -> bool:
    """Whether this is a level of a skill the session is about."""
    return any(one.skill == skill and level in levels(one) for one in taught)


def seen_on(day: date, today: date) -> date:
    """The day of the session where it was; never tomorrow, where that is further east."""
    return min(day, today)
