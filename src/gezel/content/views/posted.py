"""What a plain form says about a question, for who plays without scripts."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, QueryDict

from gezel.content.models import Block
from gezel.content.rules.kinds import MOST_STEPS


def value_in(block: Block, request: HttpRequest, prefix: str = "") -> dict[str, Any]:
    """What was said about a question, in the shape in which answers are kept.

    Nothing is judged yet: what is no answer is refused where it would be kept.

    Args:
        prefix: stands before the names of its fields, where several questions are on one page.

    Raises:
        KeyError: it is no question.
    """
    return _READ[block.kind](request.POST, prefix)


def _places(post: QueryDict, name: str) -> list[int]:
    """Numbers from fields `name_0`, `name_1` …; what is no number is -1, which is no place."""
    told: list[int] = []
    while (raw := post.get(f"{name}_{len(told)}")) is not None and len(told) < MOST_STEPS:
        told.append(int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 4 else -1)
    return told


def _order(post: QueryDict, prefix: str) -> dict[str, Any]:
    """Each step has its place, from 1; the order is the steps by their place."""
    places = _places(post, f"{prefix}place")
    if sorted(places) != list(range(1, len(places) + 1)):
        return {"order": None}
    return {"order": sorted(range(len(places)), key=places.__getitem__)}


_READ: dict[str, Callable[[QueryDict, str], dict[str, Any]]] = {
    Block.Kind.QUESTION: lambda post, prefix: {"chosen": post.getlist(f"{prefix}chosen")},
    Block.Kind.ORDER: _order,
    Block.Kind.MATCH: lambda post, prefix: {"pairs": _places(post, f"{prefix}pair")},
    Block.Kind.NUMBER: lambda post, prefix: {"number": post.get(f"{prefix}number", "")},
    Block.Kind.SHORT: lambda post, prefix: {"short": post.get(f"{prefix}short", "")},
}
