"""What cannot be in two places at once: a room, a person, more of a thing than there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """Something is in use by a session, from a moment until another."""

    what: int
    by: int
    starts_at: datetime
    ends_at: datetime
    amount: int = 1


@dataclass(frozen=True, slots=True)
class Clash:
    """What is wanted is not there then, and which sessions have it."""

    what: int
    by: tuple[int, ...]
    starts_at: datetime


def overlap(one: Taken, other: Taken) -> bool:
    """Whether both are on at some moment; one that begins as the other ends is no clash."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def clashes(
    wanted: Iterable[Taken], standing: Iterable[Taken], there_are: dict[int, int] | None = None
) -> list[Clash]:
    """What is wanted and cannot be had, in the order it was asked.

    Args:
        there_are: how many there are of each; of a person or a room there is one.
    """
    by_what: dict[int, list[Taken]] = {}
    for taken in standing:
        by_what.setdefault(taken.what, []).append(taken)
    found = []
    for want in wanted:
        # What is wanted for other turns of the same series stands in the way too.
        near = [t for t in by_what.get(want.what, []) if t.by != want.by and overlap(want, t)]
        most = (there_are or {}).get(want.what, 1)
        if near and _busiest(want, near) + want.amount > most:
            named = tuple(dict.fromkeys(t.by for t in sorted(near, key=lambda t: t.starts_at)))
            found.append(Clash(want.what, named, want.starts_at))
        by_what.setdefault(want.what, []).append(want)
    return found


def _busiest(want: Taken, near: list[Taken]) -> int:
    """How much of it is in use at the busiest moment while it is wanted."""
    moments = [max(want.starts_at, t.starts_at) for t in near]
    return max(sum(t.amount for t in near if t.starts_at <= at < t.ends_at) for at in moments)
