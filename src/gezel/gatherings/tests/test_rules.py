"""The rules of sessions, as cases from practice."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from gezel.gatherings.rules import attending, clashes, codes, places, series, times
from gezel.gatherings.rules.attending import Because, Course, Fact, Kind
from gezel.gatherings.rules.clashes import Taken
from gezel.gatherings.rules.series import Every, Pattern, Reach, Turn

HERE = "Europe/Amsterdam"
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(hour: float) -> datetime:
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour)


# -- when -----------------------------------------------------------------------------------------


def test_a_clock_somewhere_is_one_moment() -> None:
    assert times.moment(date(2026, 1, 5), time(9), HERE) == datetime(2026, 1, 5, 8, tzinfo=UTC)
    assert times.moment(date(2026, 7, 6), time(9), HERE) == datetime(2026, 7, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("on", "clock", "twice"),
    [(date(2026, 3, 29), time(2, 30), False), (date(2026, 10, 25), time(2, 30), True)],
)
def test_a_time_the_night_skips_or_shows_twice_is_refused(
    on: date, clock: time, twice: bool
) -> None:
    with pytest.raises(times.NoSuchTime) as refused:
        times.moment(on, clock, HERE)

    assert refused.value.twice is twice


def test_a_night_shift_ends_the_next_day() -> None:
    start, end = times.span(date(2026, 3, 28), time(22), time(6), HERE)

    # That night the clock goes forward: seven hours of work, not eight.
    assert end - start == timedelta(hours=7)


# -- series ---------------------------------------------------------------------------------------


def test_every_other_week_so_many_times() -> None:
    found = series.days(date(2026, 3, 2), Pattern(Every.WEEK, step=2, times=3))

    assert found == [date(2026, 3, 2), date(2026, 3, 16), date(2026, 3, 30)]


def test_until_a_day_takes_that_day_too() -> None:
    found = series.days(date(2026, 3, 2), Pattern(Every.DAY, until_on=date(2026, 3, 4)))

    assert found == [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)]


def test_the_31st_is_the_last_day_where_there_is_none() -> None:
    found = series.days(date(2027, 12, 31), Pattern(Every.MONTH, times=4))

    assert found == [
        date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31),
    ]  # fmt: skip


def test_a_series_without_end_stops_at_two_years_of_weeks() -> None:
    assert len(series.days(date(2026, 1, 1), Pattern(Every.WEEK))) == series.MOST_TURNS


TURNS = [
    Turn(1, 0, moved_alone=False, open=False),
    Turn(2, 1, moved_alone=False, open=True),
    Turn(3, 2, moved_alone=True, open=True),
    Turn(4, 3, moved_alone=False, open=True),
]


@pytest.mark.parametrize(
    ("changed", "reach", "found"),
    [
        (2, Reach.ONE, [2]),
        (2, Reach.FOLLOWING, [2, 4]),
        (4, Reach.FOLLOWING, [4]),
        (4, Reach.ALL, [2, 4]),
        # Who changes the one that was moved alone means that one too.
        (3, Reach.ALL, [2, 3, 4]),
    ],
)
def test_a_change_leaves_what_was_held_and_what_was_moved_by_itself(
    changed: int, reach: Reach, found: list[int]
) -> None:
    assert series.reached(TURNS, changed, reach) == found


def test_the_others_move_as_many_days_along() -> None:
    moved = series.shifted(date(2026, 3, 9), was=date(2026, 3, 2), becomes=date(2026, 3, 4))

    assert moved == date(2026, 3, 11)


# -- clashes --------------------------------------------------------------------------------------


def test_a_room_is_had_by_one_at_a_time() -> None:
    standing = [Taken(7, by=1, starts_at=at(9), ends_at=at(11))]

    found = clashes.clashes([Taken(7, by=2, starts_at=at(10), ends_at=at(12))], standing)

    assert [(c.what, c.by) for c in found] == [(7, (1,))]


def test_one_that_begins_as_the_other_ends_is_no_clash() -> None:
    standing = [Taken(7, by=1, starts_at=at(9), ends_at=at(11))]

    assert not clashes.clashes([Taken(7, by=2, starts_at=at(11), ends_at=at(12))], standing)


def test_a_session_does_not_clash_with_itself() -> None:
    standing = [Taken(7, by=1, starts_at=at(9), ends_at=at(11))]

    assert not clashes.clashes([Taken(7, by=1, starts_at=at(10), ends_at=at(12))], standing)


def test_of_three_beamers_two_are_left_at_the_busiest_moment() -> None:
    standing = [
        Taken(5, by=1, starts_at=at(9), ends_at=at(10), amount=2),
        Taken(5, by=2, starts_at=at(10), ends_at=at(11), amount=1),
    ]
    want = Taken(5, by=3, starts_at=at(9.5), ends_at=at(11), amount=1)

    assert not clashes.clashes([want], standing, {5: 3})
    assert clashes.clashes([Taken(5, 3, at(9.5), at(11), amount=2)], standing, {5: 3})


def test_two_turns_of_one_series_want_the_same_room_at_once() -> None:
    want = [
        Taken(7, by=-1, starts_at=at(9), ends_at=at(34)),
        Taken(7, by=-2, starts_at=at(33), ends_at=at(58)),
    ]

    assert [c.by for c in clashes.clashes(want, [])] == [(-1,)]


# -- places ---------------------------------------------------------------------------------------


def test_who_waits_longest_moves_up_first() -> None:
    line = [places.Waiting(3, at(9)), places.Waiting(1, at(10)), places.Waiting(2, at(9))]

    assert places.moving_up(line, 2) == [2, 3]
    assert places.moving_up(line, 0) == []
    assert places.moving_up(line, None) == [2, 3, 1]


def test_cancelling_is_free_then_late_then_too_late() -> None:
    told = [places.cancelling(at(48), 24, at(hour)) for hour in (23, 24, 24.1, 48)]

    assert told == ["free", "free", "late", "too late"]


def test_with_enough_people_it_goes_on_and_else_someone_decides_on_the_day() -> None:
    assert places.going(6, 6, None, at(9)) == places.Going.ENOUGH
    assert places.going(5, 6, at(10), at(9)) == places.Going.NOT_YET
    assert places.going(5, 6, at(10), at(10)) == places.Going.TO_DECIDE


# -- codes ----------------------------------------------------------------------------------------

SECRET = b"of this house"


def test_a_code_is_good_for_its_half_minute_and_the_next() -> None:
    now = at(9)
    code = codes.short_code(SECRET, "a", codes.step_of(now))

    taken = [codes.accepts(SECRET, "a", code, now + timedelta(seconds=s)) for s in (0, 59, 60, -1)]
    assert taken == [True, True, False, False]


def test_a_code_is_of_one_session_and_one_house() -> None:
    step = codes.step_of(at(9))

    assert not codes.accepts(SECRET, "b", codes.long_code(SECRET, "a", step), at(9))
    assert not codes.accepts(b"another", "a", codes.long_code(SECRET, "a", step), at(9))
    assert codes.accepts(SECRET, "a", f" {codes.long_code(SECRET, 'a', step).upper()} ", at(9))


def test_short_codes_spread_over_all_there_are() -> None:
    made = {codes.short_code(SECRET, "a", step) for step in range(10_000)}

    # 10,000 of a million by pure chance leave about 9,950 different ones.
    assert 9_900 < len(made) <= 10_000
    assert {len(code) for code in made} == {6}


def test_afterwards_the_moment_may_lie_a_little_off_and_no_more() -> None:
    code = codes.short_code(SECRET, "a", codes.step_of(at(9)))

    near = [codes.accepted_then(SECRET, "a", code, at(9) + timedelta(seconds=s)) for s in (80, -80)]
    far = [
        codes.accepted_then(SECRET, "a", code, at(9) + timedelta(seconds=s)) for s in (400, -400)
    ]
    assert near == [True, True]
    assert far == [False, False]


def test_one_says_so_from_an_hour_before_until_an_hour_after() -> None:
    told = [codes.is_open(at(9), at(11), at(hour)) for hour in (7.9, 8, 12, 12.1)]

    assert told == [False, True, True, False]


# -- attending ------------------------------------------------------------------------------------


def a_fact(kind: Kind = Kind.PRESENT, minutes: int = 120, **told: int) -> Fact:
    key = told.get("key", 1)
    return Fact(key, told.get("session", 1), 1, at(9 + key), kind, minutes, 120)


def test_ten_minutes_is_on_time_and_later_is_late() -> None:
    assert attending.arrived(at(9), at(11), at(9.1)) == (Kind.PRESENT, 120)
    assert attending.arrived(at(9), at(11), at(9.5)) == (Kind.LATE, 90)
    assert attending.arrived(at(9), at(11), at(12)) == (Kind.LATE, 0)


def test_a_correction_stands_and_the_earlier_fact_stays() -> None:
    first, second = a_fact(), a_fact(Kind.ABSENT, 0, key=2)

    assert attending.newest([second, first]) == {(1, 1): second}


@pytest.mark.parametrize(
    ("fact", "because"),
    [
        (None, Because.NOT_THERE),
        (a_fact(Kind.EXCUSED, 0), Because.NOT_THERE),
        (a_fact(Kind.PARTLY, 95), Because.NOT_LONG_ENOUGH),
        (a_fact(Kind.PARTLY, 96), Because.COMPLETED),
        (a_fact(Kind.LATE, 110), Because.COMPLETED),
    ],
)
def test_who_was_there_for_four_fifths_was_there(fact: Fact | None, because: Because) -> None:
    assert attending.verdict(Course(completes=True, least_percent=80), fact, 1) == because


def test_of_a_course_in_parts_one_must_have_been_at_so_many() -> None:
    course = Course(completes=True, least_percent=80, parts_needed=3)

    assert attending.verdict(course, a_fact(), 2) == Because.PARTS_MISSING
    assert attending.verdict(course, a_fact(), 3) == Because.COMPLETED


def test_a_session_that_counts_for_nothing_says_so() -> None:
    told = attending.verdict(Course(completes=False, least_percent=80), a_fact(), 1)

    assert told == Because.COUNTS_FOR_NOTHING
