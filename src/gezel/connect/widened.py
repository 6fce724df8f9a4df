"""Keys through which another system reads about people: a door that the works council opens."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gezel.connect.models import ApiToken
from gezel.trust.api import Widening, widens

PERSONAL_KEYS = "connect.personal_keys"


def reading(organisation: Any) -> list[ApiToken]:
    """The living keys of an organisation that read about people."""
    keys = ApiToken.objects.alive().filter(organisation=organisation)
    return [key for key in keys if ApiToken.PERSONAL & set(key.scopes)]


def _stands(organisation: Any) -> str:
    n = len(reading(organisation))
    return ngettext(
        "%d key of another system can read about people.",
        "%d keys of other systems can read about people.",
        n,
    ) % (n)


def _shut(organisation: Any) -> None:
    """Nothing to change: the door itself asks for consent, at every call (`frame.Scope`)."""


widens(
    Widening(
        PERSONAL_KEYS,
        _("Other systems that read about people through a key"),
        _("A system with a key reads people, needs, shared plans or results, as its key says."),
        _("No key for reading about people is made, and one that is there opens nothing."),
        _stands,
        lambda organisation: bool(reading(organisation)),
        _shut,
        order=20,
    )
)
