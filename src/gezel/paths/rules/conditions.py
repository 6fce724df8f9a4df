"""Who a path is for, as a small tree: all of these, one of these, not this, and plain conditions.

What a plain condition means (in SQL, in words) is told by its kind, see `paths.kinds`; here is
the tree itself, how it is kept and how it is changed. A place in it is a list of numbers.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

MOST = 40
DEEPEST = 4

Place = tuple[int, ...]
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One plain condition: its kind and what was filled in. `no` turns it round."""

    kind: str
    value: Mapping[str, Any]
    no: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions that must all hold, or of which one must. `no` turns it round."""

    every: bool = True
    parts: tuple["Leaf | Group", ...] = ()
    no: bool = False


Condition = Leaf | Group
EVERYONE = Group()


class Wrong(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """The tree is not one we know, or too large; the word says which."""


def written(condition: Condition) -> dict[str, Any]:
    """As a document."""
    no = {"no": True} if condition.no else {}
    if isinstance(condition, Leaf):
        return {"kind": condition.kind, "value": dict(condition.value), **no}
    return {"all" if condition.every else "any": [written(p) for p in condition.parts], **no}


def read(told: Mapping[str, Any]) -> Condition:
    """From its document; the reverse of `written`."""
    no = bool(told.get("no", False))
    if "kind" in told:
        return Leaf(str(told["kind"]), dict(told["value"]), no)
    every = "all" in told
    return Group(every, tuple(read(part) for part in told["all" if every else "any"]), no)


def leaves(condition: Condition) -> Iterator[Leaf]:
    """All plain conditions in it, in reading order."""
    if isinstance(condition, Leaf):
        yield condition
    else:
        for part in condition.parts:
            yield from leaves(part)


def holds(condition: Condition, asked: Callable[[Leaf], bool]) -> bool:
    """Whether it holds, where `asked` tells of each plain condition whether that does.

    A group of all without parts holds for everyone, a group of one without parts for nobody.
    """
    if isinstance(condition, Leaf):
        found = asked(condition)
    elif condition.every:
        found = all(holds(part, asked) for part in condition.parts)
    else:
        found = any(holds(part, asked) for part in condition.parts)
    return found != condition.no


def told(
    condition: Condition,
    leaf: Callable[[Leaf], Found],
    group: Callable[[Group, list[Found]], Found],
) -> Found:
    """The tree made into something else: words, a question to the database."""
    if isinstance(condition, Leaf):
        return leaf(condition)
    return group(condition, [told(part, leaf, group) for part in condition.parts])


def at(condition: Condition, place: Place) -> Condition | None:
    """What stands there."""
    for number in place:
        if isinstance(condition, Leaf) or not 0 <= number < len(condition.parts):
            return None
        condition = condition.parts[number]
    return condition


def added(condition: Condition, place: Place, part: Condition) -> Condition:
    """The tree with one more part in the group at that place.

    Raises:
        Wrong: it would become too large or too deep, or there is no group.
    """
    if len(list(_all(condition))) >= MOST:
        raise Wrong("too_many")
    if len(place) + 1 > DEEPEST or (isinstance(part, Group) and len(place) + 2 > DEEPEST):
        raise Wrong("too_deep")
    group = at(condition, place)
    if not isinstance(group, Group):
        raise Wrong("no_group")
    return _put(condition, place, replace(group, parts=(*group.parts, part)))


def without(condition: Condition, place: Place) -> Condition:
    """The tree without what stands there; the root itself becomes empty."""
    if not place:
        return EVERYONE
    group = at(condition, place[:-1])
    if not isinstance(group, Group):
        return condition
    parts = tuple(p for number, p in enumerate(group.parts) if number != place[-1])
    return _put(condition, place[:-1], replace(group, parts=parts))


def turned(condition: Condition, place: Place) -> Condition:
    """The tree with that part the other way round: must not, instead of must."""
    part = at(condition, place)
    return condition if part is None else _put(condition, place, replace(part, no=not part.no))


def joined(condition: Condition, place: Place, *, every: bool) -> Condition:
    """The tree with that group asking all, or one, of its parts."""
    part = at(condition, place)
    if not isinstance(part, Group):
        return condition
    return _put(condition, place, replace(part, every=every))


def _put(condition: Condition, place: Place, part: Condition) -> Condition:
    if not place:
        return part
    if isinstance(condition, Leaf):
        return condition
    parts = list(condition.parts)
    parts[place[0]] = _put(parts[place[0]], place[1:], part)
    return replace(condition, parts=tuple(parts))


def _all(condition: Condition) -> Iterator[Condition]:
    yield condition
    if isinstance(condition, Group):
        for part in condition.parts:
            yield from _all(part)
