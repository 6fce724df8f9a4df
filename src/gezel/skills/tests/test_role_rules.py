"""How roles change and how O*NET is read, as cases from practice."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezel.skills.rules import (
    Ask,
    Change,
    DatedDemand,
    Later,
    Picture,
    asked_by_importance,
    changes_ahead,
    dates_said_twice,
    differences,
    essential_by_importance,
    joined,
    level_from_onet,
    picture_of,
    suggested_level,
)

TODAY = date(2026, 11, 22)
APRIL = date(2027, 4, 1)
LONG_AGO = date(2020, 1, 1)


# O*NET on our scale


@pytest.mark.parametrize(
    ("level", "ours"),
    [(0, 1), (0.87, 1), (0.88, 2), (2, 2), (2.62, 2), (2.63, 3), (4, 3), (4.38, 4), (6, 4), (7, 5)],
)
def test_the_anchors_of_onet_land_on_help_alone_and_helps_others(level: float, ours: int) -> None:
    assert level_from_onet(level) == ours


@pytest.mark.parametrize("level", [-0.1, 7.01])
def test_a_level_off_onets_scale_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="not on the scale"):
        level_from_onet(level)


@given(st.floats(0, 7), st.floats(0, 7))
def test_more_in_onet_is_never_less_here(one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert 1 <= level_from_onet(low) <= level_from_onet(high) <= 5


def test_important_is_asked_and_very_important_is_essential() -> None:
    assert [asked_by_importance(i) for i in (2.99, 3.0)] == [False, True]
    assert [essential_by_importance(i) for i in (3.99, 4.0)] == [False, True]


def test_where_a_framework_names_no_level_we_suggest_one() -> None:
    assert suggested_level(essential=True) == 3
    assert suggested_level(essential=False) == 2
    assert suggested_level(essential=True, level=5) == 5


# What changes when


def test_from_april_high_voltage_goes_from_two_to_four() -> None:
    demands = [
        DatedDemand("High voltage", 2, True, LONG_AGO),
        DatedDemand("High voltage", 4, True, APRIL),
        DatedDemand("Carburettors", 3, False, LONG_AGO),
        DatedDemand("Carburettors", 0, False, APRIL),
        DatedDemand("Battery diagnosis", 2, False, APRIL),
    ]

    changes = changes_ahead(demands, TODAY)

    assert changes == [
        Change(APRIL, "High voltage", 2, 4, essential=True, was_essential=True),
        Change(APRIL, "Carburettors", 3, 0, essential=False, was_essential=False),
        Change(APRIL, "Battery diagnosis", 0, 2, essential=False, was_essential=False),
    ]
    assert [c.is_new for c in changes] == [False, False, True]
    assert [c.ends for c in changes] == [False, True, False]


def test_a_demand_that_repeats_what_holds_is_no_change() -> None:
    demands = [
        DatedDemand("Brakes", 3, True, LONG_AGO),
        DatedDemand("Brakes", 3, True, APRIL),
        DatedDemand("Clutches", 0, False, APRIL),
    ]

    assert changes_ahead(demands, TODAY) == []


def test_becoming_essential_is_a_change() -> None:
    demands = [
        DatedDemand("Brakes", 3, False, LONG_AGO),
        DatedDemand("Brakes", 3, True, APRIL),
    ]

    (change,) = changes_ahead(demands, TODAY)

    assert change.weight_changes


# The picture HR edits


def test_the_picture_shows_now_and_ahead_and_not_what_ended() -> None:
    demands = [
        DatedDemand(1, 2, True, LONG_AGO),
        DatedDemand(1, 4, True, APRIL),
        DatedDemand(2, 3, False, LONG_AGO),
        DatedDemand(2, 0, False, date(2025, 1, 1)),
        DatedDemand(3, 1, False, APRIL),
    ]

    picture = picture_of(demands, TODAY, name_nl="Monteur", name_en="", jobs=[7])

    assert picture == Picture(
        "Monteur",
        "",
        frozenset({7}),
        {1: Ask(2, True, (Later(APRIL, 4, True),)), 3: Ask(0, False, (Later(APRIL, 1),))},
    )


def test_a_range_ahead_is_news_also_where_the_expected_level_stays() -> None:
    demands = [
        DatedDemand("Brakes", 3, False, LONG_AGO),
        DatedDemand("Brakes", 3, False, APRIL, low=2, high=5),
    ]

    (change,) = changes_ahead(demands, TODAY)

    assert (change.lowest, change.after, change.highest) == (2, 3, 5)
    assert not change.is_sure
    assert Later(APRIL, 3, low=2, high=5).in_order
    assert not Later(APRIL, 3, low=4).in_order


def test_two_levels_from_one_date_are_found() -> None:
    assert dates_said_twice([Later(APRIL, 2), Later(APRIL, 3), Later(TODAY, 1)]) == [APRIL]
    assert dates_said_twice([Later(APRIL, 2), Later(TODAY, 2)]) == []


BASE = Picture("Monteur", "Mechanic", frozenset({1}), {1: Ask(2), 2: Ask(3), 3: Ask(1)})


def test_what_only_one_of_two_touched_is_proposed_as_that_one_left_it() -> None:
    mine = Picture("Monteur", "Mechanic", frozenset({1}), {1: Ask(4), 2: Ask(3), 3: Ask(1)})
    theirs = Picture("Monteur", "Mechanic", frozenset({1, 2}), {1: Ask(2), 2: Ask(5), 3: Ask(1)})

    found = {d.part: d for d in differences(BASE, mine, theirs)}

    assert set(found) == {"jobs", "skill-1", "skill-2"}
    assert found["skill-1"].prefer_mine
    assert not found["skill-1"].both_changed
    assert not found["skill-2"].prefer_mine
    assert not found["jobs"].prefer_mine


def test_what_both_touched_is_marked() -> None:
    mine = Picture("Monteur", "Mechanic", frozenset({1}), {1: Ask(4), 2: Ask(3), 3: Ask(1)})
    theirs = Picture("Monteur", "Mechanic", frozenset({1}), {2: Ask(3), 3: Ask(1)})

    (found,) = differences(BASE, mine, theirs)

    assert (found.part, found.mine, found.theirs) == ("skill-1", Ask(4), None)
    assert found.both_changed
    assert found.prefer_mine


def test_joining_takes_the_chosen_parts_and_leaves_the_rest() -> None:
    mine = Picture("Automonteur", "Mechanic", frozenset({1}), {1: Ask(4), 2: Ask(3), 9: Ask(1)})
    theirs = Picture("Monteur", "Technician", frozenset({2}), {1: Ask(5), 2: Ask(4), 3: Ask(1)})

    together = joined(mine, theirs, ["name_nl", "skill-1", "skill-9", "skill-3"])

    assert together == Picture(
        "Automonteur", "Technician", frozenset({2}), {1: Ask(4), 2: Ask(4), 9: Ask(1)}
    )


_ASKS = st.dictionaries(
    st.integers(1, 6), st.builds(Ask, st.integers(1, 5), st.booleans()), max_size=6
)
_PICTURES = st.builds(
    Picture, st.sampled_from(["a", "b"]), st.just(""), st.frozensets(st.integers(1, 3)), _ASKS
)


@given(_PICTURES, _PICTURES, _PICTURES)
def test_choosing_mine_or_theirs_everywhere_gives_mine_or_theirs(
    base: Picture, mine: Picture, theirs: Picture
) -> None:
    parts = [d.part for d in differences(base, mine, theirs)]

    assert joined(mine, theirs, []) == theirs
    all_mine = joined(mine, theirs, parts)
    assert (all_mine.name_nl, all_mine.jobs, dict(all_mine.asks)) == (
        mine.name_nl,
        mine.jobs,
        dict(mine.asks),
    )
