"""Predicting the next answer from the answers before it: a logistic regression one can read.

For every answer: which skill, how often this learner got it right and wrong before, how recently,
and how they do elsewhere. Nothing of the answer itself or of what follows goes in.

In some files an answer that asks two skills stands there twice, once per skill; then the row
before tells the next (it lifts AUC well above what anyone can know beforehand). `written_twice`
sees it, and `careful` leaves the row just before out of what is known of *other* skills.

Source of the features: PFA (Pavlik, Cen & Koedinger 2009), recency-weighted counts (Galyardt &
Goldin 2015), Best-LR (Gervet et al. 2020).
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, log1p
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# What is left of an answer's weight after each later one.
_FADES = (0.5, 0.75, 0.9)
# Features that each skill weighs in its own way: right and wrong answers, a fading mean of both,
# and how the learner did just before on anything.
_OWN = (0, 1, 5, 22, 24)
_SURPRISES = (0.3, 0.6, 0.8, 0.9, 0.97)


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers in the order they were given. Shapes: all (n,)."""

    learner: Ints
    skill: Ints
    correct: Ints

    def __len__(self) -> int:
        return len(self.learner)

    def of(self, learners: Sequence[int] | Ints) -> "Answers":
        """The answers of these learners."""
        kept = np.isin(self.learner, learners)
        return Answers(self.learner[kept], self.skill[kept], self.correct[kept])


def read(path: Path) -> Answers:
    """A file of this layout: learner, step, skill_id, correct; plain or gzipped."""
    whole = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [
        (int(r["learner"]), int(r["step"]), int(r["skill_id"]), int(r["correct"]))
        for r in csv.DictReader(whole.decode().splitlines())
    ]
    rows.sort(key=lambda r: (r[0], r[1]))
    learner, _step, skill, correct = np.array(rows, dtype=np.int64).T
    return Answers(learner, skill, correct)


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


def written_twice(answers: Answers) -> float:
    """Which share of rows goes A B A B within a learner: answers written once per skill."""
    s, who = answers.skill, answers.learner
    if len(answers) < 4:
        return 0.0
    again = (s[3:] == s[1:-2]) & (s[2:-1] == s[:-3]) & (s[3:] != s[2:-1]) & (who[3:] == who[:-3])
    return float(again.mean())


def _rows(
    answers: Answers, easy: dict[int, float], usual: float, *, careful: bool
) -> Iterator[list[float]]:
    """Features of each answer, from what its learner did before.

    What the learner did on all skills is held against how easy those skills were.
    """
    learner = None
    for row in range(len(answers)):
        who, skill = int(answers.learner[row]), int(answers.skill[row])
        if who != learner:
            learner = who
            skills: dict[int, _Track] = defaultdict(_Track)
            everywhere = _Everywhere()
            waiting: tuple[int, int, float] | None = None
        if waiting is not None and (waiting[1] == skill or not careful):
            # The row before was of this skill too, so it was another answer.
            everywhere.add(*waiting)
            waiting = None
        own = skills[skill]
        told = own.told(row, easy.get(skill, usual)) + everywhere.told(row, usual)
        yield [*told, told[0] - told[1], told[0] * told[1]]
        if waiting is not None:
            everywhere.add(*waiting)
        correct = int(answers.correct[row])
        waiting = row, skill, correct - easy.get(skill, usual)
        own.add(row, correct)


class _Everywhere:
    """What came before on all skills, also held against how easy each was."""

    def __init__(self) -> None:
        self.track = _Track()
        self.sum, self.seen = 0.0, 0
        self.faded = [0.0] * len(_SURPRISES)

    def told(self, row: int, usual: float) -> list[float]:
        return [
            *self.track.told(row, usual),
            self.sum / (self.seen + 5),
            log1p(self.seen),
            *self.faded,
        ]

    def add(self, row: int, _skill: int, surprise: float) -> None:
        self.track.add(row, int(surprise > 0))
        self.sum += surprise
        self.seen += 1
        self.faded = [
            fade * mean + (1 - fade) * surprise
            for mean, fade in zip(self.faded, _SURPRISES, strict=True)
        ]


def predict(train: Answers, test: Answers, *, careful: bool = False) -> Floats:
    """The probability that each answer of `test` is right, fitted on `train` alone.

    The learners of `test` may be unknown; of each answer only those before it are used.
    """
    from scipy.sparse import coo_matrix, csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    usual = float(train.correct.mean())
    sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for skill, correct in zip(train.skill, train.correct, strict=True):
        sums[int(skill)][0] += correct
        sums[int(skill)][1] += 1
    easy = {skill: (right + 5 * usual) / (n + 5) for skill, (right, n) in sums.items()}
    place = {skill: at for at, skill in enumerate(sorted(easy))}

    def matrix(
        answers: Answers, shift: Floats | None, scale: Floats | None
    ) -> tuple["csr_matrix", Floats, Floats]:
        dense = np.array(list(_rows(answers, easy, usual, careful=careful)))
        if shift is None or scale is None:
            shift, scale = dense.mean(0), dense.std(0) + 1e-9
        dense = (dense - shift) / scale
        level = np.array([log(easy.get(int(s), usual) / (1 - easy.get(int(s), usual)))
                          for s in answers.skill])  # fmt: skip
        at = np.array([place.get(int(s), -1) for s in answers.skill])
        known = np.flatnonzero(at >= 0)
        # Each skill its own start and its own worth of some features.
        own = [np.ones(len(answers)), *(dense[:, n] for n in _OWN)]
        shape = len(answers), len(place)
        blocks = [csr_matrix(np.column_stack([dense, level]))] + [
            coo_matrix((0.5 * values[known], (known, at[known])), shape).tocsr() for values in own
        ]
        return hstack(blocks, format="csr"), shift, scale

    known, shift, scale = matrix(train, None, None)
    asked, _shift, _scale = matrix(test, shift, scale)
    model = LogisticRegression(C=0.3, max_iter=120).fit(known, train.correct)
    return np.asarray(model.predict_proba(asked)[:, 1], dtype=np.float64)


def folds(answers: Answers, number: int, *, seed: int = 1) -> Iterator[tuple[Answers, Answers]]:
    """Parts to fit on and to score, split over learners."""
    learners = np.unique(answers.learner)
    np.random.default_rng(seed).shuffle(learners)
    for part in np.array_split(learners, number):
        yield answers.of(np.setdiff1d(learners, part)), answers.of(part)


def auc(right: Ints, said: Floats) -> float:
    """The chance that a right answer was given a higher probability than a wrong one."""
    order = np.argsort(said, kind="stable")
    ordered = said[order]
    # Ties share the mean of their ranks.
    _values, back, counts = np.unique(ordered, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = np.empty(len(said))
    ranks[order] = (last - (counts - 1) / 2)[back]
    n = int(right.sum())
    return float((ranks[right == 1].sum() - n * (n + 1) / 2) / (n * (len(right) - n)))


def calibration_error(right: Ints, said: Floats, bins: int = 10) -> float:
    """Expected calibration error over equal bins of probability."""
    at = np.minimum((said * bins).astype(int), bins - 1)
    n = np.bincount(at, minlength=bins)
    off = np.abs(np.bincount(at, said, bins) - np.bincount(at, right, bins))
    return float(off[n > 0].sum() / len(said))
