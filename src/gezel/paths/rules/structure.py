"""What a path is made of: steps and blocks in a tree, each with a key that stays.

A path is one block, the root. What is wrong with one is told by `problems`, each at its place.
Plain Python: a path comes in as the document it is kept as, and goes out as one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from gezel.kit.order import Circle, refuse_circles

ROOT = "root"
MOST_NODES = 120
DEEPEST = 4
LONGEST_DAYS = 3_650


class Kind(StrEnum):
    """What a step or a block is."""

    ACTIVITY = "activity"
    TASK = "task"
    FEEDBACK = "feedback"
    SEQUENCE = "sequence"
    PARALLEL = "parallel"
    CHOICE = "choice"
    BLEND = "blend"


BLOCKS = frozenset({Kind.SEQUENCE, Kind.PARALLEL, Kind.CHOICE, Kind.BLEND})
IN_ORDER = frozenset({Kind.SEQUENCE, Kind.BLEND})


class Part(StrEnum):
    """What a step is for in a blend, in the order in which they usually come."""

    THEORY = "theory"
    PRACTICE = "practice"
    INTERVISIE = "intervisie"
    APPLIED = "applied"


class Readers(StrEnum):
    """Who reads the answer to a question beside who gives it."""

    NOBODY = "nobody"
    LEAD = "lead"
    HR = "hr"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Skip:
    """What someone may show already, so that a step is skipped: a level, or something done.

    Either `skill` and `level`, or `activity`, not longer than `months` ago where that is said.
    """

    skill: int | None = None
    level: int = 0
    activity: int | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A step, or a block of them.

    `opens_days` and `due_days` count from the day someone begins. `needs` are keys of what comes
    first, wherever it stands. `pick` is how many of a choice are asked. `optional` ones hold
    nothing up.
    """

    key: str
    kind: Kind
    nl: str = ""
    en: str = ""
    activity: int | None = None
    part: str = ""
    opens_days: int | None = None
    due_days: int | None = None
    needs: tuple[str, ...] = ()
    skips: tuple[Skip, ...] = ()
    optional: bool = False
    pick: int = 1
    readers: Readers = Readers.LEAD
    children: tuple["Node", ...] = ()

    @property
    def is_block(self) -> bool:
        return self.kind in BLOCKS

    @property
    def asks_words(self) -> bool:
        """Whether it is done by telling something: a question, or what one did at work."""
        applied = self.part == Part.APPLIED and not self.is_block
        return self.kind is Kind.FEEDBACK or applied

    def walk(self) -> Iterator["Node"]:
        """Itself and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def steps(self) -> Iterator["Node"]:
        """The steps below it, or itself."""
        return (node for node in self.walk() if not node.is_block)


def new_path() -> Node:
    """A path with nothing in it yet."""
    return Node(ROOT, Kind.SEQUENCE)


# -- as it is kept --------------------------------------------------------------------------------


def written(node: Node) -> dict[str, Any]:
    """As a document; what is as it is by itself is left out."""
    told: dict[str, Any] = {"key": node.key, "kind": node.kind.value}
    for name in ("nl", "en", "part", "optional"):
        if value := getattr(node, name):
            told[name] = value
    for name in ("activity", "opens_days", "due_days"):
        if (number := getattr(node, name)) is not None:
            told[name] = number
    if node.needs:
        told["needs"] = list(node.needs)
    if node.skips:
        told["skips"] = [
            {k: v for k, v in vars_of(s).items() if v not in (None, 0)} for s in node.skips
        ]
    if node.kind is Kind.CHOICE:
        told["pick"] = node.pick
    if node.asks_words:
        told["readers"] = node.readers.value
    if node.is_block:
        told["children"] = [written(child) for child in node.children]
    return told


def vars_of(skip: Skip) -> dict[str, Any]:
    """The fields of a skip rule by name."""
    return {name: getattr(skip, name) for name in ("skill", "level", "activity", "months")}


def read(told: Mapping[str, Any]) -> Node:
    """From its document; the reverse of `written`."""
    return Node(
        key=told["key"],
        kind=Kind(told["kind"]),
        nl=told.get("nl", ""),
        en=told.get("en", ""),
        activity=told.get("activity"),
        part=told.get("part", ""),
        opens_days=told.get("opens_days"),
        due_days=told.get("due_days"),
        needs=tuple(told.get("needs", ())),
        skips=tuple(Skip(**s) for s in told.get("skips", ())),
        optional=told.get("optional", False),
        pick=told.get("pick", 1),
        readers=Readers(told.get("readers", "lead")),
        children=tuple(read(child) for child in told.get("children", ())),
    )


# -- changing it ----------------------------------------------------------------------------------


def found(root: Node, key: str) -> Node | None:
    """The step or block of that key."""
    return next((node for node in root.walk() if node.key == key), None)


def parent_of(root: Node, key: str) -> Node | None:
    """The block in which it stands; none for the root and for what is not there."""
    return next((n for n in root.walk() if any(c.key == key for c in n.children)), None)


def put(root: Node, node: Node, into: str, place: int | None = None) -> Node:
    """The path with a new step or block in a block, at a place or at the end."""

    def change(block: Node) -> Node:
        children = list(block.children)
        children.insert(len(children) if place is None else max(0, place), node)
        return replace(block, children=tuple(children))

    return _changed(root, into, change)


def changed(root: Node, node: Node) -> Node:
    """The path with this step or block as it is now, in the place of the old one of its key."""
    return _changed(root, node.key, lambda old: replace(node, children=old.children))


def without(root: Node, key: str) -> Node:
    """The path without it and what is below it; nothing needs them any more either."""
    gone = found(root, key)
    keys = {n.key for n in gone.walk()} if gone else set()

    def left(node: Node) -> Node:
        return replace(
            node,
            needs=tuple(k for k in node.needs if k not in keys),
            children=tuple(left(c) for c in node.children if c.key not in keys),
        )

    return left(root)


def moved(root: Node, key: str, into: str, place: int) -> Node:
    """The path with it at another place; unchanged where that would put it inside itself."""
    node, block = found(root, key), found(root, into)
    if node is None or block is None or not block.is_block or found(node, into):
        return root

    def left(one: Node) -> Node:
        return replace(one, children=tuple(left(c) for c in one.children if c.key != key))

    return put(left(root), node, into, place)


def beside(root: Node, key: str, other: Node, *, choice: str) -> Node:
    """The path in which one chooses between a step and another form of the same.

    Where the step stands in a choice already, the other is added to it. Else a choice of one, with
    the key `choice`, takes the place of the step and what belonged to that place: its days, its
    part in a blend, what it waits for and what lets it be skipped. What waited for the step then
    waits for the choice, or who chose the other would wait for ever.
    """
    parent, step = parent_of(root, key), found(root, key)
    if parent is None or step is None:
        return root
    if parent.kind is Kind.CHOICE:
        return put(root, other, parent.key)
    whole = replace(
        step, key=choice, kind=Kind.CHOICE, activity=None, pick=1, nl="", en="",
        children=(
            replace(step, opens_days=None, due_days=None, needs=(), skips=(), optional=False,
                    part=""),
            other,
        ),
    )  # fmt: skip

    def waits(node: Node) -> Node:
        return replace(
            node,
            needs=tuple(choice if need == key else need for need in node.needs),
            children=tuple(waits(child) for child in node.children),
        )

    def take_its_place(block: Node) -> Node:
        children = (whole if child.key == key else child for child in block.children)
        return replace(block, children=tuple(children))

    return _changed(waits(root), parent.key, take_its_place)


def _changed(node: Node, key: str, change: Any) -> Node:
    if node.key == key:
        result: Node = change(node)
        return result
    return replace(node, children=tuple(_changed(c, key, change) for c in node.children))


# -- what is wrong with it ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, at which step or block; `about` are keys that go with it, in order."""

    key: str
    what: str
    about: tuple[str, ...] = ()


