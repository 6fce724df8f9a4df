"""Which answers count, what is right, how far someone is, and whether it is enough.

Answers come from phones that were without connection, from two devices at once, twice, in any
order. So everything here is computed from the set of answers: whatever the order they arrived
in, and however often, the same answers give the same state.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from gezel.content.rules import kinds
from gezel.content.rules.bodies import Checklist, Malformed, Question, Reflection, clean
from gezel.content.rules.kinds import ASKED, Body

LONGEST_REFLECTION = 5_000
# Someone who puts the phone down for lunch is not learning for an hour.
LONGEST_PAUSE = timedelta(minutes=10)
# Doing the same module again next week shows nothing new; after a year it does.
NEWS_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: its key, the block it is about, when it was given, and what was said."""

    key: str
    block: Hashable
    at: datetime
    value: Mapping[str, Any]


def counting(answers: Iterable[Said]) -> dict[Hashable, Said]:
    """Of each block the answer that counts: the newest; of two at one moment, the higher key."""
    newest: dict[Hashable, Said] = {}
    for answer in answers:
        known = newest.get(answer.block)
        if known is None or (answer.at, answer.key) > (known.at, known.key):
            newest[answer.block] = answer
    return newest


def value_of(body: Body, raw: Any) -> dict[str, Any]:
    """The value of an answer as it is kept, checked against the block it is about.

    Raises:
        Malformed: it is no answer to this block.
    """
    if not isinstance(raw, Mapping):
        raise Malformed("value", "expected an object")
    if (told := kinds.value_of(body, raw)) is not None:
        return told
    if isinstance(body, Question):
        return {"chosen": _chosen(body, raw.get("chosen"))}
    if isinstance(body, Reflection):
        text = raw.get("text")
        if not isinstance(text, str):
            raise Malformed("text", "expected text")
        if len(clean(text)) > LONGEST_REFLECTION:
            raise Malformed("text", f"longer than {LONGEST_REFLECTION} characters")
        return {"text": clean(text)}
    if isinstance(body, Checklist):
        return {"ticked": _ticked(body, raw.get("ticked"))}
    if raw.get("seen") is not True:
        raise Malformed("seen", "expected true")
    return {"seen": True}


def _chosen(question: Question, raw: Any) -> list[str]:
    if not isinstance(raw, list) or not all(isinstance(key, str) for key in raw):
        raise Malformed("chosen", "expected a list of options")
    chosen = sorted(set(raw))
    if not chosen or set(chosen) - {option.key for option in question.options}:
        raise Malformed("chosen", "expected options of this question")
    if not question.multiple and len(chosen) > 1:
        raise Malformed("chosen", "this question has one answer")
    return chosen


def _ticked(checklist: Checklist, raw: Any) -> list[int]:
    if not isinstance(raw, list) or not all(type(place) is int for place in raw):
        raise Malformed("ticked", "expected a list of numbers")
    ticked = sorted(set(raw))
    if ticked and not 0 <= ticked[0] <= ticked[-1] < len(checklist.items):
        raise Malformed("ticked", "expected items of this list")
    return ticked


@dataclass(frozen=True, slots=True)
class Grade:
    """How an answer stands to what is right: hits, misses (right ones left out), and extras."""

    hits: int
    misses: int
    extras: int

    @property
    def right(self) -> bool:
        """Only the whole set, and nothing beside it, is right."""
        return not self.misses and not self.extras


def right_of(body: Body, value: Mapping[str, Any]) -> bool | None:
    """Whether a kept answer is right; None where nothing was asked that can be right or wrong."""
    return kinds.is_right(body, value) if isinstance(body, ASKED) else None


def grade(question: Question, chosen: Iterable[str]) -> Grade:
    """An answer held against the question."""
    picked = frozenset(chosen)
    return Grade(
        hits=len(picked & question.right),
        misses=len(question.right - picked),
        extras=len(picked - question.right),
    )


@dataclass(frozen=True, slots=True)
class State:
    """Where someone is in a module, and what it comes to."""

    done: int
    whole: int
    next_block: Hashable | None
    questions: int
    right: int

    @property
    def is_whole(self) -> bool:
        return self.done == self.whole

    @property
    def share_right(self) -> float | None:
        """The share of questions answered rightly; without questions there is none."""
        return self.right / self.questions if self.questions else None

    def enough(self, pass_percent: int) -> bool | None:
        """Whether that is enough, in whole numbers; a module without questions is never failed."""
        if not self.questions:
            return None
        return self.right * 100 >= pass_percent * self.questions


def state(
    blocks: Sequence[tuple[Hashable, Body]],
    answers: Iterable[Said],
    shown_before: Collection[Hashable] = (),
) -> State:
    """Where someone is, from the blocks in order and all answers in any order.

    Args:
        shown_before: the blocks that need not be done; a question among them is no right answer.
    """
    counted = counting(answers)
    done = counted.keys() | set(shown_before)
    questions = [(block, body) for block, body in blocks if isinstance(body, ASKED)]
    return State(
        done=sum(block in done for block, _body in blocks),
        whole=len(blocks),
        next_block=next((block for block, _body in blocks if block not in done), None),
        questions=len(questions),
        right=sum(
            block in counted and kinds.is_right(body, counted[block].value)
            for block, body in questions
        ),
    )


def is_news(last_on: date | None, on: date) -> bool:
    """Whether passing a module is new evidence, given when passing it last was.

    Otherwise someone could make us surer of them by clicking through the same module ten times.
    """
    return last_on is None or on - last_on >= NEWS_AFTER


def held_between(given: datetime, started: datetime, arrived: datetime) -> datetime:
    """The device's time of an answer, held between the start and the arrival.

    Clocks of phones are wrong by minutes or years; an answer from next year would otherwise
    beat every later one.
    """
    return min(max(given, started), max(arrived, started))


def time_spent(moments: Iterable[datetime]) -> timedelta:
    """Time at work on a module: the time between its moments, without the long pauses."""
    ordered = sorted(moments)
    gaps = (after - before for before, after in pairwise(ordered))
    return sum((min(gap, LONGEST_PAUSE) for gap in gaps), timedelta())
