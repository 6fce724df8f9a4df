"""What a division brings, beside a thousand made by chance; what one swap would change; why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from gezel.gatherings.rules.groups import (
    ASPECTS,
    Aspect,
    Case,
    Division,
    Fault,
    Floats,
    Ints,
    costs_of_pairs,
    faults,
    worth,
)

DIVISIONS = 1_000
# So many of the cheapest swaps are held beside the rules.
TRIED = 12
SEED = 11
# How levels lie in a group beside those of everyone; words, because a figure of few people would
# tell the level of one.
Lying = Literal["like all", "higher", "lower", "closer", "wider", "unknown"]
# A group tells how its levels lie only when so many of it have one: with fewer, who knows their
# own and a colleague's could work out another's.
FEWEST_LEVELS = 5
# In spreads of the level over everyone: further off than this is no longer "like all".
FAR, WIDE = 0.5, 0.4


@dataclass(frozen=True, slots=True)
class OfGroup:
    """What a group is like: counts that anyone in the room can see, and levels in words."""

    size: int
    units: int
    met: int
    wishes: int
    levels: Lying


@dataclass(frozen=True, slots=True)
class Told:
    """A division explained: each group, and in each aspect how it does beside chance.

    `better_than` is the share of divisions by chance that cost more; `chance` what those have on
    average, in the counts of `OfGroup` (all groups together).
    """

    groups: tuple[OfGroup, ...]
    better_than: Mapping[Aspect, float]
    chance: Mapping[Literal["units", "met", "wishes"], float]
    all_in_all: float


def _counts(case: Case) -> dict[str, Floats]:
    """Pairs that met, and wishes between two, as they are."""
    place = {m.key: at for at, m in enumerate(case.members)}
    count = len(case.members)
    met, wishes = np.zeros((count, count)), np.zeros((count, count))
    for pair, times in case.met.items():
        here = [place[key] for key in pair if key in place]
        if len(here) == 2 and times:
            met[here[0], here[1]] = met[here[1], here[0]] = 1
    for at, member in enumerate(case.members):
        for key in member.wishes:
            if key in place and key != member.key:
                wishes[at, place[key]] += 1
    return {"met": met, "wishes": wishes}


def explain(case: Case, division: Division) -> Told:
    """A division beside a thousand by chance with the same sizes, whatever rules those break."""
    labels = np.repeat(
        np.arange(case.groups), [division.count(group) for group in range(case.groups)]
    )
    rng = np.random.default_rng(SEED)
    chance = np.array([rng.permutation(len(labels)) for _ in range(DIVISIONS)])
    one, other = np.nonzero(np.triu(labels[:, None] == labels[None, :], 1))

    def together(matrix: Floats) -> Floats:
        """The sum over all pairs in one group, for each division by chance."""
        found: Floats = matrix[chance[:, one], chance[:, other]].sum(axis=1)
        return found

    pairs = costs_of_pairs(case)
    mine = worth(case, division, pairs)
    better: dict[Aspect, float] = {}
    of_chance, all_mine = np.zeros(DIVISIONS), 0.0
    for aspect in ASPECTS:
        cost = together(pairs[aspect])
        better[aspect] = float((cost > mine.aspects[aspect] + 1e-9).mean())
        dial = float(getattr(case.dials, aspect))
        of_chance += dial * cost
        all_mine += dial * mine.aspects[aspect]
    counts = _counts(case)
    both_ways = counts["wishes"] + counts["wishes"].T
    return Told(
        groups=tuple(_group(case, division, g, counts) for g in range(case.groups)),
        better_than=better,
        chance={
            "units": _units_by_chance(case, chance, labels),
            "met": float(together(counts["met"]).mean()),
            "wishes": float(together(both_ways).mean()),
        },
        all_in_all=float((of_chance > all_mine + 1e-9).mean()),
    )


def _units_by_chance(case: Case, chance: Ints, labels: Ints) -> float:
    """How many departments there are in a group, summed over groups, on average by chance."""
    known = sorted({m.unit for m in case.members if m.unit is not None})
    place = {unit: at + 1 for at, unit in enumerate(known)}
    units = np.array([0 if m.unit is None else place[m.unit] for m in case.members])
    if not len(units):
        return 0.0
    seen = np.where(units[chance] > 0, labels * (len(known) + 1) + units[chance], -1)
    seen.sort(axis=1)
    fresh = np.ones(seen.shape, dtype=bool)
    fresh[:, 1:] = seen[:, 1:] != seen[:, :-1]
    return float((fresh & (seen >= 0)).sum(axis=1).mean())


def _group(case: Case, division: Division, group: int, counts: Mapping[str, Floats]) -> OfGroup:
    inside = [at for at, g in enumerate(division) if g == group]
    here = np.ix_(inside, inside)
    return OfGroup(
        size=len(inside),
        units=len({case.members[at].unit for at in inside} - {None}),
        met=int(counts["met"][here].sum() / 2),
        wishes=int(counts["wishes"][here].sum()),
        levels=lying([m.level for m in case.members], [case.members[at].level for at in inside]),
    )


def lying(everyone: Sequence[float | None], group: Sequence[float | None]) -> Lying:
    """How the levels of a group lie beside those of everyone, in a word."""
    all_known = np.array([level for level in everyone if level is not None])
    known = np.array([level for level in group if level is not None])
    if len(known) < FEWEST_LEVELS:
        return "unknown"
    spread = float(all_known.std())
    if spread < 1e-9:
        return "like all"
    off = float(known.mean() - all_known.mean()) / spread
    if abs(off) > FAR:
        return "higher" if off > 0 else "lower"
    width = float(known.std()) / spread
    if width < 1 - WIDE:
        return "closer"
    return "wider" if width > 1 + WIDE else "like all"


# -- one change -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change by hand brings, in what one can count; levels are left out of it.

    Who moves people one by one and reads what becomes of the levels could work out a colleague's.
    `total` is what it changes in what was asked otherwise: less is better.
    """

    units: int
    met: int
    wishes: int
    total: float
    broken: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A group someone could go to: by moving there, and by the best swap with someone there."""

    group: int
    move: Effect
    swap_with: int | None
    swap: Effect | None


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why two people are not in one group: what the best way there breaks or costs, who moves."""

    moves: tuple[int, ...]
    effect: Effect


