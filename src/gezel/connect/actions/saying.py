"""Something is to be said to people: written down once, for when they want to hear it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from gezel.connect import rules
from gezel.connect.kinds import Kind, kind_named, kinds
from gezel.connect.models import Mail, MailWishes, Message, Weekday
from gezel.connect.rules import Way
from gezel.people.api import Person

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to say to one person.

    Args:
        to: whose key.
        once: what makes it this message and no other; said again, it is not said again.
        about: what it is about, as keys that fit in JSON. No words: those are made when it is sent.
        by: the day before which it must have been read, if there is one.
    """

    to: int
    once: str
    about: dict[str, Any] = field(default_factory=dict)
    by: date | None = None


def say_to(
    people: Iterable[int],
    kind: Kind,
    *,
    organisation: int,
    once: str,
    about: dict[str, Any] | None = None,
    by: date | None = None,
) -> int:
    """Say the same to some people; see `say_each`."""
    told = about or {}
    return say_each(kind, (Note(pk, once, told, by) for pk in people), organisation=organisation)


@transaction.atomic
def say_each(kind: Kind, notes: Iterable[Note], *, organisation: int) -> int:
    """Write down what is to be said to whom, in the transaction of its cause.

    Nothing is sent here. What a person does not want to hear is not written down. Returns how
    much was new.
    """
    new, left = 0, iter(notes)
    now = timezone.now()
    while part := list(islice(left, _BATCH)):
        new += _write(kind, part, organisation, now)
    return new


def _write(kind: Kind, notes: Collection[Note], organisation: int, now: datetime) -> int:
    people = {note.to for note in notes}
    known = set(
        Message.objects.filter(
            kind=kind.name, person__in=people, once__in={note.once for note in notes}
        ).values_list("person_id", "once")
    )
    hearing = Hearing(people, now)
    rows: dict[tuple[int, str], Message] = {}
    for note in notes:
        way = hearing.way(note.to, kind)
        if way == Way.NOT or (note.to, note.once) in known:
            continue
        alone, goes_at = hearing.moment(note.to, way, note.by)
        rows[note.to, note.once] = Message(
            person_id=note.to,
            organisation_id=organisation,
            kind=kind.name,
            once=note.once,
            about=note.about,
            by=note.by,
            alone=alone,
            goes_at=goes_at,
        )
    # Of two who say the same at once, the database lets one in.
    Message.objects.bulk_create(rows.values(), ignore_conflicts=True)
    return len(rows)


class Hearing:
    """How some people want to hear things, in two questions for all of them."""

    def __init__(self, people: Collection[int], now: datetime) -> None:
        self.now, self.zone = now, timezone.get_default_timezone()
        self.today = timezone.localdate(now)
        self.wishes = {w.person_id: w for w in MailWishes.objects.filter(person__in=people)}
        self.last: Mapping[int, date] = dict(
            Mail.objects.filter(person__in=people, week__gte=rules.monday_of(self.today))
            .values("person_id")
            .annotate(last=Max("week"))
            .values_list("person_id", "last")
        )

    def way(self, person: int, kind: Kind) -> Way:
        """At once, weekly or not at all."""
        return way_of(self.wishes.get(person), kind)

    def weekly(self, person: int) -> datetime:
        """When the next weekly mail of this person goes."""
        wishes = self.wishes.get(person)
        day = wishes.weekday if wishes else Weekday.MONDAY
        return rules.next_weekly(self.now, day, self.zone, self.last.get(person))

    def moment(self, person: int, way: Way, by: date | None) -> tuple[bool, datetime]:
        """Whether it goes alone, and when."""
        weekly = self.weekly(person)
        alone = rules.goes_alone(way, today=self.today, weekly_on=weekly.date(), by=by)
        return alone, self.now if alone else weekly


def way_of(wishes: MailWishes | None, kind: Kind) -> Way:
    """How someone hears of this kind: as they chose, else as the kind has it."""
    chosen = wishes.ways.get(kind.name) if wishes else None
    if chosen is None or (chosen == Way.NOT and not kind.may_stop):
        return kind.way
    return Way(chosen)


def take_back(kind: Kind, *, once: str, people: Iterable[int] | None = None) -> int:
    """What has not gone out yet need not be said any more; returns how much that was."""
    found = Message.objects.filter(kind=kind.name, once=once, fate=Message.Fate.WAITING).filter(
        Q(mail=None) | Q(mail__state=Mail.State.WAITING)
    )
    if people is not None:
        found = found.filter(person__in=list(people))
    return found.update(fate=Message.Fate.MOOT)


@transaction.atomic
def choose_mail(person: Person, *, weekday: int, ways: Mapping[str, str]) -> None:
    """What someone wants to hear of and when; what waits follows at once.

    A kind that cannot be stopped keeps coming; which way, one still chooses.
    """
    wishes = _wishes_of(person)
    wishes.weekday = weekday
    for kind in kinds():
        if (chosen := ways.get(kind.name)) is None:
            continue
        way = Way(chosen)
        if way == kind.way or (way == Way.NOT and not kind.may_stop):
            wishes.ways.pop(kind.name, None)  # as the kind has it, also when that changes
        else:
            wishes.ways[kind.name] = way.value
    wishes.save()
    _follow(person)


@transaction.atomic
def stop_mail(person: Person, kind: Kind | None) -> None:
    """No more of this kind; without a kind, of anything that comes weekly and can be stopped."""
    wishes = _wishes_of(person)
    weekly = [one for one in kinds() if way_of(wishes, one) == Way.WEEKLY]
    for one in weekly if kind is None else [kind]:
        if one.may_stop:
            wishes.ways[one.name] = Way.NOT.value
    wishes.save()
    _follow(person)


def _wishes_of(person: Person) -> MailWishes:
    MailWishes.objects.get_or_create(person=person)
    return MailWishes.objects.select_for_update().get(person=person)


def _follow(person: Person) -> None:
    hearing = Hearing([person.pk], timezone.now())
    for message in _unpacked(person):
        kind = kind_named(message.kind)
        way = hearing.way(person.pk, kind) if kind else Way.NOT
        if way == Way.NOT:
            message.fate = Message.Fate.MOOT
        else:
            message.alone, message.goes_at = hearing.moment(person.pk, way, message.by)
        message.save(update_fields=["fate", "alone", "goes_at"])


def _unpacked(person: Person) -> Iterator[Message]:
    return Message.objects.filter(person=person, mail=None, fate=Message.Fate.WAITING).iterator()
