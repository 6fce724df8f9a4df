"""Short ways to sessions and places, through the actions the product uses."""

import uuid
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from gezel.gatherings.actions import Mark, Plan, book, keep_resource, note, set_up
from gezel.gatherings.models import Attendance, Gathering, Place, Resource
from gezel.people.api import Organisation, Person


def in_days(days: float) -> datetime:
    return timezone.now().replace(microsecond=0) + timedelta(days=days)


def a_plan(*, days: int = 7, **told: Any) -> Plan:
    """Two hours in the morning, so many days from now."""
    whole = {
        "title": "" if told.get("activity") else "Reading fault codes",
        "on": timezone.localdate() + timedelta(days=days),
        "start": time(9),
        "end": time(11),
    }
    return Plan(**(whole | told))


def a_session(organisation: Organisation, *, by: Person, days: float = 7, **told: Any) -> Gathering:
    """A session of two hours, so many days (or a part of one) from now."""
    if days == int(days):
        return set_up(organisation, a_plan(days=int(days), **told), by=by, key=uuid.uuid4())
    made = set_up(organisation, a_plan(days=1, **told), by=by, key=uuid.uuid4())
    # Within a day the clock of the test could be any: so it is moved as it stands.
    made.starts_at, made.ends_at = in_days(days), in_days(days) + timedelta(hours=2)
    made.save()
    return made


def a_place(gathering: Gathering, person: Person, **told: Any) -> Place:
    return book(gathering, person, by=told.pop("by", person), key=uuid.uuid4(), **told)


def a_past_place(gathering: Gathering, person: Person) -> Place:
    """As it was booked before the session began."""
    before = gathering.starts_at - timedelta(days=1)
    return book(gathering, person, by=person, key=uuid.uuid4(), now=before)


def there(gathering: Gathering, person: Person, kind: str = "present", **told: Any) -> Attendance:
    """Who gives it noted that they were there (or not), as the session ended."""
    by = told.pop("by", gathering.made_by)
    mark = Mark(person.pk, kind, uuid.uuid4(), told.pop("minutes", None), gathering.ends_at)
    return note(gathering, [mark], by=by, **told)[0]


def a_room(organisation: Organisation, name: str = "Room 1", **told: Any) -> Resource:
    return keep_resource(organisation, name=name, kind=told.pop("kind", "room"), **told)
