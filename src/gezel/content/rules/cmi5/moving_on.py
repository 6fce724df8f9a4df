"""When a unit counts as done, and with it its block and the course (sections 9.3.9 and 13.1.4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COURSE = "course"


@dataclass(frozen=True, slots=True)
class Standing:
    """How someone stands with one unit, in one registration."""

    completed: bool = False
    passed: bool = False
    waived: bool = False


def is_satisfied(move_on: str, standing: Standing) -> bool:
    """Whether the criterion of a unit is met; a unit that was waived always is."""
    return (
        standing.waived
        or {
            "NotApplicable": True,
            "Passed": standing.passed,
            "Completed": standing.completed,
            "CompletedAndPassed": standing.completed and standing.passed,
            "CompletedOrPassed": standing.completed or standing.passed,
        }[move_on]
    )


def newly_satisfied(
    tree: Sequence[Mapping[str, Any]], met: Collection[int], before: Collection[str]
) -> list[str]:
    """The blocks, by the ids of their publisher, and at last `COURSE`, that are satisfied now and
    were not before: the innermost first.

    Args:
        tree: as the reader keeps it in the manifest.
        met: the units, by number, whose criterion is met.
        before: what was told satisfied already.
    """
    found: list[str] = []

    def whole(nodes: Sequence[Mapping[str, Any]]) -> bool:
        # Each is asked, also after one that is not: a later block may be done before it.
        done = [one(node) for node in nodes]
        return all(done)

    def one(node: Mapping[str, Any]) -> bool:
        if "unit" in node:
            return node["unit"] in met
        done = whole(node["children"])
        if done:
            found.append(node["id"])
        return done

    if whole(tree):
        found.append(COURSE)
    return [identifier for identifier in found if identifier not in before]
