"""How difficult items are and how well they tell people apart, from answers and expert guesses.

Marginal estimation: abilities are summed over a grid instead of being estimated one by one, so a
handful of answers a person, different ones for each as in an adaptive test, is no problem (Bock &
Aitkin 1981, "Marginal maximum likelihood estimation of item parameters: application of an EM
algorithm", Psychometrika 46; that adaptive choice may be ignored: Mislevy & Wu 1996, ETS RR-96-30).
With a prior on each item it is a MAP estimate (Mislevy 1986, "Bayes modal estimation in item
response models", Psychometrika 51): few answers stay near the expert's guess, many speak for
themselves. 2PL slopes come only where an item has enough answers; before that it shares the slope
of all.

How wide the priors are: experts are about 0.7 logit off (our own simulation in the bench gives .70
for the expert alone, .37 with 30 answers); slopes vary by about a third on the log scale (the
lognormal prior of BILOG-MG, du Toit 2003, is wider, 0.5; ours shrinks more).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gezel.assessment.rules.measuring import Floats, chance

Flags = NDArray[np.bool_]

FEWEST_FOR_SLOPE = 200
EXPERT_SD = 0.7
SLOPE_SD = 0.35
COMMON_SLOPE_SD = 0.5
POINTS: Floats = np.linspace(-8.0, 8.0, 81)
_MOST_ROUNDS = 300
_STILL = 1e-4


@dataclass(frozen=True, slots=True)
class Priors:
    """What is believed about items before any answer.

    Args:
        difficulty: per item, in logits: what an expert says.
        sd: how far experts are off, in logits.
        slope: the slope all items start from; `slope_sd` how far items differ (log scale);
            `common_sd` how sure the start itself is (log scale).
        fewest_for_slope: answers an item needs before it has a slope of its own.
    """

    difficulty: Floats
    sd: float = EXPERT_SD
    slope: float = 1.0
    slope_sd: float = SLOPE_SD
    common_sd: float = COMMON_SLOPE_SD
    fewest_for_slope: int = FEWEST_FOR_SLOPE


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Parameters per item, how sure they are, and the population they were found with.

    `shares` is how abilities are spread over POINTS in the group that answered.
    """

    difficulty: Floats
    slope: Floats
    difficulty_sd: Floats
    answers: Floats
    shares: Floats


def calibrate(
    right: Floats,
    priors: Priors,
    *,
    starts: Floats | None = None,
    free_population: bool = False,
) -> Calibrated:
    """MAP estimates of the items.

    Args:
        right: persons x items: 1 right, 0 wrong, NaN not asked.
        starts: persons x 2: mean and sd (logits) believed of each before the test. Then the scale
            is that of the levels, held there by these and by the experts. None: everyone comes
            from one population, N(0, 1) at first.
        free_population: learn the spread of that population as well, at the points of the grid
            (Mislevy 1984, "Estimating latent distributions", Psychometrika 49). The scale is then
            that of the group: mean 0, sd 1.
    """
    people, items = right.shape
    seen = ~np.isnan(right)
    good: Floats = np.where(seen, right, 0.0)
    asked = seen.astype(np.float64)
    answers: Floats = asked.sum(axis=0)
    own = answers >= priors.fewest_for_slope
    b = priors.difficulty.astype(np.float64).copy()
    a = np.full(items, priors.slope)
    common = priors.slope
    shares = _normal(np.zeros(1), np.ones(1))[0]
    prior = _normal(starts[:, 0], starts[:, 1]) if starts is not None else None
    state = None
    for _round in range(_MOST_ROUNDS):
        weights = _posterior(good, asked, a, b, prior if prior is not None else shares[None, :])
        counts = asked.T @ weights
        hits = good.T @ weights
        before = np.concatenate([b, a])
        for _step in range(2):
            a, b, state = _improve(a, b, hits, counts, own=own, common=common, priors=priors)
            common = _common(a, b, hits, counts, own=own, common=common, priors=priors)
            a = np.where(own, a, common)
        if free_population and prior is None:
            shares = _population(weights.sum(axis=0), people)
            a, b, shares, common = _rescaled(a, b, shares, common)
        if np.abs(np.concatenate([b, a]) - before).max() < _STILL:
            break
    sd = state if state is not None else np.full(items, priors.sd)
    return Calibrated(b, a, sd, answers, shares)


def _normal(mean: Floats, sd: Floats) -> Floats:
    told = np.exp(-((POINTS[None, :] - mean[:, None]) ** 2) / (2 * sd[:, None] ** 2))
    shares: Floats = told / told.sum(axis=1, keepdims=True)
    return shares


def log_likelihood(good: Floats, asked: Floats, slope: Floats, difficulty: Floats) -> Floats:
    """persons x POINTS: how well each ability explains someone's answers (log)."""
    p = np.clip(chance(POINTS[:, None], difficulty[None, :], slope[None, :]), 1e-9, 1 - 1e-9)
    told: Floats = good @ np.log(p).T + (asked - good) @ np.log1p(-p).T
    return told


