"""Who goes to which session, when many wish for the same: the best for all together, exactly.

Everyone names up to five sessions in their order. A place by a first wish counts most, and any
place counts far more than the order of wishes, so nobody goes without a place to give others a
higher wish. Solved as a flow of least cost (OR-tools): from people through wishes to seats.
Equals are settled by the order in which people come in, never by who they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gezel.kit import late

# What each rank costs: from the first wish to the second is a small step, to the fifth a large one.
COSTS = (0, 2, 5, 9, 14)
Why = Literal["no wish", "full", "no seats"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What someone wishes, most wanted first."""

    person: int
    sessions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Someone without a place, and why: of what they wished, these are full or never had seats."""

    person: int
    why: Why
    sessions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Placing:
    """Who goes where, by which rank of their wishes (1 is the first), and who goes nowhere."""

    session: Mapping[int, int]
    rank: Mapping[int, int]
    unplaced: tuple[Unplaced, ...]

    @property
    def by_rank(self) -> dict[int, int]:
        """How many got their first wish, their second, and so on."""
        counts = dict.fromkeys(range(1, len(COSTS) + 1), 0)
        for rank in self.rank.values():
            counts[rank] += 1
        return counts


def place(wishes: Sequence[Wish], seats: Mapping[int, int]) -> Placing:
    """As many people placed as can be, and by the best wishes.

    Args:
        wishes: one for each person; more than five are not looked at.
        seats: for each session how many; a session not in it has none.
    """
    ranked = [
        (at, session, rank)
        for at, wish in enumerate(wishes)
        for rank, session in enumerate(dict.fromkeys(wish.sessions[: len(COSTS)]))
        if seats.get(session, 0) > 0
    ]
    chosen = _flow(len(wishes), ranked, seats)
    session_of = {wishes[at].person: session for at, session, _ in chosen}
    rank_of = {wishes[at].person: rank + 1 for at, _, rank in chosen}
    return Placing(
        session=session_of,
        rank=rank_of,
        unplaced=tuple(_unplaced(wish, seats) for wish in wishes if wish.person not in session_of),
    )


def _unplaced(wish: Wish, seats: Mapping[int, int]) -> Unplaced:
    sessions = tuple(dict.fromkeys(wish.sessions[: len(COSTS)]))
    if not sessions:
        return Unplaced(wish.person, "no wish", ())
    open_ones = tuple(s for s in sessions if seats.get(s, 0) > 0)
    return Unplaced(wish.person, "full" if open_ones else "no seats", open_ones or sessions)


def _flow(
    people: int, ranked: Sequence[tuple[int, int, int]], seats: Mapping[int, int]
) -> list[tuple[int, int, int]]:
    """The wishes that are granted."""
    if not ranked:
        return []
    sessions = {session: at for at, session in enumerate(sorted({s for _, s, _ in ranked}))}
    source, sink = people + len(sessions), people + len(sessions) + 1
    who = np.array([at for at, _, _ in ranked])
    where = np.array([people + sessions[session] for _, session, _ in ranked])
    price = np.array([COSTS[rank] for _, _, rank in ranked])
    everyone = np.arange(people)
    every = np.arange(people, people + len(sessions))
    room = np.array([min(seats[session], people) for session in sessions])
    # More than any chain of others could gain: a place is never given up for better ranks.
    without = COSTS[-1] * (min(people, len(sessions)) + 1) + 1
    graph = late.min_cost_flow.SimpleMinCostFlow()
    arcs = graph.add_arcs_with_capacity_and_unit_cost(who, where, np.ones_like(who), price)
    graph.add_arcs_with_capacity_and_unit_cost(
        np.full(people, source), everyone, np.ones(people, dtype=int), np.zeros(people, dtype=int)
    )
    graph.add_arcs_with_capacity_and_unit_cost(
        every, np.full(len(every), sink), room, np.zeros(len(every), dtype=int)
    )
    # Who goes without a place, goes this way.
    graph.add_arcs_with_capacity_and_unit_cost(
        everyone, np.full(people, sink), np.ones(people, dtype=int), np.full(people, without)
    )
    graph.set_node_supply(source, people)
    graph.set_node_supply(sink, -people)
    status = graph.solve()
    if status != graph.OPTIMAL:
        raise RuntimeError(f"The flow has no solution: {status}")
    granted = np.flatnonzero(graph.flows(arcs) > 0)
    return [ranked[int(at)] for at in granted]
