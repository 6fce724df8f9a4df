"""Until when, and how someone stands: cases from practice, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gezel.certificates.rules import (
    AHEAD_IN_DAYS,
    Held,
    State,
    months_after,
    pressing,
    standing,
)

TODAY = date(2026, 11, 22)


def test_bhv_counts_twelve_months_from_the_day_of_issue() -> None:
    assert months_after(date(2025, 12, 15), 12) == date(2026, 12, 15)


@pytest.mark.parametrize(
    ("issued", "months", "last"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 31), 120, date(2036, 1, 31)),
    ],
)
def test_a_day_that_does_not_exist_becomes_the_last_of_its_month(
    issued: date, months: int, last: date
) -> None:
    assert months_after(issued, months) == last


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(1, 600))
def test_a_term_always_ends_later_and_in_the_right_month(issued: date, months: int) -> None:
    last = months_after(issued, months)
    assert (last.year - issued.year) * 12 + last.month - issued.month == months
    assert last.day <= issued.day


def a_held(until: date | None, *, confirmed: bool = True, issued: date = date(2025, 1, 1)) -> Held:
    window = max(until - timedelta(days=AHEAD_IN_DAYS), issued) if until else None
    return Held(f"{issued}/{until}", issued, until, confirmed, renew_from=window, grace_until=until)


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (None, State.VALID),
        (date(2027, 6, 1), State.VALID),
        (date(2027, 1, 22), State.VALID),
        (date(2027, 1, 21), State.EXPIRING),
        (TODAY, State.EXPIRING),
        (date(2026, 11, 21), State.EXPIRED),
    ],
)
def test_how_one_certificate_stands(until: date | None, state: State) -> None:
    told = standing([a_held(until)], must=True, on=TODAY)
    assert told is not None
    assert told.state == state
    assert told.may_work == (state != State.EXPIRED)


def test_who_must_have_it_and_has_nothing_misses_it() -> None:
    told = standing([], must=True, on=TODAY)
    assert told is not None
    assert told.state == State.MISSING
    assert not told.may_work


def test_who_needs_nothing_and_has_nothing_is_not_there() -> None:
    assert standing([], must=False, on=TODAY) is None


def test_of_two_the_one_that_lasts_longest_counts_whatever_came_in_last() -> None:
    """Loading last year's certificate today resets nothing."""
    this_year = a_held(date(2027, 10, 1), issued=date(2026, 10, 1))
    last_year = a_held(date(2026, 10, 1), issued=date(2025, 10, 1))
    told = standing([this_year, last_year], must=True, on=TODAY)
    assert told is not None
    assert told.held == this_year


def test_the_same_question_can_be_asked_of_another_day() -> None:
    renewals = [
        a_held(date(2026, 3, 1), issued=date(2025, 3, 1)),
        a_held(date(2027, 6, 1), issued=date(2026, 6, 1)),
    ]
    states = [
        getattr(standing(renewals, must=True, on=day), "state", None)
        for day in (date(2025, 2, 1), date(2025, 6, 1), date(2026, 4, 1), date(2026, 7, 1))
    ]
    assert states == [State.MISSING, State.VALID, State.EXPIRED, State.VALID]


def test_what_waits_does_not_count_yet() -> None:
    told = standing([a_held(date(2027, 10, 1), confirmed=False)], must=True, on=TODAY)
    assert told is not None
    assert told.state == State.WAITING
    assert not told.may_work


def test_a_renewal_that_waits_stands_beside_what_still_counts() -> None:
    old = a_held(date(2026, 12, 1))
    new = a_held(date(2027, 12, 1), confirmed=False, issued=date(2026, 11, 1))
    told = standing([old, new], must=True, on=TODAY)
    assert told is not None
    assert told.state == State.EXPIRING
    assert told.waiting == new
    assert not told.asks_attention


def test_what_lapsed_or_lacks_comes_before_what_is_fine() -> None:
    rows = [
        standing([a_held(until)] if until else [], must=True, on=TODAY)
        for until in (date(2028, 1, 1), date(2026, 12, 1), None, date(2026, 1, 1))
    ]
    order = [r.state for r in sorted((r for r in rows if r), key=pressing)]
    assert order == [State.EXPIRED, State.MISSING, State.EXPIRING, State.VALID]
