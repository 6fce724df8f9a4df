"""Places: booked, given up, moved up, approved. Each in one transaction with the line.

Who changes the places of a session holds its row first (`_held`), so that those who come at once
stand in one line; the seat itself is one conditional update, and the database refuses what is
still wrong (`no_more_places_than_seats`, `one_living_place_a_person`).
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from gezel.gatherings import letters
from gezel.gatherings.actions.telling import What, confirm, tell
from gezel.gatherings.models import Choosing, Gathering, Place
from gezel.gatherings.rules import places as rules
from gezel.people.api import Employment, Person

State = Place.State


def _held(gathering: Gathering) -> Gathering:
    """The session as it is now, held until the end of the transaction."""
    return Gathering.objects.select_for_update().get(pk=gathering.pk)


def _take_seat(gathering: Gathering) -> bool:
    """One seat, if there is one: the same question and the same change, in one go."""
    free = Q(seats=None) | Q(taken__lt=F("seats"))
    return (
        Gathering.objects.filter(free, pk=gathering.pk)
        .exclude(state=Gathering.State.CANCELLED)
        .update(taken=F("taken") + 1)
        == 1
    )


def _free_seat(gathering: Gathering) -> None:
    Gathering.objects.filter(pk=gathering.pk, taken__gt=0).update(taken=F("taken") - 1)


def book(
    gathering: Gathering,
    person: Person,
    *,
    by: Person,
    key: uuid.UUID,
    approved: bool = False,
    now: datetime | None = None,
) -> Place:
    """Someone wants to come: a place, or the end of the line where it is full.

    The same `key` again gives back what stands, and so does wanting to come twice. Where a lead
    approves, the seat is held until they do; who is booked by their lead is approved.

    Raises:
        ValidationError: it is cancelled, has begun, or the key was used for something else.
    """
    with transaction.atomic():
        held = _held(gathering)
        known = Place.objects.filter(key=key).first()
        if known is not None:
            if (known.gathering_id, known.person_id) != (gathering.pk, person.pk):
                raise ValidationError(_("This form was used before. Open the page again."))
            return known
        standing = Place.objects.living().filter(gathering=held, person=person).first()
        if standing is not None:
            return standing
        if held.is_cancelled:
            raise ValidationError(_("This session is cancelled."))
        if by.pk == person.pk and (choosing := _shared_out_by_wish(held)):
            raise ValidationError(
                _("Places here are shared out by wish. Say what you would like until %(day)s.")
                % {"day": formats.date_format(choosing.until_on, "DATE_FORMAT")}
            )
        if held.starts_at <= (now or timezone.now()):
            raise ValidationError(_("This session has begun; ask who gives it."))
        place = Place.objects.create(
            gathering=held,
            person=person,
            state=_seated(held, approved=approved) if _take_seat(held) else State.WAITING,
            booked_by=by,
            key=key,
        )
        if place.state == State.BOOKED and by.pk == person.pk:
            confirm(person.pk, held, letters.BOOKED)
        return place


def _shared_out_by_wish(gathering: Gathering) -> Choosing | None:
    """The choice in which this session's places are still to be shared out."""
    return Choosing.objects.filter(placed_at=None, sessions=gathering).first()


def walk_in(gathering: Gathering, person: Person, *, by: Person) -> Place | None:
    """Who came without a place has one if there is a seat; None where it is full.

    Who waited and came has the seat too: it is free, or the line would have moved.
    """
    with transaction.atomic():
        held = _held(gathering)
        standing = Place.objects.living().filter(gathering=held, person=person).first()
        if standing is not None and standing.state in Place.SEATED:
            return standing
        if not _take_seat(held):
            return None
        if standing is not None:
            Place.objects.filter(pk=standing.pk).update(state=State.BOOKED)
            standing.state = State.BOOKED
            return standing
        return Place.objects.create(gathering=held, person=person, state=State.BOOKED, booked_by=by)


