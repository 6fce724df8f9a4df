"""Who was there, for how long, and what that counts for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Who comes within this is on time.
ON_TIME = timedelta(minutes=10)


class Kind(StrEnum):
    PRESENT = "present"
    LATE = "late"
    PARTLY = "partly"
    ABSENT = "absent"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class Fact:
    """What was noted about someone: when it was kept, and what it says."""

    key: int
    session: int
    person: int
    noted_at: datetime
    kind: Kind
    minutes: int
    of_minutes: int


def arrived(starts_at: datetime, ends_at: datetime, at: datetime) -> tuple[Kind, int]:
    """What saying "I am here" at a moment comes to: on time, or late and for how many minutes."""
    whole = minutes_between(starts_at, ends_at)
    if at <= starts_at + ON_TIME:
        return Kind.PRESENT, whole
    return Kind.LATE, max(0, min(whole, minutes_between(at, ends_at)))


def minutes_between(start: datetime, end: datetime) -> int:
    return max(0, round((end - start).total_seconds() / 60))


def newest(facts: Iterable[Fact]) -> dict[tuple[int, int], Fact]:
    """How it stands, of each session and person: the fact that came in last.

    A correction is a fact of its own; the earlier one stays and can be read.
    """
    found: dict[tuple[int, int], Fact] = {}
    for fact in sorted(facts, key=lambda f: (f.noted_at, f.key)):
        found[fact.session, fact.person] = fact
    return found


def counts(fact: Fact, least_percent: int) -> bool:
    """Whether someone was there enough: so many percent of what it lasted."""
    if fact.kind in {Kind.ABSENT, Kind.EXCUSED}:
        return False
    return fact.minutes * 100 >= fact.of_minutes * least_percent


class Because(StrEnum):
    """What having been there comes to, and why."""

    COMPLETED = "completed"
    NOT_THERE = "not there"
    NOT_LONG_ENOUGH = "not long enough"
    PARTS_MISSING = "parts missing"
    COUNTS_FOR_NOTHING = "counts for nothing"


@dataclass(frozen=True, slots=True)
class Course:
    """What a session is part of: what it takes before the activity is done."""

    completes: bool
    least_percent: int
    # Of a course in parts: how many one must have been at.
    parts_needed: int | None = None


def verdict(course: Course, fact: Fact | None, parts_done: int) -> Because:
    """Whether someone has now done the activity. `parts_done` counts this session too.

    It is never evidence of a skill: who sat in a room has shown nothing yet. What someone can do
    after it is shown at work, in a test, or seen by who leads them.
    """
    if fact is None or fact.kind in {Kind.ABSENT, Kind.EXCUSED}:
        return Because.NOT_THERE
    if not counts(fact, course.least_percent):
        return Because.NOT_LONG_ENOUGH
    if not course.completes:
        return Because.COUNTS_FOR_NOTHING
    if course.parts_needed is not None and parts_done < course.parts_needed:
        return Because.PARTS_MISSING
    return Because.COMPLETED
