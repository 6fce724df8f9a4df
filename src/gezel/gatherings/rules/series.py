"""A series: on which days it is, and what a change of one means for the others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MOST_TURNS = 104


class Every(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Reach(StrEnum):
    """How far a change goes."""

    ONE = "one"
    FOLLOWING = "following"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Every so many days, weeks or months: so many times, or until a day (that day too)."""

    every: Every
    step: int = 1
    times: int | None = None
    until_on: date | None = None


def days(first: date, pattern: Pattern) -> list[date]:
    """The days of a series, at most `MOST_TURNS`.

    In months without the day (the 31st, 29 February) it is the last day of the month.
    """
    found: list[date] = []
    most = min(pattern.times or MOST_TURNS, MOST_TURNS)
    while len(found) < most:
        day = _after(first, pattern, len(found))
        if pattern.until_on and day > pattern.until_on:
            break
        found.append(day)
    return found


def _after(first: date, pattern: Pattern, turn: int) -> date:
    ahead = turn * pattern.step
    if pattern.every == Every.DAY:
        return first + timedelta(days=ahead)
    if pattern.every == Every.WEEK:
        return first + timedelta(weeks=ahead)
    years, month = divmod(first.month - 1 + ahead, 12)
    year = first.year + years
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(first.day, (following - timedelta(days=1)).day))


@dataclass(frozen=True, slots=True)
class Turn:
    """One of a series: its number, and whether it may still change (not begun, nobody noted)."""

    key: int
    turn: int
    moved_alone: bool
    open: bool


def reached(turns: Iterable[Turn], changed: int, reach: Reach) -> list[int]:
    """Which of a series a change of one goes for.

    What was held stays as it was, and so does what was moved by itself: someone chose that day
    for a reason, and a change of the others must not undo it unseen.
    """
    told = {t.key: t for t in turns}
    own = told[changed]
    if reach == Reach.ONE:
        return [changed]
    return [
        t.key
        for t in sorted(told.values(), key=lambda t: (t.turn, t.key))
        if t.key == changed
        or (
            t.open
            and not t.moved_alone
            and (reach == Reach.ALL or (t.turn, t.key) >= (own.turn, own.key))
        )
    ]


def shifted(day: date, *, was: date, becomes: date) -> date:
    """Where a session goes when one of its series goes from a day to another: as far along."""
    return day + (becomes - was)
