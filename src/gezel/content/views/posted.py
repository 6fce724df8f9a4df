"""What a plain form says about a question, for who plays without scripts."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from gezel.content.models import Block
from gezel.content.rules.kinds import MOST_STEPS


def value_in(block: Block, request: HttpRequest) -> dict[str, Any] | None:
    """The value in the shape in which answers are kept; None for kinds that are not read here.

    Nothing is judged yet: what is no answer is refused where it would be kept.
    """
    read = _READ.get(block.kind)
    return read(request) if read else None


def _places(request: HttpRequest, name: str) -> list[int]:
    """Numbers from fields `name_0`, `name_1` …; what is no number is -1, which is no place."""
    told: list[int] = []
    while (raw := request.POST.get(f"{name}_{len(told)}")) is not None and len(told) < MOST_STEPS:
        told.append(int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 4 else -1)
    return told


def _order(request: HttpRequest) -> dict[str, Any]:
    """Each step has its place, from 1; the order is the steps by their place."""
    places = _places(request, "place")
    if sorted(places) != list(range(1, len(places) + 1)):
        return {"order": None}
    return {"order": sorted(range(len(places)), key=places.__getitem__)}


_READ: dict[str, Callable[[HttpRequest], dict[str, Any]]] = {
    Block.Kind.ORDER: _order,
    Block.Kind.MATCH: lambda request: {"pairs": _places(request, "pair")},
    Block.Kind.NUMBER: lambda request: {"number": request.POST.get("number", "")},
    Block.Kind.SHORT: lambda request: {"short": request.POST.get("short", "")},
}
