"""A preview of a shared link: where the house allows it, in plain words, with our own picture."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from gezel.catalogue import actions, jobs, previews
from gezel.catalogue.models import Activity, LinkPreview
from gezel.catalogue.previews import Preview, look_at, name_of
from gezel.catalogue.tests.builders import a_picture, a_preview, an_activity
from gezel.kit.jobs import enqueue, run
from gezel.kit.markup import LARGEST_HEAD
from gezel.kit.models import Task
from gezel.kit.outside import NotReached, Page
from gezel.people.api import Organisation, Person

Visit = Callable[[Person], Client]
LINK = "https://www.page.example/a/?v=1"
PICTURE = "https://page.example/pictures/b.png"
GOOD = (
    "<!doctype html><html><head><meta charset=utf-8><title>Vonken &amp;\n vlammen é</title>"
    "<meta property='og:site_name' content='De Smidse'>"
    "<meta property='og:image' content='/pictures/b.png'></head><body><title>Not me</title>"
).encode()
FORM = {"link": LINK, "title": "", "why": "I saw it at last", "minutes": "15", "language": "en"}


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Pages by their address; whatever else is asked for, nobody answers."""
    there = {LINK: GOOD, PICTURE: a_picture((1_600, 1_600))}

    def read(address: str, **_: Any) -> Page:
        if address not in there:
            raise NotReached("nobody")
        return Page(address.replace("www.", ""), "", "", there[address])

    monkeypatch.setattr(previews, "read_outside", read)
    return there


def test_title_site_and_picture_are_found(web: dict[str, bytes]) -> None:
    found = look_at(LINK)

    assert found is not None
    assert (found.title, found.site) == ("Vonken & vlammen é", "De Smidse")
    assert found.picture is not None
    assert (found.picture.width, found.picture.height) == (360, 360)
    assert found.picture.data[8:12] == b"WEBP"


@pytest.mark.parametrize(
    "page",
    [b"", b"\x89PNG\r\n\x1a\n\x00\x00" + b"<" * 50, b"PK\x03\x04 no page", b"<html><head></head>",
     b"<title>T</title>" + b" " * LARGEST_HEAD, b"<title>T</title>" + b"<i>" * 6_000,
     b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><title>&x;</title>",
     b"<title>\xe2\x80\xae \x07</title>"],
)  # fmt: skip
def test_what_is_no_page_gives_nothing(web: dict[str, bytes], page: bytes) -> None:
    web[LINK] = page

    found = look_at(LINK)

    assert found is None or "root:" not in found.title
    assert found is None or page.startswith(b"<!DOCTYPE")


def test_words_are_plain_and_short(web: dict[str, bytes]) -> None:
    head = "<meta charset='iso-8859-1'><title>Caf\u00e9 </title><meta name='og:title' content=''>"
    web[LINK] = head.encode("latin-1")
    assert (found := look_at(LINK))
    assert (found.title, found.site) == ("Café", "page.example")

    web[LINK] = ("<meta property=og:title content='a\u202eb\u0007 " + "c" * 400 + "'>").encode()
    assert (found := look_at(LINK))
    assert found.title == "a b " + "c" * 246


@pytest.mark.parametrize("picture", ["bomb", "script", "cut", "gone"])
def test_a_picture_that_is_none_leaves_the_words(
    web: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, picture: str
) -> None:
    monkeypatch.setattr(previews, "MOST_PIXELS", 1_000 * 1_000)
    web[PICTURE] = {
        "bomb": a_picture((5_000, 5_000)),
        "script": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "cut": a_picture()[:200],
        "gone": b"",
    }[picture]

    found = look_at(LINK)

    assert found is not None
    assert found.title
    assert found.picture is None


def the_task() -> Task:
    return Task.objects.get(name=jobs.look_at_link.name)


def shared_by(client: Client, **changes: str) -> Any:
    return client.post(reverse("catalogue:share"), FORM | {"key": str(uuid.uuid4())} | changes)