class Hand:
    """A division in someone's hands: what each change would bring, told at once."""

    def __init__(self, case: Case, now: Division) -> None:
        self.case = replace(case, dials=replace(case.dials, levels=0))
        self.now = now
        self.place = {m.key: at for at, m in enumerate(case.members)}
        self._pairs = costs_of_pairs(self.case)
        self._counts = _counts(case)
        self._stood = set(faults(case, now))
        self._before = worth(self.case, now, self._pairs)

    def effect(self, then: Division) -> Effect:
        """What it brings to go from how it stands to another division."""
        return Effect(
            units=self._units(then) - self._units(self.now),
            met=self._inside("met", then) - self._inside("met", self.now),
            wishes=self._inside("wishes", then) - self._inside("wishes", self.now),
            total=worth(self.case, then, self._pairs).total - self._before.total,
            broken=tuple(f for f in faults(self.case, then) if f not in self._stood),
        )

    def _units(self, division: Division) -> int:
        return len(
            {
                (group, member.unit)
                for member, group in zip(self.case.members, division, strict=True)
                if member.unit is not None
            }
        )

    def _inside(self, what: str, division: Division) -> int:
        labels = np.array(division)
        same = labels[:, None] == labels[None, :]
        found = int(self._counts[what][same].sum())
        return found // 2 if what == "met" else found

    def moved(self, key: int, group: int) -> Division:
        """The division with someone moved."""
        found = list(self.now)
        found[self.place[key]] = group
        return tuple(found)

    def swapped(self, one: int, other: int) -> Division:
        """The division with two people in each other's place."""
        found = list(self.now)
        a, b = self.place[one], self.place[other]
        found[a], found[b] = found[b], found[a]
        return tuple(found)

    def options(self, key: int) -> list[Option]:
        """Every other group, with what it would bring to go there."""
        here = self.now[self.place[key]]
        return [self._option(key, group) for group in range(self.case.groups) if group != here]

    def _option(self, key: int, group: int) -> Option:
        partner = self._partner(key, group)
        return Option(
            group,
            move=self.effect(self.moved(key, group)),
            swap_with=partner,
            swap=None if partner is None else self.effect(self.swapped(key, partner)),
        )

    def _partner(self, key: int, group: int, besides: int | None = None) -> int | None:
        """Of a group the one to swap with: breaking fewest rules, then the best for all."""
        there = [
            member.key
            for member, g in zip(self.case.members, self.now, strict=True)
            if g == group and member.key != besides
        ]
        if not there:
            return None
        cost = self._swap_costs(key, [self.place[k] for k in there])
        best = sorted(range(len(there)), key=lambda at: (cost[at], there[at]))[:TRIED]
        return there[
            min(best, key=lambda at: (self._breaks(self.swapped(key, there[at])), cost[at]))
        ]

    def _breaks(self, then: Division) -> int:
        return len(set(faults(self.case, then)) - self._stood)

    def _swap_costs(self, key: int, others: Sequence[int]) -> Floats:
        at, labels = self.place[key], np.array(self.now)
        mine = (labels == labels[at]).astype(float)
        theirs = (labels == labels[others[0]]).astype(float)
        cost = np.zeros(len(others))
        for aspect in ASPECTS:
            pairs, dial = self._pairs[aspect], float(getattr(self.case.dials, aspect))
            if dial:
                rows = pairs[list(others)]
                cost += dial * (
                    rows @ (mine - theirs) + pairs[at] @ (theirs - mine) - 2 * rows[:, at]
                )
        return cost

    def why_not(self, one: int, other: int) -> WhyNot:
        """The best way to have two people in one group by one move or one swap, and its price.

        Of the ways that break no rule the best; if all do, the one that breaks the fewest.
        """
        found: list[tuple[tuple[int, float], tuple[int, ...], Effect]] = []
        for mover, host in ((one, other), (other, one)):
            group = self.now[self.place[host]]
            ways: list[tuple[tuple[int, ...], Division]] = [((mover,), self.moved(mover, group))]
            partner = self._partner(mover, group, besides=host)
            if partner is not None:
                ways.append(((mover, partner), self.swapped(mover, partner)))
            for moves, then in ways:
                brings = self.effect(then)
                found.append(((len(brings.broken), brings.total), moves, brings))
        _, moves, brings = min(found, key=lambda way: way[0])
        return WhyNot(moves, brings)
