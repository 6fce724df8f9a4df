"""The same as `rules.standing` and `rules.asking`, for everyone at once, as sums over columns.

Days are whole numbers since 1 January 1970, as numpy counts them; `FOREVER` stands for no last
day. People, types, units and locations are the numbers of their rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gezel.certificates.rules.asking import Exempt, Rule
from gezel.certificates.rules.standing import Ends, State, Terms

Numbers = NDArray[np.int64]
Yes = NDArray[np.bool_]

FOREVER = 10_000_000
_NONE = -FOREVER
# States as small numbers; 0 is nobody's business.
CODES = (
    "", State.EXPIRED.value, State.MISSING.value, State.EXPIRING.value, State.WAITING.value,
    State.VALID.value,
)  # fmt: skip
_CODE = {name: number for number, name in enumerate(CODES)}
_EPOCH = date(1970, 1, 1).toordinal()


def number(day: date | None) -> int:
    """A day as a number; None is `FOREVER`."""
    return FOREVER if day is None else day.toordinal() - _EPOCH


def day_of(told: int) -> date | None:
    """A number as a day again."""
    return None if told >= FOREVER else date.fromordinal(int(told) + _EPOCH)


class _Columns:
    """Columns of equal length that are joined and cut together."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))  # type: ignore[arg-type] # always a dataclass

    def where(self, which: Any) -> Self:
        """Only these rows."""
        return type(self)(*(getattr(self, f.name)[which] for f in fields(self)))  # type: ignore[arg-type]

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """All rows of all parts, in order."""
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Holdings(_Columns):
    """Certificates that came in; `terms` is a place in the list of terms given beside them."""

    key: Numbers
    person: Numbers
    type: Numbers
    issued: Numbers
    printed: Numbers  # FOREVER where no day is printed
    terms: Numbers
    confirmed: Yes
    refresher: Yes


@dataclass(frozen=True, slots=True)
class Dates(_Columns):
    """What follows from each holding, in the order they were given."""

    until: Numbers
    renew_from: Numbers
    grace: Numbers
    counts: Yes


@dataclass(frozen=True, slots=True)
class Seats(_Columns):
    """Places of people in the organisation, with first and last day."""

    person: Numbers
    job: Numbers
    unit: Numbers
    location: Numbers  # 0 where there is none
    hours: NDArray[np.float64]  # NaN where they are not known
    starts: Numbers
    ends: Numbers


def months_after(days: Numbers, months: Numbers) -> Numbers:
    """The same day so many months later, the last of the month where it does not exist."""
    day = days.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    offset = day - month.astype("datetime64[D]")
    target = month + months.astype("timedelta64[M]")
    last = (target + 1).astype("datetime64[D]") - 1
    found: Numbers = np.minimum(target.astype("datetime64[D]") + offset, last).astype(np.int64)
    return found


def _next_fixed(not_before: Numbers, month: Numbers, day: Numbers) -> Numbers:
    year = not_before.astype("datetime64[D]").astype("datetime64[Y]")

    def on(years: Any) -> Numbers:
        first = years.astype("datetime64[M]") + (month - 1).astype("timedelta64[M]")
        last = (first + 1).astype("datetime64[D]") - 1
        told = first.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
        found: Numbers = np.minimum(told, last).astype(np.int64)
        return found

    this = on(year)
    return np.where(this >= not_before, this, on(year + 1))


class _Terms:
    """Terms as columns, one row for each."""

    def __init__(self, terms: Sequence[Terms]) -> None:
        def column(of: Any) -> Numbers:
            return np.array([of(t) for t in terms] or [0], dtype=np.int64)

        kinds = list(Ends)
        self.ends = column(lambda t: kinds.index(t.ends))
        self.months = column(lambda t: t.months or 0)
        self.month = column(lambda t: (t.yearly or (12, 31))[0])
        self.day = column(lambda t: (t.yearly or (12, 31))[1])
        self.ends_on = column(lambda t: number(t.ends_on))
        self.from_previous = column(lambda t: t.from_previous).astype(bool)
        self.window = column(lambda t: t.window_days)
        self.least = column(lambda t: t.least_days)
        self.grace = column(lambda t: t.grace_days)
        self.run_out = column(lambda t: -1 if t.run_out_months is None else t.run_out_months)


