"""Learning needs, as cases from practice."""

from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from gezel.skills.rules import (
    SMALLEST_GAP,
    DatedDemand,
    Need,
    Requirement,
    demand_on,
    fit,
    gap,
    is_short,
    later_dates,
    learning_needs,
)

TODAY = date(2026, 11, 22)


def test_an_essential_skill_comes_before_a_wider_gap() -> None:
    needs = learning_needs(
        [
            Requirement("Presenting", level=5),
            Requirement("Working at height", level=2, essential=True),
        ],
        held={"Presenting": 1, "Working at height": 1},
    )

    assert [(n.skill, n.gap, n.essential) for n in needs] == [
        ("Working at height", 1, True),
        ("Presenting", 4, False),
    ]


def test_a_level_nobody_vouched_for_counts_as_zero() -> None:
    assert learning_needs([Requirement("Diesel", 3)], held={}) == [Need("Diesel", 3, False, 3, 0.0)]


def test_less_than_half_a_level_is_no_need() -> None:
    assert learning_needs([Requirement("Diesel", 3)], held={"Diesel": 2.6}) == []


@given(asked=st.integers(1, 5), held=st.floats(0, 5))
@example(3, 2.4)
@example(3, 2.35)
@example(3, 2.4500000000000006)
@example(3, 2.5499999999999994)
@example(3, 2.55)
@example(3, 2.6)
def test_short_is_what_the_figure_as_shown_says(asked: int, held: float) -> None:
    assert is_short(asked, held) == (gap(asked, held) >= SMALLEST_GAP)


def test_a_demand_begins_on_its_day_and_zero_ends_it() -> None:
    demands = [
        DatedDemand("Diesel", 4, True, date(2020, 1, 1)),
        DatedDemand("High voltage", 3, True, date(2027, 4, 1)),
        DatedDemand("Diesel", 0, True, date(2027, 4, 1)),
    ]

    assert demand_on(demands, date(2027, 3, 31)) == [Requirement("Diesel", 4, True)]
    assert demand_on(demands, date(2027, 4, 1)) == [Requirement("High voltage", 3, True)]


def test_more_than_asked_does_not_make_up_for_what_is_missing() -> None:
    assert fit([Requirement("Diesel", 3), Requirement("High voltage", 3)], {"Diesel": 5}) == 0.5
    assert fit([], {}) == 1.0


def test_later_dates_are_those_on_which_something_else_is_asked() -> None:
    april = date(2027, 4, 1)
    demands = [
        DatedDemand("Diesel", 4, True, date(2020, 1, 1)),
        DatedDemand("Diesel", 2, True, april),
        DatedDemand("High voltage", 3, True, april),
    ]

    assert later_dates(demands, TODAY) == [april]
    assert later_dates(demands, april) == []