def _posterior(good: Floats, asked: Floats, a: Floats, b: Floats, prior: Floats) -> Floats:
    told = log_likelihood(good, asked, a, b) + np.log(prior + 1e-300)
    told = np.exp(told - told.max(axis=1, keepdims=True))
    shares: Floats = told / told.sum(axis=1, keepdims=True)
    return shares


def _improve(
    a: Floats,
    b: Floats,
    hits: Floats,
    counts: Floats,
    *,
    own: Flags,
    common: float,
    priors: Priors,
) -> tuple[Floats, Floats, Floats]:
    """One step of Fisher scoring for every item at once, in (log slope, difficulty)."""
    p = chance(POINTS[None, :], b[:, None], a[:, None])
    over = hits - counts * p
    spread = counts * p * (1 - p)
    away = POINTS[None, :] - b[:, None]
    g_b = -a * over.sum(axis=1) - (b - priors.difficulty) / priors.sd**2
    i_b = a**2 * spread.sum(axis=1) + 1 / priors.sd**2
    g_a = a * (away * over).sum(axis=1) - np.log(a / common) / priors.slope_sd**2
    i_a = a**2 * (away**2 * spread).sum(axis=1) + 1 / priors.slope_sd**2
    i_ab = np.where(own, -(a**2) * (away * spread).sum(axis=1), 0.0)
    det = np.maximum(i_a * i_b - i_ab**2, 1e-9)
    step_a = np.where(own, (i_b * g_a - i_ab * g_b) / det, 0.0)
    step_b = np.where(own, (i_a * g_b - i_ab * g_a) / det, g_b / i_b)
    a_new: Floats = np.clip(a * np.exp(np.clip(step_a, -0.4, 0.4)), 0.15, 6.0)
    b_new: Floats = np.clip(b + np.clip(step_b, -0.8, 0.8), -8.0, 8.0)
    sd: Floats = np.sqrt(np.where(own, i_a / det, 1 / i_b))
    return a_new, b_new, sd


def _common(
    a: Floats,
    b: Floats,
    hits: Floats,
    counts: Floats,
    *,
    own: Flags,
    common: float,
    priors: Priors,
) -> float:
    """The slope that items without one of their own share, and towards which the others shrink."""
    shared = ~own
    log_start = float(np.log(priors.slope))
    gradient = -(np.log(common) - log_start) / priors.common_sd**2
    weight = 1 / priors.common_sd**2
    if shared.any():
        p = chance(POINTS[None, :], b[shared, None], common)
        away = POINTS[None, :] - b[shared, None]
        gradient += common * float((away * (hits[shared] - counts[shared] * p)).sum())
        weight += common**2 * float((away**2 * counts[shared] * p * (1 - p)).sum())
    if own.any():
        gradient += float(np.log(a[own] / common).sum()) / priors.slope_sd**2
        weight += float(own.sum()) / priors.slope_sd**2
    step = float(np.clip(gradient / weight, -0.4, 0.4))
    return float(np.clip(common * np.exp(step), 0.15, 6.0))


# Persons' worth of the normal curve mixed into a learned population: few people stay normal.
_NORMAL_PEOPLE = 25.0


def _population(weights: Floats, people: int) -> Floats:
    normal = _normal(np.zeros(1), np.ones(1))[0]
    mixed = weights + _NORMAL_PEOPLE * normal
    shares: Floats = mixed / mixed.sum()
    return shares


def _rescaled(
    a: Floats, b: Floats, shares: Floats, common: float
) -> tuple[Floats, Floats, Floats, float]:
    """Items and population on the scale where the population has mean 0 and sd 1."""
    mean = float(shares @ POINTS)
    sd = float(np.sqrt(shares @ (POINTS - mean) ** 2))
    moved = np.interp(POINTS * sd + mean, POINTS, shares, left=0.0, right=0.0)
    return a * sd, (b - mean) / sd, moved / moved.sum(), common * sd


def predicted(
    known: Calibrated, right: Floats, given: Sequence[int], wanted: Sequence[int]
) -> Floats:
    """P(right) on wanted items, from someone's answers to given ones: averaged over what is
    believed of their ability, not at a single best guess (so it is honest about not knowing).

    Args:
        right: persons x items, NaN where not asked; only columns `given` are looked at.

    Returns:
        persons x len(wanted).
    """
    own = right[:, given]
    seen = ~np.isnan(own)
    good: Floats = np.where(seen, own, 0.0)
    shares = _posterior(
        good,
        seen.astype(np.float64),
        known.slope[list(given)],
        known.difficulty[list(given)],
        known.shares[None, :],
    )
    p = chance(
        POINTS[:, None], known.difficulty[list(wanted)][None, :], known.slope[list(wanted)][None, :]
    )
    told: Floats = shares @ p
    return told


def without_experts(right: Floats, priors: Priors | None = None) -> Priors:
    """Priors for answers without any expert: an item's own share of right answers, drawn towards
    the middle, is where its difficulty starts; a wide prior leaves the rest to the answers."""
    seen = ~np.isnan(right)
    share = (np.nansum(right, axis=0) + 1.0) / (seen.sum(axis=0) + 2.0)
    start: Floats = -np.log(share / (1 - share))
    base = priors or Priors(start)
    return replace(base, difficulty=np.full(len(start), float(start.mean())), sd=2.0)
