"""Judging: the five criteria, when a judgement is whole, and when assessors see each other's.

The judgement is of named people. Nothing here weighs, adds up or proposes a result.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Criterion(StrEnum):
    """What evidence is looked at for (in Dutch practice: VRAAK)."""

    VARIATION = "variation"
    RELEVANCE = "relevance"
    AUTHENTICITY = "authenticity"
    RECENCY = "recency"
    QUANTITY = "quantity"


CRITERIA = tuple(Criterion)


class Holds(StrEnum):
    """Whether the evidence for a part meets a criterion."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Shown(StrEnum):
    """What an assessor finds of a part of the standard."""

    SHOWN = "shown"
    PARTLY = "partly"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class View:
    """What one assessor finds of one part."""

    part: int
    result: str
    why: str
    criteria: Mapping[str, tuple[str, str]]


def lacking(view: View) -> list[str]:
    """What a judgement still misses: criteria without an answer or a reason, "result", "why"."""
    found = [
        str(criterion)
        for criterion in CRITERIA
        if not _whole(view.criteria.get(criterion, ("", "")))
    ]
    if view.result not in set(Shown):
        found.append("result")
    if not view.why.strip():
        found.append("why")
    return found


def _whole(said: tuple[str, str]) -> bool:
    holds, reason = said
    return holds in set(Holds) and bool(reason.strip())


def unfinished(parts: Iterable[int], views: Mapping[int, View]) -> list[int]:
    """The parts an assessor has still to judge, in the order of the standard."""
    return [part for part in parts if part not in views or lacking(views[part])]


def opened(finals: Sequence[bool], *, asked: int) -> bool:
    """Whether assessors may see each other's judgements: when as many as were asked have finished.

    Before that nobody sees any but their own, so that the second judges the evidence and not the
    judgement of the first.
    """
    return len(finals) >= asked and all(finals)


def apart(views: Sequence[Mapping[int, View]], parts: Iterable[int]) -> list[int]:
    """The parts on which assessors came to different results: these stay visible, agreed or not."""
    return [part for part in parts if len({one[part].result for one in views if part in one}) > 1]


def remaining(parts: Iterable[int], results: Mapping[int, str]) -> list[int]:
    """The parts that are still to be learned or shown: what the plan is made of."""
    return [part for part in parts if results.get(part) != Shown.SHOWN]


# One assessor outside the line is as sure as a lead's view (`skills`: noise .5, strictness .35);
# two who judge apart halve the variance. Our assumption.
ONE_SD, TWO_SD = 0.61, 0.43


def surety(assessors: Collection[int]) -> float:
    """How far the level of a shown part may lie off, in levels (standard deviation)."""
    return TWO_SD if len(assessors) > 1 else ONE_SD
