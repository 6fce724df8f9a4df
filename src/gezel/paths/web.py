"""What the pages of paths share: keys, numbers, days, and the trace of who read."""

import uuid
from collections.abc import Collection

from gezel.people.api import Request
from gezel.trust.api import note_reading


def key(request: Request) -> uuid.UUID:
    """The form's own key; one that is no key is replaced, so only double sending is lost."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def number(text: str | None) -> int:
    """A number from a form, 0 if it is none."""
    if text and text.isascii() and text.isdecimal() and len(text) < 10:
        return int(text)
    return 0


def note(request: Request, about: Collection[int], purpose: str) -> None:
    """Who reads about others leaves a trace for those others."""
    others = set(about) - {request.user.pk}
    if others:
        note_reading(reader_pk=request.user.pk, about=others, matter="learning", purpose=purpose)
