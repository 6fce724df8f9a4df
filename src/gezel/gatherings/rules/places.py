"""Who has a place: the line, until when one can cancel, and whether a session goes on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Waiting:
    """Someone in the line for a place."""

    key: int
    since: datetime


def moving_up(line: Iterable[Waiting], free: int | None) -> list[int]:
    """Who gets a place now that so many are free (None: there is room for everyone).

    Who waits longest is first; of two at the same moment, who was written down first.
    """
    ordered = [w.key for w in sorted(line, key=lambda w: (w.since, w.key))]
    return ordered if free is None else ordered[: max(0, free)]


class Cancelling(StrEnum):
    """What cancelling is, now."""

    FREE = "free"
    LATE = "late"
    TOO_LATE = "too late"


def cancelling(starts_at: datetime, hours: int, now: datetime) -> Cancelling:
    """Until so many hours before, freely; after that with a reason, and known as late.

    A late word is better than an empty chair: someone on the waiting list can still come.
    """
    if now >= starts_at:
        return Cancelling.TOO_LATE
    return Cancelling.FREE if now <= last_moment(starts_at, hours) else Cancelling.LATE


def last_moment(starts_at: datetime, hours: int) -> datetime:
    """Until when one can cancel freely."""
    return starts_at - timedelta(hours=hours)


class Going(StrEnum):
    """Whether there are enough people for it to go on."""

    ENOUGH = "enough"
    NOT_YET = "not yet"
    TO_DECIDE = "to decide"


def going(taken: int, least: int, decide_at: datetime | None, now: datetime) -> Going:
    """Enough people: it can be said at once. Too few on the day to decide: someone decides."""
    if taken >= least:
        return Going.ENOUGH
    return Going.TO_DECIDE if decide_at is not None and now >= decide_at else Going.NOT_YET
