"""Playing H5P and plain pages in Chromium, with a host per attempt and without."""

from pathlib import Path
from typing import Any

import pytest
from conftest import PageOf
from django.urls import reverse
from playwright.sync_api import FrameLocator, Page, expect
from pytest_django import Settings

from gezel.content.actions.packages import take_in
from gezel.content.models import Package, PackageAttempt, UnitState
from gezel.content.tests.builders import a_package
from gezel.content.tests.h5ps import a_set, an_h5p, h5p_files
from gezel.kit.tests.zips import file, zipped
from gezel.people.api import Organisation, Person
from gezel.records.api import Statement
from gezel.skills.tests.builders import a_profile, a_skill

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]
HOSTS = ["*.localhost", "127.0.0.1"]
DONE = {"en": "I have been through this", "nl": "Ik heb dit doorgenomen"}


@pytest.fixture(params=HOSTS)
def host(request: Any, settings: Settings, live_server: Any) -> str:
    settings.BASE_URL = live_server.url
    settings.CONTENT_URL = live_server.url.replace("localhost", request.param)
    settings.ALLOWED_HOSTS = [".localhost", "127.0.0.1"]
    return str(request.param)


@pytest.fixture
def cast(noor: Person, van_dijk: Organisation, tmp_path: Path) -> tuple[Person, Organisation, Path]:
    return noor, van_dijk, tmp_path


def brought(organisation: Organisation, data: bytes, folder: Path, **told: Any) -> Package:
    package = a_package(organisation, **told)
    archive = folder / "in.zip"
    archive.write_bytes(data)
    take_in(archive, package, by=None)
    package.refresh_from_db()
    return package


def inside(page: Page) -> FrameLocator:
    return page.frame_locator("[data-room] iframe")


def begin(page: Page, package: Package, word: str = "Start") -> None:
    page.goto(reverse("content:package", args=[package.pk]))
    page.get_by_role("button", name=word).click()


def test_h5p_is_played_left_resumed_and_finished(
    page_of: PageOf, noor: Person, van_dijk: Organisation, tmp_path: Path, host: str
) -> None:
    skill = a_skill()
    a_profile(van_dijk, {skill: 3})
    package = brought(van_dijk, an_h5p(), tmp_path, teaches={skill: 2})
    page = page_of(noor, phone=True)
    begin(page, package)
    expect(inside(page).get_by_text("Which one is orange?")).to_be_visible()
    inside(page).get_by_role("button", name="wrong").click()
    expect(inside(page).get_by_text("Pressed: 1")).to_be_visible()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    state = UnitState.objects.get()
    assert (state.completed, state.passed, state.score) == (True, False, 0.25)

    # On another device one is where one was.
    other = page_of(noor)
    other.goto(reverse("content:package", args=[package.pk]))
    expect(inside(other).get_by_text("Pressed: 1")).to_be_visible()
    inside(other).get_by_role("button", name="right").click()
    expect(inside(other).get_by_text("Pressed: 2")).to_be_visible()
    other.get_by_role("button", name="Stop for now").click()
    other.wait_for_url("**/packages/attempts/**")

    attempt = PackageAttempt.objects.get()
    assert (attempt.passed, attempt.score) == (True, 1.0)
    assert [row["skill"] for row in attempt.effect] == [skill.pk]
    verbs = Statement.objects.order_by("timestamp").values_list("verb", flat=True)
    assert {verb.rpartition("/")[2] for verb in verbs} >= {"completed", "passed"}


