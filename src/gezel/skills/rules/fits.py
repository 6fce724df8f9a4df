"""What the ratings of an organisation tell of raters, of kinds of ratings, and of groups.

Every night: how mild or strict each rater is beside others who saw the same people, how far
ratings of a kind lie too high and apart, and where people with one role stand.

A rating = level of that person + what its kind lies too high + mildness of the rater + noise, each
but the first drawn from a normal distribution. That is the linear many-facet model with crossed
random effects; mildness is its best linear unbiased prediction (Henderson 1975), a ridge
regression of which the shrinkage follows from the variances. The variances come from how far
ratings of the same person lie apart (method of moments), shrunk to the published figures.

Source of the model: Linacre 1989 (many-facet); Robinson 1991 (BLUP).
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gezel.skills.rules.ageing import Floats
from gezel.skills.rules.belief import Ints, Prior
from gezel.skills.rules.parameters import CURRENT, PARAMETERS, RATINGS, Parameters, Source

# A rater is corrected only if they rated so many people; of fewer it may be who they rated.
FEWEST_RATEES = 5
# So many ratings, and so many raters, the published figures stand for.
_AS_GOOD_AS, _RATERS_AS_GOOD_AS = 30.0, 10.0
# How far what a kind lies too high may differ between organisations (sd, levels).
_BIAS_SD = 0.3
_ROUNDS = 5
_MIDDLE, _ROOM = 3.0, 1.0
# So many raters at once are looked at for what they share.
_AT_ONCE = 1_500
_KINDS = tuple(sorted(RATINGS))


@dataclass(frozen=True, slots=True)
class Rating:
    """One rating, as the fit needs it: about one skill of one person, by whom and how high."""

    person: Hashable
    skill: Hashable
    rater: int
    kind: str
    level: float


@dataclass(frozen=True, slots=True)
class RaterFitted:
    """How many levels above others someone rates, how sure that is, and over how many people."""

    leniency: float
    sd: float
    ratees: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """What the ratings tell: of kinds, and of raters with enough people (by rater and kind)."""

    sources: Mapping[str, Source]
    raters: Mapping[tuple[int, str], RaterFitted]


def fit_ratings(ratings: Sequence[Rating], *, version: int = CURRENT) -> Fitted:
    """Fit kinds and raters to all ratings that stand: of each rater, person and skill one.

    The order of the ratings does not matter beyond the last digit; whoever keeps the answer
    rounds it. Without ratings the published figures come back.
    """
    p = PARAMETERS[version]
    if not ratings:
        return Fitted(dict(p.sources), {})
    table = _Table.of(ratings)
    bias = np.array([p.sources[kind].bias for kind in _KINDS])
    whole = np.array([p.sources[k].noise ** 2 + p.sources[k].leniency ** 2 for k in _KINDS])
    between = np.array([p.sources[kind].leniency ** 2 for kind in _KINDS])
    for _round in range(_ROUNDS):
        system = _System(table, whole, between, p)
        bias, mild = system.solved()
        whole, between = _spreads(table, bias, mild, whole, p)
    system = _System(table, whole, between, p)
    bias, mild = system.solved()
    unsure = np.sqrt(np.minimum(system.shared_variance(), between[table.kind_of]))
    sources = {
        kind: Source(
            round(float(bias[k]), 2),
            round(float(np.sqrt(whole[k] - between[k])), 2),
            round(float(np.sqrt(between[k])), 2),
        )
        for k, kind in enumerate(_KINDS)
    }
    raters = {
        name: RaterFitted(round(float(mild[r]), 2), round(float(unsure[r]), 2), int(n))
        for r, (name, n) in enumerate(zip(table.names, table.ratees, strict=True))
        if n >= FEWEST_RATEES
    }
    return Fitted(sources, raters)


@dataclass(frozen=True, slots=True)
class _Table:
    """Ratings as columns. Shapes: `level`, `target`, `rater`, `kind` (n,); `kind_of` (raters,)."""

    level: Floats
    target: Ints
    rater: Ints
    kind: Ints
    kind_of: Ints
    targets: int
    names: list[tuple[int, str]]
    ratees: Ints

    @property
    def raters(self) -> int:
        return len(self.names)

    @classmethod
    def of(cls, ratings: Sequence[Rating]) -> "_Table":
        targets: dict[tuple[Hashable, Hashable], int] = {}
        raters: dict[tuple[int, str], int] = {}
        ratees: list[set[Hashable]] = []
        target, rater = [], []
        for one in ratings:
            target.append(targets.setdefault((one.person, one.skill), len(targets)))
            r = raters.setdefault((one.rater, one.kind), len(raters))
            if r == len(ratees):
                ratees.append(set())
            ratees[r].add(one.person)
            rater.append(r)
        kind_of = np.array([_KINDS.index(kind) for _rater, kind in raters], dtype=np.int64)
        return cls(
            level=np.array([one.level for one in ratings], dtype=np.float64),
            target=np.array(target, dtype=np.int64),
            rater=np.array(rater, dtype=np.int64),
            kind=kind_of[np.array(rater, dtype=np.int64)],
            kind_of=kind_of,
            targets=len(targets),
            names=list(raters),
            ratees=np.array([len(people) for people in ratees], dtype=np.int64),
        )


class _System:
    """The normal equations of bias per kind and mildness per rater, given the variances.

    Each person's level is eliminated first (every rating is about one). Raters of few people have
    no unknown of their own: their strictness is part of the noise of their ratings.
    """

    def __init__(self, table: _Table, whole: Floats, between: Floats, p: Parameters) -> None:
        self.t = t = table
        self.own = (t.ratees >= FEWEST_RATEES).astype(np.float64)
        self.has = self.own[t.rater]
        self.w = 1.0 / (whole[t.kind] - self.has * between[t.kind])
        self.about = np.bincount(t.target, self.w, t.targets) + 1.0 / p.prior_sd**2
        self.published = np.array([p.sources[kind].bias for kind in _KINDS])
        # A lead's eyes are what others are measured by: that bias is not fitted.
        self.stiff = np.array([1e9 if kind == "lead" else 1.0 / _BIAS_SD**2 for kind in _KINDS])
        self.ridge = np.concatenate([self.stiff, 1.0 / between[t.kind_of]])

    def _without_levels(self, values: Floats) -> Floats:
        """Ratings minus what each person's level explains of them, weighed."""
        level = np.bincount(self.t.target, self.w * values, self.t.targets) / self.about
        return np.asarray(self.w * (values - level[self.t.target]))

    def _gathered(self, values: Floats) -> Floats:
        kinds = np.bincount(self.t.kind, values, len(_KINDS))
        raters = np.bincount(self.t.rater, values * self.has, self.t.raters)
        return np.concatenate([kinds, raters])

    def _normal(self, x: Floats) -> Floats:
        kinds, raters = x[: len(_KINDS)], x[len(_KINDS) :]
        told = kinds[self.t.kind] + self.has * raters[self.t.rater]
        return np.asarray(self._gathered(self._without_levels(told)) + self.ridge * x)

    def solved(self) -> tuple[Floats, Floats]:
        """Bias per kind and mildness per rater, 0 for raters of few."""
        t, k = self.t, len(_KINDS)
        plain = t.level - self.published[t.kind]
        middle = float(np.average(plain, weights=self.w))
        wanted = self._gathered(self._without_levels(t.level - middle))
        wanted[:k] += self.stiff * self.published
        diagonal = self._gathered(self.w - self.w**2 / self.about[t.target]) + self.ridge
        x = _conjugate_gradients(self._normal, wanted, diagonal)
        return x[:k], x[k:] * self.own

    def shared_variance(self) -> Floats:
        """How unsure each rater's mildness is, with what they share with who saw the same people.

        Raters of one team cannot be told from a team that is better than it seems, so their
        errors go together; counted as if apart, what remains unsure would look too small. So a
        rater gets, on average over whom they rated, the covariance with the sum of all raters of
        that person. Of more than `_AT_ONCE` raters, those who come together are taken together.
        """
        t = self.t
        sums = np.zeros(t.raters)
        rated = np.bincount(t.rater, minlength=t.raters)
        left, right = self._pairs()
        for first in range(0, t.raters, _AT_ONCE):
            size = min(_AT_ONCE, t.raters - first)
            a, b = t.rater[left] - first, t.rater[right] - first
            inside = (a >= 0) & (a < size) & (b >= 0) & (b < size)
            a, b, i, j = a[inside], b[inside], left[inside], right[inside]
            both = self.has[i] * self.has[j]
            joint = both * self.w[i] * self.w[j] / self.about[t.target[i]]
            flat = -np.bincount(a * size + b, joint, size * size).reshape(size, size)
            own = np.bincount(t.rater, self.w * self.has, t.raters)[first : first + size]
            flat[np.diag_indices(size)] += own + self.ridge[len(_KINDS) + first :][:size]
            covariance = np.linalg.inv(flat)
            sums[first : first + size] = np.bincount(a, both * covariance[a, b], size)
        return sums / np.maximum(rated, 1)

    def _pairs(self) -> tuple[Ints, Ints]:
        """Rows of ratings about the same skill of the same person, each with each and itself."""
        order = np.argsort(self.t.target, kind="stable")
        target = self.t.target[order]
        left, right = [order], [order]
        for apart in range(1, int(np.bincount(target).max())):
            same = np.flatnonzero(target[apart:] == target[:-apart])
            left += [order[same], order[same + apart]]
            right += [order[same + apart], order[same]]
        return np.concatenate(left), np.concatenate(right)


