"""What a timetable is made of, read together: days, rooms, who gives, who wishes, what stands."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef
from django.utils import timezone

from gezel.gatherings.grouping import TIMES
from gezel.gatherings.models import (
    Attendance,
    Gathering,
    Giver,
    Place,
    Proposed,
    Resource,
    Role,
    Timetable,
    Use,
    Wanted,
    Wisher,
)
from gezel.gatherings.rules import replanning, schedule, times
from gezel.people.api import Employment

ZONE = "Europe/Amsterdam"
PARTS = ("morning", "afternoon", "evening")
# A room that does not say how many it holds, holds whoever the activity is for.
ANY = 10_000


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a day, with its clock."""

    key: int
    on: date
    part: str
    starts_at: datetime
    ends_at: datetime


def words_of(told: str) -> frozenset[str]:
    """What is in a room, or asked of it, as single words: "Beamer, lift"."""
    return frozenset(word.strip().casefold() for word in told.split(",") if word.strip())


def slot_key(on: date, part: str) -> int:
    return on.toordinal() * len(PARTS) + PARTS.index(part)


class Desk:
    """A timetable in the making; each part is asked of the database once."""

    def __init__(self, timetable: Timetable) -> None:
        self.timetable = timetable
        self.now = timezone.now()

    # -- when --------------------------------------------------------------------------------------

    @cached_property
    def slots(self) -> dict[int, Slot]:
        """The parts of days there are, in order, by key."""
        told = self.timetable
        found = {}
        for ahead in range((told.last_on - told.first_on).days + 1):
            on = told.first_on + timedelta(days=ahead)
            if on.weekday() not in told.weekdays:
                continue
            for part in PARTS:
                if part in told.parts:
                    start, end = self.clock(part)
                    starts_at, ends_at = times.span(on, start, end, ZONE)
                    key = slot_key(on, part)
                    if told.is_again and starts_at <= self.now:
                        continue  # what has been is planned no more
                    found[key] = Slot(key, on, part, starts_at, ends_at)
        return found

    def clock(self, part: str) -> tuple[time, time]:
        start, end = self.timetable.parts[part]
        return time.fromisoformat(start), time.fromisoformat(end)

    @cached_property
    def _near(self) -> list[tuple[int, datetime, datetime]]:
        """Sessions that stand already in these days."""
        if not self.slots:
            return []
        slots = list(self.slots.values())
        return list(
            Gathering.objects.filter(organisation=self.timetable.organisation_id)
            .standing()
            .filter(starts_at__lt=slots[-1].ends_at, ends_at__gt=slots[0].starts_at)
            .exclude(pk__in=self.stands)
            .values_list("pk", "starts_at", "ends_at")
        )

    def _taken(self, pairs: Iterable[tuple[int | None, int]]) -> dict[int, set[int]]:
        """By person or room the slots in which they are taken, of pairs with a session."""
        slots_of = {
            pk: {s.key for s in self.slots.values() if s.starts_at < end and s.ends_at > start}
            for pk, start, end in self._near
        }
        found: dict[int, set[int]] = {}
        for who, session in pairs:
            if who is not None:
                found.setdefault(who, set()).update(slots_of.get(session, ()))
        return found

    @cached_property
    def _busy(self) -> dict[int, set[int]]:
        near = [pk for pk, _s, _e in self._near]
        people = [w.person_id for w in self.wishers] + [g.person_id for g in self.givers]
        chosen = {"gathering__in": near, "person__in": people}
        pairs = [
            *Place.objects.living().filter(**chosen).values_list("person_id", "gathering_id"),
            *Role.objects.giving().filter(**chosen).values_list("person_id", "gathering_id"),
        ]
        return self._taken(pairs)

    # -- what and who ------------------------------------------------------------------------------

    @cached_property
    def wanted(self) -> list[Wanted]:
        return list(self.timetable.wanted.select_related("activity"))

    @cached_property
    def rooms(self) -> list[Resource]:
        return list(self.timetable.rooms.filter(in_use=True).order_by("name", "pk"))

    @cached_property
    def givers(self) -> list[Giver]:
        return list(
            self.timetable.givers.select_related("person").prefetch_related("gives__activity")
        )

    @cached_property
    def wishers(self) -> list[Wisher]:
        return list(self.timetable.wishers.select_related("person").prefetch_related("wishes"))

    @cached_property
    def work(self) -> dict[int, Employment]:
        """By person where they work, of who still works here."""
        people = [w.person_id for w in self.wishers] + [g.person_id for g in self.givers]
        here = Employment.objects.current(timezone.localdate()).filter(
            organisation=self.timetable.organisation_id, person__in=people
        )
        return {e.person_id: e for e in here.select_related("unit")}

    @cached_property
    def names(self) -> dict[int, str]:
        return {w.person_id: w.person.name for w in (*self.wishers, *self.givers)}

    @cached_property
    def left_out(self) -> list[Wisher]:
        """Who gives here and wishes too, or works here no more: they are not planned for."""
        give = {g.person_id for g in self.givers}
        return [w for w in self.wishers if w.person_id in give or w.person_id not in self.work]

    @cached_property
    def planned_for(self) -> list[Wisher]:
        out = {w.pk for w in self.left_out}
        return [w for w in self.wishers if w.pk not in out]

    def _free(self, one: Giver | Wisher) -> frozenset[int]:
        """When someone is at work, not away, and not at another session."""
        work = self.work.get(one.person_id)
        if work is None:
            return frozenset()
        parts = TIMES.get(work.shift, frozenset(PARTS))
        busy = self._busy.get(one.person_id, set())
        return frozenset(
            s.key
            for s in self.slots.values()
            if s.part in parts and s.key not in busy and one.is_there(s.on, s.part)
        )

    # -- what people were told of already ---------------------------------------------------------

    @cached_property
    def _told(self) -> list[Gathering]:
        """The sessions it became, while it is planned again; two questions."""
        if not self.timetable.is_again:
            return []
        return list(
            self.timetable.stands.standing()
            .annotate(noted=Exists(Attendance.objects.filter(gathering=OuterRef("pk"))))
            .select_related("activity", "organisation")
            .prefetch_related("roles__person", "uses__resource")
            .order_by("starts_at", "pk")
        )

    @cached_property
    def _comes(self) -> dict[int, set[int]]:
        """By session who has a place."""
        found: dict[int, set[int]] = {g.pk: set() for g in self._told}
        seated = Place.objects.seated().filter(gathering__in=found)
        for gathering, person in seated.values_list("gathering_id", "person_id"):
            found[gathering].add(person)
        return found

    @cached_property
    def stands(self) -> dict[int, schedule.Session]:
        """Those that can still be planned otherwise, as the rules read them, by key.

        What has begun, what was noted of, and what somebody moved off the days, times or rooms of
        this timetable stays as it is and counts as held.
        """
        wanted = {w.activity_id: w.pk for w in self.wanted}
        found = {}
        for one in self._told:
            on, start = one.starts_here.date(), one.starts_here.time()
            part = next((p for p in self.timetable.parts if self.clock(p)[0] == start), None)
            room = next((u.resource_id for u in one.uses.all() if u.resource_id in self._rooms), 0)
            trainer = next((r.person_id for r in one.roles.all() if r.role == "trainer"), None)
            activity = wanted.get(one.activity_id or 0)
            if part is None or not room or trainer is None or activity is None:
                continue
            slot = slot_key(on, part)
            if slot in self.slots and not getattr(one, "noted", False):
                people = tuple(sorted(self._comes[one.pk]))
                found[one.pk] = schedule.Session(activity, slot, room, trainer, people)
        return found

    @cached_property
    def _rooms(self) -> set[int]:
        """Rooms it was planned in, also those that are closed now."""
        here = Resource.objects.filter(organisation=self.timetable.organisation_id)
        return set(here.filter(kind=Resource.Kind.ROOM).values_list("pk", flat=True))

    @cached_property
    def gatherings(self) -> dict[int, Gathering]:
        """The sessions that can be planned otherwise, by key."""
        return {g.pk: g for g in self._told if g.pk in self.stands}

    @cached_property
    def held(self) -> list[tuple[int, set[int]]]:
        """What stays as it is: of each such session what is wanted, and who comes or came."""
        wanted = {w.activity_id: w.pk for w in self.wanted}
        return [
            (wanted[g.activity_id], self._comes[g.pk])
            for g in self._told
            if g.pk not in self.stands and g.activity_id in wanted
        ]

    @cached_property
    def been(self) -> set[int]:
        """The sessions that have begun: what is proposed has nothing to do with them any more."""
        return {g.pk for g in self._told if g.starts_at <= self.now}

    @property
    def seen(self) -> str:
        """What stood when it was looked at, so that what changed since is not overruled."""
        told = sorted((key, repr(session)) for key, session in self.stands.items())
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    @property
    def changes(self) -> replanning.Changes:
        """What carrying it out would change, for whom."""
        return replanning.changes(self.stands, self.sessions)

    # -- as the rules want it ----------------------------------------------------------------------

    @cached_property
    def case(self) -> schedule.Case:
        """All of it, with what stands to stay close to."""
        taken = self._taken(
            Use.objects.filter(
                gathering__in=[pk for pk, _s, _e in self._near],
                resource__in=[r.pk for r in self.rooms],
            ).values_list("resource_id", "gathering_id")
        )
        most = self.timetable.away_most
        held = Counter(wanted for wanted, _people in self.held)
        had = {(person, wanted) for wanted, people in self.held for person in people}
        people = tuple(
            schedule.Attendee(
                w.person_id,
                self.work[w.person_id].unit_id,
                self._free(w),
                tuple(sorted(o.pk for o in w.wishes.all() if (w.person_id, o.pk) not in had)),
            )
            for w in self.planned_for
        )
        return schedule.Case(
            slots=tuple(
                schedule.Slot(s.key, s.on.toordinal(), s.part) for s in self.slots.values()
            ),
            rooms=tuple(
                schedule.Room(r.pk, r.seats or ANY, words_of(r.has), frozenset(taken.get(r.pk, ())))
                for r in self.rooms
            ),
            trainers=tuple(
                schedule.Trainer(
                    g.person_id, frozenset(one.pk for one in g.gives.all()), self._free(g)
                )
                for g in self.givers
            ),
            activities=tuple(
                schedule.Activity(
                    w.pk,
                    max(0, w.sessions - held[w.pk]),
                    w.least,
                    w.most,
                    w.length,
                    words_of(w.needs),
                )
                for w in self.wanted
            ),
            people=people,
            away={p.team: most for p in people} if most else {},
            before=tuple(self.stands.values()) or tuple(s for _row, s in self.standing),
            locked=tuple(session for row, session in self.standing if row.locked),
            told=bool(self.stands),
        )

    @cached_property
    def proposed(self) -> list[Proposed]:
        return list(
            Proposed.objects.filter(timetable=self.timetable)
            .exclude(gathering__in=self.been)
            .select_related("wanted__activity", "room__location", "trainer")
            .prefetch_related("places__person")
        )

    @cached_property
    def standing(self) -> list[tuple[Proposed, schedule.Session]]:
        """What is proposed, as row and as the rules read it."""
        return [
            (
                row,
                schedule.Session(
                    row.wanted_id,
                    slot_key(row.on, row.part),
                    row.room_id,
                    row.trainer_id,
                    tuple(place.person_id for place in row.places.all()),
                ),
            )
            for row in self.proposed
        ]

    @property
    def sessions(self) -> list[schedule.Session]:
        return [session for _row, session in self.standing]

    def span(self, session: schedule.Session) -> tuple[Slot, Slot]:
        """The first and the last part of a day a session takes."""
        activity = next(a for a in self.case.activities if a.key == session.activity)
        taken: Sequence[int] = self.case.covered(activity, session.slot) or (session.slot,)
        return self.slots[taken[0]], self.slots[taken[-1]]

    @cached_property
    def titles(self) -> Mapping[int, str]:
        return {w.pk: w.activity.title for w in self.wanted}
