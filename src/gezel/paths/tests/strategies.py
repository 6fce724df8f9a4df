"""Paths of any shape, for tests that must hold of each."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st

from gezel.paths.rules import Kind, Mark, Node, What, problems

BEGAN = date(2026, 3, 2)
_STEP = st.sampled_from([Kind.TASK, Kind.FEEDBACK])
_BLOCK = st.sampled_from([Kind.SEQUENCE, Kind.PARALLEL, Kind.CHOICE, Kind.BLEND])
_DAYS = st.none() | st.integers(0, 60)


@st.composite
def paths(draw: Any) -> Node:
    """A path that may be published: a tree of at most four deep, with needs across it."""
    numbers = count(1)

    def node(depth: int, *, optional: bool = True) -> Node:
        key = f"k{next(numbers)}"
        may = optional and draw(st.booleans()) and draw(st.booleans())
        opens = draw(_DAYS) if draw(st.booleans()) else None
        if depth >= 3 or draw(st.integers(0, 2)):
            return Node(key, draw(_STEP), en=key, optional=may, opens_days=opens)
        kind = draw(_BLOCK)
        size = draw(st.integers(1, 4))
        below = tuple(node(depth + 1, optional=kind is not Kind.CHOICE) for _ in range(size))
        pick = draw(st.integers(1, size)) if kind is Kind.CHOICE else 1
        return Node(key, kind, en=key, optional=may, children=below, pick=pick, opens_days=opens)

    kind = draw(st.sampled_from([Kind.SEQUENCE, Kind.PARALLEL]))
    root = Node("root", kind, children=tuple(node(1) for _ in range(draw(st.integers(1, 5)))))
    keys = [n.key for n in root.walk()][1:]
    for _ in range(draw(st.integers(0, 4))):
        then, first = draw(st.sampled_from(keys)), draw(st.sampled_from(keys))
        more = _with_need(root, then, first)
        if not any(p.what in {"circle", "needs_itself"} for p in problems(more)):
            root = more
    return root


def _with_need(node: Node, key: str, first: str) -> Node:
    needs = (*node.needs, first) if node.key == key and first not in node.needs else node.needs
    return replace(
        node, needs=needs, children=tuple(_with_need(c, key, first) for c in node.children)
    )


def marks_on(root: Node) -> st.SearchStrategy[list[Mark]]:
    """Anything that may happen on a path, in any order of days."""
    keys = [n.key for n in root.walk()][1:]
    return st.lists(
        st.builds(
            Mark,
            st.sampled_from(keys),
            st.sampled_from(list(What)),
            st.integers(0, 80).map(lambda n: BEGAN + timedelta(days=n)),
        ),
        max_size=15,
    )
