"""The clock changes of a time zone, as a calendar file tells them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Change:
    """From this wall-clock time on, as the clock showed it before, another offset holds."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    daylight: bool


@lru_cache(maxsize=64)
def changes(zone: str, first: int, last: int) -> tuple[Change, ...]:
    """How the clock stood when a year began, and every change until the end of another."""
    there = ZoneInfo(zone)
    start = datetime(first, 1, 1, tzinfo=UTC)
    now = start.astimezone(there)
    offset = now.utcoffset() or timedelta()
    # As it stood: from long enough ago to hold for whatever comes before the first change.
    begun = Change(
        start.replace(tzinfo=None), offset, offset, now.tzname() or zone, bool(now.dst())
    )
    return (begun, *_found(there, start, datetime(last + 1, 1, 1, tzinfo=UTC)))


def _found(there: ZoneInfo, start: datetime, end: datetime) -> Iterator[Change]:
    day = timedelta(days=1)
    at = start
    while at < end:
        before, after = at.astimezone(there).utcoffset(), (at + day).astimezone(there).utcoffset()
        if before != after:
            moment = _exactly(there, at, at + day)
            told = moment.astimezone(there)
            yield Change(
                (moment + (before or timedelta())).replace(tzinfo=None),
                before or timedelta(),
                after or timedelta(),
                told.tzname() or there.key,
                bool(told.dst()),
            )
        at += day


def _exactly(there: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first second at which the new offset holds."""
    new = high.astimezone(there).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(there).utcoffset() == new:
            high = middle
        else:
            low = middle
    return high