def _conjugate_gradients(
    matrix: Callable[[Floats], Floats], wanted: Floats, diagonal: Floats, *, most: int = 400
) -> Floats:
    """Solve a symmetric positive definite system, scaled by its diagonal, to 1e-8."""
    x = np.zeros_like(wanted)
    rest = wanted.copy()
    step = rest / diagonal
    along = step.copy()
    energy = float(rest @ step)
    enough = energy * 1e-16
    for _turn in range(most):
        if energy <= enough or energy == 0.0:
            break
        moved = matrix(along)
        length = energy / float(along @ moved)
        x += length * along
        rest -= length * moved
        step = rest / diagonal
        before, energy = energy, float(rest @ step)
        along = step + energy / before * along
    return x


def _spreads(
    t: _Table, bias: Floats, mild: Floats, whole: Floats, p: Parameters
) -> tuple[Floats, Floats]:
    """Variance of a rating of each kind, and of raters of that kind, from ratings side by side.

    A rating is held against what the others say about the same skill of the same person. Its
    squared distance is its own variance and that of what they say. And two such distances of one
    rater share nothing but that rater: their product is the variance between raters.
    """
    kinds = len(_KINDS)
    count = np.bincount(t.target, minlength=t.targets)
    plain = t.level - bias[t.kind]
    middle = float(plain.mean())
    people = _between_people(t, plain - middle, count)
    w = 1.0 / whole[t.kind]

    def said_by_others(values: Floats) -> Floats:
        """The level expected from the others, as a distance from the middle."""
        sums = np.bincount(t.target, w * values, t.targets)[t.target] - w * values
        return np.asarray(sums * unsure)

    unsure = 1.0 / (np.bincount(t.target, w, t.targets)[t.target] - w + 1.0 / people)
    expected = said_by_others(plain - middle)
    # Near the ends of the scale ratings have no room to lie apart.
    seen = count[t.target] > 1
    roomy = seen & (np.abs(middle + expected - _MIDDLE) <= _ROOM)
    apart = (plain - middle - expected) ** 2 - unsure
    n = np.bincount(t.kind, roomy, kinds)
    published = np.array([p.sources[k].noise ** 2 + p.sources[k].leniency ** 2 for k in _KINDS])
    found = np.bincount(t.kind, np.where(roomy, apart, 0.0), kinds)
    mixed = (found + _AS_GOOD_AS * published) / (n + _AS_GOOD_AS)
    # Views that agree all too well were copied from each other.
    whole = np.maximum(mixed, 0.5 * published)

    # The others corrected for their own mildness, so that they share as little as can be.
    corrected = said_by_others(plain - middle - mild[t.rater])
    alone = np.where(seen, plain - middle - corrected, 0.0)
    sums = np.bincount(t.rater, alone, t.raters)
    squares = np.bincount(t.rater, alone * alone, t.raters)
    counted = np.bincount(t.rater, seen, t.raters)
    products = np.bincount(t.kind_of, sums * sums - squares, kinds)
    many = np.bincount(t.kind_of, counted * (counted - 1.0), kinds)
    raters = np.bincount(t.kind_of, counted > 1, kinds)
    between = np.array([p.sources[kind].leniency ** 2 for kind in _KINDS])
    measured = np.divide(products, many, out=between.copy(), where=many > 0)
    mixed = (raters * measured + _RATERS_AS_GOOD_AS * between) / (raters + _RATERS_AS_GOOD_AS)
    return whole, np.clip(mixed, 0.01, 0.8 * whole)


