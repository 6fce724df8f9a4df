"""Whether the skill test is as good for one group of people as for another.

A group is never something the test counts with; here it is only what answers are compared by,
on real answers of others that tell it, in groups of fifty and more (engines.md, house rule 5).
For each group: how surely the odd items predict the even ones (log loss), whether what was
predicted came about as often as said (calibration error), and whether people do better or worse
than predicted (bias). And how many items are harder for one group than for equally able people
of the other (Mantel-Haenszel, class C). Learned and tested on other persons, four folds.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gezel.assessment.rules.figures import FEWEST_A_GROUP, Taken, difference
from gezel.assessment.rules.measuring import Floats
from gezel.site.bench.adaptive import (
    DATA,
    FOLDS,
    SEED,
    log_loss,
    odd_to_even,
    responses,
    rows_in,
)
from gezel.site.bench.figures import Figure, at_most, skipped

# The data sets that tell a group, and the column that does.
GROUPED = {"cdm_timss07_G4_lee": "girl", "verbal_aggression_long": "Gender"}
# engines.md, section 5, for groups of a risk model; we ask the same of a test.
MOST_OFF = 0.05
BINS = 10


def measure() -> Iterator[Figure]:
    """Per data set and group: calibration error, bias, log loss; and items of class C."""
    folder = DATA / "item_responses"
    for name, column in GROUPED.items():
        file = folder / f"{name}.csv.gz"
        read = responses(file) if file.exists() else None
        if read is None:
            yield skipped(f"fairness: {name}", f"no data beside this checkout ({folder.name})")
            continue
        yield from _audit(name, read[0], _groups(file, column))


def _groups(file: Path, column: str) -> list[str]:
    """The group of each person, in the order in which `responses` has them."""
    rows = rows_in(file)
    if "id" in rows[0] and "item" in rows[0]:
        return list({row["id"]: row[column] for row in rows}.values())
    return [row[column] for row in rows]


def _audit(name: str, right: Floats, groups: list[str]) -> Iterator[Figure]:
    told = np.array(groups)
    predicted = np.full((len(right), right[:, 1::2].shape[1]), np.nan)
    order = np.random.default_rng(SEED + 6).permutation(len(right))
    for test in np.array_split(order, FOLDS):
        train = np.setdiff1d(order, test)
        predicted[test] = odd_to_even(right[train], right[test])[0]
    true = right[:, 1::2]
    compared = [g for g in sorted(set(groups)) if (told == g).sum() >= FEWEST_A_GROUP]
    for group in compared:
        own = told == group
        p, came = predicted[own], true[own]
        where = f"{own.sum()} people; learned on other persons, {FOLDS} folds"
        yield at_most(f"fairness: {name}, group {group}, calibration error",
                      calibration_error(p, came), "", MOST_OFF, conditions=where)  # fmt: skip
        there = ~np.isnan(came)
        yield at_most(f"fairness: {name}, group {group}, right more or less often than predicted",
                      abs(float((came[there] - p[there]).mean())), "", MOST_OFF,
                      conditions=where)  # fmt: skip
        yield Figure(f"fairness: {name}, group {group}, log loss", log_loss(p, came), "",
                     baseline=log_loss(predicted, true),
                     conditions=f"{where}; baseline: all")  # fmt: skip
    if len(compared) == 2:
        first, second = (told == group for group in compared)
        found = [_harder(right, item, first, second) for item in range(right.shape[1])]
        yield Figure(f"fairness: {name}, items of class C", float(sum(found)), "items",
                     conditions=f"of {len(found)}; Mantel-Haenszel on the rest score")  # fmt: skip


def calibration_error(p: Floats, came: Floats) -> float:
    """How far what was predicted is off from how often it came about, over ten equal parts."""
    there = ~np.isnan(came)
    said, was = p[there], came[there]
    order = np.argsort(said, kind="stable")
    parts = np.array_split(order, BINS)
    off = [len(part) * abs(float(said[part].mean() - was[part].mean())) for part in parts]
    return sum(off) / len(said)


def _harder(right: Floats, item: int, first: NDArray[np.bool_], second: NDArray[np.bool_]) -> bool:
    rest = np.nanmean(np.delete(right, item, axis=1), axis=1)
    asked = ~np.isnan(right[:, item])

    def taken(group: NDArray[np.bool_]) -> list[Taken]:
        return [Taken(float(rest[i]), bool(right[i, item])) for i in np.flatnonzero(group & asked)]

    found = difference(taken(first), taken(second))
    return found is not None and found.grade == "C"


__all__ = ["calibration_error", "measure"]
