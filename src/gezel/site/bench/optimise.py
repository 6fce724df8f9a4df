"""The plan optimiser: proof in time, no broken rule, and what it closes beyond simpler ways."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from statistics import mean, median
from time import process_time

from gezel.plans.rules.optimise import (
    Impossible,
    best_plan,
    greedy,
    three_plans,
    worth_looking_at,
)
from gezel.plans.rules.planning import Case, faults, ground_of, worth
from gezel.site.bench.cases import a_case
from gezel.site.bench.figures import Figure, at_least, at_most

LARGE = range(15)
MANY = 10_000
SMALL = {"activities": 12, "gaps": 3}
COMPARED = range(100, 124)


def measure() -> Iterator[Figure]:
    """Large cases to proof; ten thousand small ones for soundness; against simpler ways."""
    yield from _to_proof()
    yield from _compared()
    yield _sound()


def _to_proof() -> Iterator[Figure]:
    taken, proven = [], 0
    for number in LARGE:
        case = a_case(number)
        began = process_time()
        plan = best_plan(worth_looking_at(case))
        taken.append(process_time() - began)
        if plan is None:
            taken.pop()  # what is mandatory does not fit its limits: there is nothing to find
        else:
            proven += plan.proven
    about = f"{len(taken)} cases of 400 activities × 15 gaps, from the case to the proof, CPU time"
    yield at_most(
        "best plan proven, 400 activities × 15 gaps", median(taken), "s", 2,
        conditions=f"median of {about}, slowest {max(taken):.1f} s",
    )  # fmt: skip
    yield at_least("best plans proven best", 100 * proven / len(taken), "%", 100, conditions=about)


def _compared() -> Iterator[Figure]:
    """Weighted gap closed at an equal budget, on the same cases, by three ways of choosing."""
    over_greedy, over_popular = [], []
    for number in COMPARED:
        case = replace(a_case(number, activities=120, gaps=8), both_ways=False, worth_a_cent=0)
        small = worth_looking_at(case)
        plan = best_plan(small)
        if plan is None or not plan.worth:
            continue
        one_by_one = worth(ground_of(small), greedy(case))
        popular = worth(ground_of(small), greedy(case, _popular(case, number)))
        over_greedy.append(plan.worth / max(1, one_by_one))
        over_popular.append(plan.worth / max(1, popular))
    about = f"mean of {len(over_greedy)} cases of 120 × 8, equal budget and hours"
    yield at_least(
        "gap closed beyond greedy", 100 * (mean(over_greedy) - 1), "%", 3,
        conditions=f"{about}, median {100 * (median(over_greedy) - 1):.1f} %",
    )  # fmt: skip
    yield Figure(
        "gap closed beyond most popular first", 100 * (mean(over_popular) - 1), "%",
        conditions=f"{about}; what is popular is drawn by chance here",
    )  # fmt: skip


def _popular(case: Case, number: int) -> list[int]:
    keys = [a.key for a in case.activities]
    Random(number).shuffle(keys)
    return keys


def _sound() -> Figure:
    """Three plans each, put to the proof by code that knows nothing of the model."""
    broken = plans = 0
    for number in range(MANY):
        case = a_case(10_000 + number, **SMALL)
        try:
            made = three_plans(case, effort=1)
        except Impossible:
            continue
        plans += len(made)
        broken += sum(bool(faults(case, plan)) for plan in made)
    return at_most(
        "plans that break a rule", broken, "plans", 0,
        conditions=f"{plans:,} plans of {MANY:,} random cases of 12 × 3",
    )  # fmt: skip