def problems(root: Node) -> list[Problem]:
    """Why this path cannot be published, in reading order; nothing where it can."""
    nodes = list(root.walk())
    known = {node.key for node in nodes}
    told = []
    if not any(True for _ in root.steps):
        return [Problem(ROOT, "empty")]
    if len(nodes) > MOST_NODES:
        told.append(Problem(ROOT, "too_many"))
    if not _asks_something(root):
        told.append(Problem(ROOT, "nothing_asked"))
    for node in nodes:
        told += [Problem(node.key, what) for what in _wrong_with(node)]
        told += [Problem(node.key, "needs_gone") for key in node.needs if key not in known]
    told += [Problem(node.key, "too_deep") for node in _too_deep(root, 0)]
    if circle := circle_in(root):
        told.append(Problem(circle[0], "circle", circle))
    return told


def _wrong_with(node: Node) -> Iterator[str]:
    if node.kind is Kind.ACTIVITY and node.activity is None:
        yield "no_activity"
    if node.kind in {Kind.TASK, Kind.FEEDBACK} and not (node.nl or node.en):
        yield "no_words"
    if node.is_block and not node.children:
        yield "empty_block"
    if node.kind is Kind.CHOICE and node.children and not 1 <= node.pick <= len(node.children):
        yield "pick"
    if node.kind is Kind.CHOICE and any(child.optional for child in node.children):
        yield "optional_choice"
    if node.due_days is not None and node.due_days < (node.opens_days or 0):
        yield "due_before_open"
    if node.key in node.needs:
        yield "needs_itself"


