"""What the pages of certificates share: states in words and colours, keys, days, and the trace."""

import uuid
from collections.abc import Collection
from datetime import date

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from gezel.certificates import policy, rules
from gezel.certificates.jobs import note_certificates
from gezel.kit.jobs import enqueue
from gezel.people.api import Person, Request
from gezel.trust.api import note_reading

STATES = {
    rules.State.VALID: ("ok", "circle-check"),
    rules.State.EXPIRING: ("warn", "clock"),
    rules.State.EXPIRED: ("bad", "triangle-alert"),
    rules.State.MISSING: ("bad", "circle-alert"),
    rules.State.WAITING: ("brand", "hourglass"),
}
# More people than this are noted in the background.
NOTED_AT_ONCE = 500


def state_words() -> dict[str, str]:
    """How each state is called."""
    return {
        rules.State.VALID: _("valid"),
        rules.State.EXPIRING: _("about to lapse"),
        rules.State.EXPIRED: _("lapsed"),
        rules.State.MISSING: _("missing"),
        rules.State.WAITING: _("waiting for confirmation"),
    }


def note(request: Request, about: Collection[Person]) -> None:
    """Who reads about others leaves a trace for those others."""
    others = [p for p in about if p.pk != request.user.pk]
    if others:
        purpose = (
            policy.why_reading(request.visitor, others[0])
            if len(others) == 1
            else ("hr" if request.visitor.is_hr else "lead")
        )
        note_people(request, {p.pk for p in others}, purpose)


def note_people(request: Request, about: set[int], purpose: str) -> None:
    """The same, by number; of very many in the background."""
    about = about - {request.user.pk}
    if len(about) > NOTED_AT_ONCE:
        enqueue(
            note_certificates,
            by=request.user,
            about=sorted(about),
            reader=request.user.pk,
            purpose=purpose,
        )
    elif about:
        note_reading(reader_pk=request.user.pk, about=about, matter="certificates", purpose=purpose)


def key(request: Request) -> uuid.UUID:
    """The form's own key; one that is no key is replaced, so only double sending is lost."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def number(text: str) -> int:
    """A number from an address, 0 if it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def day(text: str) -> date | None:
    """A day from an address, None if it is none."""
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found and 1950 <= found.year <= 2150 else None
