"""When someone who may read a great many people is asked why, and when it ends for the day.

One valid account is enough to carry a whole staff away (PowerSchool, Canvas). What counts is how
many different people were opened, not how many pages: going back to the same person is work.
"""

from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

AN_HOUR = timedelta(hours=1)


class Answer(StrEnum):
    """What the brake says."""

    FREE = "free"
    ASK = "ask"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many different people at most.

    Args:
        hour: within any hour, without a reason.
        day: on one day, without a reason.
        most: on one day, with a reason.
        key: on one day, by the keys for other systems that someone made; nobody asks a system why.
    """

    hour: int
    day: int
    most: int
    key: int


def may_go_on(
    about: Collection[int],
    opened: Iterable[tuple[int, datetime]],
    *,
    now: datetime,
    day_began: datetime,
    limits: Limits,
    own: Set[int] = frozenset(),
    reason_given: bool = False,
) -> Answer:
    """Whether these people may be opened on top of those opened before.

    Args:
        about: whom it is about now.
        opened: whom the reader opened, each with when; of the last hour and of today.
        now: the moment of asking.
        day_began: when today began, where the organisation is.
        limits: how many at most.
        own: people in the reader's own line, who never count.
        reason_given: whether the reader said why, today.
    """
    before = [(who, at) for who, at in opened if who not in own]
    today = {who for who, at in before if at >= day_began}
    asked = set(about) - own
    if asked <= today:
        return Answer.FREE
    in_all = len(today | asked)
    if in_all > limits.most:
        return Answer.STOP
    lately = {who for who, at in before if at > now - AN_HOUR}
    if not reason_given and (in_all > limits.day or len(lately | asked) > limits.hour):
        return Answer.ASK
    return Answer.FREE


def may_key_go_on(people: int, *, limits: Limits) -> Answer:
    """Whether a system may read so many different people in one day; nobody asks a system why."""
    return Answer.STOP if people > limits.key else Answer.FREE


def room(
    opened: Iterable[tuple[int, datetime]],
    *,
    now: datetime,
    day_began: datetime,
    limits: Limits,
) -> int:
    """How many more people can be opened before anything is asked; nought at least.

    People in the reader's own line count along here: it is a floor, to know who is far off.
    """
    before = list(opened)
    today = len({who for who, at in before if at >= day_began})
    lately = len({who for who, at in before if at > now - AN_HOUR})
    return max(0, min(limits.day - today, limits.most - today, limits.hour - lately))