def _seated(gathering: Gathering, *, approved: bool) -> str:
    return State.ASKED if gathering.approval and not approved else State.BOOKED


def give_up(place: Place, *, by: Person, reason: str = "", now: datetime | None = None) -> bool:
    """A place is given up, by who has it or by who may take them off; the line moves up at once.

    False: it was given up before. Who is taken off by another is told.

    Raises:
        ValidationError: too late, or late without a reason.
    """
    at = now or timezone.now()
    with transaction.atomic():
        held = _held(place.gathering)
        found = Place.objects.living().filter(pk=place.pk).first()
        if found is None:
            return False
        how = rules.cancelling(held.starts_at, held.cancel_hours, at)
        own = by.pk == found.person_id
        if how == rules.Cancelling.TOO_LATE and own:
            raise ValidationError(_("It has begun. Tell the trainer that you could not come."))
        late = how != rules.Cancelling.FREE and found.state in Place.SEATED
        if late and not reason.strip():
            raise ValidationError(
                {"reason": _("The last moment to cancel has passed. Say why, and cancel late.")}
            )
        _end(held, [found], State.CANCELLED, by=by, reason=reason, at=at, late=late)
        if not own:
            tell([found.person_id], held, What.TAKEN_OFF, reason)
        elif found.state == State.BOOKED:
            confirm(found.person_id, held, letters.GAVE_UP)
        _move_up(held, at)
        return True


def _end(
    gathering: Gathering,
    ended: Sequence[Place],
    state: str,
    *,
    by: Person | None,
    reason: str,
    at: datetime,
    late: bool = False,
) -> None:
    for place in ended:
        Place.objects.filter(pk=place.pk).update(
            state=state, ended_by=by, ended_at=at, reason=reason.strip()[:300], late=late
        )
        if place.state in Place.SEATED:
            _free_seat(gathering)


def _move_up(gathering: Gathering, at: datetime) -> list[int]:
    """The line moves into what is free, in the same transaction; who moved up is told."""
    now_there = Gathering.objects.get(pk=gathering.pk)
    if now_there.left == 0 or now_there.starts_at <= at or now_there.is_cancelled:
        return []
    line = {place.pk: place for place in Place.objects.in_line().filter(gathering=gathering)}
    moved: list[int] = []
    for pk in rules.moving_up(
        (rules.Waiting(p.pk, p.queued_at) for p in line.values()), now_there.left
    ):
        if not _take_seat(now_there):
            break
        Place.objects.filter(pk=pk).update(
            state=_seated(now_there, approved=_is_approved(line[pk])), moved_up_at=at
        )
        moved.append(line[pk].person_id)
    tell(moved, now_there, What.MOVED_UP)
    return moved


def _is_approved(place: Place) -> bool:
    """Who was put in the line by another (their lead) needs no second yes."""
    return place.booked_by_id is not None and place.booked_by_id != place.person_id


def move_up(gathering: Gathering) -> list[int]:
    """There are more seats than before: the line moves into them."""
    with transaction.atomic():
        return _move_up(_held(gathering), timezone.now())


def decide_place(place: Place, *, approve: bool, by: Person, reason: str = "") -> bool:
    """A lead says yes or no to a place; False: somebody decided before.

    Raises:
        ValidationError: it is their own.
    """
    if by.pk == place.person_id:
        raise ValidationError(_("Nobody approves their own place."))
    with transaction.atomic():
        held = _held(place.gathering)
        found = Place.objects.filter(pk=place.pk, state=State.ASKED).first()
        if found is None:
            return False
        if approve:
            Place.objects.filter(pk=found.pk).update(state=State.BOOKED, decided_by=by)
            tell([found.person_id], held, What.APPROVED)
        else:
            at = timezone.now()
            _end(held, [found], State.REFUSED, by=by, reason=reason, at=at)
            Place.objects.filter(pk=found.pk).update(decided_by=by)
            tell([found.person_id], held, What.REFUSED, reason)
            _move_up(held, at)
        return True


