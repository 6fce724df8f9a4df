"""From answers to what someone can: item response curves, belief on a grid, levels.

Ability and difficulty share one scale, the logit. Someone whose ability equals an item's
difficulty gets it right half the time:

    P(right) = 1 / (1 + exp(-a (ability - difficulty)))        a: discrimination; Rasch: a = 1

Sources: Rasch (1960), "Probabilistic Models for Some Intelligence and Attainment Tests"; Birnbaum
(1968) in Lord & Novick, "Statistical Theories of Mental Test Scores" (2PL, information); Bock &
Mislevy (1982), "Adaptive EAP estimation of ability in a microcomputer environment", Applied
Psychological Measurement 6 (belief on a grid). No guessing parameter: a 3PL wants thousands of
answers an item (de Ayala, 2009, "The Theory and Practice of Item Response Theory", ch. 6), and
who does not know may say so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS = (1, 2, 3, 4, 5)
# Our convention, from which the cuts follow: who is one level above an item gets it right nine
# times out of ten. So a level is log(9) = 2.197 logits wide, and level 3 lies around 0.
LOGITS_A_LEVEL = log(9)
# A level reaches half a level down and up. Level 1 is open below, level 5 above.
CUTS = tuple((level + 0.5 - 3) * LOGITS_A_LEVEL for level in LEVELS[:-1])

# Wide enough for every level with room, fine enough that a step is far below any error (0.1).
GRID: Floats = np.linspace(-9.0, 9.0, 181)
_LEVEL_OF_GRID = np.searchsorted(np.asarray(CUTS), GRID, side="right")


def logit_of(level: float) -> float:
    """Where a level (1-5, with decimals) lies on the logit scale."""
    return (level - 3) * LOGITS_A_LEVEL


def level_of(logit: float) -> float:
    """A place on the logit scale as a level with decimals, held between 1 and 5."""
    return min(5.0, max(1.0, 3 + logit / LOGITS_A_LEVEL))


def chance(ability: Floats | float, difficulty: Floats | float, slope: Floats | float) -> Floats:
    """P(right), elementwise; shapes follow NumPy's broadcasting."""
    told: Floats = 1 / (1 + np.exp(-np.clip(slope * (np.asarray(ability) - difficulty), -35, 35)))
    return told


def information(ability: float, difficulty: Floats, slope: Floats) -> Floats:
    """Fisher information of each item at an ability: a² P (1 - P), in 1/logit² (Birnbaum 1968)."""
    p = chance(ability, difficulty, slope)
    told: Floats = slope**2 * p * (1 - p)
    return told


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed about someone's ability: a share (summing to 1) at each point of GRID."""

    shares: Floats

    @property
    def mean(self) -> float:
        """The expected ability (EAP), in logits."""
        return float(self.shares @ GRID)

    @property
    def sd(self) -> float:
        """The standard error, in logits."""
        mean = self.mean
        return sqrt(max(0.0, float(self.shares @ (GRID - mean) ** 2)))

    def levels(self) -> dict[int, float]:
        """How probable each level is; they sum to 1."""
        sums = np.bincount(_LEVEL_OF_GRID, weights=self.shares, minlength=len(LEVELS))
        return dict(zip(LEVELS, (float(s) for s in sums), strict=True))

    def after(self, difficulty: float, slope: float, *, right: bool) -> "Belief":
        """The belief after one more answer (Bayes)."""
        p = chance(GRID, difficulty, slope)
        shares = self.shares * (p if right else 1 - p)
        return Belief(shares / shares.sum())

    def sd_after(self, difficulty: float, slope: float) -> float:
        """The sd that may be expected after one more answer, over both answers it may get."""
        p = chance(GRID, difficulty, slope)
        p_right = float(self.shares @ p)
        return (
            p_right * self.after(difficulty, slope, right=True).sd
            + (1 - p_right) * self.after(difficulty, slope, right=False).sd
        )


def starting_from(mean: float, sd: float) -> Belief:
    """A normal belief before the first answer, on the grid.

    Args:
        mean, sd: in logits; sd above 0.
    """
    shares = np.exp(-((GRID - mean) ** 2) / (2 * sd**2))
    return Belief(shares / shares.sum())


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer that counts: the item's difficulty and slope as used then, and how it went."""

    difficulty: float
    slope: float
    right: bool
    part: int = 0


