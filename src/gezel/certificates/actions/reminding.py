"""Who is in the window of a certificate, or lacks one they must have, is told: in time and once."""

from datetime import date, timedelta

import numpy as np
from django.utils import timezone

from gezel.certificates import everyone as all_here
from gezel.certificates import letters
from gezel.certificates.actions.hours import renew_by_hours
from gezel.certificates.models import CertificateType, Holding, Reminder, TypeTerms
from gezel.certificates.rules import State, many
from gezel.kit.turns import one_step
from gezel.people.api import Organisation, Person

KEPT = timedelta(days=730)
_BATCH = 1_000


def remind(organisation: Organisation, on: date) -> int:
    """Write down for everyone here what is to be renewed or misses; returns how much was new.

    What is new is said by mail too, in the same transaction: weekly, or at once when it must.

    Each certificate gives one reminder when its window opens and one when it lapses, whatever
    else happens and however often this runs; what misses gives one. Who has sent in a renewal
    is left alone. A certificate nobody must have reminds of its window, and not when it lapsed.
    """
    told = all_here.everyone(organisation.pk, on, on)
    table = told.table
    new = 0
    for state, about in letters.ABOUT.items():
        which = (table.state == many.CODES.index(state)) & ~table.renewal
        if state != State.EXPIRING:
            which &= table.must
        pairs = np.flatnonzero(which)
        for start in range(0, len(pairs), _BATCH):
            part = pairs[start : start + _BATCH]
            wanted = {
                (int(table.person[n]), int(table.type[n])): many.day_of(int(table.until[n]))
                for n in part
            }
            with one_step():
                fresh = _write(wanted, about, on)
                letters.say_reminders(fresh, organisation=organisation.pk, on=on)
            new += len(fresh)
    well = table.state == many.CODES.index(State.VALID)
    _put_aside_what_is_well(
        organisation, set(zip(table.person[well].tolist(), table.type[well].tolist(), strict=True))
    )
    return new


def _put_aside_what_is_well(organisation: Organisation, well: set[tuple[int, int]]) -> None:
    """Who was reminded and has renewed since need not read it any more."""
    unseen = Reminder.objects.filter(type__organisation=organisation, seen_at=None)
    done = [
        pk
        for pk, person, type_ in unseen.values_list("pk", "person_id", "type_id").iterator()
        if (person, type_) in well
    ]
    for start in range(0, len(done), _BATCH):
        with one_step():
            Reminder.objects.filter(pk__in=done[start : start + _BATCH]).update(
                seen_at=timezone.now()
            )


def _write(wanted: dict[tuple[int, int], date | None], about: str, on: date) -> list[Reminder]:
    """New reminders for these of person and type; those that stand already stay."""
    behind: dict[tuple[int, int], int] = {}
    if about != Reminder.About.MISSING:
        holdings = Holding.objects.filter(
            person__in={person for person, _type in wanted},
            type__in={type_ for _person, type_ in wanted},
            state=Holding.State.CONFIRMED,
        )
        for pk, person, type_, until in holdings.order_by("issued_on", "pk").values_list(
            "pk", "person_id", "type_id", "valid_until"
        ):
            if wanted.get((person, type_), date.min) == until:
                behind[person, type_] = pk
    people = {person for person, _type in wanted}
    if about == Reminder.About.MISSING:
        stand = Reminder.objects.filter(person__in=people, holding=None)
    else:
        stand = Reminder.objects.filter(holding__in=behind.values(), about=about)
    known = set(stand.values_list("person_id", "type_id", "holding_id"))
    fresh = [
        Reminder(
            person_id=person,
            type_id=type_,
            holding_id=behind.get((person, type_)),
            about=about,
            on=on,
        )
        for person, type_ in wanted
        if (about == Reminder.About.MISSING or (person, type_) in behind)
        and (person, type_, behind.get((person, type_))) not in known
    ]
    Reminder.objects.bulk_create(fresh, ignore_conflicts=True)
    return fresh


def put_aside(reminder: Reminder) -> None:
    """The reader has seen it."""
    Reminder.objects.filter(pk=reminder.pk, seen_at=None).update(seen_at=timezone.now())


def forget_old_reminders(on: date) -> None:
    """Reminders go after two years, as they said they would."""
    Reminder.objects.filter(on__lt=on - KEPT).delete()


def renew_all_by_hours(organisation: Organisation, on: date) -> int:
    """Whose window opened while their hours were met already: their certificate is renewed."""
    renewed = 0
    types = CertificateType.objects.filter(
        organisation=organisation,
        pk__in=TypeTerms.objects.filter(renews_by_hours=True).values("type"),
    )
    for type_ in types:
        people = (
            Person.objects.working_at(organisation, on)
            .filter(pk__in=type_.hours_done.values("person"))
            .values_list("pk", flat=True)
        )
        renewed += renew_by_hours(type_, list(people), on=on)
    return renewed
