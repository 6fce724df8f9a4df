"""Dividing people over groups: what is asked, what may never be, and what a division is worth.

Every wish for a division is put as something about two people in one group: how much their
levels differ, whether they work in one unit, have been in a group before, or asked for each
other. Each of these is set to mean nought and spread one over all pairs, so that a division made
by chance is worth about nought, and a dial of 2 counts twice a dial of 1 whatever it is about.
That levels spread evenly when the differences within groups are large is anticlustering
(Papenberg & Klau 2021); with the squares beside the levels, groups come to resemble each other in
mean and in spread (k-plus, Papenberg 2024).

A division costs the sum over its groups, and a quarter as much again for the worst of them:
nobody should land in the group that pays for the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Aspect = Literal["levels", "units", "new", "wishes"]
ASPECTS: tuple[Aspect, ...] = ("levels", "units", "new", "wishes")
Kind = Literal["sizes", "together", "apart", "alone", "times", "locked"]

# What the worst group counts beside the sum of all: this share of the number of groups.
WORST = 0.25
# Who met often is no stranger either way; more than this makes no difference.
MEETINGS_COUNT = 3

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Member:
    """Someone to be placed in a group.

    `level` is None where nobody knows: that person pulls at no side. `times` are the parts of the
    day in which they work; none means any.
    """

    key: int
    level: float | None = None
    unit: int | None = None
    marks: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    wishes: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Dials:
    """How much each wish counts, 0 (not) to 3 (most)."""

    levels: int = 2
    units: int = 2
    new: int = 1
    wishes: int = 1
    even: int = 2


@dataclass(frozen=True, slots=True)
class Case:
    """A division to be made: the people, how many groups, what must hold and what is wished.

    `together` and `apart` hold sets of keys: all of one set in one group; no two of one set in
    one group. `locked` says who stays in which group. A mark (`not_alone`) may not be carried by
    one person only in a group. With `same_times` a group has a part of the day that all work in.
    """

    members: tuple[Member, ...]
    groups: int
    smallest: int = 1
    largest: int = 10_000
    together: tuple[frozenset[int], ...] = ()
    apart: tuple[frozenset[int], ...] = ()
    not_alone: frozenset[str] = frozenset()
    same_times: bool = False
    locked: Mapping[int, int] = field(default_factory=dict)
    met: Mapping[frozenset[int], int] = field(default_factory=dict)
    dials: Dials = Dials()


# The group of each member, in the order of `Case.members`.
Division = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that a division breaks, or that stands in the way of any: whom and where."""

    kind: Kind
    members: tuple[int, ...] = ()
    group: int | None = None
    mark: str = ""


class Impossible(Exception):  # noqa: N818 - reads as what it is where it is raised
    """No division keeps all these rules; leaving out any one of `clash` would help.

    `sure` is False where only the search gave up: then nobody knows.
    """

    def __init__(self, clash: Sequence[Fault], *, sure: bool = True) -> None:
        super().__init__(", ".join(fault.kind for fault in clash))
        self.clash = tuple(clash)
        self.sure = sure


def sizes_for(people: int, *, groups: int) -> tuple[int, int]:
    """The smallest and largest size when people are divided as evenly as can be."""
    return people // groups, -(-people // groups)


def groups_of(case: Case, division: Division) -> list[list[Member]]:
    """The members of each group."""
    found: list[list[Member]] = [[] for _ in range(case.groups)]
    for member, group in zip(case.members, division, strict=True):
        found[group].append(member)
    return found


def faults(case: Case, division: Division) -> list[Fault]:
    """What a division breaks, looked at person by person as one would by hand."""
    where = {m.key: g for m, g in zip(case.members, division, strict=True)}
    found = [
        Fault("locked", (key,), group)
        for key, group in case.locked.items()
        if key in where and where[key] != group
    ]
    found += [
        Fault("together", tuple(sorted(rule)))
        for rule in case.together
        if len({where[key] for key in rule if key in where}) > 1
    ]
    for rule in case.apart:
        for one, other in combinations(sorted(key for key in rule if key in where), 2):
            if where[one] == where[other]:
                found.append(Fault("apart", (one, other), where[one]))
    for number, group in enumerate(groups_of(case, division)):
        if not case.smallest <= len(group) <= case.largest:
            found.append(Fault("sizes", group=number))
        for mark in sorted(case.not_alone):
            marked = [m.key for m in group if mark in m.marks]
            if len(marked) == 1:
                found.append(Fault("alone", (marked[0],), number, mark))
        bound = [m.times for m in group if m.times]
        if case.same_times and bound and not frozenset.intersection(*bound):
            found.append(Fault("times", tuple(m.key for m in group if m.times), number))
    return found


