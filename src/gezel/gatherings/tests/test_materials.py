"""Files before and after a session: told by their content, for who takes part, never as a page."""

import uuid
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gezel.content.api import Media
from gezel.gatherings.actions import add_material, drop_material
from gezel.gatherings.models import Material
from gezel.gatherings.tests.builders import a_place, a_session
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def _room_of_its_own(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def test_a_file_is_read_by_who_takes_part_and_only_as_a_download(
    *,
    van_dijk: Organisation,
    daan: Person,
    noor: Person,
    femke: Person,
    sam: Person,
    visit: Callable[[Person], Client],
) -> None:
    session = a_session(van_dijk, by=daan)
    a_place(session, noor)
    told = {
        "when": "before", "title": "", "key": str(uuid.uuid4()),
        "file": SimpleUploadedFile("Schema's laden.pdf", PDF),
    }  # fmt: skip
    page = reverse("gatherings:material", args=[session.pk])
    assert visit(daan).post(page, told).status_code == 302
    kept = Material.objects.get()
    assert (str(kept), kept.filename) == ("Schema's laden", "Schema's laden.pdf")
    address = reverse("gatherings:material_file", args=[session.pk, kept.pk])

    answer = visit(noor).get(address)
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert visit(femke).get(address).status_code == 200
    for stranger in (a_colleague(van_dijk, "Other"), sam):
        assert visit(stranger).get(address).status_code == 404
    shown = visit(a_colleague(van_dijk, "Third")).get(
        reverse("gatherings:session", args=[session.pk])
    )
    assert address not in shown.content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("page.pdf", b"<script>alert(1)</script>"),
        ("tool.exe", b"MZ\x90"),
        ("notes.txt", b"<!doctype html><script>"),
        ("empty", b"x"),
    ],
)
def test_a_hostile_file_is_refused_at_the_field_and_nothing_is_kept(
    van_dijk: Organisation, daan: Person, name: str, content: bytes
) -> None:
    session = a_session(van_dijk, by=daan)

    with pytest.raises(ValidationError) as told:
        add_material(session, when="before", file=ContentFile(content, name=name), key=uuid.uuid4())

    assert set(told.value.error_dict) == {"file"}
    assert not Material.objects.exists()
    assert not Media.objects.exists()


def test_a_link_and_a_file_at_once_is_one_too_many(van_dijk: Organisation, daan: Person) -> None:
    with pytest.raises(ValidationError):
        add_material(
            a_session(van_dijk, by=daan), when="before", title="Both", link="https://example.test/",
            file=ContentFile(PDF, name="a.pdf"), key=uuid.uuid4(),
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_file_goes_when_nothing_holds_it_any_more(van_dijk: Organisation, daan: Person) -> None:
    sessions = [a_session(van_dijk, by=daan, days=n) for n in (5, 6)]
    kept = [
        add_material(s, when="after", file=ContentFile(PDF, name="a.pdf"), key=uuid.uuid4())
        for s in sessions
    ]
    assert kept[0].media == kept[1].media
    name = kept[0].media.file.name if kept[0].media else ""

    drop_material(sessions[0], kept[0].pk)
    assert default_storage.exists(name or "")
    drop_material(sessions[1], kept[1].pk)
    assert not default_storage.exists(name or "")
    assert not Media.objects.exists()