def test_h5p_of_parts_counts_as_the_whole_says_and_records_each_part(
    page_of: PageOf, noor: Person, van_dijk: Organisation, tmp_path: Path, host: str
) -> None:
    package = brought(van_dijk, a_set(), tmp_path)
    page = page_of(noor, phone=True)
    begin(page, package)
    first, second = (inside(page).locator("section").nth(at) for at in (0, 1))
    second.get_by_role("button", name="right").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    state = UnitState.objects.get()
    assert (state.completed, state.score) == (False, None), "one part is not the whole"

    other = page_of(noor)
    other.goto(reverse("content:package", args=[package.pk]))
    first, second = (inside(other).locator("section").nth(at) for at in (0, 1))
    expect(second.get_by_text("Pressed: 1")).to_be_visible()
    first.get_by_role("button", name="wrong").click()
    second.get_by_role("button", name="wrong").click()
    expect(other.get_by_text("Saved", exact=True)).to_be_visible()
    other.get_by_role("button", name="Stop for now").click()
    other.wait_for_url("**/packages/attempts/**")

    attempt = PackageAttempt.objects.get()
    assert (attempt.passed, attempt.score) == (False, 0.25)
    whole = f"{package.pk}/"
    told: dict[str, list[float]] = {}
    for one in Statement.objects.filter(verb__endswith="/answered").order_by("timestamp"):
        (parent,) = one.raw["context"]["contextActivities"]["parent"]
        assert parent["id"].endswith(whole)
        assert one.shelf == 0, "an answer is read by the person alone"
        told.setdefault(one.raw["object"]["id"].partition("#")[2], []).append(
            one.raw["result"]["score"]["scaled"]
        )
    assert told == {"part-two": [1, 0.25], "part-one": [0.25]}


def test_h5p_that_never_says_it_is_done_is_done_when_the_person_says_so(
    page_of: PageOf, noor: Person, van_dijk: Organisation, tmp_path: Path, host: str
) -> None:
    skill = a_skill()
    files = h5p_files(**{"content/content.json": b'{"question": "Read this", "silent": true}'})
    package = brought(van_dijk, an_h5p(files), tmp_path, teaches={skill: 2})
    page = page_of(noor)
    begin(page, package)
    inside(page).get_by_role("button", name="right").click()
    expect(inside(page).get_by_text("Pressed: 1")).to_be_visible()
    page.get_by_role("button", name="I have been through this").click()
    page.wait_for_url("**/packages/attempts/**")

    attempt = PackageAttempt.objects.get()
    assert attempt.completed_at is not None
    assert attempt.effect == []


CURIOUS = """<!doctype html><html lang="en"><title>Cables</title>
<link rel="stylesheet" href="a.css">
<h1>Cables</h1><a href="two.html">On</a><p id="got">nothing</p><script>
try { document.getElementById("got").textContent = parent.document.title; } catch { /* shut */ }
parent.postMessage({gezel: "guess", say: "commit", data: {completed: true}, end: true}, "*");
</script></html>"""


@pytest.mark.parametrize("language", ["en", "nl"])
def test_plain_pages_play_in_their_box(
    page_of: PageOf,
    cast: Any,
    host: str,
    accessible: Any,
    language: str,
) -> None:
    noor, van_dijk, folder = cast
    skill = a_skill()
    data = zipped(
        file("site/index.html", CURIOUS.encode()), file("site/a.css", b"h1 { color: #123456 }"),
        file("site/two.html", b"<!doctype html><title>Two</title><h1>Second page</h1>"),
    )  # fmt: skip
    package = brought(van_dijk, data, folder, teaches={skill: 2})
    page = page_of(noor, phone=True, language=language)
    begin(page, package, {"en": "Start", "nl": "Beginnen"}[language])
    expect(inside(page).get_by_role("heading", name="Cables")).to_be_visible()
    expect(inside(page).get_by_text("nothing")).to_be_visible()
    accessible(page)
    inside(page).get_by_role("link", name="On").click()
    expect(inside(page).get_by_text("Second page")).to_be_visible()
    page.get_by_role("button", name=DONE[language]).click()
    page.wait_for_url("**/packages/attempts/**")

    attempt = PackageAttempt.objects.get()
    assert attempt.completed_at is not None
    assert (attempt.effect, attempt.score) == ([], None)
    assert not UnitState.objects.exists(), "what a page says in our name is not heard"
