"""What of learning leaves the house, or is read by another system: doors of the works council."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gezel.records.models import Forward, Key
from gezel.trust.api import Widening, widens

FORWARDING = "records.forwarding"
READING_ALL = "records.reading_all"


def _forwards(organisation: Any) -> Any:
    return Forward.objects.filter(organisation=organisation, running=True)


def _readers(organisation: Any) -> Any:
    return Key.objects.alive().filter(organisation=organisation, reads_house=True)


def _stands_forwards(organisation: Any) -> str:
    n: int = _forwards(organisation).count()
    return (
        ngettext("%d store gets statements handed on.", "%d stores get statements handed on.", n)
        % n
    )


def _stands_readers(organisation: Any) -> str:
    n: int = _readers(organisation).count()
    return (
        ngettext(
            "%d key reads what people learn in Gezel.",
            "%d keys read what people learn in Gezel.",
            n,
        )
        % n
    )


widens(
    Widening(
        FORWARDING,
        _("Handing on to another store what people did while learning"),
        _("Who looks after the other store reads what people did, outside Gezel's walls."),
        _("Nothing is handed on; what was handed on before cannot be taken back from here."),
        _stands_forwards,
        lambda organisation: _forwards(organisation).exists(),
        lambda organisation: _forwards(organisation).update(running=False) and None,
        order=30,
    )
)
widens(
    Widening(
        READING_ALL,
        _("A key that reads what people learn in Gezel itself"),
        _("The system with that key reads what people did in modules, and not only what it wrote."),
        _("A key reads what came from outside and nothing of what people do in Gezel."),
        _stands_readers,
        lambda organisation: _readers(organisation).exists(),
        lambda organisation: _readers(organisation).update(reads_house=False) and None,
        order=40,
    )
)