def believed(prior: Belief, answers: Sequence[Answered]) -> Belief:
    """The belief after all answers. The order cannot matter, up to rounding."""
    if not answers:
        return prior
    difficulty = np.array([a.difficulty for a in answers])[:, None]
    slope = np.array([a.slope for a in answers])[:, None]
    right = np.array([a.right for a in answers])[:, None]
    p = chance(GRID, difficulty, slope)
    told = np.log(prior.shares + 1e-300) + np.log(np.where(right, p, 1 - p)).sum(axis=0)
    shares = np.exp(told - told.max())
    return Belief(shares / shares.sum())


# Before a test something may be known (an estimate); a test should be able to say otherwise, so
# no start is surer than one logit. Without any evidence: the middle of the scale, a level wide.
SUREST_START = 1.0
UNKNOWN_START = (0.0, LOGITS_A_LEVEL)
# What the answers say by themselves, for the ledger: a start so wide that it hardly says anything,
# yet keeps "all right" and "all wrong" on the scale.
ANSWERS_ALONE = (0.0, 4.0)


def start_of(level: float | None, sd: float | None) -> tuple[float, float]:
    """Mean and sd (logits) to start from, given an estimate in levels; None where there is none."""
    if level is None or sd is None:
        return UNKNOWN_START
    held = min(max(logit_of(level), logit_of(1.0)), logit_of(5.0))
    return held, min(max(SUREST_START, sd * LOGITS_A_LEVEL), 3.0)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the answers alone show, on our scale of levels: for the ledger."""

    level: int
    exact: float
    sd: float


def shown_by(answers: Sequence[Answered]) -> Shown:
    """What the answers say without what was known before.

    The ledger holds that already; counting it in here as well would count it twice.
    """
    alone = believed(starting_from(*ANSWERS_ALONE), answers)
    exact = level_of(alone.mean)
    return Shown(
        level=min(5, max(1, int(exact + 0.5))),
        exact=round(exact, 3),
        sd=round(alone.sd / LOGITS_A_LEVEL, 3),
    )


@dataclass(frozen=True, slots=True)
class PartShown:
    """How the answers in one part compare with what the whole test leads one to expect."""

    part: int
    questions: int
    right: int
    expected: float
    stands: str
    """"above", "as", "below", or "few" where there are too few to say."""


FEWEST_A_PART = 3


def by_part(answers: Sequence[Answered], ability: float) -> list[PartShown]:
    """Per part: right answers against those expected at this ability.

    A standardised residual of the sum, (right - expected) / sqrt(sum P(1-P)); beyond one it is
    said to be above or below (Wright & Masters 1982, "Rating Scale Analysis", ch. 5). A hint for
    what to learn, no measurement by itself: so it is said in words, never as a level.
    """
    told: list[PartShown] = []
    for part in sorted({a.part for a in answers}):
        own = [a for a in answers if a.part == part]
        p = [float(chance(ability, a.difficulty, a.slope)) for a in own]
        right, expected = sum(a.right for a in own), sum(p)
        spread = sqrt(sum(x * (1 - x) for x in p))
        z = (right - expected) / spread if spread else 0.0
        stands = "few" if len(own) < FEWEST_A_PART else "as"
        if stands == "as" and abs(z) > 1:
            stands = "above" if z > 0 else "below"
        told.append(PartShown(part, len(own), right, expected, stands))
    return told


def _in_whole(levels: Mapping[int, float], of: int) -> dict[int, int]:
    """Probabilities in whole parts that still sum to the whole (largest remainder)."""
    whole = {k: int(v * of) for k, v in levels.items()}
    short = of - sum(whole.values())
    for k in sorted(levels, key=lambda k: (whole[k] - levels[k] * of, k))[:short]:
        whole[k] += 1
    return whole


def as_json(levels: Mapping[int, float]) -> dict[str, float]:
    """Level probabilities as they are kept: in thousandths that sum to 1."""
    return {str(k): v / 1000 for k, v in _in_whole(levels, 1000).items()}


def percents(levels: Mapping[int, float]) -> dict[int, int]:
    """Level probabilities as they are shown: whole percents that sum to 100."""
    return _in_whole(levels, 100)
