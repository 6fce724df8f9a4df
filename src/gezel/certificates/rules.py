"""Until when a certificate is valid, why, and how someone stands on a date.

Plain Python, no clock: the date comes in, so "as of 1 March" can be asked. A renewal is another
holding; nothing is ever reset, so back-dated ones fall into place by themselves.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# From here on someone should be planning: a course is booked and done within two months.
AHEAD_IN_DAYS = 60


def valid_until(issued_on: date, months: int | None) -> date | None:
    """The last day on which it counts; None when the type has no term.

    The same day of the month, so "12 months after 15 December 2025" is 15 December 2026; the
    last of the month where that day does not exist (29 February, the 31st).
    """
    if months is None:
        return None
    month = issued_on.month - 1 + months
    year, month = issued_on.year + month // 12, month % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    last = following - timedelta(days=1)
    return min(date(year, month, 1) + timedelta(days=issued_on.day - 1), last)


class State(StrEnum):
    """How someone stands with one certificate on a date."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    MISSING = "missing"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Held:
    """A holding as the rule needs it; `confirmed` is False while it waits for someone."""

    key: Hashable
    issued_on: date
    valid_until: date | None
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How someone stands, by which holding, and whether a newer one waits to be confirmed."""

    state: State
    held: Held | None
    waiting: Held | None
    must: bool
    on: date

    @property
    def days(self) -> int | None:
        """Days left (0: today is the last), or how long ago it lapsed as a negative number."""
        if self.held is None or self.held.valid_until is None:
            return None
        return (self.held.valid_until - self.on).days

    @property
    def asks_attention(self) -> bool:
        """Something is to be done: it lapses soon, or must be held and is not.

        Once a renewal waits for confirmation, the holder has done their part.
        """
        if self.waiting is not None:
            return False
        lacking = self.must and self.state in {State.EXPIRED, State.MISSING}
        return self.state == State.EXPIRING or lacking

    @property
    def may_work(self) -> bool:
        """Whether the duty is met on this date. Who needs nothing may."""
        return not self.must or self.state in {State.VALID, State.EXPIRING}


def standing(held: Iterable[Held], *, must: bool, on: date) -> Standing | None:
    """How someone stands with one certificate; None when they neither hold nor must hold it.

    Of what was confirmed and issued by then, the one that lasts longest counts. What waits for
    confirmation does not count yet: it is told beside it, and is the state only where nothing
    else is. Refused ones are left out by who asks.
    """
    known = [h for h in held if h.issued_on <= on]
    confirmed = [h for h in known if h.confirmed]
    open_ones = [h for h in known if not h.confirmed and (h.valid_until or on) >= on]
    best = max(confirmed, key=_lasts, default=None)
    waiting = max(open_ones, key=_lasts, default=None)
    if waiting is not None and best is not None and _lasts(waiting) <= _lasts(best):
        waiting = None  # an older copy adds nothing to what already counts
    if best is not None and (best.valid_until is None or best.valid_until >= on):
        soon = best.valid_until is not None and (best.valid_until - on).days <= AHEAD_IN_DAYS
        return Standing(State.EXPIRING if soon else State.VALID, best, waiting, must, on)
    if waiting is not None:
        return Standing(State.WAITING, best, waiting, must, on)
    if best is not None:
        return Standing(State.EXPIRED, best, None, must, on)
    return Standing(State.MISSING, None, None, must, on) if must else None


def _lasts(held: Held) -> tuple[date, date]:
    return (held.valid_until or date.max, held.issued_on)


# What asks attention first, for lists: what is missing or lapsed, then what lapses soonest.
ORDER = (State.EXPIRED, State.MISSING, State.EXPIRING, State.WAITING, State.VALID)


def pressing(one: Standing) -> tuple[int, int]:
    """Where a standing belongs in a list."""
    return (ORDER.index(one.state), one.days if one.days is not None else 99_999)
