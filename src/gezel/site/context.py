"""What the base page needs on every page."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.messages.context_processors import messages
from django.http import HttpRequest
from django.utils.translation import get_language

from gezel.people.api import Person, Visitor, mark_of
from gezel.site.menu import MAIN, OWN, shown


def house(request: HttpRequest) -> dict[str, Any]:
    """The visitor, the menu open to them, the languages, and whether this is the demo.

    A home is eight pages in one, each rendered with this: what it costs is paid by the first, as
    long as nobody signs in or out and the language stays.
    """
    user, language = getattr(request, "user", None), get_language()
    kept: _Kept | None = getattr(request, "_house", None)
    if kept is None or kept.user is not user or kept.language != language:
        kept = _Kept(user, language, _told(request, language))
        request._house = kept  # type: ignore[attr-defined] # a request is asked for one page
    return kept.told


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was told on this request, and of whom and in which language."""

    user: object
    language: str | None
    told: dict[str, Any]


def _told(request: HttpRequest, language: str | None) -> dict[str, Any]:
    common: dict[str, Any] = {
        "demo": settings.DEMO,
        "languages": tuple(settings.LANGUAGES),
        "LANGUAGE_CODE": language,
        **messages(request),
        "CSP_NONCE": getattr(request, "csp_nonce", ""),
    }
    if not isinstance(getattr(request, "user", None), Person):
        return common
    visitor: Visitor = request.visitor.itself  # type: ignore[attr-defined] # by our middleware
    return common | {
        "visitor": visitor,
        "owner": mark_of(visitor.person),
        "menu": shown(MAIN, visitor, request.path),
        "own_menu": shown(OWN, visitor, request.path),
    }
