"""Which question comes next, and when there have been enough.

Everything that decides is handed in: the pool as it stood when the test began, what was answered,
and a seed. So a test can be played again afterwards and asks the same questions.

Sources: maximum information (Lord 1980, "Applications of Item Response Theory to Practical Testing
Problems"); a random one of the best few (Kingsbury & Zara 1989, "Procedures for selecting items for
computerized adaptive tests", Applied Measurement in Education 2), which also gives the balance of
content; predicted standard error reduction as a rule for stopping (Choi, Grady & Dodd 2011, "A new
stopping rule for computerized adaptive testing", Educational and Psychological Measurement 71);
stopping when a classification is sure enough (Weiss & Kingsbury 1984, "Application of computerized
adaptive testing to educational problems", Journal of Educational Measurement 21).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

import numpy as np
from numpy.typing import NDArray

from gezel.assessment.rules.measuring import (
    Answered,
    Belief,
    Floats,
    believed,
    information,
    starting_from,
)

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rules:
    """The dials of a test. A version that was used is never changed: a new one is added."""

    surest: float = 0.35
    """Stop at this standard error (logits)."""
    sure: float = 0.9
    """Stop when one level is this probable."""
    least_gain: float = 0.01
    """Stop when one more question is expected to lower the standard error by less (logits)."""
    fewest: int = 6
    """Questions that count before a level may be called sure: each part has had its turn."""
    most: int = 25
    """Questions at most, pilot questions included."""
    best: int = 10
    """A random one of the best so many; 1: the very best."""
    most_exposed: float = 0.5
    """No item is put to a larger share of the tests."""
    pilot_every: int = 8
    """One question in so many is on trial and does not count; 0: none."""
    smallest_bank: int = 60
    """With fewer live items the test is a fixed form."""
    fixed_length: int = 20
    """Questions of a fixed form, at most."""


VERSIONS: Mapping[int, Rules] = {1: Rules()}
VERSION = 1


class Stop(StrEnum):
    """Why a test stopped."""

    PRECISE = "precise"
    SURE = "sure"
    NO_GAIN = "no_gain"
    MOST = "most"
    EMPTY = "empty"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Card:
    """One item in the pool of a test, as it stood when the test began.

    `pilot`: on trial, never scored. `barred`: has been put to its share of tests already, or was
    answered by this person before; it comes only when nothing else is left.
    """

    key: int
    part: int
    difficulty: float
    slope: float = 1.0
    pilot: bool = False
    barred: bool = False


class Pool:
    """The cards of one test, laid out once so that choosing is quick."""

    def __init__(self, cards: Sequence[Card], shares: Mapping[int, float] | None = None) -> None:
        """Args:
        shares: per part how much of the test it should be (summing to 1); by default as its
            cards are in the pool.
        """
        self.cards = tuple(cards)
        self.place = {card.key: i for i, card in enumerate(self.cards)}
        self.difficulty: Floats = np.array([c.difficulty for c in self.cards])
        self.slope: Floats = np.array([c.slope for c in self.cards])
        self.part = np.array([c.part for c in self.cards], dtype=int)
        self.pilot = np.array([c.pilot for c in self.cards], dtype=bool)
        self.barred = np.array([c.barred for c in self.cards], dtype=bool)
        scored = self.part[~self.pilot]
        self.shares = dict(shares) if shares else {
            int(p): float((scored == p).mean()) for p in np.unique(scored)
        }  # fmt: skip


def is_exposed(shown: int, tests: int, rules: Rules) -> bool:
    """Whether an item is barred from the next test, so that its share stays below the cap.

    Only from twenty tests on: before that a share says little, and a new bank would lock itself.
    """
    return tests >= 20 and (shown + 1) / (tests + 1) > rules.most_exposed


def pilot_turns(seed: int, rules: Rules) -> frozenset[int]:
    """At which turns (from 1) a question on trial may come: one in each row of `pilot_every`.

    At a random place, never the very first, so that nobody can tell it from its place.
    """
    if not rules.pilot_every:
        return frozenset()
    dice = np.random.default_rng([seed, 0])
    rows = ceil(rules.most / rules.pilot_every)
    turns = (r * rules.pilot_every + int(dice.integers(2, rules.pilot_every + 1)) for r in
             range(rows))  # fmt: skip
    return frozenset(turn for turn in turns if turn <= rules.most)


def next_card(
    pool: Pool,
    asked: Collection[int],
    belief: Belief,
    *,
    seed: int,
    rules: Rules,
) -> Card | None:
    """The next question, or None when nothing is left that counts.

    Args:
        asked: keys of the cards that were asked already.
        seed: of this test; with the same pool and answers it gives the same question.
    """
    turn = len(asked) + 1
    unseen = np.ones(len(pool.cards), dtype=bool)
    if asked:
        unseen[[pool.place[key] for key in asked]] = False
    dice = np.random.default_rng([seed, turn])
    if turn in pilot_turns(seed, rules):
        trials = np.flatnonzero(unseen & pool.pilot)
        if trials.size:
            return pool.cards[int(dice.choice(trials))]
    free = unseen & ~pool.pilot
    if not free.any():
        return None
    counted = [pool.place[key] for key in asked if not pool.pilot[pool.place[key]]]
    free = _in_balance(pool, counted, _unbarred(pool, free))
    open_now = np.flatnonzero(free)
    worth = information(belief.mean, pool.difficulty[open_now], pool.slope[open_now])
    order = open_now[np.argsort(-worth, kind="stable")][: rules.best]
    if rules.best == 1:
        return pool.cards[int(order[0])]
    # The more it tells, the likelier: shorter tests under the same cap on exposure.
    weight = (worth[np.searchsorted(open_now, order)] + 1e-12) ** 2
    return pool.cards[int(dice.choice(order, p=weight / weight.sum()))]


def _unbarred(pool: Pool, free: Flags) -> Flags:
    """Without what is barred, unless that leaves nothing."""
    left = free & ~pool.barred
    return left if left.any() else free


def _in_balance(pool: Pool, counted: Sequence[int], free: Flags) -> Flags:
    """Only from parts that are not ahead of their share, unless that leaves nothing.

    All parts that are behind take part, not only the one that is most behind: with few items a
    part, the choice would otherwise hardly be adaptive any more.
    """
    if len(pool.shares) < 2:
        return free
    had = dict.fromkeys(pool.shares, 0)
    for place in counted:
        had[int(pool.part[place])] = had.get(int(pool.part[place]), 0) + 1
    turn = len(counted) + 1
    behind = [part for part, share in pool.shares.items() if had[part] < share * turn]
    left = free & np.isin(pool.part, behind)
    return left if left.any() else free


def why_stop(pool: Pool, asked: Sequence[int], belief: Belief, *, rules: Rules) -> Stop | None:
    """Why an adaptive test is over, or None when one more question is worth asking."""
    counted = [key for key in asked if not pool.pilot[pool.place[key]]]
    sd = belief.sd
    if counted and sd <= rules.surest:
        return Stop.PRECISE
    if len(counted) >= rules.fewest and max(belief.levels().values()) >= rules.sure:
        return Stop.SURE
    if len(asked) >= rules.most:
        return Stop.MOST
    left = [i for i, card in enumerate(pool.cards) if not card.pilot and card.key not in asked]
    if not left:
        return Stop.EMPTY
    if len(counted) >= rules.fewest:
        worth = information(belief.mean, pool.difficulty[left], pool.slope[left])
        best = left[int(np.argmax(worth))]
        if sd - belief.sd_after(pool.difficulty[best], pool.slope[best]) < rules.least_gain:
            return Stop.NO_GAIN
    return None


def fixed_form(cards: Sequence[Card], rules: Rules) -> tuple[int, ...]:
    """The same questions for everyone, where the bank is too small to choose from.

    From each part its share, spread evenly over difficulty, easy ones first. Keys settle ties,
    so the form is the same until the bank changes.
    """
    scored = sorted((c for c in cards if not c.pilot), key=lambda c: (c.difficulty, c.key))
    length = min(rules.fixed_length, len(scored))
    parts = sorted({c.part for c in scored})
    if not parts:
        return ()
    exact = {p: length * sum(c.part == p for c in scored) / len(scored) for p in parts}
    seats = {p: int(exact[p]) for p in parts}
    for p in sorted(parts, key=lambda p: (seats[p] - exact[p], p))[: length - sum(seats.values())]:
        seats[p] += 1
    taken = [card for p in parts for card in _spread([c for c in scored if c.part == p], seats[p])]
    return tuple(c.key for c in sorted(taken, key=lambda c: (c.difficulty, c.key)))


def _spread(cards: Sequence[Card], many: int) -> list[Card]:
    """So many cards, evenly over a row that is in order of difficulty."""
    if not many:
        return []
    return [cards[int((i + 0.5) * len(cards) / many)] for i in range(many)]


def answers_that_count(pool: Pool, asked: Sequence[int], right: Sequence[bool]) -> list[Answered]:
    """The scored answers, in order, with the parameters they were asked under."""
    told: list[Answered] = []
    for key, good in zip(asked, right, strict=True):
        card = pool.cards[pool.place[key]]
        if not card.pilot:
            told.append(Answered(card.difficulty, card.slope, good, card.part))
    return told


def played(
    pool: Pool, asked: Sequence[int], right: Sequence[bool], start: tuple[float, float]
) -> Belief:
    """The belief after these answers, starting from mean and sd (logits)."""
    return believed(starting_from(*start), answers_that_count(pool, asked, right))
