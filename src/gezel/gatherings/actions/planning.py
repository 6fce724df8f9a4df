"""Sessions are set up, changed, called off, and decided about. One at a time in an organisation,
so that two who want the same room at once cannot both have it."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from gezel.catalogue.api import Activity
from gezel.gatherings.actions.booking import drop_all, move_up
from gezel.gatherings.actions.telling import (
    What,
    givers_of,
    tell,
    tell_givers,
    tell_what_changed_for_givers,
)
from gezel.gatherings.models import Gathering, Place, Resource, Role, Series, Use
from gezel.gatherings.rules import clashes, series, times
from gezel.people.api import Organisation, Person

# What lies further back or ahead is a slip of the finger.
FURTHEST = timedelta(days=3 * 365)
FURTHEST_BACK = timedelta(days=366)


class Outdated(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """Somebody changed it since the page was opened."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A session as someone wants it: the day and clock are those of its time zone."""

    on: date
    start: time
    end: time
    title: str = ""
    activity: Activity | None = None
    about: str = ""
    zone: str = "Europe/Amsterdam"
    place: str = ""
    link: str = ""
    seats: int | None = None
    least: int = 0
    decide_on: date | None = None
    approval: bool = False
    cancel_hours: int = 24
    completes: bool = True
    question: str = ""
    trainers: tuple[Person, ...] = ()
    assistants: tuple[Person, ...] = ()
    guests: tuple[str, ...] = ()
    resources: tuple[tuple[Resource, int], ...] = ()
    repeat: series.Pattern | None = None
    kind: str = Series.Kind.REPEATS
    parts_needed: int | None = None


def span_of(plan: Plan, on: date) -> tuple[datetime, datetime]:
    """From when until when it is on a day.

    Raises:
        ValidationError: the clock skips that time that night, or shows it twice.
    """
    try:
        return times.span(on, plan.start, plan.end, plan.zone)
    except times.NoSuchTime as no:
        told = {"day": formats.date_format(no.on, "DATE_FORMAT"), "time": f"{no.at:%H:%M}"}
        sentence = (
            _("On %(day)s the clock shows %(time)s twice. Choose another time.")
            if no.twice
            else _("On %(day)s there is no %(time)s: the clock goes forward. Choose another time.")
        )
        raise ValidationError({"start": sentence % told}) from None


@transaction.atomic
def set_up(
    organisation: Organisation, plan: Plan, *, by: Person, key: uuid.UUID, tells: bool = True
) -> Gathering:
    """A session, or a series of them: all of it or nothing. The same `key` again is the same one.

    Args:
        tells: who gives it hears so; else who calls this tells them.

    Raises:
        ValidationError: at the field, what cannot be and what stands in the way.
    """
    # Held until the end: whoever plans here stands in one line.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    known = Gathering.objects.filter(key=key).first()
    if known is not None:
        if known.organisation_id != organisation.pk:
            raise ValidationError(_("This form was used before. Open the page again."))
        return known
    _check(plan, timezone.localdate())
    on = series.days(plan.on, plan.repeat) if plan.repeat else [plan.on]
    if plan.repeat and len(on) < 2:
        raise ValidationError(
            {"until_on": _("With this last day there is only one. Choose a later day.")}
        )
    spans = [span_of(plan, day) for day in on]
    _refuse_clashes(organisation, plan, {-n: span for n, span in enumerate(spans, 1)})
    whole = _series(organisation, plan, len(on), key) if plan.repeat else None
    made = [
        Gathering(
            organisation=organisation,
            starts_at=start,
            ends_at=end,
            series=whole,
            turn=turn,
            made_by=by,
            key=key if turn == 0 else uuid.uuid5(key, str(turn)),
            decide_at=_decide_at(plan, on[turn]),
            **_told(plan),
        )
        for turn, (start, end) in enumerate(spans)
    ]
    Gathering.objects.bulk_create(made)
    for gathering in made:
        _give_roles(gathering, plan)
        _give_resources(gathering, plan)
    if tells:
        tell_what_changed_for_givers(made, {}, {}, by=by.pk)
    return made[0]