def test_without_the_setting_nobody_is_asked_and_the_title_is_typed(
    noor: Person, visit: Visit, web: dict[str, bytes], van_dijk: Organisation
) -> None:
    assert shared_by(visit(noor)).status_code == 422
    assert shared_by(visit(noor), title="Sparks").status_code == 302
    assert not Task.objects.filter(name=jobs.look_at_link.name).exists()

    activity = Activity.objects.get()
    task = enqueue(jobs.look_at_link, by=noor, activity=activity.pk)
    run(task.pk)
    assert not LinkPreview.objects.exists()


def test_what_is_found_is_shown_and_may_go(
    noor: Person, daan: Person, visit: Visit, web: dict[str, bytes], settings: Settings
) -> None:
    settings.ASK_LINKS = True
    client = visit(noor)
    key = str(uuid.uuid4())
    for _time in range(2):
        assert shared_by(client, key=key).status_code == 302
    assert Activity.objects.get().title == "page.example/a"

    run(the_task().pk)

    activity = Activity.objects.get()
    assert (activity.title_en, activity.version) == ("Vonken & vlammen é", 2)
    address = reverse("catalogue:activity", args=[activity.pk])
    for person in (noor, daan):
        text = visit(person).get(address).content.decode()
        assert "De Smidse" in text
        assert "pictures/b.png" not in text
        assert ("Remove preview" in text) is (person == noor)
    picture = visit(daan).get(reverse("catalogue:preview_picture", args=[activity.pk]))
    assert (picture["Content-Type"], picture.content[8:12]) == ("image/webp", b"WEBP")

    remove = reverse("catalogue:remove_preview", args=[activity.pk])
    assert visit(daan).post(remove).status_code == 404
    assert LinkPreview.objects.exists()
    assert visit(noor).post(remove).status_code == 302
    assert not LinkPreview.objects.exists()
    assert "De Smidse" not in visit(noor).get(address).content.decode()


def test_a_title_that_was_typed_stays_and_a_script_is_only_words(
    noor: Person, visit: Visit, web: dict[str, bytes], settings: Settings
) -> None:
    settings.ASK_LINKS = True
    web[LINK] = b"<title>&lt;script&gt;alert(1)&lt;/script&gt; <script>alert(2)</script></title>"
    shared_by(visit(noor), title="Sparks")
    run(the_task().pk)

    activity = Activity.objects.get()
    text = visit(noor).get(reverse("catalogue:activity", args=[activity.pk])).content.decode()
    assert (activity.title, activity.version) == ("Sparks", 1)
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text


def test_another_link_is_not_shown_with_what_the_first_told(van_dijk: Organisation) -> None:
    activity = an_activity(van_dijk, link=LINK)
    a_preview(activity)

    actions.change(activity, version=1, fields={"link": LINK}, teaches=[])
    assert LinkPreview.objects.exists()
    actions.change(activity, version=2, fields={"link": "https://other.example/"}, teaches=[])
    assert not LinkPreview.objects.exists()
    assert not actions.keep_preview(activity.pk, LINK, Preview("Late", "", None))
    assert not LinkPreview.objects.exists()


def test_a_page_that_does_not_answer_leaves_all_as_it_was(
    noor: Person, visit: Visit, web: dict[str, bytes], settings: Settings
) -> None:
    settings.ASK_LINKS = True
    web.clear()
    shared_by(visit(noor))
    task = the_task()
    run(task.pk)
    task.refresh_from_db()

    assert task.state == Task.State.DONE
    assert "did not tell" in task.message
    assert Activity.objects.get().title == name_of(LINK) == "page.example/a"


def test_the_picture_is_drawn_from_its_points(web: dict[str, bytes]) -> None:
    web[PICTURE] = a_picture() + b"<script>alert(1)</script>"

    found = look_at(LINK)

    assert found is not None
    assert found.picture is not None
    assert b"script" not in found.picture.data
