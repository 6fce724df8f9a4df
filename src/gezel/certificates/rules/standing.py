"""Until when a certificate is valid, why, and how someone stands on a date.

Plain Python, no clock: the date comes in, so "as of 1 March" can be asked. A renewal is another
holding; nothing is ever reset, so back-dated ones fall into place by themselves. `reckoned` is the
one function from which dates, states and every explanation come; `rules.many` gives the same for
everyone at once, and tests hold the two, and a slower third, beside each other.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from gezel.certificates.rules.dates import months_after, next_fixed_day

# Unless a certificate says otherwise someone should be planning from here on: a course is booked
# and done within two months.
AHEAD_IN_DAYS = 60


class Ends(StrEnum):
    """How the last day of a certificate follows."""

    NEVER = "never"
    MONTHS = "months"  # so many months after issue, or after the one before it
    YEARLY = "yearly"  # on a fixed day of the year
    DAY = "day"  # on one day, for everyone


@dataclass(frozen=True, slots=True)
class Terms:
    """What a certificate type said on the day a certificate was issued.

    Args:
        months: with `Ends.MONTHS`, how long it counts.
        yearly: with `Ends.YEARLY`, month and day.
        ends_on: with `Ends.DAY`, that day.
        from_previous: who renews within the window loses no days: the months count from the last
            day of the one before.
        window_days: how long before the last day renewing is asked.
        least_days: the shortest time it must be active; with a fixed day it skips to the next.
        grace_days: how long after the last day the work may go on.
        run_out_months: how long after the last day a refresher still renews; later only the whole
            course does. None: a refresher always renews.
    """

    ends: Ends = Ends.NEVER
    months: int | None = None
    yearly: tuple[int, int] | None = None
    ends_on: date | None = None
    from_previous: bool = False
    window_days: int = AHEAD_IN_DAYS
    least_days: int = 0
    grace_days: int = 0
    run_out_months: int | None = None


def plain_terms(months: int | None) -> Terms:
    """A term in months and nothing else; None does not lapse."""
    return Terms(Ends.NEVER) if months is None else Terms(Ends.MONTHS, months=months)


class State(StrEnum):
    """How someone stands with one certificate on a date."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    MISSING = "missing"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Given:
    """A certificate that came in, as the rule needs it; refused ones are left out by who asks.

    Args:
        printed_until: the date that stands on it, which goes before any term.
        refresher: it came from a refresher and not from the whole course.
    """

    key: Hashable
    issued_on: date
    terms: Terms
    confirmed: bool = True
    printed_until: date | None = None
    refresher: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the sum: a word for what was done, and the days and numbers it was done with."""

    what: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate with all that follows from it.

    `counts` is False for a refresher that came too late; `steps` lead to `valid_until`.
    """

    key: Hashable
    issued_on: date
    valid_until: date | None
    confirmed: bool
    renew_from: date | None = None
    grace_until: date | None = None
    counts: bool = True
    steps: tuple[Step, ...] = ()


def reckoned(given: Iterable[Given]) -> list[Held]:
    """What follows from the certificates of one person and one type, the oldest first.

    Each is worked out from its own terms and from the confirmed ones issued before it; of those
    the one that lasts longest is "the one before".
    """
    told: list[Held] = []
    before: Held | None = None
    for one in sorted(given, key=_came):
        held = _held(one, before)
        told.append(held)
        if one.confirmed and held.counts and (before is None or _lasts(held) >= _lasts(before)):
            before = held
    return told


def _came(one: Given) -> tuple[date, bool, str]:
    return (one.issued_on, one.refresher, f"{one.key!s:>20}")


def _held(one: Given, before: Held | None) -> Held:
    steps: list[Step] = []
    until = _until(one, before, steps)
    counts = _renews(one, before, steps)
    renew_from = grace_until = None
    if until is not None:
        renew_from = max(until - timedelta(days=one.terms.window_days), one.issued_on)
        grace_until = until + timedelta(days=one.terms.grace_days)
        steps.append(Step("window", {"from": renew_from, "days": one.terms.window_days}))
        if one.terms.grace_days:
            steps.append(Step("grace", {"until": grace_until, "days": one.terms.grace_days}))
    return Held(
        one.key, one.issued_on, until, one.confirmed, renew_from, grace_until, counts, tuple(steps)
    )