def _asks_something(node: Node) -> bool:
    if node.optional:
        return False
    return not node.is_block or any(_asks_something(child) for child in node.children)


def _too_deep(node: Node, depth: int) -> Iterator[Node]:
    if node.is_block and depth == DEEPEST:
        yield node
    elif depth < DEEPEST:
        for child in node.children:
            yield from _too_deep(child, depth + 1)


def circle_in(root: Node) -> tuple[str, ...]:
    """Keys of steps that wait for each other round and round, the first again last; else nothing.

    Of each step and block there are two moments, that it opens and that it is settled. A block
    is settled after its steps, a step opens after its block, and in a block in order after the
    step before; what it needs must be settled first. Of a choice all count, chosen or not: a path
    in which one choice locks the others out is no path.
    """
    number = {node.key: place for place, node in enumerate(root.walk())}
    name = {place: key for key, place in number.items()}
    first: dict[int, set[int]] = {}

    def opens(key: str) -> int:
        return 2 * number[key]

    def settled(key: str) -> int:
        return 2 * number[key] + 1

    for node in root.walk():
        first.setdefault(settled(node.key), set()).add(opens(node.key))
        after = first.setdefault(opens(node.key), set())
        after |= {settled(key) for key in node.needs if key in number and key != node.key}
        before: str | None = None
        for child in node.children:
            first[settled(node.key)].add(settled(child.key))
            waits = first.setdefault(opens(child.key), set())
            waits.add(opens(node.key))
            if node.kind in IN_ORDER and before is not None:
                waits.add(settled(before))
            if not child.optional:
                before = child.key
    try:
        refuse_circles(first)
    except Circle as circle:
        # From what waits to what it waits for, turned round: the order in which one would walk.
        keys = [name[moment // 2] for moment in reversed(circle.keys)]
        told = _without_echo(keys)
        return told if told[0] == told[-1] else (*told, told[0])
    return ()


def _without_echo(keys: Iterable[str]) -> tuple[str, ...]:
    told: list[str] = []
    for key in keys:
        if not told or told[-1] != key:
            told.append(key)
    return tuple(told)
