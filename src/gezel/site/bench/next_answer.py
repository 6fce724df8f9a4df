"""Predicting the next answer: an additive logistic regression one can read.

For every answer: which skill (or step of a problem), how often this learner got it right and wrong
before and how recently, how they do elsewhere given how hard that was, how far they have strayed
from the usual order, and how they did on the steps that usually come just before this one. Nothing
of the answer itself or of what follows goes in.

Sources: counts per skill, PFA (Pavlik, Cen & Koedinger 2009); means in which the old fades
(Galyardt & Goldin 2015); a worth of its own per skill, Best-LR (Gervet et al. 2020); a rating that
follows the learner, Elo with its uncertainty (Glickman 1999; Pelánek 2016). How steps hang together
is our own: a weight per pair of neighbours that enough learners met, shrunk towards none.
Ridge and weights of the blocks were chosen on learners within the first fold's training part of
Statics; that fold's test part was not looked at.
"""

from collections import defaultdict
from dataclasses import dataclass
from math import exp, log, log1p

import numpy as np
from numpy.typing import NDArray

from gezel.site.bench.tracing import Answers, Floats, Ints, same_learner

# What is left of an answer's weight after each later one: on this skill, and on all.
_FADES = (0.5, 0.75, 0.9)
_FADES_ALL = (0.3, 0.6, 0.8, 0.9, 0.97)
# How much a learner's level may move per answer (variance, logits²), and their spread to begin.
_DRIFTS, _SPREAD = (0.0, 0.02, 0.1, 0.5), 0.8
# A skill's share right starts as that of all, worth this many answers.
_SHRINK = 5
# How many answers back a neighbour may stand, and how often a pair was met to have a weight.
_BACK, _MET = 6, 10
# After a step that follows the one before in fewer cases than this, another problem has begun.
_JUMP = 0.1
# Ridge: one over the variance of a weight; and how much smaller a weight per skill or pair is.
_RIDGE, _SKILL_SLOPE, _PAIR_START, _PAIR_SLOPE = 2.5, 0.35, 0.5, 0.35


class _Track:
    """What came before, of one skill or of all: counts, and means in which the old fades."""

    __slots__ = ("last", "means", "right", "row", "run", "wrong")

    def __init__(self) -> None:
        self.right = self.wrong = 0
        self.last, self.run, self.row = 0, 0, -1
        self.means = [0.0] * len(_FADES)

    def told(self, row: int, prior: float) -> list[float]:
        seen = self.right + self.wrong
        means = [
            (mean + prior * (1 - fade) * 2) / ((1 - fade**seen) + (1 - fade) * 2)
            for mean, fade in zip(self.means, _FADES, strict=True)
        ]
        return [
            log1p(self.right),
            log1p(self.wrong),
            (self.right + 2 * prior) / (seen + 2) - prior,
            *(mean - prior for mean in means),
            float(self.last),
            float(min(5, max(-5, self.run))),
            log(row - self.row) if seen else 0.0,
            float(seen == 0),
        ]

    def add(self, row: int, correct: int) -> None:
        self.right += correct
        self.wrong += 1 - correct
        self.last = 1 if correct else -1
        self.run = max(1, self.run + 1) if correct else min(-1, self.run - 1)
        self.row = row
        self.means = [
            fade * mean + (1 - fade) * correct
            for mean, fade in zip(self.means, _FADES, strict=True)
        ]


