"""Hours over a rolling period: exactly solved, beside every possible choice."""

from collections import Counter
from datetime import date
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezel.certificates.rules import Done, HoursRule, counted, met_on
from gezel.certificates.rules.hours import period

CODE_95 = HoursRule(needed=3500, months=60, practice=700, e_learning=1200, repeats=1)
ENDS = date(2028, 9, 10)


def a_day(key: int, course: str, hours: int = 7, **of: int) -> Done:
    told = {kind: n * 100 for kind, n in of.items()}
    return Done(key, course, date(2025, 1 + key % 12, 1), hours * 100, **told)


def test_code_95_with_five_different_days_of_which_one_practice_is_met() -> None:
    days = [a_day(n, f"Course {n}", practice=7 if n == 0 else 0) for n in range(5)]
    told = counted(CODE_95, days, ends=ENDS)
    assert told.met
    assert (told.hours, told.practice) == (3500, 700)


def test_code_95_without_practice_still_asks_a_day_of_practice() -> None:
    told = counted(CODE_95, [a_day(n, f"Course {n}") for n in range(5)], ends=ENDS)
    assert not told.met
    assert (told.needed, told.practice_needed) == (700, 700)


def test_code_95_counts_at_most_twelve_hours_of_e_learning() -> None:
    days = [a_day(n, f"Course {n}", e_learning=7) for n in range(5)]
    told = counted(CODE_95, days, ends=ENDS)
    assert (told.hours, told.e_learning, told.over_the_most) == (1200, 1200, 2300)
    assert told.needed == 2300


def test_code_95_one_course_may_be_repeated_once_and_no_other() -> None:
    days = [
        a_day(0, "First aid"), a_day(1, "First aid"), a_day(2, "First aid"),
        a_day(3, "Loading"), a_day(4, "Loading"),
    ]  # fmt: skip
    told = counted(CODE_95, days, ends=ENDS)
    assert told.hours == 2100
    assert Counter(d.course for d in days if d.key in told.chosen).most_common(1)[0][1] == 2


def test_of_a_repeated_course_the_day_with_practice_counts() -> None:
    days = [a_day(0, "Driving"), a_day(1, "Driving", practice=7), a_day(2, "Other"),
            a_day(3, "Other")]  # fmt: skip
    told = counted(HoursRule(2100, 60, practice=700, repeats=0), days, ends=ENDS)
    assert told.practice == 700
    assert 1 in told.chosen
    assert 0 not in told.chosen


def test_what_lies_before_the_period_does_not_count_and_its_first_day_does() -> None:
    begins, _ends = period(CODE_95, ENDS)
    assert begins == date(2023, 9, 11)
    days = [
        Done(0, "a", date(2023, 9, 10), 700),
        Done(1, "b", date(2023, 9, 11), 700),
        Done(2, "c", ENDS, 700),
        Done(3, "d", date(2028, 9, 11), 700),
    ]
    assert counted(CODE_95, days, ends=ENDS).chosen == {1, 2}


def test_the_day_on_which_the_hours_were_complete() -> None:
    days = [a_day(n, f"Course {n}", practice=7 if n == 4 else 0) for n in range(5)]
    assert met_on(CODE_95, days, ends=ENDS) == date(2025, 5, 1)
    assert met_on(CODE_95, days[:4], ends=ENDS) is None


def best_of_all(rule: HoursRule, days: list[Done]) -> tuple[int, int, int]:
    """Every set of days that may count, one by one."""
    best: tuple[int, int, int] | None = None
    for some in chain.from_iterable(combinations(days, n) for n in range(len(days) + 1)):
        times = Counter(d.course for d in some)
        if rule.repeats is not None and (
            max(times.values(), default=0) > 2 or sum(n - 1 for n in times.values()) > rule.repeats
        ):
            continue
        e_learning = sum(d.e_learning for d in some)
        if rule.e_learning is not None:
            e_learning = min(e_learning, rule.e_learning)
        hours = sum(d.hours - d.e_learning for d in some) + e_learning
        practice = max(0, rule.practice - sum(d.practice for d in some))
        told = (max(0, rule.needed - hours, practice), practice, -hours)
        best = told if best is None or told < best else best
    assert best is not None
    return best


@st.composite
def some_days(draw: st.DrawFn) -> list[Done]:
    found = []
    for key in range(draw(st.integers(0, 9))):
        hours = draw(st.integers(1, 8)) * 100
        kind = draw(st.sampled_from(["practice", "e_learning", "theory", "both"]))
        half = hours // 2
        found.append(
            Done(
                key, draw(st.sampled_from("abcd")), date(2026, 1, 1 + key), hours,
                practice=hours if kind == "practice" else half if kind == "both" else 0,
                e_learning=hours if kind == "e_learning" else half if kind == "both" else 0,
            )
        )  # fmt: skip
    return found


@given(
    some_days(),
    st.builds(
        HoursRule,
        needed=st.sampled_from([700, 1500, 3500]),
        months=st.just(60),
        practice=st.sampled_from([0, 300, 700]),
        e_learning=st.none() | st.sampled_from([0, 500, 1200]),
        repeats=st.none() | st.integers(0, 2),
    ),
)
def test_no_other_choice_of_days_is_better(days: list[Done], rule: HoursRule) -> None:
    told = counted(rule, days, ends=ENDS)
    assert (told.needed, told.practice_needed, -told.hours) == best_of_all(rule, days)


@pytest.mark.parametrize("number", [60])
def test_many_days_are_no_trouble(number: int) -> None:
    days = [a_day(n, f"Course {n % 12}", 1 + n % 7, practice=n % 2) for n in range(number)]
    assert counted(CODE_95, days, ends=ENDS).hours > 0
