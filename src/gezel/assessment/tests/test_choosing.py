"""Which question comes next, and when there have been enough."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezel.assessment.rules.choosing import (
    Card,
    Pool,
    Rules,
    Stop,
    answers_that_count,
    fixed_form,
    is_exposed,
    next_card,
    pilot_turns,
    played,
    why_stop,
)
from gezel.assessment.rules.measuring import chance, starting_from

STRICT = Rules(best=1, most_exposed=1.0, pilot_every=0)


def a_bank(items: int = 100, parts: int = 4, pilots: int = 0, seed: int = 1) -> list[Card]:
    dice = np.random.default_rng(seed)
    return [
        Card(i, i % parts, float(dice.normal(0, 1.4)), 1.0, pilot=i < pilots)
        for i in range(items)
    ]  # fmt: skip


def sit(
    pool: Pool, ability: float, seed: int, rules: Rules, start: tuple[float, float] = (0.0, 1.5)
) -> tuple[list[int], list[bool], Stop | None]:
    """Someone of this ability takes the whole test."""
    dice = np.random.default_rng(seed + 1_000)
    asked: list[int] = []
    right: list[bool] = []
    while True:
        belief = played(pool, asked, right, start)
        stop = why_stop(pool, asked, belief, rules=rules)
        if stop:
            return asked, right, stop
        card = next_card(pool, asked, belief, seed=seed, rules=rules)
        if card is None:
            return asked, right, None
        asked.append(card.key)
        right.append(bool(dice.random() < chance(ability, card.difficulty, card.slope)))


def test_the_same_seed_and_answers_ask_the_same_questions() -> None:
    cards = a_bank(pilots=6)

    assert sit(Pool(cards), 0.7, 11, Rules()) == sit(Pool(cards), 0.7, 11, Rules())
    assert sit(Pool(cards), 0.7, 11, Rules())[0] != sit(Pool(cards), 0.7, 12, Rules())[0]


def test_nothing_is_asked_twice_and_it_always_ends() -> None:
    for items in (1, 7, 25, 60, 120):
        for seed in range(4):
            asked, _right, stop = sit(Pool(a_bank(items)), 0.0, seed, Rules())
            assert len(set(asked)) == len(asked) <= 25
            assert stop is not None


def test_the_best_is_taken_where_nothing_is_left_to_chance() -> None:
    cards = [Card(i, 0, d) for i, d in enumerate((-2.0, 0.1, 1.9, 0.0))]
    pool = Pool(cards)

    first = next_card(pool, [], starting_from(0, 1), seed=1, rules=STRICT)
    second = next_card(pool, [3], starting_from(1.8, 0.5), seed=1, rules=STRICT)

    assert first is not None
    assert first.key == 3
    assert second is not None
    assert second.key == 2


def test_each_part_has_its_share() -> None:
    for seed in range(10):
        asked, right, _stop = sit(Pool(a_bank(120)), 0.5, seed, Rules(surest=0.01, sure=1.1,
                                  least_gain=-1, pilot_every=0))  # fmt: skip
        parts = [key % 4 for key in asked]
        assert len(right) == 25
        assert {parts.count(p) for p in range(4)} <= {6, 7}


def test_one_in_eight_is_on_trial_and_does_not_count() -> None:
    pool = Pool(a_bank(100, pilots=10))
    rules = Rules(surest=0.01, sure=1.1, least_gain=-1)
    for seed in range(10):
        asked, right, _stop = sit(pool, 0.0, seed, rules)
        turns = [turn for turn, key in enumerate(asked, 1) if key < 10]
        assert turns == sorted(pilot_turns(seed, rules))
        assert all(2 <= t - 8 * row <= 8 for row, t in enumerate(turns))
        assert len(answers_that_count(pool, asked, right)) == len(asked) - len(turns)


def test_barred_items_wait_until_nothing_else_is_left() -> None:
    cards = [Card(0, 0, 0.0, barred=True), Card(1, 0, 3.0)]

    first = next_card(Pool(cards), [], starting_from(0, 1), seed=1, rules=Rules())
    second = next_card(Pool(cards), [1], starting_from(0, 1), seed=1, rules=Rules())

    assert first is not None
    assert first.key == 1
    assert second is not None
    assert second.key == 0
    assert next_card(Pool(cards), [0, 1], starting_from(0, 1), seed=1, rules=Rules()) is None


def test_the_cap_on_exposure_holds() -> None:
    rules = Rules()
    assert not is_exposed(10, 10, rules)  # a new bank does not lock itself
    assert is_exposed(20, 40, rules)
    assert not is_exposed(19, 40, rules)


@pytest.mark.parametrize(
    ("rules", "stop"),
    [
        (Rules(surest=0.6, sure=1.1, pilot_every=0), Stop.PRECISE),
        (Rules(surest=0.01, sure=0.8, pilot_every=0), Stop.SURE),
        (Rules(surest=0.01, sure=1.1, least_gain=-1), Stop.MOST),
        (Rules(surest=0.01, sure=1.1, least_gain=0.05), Stop.NO_GAIN),
    ],
)
def test_it_stops_for_the_reason_that_comes_first(rules: Rules, stop: Stop) -> None:
    assert sit(Pool(a_bank(200)), 0.0, 3, rules)[2] == stop


def test_a_level_is_not_called_sure_before_six_questions() -> None:
    """Also where someone starts with much known."""
    for seed in range(20):
        asked, _right, stop = sit(Pool(a_bank()), 2.9, seed, Rules(), start=(2.77, 1.0))
        assert len(asked) >= 6 or stop is Stop.PRECISE


def test_an_empty_bank_asks_nothing() -> None:
    pool = Pool([Card(1, 0, 0.0, pilot=True)])

    assert why_stop(pool, [], starting_from(0, 1), rules=Rules()) is Stop.EMPTY


def test_a_fixed_form_is_the_same_for_everyone_and_in_balance() -> None:
    cards = a_bank(40, parts=4, pilots=0)
    form = fixed_form(cards, Rules())

    assert form == fixed_form(list(reversed(cards)), Rules())
    assert len(form) == 20
    assert [sum(key % 4 == p for key in form) for p in range(4)] == [5, 5, 5, 5]
    hard = [cards[key].difficulty for key in form]
    assert hard == sorted(hard)
    assert hard[0] < -1 < 1 < hard[-1]


def test_a_fixed_form_of_a_small_bank_is_all_of_it() -> None:
    assert len(fixed_form(a_bank(7), Rules())) == 7
    assert fixed_form([], Rules()) == ()


@settings(max_examples=40, deadline=None)
@given(st.floats(-2.5, 2.5), st.integers(0, 10_000))
def test_the_answers_decide_not_the_order(ability: float, seed: int) -> None:
    pool = Pool(a_bank())
    asked, right, _stop = sit(pool, ability, seed, Rules())
    there = played(pool, asked, right, (0.0, 1.5))
    back = played(pool, asked[::-1], right[::-1], (0.0, 1.5))

    assert there.mean == pytest.approx(back.mean, abs=1e-9)
    assert there.sd == pytest.approx(back.sd, abs=1e-9)


def test_catsim_would_ask_the_same_questions() -> None:
    """A second opinion: on a shared bank, with nothing left to chance, item after item."""
    selection = pytest.importorskip("catsim.selection", reason="catsim is absent: NOT compared")
    from catsim.item_bank import ItemBank

    dice = np.random.default_rng(4)
    a, b = dice.uniform(0.5, 2.0, 150), dice.normal(0, 1, 150)
    theirs = ItemBank(np.column_stack([a, b, np.zeros(150), np.ones(150)]))
    pool = Pool([Card(i, 0, float(b[i]), float(a[i])) for i in range(150)])
    compared = 0
    for ability in (-2.0, -0.5, 0.0, 1.0, 2.2):
        asked: list[int] = []
        right: list[bool] = []
        for _turn in range(30):
            belief = played(pool, asked, right, (0.0, 1.0))
            ours = next_card(pool, asked, belief, seed=1, rules=STRICT)
            peer = selection.MaxInfoSelector().select(
                item_bank=theirs, administered_items=asked, est_theta=belief.mean
            )
            assert ours is not None
            assert ours.key == peer
            asked.append(ours.key)
            right.append(bool(dice.random() < chance(ability, ours.difficulty, ours.slope)))
            compared += 1
    assert compared == 150