_MONTHS, _YEARLY, _DAY = (list(Ends).index(e) for e in (Ends.MONTHS, Ends.YEARLY, Ends.DAY))


def reckoned(held: Holdings, terms: Sequence[Terms]) -> Dates:
    """Last days, windows, grace and whether each counts: `standing.reckoned` for all chains.

    The first of every chain is worked out, then every second, and so on: as many rounds as the
    longest chain is long.
    """
    size = len(held)
    told = Dates(
        np.full(size, FOREVER), np.full(size, FOREVER), np.full(size, FOREVER), np.ones(size, bool)
    )
    if not size:
        return told
    known = _Terms(terms)
    order = np.lexsort((held.key, held.refresher, held.issued, held.type, held.person))
    person, type_ = held.person[order], held.type[order]
    first = np.r_[True, (person[1:] != person[:-1]) | (type_[1:] != type_[:-1])]
    starts = np.flatnonzero(first)
    chain = np.cumsum(first) - 1
    rank = np.arange(size) - starts[chain]
    chains = len(starts)
    # Of each chain the confirmed one that lasts longest so far.
    until, window = np.full(chains, _NONE), np.full(chains, FOREVER)
    issued = np.full(chains, _NONE)
    by_rank = np.argsort(rank, kind="stable")
    edges = np.flatnonzero(np.diff(rank[by_rank])) + 1
    for place in np.split(by_rank, edges):
        rows, of = order[place], chain[place]
        mine, start = held.terms[rows], held.issued[rows]
        last, window_then = until[of], window[of]
        ends = known.ends[mine]
        joins = (
            known.from_previous[mine]
            & (last > _NONE)
            & (last < FOREVER)
            & (window_then <= start)
            & (start <= last)
        )
        found = np.full(len(rows), FOREVER)
        which = ends == _MONTHS
        found[which] = months_after(np.where(joins, last, start)[which], known.months[mine][which])
        which = ends == _YEARLY
        found[which] = _next_fixed(
            (start + known.least[mine])[which], known.month[mine][which], known.day[mine][which]
        )
        which = ends == _DAY
        found[which] = known.ends_on[mine][which]
        printed = held.printed[rows]
        found = np.where(printed < FOREVER, printed, found)
        lapses = found < FOREVER
        run_out = known.run_out[mine]
        asked = held.refresher[rows] & (run_out >= 0)
        ended = (last > _NONE) & (last < FOREVER)
        latest = months_after(np.where(ended, last, 0), np.maximum(run_out, 0))
        counts = ~asked | ((last > _NONE) & (~ended | (start <= latest)))
        told.until[rows] = found
        told.renew_from[rows] = np.where(
            lapses, np.maximum(found - known.window[mine], start), FOREVER
        )
        told.grace[rows] = np.where(lapses, found + known.grace[mine], FOREVER)
        told.counts[rows] = counts
        longer = (found > last) | ((found == last) & (start >= issued[of]))
        becomes = held.confirmed[rows] & counts & longer
        into = of[becomes]
        until[into], issued[into] = found[becomes], start[becomes]
        window[into] = told.renew_from[rows][becomes]
    return told


def hit(rule: Rule, seats: Seats, units: dict[int, str]) -> Yes:
    """Which seats fall under a rule, whatever the day."""
    which = np.ones(len(seats), bool)
    if rule.job is not None:
        which &= seats.job == rule.job
    if rule.unit_path is not None:
        path = rule.unit_path
        within = [u for u, p in units.items() if (p == path if rule.alone else p.startswith(path))]
        which &= np.isin(seats.unit, within)
    if rule.location is not None:
        which &= seats.location == rule.location
    if rule.least_hours is not None:
        which &= np.nan_to_num(seats.hours, nan=-1.0) >= rule.least_hours
    if rule.person is not None:
        which &= seats.person == rule.person
    return which


@dataclass(frozen=True, slots=True)
class Table(_Columns):
    """How everyone stands on a day: a row for each person and type that concern each other."""

    person: Numbers
    type: Numbers
    state: NDArray[np.int8]  # a place in CODES
    must: Yes
    renewal: Yes  # a newer one waits for confirmation
    until: Numbers  # of the holding that counts or last did; FOREVER without one or without end
    holds: Yes  # counts on this day, grace included
    seat: Numbers  # a place among the seats given


