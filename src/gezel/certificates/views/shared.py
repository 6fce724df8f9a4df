"""What the pages of certificates share: states in words and colours, keys and days."""

import uuid
from datetime import date

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from gezel.certificates import rules
from gezel.people.api import Request

STATES = {
    rules.State.VALID: ("ok", "circle-check"),
    rules.State.EXPIRING: ("warn", "clock"),
    rules.State.EXPIRED: ("bad", "triangle-alert"),
    rules.State.MISSING: ("bad", "circle-alert"),
    rules.State.WAITING: ("brand", "hourglass"),
}


def state_words() -> dict[str, str]:
    """How each state is called."""
    return {
        rules.State.VALID: _("valid"),
        rules.State.EXPIRING: _("about to lapse"),
        rules.State.EXPIRED: _("lapsed"),
        rules.State.MISSING: _("missing"),
        rules.State.WAITING: _("waiting for confirmation"),
    }


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
