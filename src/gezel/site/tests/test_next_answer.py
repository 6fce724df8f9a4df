"""What the bench says of next answers rests on nothing that comes after them."""

import warnings

import numpy as np
import pytest

from gezel.site.bench import next_answer, tracing
from gezel.site.bench.tracing import Answers


def _simulated(seed: int, learners: int, *, first: int = 0) -> Answers:
    """Learners of different levels on thirty steps, each twice, in the same order."""
    dice = np.random.default_rng(seed)
    hard = np.random.default_rng(0).normal(0, 1, 30)
    skill = np.tile(np.arange(30), 2)
    level = dice.normal(0, 1.2, learners)
    chance = 1 / (1 + np.exp(hard[skill] - level[:, None]))
    right = dice.random(chance.shape) < chance
    return Answers(
        np.repeat(np.arange(first, first + learners), 60),
        np.tile(skill, learners),
        right.astype(np.int64).ravel(),
    )


def _said(train: Answers, test: Answers) -> tracing.Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return next_answer.predict(train, test)


def test_it_sees_who_does_better_and_nothing_of_what_follows() -> None:
    train, test = _simulated(1, 60), _simulated(2, 20, first=100)
    said = _said(train, test)
    plain = train.correct.reshape(60, 60).mean(0)[:30][test.skill]
    assert tracing.auc(test.correct, said) > tracing.auc(test.correct, plain) + 0.03

    turned = test.correct.copy()
    turned[45:60] = 1 - turned[45:60]
    again = _said(train, Answers(test.learner, test.skill, turned))
    assert np.array_equal(again[:46], said[:46])
    assert not np.allclose(again[46:60], said[46:60])
    assert np.array_equal(again[60:], said[60:])


def test_a_skill_nobody_met_is_answered_too() -> None:
    train = _simulated(1, 30)
    test = Answers(np.array([9, 9]), np.array([777, 3]), np.array([1, 0]))
    said = _said(train, test)
    assert ((said > 0) & (said < 1)).all()


def test_an_answer_written_once_per_skill_becomes_one() -> None:
    dice = np.random.default_rng(3)
    right = dice.integers(0, 2, 40)
    # Each answer stands there for skill 5 and again for skill 8; in between one of skill 2.
    rows = [(0, s, int(r)) for r in right for s in (5, 8)] + [(0, 2, 1), (1, 8, 0), (1, 5, 1)]
    given = Answers(*np.array(rows).T)
    twice = tracing.written_twice(given)
    assert twice == {(5, 8)}
    [once] = tracing.merged([given], twice)
    assert len(once) == 43
    assert once.correct.tolist() == [*right.tolist(), 1, 0, 1]
    assert len(set(once.skill.tolist())) == 4
    assert tracing.written_twice(once) == frozenset()


def test_easy_steps_that_mostly_agree_are_two_answers() -> None:
    right = np.random.default_rng(5).random((200, 2)) < 0.98
    given = Answers(np.repeat(np.arange(200), 2), np.tile([5, 8], 200), right.astype(int).ravel())
    assert (right[:, 0] == right[:, 1]).mean() > 0.95
    assert tracing.written_twice(given) == frozenset()


def test_learners_are_in_one_fold_only() -> None:
    given = _simulated(4, 10)
    tested = [set(test.learner.tolist()) for _train, test in tracing.folds(given, 3)]
    assert set.union(*tested) == set(range(10))
    assert sum(len(part) for part in tested) == 10
    assert all(
        not set(train.learner.tolist()) & set(test.learner.tolist())
        for train, test in tracing.folds(given, 3)
    )


def test_the_area_counts_ties_for_half() -> None:
    right = np.array([1, 1, 0, 0])
    assert tracing.auc(right, np.array([0.9, 0.5, 0.5, 0.1])) == pytest.approx(0.875)
    assert tracing.calibration_error(right, np.array([0.95, 0.95, 0.05, 0.05])) == pytest.approx(
        0.05
    )
