"""Short ways to sessions and places."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from gezel.gatherings.models import Gathering
from gezel.people.api import Organisation, Person


def in_days(days: float) -> datetime:
    return timezone.now().replace(microsecond=0) + timedelta(days=days)


def a_session(
    organisation: Organisation, *, by: Person | None = None, days: float = 7, **fields: Any
) -> Gathering:
    """A session of two hours, so many days from now."""
    starts = fields.pop("starts_at", in_days(days))
    told = {"title": "Reading fault codes", "ends_at": starts + timedelta(hours=2)} | fields
    return Gathering.objects.create(organisation=organisation, made_by=by, starts_at=starts, **told)