def _between_people(t: _Table, plain: Floats, count: Ints) -> float:
    """Variance of levels: what two ratings of the same skill of the same person share."""
    sums = np.bincount(t.target, plain, t.targets)
    squares = np.bincount(t.target, plain * plain, t.targets)
    pairs = float((count * (count - 1)).sum())
    shared = float((sums * sums - squares).sum())
    return max(0.2, (shared + _AS_GOOD_AS) / (pairs + _AS_GOOD_AS))


@dataclass(frozen=True, slots=True)
class Shown:
    """What one person's own evidence says of a skill, without any start (see `evidence_alone`)."""

    level: float
    sd: float


def evidence_alone(level: float, sd: float, start: Prior) -> Shown | None:
    """A belief with the start it began from taken out; None where little else is in it."""
    precision = 1.0 / (sd * sd) - 1.0 / (start.sd * start.sd)
    if precision < 0.25:
        return None
    own = (level / (sd * sd) - start.mean / (start.sd * start.sd)) / precision
    return Shown(min(5.0, max(0.0, own)), precision**-0.5)


# How far levels of people with one role lie apart before we know (sd), and how many people that
# guess stands for; how sure we are beforehand that a group stands in the middle of the scale.
_WITHIN_ROLE, _WITHIN_FOR, _GROUP_SD = 1.0, 10.0, 1.0
# A start is made so much wider than the group is, that who stands out is not pulled in.
_WIDER = 1.2


