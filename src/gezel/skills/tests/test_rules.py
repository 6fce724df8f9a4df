"""Learning needs and estimates, as cases from practice."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezel.skills.rules import (
    NOTHING_KNOWN,
    DatedDemand,
    Need,
    Piece,
    Requirement,
    demand_on,
    estimate,
    fit,
    history,
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


def test_a_demand_begins_on_its_day_and_zero_ends_it() -> None:
    demands = [
        DatedDemand("Diesel", 4, True, date(2020, 1, 1)),
        DatedDemand("High voltage", 3, True, date(2027, 4, 1)),
        DatedDemand("Diesel", 0, True, date(2027, 4, 1)),
    ]

    assert demand_on(demands, date(2027, 3, 31)) == [Requirement("Diesel", 4, True)]
    assert demand_on(demands, date(2027, 4, 1)) == [Requirement("High voltage", 3, True)]


def test_without_evidence_nothing_is_known() -> None:
    assert estimate([], TODAY) is NOTHING_KNOWN


def test_a_lead_weighs_more_than_ones_own_view() -> None:
    found = estimate(
        [Piece(1, "self", 5, TODAY, "noor"), Piece(2, "lead", 2, TODAY, "daan")], TODAY
    )

    assert 2 < found.level < 3.5
    assert {p.piece.kind: p.share for p in found.parts} == {"self": 0.265, "lead": 0.735}


def test_an_old_opinion_weighs_less_and_leaves_us_less_sure() -> None:
    long_ago = TODAY - timedelta(days=3 * 365)
    fresh = estimate([Piece(1, "lead", 4, TODAY, "daan")], TODAY)
    stale = estimate([Piece(1, "lead", 4, long_ago, "daan")], TODAY)

    assert stale.level == fresh.level == 4
    assert stale.high - stale.low > fresh.high - fresh.low


def test_of_one_rater_only_the_newest_view_counts() -> None:
    found = estimate(
        [
            Piece(1, "lead", 1, TODAY - timedelta(days=90), "daan"),
            Piece(2, "lead", 3, TODAY, "daan"),
        ],
        TODAY,
    )

    assert (found.level, len(found.parts)) == (3, 1)


def test_a_later_piece_does_not_exist_yet() -> None:
    assert estimate([Piece(1, "lead", 4, TODAY, "daan")], TODAY - timedelta(days=1)).parts == ()


def test_more_than_asked_does_not_make_up_for_what_is_missing() -> None:
    assert fit([Requirement("Diesel", 3), Requirement("High voltage", 3)], {"Diesel": 5}) == 0.5
    assert fit([], {}) == 1.0


pieces = st.lists(
    st.builds(
        Piece,
        key=st.integers(),
        kind=st.sampled_from(["self", "colleague", "lead", "module", "certificate"]),
        level=st.integers(1, 5),
        observed_on=st.dates(date(2015, 1, 1), TODAY),
        rater=st.one_of(st.none(), st.integers(1, 4)),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda p: p.key,
)


@given(pieces)
def test_the_parts_add_up_to_the_figure(found: list[Piece]) -> None:
    result = estimate(found, TODAY)

    assert sum(part.adds for part in result.parts) == pytest.approx(result.level)
    assert sum(part.share for part in result.parts) == pytest.approx(1)
    assert 0 <= result.low <= result.level <= result.high <= 5


@given(pieces, st.randoms())
def test_the_order_in_which_evidence_came_in_does_not_matter(found, random) -> None:  # type: ignore[no-untyped-def]
    one_a_day = list({p.observed_on: p for p in found}.values())
    shuffled = random.sample(one_a_day, len(one_a_day))

    assert estimate(shuffled, TODAY).level == pytest.approx(estimate(one_a_day, TODAY).level)


@given(pieces)
@settings(max_examples=1_000)
def test_the_arithmetic_as_printed_gives_the_figure_as_printed(found: list[Piece]) -> None:
    """A reader with a pocket calculator, from shares in tenths of a percent, finds our figure."""
    result = estimate(found, TODAY)
    printed = [(Decimal(f"{100 * p.share:.1f}"), Decimal(str(p.piece.level))) for p in result.parts]

    assert sum(share for share, _level in printed) == 100
    assert sum(share / 100 * level for share, level in printed) == Decimal(f"{result.level:.3f}")


def test_history_tells_the_level_of_each_day_something_was_seen() -> None:
    march, june = date(2026, 3, 1), date(2026, 6, 1)
    told = history([Piece(1, "lead", 2, march, "daan"), Piece(2, "lead", 4, june, "daan")], TODAY)

    assert told == [(march, 2), (june, 4), (TODAY, 4)]
    assert history([], TODAY) == []


def test_later_dates_are_those_on_which_something_else_is_asked() -> None:
    april = date(2027, 4, 1)
    demands = [
        DatedDemand("Diesel", 4, True, date(2020, 1, 1)),
        DatedDemand("Diesel", 2, True, april),
        DatedDemand("High voltage", 3, True, april),
    ]

    assert later_dates(demands, TODAY) == [april]
    assert later_dates(demands, april) == []