def _series(organisation: Organisation, plan: Plan, turns: int, key: uuid.UUID) -> Series:
    pattern = plan.repeat
    needed = None
    if plan.kind == Series.Kind.PARTS:
        needed = plan.parts_needed or turns
        if needed > turns:
            raise ValidationError({"parts_needed": _("There are only %(n)s parts.") % {"n": turns}})
    told: dict[str, Any] = {}
    if pattern is not None:
        told = {
            "every": pattern.every,
            "step": pattern.step,
            "times": pattern.times,
            "until_on": pattern.until_on.isoformat() if pattern.until_on else None,
        }
    return Series.objects.create(
        organisation=organisation,
        kind=plan.kind,
        pattern=told,
        parts_needed=needed,
        key=uuid.uuid5(key, "series"),
    )


def _told(plan: Plan) -> dict[str, Any]:
    """What stands in the session itself, apart from when."""
    return {
        "title": plan.title.strip(),
        "activity": plan.activity,
        "about": plan.about.strip(),
        "zone": plan.zone,
        "place": plan.place.strip(),
        "link": plan.link,
        "seats": plan.seats,
        "least": plan.least,
        "approval": plan.approval,
        "cancel_hours": plan.cancel_hours,
        "completes": plan.completes,
        "question": plan.question.strip(),
    }


def _decide_at(plan: Plan, on: date) -> datetime | None:
    """The morning of the day on which it is decided; for others of a series as long before."""
    if plan.decide_on is None or not plan.least:
        return None
    day = on - (plan.on - plan.decide_on)
    return timezone.make_aware(datetime.combine(day, time(0)), timezone.get_default_timezone())


def _check(plan: Plan, today: date) -> None:
    wrong: dict[str, str] = {}
    if not plan.title.strip() and plan.activity is None:
        wrong["title"] = _("Give it a title, or choose what is learned.")
    if plan.on > today + FURTHEST or plan.on < today - FURTHEST_BACK:
        wrong["on"] = _("Choose a day within three years from now, or at most a year back.")
    if plan.start == plan.end:
        wrong["end"] = _("It ends when it begins. Choose a later time.")
    if plan.seats is not None and plan.seats < 1:
        wrong["seats"] = _("Give at least one seat, or leave it empty: room for everyone.")
    elif plan.seats is not None and plan.least > plan.seats:
        wrong["least"] = _("This is more than there are seats.")
    if plan.decide_on is not None and plan.decide_on > plan.on:
        wrong["decide_on"] = _("Decide before it begins.")
    wrong |= _too_small(plan)
    if wrong:
        raise ValidationError(wrong)


def _too_small(plan: Plan) -> dict[str, str]:
    for resource, amount in plan.resources:
        if resource.seats is not None and (plan.seats or 0) > resource.seats:
            told = {"room": resource.name, "n": resource.seats, "seats": plan.seats}
            return {
                "seats": _("%(room)s holds %(n)s people, not %(seats)s. Choose fewer, or another.")
                % told
            }
        if amount > resource.amount:
            told = {"name": resource.name, "n": resource.amount}
            return {"resources": _("Of %(name)s there are only %(n)s.") % told}
    return {}


def _refuse_clashes(
    organisation: Organisation,
    plan: Plan,
    spans: dict[int, tuple[datetime, datetime]],
) -> None:
    """What is wanted must be free; what stands there is named, at the field.

    Args:
        spans: by session (below zero: not there yet) from when until when.
    """
    first, last = min(s for s, _e in spans.values()), max(e for _s, e in spans.values())
    near = (
        Gathering.objects.filter(organisation=organisation)
        .standing()
        .filter(starts_at__lt=last, ends_at__gt=first)
        .exclude(pk__in=spans)
    )
    wanted_people = [p.pk for p in (*plan.trainers, *plan.assistants)]
    wrong: dict[str, list[str]] = {}
    people = clashes.clashes(
        _wanted(((pk, 1) for pk in wanted_people), spans),
        [
            clashes.Taken(pk or 0, session, start, end)
            for pk, session, start, end in Role.objects.giving()
            .filter(gathering__in=near, person__in=wanted_people)
            .values_list("person_id", "gathering", "gathering__starts_at", "gathering__ends_at")
        ],
    )
    things = {resource.pk: resource for resource, _n in plan.resources}
    resources = clashes.clashes(
        _wanted(((r.pk, n) for r, n in plan.resources), spans),
        [
            clashes.Taken(pk, session, start, end, amount)
            for pk, session, start, end, amount in Use.objects.filter(
                gathering__in=near, resource__in=things
            ).values_list(
                "resource", "gathering", "gathering__starts_at", "gathering__ends_at", "amount"
            )
        ],
        {pk: resource.amount for pk, resource in things.items()},
    )
    names = {p.pk: p.name for p in (*plan.trainers, *plan.assistants)}
    named = {
        g.pk: g
        for g in Gathering.objects.filter(
            pk__in={by for c in (*people, *resources) for by in c.by}
        ).select_related("activity")
    }
    trainers = {p.pk for p in plan.trainers}
    for clash in people:
        at = "trainers" if clash.what in trainers else "assistants"
        wrong.setdefault(at, []).append(_in_the_way(names[clash.what], clash, named, plan.zone))
    for clash in resources:
        wrong.setdefault("resources", []).append(
            _in_the_way(things[clash.what].name, clash, named, plan.zone)
        )
    if wrong:
        raise ValidationError({at: told[:3] for at, told in wrong.items()})


