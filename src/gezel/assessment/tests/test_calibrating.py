"""What answers teach about items."""

import numpy as np
import pytest

from gezel.assessment.rules.calibrating import (
    Priors,
    calibrate,
    predicted,
    without_experts,
)
from gezel.assessment.rules.figures import (
    Taken,
    correlation,
    difference,
    drift,
    figures,
    fit,
    flags,
)
from gezel.assessment.rules.measuring import Floats, chance


def answers_of(
    people: int, difficulty: Floats, slope: Floats, seed: int, missing: float = 0.0
) -> tuple[Floats, Floats]:
    dice = np.random.default_rng(seed)
    ability = dice.normal(0, 1, people)
    p = chance(ability[:, None], difficulty[None, :], slope[None, :])
    right = (dice.random(p.shape) < p).astype(np.float64)
    right[dice.random(p.shape) < missing] = np.nan
    return right, ability


def rmse(a: Floats, b: Floats) -> float:
    return float(np.sqrt(np.mean((a - b) ** 2)))


def test_with_many_answers_the_items_are_found() -> None:
    dice = np.random.default_rng(2)
    b, a = dice.normal(0, 1, 40), dice.uniform(0.7, 1.8, 40)
    right, _ability = answers_of(1_500, b, a, 3)

    found = calibrate(right, Priors(np.zeros(40), sd=3.0))

    assert rmse(found.difficulty, b) < 0.15
    assert rmse(np.log(found.slope), np.log(a)) < 0.15
    z = (found.difficulty - b) / found.difficulty_sd
    assert 0.6 < z.std() < 1.5


def test_few_answers_stay_near_the_expert_and_no_answer_changes_nothing() -> None:
    right = np.full((6, 3), np.nan)
    right[:, 0] = 1.0
    right[:3, 1] = 1.0
    right[3:, 1] = 0.0
    expert = np.array([1.0, 0.0, -1.0])

    found = calibrate(right, Priors(expert, common_sd=0.01))

    assert found.difficulty[2] == pytest.approx(-1.0)
    assert found.difficulty_sd[2] == pytest.approx(0.7)
    assert -0.5 < found.difficulty[0] < 1.0  # six right answers draw it down, not away
    assert found.difficulty_sd[0] < 0.7


@pytest.mark.parametrize(("people", "at_most"), [(10, 0.62), (30, 0.44), (100, 0.3)])
def test_expert_and_answers_together_are_nearer_than_the_expert(
    people: int, at_most: float
) -> None:
    """Experts .7 off. One draw of sixty items, so the bounds lie above what the bench finds."""
    dice = np.random.default_rng(8)
    b = dice.normal(0, 1, 60)
    expert = b + dice.normal(0, 0.7, 60)
    right, _ability = answers_of(people, b, np.ones(60), 9)

    found = calibrate(right, Priors(expert), starts=np.tile([0.0, 1.0], (people, 1)))

    assert rmse(found.difficulty, b) < at_most < rmse(expert, b)


def test_a_slope_of_its_own_comes_only_with_two_hundred_answers() -> None:
    dice = np.random.default_rng(5)
    b, a = dice.normal(0, 1, 20), np.tile([0.5, 2.0], 10)
    right, _ability = answers_of(250, b, a, 6)
    right[150:, :10] = np.nan

    found = calibrate(right, Priors(b))

    assert len({round(float(s), 6) for s in found.slope[:10]}) == 1
    assert len({round(float(s), 6) for s in found.slope[10:]}) == 10
    assert found.slope[11::2].min() > found.slope[10::2].max()


def test_the_level_scale_is_held_by_what_was_believed_before() -> None:
    """People who were believed to be strong do not make the items look easy."""
    dice = np.random.default_rng(12)
    b = dice.normal(0, 1, 40)
    ability = dice.normal(1.5, 1.0, 400)
    right = (dice.random((400, 40)) < chance(ability[:, None], b[None, :], 1.0)).astype(float)

    held = calibrate(right, Priors(b), starts=np.tile([1.5, 1.0], (400, 1)))

    assert abs(float((held.difficulty - b).mean())) < 0.15


