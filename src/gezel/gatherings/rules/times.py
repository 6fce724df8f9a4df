"""When something is: a day and a clock somewhere, as one moment for the whole world."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass
class NoSuchTime(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """The clock skips this time that night, or shows it twice."""

    on: date
    at: time
    twice: bool


def moment(on: date, at: time, zone: str) -> datetime:
    """The moment at which the clock of a zone shows this time on this day.

    Raises:
        NoSuchTime: the clock is set forward past it, or back over it: nobody would know which.
    """
    there = ZoneInfo(zone)
    told = datetime.combine(on, at, tzinfo=there)
    found = told.astimezone(UTC)
    if found.astimezone(there).replace(tzinfo=None) != told.replace(tzinfo=None):
        raise NoSuchTime(on, at, twice=False)
    if told.replace(fold=1).utcoffset() != told.utcoffset():
        raise NoSuchTime(on, at, twice=True)
    return found


def span(on: date, start: time, end: time, zone: str) -> tuple[datetime, datetime]:
    """From a time until another, which is the next day where it comes before the first.

    Raises:
        NoSuchTime: one of both cannot be, that night.
    """
    last = on if end > start else on + timedelta(days=1)
    return moment(on, start, zone), moment(last, end, zone)
