"""When something we want to say is said: by mail at once, in the weekly mail, or not."""

from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum


class Way(StrEnum):
    """How someone wants to hear of one kind of message."""

    NOW = "now"
    WEEKLY = "weekly"
    NOT = "not"


# Before the day begins, and never an hour that the clock skips or repeats.
AT = time(7)
# One mail that keeps failing by itself is given up after about a day: 1, 4, 16, 64 minutes, …
MOST_TRIES = 9
_LONGEST_WAIT = timedelta(hours=6)


def monday_of(day: date) -> date:
    """The week a day is in, as its Monday."""
    return day - timedelta(days=day.weekday())


def next_weekly(now: datetime, weekday: int, zone: tzinfo, last: date | None = None) -> datetime:
    """When the next weekly mail goes: on the chosen day at seven, by the clock on the wall.

    One a week, whatever day is chosen meanwhile: in a week that had its mail there is no other.

    Args:
        weekday: the chosen day, Monday is 0.
        last: the Monday of the last week that had a mail, if any.
    """
    today = now.astimezone(zone).date()
    day = monday_of(today) + timedelta(days=weekday)
    while datetime.combine(day, AT, zone) <= now or (last and monday_of(day) <= last):
        day += timedelta(days=7)
    return datetime.combine(day, AT, zone)


def goes_alone(way: Way, *, today: date, weekly_on: date, by: date | None) -> bool:
    """Whether it goes by itself at once, or waits for the weekly mail.

    Who asked for it at once gets it at once. Otherwise only a date decides: one that comes before
    the next weekly mail, or on its day. A date that has passed hurries nobody, so what is loaded
    of earlier years never fills a mailbox.
    """
    return way == Way.NOW or (by is not None and today <= by <= weekly_on)


def wait_after(tries: int) -> timedelta:
    """How long until a mail is offered again after so many tries."""
    return min(timedelta(minutes=4 ** max(0, tries - 1)), _LONGEST_WAIT)
