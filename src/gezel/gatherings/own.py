"""Where someone was, read for their own profile; and when, for them alone.

Also what the catalogue counts of everyone together: who completed what, and who wrote that they
will use something of it; of that no word and no name leaves this room.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from gezel.gatherings.models import Attendance, Takeaway
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


def _counted(organisation_pk: int) -> QuerySet[Attendance]:
    return Attendance.objects.filter(
        gathering__organisation=organisation_pk,
        gathering__activity__isnull=False,
        counted_at__isnull=False,
    )


def completions_here(organisation_pk: int) -> Iterator[tuple[int, int, date]]:
    """Who was at sessions of which activity, so that it counted, and on which day: one question.

    Of a course in parts the last part is when it was completed; the earlier ones came before.
    """
    last: dict[tuple[int, int], datetime] = {}
    rows = _counted(organisation_pk).values_list("gathering__activity_id", "person_id", "starts_at")
    for activity, person, at in rows.iterator(chunk_size=5_000):
        last[activity, person] = max(at, last.get((activity, person), at))
    for (activity, person), at in last.items():
        yield activity, person, timezone.localtime(at).date()


def uses_here(organisation_pk: int) -> Iterator[tuple[int, int, bool]]:
    """Of who was at a session of an activity, whether they wrote what they will use."""
    wrote = Takeaway.objects.filter(gathering=OuterRef("gathering"), person=OuterRef("person"))
    yield from (
        _counted(organisation_pk)
        .annotate(wrote=Exists(wrote))
        .values_list("gathering__activity_id", "person_id", "wrote")
        .iterator(chunk_size=5_000)
    )
