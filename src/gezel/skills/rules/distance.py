"""How far someone is from another role, in hours of learning, and in which order to learn.

Distance A→B is the sum over what B asks of weight × max(0, level asked − level held) × hours per
level (the design of skill-based transitions: Dawson, Williams & Rizoiu 2021, PLoS ONE 16(7),
who found them asymmetric: what a role asks and the other has costs nothing on the way there and
everything on the way back). Plain Python and NumPy, no clock, no chance: the same input gives the
same figure bit for bit.

Three things make the sum uncertain, and all three are in the interval: how sure we are of each
level, how much activities for the same skill differ, and how right the published anchor is for
this kind of work (which moves all skills together, so it does not average out).
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import erf, exp, log, pi, sqrt
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gezel.skills.rules.needs import gap, is_short
from gezel.skills.rules.parameters import EIGHTY_PERCENT, HIGHEST_LEVEL

Floats = NDArray[np.float64]
Whole = NDArray[np.intp]

PARAMETERS = 1
"""Which version of the figures below made a distance; it rises when one of them changes."""

# Hours for one level of one skill, where nothing better is known. Made from O*NET 29.2: the time a
# typical worker needs to do an occupation at average speed (SVP, by job zone: zone 2 a quarter to
# one year, 3 one to two, 4 two to four; the geometric middle of each, a year being the 1,600 study
# hours of the Dutch WEB art. 7.2.7) over the levels of skill and knowledge the occupation asks, on
# our scale. Median of 697 occupations; `./gezel bench distance` makes it again.
HOURS_A_LEVEL = 32.0
# How far that lies off for one occupation (standard deviation of its logarithm, same source): eight
# out of ten occupations lie between 15 and 68 hours. It moves all skills of a role together.
DOUBT = 0.58
# How far two activities for one skill differ (sd of the logarithm). A choice: about twice as long
# or half as long is nothing unusual.
DIFFER = 0.7
# The anchor weighs as much as this many activities of the own catalogue. A choice: a catalogue
# counts the hours of lessons, the anchor also the practice until someone does it alone.
ANCHOR_PIECES = 4
# Less than a quarter of an hour a level is a misprint, more than a year and a half as well.
FEWEST, MOST = 0.25, 2_500.0

# Essential, or asked by a role of one's own organisation: all of it is to be learned. What an
# outside occupation calls useful is asked by some employers: it counts half.
WHOLE, HALF = 1.0, 0.5
# Nearness of a list: as if each asked five more skills at level 3 that are not there. Lists of two
# or three skills would otherwise be near by accident (measured: `./gezel bench distance`).
UNSAID = 15 * HOURS_A_LEVEL


@dataclass(frozen=True, slots=True)
class HoursPerLevel:
    """Hours that one level of a skill takes, what it rests on and how sure it is.

    `doubt` is the part of the spread that all skills share, `differ` the part of its own; both are
    standard deviations of the logarithm. `pieces` counts activities of the own catalogue, and
    `seen` is their median; without them it is the anchor alone.
    """

    hours: float
    doubt: float
    differ: float
    pieces: int = 0
    seen: float = 0.0


ANCHOR = HoursPerLevel(HOURS_A_LEVEL, DOUBT, DIFFER / sqrt(ANCHOR_PIECES))


def hours_per_level(seen: Sequence[float]) -> HoursPerLevel:
    """Hours per level from what activities that teach the skill take, shrunk to the anchor.

    The median of the activities and the anchor, weighed in logarithms: n activities against
    `ANCHOR_PIECES`. One short module does not make a craft quick to learn, ten courses do tell.

    Args:
        seen: for each activity its hours over the levels it teaches, all its skills together.
    """
    taken = [min(MOST, max(FEWEST, hours)) for hours in seen]
    if not taken:
        return ANCHOR
    n, middle = len(taken), median(taken)
    share = ANCHOR_PIECES / (n + ANCHOR_PIECES)
    hours = exp((1 - share) * log(middle) + share * log(HOURS_A_LEVEL))
    return HoursPerLevel(
        round(hours, 1), share * DOUBT, DIFFER / sqrt(n + ANCHOR_PIECES), n, round(middle, 1)
    )


@dataclass(frozen=True, slots=True)
class Target:
    """What another role asks of one skill, and how heavily it counts in hours."""

    skill: Hashable
    level: int
    essential: bool = False
    weight: float = WHOLE
    is_knowledge: bool = False


@dataclass(frozen=True, slots=True)
class Own:
    """The level someone shows of a skill and how sure that is (sd); no pieces: nothing known."""

    level: float = 0.0
    sd: float = 0.0
    pieces: int = 0


NOTHING = Own()


@dataclass(frozen=True, slots=True)
class Part:
    """One skill of a distance: weight × short × hours per level, in whole hours as it is shown."""

    target: Target
    own: Own
    per_level: HoursPerLevel
    short: float
    hours: int

    @property
    def carries_over(self) -> bool:
        return not is_short(self.target.level, self.own.level)

    @property
    def known(self) -> bool:
        return self.own.pieces > 0


@dataclass(frozen=True, slots=True)
class Distance:
    """Hours from someone to a role: the parts and `unsure` sum to `hours`.

    `unsure` is what must be added because levels are not sure: who is thought to be there may
    fall short, and that costs hours, while being further than asked saves none. `low` and `high`
    hold 8 times out of 10. `whole` is what the role takes from nothing, in the same hours.
    """

    parts: tuple[Part, ...]
    unsure: int
    low: int
    high: int
    whole: int

    @property
    def hours(self) -> int:
        return sum(part.hours for part in self.parts) + self.unsure

    @property
    def carried(self) -> int:
        """Hours of the role that are already there."""
        return self.whole - sum(part.hours for part in self.parts)

    @property
    def percent(self) -> int:
        """How much of the role carries over, in hours."""
        return round(100 * self.carried / self.whole) if self.whole else 100

    @property
    def unknown_hours(self) -> int:
        """Hours for skills of which nothing is known; they fall away as far as they are there."""
        return sum(part.hours for part in self.parts if not part.known)

    @property
    def carrying(self) -> list[Part]:
        return [part for part in self.parts if part.carries_over]

    @property
    def missing(self) -> list[Part]:
        return [part for part in self.parts if not part.carries_over]


def distance(
    asked: Iterable[Target],
    held: Mapping[Any, Own],
    per_level: Mapping[Any, HoursPerLevel] | None = None,
) -> Distance:
    """How far someone is from what is asked; an empty role is no distance at all.

    Raises:
        ValueError: a level or weight that lies off its scale.
    """
    targets = list(asked)
    known = [held.get(target.skill, NOTHING) for target in targets]
    rates = [(per_level or {}).get(target.skill, ANCHOR) for target in targets]
    edges = Edges.of([(0, i, t.level, t.weight) for i, t in enumerate(targets)])
    levels = _Levels.of(dict(enumerate(known)), len(targets))
    sums = _Sums.of(edges, 1, levels, _Rates.of(dict(enumerate(rates)), len(targets)))
    parts = tuple(
        Part(target, own, rate, gap(target.level, own.level), int(hours))
        for target, own, rate, hours in zip(targets, known, rates, sums.parts, strict=True)
    )
    return Distance(
        parts, int(sums.unsure[0]), int(sums.low[0]), int(sums.high[0]), int(sums.whole[0])
    )


def route(parts: Iterable[Part]) -> list[Part]:
    """What is missing, in an order one can learn it in.

    Essential first, for without it there is no role; of those knowledge before doing, for who
    knows why learns how sooner and safer; then the order the role itself gives its skills.
    """
    missing = [part for part in parts if not part.carries_over]
    return sorted(missing, key=lambda p: (not p.target.essential, not p.target.is_knowledge))


def back_again(own: Iterable[Target], other: Iterable[Target]) -> dict[Hashable, Own]:
    """What someone holds who does exactly what the other role asks: to reckon the way back.

    A level asked is a level held, for certain: it is the roles that are compared here, nobody.
    """
    wanted = {target.skill for target in own}
    return {t.skill: Own(float(t.level), 0.0, 1) for t in other if t.skill in wanted}


# --- many roles at once -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edges:
    """What many roles ask, flat: edge i says that `role[i]` asks `skill[i]`.

    All arrays have one length, the number of edges; `role` and `skill` are indices from 0,
    `level` is 1-5, `weight` 0-1.

    Raises:
        ValueError: a level or weight that lies off its scale.
    """

    role: Whole
    skill: Whole
    level: Whole
    weight: Floats

    def __post_init__(self) -> None:
        if self.level.size and not (self.level.min() >= 1 and self.level.max() <= HIGHEST_LEVEL):
            raise ValueError("a level asked lies from 1 to 5")
        if self.weight.size and not (self.weight.min() >= 0 and self.weight.max() <= 1):
            raise ValueError("a weight lies from 0 to 1")

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int, float]]) -> "Edges":
        """From rows of role, skill, level, weight."""
        role, skill, level, weight = zip(*rows, strict=True) if rows else ((), (), (), ())
        return cls(
            np.array(role, np.intp),
            np.array(skill, np.intp),
            np.array(level, np.intp),
            np.array(weight, np.float64),
        )


@dataclass(frozen=True, slots=True)
class Near:
    """Figures per role, each an array with one place a role; hours are whole.

    `nearness` (0-1) orders: hours carried over the whole and what lists leave unsaid.
    """

    hours: Floats
    low: Floats
    high: Floats
    whole: Floats
    missing: Floats
    parts: Floats
    nearness: Floats

    def nearest(self, most: int) -> list[int]:
        """The nearest roles first; equals by fewer hours, then by place. Empty roles never."""
        order = np.lexsort((np.arange(self.hours.size), self.hours, -self.nearness))
        return [int(i) for i in order if self.whole[i] > 0][:most]

    def percent(self, role: int) -> int:
        """How much of a role carries over, in hours; as `Distance.percent`."""
        whole = float(self.whole[role])
        return round(100 * (whole - float(self.missing[role])) / whole) if whole else 100


def distances(
    edges: Edges,
    roles: int,
    held: Mapping[int, Own],
    per_level: Mapping[int, HoursPerLevel] | None = None,
    *,
    skills: int,
    unsaid: float = UNSAID,
) -> Near:
    """The distance of one person to many roles: the same sum as `distance`, for all at once.

    Args:
        roles: how many roles there are; roles without edges ask nothing.
        held: by index of the skill; skills that are left out are not known.
        per_level: by index of the skill; skills that are left out take the anchor.
        skills: how many skills there are.
        unsaid: hours that each role is reckoned to ask beside its list, for the order only; 0
            where all lists are made in one house, and as long as their makers meant them.
    """
    sums = _Sums.of(edges, roles, _Levels.of(held, skills), _Rates.of(per_level or {}, skills))
    return Near(
        sums.missing + sums.unsure,
        sums.low,
        sums.high,
        sums.whole,
        sums.missing,
        sums.parts,
        (sums.whole - sums.missing) / np.maximum(1.0, sums.whole + unsaid),
    )


@dataclass(frozen=True, slots=True)
class _Levels:
    """Per skill (row) and level asked (column 0-5): short as shown, to be expected, variance."""

    short: Floats
    expected: Floats
    variance: Floats

    @classmethod
    def of(cls, held: Mapping[int, Own], skills: int) -> "_Levels":
        asked = np.arange(HIGHEST_LEVEL + 1, dtype=np.float64)
        short = np.tile(asked, (skills, 1))
        expected, variance = short.copy(), np.zeros_like(short)
        for i, own in held.items():
            if not own.pieces:
                continue
            for level in range(1, HIGHEST_LEVEL + 1):
                short[i, level] = gap(level, own.level)
                expected[i, level], variance[i, level] = expected_short(level, own.level, own.sd)
        return cls(short, expected, variance)


@dataclass(frozen=True, slots=True)
class _Rates:
    """Per skill: hours per level, the shared and the own spread of its logarithm."""

    hours: Floats
    doubt: Floats
    differ: Floats

    @classmethod
    def of(cls, per_level: Mapping[int, HoursPerLevel], skills: int) -> "_Rates":
        hours = np.full(skills, ANCHOR.hours)
        doubt, differ = np.full(skills, ANCHOR.doubt), np.full(skills, ANCHOR.differ)
        for i, rate in per_level.items():
            hours[i], doubt[i], differ[i] = rate.hours, rate.doubt, rate.differ
        return cls(hours, doubt, differ)


@dataclass(frozen=True, slots=True)
class _Sums:
    """`parts` has a place an edge, the others a place a role."""

    parts: Floats
    missing: Floats
    unsure: Floats
    low: Floats
    high: Floats
    whole: Floats

    @classmethod
    def of(cls, edges: Edges, roles: int, levels: _Levels, rates: _Rates) -> "_Sums":
        """Mean and variance of each sum, and the interval of the lognormal that has both.

        Hours per level are H·exp(aZ − a²/2 + sε − s²/2): `a` moves all skills together (Z), `s`
        each alone (ε). With E and V the mean and variance of the levels short and c = weight·H·E,

            Var = (Σ c·√(exp(a²) − 1))² + Σ (weight·H)²·exp(a²)·((E² + V)·exp(s²) − E²)

        which is exact where `a` is the same for all skills, and a little wide where it is not.
        """
        heavy = edges.weight * rates.hours[edges.skill]
        short = levels.short[edges.skill, edges.level]
        expected = levels.expected[edges.skill, edges.level]
        variance = levels.variance[edges.skill, edges.level]
        shared = np.exp(rates.doubt**2)[edges.skill]
        own = np.exp(rates.differ**2)[edges.skill]
        parts = np.rint(heavy * short)
        mean = heavy * expected

        def summed(values: Floats) -> Floats:
            return np.bincount(edges.role, values, roles).astype(np.float64)

        missing, expect = summed(parts), summed(mean)
        unsure = np.rint(np.maximum(0.0, expect - summed(heavy * short)))
        spread = summed(mean * np.sqrt(shared - 1)) ** 2 + summed(
            heavy**2 * shared * ((expected**2 + variance) * own - expected**2)
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            wide = np.where(expect > 0, np.log1p(spread / expect**2), 0.0)
        hours = missing + unsure
        middle = hours * np.exp(-wide / 2)
        reach = np.exp(EIGHTY_PERCENT * np.sqrt(wide))
        return cls(
            parts,
            missing,
            unsure,
            np.minimum(hours, np.floor(middle / reach)),
            np.maximum(hours, np.ceil(middle * reach)),
            summed(np.rint(heavy * edges.level)),
        )


def expected_short(level: int, mean: float, sd: float) -> tuple[float, float]:
    """Mean and variance of the levels short, min(level, max(0, level − L)), for L ~ N(mean, sd).

    Below the scale there is nothing: who is at −1 is at 0. Closed form of the censored normal
    (Greene, Econometric Analysis, section on censored data).
    """
    if sd < 1e-6:
        return max(0.0, level - max(0.0, mean)), 0.0
    at, square = _moments(level, mean, sd)
    below, below_square = _moments(0.0, mean, sd)
    first = at - below
    second = square - below_square - 2 * level * below
    return first, max(0.0, second - first * first)


def _moments(x: float, mean: float, sd: float) -> tuple[float, float]:
    """E[(x − L)+] and E[((x − L)+)²]."""
    z = (x - mean) / sd
    density = exp(-z * z / 2) / sqrt(2 * pi)
    below = (1 + erf(z / sqrt(2))) / 2
    return sd * (z * below + density), sd * sd * ((z * z + 1) * below + z * density)
