"""Moments that a file tells, as a day of the reader's."""

from datetime import date

from django.utils import timezone
from django.utils.dateparse import parse_datetime


def day_of(told: object) -> date | None:
    """The reader's day of a moment as text ("2026-11-27T23:15:00Z"); None for anything else.

    Files tell moments in UTC, in which the first hours of a day in Europe belong to the day
    before: the first ten letters are then yesterday.
    """
    try:
        found = parse_datetime(told) if isinstance(told, str) else None
    except ValueError:
        return None
    if found is None:
        return None
    return timezone.localdate(found) if timezone.is_aware(found) else found.date()
