"""Reads what a module's author may know of how it is played: groups, never who."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gezel.content.models import Answer, Attempt, Block, Module
from gezel.content.rules import insight, scoring
from gezel.content.rules.kinds import ASKED, Body
from gezel.people.api import Visitor


@dataclass(frozen=True, slots=True)
class StepSeen:
    """A step of a module: how many reached it, how long they took, and its question in figures."""

    number: int
    block: Block
    body: Body
    reached: int | None
    share: float | None
    seconds: float | None
    item: insight.Item | None
    stop: insight.Stop | None


@dataclass(frozen=True, slots=True)
class Insight:
    """How a module is played: by how many, and where they are held up."""

    people: int
    enough: bool
    steps: tuple[StepSeen, ...]
    drop: int | None


def insight_of(module: Module, visitor: Visitor) -> Insight:
    """How the first round of everyone but the reader went, in three queries.

    Of each person the first round counts: who comes back knows the questions. The blocks are those
    of now; who played an older version counts at the blocks that were there already.
    """
    blocks = list(module.blocks.current())
    rounds = _first_rounds(module, visitor)
    given: dict[int, dict[int, tuple[datetime, str, bool | None]]] = defaultdict(dict)
    rows = Answer.objects.filter(attempt__in=list(rounds)) if len(rounds) < 900 else (
        Answer.objects.filter(attempt__module=module)
    )  # fmt: skip
    for attempt, block, at, key, right in rows.values_list(
        "attempt_id", "block_id", "answered_at", "key", "right"
    ):
        if attempt not in rounds:
            continue
        known = given[attempt].get(block)
        if known is None or (at, str(key)) < known[:2]:
            given[attempt][block] = (at, str(key), right)
    people = len(rounds)
    enough = people >= insight.FEW
    # What someone showed beforehand they did not stop at.
    past = {pk: given[pk].keys() | set(rounds[pk][1]) for pk in rounds}
    reached = [sum(block.pk in past[pk] for pk in rounds) for block in blocks]
    told = insight.reached_as_told(people, reached)
    stops = insight.stops(people, told)
    took = _took(rounds, given)
    items = _items(blocks, given)
    steps = tuple(
        StepSeen(
            number,
            block,
            block.content,
            told[number - 1],
            _share(told[number - 1], people),
            insight.middle(took[block.pk]),
            items.get(block.pk),
            stops[number - 1],
        )
        for number, block in enumerate(blocks, 1)
    )
    drop = insight.largest_drop(people, told)
    return Insight(people if enough else 0, enough, steps, drop)


def _share(count: int | None, people: int) -> float | None:
    return count / people if count is not None and people else None


def _first_rounds(module: Module, visitor: Visitor) -> dict[int, tuple[datetime, list[int]]]:
    """Of each person but the reader the first round: when it began, and what was shown before."""
    seen: set[int] = set()
    rounds: dict[int, tuple[datetime, list[int]]] = {}
    rows: Any = (
        Attempt.objects.filter(module=module)
        .exclude(person=visitor.person)
        .order_by("started_at", "pk")
        .values_list("pk", "person_id", "started_at", "shown_before")
    )
    for pk, person, began, shown in rows:
        if person not in seen:
            seen.add(person)
            rounds[pk] = (began, shown)
    return rounds


def _took(
    rounds: dict[int, tuple[datetime, list[int]]],
    given: dict[int, dict[int, tuple[datetime, str, bool | None]]],
) -> dict[int, list[float]]:
    """Per block how long each person took: the time since their answer before it, in seconds."""
    took: dict[int, list[float]] = defaultdict(list)
    for pk, (began, _shown) in rounds.items():
        before = began
        for block, (at, _key, _right) in sorted(given[pk].items(), key=lambda row: row[1][:2]):
            took[block].append(min(at - before, scoring.LONGEST_PAUSE).total_seconds())
            before = at
    return took


def _items(
    blocks: list[Block], given: dict[int, dict[int, tuple[datetime, str, bool | None]]]
) -> dict[int, insight.Item]:
    """Each question in figures, from those who answered at least one other as well."""
    questions = [block.pk for block in blocks if isinstance(block.content, ASKED)]
    found: dict[int, insight.Item] = {}
    for pk in questions:
        answers: list[tuple[bool, float]] = []
        for said in given.values():
            if pk not in said or said[pk][2] is None:
                continue
            rest = [bool(said[other][2]) for other in questions if other != pk and other in said]
            answers.append((bool(said[pk][2]), sum(rest) / len(rest) if rest else 0.0))
        made = insight.item(answers)
        if made is not None:
            found[pk] = made
    return found
