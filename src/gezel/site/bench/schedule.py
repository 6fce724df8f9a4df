"""Schedules: how near the best, and how many more wishes than first come, first served."""

from collections.abc import Iterator
from dataclasses import replace
from statistics import mean
from time import perf_counter, process_time

from gezel.gatherings.rules.schedule import faults, first_come, moved, propose
from gezel.site.bench.figures import Figure, at_least, at_most
from gezel.site.bench.together import case_for_schedule

CASES = range(3)


def measure() -> Iterator[Figure]:
    """Three weeks to be planned, and one planned again when a trainer falls out."""
    gaps, more, taken, waited, broken, kept, anew = [], [], [], [], 0, [], []
    for number in CASES:
        case = case_for_schedule(number)
        began, clock = process_time(), perf_counter()
        found = propose(case)
        taken.append(process_time() - began)
        waited.append(perf_counter() - clock)
        simple = sum(len(s.people) for s in first_come(case))
        gaps.append(100 * found.gap)
        more.append(100 * (found.granted / simple - 1))
        ill = replace(case.trainers[0], free=frozenset())
        less = replace(case, trainers=(ill, *case.trainers[1:]))
        again = propose(replace(less, before=found.sessions), seconds=10)
        broken += len(faults(case, found.sessions)) + len(faults(less, again.sessions))
        kept.append(len(moved(found.sessions, again.sessions)))
        anew.append(len(moved(found.sessions, propose(less, seconds=10).sessions)))
    about = f"{len(gaps)} cases of 30 sessions, 6 rooms, 8 trainers, 200 people, 400 wishes"
    yield at_most(
        "gap to the best schedule there could be", max(gaps), "%", 5,
        conditions=f"largest of {about}; CPU time at most {max(taken):.0f} s of 30, "
        f"on the clock {max(waited):.0f} s",
    )  # fmt: skip
    yield at_least(
        "more wishes than first come, first served", min(more), "%", 10,
        conditions=f"least of {about}, mean {mean(more):.0f} %",
    )  # fmt: skip
    yield at_most("rules a schedule breaks", broken, "", 0, conditions=about)
    yield Figure(
        "people moved when a trainer falls out", mean(kept), "people", mean(anew),
        conditions=f"mean of {about}; beside it planned as if nothing stood",
    )  # fmt: skip
