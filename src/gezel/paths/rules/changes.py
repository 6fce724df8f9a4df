"""What a newer version of a path changes, and for whom who is under way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from gezel.paths.rules.structure import Node
from gezel.paths.rules.walking import Mark, Walk, walked


@dataclass(frozen=True, slots=True)
class Change:
    """One step or block that is new, gone, elsewhere, or says something else."""

    what: str  # new, gone, moved, other
    node: Node
    was: Node | None = None


def changes(old: Node, new: Node) -> list[Change]:
    """What the new version changes: new ones and other ones in its order, then what is gone."""
    before = {node.key: node for node in old.walk()}
    after = {node.key: node for node in new.walk()}
    place_before, place_after = _places(old, set(after)), _places(new, set(before))
    told = []
    for key, node in after.items():
        was = before.get(key)
        if was is None:
            told.append(Change("new", node))
        elif replace(was, children=()) != replace(node, children=()):
            told.append(Change("other", node, was))
        elif place_before.get(key) != place_after.get(key):
            told.append(Change("moved", node, was))
    return told + [Change("gone", node) for key, node in before.items() if key not in after]


def _places(root: Node, known: set[str]) -> dict[str, tuple[str, str]]:
    """Where each stands: its block, and what comes before it among those both versions have."""
    places = {}
    for block in root.walk():
        before = ""
        for child in block.children:
            if child.key in known:
                places[child.key] = (block.key, before)
                before = child.key
    return places


@dataclass(frozen=True, slots=True)
class Effect:
    """What moving to a newer version does to one person."""

    before: Walk
    after: Walk
    lost: tuple[str, ...]

    @property
    def more(self) -> int:
        """Steps still to do, more (or fewer) than before."""
        return (self.after.asked - self.after.settled) - (self.before.asked - self.before.settled)

    @property
    def finishes(self) -> bool:
        return self.after.complete and not self.before.complete


def effect(old: Node, new: Node, marks: Sequence[Mark], begins_on: date, on: date) -> Effect:
    """How someone would stand on the new version; `lost` are steps done that it does not ask."""
    before, after = walked(old, marks, begins_on, on), walked(new, marks, begins_on, on)
    kept = {node.key for node in new.steps}
    lost = tuple(
        n.key for n in old.steps if before.stands[n.key].on is not None and n.key not in kept
    )
    return Effect(before, after, lost)
