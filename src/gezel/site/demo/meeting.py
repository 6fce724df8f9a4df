"""Sessions past and coming: who comes, waits, was there, and what they took along."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from gezel.gatherings.actions import (
    Mark,
    Plan,
    book,
    choosing,
    decide_place,
    keep_resource,
    note,
    round_off,
    set_up,
    take_along,
    timetables,
)
from gezel.gatherings.actions.groups import form_groups
from gezel.gatherings.grouping import Asked
from gezel.gatherings.models import Gathering, Place, Resource
from gezel.gatherings.rules import schedule
from gezel.gatherings.rules.series import Every, Pattern
from gezel.gatherings.timetabling import Desk
from gezel.people.api import Location
from gezel.site.demo.cast import Stage
from gezel.site.demo.story import TOLD_ON

FRIDAY = 4
NAMES = uuid.UUID("7b1a33c0-4f06-4b0c-8f3b-2f0d1c5e9a11")


def build_sessions(stage: Stage) -> None:
    """Rooms and things, and every session that was written down."""
    told = stage.story.read("sessions")
    rooms = {room["key"]: _room(stage, room) for room in told["room"]}
    for number, session in enumerate(told["session"]):
        made = _session(stage, session, rooms, uuid.uuid5(NAMES, str(number)))
        _people(stage, session, made)
        if "there" in session:
            _was_there(stage, session, made)
        if "groups" in session:
            _groups(stage, session, made)
    for number, one in enumerate(told["choosing"]):
        _choosing(stage, one, number)
    for number, one in enumerate(told["timetable"]):
        _timetable(stage, one, rooms, number)


def _choosing(stage: Stage, told: dict[str, Any], number: int) -> None:
    """Sessions among which people choose now; some have said what they would like."""
    organisation, by = stage.organisations[told["org"]], stage.people[told["by"]]
    key = uuid.uuid5(NAMES, f"choosing/{number}")
    sessions = [
        set_up(
            organisation,
            Plan(
                on=_day(stage, one["day"]), start=one["start"], end=one["end"],
                title=one["title"], place=one["place"], seats=one["seats"],
            ),
            by=by,
            key=uuid.uuid5(key, str(at)),
        )
        for at, one in enumerate(told["session"])
    ]  # fmt: skip
    asked = {
        "title": told["title"], "about": told["about"],
        "until_on": timezone.localdate() + timedelta(days=told["days"]),
    }  # fmt: skip
    made = choosing.keep_choosing(organisation, asked, sessions, None, by=by, key=key)
    for who, wishes in told["wishes"].items():
        choosing.choose(made, stage.people[who], [sessions[at] for at in wishes])


def _timetable(stage: Stage, told: dict[str, Any], rooms: dict[str, Resource], number: int) -> None:
    """A timetable in the making, with a proposal to look at; nobody was told of it."""
    organisation, by = stage.organisations[told["org"]], stage.people[told["by"]]
    first = timezone.localdate() + timedelta(days=14)
    first -= timedelta(days=first.weekday())
    asked = {
        "title": told["title"], "first_on": first, "last_on": first + timedelta(days=11),
        "weekdays": [0, 1, 2, 3, 4], "parts": told["parts"], "away_most": told["away_most"],
        "wish_until": timezone.localdate() + timedelta(days=4),
    }  # fmt: skip
    made = timetables.keep_timetable(
        organisation, asked, [rooms[k] for k in told["rooms"]], by=by,
        key=uuid.uuid5(NAMES, f"timetable/{number}"),
    )  # fmt: skip
    wanted = {
        one["activity"]: timetables.keep_wanted(
            made, stage.activities[one["activity"]],
            {n: one[n] for n in ("sessions", "least", "most", "length")} | {"needs": ""},
        )
        for one in told["wanted"]
    }  # fmt: skip
    for one in told["giver"]:
        when = {"off": one.get("off", []), "away_from": None, "away_until": None}
        timetables.keep_giver(
            made, stage.people[one["who"]], [wanted[k] for k in one["gives"]], when
        )
    for one in told["wishers"]:
        people = [stage.people[who].pk for who in one["who"]]
        timetables.add_wishers(made, people, [wanted[k] for k in one["wishes"]])
    made.refresh_from_db()
    desk = Desk(made)
    found = schedule.propose(desk.case, seconds=0.5)
    simple = sum(len(s.people) for s in schedule.first_come(desk.case))
    timetables.keep_proposal(made, desk, found, first=simple, stopped=False)


def _groups(stage: Stage, told: dict[str, Any], made: Gathering) -> None:
    """Groups by chance at first, and then by rule, so that there is something to look back at."""
    by = stage.people[told["by"]]
    for mode in ("chance", "rule"):
        key = uuid.uuid5(made.key, f"groups/{mode}")
        form_groups(made, Asked(groups=told["groups"]), mode, by=by, key=key)


def _room(stage: Stage, told: dict[str, Any]) -> Resource:
    organisation = stage.organisations[told["org"]]
    return keep_resource(
        organisation,
        name=told["name"],
        kind=told.get("kind", Resource.Kind.ROOM),
        location=Location.objects.filter(
            organisation=organisation, name=told.get("location", "")
        ).first(),
        seats=told.get("seats"),
        amount=told.get("amount", 1),
        has=told.get("has", ""),
    )


def _day(stage: Stage, number: int) -> date:
    """A day of the story; one that falls in a weekend is the Friday before or the Monday after."""
    on = stage.story.on(TOLD_ON + timedelta(days=number))
    over = on.weekday() - FRIDAY
    if over <= 0:
        return on
    return on - timedelta(days=over) if number < 0 else on + timedelta(days=3 - over)


def _session(
    stage: Stage, told: dict[str, Any], rooms: dict[str, Resource], key: uuid.UUID
) -> Gathering:
    every = told.get("every")
    plan = Plan(
        on=_day(stage, told["day"]),
        start=told["start"],
        end=told["end"],
        title=told.get("title", ""),
        activity=stage.activities.get(told.get("activity", "")),
        about=told.get("about", ""),
        place=told.get("place", ""),
        link=told.get("link", ""),
        seats=told.get("seats"),
        least=told.get("least", 0),
        decide_on=_day(stage, told["decide"]) if "decide" in told else None,
        approval=told.get("approval", False),
        trainers=tuple(stage.people[k] for k in told.get("trainers", ())),
        assistants=tuple(stage.people[k] for k in told.get("assistants", ())),
        resources=tuple((rooms[k], 1) for k in told.get("rooms", ())),
        repeat=Pattern(Every(every), until_on=_day(stage, told["until"])) if every else None,
    )
    return set_up(stage.organisations[told["org"]], plan, by=stage.people[told["by"]], key=key)


def _people(stage: Stage, told: dict[str, Any], made: Gathering) -> None:
    """Who comes, in the order in which they booked, a day apart and before it began."""
    before = min(made.starts_at, timezone.now()) - timedelta(days=2)
    lead = stage.people[told["by"]]
    for key in (*told["people"], *told.get("waiting", ())):
        person = stage.people[key]
        place = book(made, person, by=person, key=uuid.uuid5(made.key, key), now=before)
        if key in told.get("approved", ()) and place.state == Place.State.ASKED:
            decide_place(place, approve=True, by=lead)


def _was_there(stage: Stage, told: dict[str, Any], made: Gathering) -> None:
    ended: datetime = made.ends_at
    marks = [
        Mark(
            stage.people[key].pk,
            kind,
            uuid.uuid5(made.key, f"mark/{key}"),
            made.minutes // 2 if kind == "partly" else made.minutes - 5 if kind == "late" else None,
            ended,
        )
        for key, kind in told["there"].items()
    ]
    note(made, marks, by=stage.people[told["by"]])
    round_off(made)
    for key, text in told.get("takeaway", {}).items():
        take_along(made, stage.people[key], text)
