"""How a person arranges their profile: which parts, in which order, what stands first in each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

# In this order until someone arranges it otherwise.
PARTS = ("about", "can", "did", "hold", "goals")
MOST_PINS = 12


class Figure(NamedTuple):
    """A level with how sure it is: the interval in which it lies 8 times out of 10."""

    level: float
    low: float
    high: float
    word: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a profile: a skill, something done, something held, a goal.

    Whoever brings a kind of its own (`queries.profile.tell_items`) fills in where it comes from:
    what is proved and what someone says of themselves are never told alike.
    """

    key: str
    """What it is named by in choices and pins: a kind and what tells it apart ("skill:12")."""
    title: str
    kind: str = ""
    """The kind in words ("module completed")."""
    sources: tuple[str, ...] = ()
    """Where it comes from, in words, the strongest first."""
    stated: bool = False
    """Whether only the person says so."""
    on: date | None = None
    until: date | None = None
    figure: Figure | None = None
    state: str = ""
    """"over" or "withdrawn", where it no longer counts."""
    names: tuple[str, ...] = ()
    """Names of others in it, looked at for letters that mislead."""
    credential: str = ""
    """The number of the credential, where it is one."""
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """One part as the person placed it."""

    code: str
    shown: bool = True
    story: str = ""
    pins: tuple[str, ...] = ()
    version: int = 0


def in_order(kept: Mapping[str, tuple[int, Placed]]) -> list[Placed]:
    """Every part, as placed; parts nobody touched keep their usual place among the others.

    A part that comes with a later version of Gezel thus has a place on a profile of before.
    """
    usual = {code: place for place, code in enumerate(PARTS)}
    placed = [(kept[code][0] if code in kept else usual[code], usual[code], code) for code in PARTS]
    return [kept[code][1] if code in kept else Placed(code) for _, _, code in sorted(placed)]


def moves(order: Sequence[str], code: str) -> tuple[list[str] | None, list[str] | None]:
    """The order with this part one up, and one down; None where it stands at that end.

    The whole order travels with the button: pressed twice it is the same order.
    """
    at = order.index(code)

    def swapped(one: int, other: int) -> list[str] | None:
        if not (0 <= one < len(order) and 0 <= other < len(order)):
            return None
        found = list(order)
        found[one], found[other] = found[other], found[one]
        return found

    return swapped(at - 1, at), swapped(at, at + 1)


def is_whole_order(order: Sequence[str]) -> bool:
    """Whether every part is in it, once."""
    return sorted(order) == sorted(PARTS)


def pinned_first(items: Iterable[Item], pins: Sequence[str]) -> list[Item]:
    """What the person put first, in their order; the rest as it came. A pin on nothing is none."""
    found = list(items)
    place = {key: number for number, key in enumerate(pins)}
    first = sorted((i for i in found if i.key in place), key=lambda i: place[i.key])
    return [
        *(replace(item, pinned=True) for item in first),
        *(item for item in found if item.key not in place),
    ]