def _wanted(
    what: Iterable[tuple[int, int]], spans: dict[int, tuple[datetime, datetime]]
) -> list[clashes.Taken]:
    return [
        clashes.Taken(pk, session, start, end, amount)
        for pk, amount in what
        for session, (start, end) in spans.items()
    ]


def _in_the_way(name: str, clash: clashes.Clash, named: dict[int, Gathering], zone: str) -> str:
    other = next((named[by] for by in clash.by if by in named), None)
    if other is None:
        return _("%(name)s cannot be at two sessions of this series at once.") % {"name": name}
    told = {
        "name": name,
        "session": other.name,
        "day": formats.date_format(other.starts_here.date(), "DATE_FORMAT"),
        "start": f"{other.starts_here:%H:%M}",
        "end": f"{other.ends_here:%H:%M}",
    }
    return (
        _("%(name)s is taken on %(day)s, %(start)s–%(end)s: “%(session)s”. Choose another, or "
          "another time.")
        % told
    )  # fmt: skip


def _give_roles(gathering: Gathering, plan: Plan) -> None:
    """Who gives it, helps, is a guest: as told, and nobody twice."""
    kinds: dict[int, str] = {}
    for people, kind in (
        (plan.assistants, Role.Kind.ASSISTANT),
        (plan.trainers, Role.Kind.TRAINER),
    ):
        kinds |= {person.pk: kind for person in people}
    Role.objects.filter(gathering=gathering).delete()
    Role.objects.bulk_create(
        [Role(gathering=gathering, person_id=pk, role=kind) for pk, kind in kinds.items()]
        + [
            Role(gathering=gathering, guest_name=name.strip()[:150], role=Role.Kind.GUEST)
            for name in dict.fromkeys(plan.guests)
            if name.strip()
        ]
    )


def _give_resources(gathering: Gathering, plan: Plan) -> None:
    Use.objects.filter(gathering=gathering).delete()
    Use.objects.bulk_create(
        Use(gathering=gathering, resource=resource, amount=amount)
        for resource, amount in plan.resources
    )


def turns_of(gathering: Gathering, now: datetime) -> list[series.Turn]:
    """The sessions of its series, and whether each may still change."""
    if gathering.series_id is None:
        return [series.Turn(gathering.pk, 0, moved_alone=False, open=True)]
    noted = set(
        Gathering.objects.filter(series=gathering.series_id, attendance__isnull=False)
        .values_list("pk", flat=True)
        .distinct()
    )
    return [
        series.Turn(g.pk, g.turn, g.moved_alone, g.starts_at > now and g.pk not in noted)
        for g in Gathering.objects.filter(series=gathering.series_id).standing()
    ]


