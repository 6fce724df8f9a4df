"""Places by wish: as many as can be, then by the best wishes; held beside trying everything."""

from itertools import product
from random import Random

from gezel.gatherings.rules.placing import COSTS, Unplaced, Wish, place


def test_nobody_goes_without_to_give_another_a_better_wish() -> None:
    placing = place([Wish(1, (10, 11)), Wish(2, (10,))], {10: 1, 11: 1})

    assert placing.session == {1: 11, 2: 10}
    assert placing.rank == {1: 2, 2: 1}
    assert placing.by_rank == {1: 1, 2: 1, 3: 0, 4: 0, 5: 0}
    assert placing.unplaced == ()


def test_who_goes_without_hears_why() -> None:
    placing = place([Wish(1, (10,)), Wish(2, (10,)), Wish(3, ()), Wish(4, (99,))], {10: 1, 99: 0})

    assert len(placing.session) == 1
    assert Unplaced(3, "no wish", ()) in placing.unplaced
    assert Unplaced(4, "no seats", (99,)) in placing.unplaced
    assert [u.why for u in placing.unplaced].count("full") == 1


def test_a_wish_said_twice_counts_once_and_only_five_count() -> None:
    placing = place([Wish(1, (10, 10, 11))], {11: 1})
    assert placing.rank == {1: 2}

    assert place([Wish(1, (1, 2, 3, 4, 5, 6))], {6: 1}).session == {}


def test_nobody_asks_anything() -> None:
    assert place([], {}).session == {}


def test_it_is_the_best_there_is() -> None:
    """Held beside every placing there could be, in two hundred small cases."""
    tight = 0
    for number in range(200):
        chance = Random(number)
        sessions = range(4)
        seats = {s: chance.randint(0, 2) for s in sessions}
        wishes = [
            Wish(key, tuple(chance.sample(sessions, chance.randint(0, 3)))) for key in range(5)
        ]
        placing = place(wishes, seats)

        assert all(sum(at == s for at in placing.session.values()) <= seats[s] for s in sessions)
        assert len(placing.session) + len(placing.unplaced) == len(wishes)
        found = (
            len(placing.unplaced), sum(COSTS[rank - 1] for rank in placing.rank.values())
        )  # fmt: skip
        assert found == _best(wishes, seats)
        tight += bool(placing.unplaced)
    assert 20 < tight < 200


def _best(wishes: list[Wish], seats: dict[int, int]) -> tuple[int, int]:
    every = []
    for choice in product(*[(None, *range(len(w.sessions))) for w in wishes]):
        taken = [w.sessions[c] for w, c in zip(wishes, choice, strict=True) if c is not None]
        if all(taken.count(s) <= seats[s] for s in set(taken)):
            every.append((choice.count(None), sum(COSTS[c] for c in choice if c is not None)))
    return min(every)
