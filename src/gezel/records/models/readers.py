"""Who reads what is in the record store."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gezel.people.api import SELF, Audience, Relation

if TYPE_CHECKING:
    from gezel.people.api import Person, Visitor


def _nobody(visitor: "Visitor", on: date) -> Q:
    return Q(pk__in=[])


def _systems(person: "Person", on: date) -> Sequence[str]:
    """The systems that can read what is recorded where someone works today, or that get it sent."""
    from gezel.records.models.forwarding import Forward  # noqa: PLC0415 # they stand on this
    from gezel.records.models.keys import READS, Key  # noqa: PLC0415

    here = list(person.employments.current(on).values_list("organisation_id", flat=True))
    keys = Key.objects.alive().of_systems().filter(organisation__in=here).order_by("name")
    forwards = Forward.objects.filter(organisation__in=here, running=True)
    return [
        *(key.name for key in keys if READS & set(key.scopes)),
        *(f"{forward.name} ({forward.address})" for forward in forwards),
    ]


# They read through a key, past every page; so no visitor is one of them.
SYSTEMS = Relation(_("A system that your organisation connected"), _nobody, _systems)

# Only the person reads what they did; others see what follows from it, the evidence. A system reads
# what came from outside, and what was done in Gezel where its key says so.
STATEMENTS_OF_A_PERSON = Audience(SELF, SYSTEMS)
