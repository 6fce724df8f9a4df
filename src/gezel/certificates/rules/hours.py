"""A duty met by hours over a rolling period: which count, what is still needed, and by when.

Code 95 is the model: 35 hours in 5 years, at least 7 of practice, at most 12 of e-learning, one
course may be repeated once. Solved exactly: for each course the ways in which its days can count
are set beside each other, and only those are kept that no other way beats in every respect.
Hours are counted in hundredths, so that nothing is lost in adding up.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from gezel.certificates.rules.dates import months_after


@dataclass(frozen=True, slots=True)
class HoursRule:
    """So many hundredths of an hour in so many months, with a least and a most of some kind.

    Args:
        repeats: how many courses may count a second time in one period; None: any number of times.
    """

    needed: int
    months: int
    practice: int = 0
    e_learning: int | None = None
    repeats: int | None = 0


@dataclass(frozen=True, slots=True)
class Done:
    """A day of training: hundredths of hours in all, of which practice and of which e-learning."""

    key: Hashable
    course: str
    on: date
    hours: int
    practice: int = 0
    e_learning: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts in a period, and what is still needed by its last day (all in hundredths).

    `needed` includes `practice_needed`; `over_the_most` is e-learning that the most cuts off.
    """

    begins: date
    ends: date
    chosen: frozenset[Hashable]
    hours: int
    practice: int
    e_learning: int
    over_the_most: int
    needed: int
    practice_needed: int

    @property
    def met(self) -> bool:
        return self.needed == 0


def period(rule: HoursRule, ends: date) -> tuple[date, date]:
    """First and last day of the period that ends on this day."""
    return months_after(ends, -rule.months) + timedelta(days=1), ends


# Hours that are no e-learning, practice, e-learning, days that repeat, and which they are.
_Way = tuple[int, int, int, int, frozenset[Hashable]]


def counted(rule: HoursRule, done: Iterable[Done], *, ends: date) -> Counted:
    """The best that counts in the period that ends on this day.

    First that least is still needed, then that most counts, then that least repeats.
    """
    begins, ends = period(rule, ends)
    courses: dict[str, list[Done]] = defaultdict(list)
    for one in sorted(done, key=lambda d: (d.on, str(d.key))):
        if begins <= one.on <= ends:
            courses[one.course].append(one)
    ways: list[_Way] = [(0, 0, 0, 0, frozenset())]
    for days in courses.values():
        choices = _ways(days, rule)
        both = [
            (a + x, b + y, c + z, d + w, keys | more)
            for a, b, c, d, keys in ways
            for x, y, z, w, more in choices
            if rule.repeats is None or d + w <= rule.repeats
        ]
        ways = _unbeaten(both)
    told = [_told(rule, way, begins, ends) for way in ways]
    return min(
        told, key=lambda c: (c.needed, c.practice_needed, -c.hours, c.over_the_most, len(c.chosen))
    )


def _ways(days: list[Done], rule: HoursRule) -> list[_Way]:
    """How the days of one course can count: none, one, or two where it repeats."""
    if rule.repeats is None:
        return [_sum(days, 0)]
    single = [_sum([one], 0) for one in days]
    double = [_sum(list(pair), 1) for pair in combinations(days, 2)] if rule.repeats else []
    return _unbeaten([(0, 0, 0, 0, frozenset()), *single, *double])


def _sum(days: list[Done], repeats: int) -> _Way:
    return (
        sum(d.hours - d.e_learning for d in days),
        sum(d.practice for d in days),
        sum(d.e_learning for d in days),
        repeats,
        frozenset(d.key for d in days),
    )


def _unbeaten(ways: list[_Way]) -> list[_Way]:
    """Those that no other beats: as much of everything, and no more repeats."""
    kept: list[_Way] = []
    for way in sorted(ways, key=lambda w: (-w[0], -w[1], -w[2], w[3], len(w[4]))):
        if not any(
            k[0] >= way[0] and k[1] >= way[1] and k[2] >= way[2] and k[3] <= way[3] for k in kept
        ):
            kept.append(way)
    return kept


def _told(rule: HoursRule, way: _Way, begins: date, ends: date) -> Counted:
    others, practice, e_learning, _repeats, chosen = way
    most = e_learning if rule.e_learning is None else min(e_learning, rule.e_learning)
    hours = others + most
    practice_needed = max(0, rule.practice - practice)
    return Counted(
        begins=begins,
        ends=ends,
        chosen=chosen,
        hours=hours,
        practice=practice,
        e_learning=most,
        over_the_most=e_learning - most,
        needed=max(0, rule.needed - hours, practice_needed),
        practice_needed=practice_needed,
    )


def met_on(rule: HoursRule, done: list[Done], *, ends: date) -> date | None:
    """The day on which the hours of the period that ends so were complete; None: not yet."""
    begins, ends = period(rule, ends)
    days = sorted({d.on for d in done if begins <= d.on <= ends})
    for day in days:
        so_far = [d for d in done if d.on <= day]
        if counted(rule, so_far, ends=ends).met:
            return day
    return None
