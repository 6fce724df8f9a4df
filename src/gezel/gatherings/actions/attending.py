"""Who was there is noted: by the person with the code, by who gives it, or afterwards.

Facts are only added. What counts follows when the session is rounded off, once for each person.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.catalogue.events import ActivityCompleted
from gezel.gatherings import queries
from gezel.gatherings.actions.booking import walk_in
from gezel.gatherings.models import Attendance, Gathering, Place
from gezel.gatherings.rules import attending as rules
from gezel.gatherings.rules import codes
from gezel.kit.events import announce
from gezel.people.api import Person
from gezel.records.api import Result, record

Kind, How = Attendance.Kind, Attendance.How
# A trainer rounds off; who forgets is helped the night after.
ROUNDED_OFF_AFTER = timedelta(hours=24)


def secret() -> bytes:
    """What codes of this house are made with."""
    return settings.SECRET_KEY.encode()


# -- noting ---------------------------------------------------------------------------------------


def check_in(
    gathering: Gathering,
    person: Person,
    *,
    code: str,
    key: uuid.UUID,
    seen_at: datetime | None = None,
    now: datetime | None = None,
) -> Attendance:
    """Someone says with the code on the screen that they are there; the same key is one fact.

    Args:
        seen_at: when they did, where the phone kept it until there was a connection.

    Raises:
        ValidationError: the code is not (or no longer) right, it is not the time, or it is full.
    """
    at = now or timezone.now()
    then = seen_at or at
    if gathering.is_cancelled:
        raise ValidationError(_("This session is cancelled."))
    if not codes.is_open(gathering.starts_at, gathering.ends_at, then):
        raise ValidationError(
            _("You can say this from an hour before it begins until an hour after it ends.")
        )
    if at - then > codes.KEPT or then > at + codes.SLACK:
        raise ValidationError(
            _("This was kept on your phone for more than two days. Ask the trainer to note you.")
        )
    ask = codes.accepts if seen_at is None else codes.accepted_then
    if not ask(secret(), str(gathering.key), code, then):
        raise ValidationError(
            {"code": _("This is not the code on the screen now. Look again: it changes.")}
        )
    how = How.CODE if len(code.replace(" ", "")) == codes.DIGITS else How.QR
    with transaction.atomic():
        # Of two that come in at once the second sees what the first noted.
        Gathering.objects.select_for_update().get(pk=gathering.pk)
        known = Attendance.objects.filter(key=key).first()
        if known is not None:
            return _own(known, gathering, person)
        stands = queries.newest_of(gathering, [person.pk]).get(person.pk)
        # Who scans twice, or was noted by the trainer before, does not become late by it.
        if stands is not None and stands.kind not in {Kind.ABSENT, Kind.EXCUSED}:
            return stands
        if walk_in(gathering, person, by=person) is None:
            raise ValidationError(_("It is full and you have no place. Ask the trainer."))
        kind, minutes = rules.arrived(gathering.starts_at, gathering.ends_at, then)
        return _add(
            gathering, person.pk, kind, minutes=minutes, how=how, by=person, seen_at=then, key=key
        )


def _own(known: Attendance, gathering: Gathering, person: Person) -> Attendance:
    if (known.gathering_id, known.person_id) != (gathering.pk, person.pk):
        raise ValidationError(_("This form was used before. Open the page again."))
    return known


@dataclass(frozen=True, slots=True)
class Mark:
    """What a trainer notes of one person."""

    person: int
    kind: str
    key: uuid.UUID
    minutes: int | None = None
    seen_at: datetime | None = None


def note(
    gathering: Gathering,
    marks: Sequence[Mark],
    *,
    by: Person,
    reason: str = "",
    now: datetime | None = None,
) -> list[Attendance]:
    """Who gives it notes who was there; each mark once, whenever it comes in.

    A day after it ended that is "afterwards", and asks for a reason. What says the same as what
    stands adds nothing.

    Raises:
        ValidationError: before it begins, someone who has no place, or no reason.
    """
    at = now or timezone.now()
    if gathering.is_cancelled:
        raise ValidationError(_("This session is cancelled."))
    if at < gathering.starts_at - codes.BEFORE:
        raise ValidationError(_("It has not begun yet."))
    seen = [m.seen_at or at for m in marks]
    late = any(then > gathering.ends_at + ROUNDED_OFF_AFTER for then in seen)
    if late and not reason.strip():
        raise ValidationError(
            {"reason": _("It ended more than a day ago. Say why it is noted only now.")}
        )
    with transaction.atomic():
        Gathering.objects.select_for_update().get(pk=gathering.pk)
        known = set(
            Attendance.objects.filter(key__in=[m.key for m in marks]).values_list("key", flat=True)
        )
        there = set(
            Place.objects.filter(
                gathering=gathering, person__in={m.person for m in marks}
            ).values_list("person_id", flat=True)
        )
        stands = queries.newest_of(gathering, there)
        added = []
        for mark, then in zip(marks, seen, strict=True):
            if mark.key in known:
                continue
            if mark.person not in there:
                raise ValidationError(_("Someone on this list has no place here. Open it again."))
            minutes = _minutes(gathering, mark)
            before = stands.get(mark.person)
            if before is not None and (before.kind, before.minutes) == (mark.kind, minutes):
                continue
            added.append(
                _add(
                    gathering,
                    mark.person,
                    mark.kind,
                    minutes=minutes,
                    how=How.AFTER if late else How.LIST,
                    by=by,
                    seen_at=min(then, at),
                    key=mark.key,
                    reason=reason if late else "",
                )
            )
        if gathering.rounded_off_at and added:
            _count(gathering, {fact.person_id for fact in added})
        return added


def _minutes(gathering: Gathering, mark: Mark) -> int:
    if mark.kind in {Kind.ABSENT, Kind.EXCUSED}:
        return 0
    if mark.minutes is None:
        return gathering.minutes
    return max(0, min(mark.minutes, gathering.minutes))


def _add(
    gathering: Gathering,
    person_pk: int,
    kind: str,
    *,
    minutes: int,
    how: str,
    by: Person,
    seen_at: datetime,
    key: uuid.UUID,
    reason: str = "",
) -> Attendance:
    return Attendance.objects.create(
        gathering=gathering,
        person_id=person_pk,
        kind=kind,
        minutes=minutes,
        of_minutes=gathering.minutes,
        starts_at=gathering.starts_at,
        title=gathering.name[:250],
        how=how,
        noted_by=by,
        seen_at=seen_at,
        reason=reason.strip()[:300],
        key=key,
    )


def add_to_list(gathering: Gathering, person: Person, *, by: Person) -> Place:
    """Who gives it writes down someone who came without a place.

    Raises:
        ValidationError: it is full.
    """
    place = walk_in(gathering, person, by=by)
    if place is None:
        raise ValidationError(
            {"who": _("All seats are taken. Give it another seat first, or take someone off.")}
        )
    return place


# -- counting ------------------------------------------------------------------------------------


def round_off(gathering: Gathering, *, now: datetime | None = None) -> bool:
    """The list is whole: what people were at counts towards plan, path, hours and certificates.

    Once; False: it was rounded off before. What is noted later counts when it comes in.

    Raises:
        ValidationError: it is not over yet, or nobody was noted.
    """
    at = now or timezone.now()
    if at < gathering.ends_at:
        raise ValidationError(_("It is not over yet. Round off when it is."))
    with transaction.atomic():
        held = Gathering.objects.select_for_update().get(pk=gathering.pk)
        people = set(Attendance.objects.filter(gathering=held).values_list("person_id", flat=True))
        if not people:
            raise ValidationError(_("Nobody was noted yet. Note first who was there."))
        done = Gathering.objects.filter(pk=held.pk, rounded_off_at=None).update(rounded_off_at=at)
        if done:
            held.rounded_off_at = at
            _count(held, people)
        return done == 1


def round_off_forgotten(now: datetime) -> int:
    """What was over a day ago with people noted counts, also where nobody rounded it off."""
    left = Gathering.objects.filter(
        rounded_off_at=None,
        ends_at__lt=now - ROUNDED_OFF_AFTER,
        attendance__isnull=False,
    ).distinct()
    return sum(round_off(gathering, now=now) for gathering in left)


def _count(gathering: Gathering, people: Iterable[int]) -> None:
    """What having been there comes to, for each: recorded, and told on where it completes."""
    pks = sorted(set(people))
    facts = queries.newest_of(gathering, pks)
    parts = queries.parts_done(gathering, pks)
    course = queries.course_of(gathering)
    persons = {p.pk: p for p in Person.objects.filter(pk__in=pks)}
    vouched = queries.vouched_for(gathering, facts)
    for pk in pks:
        fact = facts.get(pk)
        if fact is None or fact.counted_at is not None:
            continue
        because = rules.verdict(course, queries.as_fact(fact), parts.get(pk, 0))
        if because == rules.Because.NOT_THERE:
            continue
        _record(gathering, persons[pk], fact)
        Attendance.objects.filter(pk=fact.pk).update(counted_at=timezone.now())
        if because == rules.Because.COMPLETED and gathering.activity_id is not None:
            on = timezone.localdate(fact.starts_at, gathering.at_zone)
            announce(ActivityCompleted(pk, gathering.activity_id, on, vouched=pk in vouched))


def _record(gathering: Gathering, person: Person, fact: Attendance) -> None:
    activity = gathering.activity
    name = (
        {"nl": activity.title_nl, "en": activity.title_en}
        if activity is not None and not gathering.title
        else {"nl": gathering.name, "en": gathering.name}
    )
    record(
        person,
        verb="attended",
        object_id=settings.BASE_URL + reverse("gatherings:session", args=[gathering.pk]),
        object_name=name,
        object_type="meeting",
        organisation=gathering.organisation,
        result=Result(duration=timedelta(minutes=fact.minutes)),
        timestamp=fact.starts_at + timedelta(minutes=fact.of_minutes),
        statement_id=uuid.uuid5(fact.key, "attended"),
    )