def test_what_is_predicted_is_as_often_true_as_it_says() -> None:
    dice = np.random.default_rng(20)
    b, a = dice.normal(0, 1, 20), dice.uniform(0.7, 1.6, 20)
    right, _ability = answers_of(2_000, b, a, 21)
    known = calibrate(right[:1_000], without_experts(right[:1_000]))
    wanted = list(range(1, 20, 2))

    p = predicted(known, right[1_000:], range(0, 20, 2), wanted)

    said, true = p.ravel(), right[1_000:][:, wanted].ravel()
    for low in (0.2, 0.4, 0.6, 0.8):
        there = (said >= low) & (said < low + 0.2)
        assert abs(said[there].mean() - true[there].mean()) < 0.04


def taken(
    ability: Floats, difficulty: float, seed: int, slope: float = 1.0, shift: float = 0.0
) -> list[Taken]:
    dice = np.random.default_rng(seed)
    p = chance(ability, difficulty + shift, slope)
    return [
        Taken(float(t), bool(r), ("a",) if r else (("b", "c")[int(dice.integers(2))],))
        for t, r in zip(ability, dice.random(len(p)) < p, strict=True)
    ]


OPTIONS = [("a", True), ("b", False), ("c", False), ("d", False)]


def test_a_good_item_has_no_flag_but_the_option_nobody_takes() -> None:
    ability = np.random.default_rng(1).normal(0, 1.2, 400)
    seen = figures(taken(ability, 0.2, 2), 0.2, 1.0, OPTIONS)

    assert seen.correlation is not None
    assert seen.correlation > 0.3
    assert flags(seen) == ("unused",)
    assert seen.options[3].ability is None
    assert sum(o.times for o in seen.options) == 400


def test_an_item_that_says_nothing_is_named() -> None:
    dice = np.random.default_rng(1)
    ability = dice.normal(0, 1, 300)
    noise = [Taken(float(t), bool(dice.random() < 0.5), ("a",)) for t in ability]

    seen = figures(noise, 0.0, 1.0, [])

    assert flags(seen)[0] in {"weak", "backwards"}
    assert "misfit" in flags(seen) or seen.infit is not None


def test_a_wrong_option_that_draws_the_able_is_named() -> None:
    answers = [Taken(-1.0, True, ("a",))] * 60 + [Taken(1.0, False, ("b",))] * 60
    seen = figures(answers, 0.0, 1.0, OPTIONS)

    assert flags(seen)[:2] == ("backwards", "lure")


def test_few_answers_say_nothing() -> None:
    seen = figures([Taken(0.0, True, ("a",))] * 49, 0.0, 1.0, OPTIONS)

    assert seen.correlation is None
    assert seen.infit is None
    assert flags(seen) == ("few",)
    assert figures([], 0.0, 1.0, OPTIONS).answers == 0
    assert correlation(np.ones(5), np.array([0, 1, 0, 1, 0.0])) is None


def test_fit_is_one_where_the_curve_is_right() -> None:
    ability = np.random.default_rng(3).normal(0, 1, 5_000)
    right = np.array([t.right for t in taken(ability, 0.0, 4)], dtype=float)

    infit, outfit = fit(ability, right, 0.0, 1.0)

    assert infit == pytest.approx(1, abs=0.05)
    assert outfit == pytest.approx(1, abs=0.08)


def test_an_item_that_is_harder_for_one_group_is_found_and_a_fair_one_is_not() -> None:
    dice = np.random.default_rng(7)
    able, less = dice.normal(0.5, 1, 300), dice.normal(-0.5, 1, 300)

    fair = difference(taken(able, 0, 8), taken(less, 0, 9))
    unfair = difference(taken(able, 0, 8), taken(less, 0, 9, shift=1.5))

    assert fair is not None
    assert fair.grade == "A"
    assert unfair is not None
    assert unfair.grade == "C"
    # In ETS units a difference of 1.5 logit is 1.5 x 2.35 = 3.5, harder for the second.
    assert unfair.delta == pytest.approx(-3.5, abs=1.2)


def test_no_group_below_fifty_is_compared() -> None:
    ability = np.random.default_rng(7).normal(0, 1, 60)

    assert difference(taken(ability, 0, 1), taken(ability[:49], 0, 2)) is None
    assert drift(taken(ability, 0, 1)) is None


def test_an_item_that_leaked_has_drifted() -> None:
    ability = np.random.default_rng(7).normal(0, 1, 300)

    moved = drift([*taken(ability, 0.5, 1), *taken(ability, 0.5, 2, shift=-2.0)])

    assert moved is not None
    assert moved.grade == "C"
    assert moved.delta > 0
