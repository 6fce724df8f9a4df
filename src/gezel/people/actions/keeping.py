"""Founding an organisation and keeping its people: one function per sentence of the business."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.kit.events import announce
from gezel.kit.prepared import prepared
from gezel.people import rules
from gezel.people.events import EmploymentChanged
from gezel.people.models import (
    Employment,
    Job,
    LeadLine,
    Location,
    Mandate,
    Organisation,
    Person,
    Unit,
)


@transaction.atomic
def found(name: str, *, slug: str, language: str = "nl", **fields: Any) -> Organisation:
    """A new organisation, with the root of its tree."""
    organisation = Organisation.objects.create(name=name, slug=slug, language=language, **fields)
    Unit.objects.add_root({"organisation": organisation, "name": name})
    return organisation


@transaction.atomic
def open_doors(
    name: str, *, slug: str, language: str, job: str, email: str, first_name: str, last_name: str
) -> tuple[Organisation, Person]:
    """A new organisation with the one who will look after it: employed from today, HR and
    administrator, so that everything else can be done from the pages.

    Whoever has an account here already keeps it, name and all: it is theirs for life.

    Raises:
        ValidationError: the slug is taken or no slug, or the address is none.
    """
    organisation = Organisation(name=name, slug=slug, language=language)
    organisation.full_clean()
    person = Person.objects.filter(email__iexact=email.strip()).first()
    if person is None:
        person = Person(email=email.strip().lower(), first_name=first_name, last_name=last_name)
        person.set_unusable_password()
        person.full_clean()
        person.save()
    organisation = found(name, slug=slug, language=language)
    employ(
        person,
        organisation,
        unit=root_of(organisation),
        job=Job.objects.create(organisation=organisation, name=job),
        starts_on=timezone.localdate(),
    )
    for kind in (Mandate.Kind.HR, Mandate.Kind.ADMIN):
        give_mandate(person, organisation, kind)
    return organisation, person


def root_of(organisation: Organisation) -> Unit:
    """The top of the organisation's tree."""
    root: Unit = _roots(organisation.pk)[0]
    return root


@prepared
def _roots(organisation: int) -> QuerySet[Unit]:
    found: QuerySet[Unit] = Unit.objects.filter(organisation=organisation, depth=1)
    return found


@transaction.atomic
def employ(
    person: Person,
    organisation: Organisation,
    *,
    unit: Unit,
    job: Job,
    starts_on: date,
    lead: Person | None = None,
    location: Location | None = None,
    ends_on: date | None = None,
    contract_hours: Decimal | None = None,
    number: str = "",
    education: str = "",
    shift: str = "",
) -> Employment:
    """Someone begins to work here; the reporting line follows at once.

    Raises:
        ValidationError: the lead is led, directly or through others, by this person.
    """
    employment = Employment.objects.create(
        person=person,
        organisation=organisation,
        unit=unit,
        job=job,
        lead=lead,
        location=location,
        starts_on=starts_on,
        ends_on=ends_on,
        contract_hours=contract_hours,
        number=number,
        education=education,
        shift=shift,
    )
    redraw_lines(organisation)
    announce(EmploymentChanged(organisation.pk, (person.pk,)))
    return employment


@transaction.atomic
def end_employment(employment: Employment, *, last_day: date) -> None:
    """Someone leaves: the employment ends and stays as a fact; the account remains theirs.

    Mandates end with it. The person keeps leading nobody here from the next day on.

    Raises:
        ValidationError: the last day lies before the first.
    """
    if last_day < employment.starts_on:
        raise ValidationError(
            {"last_day": _("The last day lies before the first. Choose a later day.")}
        )
    Employment.objects.filter(pk=employment.pk).update(ends_on=last_day)
    Mandate.objects.current(last_day).filter(
        person=employment.person_id, organisation=employment.organisation_id
    ).update(until_on=last_day)
    redraw_lines(employment.organisation)
    announce(EmploymentChanged(employment.organisation_id, (employment.person_id,)))


@transaction.atomic
def give_mandate(
    person: Person, organisation: Organisation, kind: str, *, from_on: date | None = None
) -> Mandate:
    """Someone takes on a task for the organisation."""
    mandate, _new = Mandate.objects.get_or_create(
        person=person,
        organisation=organisation,
        kind=kind,
        until_on=None,
        defaults={"from_on": from_on or timezone.localdate()},
    )
    return mandate


@transaction.atomic
def end_mandate(mandate: Mandate, *, last_day: date) -> None:
    """A task ends, and with it the pages it opened; that someone had it stays a fact.

    Raises:
        ValidationError: it is the last one for HR: nobody could give it back.
    """
    # The organisation's row is the lock: two people taking each other's task leave one.
    Organisation.objects.select_for_update().get(pk=mandate.organisation_id)
    others = Mandate.objects.current().filter(
        organisation=mandate.organisation_id, kind=mandate.kind, until_on=None
    )
    if mandate.kind == Mandate.Kind.HR and not others.exclude(pk=mandate.pk).exists():
        raise ValidationError(
            _("This is the only one who has this task. Give it to someone else first.")
        )
    if mandate.from_on > last_day:
        mandate.delete()
    else:
        Mandate.objects.filter(pk=mandate.pk).update(until_on=last_day)


@transaction.atomic
def redraw_lines(organisation: Organisation) -> None:
    """Make the reporting lines anew from who leads whom today, or from tomorrow's starters.

    Raises:
        ValidationError: someone would lead themselves by a detour.
    """
    yesterday = timezone.localdate() - timedelta(days=1)
    lead_of: dict[int, int | None] = dict(
        Employment.objects.filter(organisation=organisation)
        .exclude(ends_on__lte=yesterday)
        .order_by("starts_on")
        .values_list("person_id", "lead_id")
    )
    if circles := rules.loops({str(a): str(b) if b else None for a, b in lead_of.items()}):
        names = Person.objects.in_bulk([int(pk) for pk in circles[0]])
        told = " → ".join(names[int(pk)].name for pk in circles[0])
        raise ValidationError(_("These people would lead each other in a circle: %s.") % told)
    # Only what differs is written: in a large organisation most lines stay as they are.
    wanted = set(rules.lines(lead_of))
    gone = []
    for pk, *line in LeadLine.objects.filter(organisation=organisation).values_list(
        "pk", "lead_id", "member_id", "depth"
    ):
        key = (line[0], line[1], line[2])
        if key in wanted:
            wanted.discard(key)
        else:
            gone.append(pk)
    for start in range(0, len(gone), 2_000):
        LeadLine.objects.filter(pk__in=gone[start : start + 2_000]).delete()
    # Half a million rows as bare tuples take a tenth of the time they take as objects.
    table = connection.ops.quote_name(LeadLine._meta.db_table)
    with connection.cursor() as cursor:
        if wanted:
            cursor.executemany(
                f"INSERT INTO {table} (organisation_id, lead_id, member_id, depth)"  # noqa: S608
                " VALUES (%s, %s, %s, %s)",
                [(organisation.pk, *line) for line in sorted(wanted)],
            )
