"""Short ways to timetables and choices, through the actions the product uses."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from gezel.catalogue.api import Activity
from gezel.gatherings import jobs
from gezel.gatherings.actions import choosing as choosings
from gezel.gatherings.actions import timetables
from gezel.gatherings.models import Choosing, Gathering, Timetable, Wanted
from gezel.gatherings.tests.builders import a_room
from gezel.kit.jobs import enqueue, run
from gezel.kit.models import Task
from gezel.people.api import Organisation, Person

NEVER: dict[str, Any] = {"off": [], "away_from": None, "away_until": None}


def monday() -> date:
    today = timezone.localdate()
    return today + timedelta(days=14 - today.weekday())


def a_timetable(
    organisation: Organisation, *, by: Person, rooms: int = 1, **told: object
) -> Timetable:
    whole = {
        "title": "Spring", "first_on": monday(), "last_on": monday() + timedelta(days=4),
        "weekdays": [0, 1, 2, 3, 4], "away_most": None, "wish_until": None,
        "parts": {"morning": ["09:00", "12:00"], "afternoon": ["13:00", "16:00"]},
    } | told  # fmt: skip
    made = [a_room(organisation, f"Room {n}", seats=10) for n in range(rooms)]
    return timetables.keep_timetable(organisation, whole, made, by=by, key=uuid.uuid4())


def wanted(timetable: Timetable, activity: Activity, **told: object) -> Wanted:
    whole = {"sessions": 1, "least": 1, "most": 10, "length": 1, "needs": ""} | told
    return timetables.keep_wanted(timetable, activity, whole)


def planned(timetable: Timetable) -> Task:
    """As a worker does it."""
    task = uuid.uuid4()
    timetables.begin(timetable, task=task)
    enqueue(jobs.propose_timetable, by=None, key=task, timetable=timetable.pk)
    run(task)
    timetable.refresh_from_db()
    return Task.objects.get(pk=task)


def a_choosing(
    organisation: Organisation, *sessions: Gathering, by: Person, days: int = 2
) -> Choosing:
    told = {"title": "Workshops", "until_on": timezone.localdate() + timedelta(days=days)}
    return choosings.keep_choosing(organisation, told, sessions, None, by=by, key=uuid.uuid4())
