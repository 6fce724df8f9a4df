"""Showing what one can already, and doing only the rest.

A question stands for the part of the module before it: what was read and seen since the question
before. Who answers it rightly need not take in that part. What is to be done (a list to go through,
an assignment) is never skipped: knowing about it is not doing it.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

from gezel.content.rules import scoring
from gezel.content.rules.kinds import ASKED, Body

# With fewer, chance is too large a part of it.
FEWEST_QUESTIONS = 3
# What is asked at least, also where the module itself asks less.
LEAST_MARK = 80
ONE_GO_A = timedelta(days=30)
# What is taken in rather than done, by kind.
TAKEN_IN = frozenset({"text", "image", "video", "audio", "file", "embed", "reflection"})


Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Shown(Generic[Key]):
    """What someone showed: the questions they had right, what they may skip, what they missed."""

    right: tuple[Key, ...]
    skipped: tuple[Key, ...]
    missed: tuple[Key, ...]
    questions: int
    passed: bool


def mark_of(pass_percent: int) -> int:
    """The percentage that is enough to skip a module."""
    return max(pass_percent, LEAST_MARK)


def next_go(last_on: date | None) -> date | None:
    """The first day on which one may try again; None if one may now or never tried."""
    return last_on + ONE_GO_A if last_on is not None else None


def shown(
    blocks: Sequence[tuple[Key, str, Body]],
    said: Mapping[Key, Mapping[str, Any]],
    pass_percent: int,
) -> Shown[Key]:
    """What the answers to the questions alone show.

    Args:
        blocks: key, kind and body of every block, in order.
        said: per question its answer, as answers are kept; one left open was not shown.
    """
    right: list[Key] = []
    missed: list[Key] = []
    known_parts: list[Key] = []
    part: list[Key] = []
    for key, kind, body in blocks:
        if isinstance(body, ASKED):
            if key in said and scoring.right_of(body, said[key]):
                right.append(key)
                known_parts += part
            else:
                missed += [*part, key]
            part = []
        elif kind in TAKEN_IN:
            part.append(key)
    questions = sum(isinstance(body, ASKED) for _key, _kind, body in blocks)
    passed = questions > 0 and len(right) * 100 >= mark_of(pass_percent) * questions
    if passed:
        every = [key for key, kind, _body in blocks if kind in TAKEN_IN]
        return Shown(tuple(right), tuple(every), (), questions, passed=True)
    return Shown(tuple(right), tuple(known_parts), tuple(missed), questions, passed=False)


def can_be_tested(bodies: Iterable[Any]) -> bool:
    """Whether a module asks enough to be skipped."""
    return sum(isinstance(body, ASKED) for body in bodies) >= FEWEST_QUESTIONS
