"""When a card comes back, which come today, and the days of this week.

The schedule is FSRS-6 with its published parameters (the `fsrs` package): how well a card sits in
memory is two numbers, stability and difficulty, worked out anew from all its reviews. It comes back
when the chance to still know it has sunk to what the person asks. We look in whole days, so there
are no steps of minutes, and no dice: the same reviews always give the same day.

Parameters fitted to one person would need about a thousand of their reviews and the optimiser of
the package, which needs torch (hundreds of megabytes); so the published ones are for everyone, and
one number per person, their pace, stretches what comes out (`rules.pace`).
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from statistics import median
from typing import TypeVar

from fsrs import Card, Rating, Scheduler, State
from fsrs.scheduler import DEFAULT_PARAMETERS

Key = TypeVar("Key", bound=Hashable)

FORGOT, HARD, GOOD, EASY = 1, 2, 3, 4
USUAL_SECONDS = 12.0  # a card, until we know how long this person takes
LEAST_SECONDS, MOST_SECONDS = 3.0, 60.0
TAKEN_FROM = 100  # so many of the newest reviews tell how long someone takes
LONGEST_YEARS = 5
# The curve of FSRS-6: R = (1 + FACTOR t / S) ** DECAY, so that after S days nine in ten are known.
DECAY = -DEFAULT_PARAMETERS[20]
FACTOR = 0.9 ** (1 / DECAY) - 1


@dataclass(frozen=True, slots=True)
class Percent:
    """A choice in percent: what is usual, and between what."""

    least: int
    usual: int
    most: int


LIKELY = Percent(80, 90, 95)


@dataclass(frozen=True, slots=True)
class Look:
    """One review: its key, the day, and how it went (1–4); or which key it takes back."""

    key: str
    at: datetime
    on: date
    rating: int | None
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a card stands: the day it comes back, and FSRS's two numbers (days, stretched by the
    pace of the person; 1–10)."""

    due_on: date
    stability: float | None
    difficulty: float | None
    last_on: date | None


@lru_cache(maxsize=32)
def _scheduler(likely: int) -> Scheduler:
    return Scheduler(
        desired_retention=likely / 100,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=365 * LONGEST_YEARS,
        enable_fuzzing=False,
    )


def counting(looks: Iterable[Look]) -> list[Look]:
    """The reviews that count, in order; one that was taken back does not, in whatever order the
    two arrived."""
    known = {look.key: look for look in looks}
    undone = {look.undoes for look in known.values() if look.undoes}
    return sorted(
        (look for look in known.values() if look.rating and look.key not in undone),
        key=lambda look: (look.at, look.key),
    )


def _walk(looks: Iterable[Look]) -> Iterator[tuple[Card, Look]]:
    """Each review that counts, and how the published schedule says the card stands after it."""
    scheduler, card = _scheduler(LIKELY.usual), Card(card_id=1)
    for look in counting(looks):
        # FSRS counts in days; noon keeps one day one day, whatever the hour and the summer time.
        noon = datetime.combine(look.on, time(12), UTC)
        card, _log = scheduler.review_card(card, Rating(look.rating or FORGOT), noon)
        yield card, look


def standing(
    looks: Iterable[Look], *, added_on: date, likely: int = LIKELY.usual, pace: float = 1.0
) -> Standing:
    """How a card stands after its reviews, whatever order they arrived in.

    One that was never looked at comes the day after it was added.

    Args:
        likely: the percentage of certainty at which it comes back.
        pace: what the stability of all cards of this person is stretched by. Here and nowhere
            else: what is kept of a card is stretched, what is worked out anew begins unstretched.
    """
    card, last = None, None
    for card, last in _walk(looks):  # noqa: B007 - the last of them is what counts
        pass
    if card is None or last is None or card.stability is None:
        return Standing(added_on + timedelta(days=1), None, None, None)
    stability = card.stability * pace
    due_on = last.on + timedelta(days=days_until(stability, likely))
    return Standing(due_on, stability, card.difficulty, last.on)


def days_until(stability: float, likely: int) -> int:
    """After how many days the chance has sunk to what someone asks, at least one.

    Args:
        stability: days after which nine in ten are still known.
        likely: a percentage.
    """
    days: int = round(stability / FACTOR * ((likely / 100) ** (1 / DECAY) - 1))
    return min(max(days, 1), 365 * LONGEST_YEARS)


@dataclass(frozen=True, slots=True)
class Recall:
    """A review from which a pace can be learned: days since the one before it, how stable the
    card was then by the published schedule (days), and whether it was known."""

    days: int
    stability: float
    knew: bool


def recalls(looks: Iterable[Look]) -> Iterator[Recall]:
    """The reviews of one card that say something about forgetting: not the first, and none on
    the day of the one before."""
    before: tuple[float, date] | None = None
    for card, look in _walk(looks):
        if before is not None and look.on > before[1]:
            yield Recall((look.on - before[1]).days, before[0], look.rating != FORGOT)
        before = (float(card.stability or 0), look.on)


def chance(stability: float | None, last_on: date | None, on: date) -> float:
    """The chance to still know a card on a day, 0–1; of one never looked at there is none."""
    if stability is None or last_on is None:
        return 0.0
    card = Card(card_id=1, state=State.Review, stability=stability, difficulty=5.0,
                last_review=datetime.combine(last_on, time(12), UTC))  # fmt: skip
    now = datetime.combine(max(on, last_on), time(12), UTC)
    return float(_scheduler(LIKELY.usual).get_card_retrievability(card, now))


def seconds_a_card(took: Sequence[float]) -> float:
    """How long someone takes for a card: the middle of what they took, within reason.

    Args:
        took: seconds of recent reviews; a few say nothing yet.
    """
    known = [seconds for seconds in took if seconds > 0]
    usual = median(known) if len(known) >= 10 else USUAL_SECONDS
    return min(max(usual, LEAST_SECONDS), MOST_SECONDS)


def room_today(minutes: int, seconds: float, done: int) -> int:
    """How many cards still fit in today; at least one for who has not begun."""
    fit = int(minutes * 60 / seconds)
    return max(0, max(fit, 1) - done)


def first(due: Mapping[Key, float], room: int) -> list[Key]:
    """Which of the due cards come: those nearest to being forgotten, as many as there is room.

    Args:
        due: per card the chance to still know it.
    """
    return sorted(due, key=lambda key: (due[key], str(key)))[:room]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of this week: done something, still to come, or neither. None of them is a loss."""

    on: date
    done: bool
    ahead: bool


def week(done_on: Iterable[date], today: date) -> tuple[Day, ...]:
    """Monday to Sunday, and on which of them someone did their cards.

    There is no chain that breaks: next week begins fresh, and nothing is taken away.
    """
    days, monday = set(done_on), today - timedelta(days=today.weekday())
    return tuple(
        Day(on, on in days, on > today) for on in (monday + timedelta(days=n) for n in range(7))
    )
