"""Until when and why: the rule beside a slower one written another way, and beside the sums."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezel.certificates.rules import (
    Ends,
    Exempt,
    Given,
    Held,
    Rule,
    Seat,
    State,
    Terms,
    asked_of,
    in_force,
    many,
    reckoned,
    standing,
)

TODAY = date(2026, 11, 22)
BHV = Terms(Ends.MONTHS, months=12, run_out_months=3)


def held_of(*given: Given) -> list[Held]:
    return reckoned(given)


# -- cases from practice --------------------------------------------------------------------------


def test_renewed_in_the_window_no_days_are_lost() -> None:
    terms = Terms(Ends.MONTHS, months=60, from_previous=True, window_days=365)
    _first, second = held_of(Given(1, date(2020, 5, 10), terms), Given(2, date(2024, 9, 1), terms))
    assert second.valid_until == date(2030, 5, 10)
    assert "from_previous" in [step.what for step in second.steps]


@pytest.mark.parametrize("issued", [date(2024, 5, 9), date(2025, 5, 11)])
def test_renewed_outside_the_window_counts_from_the_day_of_issue(issued: date) -> None:
    terms = Terms(Ends.MONTHS, months=60, from_previous=True, window_days=365)
    told = held_of(Given(1, date(2020, 5, 10), terms), Given(2, issued, terms))
    assert told[1].valid_until == date(issued.year + 5, issued.month, issued.day)


def test_bhv_a_refresher_renews_until_three_months_after_and_then_only_the_whole_course() -> None:
    first = Given(1, date(2024, 6, 1), BHV)
    in_time = Given(2, date(2025, 9, 1), BHV, refresher=True)
    too_late = Given(3, date(2025, 9, 2), BHV, refresher=True)
    assert held_of(first, in_time)[1].counts
    assert not held_of(first, too_late)[1].counts
    assert not held_of(in_time)[0].counts
    told = standing(held_of(first, too_late), must=True, on=date(2025, 10, 1))
    assert told is not None
    assert told.state == State.EXPIRED


def test_on_a_fixed_day_of_the_year_the_least_time_skips_to_the_next() -> None:
    terms = Terms(Ends.YEARLY, yearly=(12, 31), least_days=90)
    assert held_of(Given(1, date(2025, 10, 2), terms))[0].valid_until == date(2025, 12, 31)
    assert held_of(Given(1, date(2025, 10, 3), terms))[0].valid_until == date(2026, 12, 31)


def test_a_fixed_29_february_is_the_28th_where_it_does_not_exist() -> None:
    terms = Terms(Ends.YEARLY, yearly=(2, 29))
    assert held_of(Given(1, date(2025, 1, 1), terms))[0].valid_until == date(2025, 2, 28)
    assert held_of(Given(1, date(2024, 1, 1), terms))[0].valid_until == date(2024, 2, 29)
    assert held_of(Given(1, date(2100, 1, 1), terms))[0].valid_until == date(2100, 2, 28)


def test_a_certificate_issued_on_29_february_ends_on_the_28th() -> None:
    told = held_of(Given(1, date(2024, 2, 29), Terms(Ends.MONTHS, months=12)))
    assert told[0].valid_until == date(2025, 2, 28)


def test_in_grace_it_has_lapsed_and_the_work_may_go_on() -> None:
    held = held_of(Given(1, date(2025, 6, 1), Terms(Ends.MONTHS, months=12, grace_days=30)))
    for on, state, may in (
        (date(2026, 6, 1), State.EXPIRING, True),
        (date(2026, 6, 2), State.EXPIRED, True),
        (date(2026, 7, 1), State.EXPIRED, True),
        (date(2026, 7, 2), State.EXPIRED, False),
    ):
        told = standing(held, must=True, on=on)
        assert told is not None
        assert (told.state, told.may_work) == (state, may), on


def test_the_newest_terms_that_had_begun_hold() -> None:
    old, new = Terms(Ends.MONTHS, months=12), Terms(Ends.MONTHS, months=24)
    versions = [(date(1900, 1, 1), old), (date(2026, 1, 1), new)]
    assert in_force(versions, date(2025, 12, 31)) == old
    assert in_force(versions, date(2026, 1, 1)) == new
    assert in_force([(date(2026, 1, 1), new)], date(2020, 1, 1)) == new
    assert in_force([], TODAY) == Terms()


def test_every_step_of_the_sum_leads_to_the_date() -> None:
    (told,) = held_of(Given(1, date(2025, 12, 15), Terms(Ends.MONTHS, months=12)))
    assert [step.what for step in told.steps] == ["issued", "months", "window"]
    assert told.steps[1].values["until"] == told.valid_until == date(2026, 12, 15)


# -- a slower rule, written another way -----------------------------------------------------------


def slow_months(day: date, months: int) -> date:
    """A month at a time, then back to a day that exists."""
    year, month = day.year, day.month
    for _month in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def slow_dates(  # noqa: C901 # slow and plain on purpose
    given: Sequence[Given],
) -> dict[object, tuple[date | None, bool]]:
    """Last day and whether it counts, each from scratch out of all that came before it."""

    def told(one: Given) -> tuple[date | None, bool]:
        earlier = [
            other for other in given
            if other is not one and other.confirmed
            and place(other) < place(one)
        ]  # fmt: skip
        known = [(other, *told(other)) for other in earlier]
        counting = [(until, other) for other, until, counts in known if counts]
        last = max((until or date.max for until, _o in counting), default=None)
        holders = [other for until, other in counting if (until or date.max) == last]
        holder = max(holders, key=place, default=None)
        return until_of(one, last, holder), counts_of(one, last)

    def place(one: Given) -> tuple[date, bool, int]:
        return (one.issued_on, one.refresher, int(str(one.key)))

    def until_of(one: Given, last: date | None, holder: Given | None) -> date | None:
        terms = one.terms
        if one.printed_until:
            return one.printed_until
        if terms.ends == Ends.NEVER:
            return None
        if terms.ends == Ends.DAY:
            return terms.ends_on
        if terms.ends == Ends.YEARLY:
            day = one.issued_on + timedelta(days=terms.least_days)
            month, wanted = terms.yearly or (12, 31)
            while (day.month, day.day) != (month, min(wanted, monthrange(day.year, month)[1])):
                day += timedelta(days=1)
            return day
        start = one.issued_on
        if terms.from_previous and last and last != date.max and holder:
            opens = max(last - timedelta(days=holder.terms.window_days), holder.issued_on)
            if opens <= start <= last:
                start = last
        return slow_months(start, terms.months or 0)

    def counts_of(one: Given, last: date | None) -> bool:
        if not one.refresher or one.terms.run_out_months is None:
            return True
        if last is None:
            return False
        return last == date.max or one.issued_on <= slow_months(last, one.terms.run_out_months)

    return {one.key: told(one) for one in given}


def slow_state(given: Sequence[Given], *, must: bool, on: date) -> tuple[str, bool, bool] | None:
    """State, whether a renewal waits, and whether the work may be done."""
    dates = slow_dates(given)
    known = [g for g in given if g.issued_on <= on and dates[g.key][1]]
    lasts = {g.key: (dates[g.key][0] or date.max, g.issued_on) for g in known}
    sure = [g for g in known if g.confirmed]
    best = max((lasts[g.key] for g in sure), default=None)
    waits = [lasts[g.key] for g in known if not g.confirmed and lasts[g.key][0] >= on]
    waiting = [w for w in waits if best is None or w > best]
    in_order = sorted(sure, key=lambda g: (g.issued_on, g.refresher, int(str(g.key))))
    holder = next((g for g in in_order if lasts[g.key] == best), None)
    if best is not None and holder is not None and best[0] >= on:
        opens = None if best[0] == date.max else max(
            best[0] - timedelta(days=holder.terms.window_days), holder.issued_on
        )  # fmt: skip
        return ("expiring" if opens and opens <= on else "valid", bool(waiting), True)
    grace = (
        best is not None
        and holder is not None
        and on <= best[0] + timedelta(days=holder.terms.grace_days)
    )
    if waiting:
        return ("waiting", True, grace or not must)
    if best is not None:
        return ("expired", False, grace or not must)
    return ("missing", False, False) if must else None


some_days = st.dates(date(2015, 1, 1), date(2027, 6, 1))
some_terms = st.sampled_from(
    [
        Terms(),
        Terms(Ends.MONTHS, months=12),
        Terms(Ends.MONTHS, months=1, window_days=10, grace_days=5),
        Terms(Ends.MONTHS, months=24, from_previous=True, window_days=90),
        Terms(Ends.MONTHS, months=60, from_previous=True, window_days=365, run_out_months=0),
        BHV,
        Terms(Ends.YEARLY, yearly=(2, 29), least_days=30, grace_days=14),
        Terms(Ends.YEARLY, yearly=(12, 31), run_out_months=1),
        Terms(Ends.DAY, ends_on=date(2028, 1, 1)),
    ]
)


@st.composite
def chains(draw: st.DrawFn) -> list[Given]:
    """What one person may have sent in of one type, in any order."""
    found = []
    for key in range(draw(st.integers(0, 6))):
        issued = draw(some_days)
        printed = draw(st.none() | st.integers(0, 900))
        found.append(
            Given(
                key,
                issued,
                draw(some_terms),
                confirmed=draw(st.booleans()) or draw(st.booleans()),
                printed_until=None if printed is None else issued + timedelta(days=printed),
                refresher=draw(st.booleans()),
            )
        )
    return found


@given(chains())
def test_the_rule_says_what_a_slower_one_says(given: list[Given]) -> None:
    told = {one.key: (one.valid_until, one.counts) for one in reckoned(given)}
    assert told == slow_dates(given)


@given(chains(), st.booleans(), st.dates(date(2014, 1, 1), date(2030, 1, 1)))
def test_the_state_is_what_a_slower_one_says(given: list[Given], must: bool, on: date) -> None:
    one = standing(reckoned(given), must=must, on=on)
    told = None if one is None else (str(one.state), one.waiting is not None, one.may_work)
    assert told == slow_state(given, must=must, on=on)


@given(chains(), some_days)
def test_what_comes_in_later_changes_nothing_before_its_day(given: list[Given], day: date) -> None:
    """History is never reset: who asks of an earlier day gets the answer of that day."""
    before = [one for one in given if one.issued_on < day]
    on = day - timedelta(days=1)
    assert standing(reckoned(given), must=True, on=on) == standing(
        reckoned(before), must=True, on=on
    )


# -- for everyone at once -------------------------------------------------------------------------


def columns(people: Sequence[Sequence[Sequence[Given]]]) -> tuple[many.Holdings, list[Terms]]:
    """The chains of people and types, as columns."""
    terms: list[Terms] = []
    rows: list[tuple[int, ...]] = []
    for person, types in enumerate(people):
        for type_, chain in enumerate(types):
            for one in chain:
                if one.terms not in terms:
                    terms.append(one.terms)
                rows.append(
                    (len(rows), person, type_, many.number(one.issued_on),
                     many.number(one.printed_until), terms.index(one.terms),
                     one.confirmed, one.refresher)
                )  # fmt: skip
    told = np.array(rows, dtype=np.int64).reshape(-1, 8).T
    key, person_, kinds, issued, printed, mine, sure, refresher = told
    return (
        many.Holdings(
            key, person_, kinds, issued, printed, mine, sure.astype(bool), refresher.astype(bool)
        ),
        terms,
    )


@given(
    st.lists(st.lists(chains(), min_size=2, max_size=2), min_size=1, max_size=3),
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.dates(date(2014, 1, 1), date(2030, 1, 1)),
)
def test_for_everyone_at_once_it_is_the_same(
    people: list[list[list[Given]]], asked: list[bool], on: date
) -> None:
    held, terms = columns(people)
    seats = many.Seats(
        np.arange(len(people)), np.zeros(len(people), int), np.zeros(len(people), int),
        np.zeros(len(people), int), np.full(len(people), np.nan),
        np.full(len(people), many.number(date(2000, 1, 1))), np.full(len(people), many.FOREVER),
    )  # fmt: skip
    rules = [
        Rule(type_, date(2000, 1, 1), person=person)
        for person in range(len(people))
        for type_ in range(2)
        if asked[person * 2 + type_]
    ]
    # What the second type's chain holds counts for the first too, where it was issued by 2020.
    accepted = [(0, 1, many.number(date(2000, 1, 1)), many.number(date(2020, 12, 31)))]
    dates = many.reckoned(held, terms)
    table = many.stand(
        held, dates, seats, rules=rules, exempt=[], units={}, accepted=accepted, on=on
    )
    told = {
        (int(table.person[n]), int(table.type[n])): (
            many.CODES[table.state[n]], bool(table.renewal[n]), bool(table.must[n]),
            bool(table.holds[n]),
        )
        for n in range(len(table))
    }  # fmt: skip
    expected = {}
    for person, types in enumerate(people):
        reckonings = [reckoned(chain) for chain in types]
        for type_ in range(2):
            chain = list(reckonings[type_])
            if type_ == 0:
                chain += [h for h in reckonings[1] if h.issued_on <= date(2020, 12, 31)]
            must = asked[person * 2 + type_]
            one = standing(chain, must=must, on=on)
            if one is not None:
                expected[person, type_] = (
                    str(one.state), one.waiting is not None, must, one.holds,
                )  # fmt: skip
    assert told == expected


@given(st.lists(st.tuples(some_days, st.integers(-200, 200)), min_size=1, max_size=40))
def test_months_are_added_alike(told: list[tuple[date, int]]) -> None:
    days = np.array([many.number(day) for day, _months in told])
    months = np.array([n for _day, n in told])
    assert [many.day_of(int(n)) for n in many.months_after(days, months)] == [
        slow_months(day, n) for day, n in told
    ]


# -- who must -------------------------------------------------------------------------------------

PATHS = {1: "0001", 2: "00010001", 3: "000100010001", 4: "00010002"}
some_rules = st.builds(
    Rule,
    type=st.integers(0, 2),
    from_on=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    until_on=st.none() | st.dates(date(2027, 1, 1), date(2028, 1, 1)),
    job=st.none() | st.integers(0, 2),
    unit_path=st.none() | st.sampled_from(sorted(PATHS.values())),
    alone=st.booleans(),
    location=st.none() | st.integers(1, 2),
    least_hours=st.none() | st.sampled_from([16.0, 32.0]),
    person=st.none() | st.integers(0, 3),
)
some_seats = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(sorted(PATHS)), st.integers(0, 2),
        st.none() | st.sampled_from([8.0, 32.0, 40.0]),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@given(
    st.lists(some_rules, max_size=5), some_seats,
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=3),
    st.dates(date(2024, 1, 1), date(2029, 1, 1)),
)  # fmt: skip
def test_who_must_is_the_same_one_by_one_and_at_once(
    rules: list[Rule],
    places: list[tuple[int, int, int, float | None]],
    free: list[tuple[int, int]],
    on: date,
) -> None:
    seats = many.Seats(
        np.arange(len(places)),
        np.array([p[0] for p in places]),
        np.array([p[1] for p in places]),
        np.array([p[2] for p in places]),
        np.array([np.nan if p[3] is None else p[3] for p in places]),
        np.full(len(places), many.number(date(2000, 1, 1))),
        np.full(len(places), many.FOREVER),
    )
    exempt = [Exempt(type_, person, date(2025, 6, 1), date(2028, 1, 1)) for type_, person in free]
    empty, _terms = columns([])
    dates = many.reckoned(empty, [])
    table = many.stand(empty, dates, seats, rules=rules, exempt=exempt, units=PATHS, on=on)
    told = {(int(p), int(t)) for p, t in zip(table.person, table.type, strict=True)}
    expected = {
        (person, type_)
        for person, (job, unit, location, hours) in enumerate(places)
        for type_ in asked_of(
            Seat(person, job, PATHS[unit], location or None, hours), rules, exempt, on
        )
    }
    assert told == expected


def test_days_of_renewal_follow_each_other() -> None:
    terms = Terms(Ends.MONTHS, months=12, from_previous=True)
    renewals = held_of(*(Given(n, date(2020 + n, 3, 1), terms) for n in range(4)))
    assert [h.valid_until for h in renewals] == [date(2021 + n, 3, 1) for n in range(4)]
