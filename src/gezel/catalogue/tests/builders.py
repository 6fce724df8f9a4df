"""Short ways to activities, through the actions the product uses."""

from decimal import Decimal
from typing import Any

from gezel.catalogue.actions import Taught, offer
from gezel.catalogue.models import Activity
from gezel.people.api import Organisation, Person
from gezel.skills.api import Skill


def an_activity(
    organisation: Organisation,
    title: str = "High-voltage safety, practical day",
    *,
    teaches: dict[Skill, tuple[int, int]] | None = None,
    provider: str = "",
    shared_by: Person | None = None,
    **fields: Any,
) -> Activity:
    """Something on offer: by default a free course of four hours in both languages."""
    told: dict[str, Any] = {
        "title_en": title,
        "title_nl": title,
        "kind": Activity.Kind.COURSE,
        "mix": Activity.Mix.FORMAL,
        "form": Activity.Form.CLASSROOM,
        "hours": Decimal(4),
        "in_english": True,
    }
    return offer(
        organisation,
        fields=told | fields,
        teaches=[Taught(s.pk, low, high) for s, (low, high) in (teaches or {}).items()],
        provider=provider,
        shared_by=shared_by,
    )
