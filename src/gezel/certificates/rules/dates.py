"""Days and terms: the same day so many months on, and the next fixed day of a year."""

from datetime import date, timedelta


def months_after(day: date, months: int) -> date:
    """The same day so many months later (or earlier, below zero).

    "12 months after 15 December 2025" is 15 December 2026; the last of the month where that day
    does not exist (29 February, the 31st).
    """
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), last)


def fixed_day(year: int, month: int, day: int) -> date:
    """A day that returns each year; 29 February is the 28th where it does not exist."""
    first = date(year, month, 1)
    return min(first + timedelta(days=day - 1), months_after(first, 1) - timedelta(days=1))


def next_fixed_day(not_before: date, month: int, day: int) -> date:
    """The first time from this day on that the fixed day of the year comes."""
    found = fixed_day(not_before.year, month, day)
    return found if found >= not_before else fixed_day(not_before.year + 1, month, day)
