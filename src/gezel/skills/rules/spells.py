"""How long someone has worked at one employer without a break."""

from collections.abc import Iterable
from datetime import date, timedelta


def spell_began(employments: Iterable[tuple[date, date | None]], on: date) -> date | None:
    """The first day of the spell of work that a day lies in; None where it lies in none.

    Another job from the next day on is the same spell: who is promoted did not leave. A day
    between two employments ends it.

    Args:
        employments: first and last day of each with that employer, in any order; no last day is
            known where it goes on.
    """
    began: date | None = None
    reaches: date | None = None
    for start, end in sorted(employments, key=lambda each: each[0]):
        if start > on:
            break
        if began is None or reaches is None or start > reaches + timedelta(days=1):
            began = start
            reaches = end or date.max - timedelta(days=1)
        else:
            reaches = max(reaches, end or date.max - timedelta(days=1))
    return began if reaches is not None and reaches >= on else None
