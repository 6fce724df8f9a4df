"""Short ways to certificates and holdings, through the actions the product uses."""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from gezel.certificates.actions import (
    ask,
    confirm,
    decide_hours,
    excuse,
    prepare,
    receive,
    register,
    register_hours,
    save_task,
    save_type,
)
from gezel.certificates.models import (
    CertificateType,
    Duty,
    Exemption,
    Holding,
    HoursDone,
    Load,
    Reminder,
    WorkTask,
)
from gezel.people.api import Job, Organisation, Person
from gezel.skills.api import Skill

_next = count(1)


def days(number: int) -> date:
    return timezone.localdate() + timedelta(days=number)


def a_type(
    organisation: Organisation,
    name: str = "BHV",
    *,
    months: int | None = 12,
    jobs: tuple[str, ...] = (),
    shows: dict[Skill, int] | None = None,
    from_on: date = date(2020, 1, 1),
    number_form: str = "",
    **terms: Any,
) -> CertificateType:
    """A certificate the organisation keeps track of, asked of these jobs."""
    ends = {"ends": "never"} if months is None else {"ends": "months", "months": months}
    return save_type(
        organisation,
        {"name_nl": name, "name_en": name, "number_form": number_form},
        terms={**ends, "basis": "norm", **terms},
        shows=shows or {},
        duties=[
            (Job.objects.get_or_create(organisation=organisation, name=job)[0], from_on)
            for job in jobs
        ],
    )


def a_holding(
    person: Person,
    type: CertificateType,  # noqa: A002 # the word of the room
    *,
    issued_on: date | None = None,
    confirmed_by: Person | None = None,
    printed_until: date | None = None,
    refresher: bool = False,
    number: str | None = None,
) -> Holding:
    """A certificate that came in, and was seen by someone if that is told."""
    holding = register(
        person,
        type,
        issued_on=issued_on or days(-30),
        by=person,
        printed_until=printed_until,
        refresher=refresher,
        number=f"N-{next(_next)}" if number is None else number,
    )
    if confirmed_by:
        confirm(holding, by=confirmed_by)
        holding.refresh_from_db()
    return holding


def a_picture(kind: str = "PNG", *, size: tuple[int, int] = (60, 40)) -> bytes:
    drawn = BytesIO()
    Image.new("RGB", size, "navy").save(drawn, kind)
    return drawn.getvalue()


def a_pdf() -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def an_upload(data: bytes, name: str = "proof.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def a_duty(type: CertificateType, **who: Any) -> Duty:  # noqa: A002 # idem
    """Someone must have it."""
    return ask(type, from_on=date(2020, 1, 1), sure=True, **who)


def an_exemption(type: CertificateType, person: Person, *, by: Person) -> Exemption:  # noqa: A002 # idem
    """Someone need not have it, from today."""
    return excuse(type, person, reason="On leave", from_on=days(0), until_on=None, by=by)


def some_hours(
    person: Person,
    type: CertificateType,  # noqa: A002 # idem
    *,
    on: date | None = None,
    course: str = "",
    hours: int = 7,
    confirmed_by: Person | None = None,
    practice: int = 0,
    e_learning: int = 0,
) -> HoursDone:
    """A day of training, seen by someone if that is told."""
    done = register_hours(
        person,
        type,
        course=course or f"Course {next(_next)}",
        on=on or days(-10),
        hours=Decimal(hours),
        by=person,
        practice=Decimal(practice),
        e_learning=Decimal(e_learning),
    )
    if confirmed_by:
        decide_hours(done, accept=True, by=confirmed_by)
    return done


def a_task(
    organisation: Organisation,
    name: str = "Working under voltage",
    *,
    needs: Iterable[CertificateType] = (),
    jobs: Iterable[Job] = (),
) -> WorkTask:
    """A task that needs certificates."""
    return save_task(
        organisation,
        {"name_nl": name, "name_en": name, "from_on": date(2020, 1, 1)},
        needs=needs,
        jobs=jobs,
    )


def a_reminder(person: Person, type: CertificateType) -> Reminder:  # noqa: A002 # idem
    """Someone was told that it misses."""
    return Reminder.objects.create(person=person, type=type, about="missing", on=days(0))


def a_list(*rows: tuple[str, ...], header: str = "E-mail;Certificaat;Nummer;Behaald op") -> bytes:
    """A list of certificates as a spreadsheet saves it."""
    return "\n".join([header, *(";".join(row) for row in rows)]).encode()


def a_load(organisation: Organisation, content: bytes = b"", *, by: Person | None = None) -> Load:
    """A list that came in and was looked through."""
    content = content or a_list(("nobody@example.test", "BHV", "1", "01-01-2025"))
    load = receive(organisation, by=by, name="list.csv", content=content, key=uuid.uuid4())
    prepare(load)
    return load
