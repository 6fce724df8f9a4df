"""What a module's answers tell its author: where people stop, and which questions tell apart.

About groups only. Where a figure, or the difference of two, would be about fewer than five people,
the later one is not told (`reached_as_told`). Difficulty is the share that had a question right the
first time; how well it tells apart is the point-biserial correlation with the score on the *other*
questions (corrected item-total correlation), and the upper minus lower index of the best and the
weakest 27 percent (Kelley 1939).

A correlation of a hundred answers may lie .16 off by chance alone, so a question is only called bad
where chance cannot have made it so (Fisher's z, 19 times in 20).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, median, pstdev

FEW = 5
SAYS_LITTLE = 20  # below so many answers, chance alone moves the correlation by more than 0.4
EXTREME = 0.27
WEAK, EASY, HARD = 0.2, 0.95, 0.3


class Advice(StrEnum):
    """What a question's figures suggest its author to do."""

    TOO_FEW = "too few"
    UPSIDE_DOWN = "upside down"
    TOO_EASY = "too easy"
    TOO_HARD = "too hard"
    SAYS_NOTHING = "says nothing"
    UNSURE = "unsure"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Item:
    """A question in figures; `tells_apart` and `upper_lower` are None where all are alike."""

    people: int
    right: float
    tells_apart: float | None
    upper_lower: float | None
    advice: Advice

    @property
    def right_percent(self) -> int:
        """The share that had it right, in whole percent."""
        return round(self.right * 100)


def item(answers: Sequence[tuple[bool, float]]) -> Item | None:
    """A question from its first answers; None for fewer than five people.

    Args:
        answers: per person whether they had it right, and their share right of the *other*
            questions (0–1).
    """
    if len(answers) < FEW:
        return None
    right = [float(one) for one, _rest in answers]
    share = fmean(right)
    told = correlation(right, [rest for _one, rest in answers])
    return Item(len(answers), share, told, upper_lower(answers), _advice(len(answers), share, told))


def correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Pearson's, which for right and wrong is the point-biserial one; None without any spread."""
    spread = pstdev(one) * pstdev(other)
    if spread < 1e-12:
        return None
    mean, means = fmean(one), fmean(other)
    together = fmean((a - mean) * (b - means) for a, b in zip(one, other, strict=True))
    return max(-1.0, min(1.0, together / spread))


def upper_lower(answers: Sequence[tuple[bool, float]]) -> float | None:
    """Share right among the best on the rest, minus among the weakest; None if either is small."""
    size = math.ceil(len(answers) * EXTREME)
    if size < FEW:
        return None
    ranked = sorted(answers, key=lambda pair: pair[1])
    low, high = ranked[:size], ranked[-size:]
    return fmean(one for one, _rest in high) - fmean(one for one, _rest in low)


def _advice(people: int, share: float, told: float | None) -> Advice:
    if people < SAYS_LITTLE:
        return Advice.TOO_FEW
    most = None if told is None else at_most(told, people)
    if most is not None and most < 0:
        return Advice.UPSIDE_DOWN
    if share >= EASY:
        return Advice.TOO_EASY
    if share < HARD:
        return Advice.TOO_HARD
    if told is None or most is None or most < WEAK:
        return Advice.SAYS_NOTHING
    return Advice.FINE if told >= WEAK else Advice.UNSURE


def at_most(told: float, people: int) -> float:
    """What a correlation of so many answers is at most, 19 times in 20 (Fisher 1921)."""
    held = max(-0.999, min(0.999, told))
    return math.tanh(math.atanh(held) + 1.645 / math.sqrt(max(people - 3, 1)))


def reached_as_told(people: int, reached: Sequence[int]) -> list[int | None]:
    """How many reached each step, as far as it may be told.

    A count is told only if it differs from the last one told by nobody or by at least five
    people, and is itself of nobody or of at least five: so no step uncovers one or two who
    stopped there. What is not told stands for "about as many as before".
    """
    if people < FEW:
        return [None] * len(reached)
    last, told = people, list[int | None]()
    for count in reached:
        safe = count == last or (abs(last - count) >= FEW and (count == 0 or count >= FEW))
        told.append(count if safe else None)
        last = count if safe else last
    return told


def middle(seconds: Sequence[float]) -> float | None:
    """The middle of how long people took, one figure a person; None for fewer than five."""
    return median(seconds) if len(seconds) >= FEW else None


def largest_drop(people: int, told: Sequence[int | None]) -> int | None:
    """The place of the step before which most people stopped; None if hardly anyone did.

    Worth a word from a fifth of those who came so far.
    """
    last, worst, at = people, 0, None
    for place, count in enumerate(told):
        if count is None:
            continue
        if last - count > worst and (last - count) * 5 >= last:
            worst, at = last - count, place
        last = count
    return at


@dataclass(frozen=True, slots=True)
class Stop:
    """So many people stopped at a step; or, where steps before it are not told, there or before."""

    people: int
    here: bool


def stops(people: int, told: Sequence[int | None]) -> list[Stop | None]:
    """Where a tenth or more of those who came so far went no further.

    A difference of two figures that may be told is of five people or more, see `reached_as_told`.
    """
    found = list[Stop | None]()
    last, before = people, True
    for count in told:
        if count is None:
            found.append(None)
        else:
            gone = last - count
            found.append(Stop(gone, before) if gone > 0 and gone * 10 >= last else None)
            last = count
        before = count is not None
    return found
