"""A timetable is made: asked for, proposed, changed by hand, and accepted in one go.

Until it is accepted nobody is told anything. Each change takes the timetable's turn (`version`),
so that of two who work on it at once, or beside the machine, the second looks again.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from gezel.catalogue.api import Activity
from gezel.gatherings import letters
from gezel.gatherings.actions.booking import move_up, seat, take_off
from gezel.gatherings.actions.planning import Plan, call_off, plan_of, rearrange, set_up
from gezel.gatherings.actions.telling import (
    What,
    confirm,
    givers_of,
    tell,
    tell_what_changed_for_givers,
)
from gezel.gatherings.models import (
    Gathering,
    Giver,
    Place,
    Proposed,
    ProposedPlace,
    Resource,
    Timetable,
    Wanted,
    Wisher,
)
from gezel.gatherings.moved import Was, take_along
from gezel.gatherings.rules import hands, replanning, schedule
from gezel.gatherings.timetabling import PARTS, ZONE, Desk
from gezel.gatherings.timetabling_words import broken
from gezel.people.api import Organisation, Person

MOST_WISHERS = 2_000
MOST_WANTED = 60


class ChangedMeanwhile(Exception):  # noqa: N818 - reads as what it is where it is raised
    """Somebody else changed the timetable, or accepted it."""


def _turn(timetable: Timetable, version: int | None = None) -> None:
    """This change comes next; refused where another came first or it was accepted.

    Raises:
        ChangedMeanwhile: so it is.
    """
    mine = Timetable.objects.filter(pk=timetable.pk, state=Timetable.State.OPEN)
    if version is not None:
        mine = mine.filter(version=version)
    if not mine.update(version=F("version") + 1):
        raise ChangedMeanwhile


# -- what is asked --------------------------------------------------------------------------------


@transaction.atomic
def keep_timetable(
    organisation: Organisation,
    told: dict[str, Any],
    rooms: Iterable[Resource],
    *,
    by: Person,
    key: uuid.UUID,
    timetable: Timetable | None = None,
) -> Timetable:
    """A timetable is begun, or its days and rooms changed. The same `key` again is the same one.

    What was proposed on days that are no more goes.

    Raises:
        ChangedMeanwhile: it was accepted.
    """
    if timetable is None:
        timetable, new = Timetable.objects.get_or_create(
            key=key, defaults={"organisation": organisation, "made_by": by, **told}
        )
        if not new:
            return timetable
    else:
        _turn(timetable)
        Timetable.objects.filter(pk=timetable.pk).update(**told)
        timetable.refresh_from_db()
    timetable.rooms.set(rooms)
    _drop_what_cannot_be(timetable)
    return timetable


@transaction.atomic
def keep_wanted(
    timetable: Timetable, activity: Activity, told: dict[str, Any], *, wanted: Wanted | None = None
) -> Wanted:
    """An activity is to be planned, or asks something else now.

    Raises:
        ValidationError: it is on the list already, or the list is full.
        ChangedMeanwhile: it was accepted.
    """
    _turn(timetable)
    twice = Wanted.objects.filter(timetable=timetable, activity=activity)
    if wanted is not None:
        twice = twice.exclude(pk=wanted.pk)
    if twice.exists():
        raise ValidationError({"activity": _("This is on the list already.")})
    if wanted is None and timetable.wanted.count() >= MOST_WANTED:
        raise ValidationError(_("Sixty is the most for one timetable. Begin another."))
    made = wanted or Wanted(timetable=timetable)
    made.activity = activity
    for name, value in told.items():
        setattr(made, name, value)
    made.save()
    _drop_what_cannot_be(timetable)
    return made


@transaction.atomic
def keep_giver(
    timetable: Timetable, person: Person, gives: Collection[Wanted], when: dict[str, Any]
) -> Giver:
    """Someone gives these, and cannot then."""
    _turn(timetable)
    giver, _new = Giver.objects.update_or_create(timetable=timetable, person=person, defaults=when)
    giver.gives.set(gives)
    _drop_what_cannot_be(timetable)
    return giver


@transaction.atomic
def drop(timetable: Timetable, kind: str, pk: int) -> None:
    """An activity, someone who gives or someone who wishes is not in it any more."""
    _turn(timetable)
    found: dict[str, Any] = {"wanted": Wanted, "giver": Giver, "wisher": Wisher}
    gone = found[kind]._default_manager.filter(timetable=timetable, pk=pk).first()
    if gone is None:
        return
    if kind == "wisher":
        ProposedPlace.objects.filter(proposed__timetable=timetable, person=gone.person_id).delete()
    if kind == "giver":
        Proposed.objects.filter(timetable=timetable, trainer=gone.person_id).delete()
    gone.delete()
    _drop_what_cannot_be(timetable)


@transaction.atomic
def add_wishers(timetable: Timetable, people: Iterable[int], wishes: Collection[Wanted]) -> int:
    """These people are to come to this, beside what they wished already; how many are new in it.

    Raises:
        ValidationError: more people than one timetable takes.
        ChangedMeanwhile: it was accepted.
    """
    _turn(timetable)
    asked = sorted(set(people))
    known = set(timetable.wishers.values_list("person_id", flat=True))
    new = [pk for pk in asked if pk not in known]
    if len(known) + len(new) > MOST_WISHERS:
        raise ValidationError(
            _("One timetable takes %(most)s people. Choose fewer, or begin another.")
            % {"most": MOST_WISHERS}
        )
    Wisher.objects.bulk_create(Wisher(timetable=timetable, person_id=pk) for pk in new)
    through = Wisher.wishes.through
    rows = Wisher.objects.filter(timetable=timetable, person__in=asked).values_list("pk", flat=True)
    through._default_manager.bulk_create(
        [through(wisher_id=pk, wanted_id=one.pk) for pk in rows for one in wishes],
        ignore_conflicts=True,
    )
    return len(new)


@transaction.atomic
def wish(
    timetable: Timetable, person: Person, wishes: Collection[Wanted], when: dict[str, Any]
) -> None:
    """Someone says what they would like, and when they cannot; nothing takes it back.

    Raises:
        ChangedMeanwhile: the timetable was accepted.
    """
    _turn(timetable)
    if not wishes:
        ProposedPlace.objects.filter(proposed__timetable=timetable, person=person).delete()
        Wisher.objects.filter(timetable=timetable, person=person).delete()
    else:
        told = {**when, "own": True}
        if timetable.is_again:
            # Said anew, also by who gave their place up before.
            told["asked_at"] = timezone.now()
        mine, _new = Wisher.objects.update_or_create(
            timetable=timetable, person=person, defaults=told
        )
        mine.wishes.set(wishes)
    _drop_what_cannot_be(timetable)


def _drop_what_cannot_be(timetable: Timetable) -> None:
    """What is proposed and cannot be any more goes: a session without its room or trainer, someone
    who wishes something else now. So what stands can always be held."""
    timetable = Timetable.objects.get(pk=timetable.pk)
    if not Proposed.objects.filter(timetable=timetable).exists():
        return
    desk = Desk(timetable)
    case = desk.case
    kept: list[tuple[Proposed, schedule.Session]] = []
    for row, session in desk.standing:
        if session.slot in desk.slots and session.room in {r.key for r in case.rooms}:
            change = hands.stay(case, [s for _r, s in kept], session)
            if change is not None:
                kept.append((row, change))
    _write(timetable, [session for _row, session in kept])


# -- proposing ------------------------------------------------------------------------------------


@transaction.atomic
def begin(timetable: Timetable, *, task: uuid.UUID) -> None:
    """The machine starts on it; what was said about stopping was about the time before.

    Raises:
        ValidationError: there is nothing to plan with yet; says what is missing.
        ChangedMeanwhile: it was accepted.
    """
    _turn(timetable)
    _catch_up(timetable)
    desk = Desk(timetable)
    wrong = []
    if not desk.wanted:
        wrong.append(_("Say first what is to be planned."))
    if not desk.rooms:
        wrong.append(_("Choose at least one room."))
    if not any(g.gives.all() for g in desk.givers):
        wrong.append(_("Say who can give it."))
    if not any(w.wishes.all() for w in desk.planned_for):
        wrong.append(_("Nobody wishes anything yet. Add people, or let them say it themselves."))
    if not desk.slots:
        wrong.append(_("There is no day in it. Choose other days."))
    if wrong:
        raise ValidationError(wrong)
    Timetable.objects.filter(pk=timetable.pk).update(task=task, stop_asked=False)


def stop(timetable: Timetable) -> None:
    """It has looked long enough: the best so far is what it becomes."""
    Timetable.objects.filter(pk=timetable.pk).update(stop_asked=True)


@transaction.atomic
def keep_proposal(
    timetable: Timetable, desk: Desk, found: schedule.Schedule, *, first: int, stopped: bool
) -> None:
    """What the search came to stands now; what was asked meanwhile holds for it too.

    Args:
        desk: what it was made for.
        first: how many wishes first come, first served would have granted.

    Raises:
        ChangedMeanwhile: it was accepted.
    """
    _turn(timetable)
    _write(timetable, found.sessions)
    _drop_what_cannot_be(timetable)
    now = Timetable.objects.get(pk=timetable.pk)
    Timetable.objects.filter(pk=timetable.pk).update(
        outcome={
            "granted": found.granted,
            "most": found.most,
            "first": first,
            "again": bool(desk.case.before),
            "stopped": stopped,
            "by_hand": False,
            # What came in while it was looking is not in it.
            "version": now.version if now.version == desk.timetable.version + 1 else 0,
        }
    )


def _write(timetable: Timetable, sessions: Sequence[schedule.Session]) -> None:
    """These are what is proposed; rows of what stays keep their lock."""
    desk = Desk(timetable)
    slots, rows = desk.slots, Proposed.objects.filter(timetable=timetable)
    rows = rows.exclude(gathering__in=desk.been)
    was = {(p.wanted_id, p.on, p.part, p.room_id): p for p in rows}
    kept: dict[int, schedule.Session] = {}
    new: list[tuple[Proposed, schedule.Session]] = []
    for s in sessions:
        slot = slots[s.slot]
        same = was.get((s.activity, slot.on, slot.part, s.room))
        if same is not None and same.trainer_id == s.trainer:
            kept[same.pk] = s
        else:
            new.append((
                Proposed(timetable=timetable, wanted_id=s.activity, on=slot.on, part=slot.part,
                         room_id=s.room, trainer_id=s.trainer), s,
            ))  # fmt: skip
    rows.exclude(pk__in=kept).delete()
    ProposedPlace.objects.filter(proposed__in=kept).delete()
    Proposed.objects.bulk_create(row for row, _s in new)
    placed = [*kept.items(), *((row.pk, s) for row, s in new)]
    ProposedPlace.objects.bulk_create(
        ProposedPlace(proposed_id=pk, person_id=person) for pk, s in placed for person in s.people
    )


# -- by hand --------------------------------------------------------------------------------------


def change_of(
    desk: Desk, pk: int, *, slot: int | None = None, room: int | None = None,
    trainer: int | None = None,
) -> hands.Change:  # fmt: skip
    """What it would bring to have one session at another time, in another room, by another.

    Raises:
        ValidationError: that session, time, room or person is not in the timetable.
    """
    at = next((n for n, (row, _s) in enumerate(desk.standing) if row.pk == pk), None)
    if at is None:
        raise ValidationError(_("This session is not there any more. Look again."))
    now = desk.sessions[at]
    wanted = replace(
        now, slot=slot or now.slot, room=room or now.room, trainer=trainer or now.trainer
    )
    known = (
        wanted.slot in desk.slots
        and wanted.room in {r.pk for r in desk.rooms}
        and wanted.trainer in {g.person_id for g in desk.givers}
    )
    if not known:
        raise ValidationError(_("This time, room or person is not in the timetable. Look again."))
    if slot and not (room or trainer):
        found = next(
            (c for c in hands.ways(desk.case, desk.sessions, at) if c.session.slot == slot), None
        )
        if found is not None:
            return found
    return hands.put(desk.case, desk.sessions, at, wanted)


@transaction.atomic
def move(timetable: Timetable, pk: int, *, version: int, **to: int | None) -> hands.Change:
    """A session goes to another time, room or trainer; who cannot come then loses the place.

    Raises:
        ValidationError: a rule does not allow it; or it is not there.
        ChangedMeanwhile: somebody was first.
    """
    _turn(timetable, version)
    desk = Desk(timetable)
    row = next((row for row, _s in desk.standing if row.pk == pk), None)
    if row is not None and row.locked:
        raise ValidationError(_("This session is locked. Unlock it first."))
    change = change_of(desk, pk, **to)
    if change.broken:
        why = ", ".join(broken(one) for one in change.broken)
        raise ValidationError(_("That cannot be: %(why)s.") % {"why": why})
    _write(timetable, change.sessions)
    _by_hand(timetable)
    return change


def _by_hand(timetable: Timetable) -> None:
    known = Timetable.objects.get(pk=timetable.pk).outcome
    if known:
        told = known | {"by_hand": True}
        if known["version"] == timetable.version:
            told["version"] = timetable.version + 1
        Timetable.objects.filter(pk=timetable.pk).update(outcome=told)


@transaction.atomic
def lock(timetable: Timetable, pk: int, *, locked: bool) -> None:
    """Planning again leaves a locked session, with who comes, as it is."""
    _turn(timetable)
    Proposed.objects.filter(timetable=timetable, pk=pk).update(locked=locked)
    known = timetable.outcome
    if known and known["version"] == timetable.version:
        told = known | {"version": timetable.version + 1}
        Timetable.objects.filter(pk=timetable.pk).update(outcome=told)


@transaction.atomic
def take_out(timetable: Timetable, pk: int) -> None:
    """A session is not held after all; who would come has their wish open again."""
    _turn(timetable)
    Proposed.objects.filter(timetable=timetable, pk=pk).delete()
    _by_hand(timetable)


# -- accepting ------------------------------------------------------------------------------------


@transaction.atomic
def accept(timetable: Timetable, *, by: Person, version: int, seen: str = "") -> list[Gathering]:
    """All of it becomes sessions with places, and people are told: everything or nothing.

    Accepted twice is accepted once. What was planned again changes the sessions there are, and
    only who has something else than before hears of it.

    Args:
        seen: what stood when it was looked at (`Desk.seen`), of one that is planned again.

    Raises:
        ValidationError: nothing is proposed, or a room, trainer or person is taken meanwhile.
        ChangedMeanwhile: it is another timetable than was looked at.
    """
    # One who plans here at a time, as for every session that is set up.
    Organisation.objects.select_for_update().get(pk=timetable.organisation_id)
    held = Timetable.objects.select_for_update().get(pk=timetable.pk)
    if held.state == Timetable.State.ACCEPTED:
        made = Proposed.objects.filter(timetable=held, gathering__isnull=False)
        return [row.gathering for row in made.select_related("gathering") if row.gathering]
    if held.version != version:
        raise ChangedMeanwhile
    desk = Desk(held)
    if held.is_again and (desk.seen != seen or _catch_up(held)):
        # Who looks again sees it; without this somebody's change would be undone unseen.
        raise ChangedMeanwhile
    if not desk.standing and not held.is_again:
        raise ValidationError(_("Nothing is proposed yet, so there is nothing to accept."))
    _refuse_taken(desk)
    if held.is_again:
        made_now = _carry_out(desk, by=by)
    else:
        made_now = [_set_up(desk, row, session, by=by) for row, session in desk.standing]
        for one in made_now:
            tell(_coming_to(one), one, What.RESERVED)
        tell_what_changed_for_givers(made_now, {}, {}, by=by.pk)
    Timetable.objects.filter(pk=held.pk).update(
        state=Timetable.State.ACCEPTED, accepted_at=timezone.now(), version=F("version") + 1
    )
    return made_now


def _refuse_taken(desk: Desk) -> None:
    """Rooms and trainers are looked at as each session is set up; people here, by name."""
    works = {p.key: p.works for p in desk.case.people}
    wrong = []
    for row, session in desk.standing:
        first, last = desk.span(session)
        slots = {k for k in desk.slots if first.key <= k <= last.key}
        wrong += [
            _("%(name)s cannot come on %(day)s any more.")
            % {"name": desk.names[pk], "day": formats.date_format(row.on, "DATE_FORMAT")}
            for pk in session.people
            if pk not in works or not slots <= works[pk]
        ]
    if wrong:
        raise ValidationError([*wrong[:5], _("Plan again: what can stay as it is, stays.")])


def _set_up(desk: Desk, row: Proposed, session: schedule.Session, *, by: Person) -> Gathering:
    first, last = desk.span(session)
    wanted, room = row.wanted, row.room
    seats = min(wanted.most, room.seats) if room.seats else wanted.most
    plan = Plan(
        on=first.on,
        start=desk.clock(first.part)[0],
        end=desk.clock(last.part)[1],
        activity=wanted.activity,
        zone=ZONE,
        place=room.location.name if room.location else "",
        seats=seats,
        least=min(wanted.least, seats),
        trainers=(row.trainer,),
        resources=((room, 1),),
    )
    made = set_up(desk.timetable.organisation, plan, by=by, key=row.key, tells=False)
    Place.objects.bulk_create(
        Place(gathering=made, person_id=pk, state=Place.State.BOOKED, booked_by=by,
              key=uuid.uuid5(row.key, str(pk)))
        for pk in session.people
    )  # fmt: skip
    Gathering.objects.filter(pk=made.pk).update(taken=len(session.people))
    made.taken = len(session.people)
    Proposed.objects.filter(pk=row.pk).update(gathering=made)
    return made


def _coming_to(gathering: Gathering) -> list[int]:
    seated = Place.objects.seated().filter(gathering=gathering)
    return list(seated.values_list("person_id", flat=True))


# -- planning again what was accepted -------------------------------------------------------------


@transaction.atomic
def reopen(timetable: Timetable) -> None:
    """What was accepted is planned again, from how its sessions stand today. Nothing of them
    changes and nobody hears anything before that is carried out.

    Raises:
        ChangedMeanwhile: it is open already.
        ValidationError: nothing of it is still to come.
    """
    held = Timetable.objects.select_for_update().get(pk=timetable.pk)
    if held.is_open:
        raise ChangedMeanwhile
    made = Proposed.objects.filter(timetable=held, gathering__isnull=False)
    held.stands.add(*made.values_list("gathering", flat=True))
    Timetable.objects.filter(pk=held.pk).update(
        state=Timetable.State.OPEN, version=F("version") + 1, outcome={}, task=None
    )
    held.refresh_from_db()
    _catch_up(held)
    _as_it_stands(held)
    if not Desk(held).proposed:
        raise ValidationError(_("All of it is past, so there is nothing to plan."))


@transaction.atomic
def leave(timetable: Timetable) -> None:
    """It stays as people know it: what was planned again is forgotten.

    Raises:
        ChangedMeanwhile: it is not being planned again.
    """
    held = Timetable.objects.select_for_update().get(pk=timetable.pk)
    if not held.is_again:
        raise ChangedMeanwhile
    _as_it_stands(held)
    Timetable.objects.filter(pk=held.pk).update(
        state=Timetable.State.ACCEPTED, version=F("version") + 1, outcome={}
    )


def _as_it_stands(timetable: Timetable) -> None:
    """What is proposed is what people know."""
    desk = Desk(timetable)
    Proposed.objects.filter(timetable=timetable).exclude(gathering__in=desk.been).delete()
    rows = {
        key: Proposed(
            timetable=timetable,
            wanted_id=session.activity,
            on=desk.gatherings[key].starts_here.date(),
            part=PARTS[session.slot % len(PARTS)],
            room_id=session.room,
            trainer_id=session.trainer,
            gathering_id=key,
        )
        for key, session in desk.stands.items()
    }
    Proposed.objects.bulk_create(rows.values())
    ProposedPlace.objects.bulk_create(
        ProposedPlace(proposed=rows[key], person_id=person)
        for key, session in desk.stands.items()
        for person in session.people
    )


def _catch_up(timetable: Timetable) -> bool:
    """Who booked since, wishes it; who gave their place up, does no more. Whether that was news."""
    if not timetable.is_again:
        return False
    desk = Desk(timetable)
    wishes = {(w.person_id, one.pk) for w in desk.wishers for one in w.wishes.all()}
    has = {(p, s.activity) for s in desk.stands.values() for p in s.people}
    has |= {(p, wanted) for wanted, people in desk.held for p in people}
    give = {g.person_id for g in desk.givers}
    news = {(p, wanted) for p, wanted in has - wishes if p not in give}
    by_key = {w.pk: w for w in desk.wanted}
    for wanted in {wanted for _p, wanted in news}:
        add_wishers(timetable, [p for p, one in news if one == wanted], [by_key[wanted]])
    asked = {w.person_id: w for w in desk.wishers}
    over: set[tuple[int, int]] = set()
    gave_up = Place.objects.filter(
        gathering__in=desk.stands, state=Place.State.CANCELLED, ended_by=F("person")
    )
    for person, gathering, at in gave_up.values_list("person_id", "gathering_id", "ended_at"):
        pair = (person, desk.stands[gathering].activity)
        if pair in wishes - has and at is not None and at > asked[person].asked_at:
            over.add(pair)
    for person, wanted in over:
        asked[person].wishes.remove(wanted)
    if over:
        _drop_what_cannot_be(timetable)
    return bool(news or over)


def _carry_out(desk: Desk, *, by: Person) -> list[Gathering]:
    """The sessions there are become what was planned; each person hears once how it is now.

    Who leaves goes first, then sessions change together, then who comes gets a place, and only
    then people are told.
    """
    told = desk.changes
    why = _("The timetable was planned again.")
    key = uuid.uuid5(desk.timetable.key, f"again/{desk.timetable.version}")
    rows = {id(session): row for row, session in desk.standing}
    again = {*told.moves, *told.elsewhere}
    gave = givers_of(desk.gatherings.values())
    was = {pk: Was.of(one) for pk, one in desk.gatherings.items()}
    left = _make_room(desk, told, again, by=by, why=why)
    for gone in told.gone:
        call_off(desk.gatherings[gone], by=by, reason=why, tells_givers=False)
    changed = [one for one in told.becomes if not one.stays]
    differs = rearrange(
        [(desk.gatherings[b.key], _plan(desk, b.key, b.after, rows[id(b.after)])) for b in changed]
    )
    came: dict[int, list[int]] = {}
    for session in told.new:
        made = _set_up(desk, rows[id(session)], session, by=by)
        came[made.pk] = list(session.people)
    for one in told.becomes:
        gathering = desk.gatherings[one.key]
        came[one.key] = seat(gathering, one.after.people, by=by, key=key)
        Proposed.objects.filter(pk=rows[id(one.after)].pk).update(gathering=gathering)
    now_there = Gathering.objects.in_bulk([*came, *left])
    for pk, what in differs.items():
        if what:
            tell(set(_coming_to(now_there[pk])) - set(came[pk]), now_there[pk], what)
    moves = _tell_who_moved(desk, came, left, now_there, was)
    for pk, people in came.items():
        tell([p for p in people if (p, pk) not in moves], now_there[pk], What.RESERVED)
    for pk, gone_from in left.items():
        lost = [person for person, elsewhere in gone_from.items() if not elsewhere]
        tell(lost, now_there[pk], What.TAKEN_OFF, why)
    tell_what_changed_for_givers(
        Gathering.objects.filter(pk__in=[*came, *told.gone]).select_related("activity"),
        gave, differs, by=by.pk, was=was, note=why,
    )  # fmt: skip
    for one in told.becomes:
        move_up(now_there[one.key])
    return [now_there[pk] for pk in came]


def _tell_who_moved(
    desk: Desk,
    came: dict[int, list[int]],
    left: dict[int, dict[int, bool]],
    sessions: dict[int, Gathering],
    was: dict[int, Was],
) -> set[tuple[int, int]]:
    """Who comes to another session of the same hears in one mail from where to where, and the event
    in their calendar moves. Gives each of them with the session they come to now."""
    activity = {pk: desk.stands[pk].activity for pk in left}
    wanted = {w.activity_id: w.pk for w in desk.wanted}
    now = {
        (person, wanted[sessions[pk].activity_id or 0]): pk
        for pk, people in came.items()
        for person in people
    }
    moves: dict[int, dict[int, int]] = {}  # by session, of each who comes now, from which
    stays = []
    for pk, gone_from in left.items():
        for person in (p for p, elsewhere in gone_from.items() if elsewhere):
            if to := now.get((person, activity[pk])):
                moves.setdefault(to, {})[person] = pk
            else:
                stays.append((person, pk))
    two = take_along((p, pk, to) for to, people in moves.items() for p, pk in people.items())
    for to, people in moves.items():
        tell(people, sessions[to], What.ELSEWHERE, was={p: was[pk] for p, pk in people.items()})
    for person, pk in (*stays, *two):
        confirm(person, sessions[pk], letters.LEFT)
    return {(person, to) for to, people in moves.items() for person in people}


def _make_room(
    desk: Desk,
    told: replanning.Changes,
    again: Collection[replanning.Place],
    *,
    by: Person,
    why: str,
) -> dict[int, dict[int, bool]]:
    """Who comes no more to a session has no place there; by session each with whether they come to
    the same elsewhere. Who booked and is in nobody's plan goes along with the session, and who
    loses it with the session hears that from its being called off."""
    known = {p.key for p in desk.case.people}
    stay = {one.key: set(one.after.people) for one in told.becomes}
    left: dict[int, dict[int, bool]] = {}
    for key, before in desk.stands.items():
        out = {
            person: (person, before.activity) in again
            for person in before.people
            if person in known and person not in stay.get(key, ())
        }
        if key not in stay:
            out = {person: True for person, elsewhere in out.items() if elsewhere}
        took = take_off(desk.gatherings[key], out, by=by, reason=why, at=desk.now)
        left[key] = {person: out[person] for person in took}
    return left


def _plan(desk: Desk, key: int, session: schedule.Session, row: Proposed) -> Plan:
    """A session that stands as it becomes; what was written about it stays."""
    first, last = desk.span(session)
    was = plan_of(desk.gatherings[key])
    room, most = row.room, was.seats or row.wanted.most
    seats = min(most, room.seats or most)
    rooms = {r.pk for r, _n in was.resources if r.kind == Resource.Kind.ROOM}
    things = tuple(pair for pair in was.resources if pair[0].pk not in rooms)
    return replace(
        was,
        on=first.on,
        start=desk.clock(first.part)[0],
        end=desk.clock(last.part)[1],
        place=room.location.name if room.location else was.place,
        seats=seats,
        least=min(was.least, seats),
        trainers=(row.trainer,),
        assistants=tuple(p for p in was.assistants if p.pk != row.trainer_id),
        resources=(*things, (room, 1)),
    )
