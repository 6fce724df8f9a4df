"""Where the person finds the data itself: a page to look at it and put it right, kind by kind.

The roof tells (`site/at_hand.py`): only it knows the pages of every room.
"""

from collections.abc import Mapping

from django.urls import reverse

from gezel.trust.declarations import Declaration

_pages: dict[str, str] = {}


def tell_pages(pages: Mapping[str, str]) -> None:
    """Tell the page of a room ("plans") or of one kind ("plans.Wish")."""
    _pages.update(pages)


def pages_of(declaration: Declaration) -> str:
    """The address of the page where this kind is seen; empty where there is none."""
    name = _pages.get(declaration.kind, _pages.get(declaration.kind.partition(".")[0], ""))
    return reverse(name) if name else ""
