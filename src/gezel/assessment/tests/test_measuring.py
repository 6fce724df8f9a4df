"""From answers to a level: the arithmetic, against what it should be."""

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezel.assessment.rules.measuring import (
    CUTS,
    GRID,
    Answered,
    as_json,
    believed,
    by_part,
    chance,
    information,
    level_of,
    logit_of,
    shown_by,
    start_of,
    starting_from,
)


def test_who_is_one_level_above_an_item_gets_it_right_nine_times_out_of_ten() -> None:
    assert float(chance(logit_of(4), logit_of(3), 1.0)) == pytest.approx(0.9)
    assert float(chance(logit_of(3), logit_of(3), 1.0)) == pytest.approx(0.5)
    assert [round(c / log(9), 1) for c in CUTS] == [-1.5, -0.5, 0.5, 1.5]
    assert level_of(logit_of(2.3)) == pytest.approx(2.3)


def test_the_belief_is_what_the_integral_says() -> None:
    """Against plain numerical integration on a far finer grid."""
    answers = [Answered(0.5, 1.2, True), Answered(-1.0, 0.8, False), Answered(1.5, 1.0, True)]
    fine = np.linspace(-9, 9, 20_001)
    weight = np.exp(-(fine**2) / 2)
    for a in answers:
        p = 1 / (1 + np.exp(-a.slope * (fine - a.difficulty)))
        weight *= p if a.right else 1 - p
    weight /= weight.sum()
    mean = float(weight @ fine)

    belief = believed(starting_from(0, 1), answers)

    assert belief.mean == pytest.approx(mean, abs=1e-4)
    assert belief.sd == pytest.approx(sqrt(float(weight @ (fine - mean) ** 2)), abs=1e-4)


def test_answer_after_answer_is_the_same_as_all_at_once() -> None:
    answers = [Answered(d, 1.0, d < 0.3) for d in (-1.0, 0.0, 0.5, 1.0)]
    step = starting_from(0.2, 1.1)
    for a in answers:
        step = step.after(a.difficulty, a.slope, right=a.right)

    assert np.allclose(step.shares, believed(starting_from(0.2, 1.1), answers).shares)


def test_information_is_greatest_where_it_is_even_odds() -> None:
    worth = information(0.0, np.array([-2.0, 0.0, 2.0]), np.ones(3))

    assert worth.argmax() == 1
    assert worth[1] == pytest.approx(0.25)


@given(st.floats(-4, 4), st.floats(0.4, 2))
def test_the_levels_sum_to_one_also_as_they_are_kept(mean: float, sd: float) -> None:
    levels = starting_from(mean, sd).levels()

    assert sum(levels.values()) == pytest.approx(1)
    assert round(sum(as_json(levels).values()), 9) == 1


def test_a_test_never_starts_surer_than_one_logit() -> None:
    assert start_of(None, None) == (0.0, log(9))
    assert start_of(3.0, 0.1) == (0.0, 1.0)
    assert start_of(2.0, 1.0) == pytest.approx((-log(9), log(9)))
    assert start_of(0.0, 1.0)[0] == pytest.approx(logit_of(1))


def test_what_was_known_before_is_not_in_what_the_ledger_gets() -> None:
    """The ledger holds it already; counted twice, an estimate would grow sure of itself."""
    answers = [Answered(0.0, 1.0, i % 2 == 0) for i in range(12)]

    shown = shown_by(answers)

    assert shown.level == 3
    assert shown.exact == pytest.approx(3.0, abs=0.02)
    # 12 items at even odds: information 12 x 1/4 = 3, so 1/sqrt(3) logit, and a little less for
    # the wide start.
    assert shown.sd == pytest.approx(1 / sqrt(3 + 1 / 16) / log(9), rel=0.05)


def test_all_right_stays_on_the_scale() -> None:
    shown = shown_by([Answered(4.0, 1.0, True)] * 10)

    assert shown.level == 5
    assert 4.5 < shown.exact <= 5
    assert shown.sd > 0


def test_a_part_is_said_to_be_less_only_beyond_chance() -> None:
    weak = [Answered(0.0, 1.0, False, part=1)] * 5
    even = [Answered(0.0, 1.0, i % 2 == 0, part=2) for i in range(6)]
    few = [Answered(0.0, 1.0, False, part=3)] * 2

    told = {p.part: p.stands for p in by_part([*weak, *even, *few], ability=0.0)}

    assert told == {1: "below", 2: "as", 3: "few"}


def test_the_grid_is_wide_enough_for_every_level() -> None:
    assert min(CUTS) - 2.5 > GRID[0]
    assert max(CUTS) + 2.5 < GRID[-1]
    assert float(chance(1.0, 0.0, 2.0)) == pytest.approx(1 / (1 + exp(-2)))
