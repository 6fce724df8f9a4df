"""Places: ten thousand people with five wishes each, and what first come, first served gives."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from gezel.gatherings.rules.placing import COSTS, Wish, place
from gezel.site.bench.figures import Figure, at_most, seconds
from gezel.site.bench.together import wishes_for_places


def measure() -> Iterator[Figure]:
    """How long it takes, and who goes without beside first come, first served."""
    wishes, seats = wishes_for_places(1)
    placed = place(wishes, seats)
    about = (
        f"10,000 people × 5 wishes on 500 sessions with {sum(seats.values()):,} seats; "
        f"{placed.by_rank[1]:,} get their first wish"
    )
    yield at_most(
        "people placed by their wishes", seconds(lambda: place(wishes, seats), cpu=True), "s", 1,
        conditions=f"{about}, CPU time",
    )  # fmt: skip
    rank = _first_come(wishes, seats)
    yield Figure(
        "people without a place", len(placed.unplaced), "people", len(wishes) - len(rank),
        conditions=f"{about}; beside it first come, first served",
    )  # fmt: skip
    yield Figure(
        "mean cost of rank of who has a place", _mean_cost(placed.rank), "", _mean_cost(rank),
        conditions=f"{about}; beside it first come, first served",
    )  # fmt: skip


def _first_come(wishes: Sequence[Wish], seats: Mapping[int, int]) -> dict[int, int]:
    left = Counter(seats)
    rank = {}
    for wish in wishes:
        for at, session in enumerate(wish.sessions):
            if left[session]:
                left[session] -= 1
                rank[wish.person] = at + 1
                break
    return rank


def _mean_cost(rank: Mapping[int, int]) -> float:
    return sum(COSTS[r - 1] for r in rank.values()) / len(rank)