@dataclass(frozen=True, slots=True)
class Reserved:
    """What came of keeping places: who has one, and who stands in the line."""

    seated: int
    waiting: int


def reserve(
    gathering: Gathering, people: Iterable[Person], *, by: Person, key: uuid.UUID
) -> Reserved:
    """A lead keeps places for their own people: all of it or, with a message, nothing.

    Each is told. Who finds it full stands in the line, in the order given.
    """
    seated = waiting = 0
    with transaction.atomic():
        for person in people:
            before = Place.objects.living().filter(gathering=gathering, person=person).exists()
            place = book(
                gathering, person, by=by, key=uuid.uuid5(key, str(person.pk)), approved=True
            )
            if place.state == State.ASKED:
                decide_place(place, approve=True, by=by)
                place.refresh_from_db(fields=["state"])
            elif not before:
                tell([person.pk], gathering, What.RESERVED)
            seated += place.state in Place.SEATED
            waiting += place.state == State.WAITING
    return Reserved(seated, waiting)


def free_places_of_leavers(now: datetime) -> int:
    """Who no longer works there has no place at what is still to come; the line moves up.

    Returns how many places came free.
    """
    today = timezone.localdate(now)
    at_work = Employment.objects.current(today).filter(
        person=OuterRef("person"), organisation=OuterRef("gathering__organisation")
    )
    left = Place.objects.living().filter(~Exists(at_work), gathering__starts_at__gt=now)
    freed = 0
    for place in left.select_related("gathering").order_by("gathering", "pk"):
        with transaction.atomic():
            held = _held(place.gathering)
            found = Place.objects.living().filter(pk=place.pk).first()
            if found is not None:
                _end(held, [found], State.CANCELLED, by=None, reason="", at=now)
                _move_up(held, now)
                freed += 1
    return freed


def take_off(
    gathering: Gathering, people: Iterable[int], *, by: Person, reason: str, at: datetime
) -> list[int]:
    """These have no place any more, or no turn in the line. Tells nobody and moves no line up:
    who calls it does. Gives who had one."""
    held = _held(gathering)
    found = list(Place.objects.living().filter(gathering=held, person__in=list(people)))
    _end(held, found, State.CANCELLED, by=by, reason=reason, at=at)
    return [place.person_id for place in found]


def seat(gathering: Gathering, people: Iterable[int], *, by: Person, key: uuid.UUID) -> list[int]:
    """These have a place now, also who stood in the line; who had one keeps it. Tells nobody.

    Raises:
        ValidationError: there are fewer seats than that.
    """
    held = _held(gathering)
    living = {p.person_id: p for p in Place.objects.living().filter(gathering=held)}
    seated = []
    for pk in sorted(set(people)):
        there = living.get(pk)
        if there is not None and there.state in Place.SEATED:
            continue
        if not _take_seat(held):
            told = {"day": formats.date_format(held.starts_here.date(), "DATE_FORMAT")}
            raise ValidationError(
                _("On %(day)s there are fewer places than people. Plan again.") % told
            )
        if there is not None:
            Place.objects.filter(pk=there.pk).update(state=State.BOOKED, moved_up_at=timezone.now())
        else:
            Place.objects.create(
                gathering=held, person_id=pk, state=State.BOOKED, booked_by=by,
                key=uuid.uuid5(key, f"{held.pk}/{pk}"),
            )  # fmt: skip
        seated.append(pk)
    return seated


def drop_all(gathering: Gathering, *, by: Person, reason: str, at: datetime) -> list[int]:
    """The session is off: nobody has a place any more. Held by the caller; who had one."""
    living = list(Place.objects.living().filter(gathering=gathering))
    Place.objects.living().filter(gathering=gathering).update(
        state=State.DROPPED, ended_by=by, ended_at=at, reason=reason[:300]
    )
    Gathering.objects.filter(pk=gathering.pk).update(taken=0)
    return [place.person_id for place in living]
