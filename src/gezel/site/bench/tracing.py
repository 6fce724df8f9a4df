"""Answers of learners, to predict the next from those before it: files, folds and scores.

In some files an answer that asks two skills stands there twice, once per skill; then the row
before tells the next, and AUC comes out well above what anyone can know beforehand. Such pairs of
skills give themselves away: the second row always agrees with the first. `written_twice` finds
them and `merged` makes one answer of them, on a skill of its own for that combination.
"""

import csv
import gzip
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Two skills are of one answer if the row after agrees with the row before this much beyond chance
# (Cohen's kappa: easy steps agree often too), over at least so many times that they stood together.
_KAPPA, _OFTEN = 0.9, 20


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


def same_learner(answers: Answers, back: int = 1) -> Ints:
    """The rows that have a row `back` places earlier of the same learner."""
    who = answers.learner
    return np.flatnonzero(who[back:] == who[:-back]) + back


def written_twice(answers: Answers) -> frozenset[tuple[int, int]]:
    """Skills (first, second) that are one answer written in two rows."""
    after = same_learner(answers)
    s, y = answers.skill, answers.correct
    after = after[s[after] != s[after - 1]]
    if not after.size:
        return frozenset()
    both, at, n = np.unique(
        np.column_stack([s[after - 1], s[after]]), axis=0, return_inverse=True, return_counts=True
    )
    at = at.reshape(-1)
    first, second = (np.bincount(at, y[after - back]) / n for back in (1, 0))
    agree = np.bincount(at, y[after] == y[after - 1]) / n
    chance = first * second + (1 - first) * (1 - second)
    same = (agree - chance >= _KAPPA * (1 - chance)) & (chance < 1) & (n >= _OFTEN)
    return frozenset((int(a), int(b)) for a, b in both[same])


def merged(parts: Iterable[Answers], twice: frozenset[tuple[int, int]]) -> list[Answers]:
    """The same parts with one row per answer; which skills go together is told, not looked up."""
    names: dict[tuple[int, ...], int] = {}
    found = []
    for answers in parts:
        rows: list[tuple[int, list[int], int]] = []
        learner, skill = -1, -1
        for who, what, right in zip(
            answers.learner.tolist(), answers.skill.tolist(), answers.correct.tolist(), strict=True
        ):
            if who == learner and (skill, what) in twice:
                rows[-1][1].append(what)
            else:
                rows.append((who, [what], right))
            learner, skill = who, what
        table = [
            (who, names.setdefault(tuple(sorted(set(skills))), len(names)), right)
            for who, skills, right in rows
        ]
        found.append(Answers(*np.array(table, dtype=np.int64).reshape(-1, 3).T))
    return found


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
