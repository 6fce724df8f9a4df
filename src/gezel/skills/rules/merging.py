"""Two skills that are one: what a role asks of them together, and which names look like one.

Merging moves nothing: demand and evidence stay as they were written, and are read as of the skill
that stays. So it can be undone by a word.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from gezel.skills.rules.needs import DatedDemand

# Two names with at least this share of their three-letter pieces in common may mean the same.
# A list to confirm, so it may be wide; below this, what is shown is mostly chance.
ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Both:
    """On a date a role asks something of a skill under two names; the most counts."""

    skill: Hashable
    from_on: date
    levels: tuple[int, ...]
    level: int


def joined(demands: Iterable[DatedDemand], same: Mapping[Any, Hashable]) -> list[DatedDemand]:
    """What is asked when skills that were merged count as one.

    Where two names of one skill are asked at once, the highest level counts, and it is essential
    if either is: a role that asked 4 under one name did not ask less by saying it twice.

    Args:
        same: merged skill → the skill that stays; others stay as they are, in their order.
    """
    given = list(demands)
    doubled = _doubled(given, same)
    found = [
        replace(d, skill=same.get(d.skill, d.skill))
        for d in given
        if same.get(d.skill, d.skill) not in doubled
    ]
    for skill, by_name in doubled.items():
        for day in _days(by_name):
            begun = [d for d in (_at(dated, day) for dated in by_name) if d is not None]
            most = max(begun, key=lambda d: (d.level, d.essential))
            essential = any(d.essential for d in begun if d.level)
            found.append(replace(most, skill=skill, essential=essential, from_on=day))
    return found


def asked_twice(
    demands: Iterable[DatedDemand], same: Mapping[Any, Hashable], on: date
) -> list[Both]:
    """From now on, the dates on which merging settles two different levels, to be shown first."""
    told = []
    for skill, by_name in _doubled(list(demands), same).items():
        days = _days(by_name)
        now = [day for day in days if day <= on][-1:]
        for day in [*now, *(day for day in days if day > on)]:
            levels = [d.level for d in (_at(dated, day) for dated in by_name) if d is not None]
            if len({level for level in levels if level}) > 1:
                told.append(Both(skill, day, tuple(levels), max(levels)))
    return told


def _doubled(
    demands: Sequence[DatedDemand], same: Mapping[Any, Hashable]
) -> dict[Hashable, list[list[DatedDemand]]]:
    """Skills asked under more than one name → per name its demands, oldest first."""
    names: dict[Hashable, dict[Hashable, list[DatedDemand]]] = defaultdict(dict)
    for demand in sorted(demands, key=lambda d: d.from_on):
        of = names[same.get(demand.skill, demand.skill)]
        of.setdefault(demand.skill, []).append(demand)
    return {skill: list(of.values()) for skill, of in names.items() if len(of) > 1}


def _days(by_name: Sequence[Sequence[DatedDemand]]) -> list[date]:
    return sorted({d.from_on for dated in by_name for d in dated})


def _at(dated: Sequence[DatedDemand], day: date) -> DatedDemand | None:
    return next((d for d in reversed(dated) if d.from_on <= day), None)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two names share (0-1): pieces in common over pieces of both (Dice)."""
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


def pieces(words: Iterable[str]) -> frozenset[str]:
    """The three-letter pieces of a name's words, in whatever order the words stand."""
    return frozenset(
        padded[i : i + 3]
        for padded in (f" {word} " for word in words)
        for i in range(len(padded) - 2)
    )


Key = TypeVar("Key", bound=Hashable)


def likely_same(
    names: Mapping[Key, Iterable[Sequence[str]]],
    others: Mapping[Key, Iterable[Sequence[str]]],
) -> list[tuple[Key, Key, float]]:
    """Pairs of which a name of one looks like a name of the other, likest first.

    Each key has any number of names, each a list of words (folded, without endings). Likeness
    proposes and never decides: a person says which pairs are one.
    """
    cut = {key: [pieces(name) for name in told] for key, told in {**others, **names}.items()}
    holding: dict[str, set[Key]] = defaultdict(set)
    for key in others:
        for name in cut[key]:
            for piece in name:
                holding[piece].add(key)
    found: dict[tuple[Key, Key], float] = {}
    for key in names:
        near = {other for name in cut[key] for piece in name for other in holding[piece]}
        for other in near - {key}:
            best = max(likeness(a, b) for a in cut[key] for b in cut[other])
            if best >= ALIKE and (other, key) not in found:
                found[key, other] = best
    return [
        (*pair, round(best, 2))
        for pair, best in sorted(found.items(), key=lambda f: (-f[1], str(f[0])))
    ]