def _until(one: Given, before: Held | None, steps: list[Step]) -> date | None:
    terms = one.terms
    steps.append(Step("issued", {"on": one.issued_on}))
    if one.printed_until is not None:
        steps.append(Step("printed", {"until": one.printed_until}))
        return one.printed_until
    match terms.ends:
        case Ends.MONTHS:
            start = one.issued_on
            if (
                terms.from_previous
                and before is not None
                and before.valid_until is not None
                and before.renew_from is not None
                and before.renew_from <= start <= before.valid_until
            ):
                start = before.valid_until
                steps.append(Step("from_previous", {"until": start, "from": before.renew_from}))
            until = months_after(start, terms.months or 0)
            steps.append(Step("months", {"from": start, "months": terms.months, "until": until}))
            return until
        case Ends.YEARLY:
            month, day = terms.yearly or (12, 31)
            not_before = one.issued_on + timedelta(days=terms.least_days)
            if terms.least_days:
                steps.append(Step("least", {"days": terms.least_days, "on": not_before}))
            until = next_fixed_day(not_before, month, day)
            steps.append(Step("yearly", {"until": until}))
            return until
        case Ends.DAY:
            steps.append(Step("day", {"until": terms.ends_on}))
            return terms.ends_on
    steps.append(Step("never"))
    return None


def _renews(one: Given, before: Held | None, steps: list[Step]) -> bool:
    """Whether a refresher came in time; the whole course always counts."""
    run_out = one.terms.run_out_months
    if not one.refresher or run_out is None:
        return True
    if before is None:
        steps.append(Step("no_course_before"))
        return False
    if before.valid_until is None:
        return True
    last = months_after(before.valid_until, run_out)
    late = one.issued_on > last
    steps.append(Step("too_late" if late else "in_time", {"until": last, "months": run_out}))
    return not late


def possible(one: Given) -> bool:
    """Whether its last day lies on or after its day of issue."""
    until = _until(one, None, [])
    return until is None or until >= one.issued_on


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
    def in_grace(self) -> bool:
        """It lapsed, and by its own terms the work may go on for a while."""
        return bool(
            self.state in {State.EXPIRED, State.WAITING}
            and self.held is not None
            and self.held.grace_until is not None
            and self.on <= self.held.grace_until
        )

    @property
    def holds(self) -> bool:
        """Whether the certificate counts on this date, grace included."""
        return self.state in {State.VALID, State.EXPIRING} or self.in_grace

    @property
    def may_work(self) -> bool:
        """Whether the duty is met on this date. Who needs nothing may."""
        return not self.must or self.holds


def standing(held: Iterable[Held], *, must: bool, on: date) -> Standing | None:
    """How someone stands with one certificate; None when they neither hold nor must hold it.

    Of what was confirmed and issued by then, the one that lasts longest counts. What waits for
    confirmation does not count yet: it is told beside it, and is the state only where nothing
    else is. Refused ones are left out by who asks; a refresher that came too late counts nowhere.

    Args:
        held: of this certificate, and of others that count for it.
    """
    known = [h for h in held if h.issued_on <= on and h.counts]
    confirmed = [h for h in known if h.confirmed]
    open_ones = [h for h in known if not h.confirmed and (h.valid_until or on) >= on]
    best = max(confirmed, key=_lasts, default=None)
    waiting = max(open_ones, key=_lasts, default=None)
    if waiting is not None and best is not None and _lasts(waiting) <= _lasts(best):
        waiting = None  # an older copy adds nothing to what already counts
    if best is not None and (best.valid_until is None or best.valid_until >= on):
        soon = best.renew_from is not None and best.renew_from <= on
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


def in_force(versions: Sequence[tuple[date, Terms]], on: date) -> Terms:
    """The terms a certificate issued on this day falls under: the newest that had begun.

    Before the first began, the first: a certificate older than our records still has terms.
    """
    begun = [(day, n) for n, (day, _terms) in enumerate(versions) if day <= on]
    if begun:
        return versions[max(begun)[1]][1]
    return min(versions, key=lambda one: one[0])[1] if versions else Terms()