class _Everywhere:
    """What came before on all skills, each answer held against how easy it was."""

    __slots__ = ("faded", "level", "seen", "since", "spread", "sum", "sum_since", "track")

    def __init__(self) -> None:
        self.track = _Track()
        self.sum = self.sum_since = 0.0
        self.seen = self.since = 0
        self.faded = [0.0] * len(_FADES_ALL)
        self.level, self.spread = [0.0] * len(_DRIFTS), [_SPREAD] * len(_DRIFTS)

    def jump(self) -> None:
        """Another problem begins."""
        self.sum_since, self.since = 0.0, 0

    def told(self, row: int, usual: float) -> list[float]:
        return [
            *self.track.told(row, usual),
            self.sum / (self.seen + 5),
            log1p(self.seen),
            self.sum_since / (self.since + 2),
            log1p(self.since),
            *self.faded,
            *self.level,
        ]

    def add(self, row: int, correct: int, easy: float) -> None:
        surprise = (correct - easy) / (easy * (1 - easy)) ** 0.5
        self.track.add(row, correct)
        self.sum += surprise
        self.sum_since += surprise
        self.seen += 1
        self.since += 1
        self.faded = [
            fade * mean + (1 - fade) * surprise
            for mean, fade in zip(self.faded, _FADES_ALL, strict=True)
        ]
        start = log(easy / (1 - easy))
        for n, drift in enumerate(_DRIFTS):
            expected = 1 / (1 + exp(-start - self.level[n]))
            before = self.spread[n] + drift
            self.spread[n] = before / (1 + before * expected * (1 - expected))
            self.level[n] += self.spread[n] * (correct - expected)


