"""What a division brings, beside a thousand made by chance; what one swap would change; why not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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


def _of_chance(sizes: Sequence[int]) -> Ints:
    rng = np.random.default_rng(SEED)
    labels = np.repeat(np.arange(len(sizes)), sizes)
    return np.array([rng.permutation(labels) for _ in range(DIVISIONS)])


def explain(case: Case, division: Division) -> Told:
    """A division beside a thousand by chance with the same sizes, whatever rules those break."""
    sizes = [division.count(g) for g in range(case.groups)]
    chance = _of_chance(sizes)
    together = _together(chance, case.groups)
    pairs = costs_of_pairs(case)
    better, of_chance = {}, np.zeros(DIVISIONS)
    mine = worth(case, division, pairs)
    for aspect in ASPECTS:
        cost = together(pairs[aspect])
        better[aspect] = float((cost > mine.aspects[aspect] + 1e-9).mean())
        of_chance += getattr(case.dials, aspect) * cost
    all_mine = sum(getattr(case.dials, a) * mine.aspects[a] for a in ASPECTS)
    counts = _counts(case)
    units = _units(case)
    hot = np.zeros((max(units, default=0) + 1, len(units)))
    hot[units, np.arange(len(units))] = 1
    present = [
        float(((hot @ (chance == g).T.astype(float)) > 0).sum(axis=0).mean())
        for g in range(case.groups)
    ]
    return Told(
        groups=tuple(_group(case, division, g, counts) for g in range(case.groups)),
        better_than=better,
        chance={
            "units": sum(present),
            "met": float(together(counts["met"]).mean()),
            # A wish goes one way: both directions are counted in the sum over pairs.
            "wishes": float(2 * together(counts["wishes"]).mean()),
        },
        all_in_all=float((of_chance > all_mine + 1e-9).mean()),
    )


def _together(divisions: Ints, groups: int) -> Callable[[Floats], Floats]:
    """A function that sums a matrix over all pairs of one group, for each division."""
    tables = [(divisions == g).astype(float) for g in range(groups)]

    def summed(matrix: Floats) -> Floats:
        total = np.zeros(len(divisions))
        for table in tables:
            total += 0.5 * np.einsum("ki,ki->k", table @ matrix, table)
        return total

    return summed


def _units(case: Case) -> list[int]:
    known = sorted({m.unit for m in case.members if m.unit is not None})
    place = {unit: at for at, unit in enumerate(known)}
    return [
        place.get(m.unit, len(known)) if m.unit is not None else len(known) for m in case.members
    ]


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
class Change:
    """What a change would bring: better or worse by aspect (minus is better), and new faults."""

    total: float
    aspects: Mapping[Aspect, float]
    even: float
    broken: tuple[Fault, ...]


def change(case: Case, now: Division, then: Division) -> Change:
    """What it brings to go from one division to another."""
    pairs = costs_of_pairs(case)
    before, after = worth(case, now, pairs), worth(case, then, pairs)
    stood = set(faults(case, now))
    return Change(
        total=after.total - before.total,
        aspects={
            aspect: getattr(case.dials, aspect) * (after.aspects[aspect] - before.aspects[aspect])
            for aspect in ASPECTS
        },
        even=after.even - before.even,
        broken=tuple(fault for fault in faults(case, then) if fault not in stood),
    )


def swapped(now: Division, one: int, other: int) -> Division:
    """Two people (by their places) change groups."""
    found = list(now)
    found[one], found[other] = found[other], found[one]
    return tuple(found)


def moved_to(now: Division, one: int, group: int) -> Division:
    """One person (by place) goes to a group."""
    found = list(now)
    found[one] = group
    return tuple(found)


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why two people are not in one group: a rule, or what the best way there would cost.

    `moves` are the people (keys) that would change groups for it, `change` what it would bring.
    """

    rules: tuple[Fault, ...]
    moves: tuple[int, ...]
    change: Change


def why_not(case: Case, now: Division, one: int, other: int) -> WhyNot:
    """The best way to have two people (keys) in one group by one move or one swap, and its price.

    Of the ways that break no rule the best; if all do, the one that breaks the fewest.
    """
    place = {m.key: at for at, m in enumerate(case.members)}
    found: list[tuple[tuple[int, float], tuple[int, ...], Change]] = []
    for mover, host in ((place[one], place[other]), (place[other], place[one])):
        group = now[host]
        ways: list[tuple[tuple[int, ...], Division]] = [
            ((case.members[mover].key,), moved_to(now, mover, group))
        ]
        ways += [
            ((case.members[mover].key, case.members[at].key), swapped(now, mover, at))
            for at, g in enumerate(now)
            if g == group and at != host
        ]
        for who, then in ways:
            brings = change(case, now, then)
            found.append(((len(brings.broken), brings.total), who, brings))
    _, moves, brings = min(found, key=lambda way: way[0])
    return WhyNot(rules=brings.broken, moves=moves, change=brings)
