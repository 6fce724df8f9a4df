"""What a module's answers tell its author: where people stop, and which questions tell apart.

About groups only. Where a figure, or the difference of two, would be about fewer than five people,
the later one is not told (`reached_as_told`). Difficulty is the share that had a question right the
first time; how well it tells apart is the point-biserial correlation with the score on the *other*
questions (corrected item-total correlation), and the upper minus lower index of the best and the
weakest 27 percent (Kelley 1939).
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
    if told is not None and told < -0.05:
        return Advice.UPSIDE_DOWN
    if share >= EASY:
        return Advice.TOO_EASY
    if share < HARD:
        return Advice.TOO_HARD
    if told is None or told < WEAK:
        return Advice.SAYS_NOTHING
    return Advice.FINE


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
