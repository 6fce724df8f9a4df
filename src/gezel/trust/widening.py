"""Settings that widen what is seen of people: shut until the works council agreed (art. 27 WOR).

A room tells its own, with how it stands and how it is shut. Whoever sets it asks `may_open`
first; whoever reads through it asks again, so that a consent withdrawn closes the door that same
moment and not at the next visit of HR.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Widening:
    """One setting that opens more than is open without it.

    Args:
        code: how rows and addresses call it.
        what: what it does, as a heading.
        sees: who sees what more once it is open, in one sentence.
        without: what holds as long as it is shut, in one sentence.
        stands: how it stands now in this organisation, in words.
        is_open: whether it stands open now.
        shut: shut it, when consent is withdrawn.
    """

    code: str
    what: Text
    sees: Text
    without: Text
    stands: Callable[[Any], Text]
    is_open: Callable[[Any], bool]
    shut: Callable[[Any], None]
    order: int = 50


_widenings: dict[str, Widening] = {}


def widens(widening: Widening) -> None:
    """Tell of a setting that widens; from `ready()` of the room that has it."""
    _widenings[widening.code] = widening


def widenings() -> list[Widening]:
    """All of them, in the order of the page."""
    return sorted(_widenings.values(), key=lambda w: (w.order, w.code))


def widening(code: str) -> Widening | None:
    return _widenings.get(code)


@dataclass(frozen=True, slots=True)
class Fact:
    """How the house stands in one respect, for the file: a sentence that is asked, not written."""

    what: Text
    stands: Callable[[Any], Text]


_facts: list[Fact] = []


def tells(fact: Fact) -> None:
    """Tell a fact of the running settings that the council's file should show."""
    if fact not in _facts:
        _facts.append(fact)


def facts() -> list[Fact]:
    return list(_facts)