# Where features stand in a row of `_rows`; those that each skill weighs in its own way: right and
# wrong answers and a fading mean of both, how it went just before on anything, and the level.
_FADED_ALL = 24
_LEVELS = _FADED_ALL + len(_FADES_ALL)
_OWN = (0, 1, 5, _FADED_ALL, _LEVELS + 1, _LEVELS + 2)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the part to fit on tells of skills and of their usual order."""

    skills: Ints  # (m,) ascending
    easy: Floats  # (m + 1,) share right, shrunk; the last is for a skill not seen
    seen: Ints  # (m + 1,) answers
    pairs: Ints  # (p,) skill before * m + skill, ascending
    met: Ints  # (p,) how often

    @classmethod
    def of(cls, answers: Answers) -> "_Known":
        skills, at, seen = np.unique(answers.skill, return_inverse=True, return_counts=True)
        usual = float(answers.correct.mean())
        easy = (np.bincount(at, answers.correct) + _SHRINK * usual) / (seen + _SHRINK)
        after = same_learner(answers)
        pairs, met = np.unique(at[after - 1] * len(skills) + at[after], return_counts=True)
        return cls(skills, np.append(easy, usual), np.append(seen, 0), pairs, met)

    def place(self, skill: Ints) -> Ints:
        """Where each skill stands; -1 if it was not seen."""
        at = np.minimum(np.searchsorted(self.skills, skill), len(self.skills) - 1)
        return np.where(self.skills[at] == skill, at, -1)

    def held_against(self, answers: Answers, *, own: bool) -> Floats:
        """How easy each answer was; without that answer itself if it is among those fitted on."""
        at = self.place(answers.skill)
        if not own:
            return self.easy[at]
        weight = self.seen[at] + _SHRINK
        return (self.easy[at] * weight - answers.correct) / (weight - 1)

    def order(self, answers: Answers, *, own: bool) -> Floats:
        """How usual the step before is (n, 2): log share of what leaves there, and arrives here."""
        at, m = self.place(answers.skill), len(self.skills)
        said = np.full((len(answers), 2), -3.0)
        after = same_learner(answers)
        before, now = at[after - 1], at[after]
        pair = before * m + now
        spot = np.minimum(np.searchsorted(self.pairs, pair), len(self.pairs) - 1)
        hit = (self.pairs[spot] == pair) & (before >= 0) & (now >= 0)
        met = np.where(hit, self.met[spot] - own, 0)
        for side, ends in enumerate((before, now)):
            said[after, side] = np.log((met + 0.5) / (self.seen[ends] + 5))
        return said


def _rows(answers: Answers, known: _Known, easy: Floats, order: Floats) -> Floats:
    """Features of each answer, from what its learner did before. Shape (n, features)."""
    usual, prior = float(known.easy[-1]), known.easy[known.place(answers.skill)].tolist()
    jumps = (order[:, 1] < log(_JUMP)).tolist()
    held = easy.tolist()
    learner = None
    rows = []
    for row, (who, skill, correct) in enumerate(
        zip(answers.learner.tolist(), answers.skill.tolist(), answers.correct.tolist(), strict=True)
    ):
        if who != learner:
            learner = who
            skills: dict[int, _Track] = defaultdict(_Track)
            everywhere = _Everywhere()
        elif jumps[row]:
            everywhere.jump()
        own = skills[skill].told(row, prior[row])
        rows.append([*own, *everywhere.told(row, usual), own[0] - own[1], own[0] * own[1]])
        skills[skill].add(row, correct)
        everywhere.add(row, correct, held[row])
    return np.column_stack([np.array(rows), order])


class _Neighbours:
    """A weight per pair of skills that stood `back` answers apart often enough."""

    def __init__(self, train: Answers, place: Ints, skills: int) -> None:
        self.skills = skills
        self.kept: list[Ints] = []
        for back in range(1, _BACK + 1):
            _after, pair = self._pairs(train, place, back)
            met, n = np.unique(pair, return_counts=True)
            self.kept.append(met[n >= _MET])

    def _pairs(self, answers: Answers, place: Ints, back: int) -> tuple[Ints, Ints]:
        after = same_learner(answers, back)
        after = after[(place[after] >= 0) & (place[after - back] >= 0)]
        return after, place[after - back] * self.skills + place[after]

    def blocks(self, answers: Answers, place: Ints, surprise: Floats):  # type: ignore[no-untyped-def]
        """Sparse columns: the surprise at a neighbour; for the nearest also that it stood there."""
        from scipy.sparse import csr_matrix

        for back, kept in enumerate(self.kept, start=1):
            if not kept.size:
                continue
            after, pair = self._pairs(answers, place, back)
            spot = np.minimum(np.searchsorted(kept, pair), len(kept) - 1)
            hit = kept[spot] == pair
            rows, spot, shape = after[hit], spot[hit], (len(answers), len(kept))
            if back == 1:
                yield csr_matrix((np.full(rows.size, _PAIR_START), (rows, spot)), shape)
            yield csr_matrix((_PAIR_SLOPE * surprise[rows - back], (rows, spot)), shape)


def predict(train: Answers, test: Answers) -> Floats:
    """The probability that each answer of `test` is right, fitted on `train` alone.

    The learners of `test` may be unknown; of each answer only those before it are used.
    """
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    known = _Known.of(train)
    neighbours = _Neighbours(train, known.place(train.skill), len(known.skills))

    def told(answers: Answers) -> tuple[Floats, list["csr_matrix"], Ints]:
        mine = answers is train
        easy, place = known.held_against(answers, own=mine), known.place(answers.skill)
        surprise = (answers.correct - easy) / np.sqrt(easy * (1 - easy))
        dense = _rows(answers, known, easy, known.order(answers, own=mine))
        return dense, list(neighbours.blocks(answers, place, surprise)), place

    def matrix(dense: Floats, pairs: list["csr_matrix"], place: Ints) -> "csr_matrix":
        dense = (dense - shift) / scale
        start = np.log(known.easy[place] / (1 - known.easy[place]))
        rows: NDArray[np.int64] = np.flatnonzero(place >= 0)
        shape = len(dense), len(known.skills)
        skill = [
            csr_matrix((values[rows], (rows, place[rows])), shape)
            for values in (np.ones(len(dense)), *(_SKILL_SLOPE * dense[:, n] for n in _OWN))
        ]
        return hstack([csr_matrix(np.column_stack([dense, start])), *skill, *pairs], format="csr")

    fitted, asked = told(train), told(test)
    shift, scale = fitted[0].mean(0), fitted[0].std(0) + 1e-9
    model = LogisticRegression(C=1 / _RIDGE, max_iter=200).fit(matrix(*fitted), train.correct)
    return np.asarray(model.predict_proba(matrix(*asked))[:, 1], dtype=np.float64)
