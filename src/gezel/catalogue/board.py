"""What a notice board told of already: one thing to learn is one fact, told once.

The same module may be a step of a plan, a step of a path, something one is in the middle of and a
tip. Each of those is a panel of its own room. The first on the board that tells of an activity
says so here, and those after it tell what else they have.
"""

from contextlib import suppress

from gezel.people.api import Request


def told_of(request: Request) -> set[int]:
    """The activities of which this page told; a panel adds its own.

    What of a board is fetched after the page begins with what the page told (`?told=3-9`).
    """
    return request.visitor.once("catalogue:told", lambda: _before(request.GET.get("told", "")))


def _before(told: str) -> set[int]:
    found = set()
    for part in told.split("-"):
        with suppress(ValueError):
            found.add(int(part))
    return found