# -- what it is worth -----------------------------------------------------------------------------


def _standard(pairs: Floats) -> Floats:
    """Mean nought and spread one over the pairs; all noughts where pairs do not differ."""
    count = len(pairs)
    if count < 2:
        return np.zeros_like(pairs)
    upper = pairs[np.triu_indices(count, 1)]
    spread = float(upper.std())
    if spread < 1e-9:
        return np.zeros_like(pairs)
    standard: Floats = (pairs - upper.mean()) / spread
    np.fill_diagonal(standard, 0.0)
    return standard


def _levels(members: Sequence[Member]) -> Floats:
    known = np.array([np.nan if m.level is None else m.level for m in members], dtype=float)
    if np.isnan(known).all():
        return np.zeros((len(members), len(members)))
    centred = np.nan_to_num(known - np.nanmean(known))
    features = []
    for values in (centred, np.where(np.isnan(known), np.nan, centred**2)):
        mean = np.nanmean(values)
        spread = float(np.nanstd(values))
        if spread > 1e-9:
            features.append(np.nan_to_num((values - mean) / spread))
    apart = np.zeros((len(members), len(members)))
    for values in features:
        apart -= (values[:, None] - values[None, :]) ** 2
    return apart


def costs_of_pairs(case: Case) -> dict[Aspect, Floats]:
    """For each aspect what it costs to have two people in one group, before the dials."""
    place = {m.key: at for at, m in enumerate(case.members)}
    count = len(case.members)
    units = np.array([-1 if m.unit is None else m.unit for m in case.members])
    same = ((units[:, None] == units[None, :]) & (units[:, None] >= 0)).astype(float)
    met = np.zeros((count, count))
    for pair, times in case.met.items():
        here = [place[key] for key in pair if key in place]
        if len(here) == 2:
            met[here[0], here[1]] = met[here[1], here[0]] = min(times, MEETINGS_COUNT)
    wished = np.zeros((count, count))
    for at, member in enumerate(case.members):
        for key in member.wishes:
            if key in place and key != member.key:
                wished[at, place[key]] -= 1
                wished[place[key], at] -= 1
    told: dict[Aspect, Floats] = {
        "levels": _levels(case.members), "units": same, "new": met, "wishes": wished,
    }  # fmt: skip
    return {aspect: _standard(pairs) for aspect, pairs in told.items()}


@dataclass(frozen=True, slots=True)
class Worth:
    """What a division costs (less is better), in all and by aspect; chance costs about nought."""

    total: float
    aspects: Mapping[Aspect, float]
    even: float
    groups: tuple[float, ...]


def one_hot(division: Sequence[int], groups: int) -> Floats:
    """A column for each group with a one for its members."""
    table = np.zeros((len(division), groups))
    table[np.arange(len(division)), list(division)] = 1.0
    return table


def uneven(case: Case, sizes: Floats | Ints) -> Floats:
    """What the sizes of groups cost, group by group."""
    off = np.asarray(sizes, dtype=np.float64) - len(case.members) / case.groups
    cost: Floats = float(case.dials.even) * off * off
    return cost


def together_cost(groups: Iterable[float]) -> float:
    """One figure for a division out of those of its groups."""
    each = list(groups)
    return sum(each) + WORST * len(each) * max(each, default=0.0)


def worth(case: Case, division: Division, pairs: Mapping[Aspect, Floats] | None = None) -> Worth:
    """What a division costs, reckoned anew from the pairs."""
    told = costs_of_pairs(case) if pairs is None else pairs
    table = one_hot(division, case.groups)
    by_aspect: dict[Aspect, Floats] = {
        aspect: 0.5 * ((matrix @ table) * table).sum(axis=0) for aspect, matrix in told.items()
    }
    sizes = uneven(case, table.sum(axis=0))
    each = np.array(sizes, dtype=np.float64)
    for aspect in ASPECTS:
        each += float(getattr(case.dials, aspect)) * by_aspect[aspect]
    return Worth(
        total=together_cost(float(c) for c in each),
        aspects={aspect: float(by_aspect[aspect].sum()) for aspect in ASPECTS},
        even=float(sizes.sum()),
        groups=tuple(float(c) for c in each),
    )