@transaction.atomic
def change(
    gathering: Gathering,
    plan: Plan,
    *,
    reach: series.Reach = series.Reach.ONE,
    by: Person,
    version: int,
) -> list[Gathering]:
    """A session is changed: this one, this and the following, or all of its series.

    Raises:
        Outdated: somebody changed it since.
        ValidationError: at the field, what cannot be.
    """
    Organisation.objects.select_for_update().get(pk=gathering.organisation_id)
    own = Gathering.objects.select_for_update().get(pk=gathering.pk)
    if own.version != version:
        raise Outdated
    if own.is_cancelled:
        raise ValidationError(_("This session is cancelled."))
    _check(plan, timezone.localdate())
    pks = series.reached(turns_of(own, timezone.now()), own.pk, reach)
    reached = list(Gathering.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
    was = own.starts_here.date()
    spans = {
        g.pk: span_of(plan, series.shifted(g.starts_here.date(), was=was, becomes=plan.on))
        for g in reached
    }
    _refuse_moving_what_was_held(reached, spans)
    for g in reached:
        if plan.seats is not None and plan.seats < g.taken:
            told = {"n": g.taken, "day": formats.date_format(g.starts_here.date(), "DATE_FORMAT")}
            raise ValidationError(
                {"seats": _("%(n)s people have a place on %(day)s. Take some off first.") % told}
            )
    _refuse_clashes(own.organisation, plan, spans)
    alone = reach == series.Reach.ONE and own.series_id is not None
    gave = givers_of(reached)
    changed = {}
    for g in reached:
        if what := _change_one(g, plan, spans[g.pk], alone=alone):
            changed[g.pk] = what
    tell_what_changed_for_givers(reached, gave, changed, by=by.pk)
    return reached


def _refuse_moving_what_was_held(
    reached: Sequence[Gathering], spans: dict[int, tuple[datetime, datetime]]
) -> None:
    moved = [g for g in reached if (g.starts_at, g.ends_at) != spans[g.pk]]
    held = Gathering.objects.filter(pk__in=[g.pk for g in moved], attendance__isnull=False)
    if held.exists():
        raise ValidationError(
            {"on": _("Attendance was noted, so it stays on its day. Set up another session.")}
        )


def _change_one(
    gathering: Gathering, plan: Plan, span: tuple[datetime, datetime], *, alone: bool
) -> str:
    """Gives what of it people are told; empty where that is nothing."""
    what = _told_of(_written_anew(gathering, plan, span, alone=alone))
    if what and gathering.ends_at > timezone.now():
        tell(_coming(gathering), gathering, what)
    move_up(gathering)
    return what


def _told_of(shown: set[str]) -> str:
    """What people are told of what they see changed; a name alone is nothing to be told of."""
    if shown & {"starts_at", "ends_at", "place", "link"}:
        return What.CHANGED
    return What.ROOM if "rooms" in shown else ""


def _written_anew(
    gathering: Gathering, plan: Plan, span: tuple[datetime, datetime], *, alone: bool
) -> set[str]:
    """It is as the plan says now; gives what of that people see."""
    start, end = span
    told = _told(plan) | {"starts_at": start, "ends_at": end}
    moved = (gathering.starts_at, gathering.ends_at) != span
    differs = {name for name, value in told.items() if getattr(gathering, name) != value}
    shown = differs & {"starts_at", "ends_at", "zone", "place", "link", "title", "activity"}
    if _rooms_of(plan) != {u.resource_id for u in gathering.uses.rooms()}:
        shown.add("rooms")
    Gathering.objects.filter(pk=gathering.pk).update(
        **told,
        decide_at=_decide_at(plan, timezone.localdate(start, gathering.at_zone)),
        version=F("version") + 1,
        sequence=F("sequence") + (1 if shown else 0),
        changed_at=timezone.now() if shown else gathering.changed_at,
        moved_alone=gathering.moved_alone or (alone and moved),
    )
    gathering.refresh_from_db()
    _give_roles(gathering, plan)
    _give_resources(gathering, plan)
    return shown


def _rooms_of(plan: Plan) -> set[int]:
    return {r.pk for r, _n in plan.resources if r.kind == Resource.Kind.ROOM}


def plan_of(gathering: Gathering) -> Plan:
    """A session as it stands, to change it from."""
    roles = list(gathering.roles.select_related("person"))

    def those(kind: str) -> tuple[Person, ...]:
        return tuple(r.person for r in roles if r.role == kind and r.person is not None)

    zone = gathering.at_zone
    decide = gathering.decide_at
    return Plan(
        on=gathering.starts_here.date(),
        start=gathering.starts_here.time(),
        end=gathering.ends_here.time(),
        title=gathering.title,
        activity=gathering.activity,
        about=gathering.about,
        zone=gathering.zone,
        place=gathering.place,
        link=gathering.link,
        seats=gathering.seats,
        least=gathering.least,
        decide_on=timezone.localdate(decide, zone) if decide else None,
        approval=gathering.approval,
        cancel_hours=gathering.cancel_hours,
        completes=gathering.completes,
        question=gathering.question,
        trainers=those(Role.Kind.TRAINER),
        assistants=those(Role.Kind.ASSISTANT),
        guests=tuple(r.guest_name for r in roles if r.person is None),
        resources=tuple((use.resource, use.amount) for use in gathering.uses.all()),
    )


@transaction.atomic
def rearrange(changes: Sequence[tuple[Gathering, Plan]]) -> dict[int, str]:
    """Several sessions are changed as one: two that change rooms are in each other's way only
    while one of them has moved. Tells nobody and moves no line up: who calls it does, when places
    are right too. Gives what people are to be told of each.

    Raises:
        ValidationError: it was noted who was there, or something is taken when all have moved.
    """
    spans = {g.pk: span_of(plan, plan.on) for g, plan in changes}
    _refuse_moving_what_was_held([g for g, _plan in changes], spans)
    told = {}
    for gathering, plan in changes:
        _check(plan, timezone.localdate())
        alone = gathering.series_id is not None
        told[gathering.pk] = _told_of(
            _written_anew(gathering, plan, spans[gathering.pk], alone=alone)
        )
    for gathering, plan in changes:
        _refuse_clashes(gathering.organisation, plan, {gathering.pk: spans[gathering.pk]})
    return told


def _coming(gathering: Gathering) -> list[int]:
    return list(
        Place.objects.living().filter(gathering=gathering).values_list("person_id", flat=True)
    )


@transaction.atomic
def call_off(
    gathering: Gathering,
    *,
    by: Person,
    reason: str,
    reach: series.Reach = series.Reach.ONE,
    tells_givers: bool = True,
) -> int:
    """A session is off, or the following of its series too; who had a place or waited is told.

    Returns how many were called off.

    Args:
        tells_givers: who gives it hears so; else who calls this tells them.

    Raises:
        ValidationError: no reason, or it was noted who was there.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: everyone who was coming reads it.")})
    Organisation.objects.select_for_update().get(pk=gathering.organisation_id)
    at = timezone.now()
    pks = series.reached(turns_of(gathering, at), gathering.pk, reach)
    if Gathering.objects.filter(pk=gathering.pk, attendance__isnull=False).exists():
        raise ValidationError(_("Attendance was noted, so it cannot be called off."))
    off = list(Gathering.objects.select_for_update().filter(pk__in=pks).standing())
    for one in off:
        Gathering.objects.filter(pk=one.pk).update(
            state=Gathering.State.CANCELLED,
            decided_by=by,
            decided_at=at,
            reason=reason.strip()[:300],
            sequence=F("sequence") + 1,
            changed_at=at,
            version=F("version") + 1,
        )
        one.refresh_from_db()
        tell(drop_all(one, by=by, reason=reason, at=at), one, What.CANCELLED, reason)
    givers: dict[int, list[Gathering]] = {}
    gives = givers_of(off)
    for one in off:
        for person in gives[one.pk]:
            givers.setdefault(person, []).append(one)
    if tells_givers:
        tell_givers(givers, What.CANCELLED, reason, by=by.pk)
    return len(off)


@transaction.atomic
def go_on(gathering: Gathering, *, by: Person) -> bool:
    """It is decided that it goes on, whoever comes; False: that was decided before."""
    decided = Gathering.objects.filter(pk=gathering.pk, state=Gathering.State.PLANNED).update(
        state=Gathering.State.GOING, decided_by=by, decided_at=timezone.now()
    )
    if decided:
        seated = Place.objects.seated().filter(gathering=gathering)
        there = {*seated.values_list("person_id", flat=True), *givers_of([gathering])[gathering.pk]}
        tell(there - {by.pk}, gathering, What.GOES_ON)
    return decided == 1


def keep_resource(
    organisation: Organisation, *, resource: Resource | None = None, **told: Any
) -> Resource:
    """A room or a thing that can be booked.

    Raises:
        ValidationError: another one is called so.
    """
    found = resource or Resource(organisation=organisation)
    for name, value in told.items():
        setattr(found, name, value)
    same = Resource.objects.filter(
        organisation=organisation, kind=found.kind, name=found.name
    ).exclude(pk=found.pk)
    if same.exists():
        raise ValidationError({"name": _("There is one with this name already.")})
    found.save()
    return found
