"""Groups: no broken rule, in time, and how much better than a plain genetic algorithm."""

from collections.abc import Iterator
from statistics import mean
from time import perf_counter, process_time

import numpy as np

from gezel.gatherings.rules.forming import divide
from gezel.gatherings.rules.groups import (
    WORST,
    Case,
    Floats,
    Impossible,
    Ints,
    costs_of_pairs,
    faults,
    worth,
)
from gezel.site.bench.figures import Figure, at_least, at_most
from gezel.site.bench.together import bound_case_for_groups, case_for_groups

MANY = 5_000
COMPARED = range(4)
POPULATION = 100


def measure() -> Iterator[Figure]:
    """Large divisions against a genetic algorithm; small ones against long runs; thousands kept."""
    yield from _large()
    yield _small()
    yield from _sound()


def _large() -> Iterator[Figure]:
    taken, waited, better = [], [], []
    for number in COMPARED:
        case = case_for_groups(number, 120, 5)
        began, clock = process_time(), perf_counter()
        mine = worth(case, divide(case)).total
        taken.append(process_time() - began)
        waited.append(perf_counter() - clock)
        other = genetic(case, taken[-1], number)
        better.append(100 * (other - mine) / abs(other))
    about = f"{len(taken)} divisions of 120 people into groups of 5"
    yield at_most(
        "groups formed, 120 people", max(taken), "s", 3,
        conditions=f"slowest of {about}, CPU time; on the clock {max(waited):.1f} s",
    )  # fmt: skip
    yield at_least(
        "better than a genetic algorithm", min(better), "%", 5,
        conditions=f"least of {about}, same objective and CPU time; mean {mean(better):.0f} %",
    )  # fmt: skip


def genetic(case: Case, seconds: float, seed: int) -> float:
    """A plain genetic algorithm in the manner of gruepr: what its best division costs.

    A division is an order of people, group after group. Parents win small tournaments; a child
    has some whole groups of the one and the order of the other; now and then two people swap.
    Parents and children compete, so the best is never lost.
    """
    rng = np.random.default_rng(seed)
    people, groups = len(case.members), case.groups
    size = people // groups
    pairs = np.zeros((people, people))
    for aspect, matrix in costs_of_pairs(case).items():
        pairs += float(getattr(case.dials, aspect)) * matrix

    def cost(orders: Ints) -> Floats:
        group = orders.reshape(len(orders), groups, size)
        each = 0.5 * pairs[group[:, :, :, None], group[:, :, None, :]].sum(axis=(2, 3))
        total: Floats = each.sum(axis=1) + WORST * groups * each.max(axis=1)
        return total

    orders = np.array([rng.permutation(people) for _ in range(POPULATION)])
    costs = cost(orders)
    until = process_time() + seconds
    while process_time() < until:
        children = []
        for _ in range(POPULATION):
            one, other = (
                min(rng.integers(0, POPULATION, 3), key=lambda at: costs[at]) for _ in range(2)
            )
            first, last = np.sort(rng.integers(0, groups + 1, 2)) * size
            kept = orders[one][first:last]
            free = np.ones(people, dtype=bool)
            free[kept] = False
            rest = orders[other][free[orders[other]]]
            child = np.concatenate((rest[:first], kept, rest[first:]))
            while rng.random() < 0.5:
                a, b = rng.integers(0, people, 2)
                child[a], child[b] = child[b], child[a]
            children.append(child)
        everyone = np.concatenate((orders, np.array(children)))
        all_costs = np.concatenate((costs, cost(np.array(children))))
        best = np.argsort(all_costs)[:POPULATION]
        orders, costs = everyone[best], all_costs[best]
    return float(costs[0])


def _small() -> Figure:
    """Up to 24 people: how far a page's division is from the best of ten long ones."""
    off = []
    sizes = ((12, 3), (16, 4), (20, 5), (24, 4))
    for number, (people, size) in enumerate(sizes):
        case = case_for_groups(number, people, size)
        mine = worth(case, divide(case)).total
        best = min(worth(case, divide(case, seed=s, effort=4)).total for s in range(100, 110))
        off.append(100 * max(0.0, mine - best) / abs(best))
    return at_most(
        "from the best of ten long runs, up to 24 people", max(off), "%", 2,
        conditions=f"furthest of {len(sizes)}, mean {mean(off):.2f} %; objective less is better",
    )  # fmt: skip


def _sound() -> Iterator[Figure]:
    """Random rules: what is found keeps them all, and what is refused cannot be."""
    broken = impossible = unexplained = 0
    for number in range(MANY):
        case = bound_case_for_groups(number)
        try:
            broken += bool(faults(case, divide(case, starts=1, effort=0.02)))
        except Impossible as refusal:
            impossible += 1
            unexplained += not refusal.clash
    about = f"{MANY:,} random cases of 2 to 20 people, {impossible:,} of which cannot be"
    yield at_most("divisions that break a rule", broken, "divisions", 0, conditions=about)
    yield at_most("refusals without a reason", unexplained, "refusals", 0, conditions=about)
