"""Where someone was, read for their own profile; and when, for them alone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from gezel.gatherings.models import Attendance
from gezel.people.api import Person, Visitor

_THERE = (Attendance.Kind.PRESENT, Attendance.Kind.LATE, Attendance.Kind.PARTLY)


@dataclass(frozen=True, slots=True)
class Attended:
    """A session someone was at, as it was noted last."""

    key: int
    title: str
    organisation: str
    on: date
    minutes: int


class SessionMoment(NamedTuple):
    """When someone was at a session, and for how long."""

    at: datetime
    minutes: int


def _newest(person: Person) -> list[Attendance]:
    """Of each session how it stands: the fact that was noted last."""
    facts: QuerySet[Attendance] = (
        Attendance.objects.filter(person=person)
        .select_related("gathering__organisation")
        .order_by("noted_at", "pk")
    )
    return list({fact.gathering_id: fact for fact in facts}.values())


def attended_by(person: Person, until: date) -> list[Attended]:
    """The sessions someone was at, newest first: one question."""
    found = [
        Attended(
            fact.gathering_id,
            fact.title,
            str(fact.gathering.organisation),
            timezone.localtime(fact.starts_at).date(),
            fact.minutes,
        )
        for fact in _newest(person)
        if fact.kind in _THERE
    ]
    return sorted((one for one in found if one.on <= until), key=lambda a: a.on, reverse=True)


def moments_of(visitor: Visitor, since: datetime) -> list[SessionMoment]:
    """When the visitor was at sessions. It takes a visitor: of another nobody can ask it."""
    return [
        SessionMoment(fact.starts_at, fact.minutes)
        for fact in _newest(visitor.person)
        if fact.kind in _THERE and fact.starts_at >= since
    ]