def stand(
    held: Holdings,
    dates: Dates,
    seats: Seats,
    *,
    rules: Sequence[Rule],
    exempt: Sequence[Exempt],
    units: dict[int, str],
    accepted: Sequence[tuple[int, int, int, int]] = (),
    on: date,
) -> Table:
    """How everyone with a seat on this day stands with every type.

    Args:
        accepted: (type, other, from, until) as day numbers: the other, issued within those days,
            counts for the type too.
    """
    today = number(on)
    here = np.flatnonzero((seats.starts <= today) & (today <= seats.ends))
    people, place = np.unique(seats.person[here], return_inverse=True)
    seat_of = np.zeros(len(people), dtype=np.int64)
    seat_of[place] = here  # of two places at once the later one is told
    types = np.array(
        sorted({*held.type.tolist(), *(r.type for r in rules), *(a[0] for a in accepted)}),
        dtype=np.int64,
    )
    width = max(1, len(types))
    must = np.zeros(len(people) * width, bool)
    now = seats.where(here)
    for rule in rules:
        if rule.runs(on):
            column = int(np.searchsorted(types, rule.type))
            must[place[hit(rule, now, units)] * width + column] = True
    for one in exempt:
        row = int(np.searchsorted(people, one.person))
        if one.runs(on) and row < len(people) and people[row] == one.person:
            column = int(np.searchsorted(types, one.type))
            if column < len(types) and types[column] == one.type:
                must[row * width + column] = False
    best, waiting, window, grace = _best(held, dates, people, types, accepted=accepted, today=today)
    until = np.where(best >= 0, best // _SHIFT - _BEFORE, FOREVER)
    valid = (best >= 0) & (until >= today)
    adds = (waiting >= 0) & (waiting > best)
    state = np.zeros(len(best), dtype=np.int8)
    state[must] = _CODE[State.MISSING]
    state[best >= 0] = _CODE[State.EXPIRED]
    state[adds] = _CODE[State.WAITING]
    state[valid] = _CODE[State.VALID]
    state[valid & (window <= today)] = _CODE[State.EXPIRING]
    told = np.flatnonzero(state)
    rows, columns = told // width, told % width
    return Table(
        people[rows],
        types[columns] if len(types) else np.zeros(0, dtype=np.int64),
        state[told],
        must[told],
        adds[told],
        until[told],
        (valid | ((best >= 0) & (grace >= today)))[told],
        seat_of[rows],
    )


# A last day and a day of issue in one number that sorts like the two.
_SHIFT = 200_000
_BEFORE = 100_000


def _best(
    held: Holdings,
    dates: Dates,
    people: Numbers,
    types: Numbers,
    *,
    accepted: Sequence[tuple[int, int, int, int]],
    today: int,
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Of each person and type what counts longest, what waits longest, and the first's window and
    grace."""
    width = max(1, len(types))
    size = len(people) * width
    best, waiting = np.full(size, -1), np.full(size, -1)
    window, grace = np.full(size, FOREVER), np.full(size, _NONE)
    if not len(held) or not len(people):
        return best, waiting, window, grace
    row = np.minimum(np.searchsorted(people, held.person), len(people) - 1)
    known = (people[row] == held.person) & (held.issued <= today) & dates.counts
    lasts = (dates.until + _BEFORE) * _SHIFT + held.issued + _BEFORE
    # Each holding under its own type, and again under every type that takes it.
    which = [np.flatnonzero(known)]
    under = [held.type[which[0]]]
    for type_, other, begins, ends in accepted:
        more = np.flatnonzero(
            known & (held.type == other) & (begins <= held.issued) & (held.issued <= ends)
        )
        which.append(more)
        under.append(np.full(len(more), type_))
    rows = np.concatenate(which)
    cell = row[rows] * width + np.searchsorted(types, np.concatenate(under))
    sure = held.confirmed[rows]
    np.maximum.at(best, cell[sure], lasts[rows][sure])
    open_ = ~sure & (dates.until[rows] >= today)
    np.maximum.at(waiting, cell[open_], lasts[rows][open_])
    counting = sure & (lasts[rows] == best[cell])
    # Backwards, so that of two alike the first given decides, as with one person.
    window[cell[counting][::-1]] = dates.renew_from[rows][counting][::-1]
    grace[cell[counting][::-1]] = dates.grace[rows][counting][::-1]
    return best, waiting, window, grace
