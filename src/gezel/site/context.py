"""What the base page needs on every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from gezel.people.api import Person, Visitor, mark_of
from gezel.site.menu import MAIN, OWN, shown


def house(request: HttpRequest) -> dict[str, Any]:
    """The visitor, the menu open to them, the languages, and whether this is the demo."""
    common = {"demo": settings.DEMO, "languages": settings.LANGUAGES}
    if not isinstance(getattr(request, "user", None), Person):
        return common
    visitor: Visitor = request.visitor.itself  # type: ignore[attr-defined] # by our middleware
    # A home is eight pages in one, each rendered with this: what it costs is paid by the first.
    menus = visitor.once(
        "site:menus",
        lambda: {
            "menu": shown(MAIN, visitor, request.path),
            "own_menu": shown(OWN, visitor, request.path),
        },
    )
    return common | {"visitor": visitor, "owner": mark_of(visitor.person)} | menus
