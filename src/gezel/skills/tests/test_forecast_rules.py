"""The look ahead: what is short, how sure that is, and drivers that add up."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezel.skills.rules.forecast import (
    DRAWS,
    DRIVERS,
    EVERYTHING,
    Ahead,
    Cells,
    Driver,
    Fan,
    band,
    damped_trend,
    fan,
    keys_of,
    of_seats,
    outlook,
    people_moved,
    refresh_by,
    shapley,
    staying,
    summing,
    told_together,
    totals_ahead,
    triangular,
)

TODAY = date(2026, 11, 22)


def some_cells(
    people: int = 6, skills: int = 4, *, asked: float = 3.0, level: float = 2.0
) -> Cells:
    seat = np.repeat(np.arange(people), skills)
    skill = np.tile(np.arange(skills), people)
    n = people * skills
    return Cells(
        who=keys_of(seat, skill),
        ask=keys_of(np.ones(n, dtype=np.int64), skill),
        skill=keys_of(skill),
        seat=seat.astype(np.intp),
        level=np.full(n, level),
        sd=np.full(n, 0.4),
        asked=np.full(n, asked),
    )


def no_change(cells: Cells) -> Ahead:
    """A day ahead on which everything is as it is today."""
    n, seats = len(cells), int(cells.seat.max()) + 1
    return Ahead(
        level=cells.level, sd=cells.sd, low=cells.asked, expected=cells.asked, high=cells.asked,
        gain=np.zeros(n), reach=np.zeros(n), kept=np.ones(n), stays=np.ones(seats),
        gone=np.zeros(seats, dtype=np.bool_), new_level=np.full(n, np.nan),
        new_sd=np.full(n, np.nan),
    )  # fmt: skip


def test_where_nothing_changes_nothing_is_driven() -> None:
    cells = some_cells()

    told = outlook(totals_ahead(cells, [no_change(cells)])[0])

    assert told.now == told.ahead
    assert set(told.drivers.values()) == {0.0}
    # 24 skills a level short each, less the little that chance gives.
    assert told.now.median == pytest.approx(24, abs=1)


def test_the_same_input_gives_the_same_output_bit_for_bit() -> None:
    cells = some_cells()
    ahead = replace(no_change(cells), level=cells.level - 0.5, high=cells.asked + 1)

    one, other = (totals_ahead(cells, [ahead])[0] for _ in range(2))

    assert one.tobytes() == other.tobytes()
    # A figure that was written down: whoever changes how draws are made is told.
    assert outlook(one).ahead == Fan(43.9, 39.3, 48.9)


def test_who_else_is_on_the_page_changes_nothing_for_me() -> None:
    cells = some_cells()
    ahead = replace(
        no_change(cells), level=cells.level - 0.5, low=cells.asked - 1, high=cells.asked + 1,
        gain=np.where(cells.seat == 2, 0.63, 0.0), reach=np.full(24, 4.0),
        stays=np.full(6, 0.7), new_level=np.full(24, 1.0), new_sd=np.full(24, 0.5),
    )  # fmt: skip

    whole = totals_ahead(cells, [ahead])[0]
    alone = [totals_ahead(*of_seats(cells, [ahead], [p]))[0] for p in range(6)]

    np.testing.assert_allclose(whole, sum(alone), rtol=1e-5)


def test_each_driver_moves_the_need_its_own_way() -> None:
    cells = some_cells()
    same = no_change(cells)
    moved = {
        Driver.NO_USE: replace(same, level=cells.level - 0.5, sd=cells.sd + 0.2),
        Driver.DEMAND: replace(same, expected=cells.asked + 1, high=cells.asked + 1),
        Driver.LEAVERS: replace(
            same, stays=np.full(6, 0.5), new_level=np.full(24, 1.0), new_sd=np.full(24, 0.3)
        ),
        Driver.LEARNING: replace(same, gain=np.full(24, 0.63), reach=np.full(24, 4.0)),
    }  # fmt: skip

    for driver, ahead in moved.items():
        told = outlook(totals_ahead(cells, [ahead])[0])
        assert told.drivers[driver] == told.change != 0
        assert (told.change < 0) == (driver == Driver.LEARNING)
        assert not any(told.drivers[other] for other in DRIVERS if other != driver)


def test_about_how_many_people_a_driver_speaks() -> None:
    cells = some_cells()
    ahead = replace(
        no_change(cells), level=np.where(cells.seat < 2, 1.0, cells.level),
        high=np.where(cells.seat == 3, 4.0, 3.0), gain=np.where(cells.seat == 5, 0.63, 0.0),
        gone=np.arange(6) == 4, new_level=np.full(24, 1.0), new_sd=np.full(24, 0.5),
    )  # fmt: skip

    assert people_moved(cells, ahead) == {
        Driver.NO_USE: 2, Driver.DEMAND: 1, Driver.LEAVERS: 1, Driver.LEARNING: 1,
    }  # fmt: skip


def test_someone_whose_last_day_is_known_has_gone_in_every_draw() -> None:
    cells = some_cells(people=1, skills=1, level=3.0)
    gone = replace(
        no_change(cells), gone=np.array([True]), new_level=np.array([1.0]), new_sd=np.zeros(1)
    )

    told = outlook(totals_ahead(cells, [gone])[0])

    assert told.ahead == Fan(2.0, 2.0, 2.0)


def test_where_nothing_is_known_of_who_comes_the_seat_counts_on() -> None:
    cells = some_cells()
    leaving = replace(no_change(cells), stays=np.full(6, 0.2))

    assert outlook(totals_ahead(cells, [leaving])[0]).change == 0


def test_learning_brings_nobody_above_what_is_taught() -> None:
    cells = some_cells(level=4.0, asked=5.0)
    taught = replace(no_change(cells), gain=np.full(24, 2.0), reach=np.full(24, 3.0))

    told = outlook(totals_ahead(cells, [taught])[0])

    assert abs(told.change) < 0.2


def test_a_fan_alone_is_the_forecast_of_the_whole() -> None:
    cells = some_cells()
    ahead = replace(no_change(cells), level=cells.level - 1)

    whole, alone = totals_ahead(cells, [ahead, ahead], fully=[True, False])

    assert (whole[int(EVERYTHING)] == alone[int(EVERYTHING)]).all()
    assert not alone[0].any()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 5), st.integers(1, 4))
def test_drivers_add_up_to_the_change_as_it_is_shown(seed: int, people: int, skills: int) -> None:
    chance = np.random.default_rng(seed)
    cells = some_cells(people, skills)
    n = len(cells)
    low = chance.uniform(0, 3, n)
    expected = low + chance.uniform(0, 1, n)
    ahead = Ahead(
        level=chance.uniform(0, 5, n), sd=chance.uniform(0, 1.5, n), low=low, expected=expected,
        high=expected + chance.uniform(0, 1, n), gain=chance.choice([0, 0.63, 2], n),
        reach=chance.uniform(0, 5, n), kept=chance.uniform(0, 1, n),
        stays=chance.uniform(0, 1, people), gone=chance.random(people) < 0.2,
        new_level=np.where(chance.random(n) < 0.5, np.nan, chance.uniform(0, 5, n)),
        new_sd=chance.uniform(0, 1, n),
    )  # fmt: skip

    told = outlook(totals_ahead(cells, [ahead])[0])

    in_tenths = [round(10 * value) for value in told.drivers.values()]
    assert all(
        abs(10 * v - t) < 1e-9 for v, t in zip(told.drivers.values(), in_tenths, strict=True)
    )
    assert round(10 * told.now.median) + sum(in_tenths) == round(10 * told.ahead.median)


@given(st.lists(st.floats(-50, 50), min_size=16, max_size=16))
def test_shares_add_up_and_who_adds_nothing_gets_nothing(values: list[float]) -> None:
    assert sum(shapley(values)) == pytest.approx(values[15] - values[0], abs=1e-9)
    without_last = [values[group & 7] for group in range(16)]
    assert shapley(without_last)[3] == pytest.approx(0, abs=1e-9)


def test_shares_do_not_depend_on_who_comes_first() -> None:
    # Two who only together do something share it.
    assert shapley([0, 0, 0, 10]) == [5, 5]


def test_rounding_is_shared_out_where_it_is_least() -> None:
    now, ahead = Fan(1.0, 0, 0), Fan(2.0, 0, 0)
    assert summing([0.34, 0.33, 0.33], now, ahead) == [0.4, 0.3, 0.3]
    assert summing([-0.34, 0.67, 0.67], now, ahead) == [-0.4, 0.7, 0.7]


def test_a_driver_about_too_few_is_told_together_with_the_next() -> None:
    drivers = {
        Driver.NO_USE: 3.0, Driver.DEMAND: 1.5, Driver.LEAVERS: 0.0, Driver.LEARNING: -0.7,
    }  # fmt: skip
    people = {Driver.NO_USE: 40, Driver.DEMAND: 12, Driver.LEAVERS: 0, Driver.LEARNING: 1}

    told = told_together(drivers, people, 5)

    assert told == [
        (Driver.NO_USE, 3.0),
        (Driver.LEAVERS, 0.0),
        (Driver.DEMAND | Driver.LEARNING, 0.8),
    ]
    assert told_together(drivers, dict.fromkeys(DRIVERS, 40), 5) == list(drivers.items())


@given(
    st.lists(st.integers(0, 12), min_size=4, max_size=4),
    st.lists(st.integers(-30, 30), min_size=4, max_size=4),
)
def test_no_figure_of_drivers_is_about_too_few(people: list[int], tenths: list[int]) -> None:
    drivers = {d: t / 10 if n else 0.0 for d, t, n in zip(DRIVERS, tenths, people, strict=True)}
    by = dict(zip(DRIVERS, people, strict=True))

    told = told_together(drivers, by, 5)

    assert sum(levels for _d, levels in told) == pytest.approx(sum(drivers.values()))
    groups = [max(by[d] for d in DRIVERS if d & together) for together, _levels in told]
    assert all(size == 0 or size >= 5 for size in groups) or sum(size > 0 for size in groups) == 1


# What is drawn


def test_draws_have_the_shape_they_should() -> None:
    keys = keys_of(np.arange(400), np.zeros(400, dtype=np.int64))
    cells = replace(
        some_cells(400, 1), who=keys, skill=keys_of(np.ones(400, dtype=np.int64)),
        level=np.full(400, 2.5), sd=np.full(400, 0.5), asked=np.full(400, 5.0),
    )  # fmt: skip
    total = totals_ahead(cells, [no_change(cells)])[0][0]

    # The sum of 400 gaps of 2.5 ± 0.5, of whose variance a tenth is the same for all 400.
    assert total.mean() == pytest.approx(1000, abs=5)
    assert total.std() == pytest.approx(0.5 * (0.9 * 400 + 0.1 * 400**2) ** 0.5, rel=0.05)
    assert len(np.unique(keys)) == 400


def test_a_triangle_lies_between_the_least_and_the_most() -> None:
    even = ((np.arange(DRAWS) + 0.5) / DRAWS).astype(np.float32)[None, :]
    drawn = triangular(np.array([2.0]), np.array([4.0]), np.array([5.0]), even)

    assert 2 <= drawn.min() < 2.1
    assert 4.9 < drawn.max() <= 5
    assert drawn.mean() == pytest.approx((2 + 4 + 5) / 3, abs=0.01)


def test_a_band_stays_on_the_scale() -> None:
    told = band(4.8, 0.5)
    assert (told.median, round(told.low, 2), told.high) == (4.8, 4.16, 5.0)


def test_the_fan_of_draws_is_told_in_tenths() -> None:
    assert fan(np.arange(DRAWS) / 100) == Fan(5.0, 1.0, 9.0)


# Until when a level holds


def test_a_level_that_fades_becomes_a_need_on_a_day_with_a_range() -> None:
    days = np.array([0, 100, 200, 300])
    level = np.array([[3.4, 3.0, 2.6, 2.2]])

    (told,) = refresh_by(days, level, np.full((1, 4), 0.3), np.full((1, 4), 3.0))

    # Half a level below 3 after 225 days; with 1.28 sd less sooner, with more not within sight.
    assert told.expected == 225
    assert told.earliest == 129
    assert told.latest is None or told.latest > 300


def test_who_is_short_already_is_told_so_and_who_never_will_be_is_told_nothing() -> None:
    days = np.array([0, 365, 730])
    levels = np.array([[2.0, 1.5, 1.2], [4.0, 3.9, 3.8]])

    short, safe = refresh_by(days, levels, np.full((2, 3), 0.1), np.full((2, 3), 3.0))

    assert (short.expected, short.earliest, short.latest) == (0, 0, 0)
    assert (safe.expected, safe.earliest, safe.latest) == (None, None, None)


def test_no_longer_asked_is_no_need() -> None:
    days = np.array([0, 100])

    (told,) = refresh_by(days, np.array([[3.0, 1.0]]), np.zeros((1, 2)), np.array([[3.0, 0.0]]))

    assert told.expected is None


# What is asked ahead, and who stays


def test_a_trend_needs_six_revisions() -> None:
    rises = [(TODAY - timedelta(days=180 * n), 4 - n) for n in range(5)]
    assert damped_trend(rises, TODAY, TODAY + timedelta(days=365)) is None


def test_a_role_that_keeps_asking_more_is_expected_to_ask_more_ever_slower() -> None:
    rises = [
        (TODAY - timedelta(days=100 + 150 * n), level) for n, level in enumerate([4, 3, 3, 2, 1, 1])
    ]

    one, two = (damped_trend(rises, TODAY, TODAY + timedelta(days=d)) for d in (365, 730))

    assert one is not None
    assert two is not None
    assert 4 < one.expected < two.expected <= 5
    assert two.expected - one.expected < one.expected - 4
    assert 0 <= two.low < one.low < one.expected < one.high <= 5


def test_a_role_that_was_only_confirmed_stays_as_it_is() -> None:
    same = [(TODAY - timedelta(days=90 * n), 3) for n in range(8)]

    told = damped_trend(same, TODAY, TODAY + timedelta(days=365))

    assert told is not None
    assert told.expected == 3
    assert told.low < 3 < told.high


def test_as_many_stay_as_stayed_before() -> None:
    long_ago = TODAY - timedelta(days=2_000)
    # Of twenty people two left in the last year, at moments when 20 and 19 were at work.
    spells: list[tuple[date, date | None]] = [(long_ago, None)] * 18
    spells += [(long_ago, TODAY - timedelta(days=300)), (long_ago, TODAY - timedelta(days=100))]

    told = staying(spells, on=TODAY, days=365, smallest=5)

    assert told == pytest.approx((19 / 20) * (18 / 19))


def test_a_younger_group_goes_on_at_its_own_pace_and_a_small_one_is_not_told() -> None:
    year_ago = TODAY - timedelta(days=365)
    spells: list[tuple[date, date | None]] = [(year_ago, None)] * 9
    spells.append((year_ago, TODAY - timedelta(days=10)))

    told = staying(spells, on=TODAY, days=730, smallest=5)

    assert told == pytest.approx(0.9**2)
    assert staying(spells[:4], on=TODAY, days=730, smallest=5) is None
    assert staying([(TODAY, None)] * 9, on=TODAY, days=730, smallest=5) is None


def test_who_leaves_ahead_is_no_news_of_the_past() -> None:
    spells = [(TODAY - timedelta(days=900), TODAY + timedelta(days=30))] * 10
    assert staying(spells, on=TODAY, days=365, smallest=5) == 1.0