def group_prior(shown: Sequence[Shown], *, smallest: int, version: int = CURRENT) -> Prior | None:
    """Where people with one role stand in a skill, to the tenth; None of a group too small.

    A random-effects mean (DerSimonian & Laird 1986), shrunk to the middle of the scale.
    """
    if len(shown) < max(5, smallest):
        return None
    p = PARAMETERS[version]
    levels = np.array([one.level for one in shown])
    variances = np.array([one.sd for one in shown]) ** 2
    w = 1.0 / variances
    mean = np.average(levels, weights=w)
    spare = float(w.sum() - (w * w).sum() / w.sum())
    q = float((w * (levels - mean) ** 2).sum())
    measured = max(0.0, (q - (len(shown) - 1)) / spare) if spare > 0 else 0.0
    n = len(shown)
    within = (n * measured + _WITHIN_FOR * _WITHIN_ROLE**2) / (n + _WITHIN_FOR)
    v = 1.0 / (within + variances)
    trust = float(v.sum())
    middle = (float((v * levels).sum()) + p.prior_mean / _GROUP_SD**2) / (
        trust + 1.0 / _GROUP_SD**2
    )
    spread = (within + 1.0 / (trust + 1.0 / _GROUP_SD**2)) ** 0.5
    return Prior(round(middle, 1), max(0.5, round(_WIDER * spread, 1)), n)
