"""Panels: pieces of a page that another room answers for.

A notice board names a panel by its address; what is in it, and whether it is for this visitor,
is decided by the view behind that address, by its own policy.
"""

from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import ResolverMatch, get_urlconf, resolve, reverse
from django.utils.safestring import SafeString, mark_safe


@lru_cache(maxsize=256)
def _view_at(name: str, urlconf: str | None) -> ResolverMatch:
    """The view behind a name: addresses do not change while we run, and a home asks for many."""
    return resolve(reverse(name, urlconf), urlconf)


def ask_panel(request: HttpRequest, name: str, *args: Any, **kwargs: Any) -> SafeString:
    """What the room at this address has to show; nothing where it is not for this visitor (404).

    The view is called with this same request: no second sign-in, one visitor for all panels.
    """
    view = _view_at(name, get_urlconf()) if not (args or kwargs) else None
    match = view or resolve(reverse(name, args=args, kwargs=kwargs))
    try:
        response = match.func(request, *match.args, **match.kwargs)
    except Http404:
        return mark_safe("")
    if response.status_code != 200:
        return mark_safe("")
    # Rendered by one of our own views, where Django escaped what people wrote.
    content: bytes = response.content
    return mark_safe(content.decode())
