"""Reading what other systems keep here."""

import uuid
from datetime import datetime

from gezel.records.models import Document


def document(key: uuid.UUID) -> Document | None:
    """The document of this key."""
    return Document.objects.filter(pk=key).first()


def names_at(place: int, registration: uuid.UUID | None, since: datetime | None) -> list[str]:
    """The names of the documents that lie here, those changed after `since`, oldest first."""
    found = Document.objects.filter(place=place).order_by("updated_at")
    if registration is not None:
        found = found.filter(registration=registration)
    if since is not None:
        found = found.filter(updated_at__gt=since)
    return list(dict.fromkeys(found.values_list("name", flat=True)))
