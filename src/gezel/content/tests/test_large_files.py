"""Files too large to look into while someone waits: a job does it, and its page tells."""

import io
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gezel.content.actions import receiving
from gezel.content.models import Edition, Module, ModuleIntake, Package, Upload
from gezel.content.models.uploads import arriving
from gezel.content.rules import uploads
from gezel.content.tests.builders import a_package, a_picture
from gezel.content.tests.cartridges import a_cartridge, cartridge_files
from gezel.kit import archives
from gezel.kit.jobs import run, run_waiting
from gezel.kit.models import Task
from gezel.people.api import Organisation, Person
from gezel.skills.tests.builders import a_profile, a_skill

# A file goes once its row is really gone, so there is no transaction around a test.
pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "WHILE_WAITING", 10)


def pages(**files: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        # Without the moment of packing: twice the same is the same file.
        page = zipfile.ZipInfo("index.html")
        archive.writestr(page, "<!doctype html><title>Knots</title><h1>Knots</h1>")
        for name, data in files.items():
            archive.writestr(f"{name}.bin", data)
    return held.getvalue()


def ahead(person: Person, organisation: Organisation, data: bytes, purpose: str) -> Upload:
    """A file that went ahead of its form."""
    return receiving.keep_whole(
        person, organisation, purpose=purpose, name="knots.zip", length=len(data), parts=[data]
    )


def left_behind() -> list[Path]:
    """What lies in the places where files arrive and are unpacked."""
    home = settings.MEDIA_ROOT / "packages"
    arrived = list(arriving().iterdir()) if arriving().exists() else []
    return [*home.glob(".new-*"), *arrived]


def the_task() -> Task:
    """The one thing content was asked to do."""
    return Task.objects.get(name__startswith="content")


def new_package(client: Client, **told: Any) -> Any:
    form = {"title_en": "Tie it", "minutes": "20", "key": str(uuid.uuid4())} | told
    return client.post(reverse("content:package_new"), form)


@pytest.mark.parametrize("sent", ["ahead", "along"])
def test_a_large_package_comes_in_by_a_job_whose_page_tells(
    sent: str, visit: Visit, femke: Person, sam: Person, van_dijk: Organisation
) -> None:
    skill = a_skill()
    a_profile(van_dijk, {skill: 3})
    data = pages()
    client = visit(femke)
    told: dict[str, Any] = (
        {"upload": str(ahead(femke, van_dijk, data, "package").pk)}
        if sent == "ahead"
        else {"file": SimpleUploadedFile("knots.zip", data)}
    )
    answer = new_package(client, **told, skill_1=skill.pk, level_1="2")

    task = the_task()
    assert answer["Location"] == reverse("kit:task", args=[task.pk])
    assert "Bring in a package" in client.get(answer["Location"]).content.decode()
    assert visit(sam).get(answer["Location"]).status_code == 404
    assert not Package.objects.exists()
    run_waiting()

    package = Package.objects.get()
    assert package.activity.title_en == "Tie it"
    assert package.activity.shared_by == femke
    assert [(t.skill, t.to_level) for t in package.activity.teaches.all()] == [(skill, 2)]
    page = client.get(answer["Location"]).content.decode()
    assert reverse("content:package_edit", args=[package.pk]) in page
    assert "put it on offer" in page
    task.refresh_from_db()
    assert task.all_steps == task.done_steps
    assert not Upload.objects.exists()
    assert not left_behind()


def test_progress_is_told_while_it_is_unpacked(tmp_path: Path) -> None:
    archive = tmp_path / "knots.zip"
    archive.write_bytes(pages(one=b"a" * 1000, two=b"b" * 500))
    heard: list[tuple[int, int]] = []
    archives.unpack(archive, tmp_path / "in", tell=lambda done, whole: heard.append((done, whole)))
    whole = 1500 + 49
    assert heard == [(49, whole), (1049, whole), (whole, whole)]


def test_a_large_file_that_is_no_package_is_refused_with_the_reason_and_leaves_nothing(
    visit: Visit, femke: Person
) -> None:
    client = visit(femke)
    answer = new_package(client, file=SimpleUploadedFile("x.zip", b"PK nothing at all"))
    run_waiting()

    page = client.get(answer["Location"]).content.decode()
    assert "not a ZIP file" in page
    assert not Package.objects.exists()
    assert not Upload.objects.exists()
    assert not left_behind()


def test_an_edition_comes_in_the_same_way_and_the_same_one_is_told(
    visit: Visit, femke: Person, van_dijk: Organisation
) -> None:
    package = a_package(van_dijk, form="pages")
    client = visit(femke)
    address = reverse("content:package_edition", args=[package.pk])
    for message in ("Edition 2 is there", "This is the edition that is there already"):
        answer = client.post(address, {"file": SimpleUploadedFile("k.zip", pages())})
        run_waiting()
        assert message in client.get(answer["Location"]).content.decode()
    assert package.editions.count() == 2


class Killed(BaseException):
    """Ends a worker where nothing catches it."""


def test_a_worker_killed_half_way_leaves_nothing_half(
    visit: Visit, femke: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_package(visit(femke), file=SimpleUploadedFile("k.zip", pages()))
    task = the_task()

    def killed(archive: Path, into: Path, tell: Any = None) -> Any:
        into.mkdir()
        (into / "half").write_text("half of it")
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("gezel.content.actions.packages.look_into", killed)
        with pytest.raises(Killed):
            run(task.pk)
    assert left_behind(), "the file still waits, and half a folder lies there"
    assert not Edition.objects.exists()

    Task.objects.filter(pk=task.pk).update(held_until=None, state=Task.State.WAITING)
    run_waiting()
    assert Edition.objects.get().files == 1
    assert not left_behind()


@pytest.mark.parametrize("what", ["package", "edition", "course"])
def test_a_worker_killed_at_the_very_end_does_it_once(
    what: str, visit: Visit, femke: Person, van_dijk: Organisation
) -> None:
    client = visit(femke)
    if what == "package":
        new_package(client, file=SimpleUploadedFile("k.zip", pages()))
    elif what == "edition":
        package = a_package(van_dijk, form="pages")
        client.post(
            reverse("content:package_edition", args=[package.pk]),
            {"file": SimpleUploadedFile("k.zip", pages())},
        )
    else:
        came = SimpleUploadedFile("c.imscc", a_cartridge(cartridge_files(a_picture())))
        form = {"file": came, "language": "en", "key": str(uuid.uuid4())}
        client.post(reverse("content:bring"), form)
    for _twice in range(2):
        Task.objects.filter(pk=the_task().pk).update(state=Task.State.WAITING, held_until=None)
        run_waiting()
        assert the_task().state == Task.State.DONE
    expected = {"package": (1, 0), "edition": (2, 0), "course": (0, 1)}[what]
    assert (Edition.objects.count(), ModuleIntake.objects.count()) == expected


def test_a_large_course_is_looked_into_and_made_by_jobs(
    visit: Visit, noor: Person, van_dijk: Organisation
) -> None:
    client = visit(noor)
    data = a_cartridge(cartridge_files(a_picture()))
    key = uuid.uuid4()
    answer = client.post(
        reverse("content:bring"),
        {
            "upload": str(ahead(noor, van_dijk, data, "course").pk),
            "language": "en",
            "key": str(key),
        },
    )
    run_waiting()
    assert reverse("content:intake", args=[key]) in client.get(answer["Location"]).content.decode()
    assert not Module.objects.exists()
    assert not Upload.objects.exists()

    for _twice in range(2):
        answer = client.post(reverse("content:take_over", args=[key]))
    run_waiting()
    assert "2 modules are made" in client.get(answer["Location"]).content.decode()
    assert Module.objects.count() == 2


def test_a_course_that_cannot_become_modules_says_why(
    visit: Visit, noor: Person, van_dijk: Organisation
) -> None:
    client = visit(noor)
    upload = ahead(noor, van_dijk, pages(), "course")
    answer = client.post(
        reverse("content:bring"),
        {"upload": str(upload.pk), "language": "en", "key": str(uuid.uuid4())},
    )
    run_waiting()
    assert the_task().state == Task.State.FAILED
    assert "package" in client.get(answer["Location"]).content.decode()
    assert not ModuleIntake.objects.exists()


def test_another_ones_upload_is_not_there(
    visit: Visit, noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    upload = ahead(noor, van_dijk, pages(), "package")
    answer = new_package(visit(femke), upload=str(upload.pk))
    assert answer.status_code == 422
    assert "no longer there" in answer.content.decode()
    assert not Task.objects.filter(name__startswith="content").exists()
    assert Upload.objects.filter(pk=upload.pk).exists()


def test_what_is_small_comes_in_while_one_waits(
    visit: Visit, femke: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "WHILE_WAITING", 20 * uploads.MEGABYTE)
    answer = new_package(visit(femke), file=SimpleUploadedFile("k.zip", pages()))
    package = Package.objects.get()
    assert answer["Location"] == reverse("content:package_edit", args=[package.pk])
    assert not Task.objects.filter(name__startswith="content").exists()


def test_a_file_without_room_for_it_is_refused(
    visit: Visit, femke: Person, van_dijk: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "room_left", lambda _organisation: 5)
    answer = new_package(visit(femke), file=SimpleUploadedFile("k.zip", pages()))
    assert answer.status_code == 422
    assert "no room left" in answer.content.decode()
    assert not left_behind()
