"""News between rooms: call down, announce up.

A room announces what happened; rooms above it listen, from their `apps.py`. Listeners run at
once, inside the transaction of who announces, so that news and its consequences are kept
together or not at all. Work that may wait belongs in a job (`kit.jobs`).
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

Event = TypeVar("Event")

_listeners: dict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)


def listen(event: type[Event], listener: Callable[[Event], None]) -> None:
    """Call `listener` with each event of this class from now on (once, however often told)."""
    if listener not in _listeners[event]:
        _listeners[event].append(listener)


def announce(event: object) -> None:
    """Tell every listener, in the order in which they began to listen."""
    for listener in _listeners[type(event)]:
        listener(event)
