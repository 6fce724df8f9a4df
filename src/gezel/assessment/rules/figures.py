"""What answers tell about items: which are too easy, which say nothing, which are unfair.

Sources: share right and item-rest correlation as classical test theory has them (Lord & Novick
1968; below .20 an item hardly separates: Ebel & Frisbie 1991, "Essentials of Educational
Measurement"); infit and outfit mean squares with 0.7-1.3 as usual for tests (Wright & Linacre 1994,
"Reasonable mean-square fit values", Rasch Measurement Transactions 8); Mantel-Haenszel for
difference between groups (Holland & Thayer 1988) with the classes A, B, C of ETS (Zieky 1993),
matched on the ability found in an adaptive test instead of a sum score (Zwick, Thayer & Wingersky
1994); options nobody takes: fewer than 5 % (Haladyna & Downing 1993).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from gezel.assessment.rules.measuring import Floats, chance

FEWEST_FOR_FIT = 50
FEWEST_A_GROUP = 50
STRATA = 5
WEAK = 0.2
FIT = (0.7, 1.3)
UNUSED = 0.05
EASY, HARD = 0.95, 0.15


@dataclass(frozen=True, slots=True)
class Taken:
    """One answer to one item: who stood where (logit), what they chose, whether it was right."""

    ability: float
    right: bool
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OptionTaken:
    """How often an option was taken, and by whom: their mean ability, in logits."""

    key: str
    right: bool
    times: int
    share: float
    ability: float | None


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What is known about an item from its answers. None: too few answers to say."""

    answers: int
    share_right: float
    correlation: float | None
    infit: float | None
    outfit: float | None
    options: tuple[OptionTaken, ...]


def figures(
    taken: Sequence[Taken], difficulty: float, slope: float, options: Sequence[tuple[str, bool]]
) -> ItemFigures:
    """The figures of one item.

    Args:
        options: key and rightness of each option, in order; empty where nothing is chosen.
    """
    many = len(taken)
    if not many:
        return ItemFigures(0, 0.0, None, None, None, ())
    ability = np.array([t.ability for t in taken])
    right = np.array([t.right for t in taken], dtype=np.float64)
    enough = many >= FEWEST_FOR_FIT
    infit, outfit = fit(ability, right, difficulty, slope) if enough else (None, None)
    return ItemFigures(
        answers=many,
        share_right=float(right.mean()),
        correlation=correlation(ability, right) if enough else None,
        infit=infit,
        outfit=outfit,
        options=tuple(_option(key, good, taken) for key, good in options),
    )


def _option(key: str, right: bool, taken: Sequence[Taken]) -> OptionTaken:
    own = [t.ability for t in taken if key in t.chosen]
    return OptionTaken(
        key, right, len(own), len(own) / len(taken), float(np.mean(own)) if own else None
    )


def correlation(ability: Floats, right: Floats) -> float | None:
    """Item-rest correlation: point-biserial of being right with the ability the other answers show.

    None where all were right or all wrong, or all are equally able: then nothing can be said.
    """
    if right.std() == 0 or ability.std() == 0:
        return None
    return float(np.corrcoef(ability, right)[0, 1])


def fit(ability: Floats, right: Floats, difficulty: float, slope: float) -> tuple[float, float]:
    """Infit and outfit mean squares (expected 1): how far answers lie off the curve.

    Infit weighs by information, so it sees odd answers near the difficulty; outfit does not, so
    it sees slips far away. Above 1: noisier than expected; below: too good to be true.
    """
    p = chance(ability, difficulty, slope)
    spread = np.maximum(p * (1 - p), 1e-6)
    off = (right - p) ** 2
    return float(off.sum() / spread.sum()), float((off / spread).mean())


@dataclass(frozen=True, slots=True)
class Difference:
    """Mantel-Haenszel between two groups: delta in ETS units (negative: harder for the second
    group), its standard error, the number in each group, and the class A, B or C."""

    delta: float
    se: float
    first: int
    second: int
    grade: str


def difference(first: Sequence[Taken], second: Sequence[Taken]) -> Difference | None:
    """Whether an item is harder for one group than for equally able people of the other.

    None where a group has fewer than 50 answers: then the figure says more about chance, and
    about these few people, than about the item.

    Standard error: Phillips & Holland (1987). C: |delta| >= 1.5 and surely above 1; A: below 1 or
    not different from nothing (both at 5 %, one- and two-sided); B: in between.
    """
    if min(len(first), len(second)) < FEWEST_A_GROUP:
        return None
    together = np.array([t.ability for t in (*first, *second)])
    edges = np.quantile(together, np.linspace(0, 1, STRATA + 1)[1:-1])
    tables = np.zeros((STRATA, 4))
    for column, group in ((0, first), (2, second)):
        for t in group:
            tables[int(np.searchsorted(edges, t.ability)), column + (not t.right)] += 1
    whole = tables.sum(axis=1)
    a, b, c, d = tables[whole > 0].T
    whole = whole[whole > 0]
    over, under = float((a * d / whole).sum()), float((b * c / whole).sum())
    if over <= 0 or under <= 0:
        return None
    ratio = over / under
    told = (a * d + ratio * b * c) * (a + d + ratio * (b + c)) / whole**2
    se = 2.35 * sqrt(float(told.sum()) / (2 * over**2))
    delta = -2.35 * log(ratio)
    grade = "B"
    if abs(delta) < 1 or abs(delta) / se < 1.96:
        grade = "A"
    elif abs(delta) >= 1.5 and (abs(delta) - 1) / se > 1.645:
        grade = "C"
    return Difference(delta, se, len(first), len(second), grade)


def drift(in_order: Sequence[Taken]) -> Difference | None:
    """Whether an item grew easier or harder over time (it leaked, the work changed): its older
    answers against its newer ones, matched on ability."""
    middle = len(in_order) // 2
    return difference(in_order[:middle], in_order[middle:])


def flags(
    seen: ItemFigures,
    groups: Sequence[tuple[Hashable, Difference | None]] = (),
    moved: Difference | None = None,
) -> tuple[str, ...]:
    """What deserves a look, as codes that the page puts into words, the gravest first."""
    found: list[str] = []
    if seen.answers < FEWEST_FOR_FIT:
        return ("few",)
    wrong = [o for o in seen.options if not o.right and o.ability is not None]
    good = [o.ability for o in seen.options if o.right and o.ability is not None]
    if seen.correlation is not None and seen.correlation < 0:
        found.append("backwards")
    elif seen.correlation is not None and seen.correlation < WEAK:
        found.append("weak")
    if good and any(o.ability > min(good) and o.share >= UNUSED for o in wrong
                    if o.ability is not None):  # fmt: skip
        found.append("lure")
    if seen.infit is not None and not FIT[0] <= seen.infit <= FIT[1]:
        found.append("misfit")
    if any(d is not None and d.grade == "C" for _group, d in groups):
        found.append("unfair")
    if moved is not None and moved.grade == "C":
        found.append("drift")
    if seen.share_right >= EASY:
        found.append("easy")
    if seen.share_right <= HARD:
        found.append("hard")
    if any(not o.right and o.share < UNUSED for o in seen.options):
        found.append("unused")
    return tuple(found)
