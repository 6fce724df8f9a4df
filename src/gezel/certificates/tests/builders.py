"""Short ways to certificates and holdings, through the actions the product uses."""

from datetime import date, timedelta
from io import BytesIO
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from gezel.certificates.actions import confirm, register, save_type
from gezel.certificates.models import CertificateType, Holding
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
