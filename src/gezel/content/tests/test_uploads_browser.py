"""Uploads in a real browser: cut at four fifths and gone on with, called off, refused."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PageOf
from django.urls import reverse
from playwright.sync_api import Page, Request, Route, expect

from gezel.content.models import Block, Upload
from gezel.content.tests.builders import WEBM, a_module, a_picture
from gezel.people.api import Organisation, Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]

PART = 2 * 1024 * 1024


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Ten megabytes that begin as a film."""
    path = tmp_path / "isolate.webm"
    path.write_bytes(WEBM + bytes(5 * PART - len(WEBM)))
    return path


def test_an_upload_cut_at_four_fifths_goes_on_after_the_page_was_closed(
    van_dijk: Organisation,
    noor: Person,
    page_of: PageOf,
    film: Path,
    accessible: Callable[[Page], None],
) -> None:
    module = a_module(van_dijk, shared_by=noor)
    address = reverse("content:add_block", args=[module.pk, "video"])
    page = page_of(noor, phone=True)

    def cut_the_last(route: Route) -> None:
        offset = route.request.headers.get("upload-offset", "0")
        if route.request.method == "PATCH" and int(offset) >= 4 * PART:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/*", cut_the_last)
    page.goto(address)
    page.locator("input[name=file]").set_input_files(film)
    expect(page.get_by_text("isolate.webm: 80% has arrived")).to_be_visible()
    accessible(page)
    page.unroute("**/uploads/*")
    page.goto("about:blank")
    assert Upload.objects.get().offset == 4 * PART

    sent: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            sent.append(int(request.headers["upload-offset"]))

    page.on("request", note)
    page.goto(address)
    page.locator("input[name=file]").set_input_files(film)
    expect(page.get_by_text("isolate.webm has arrived")).to_be_visible()
    assert sent == [4 * PART]
    accessible(page)

    page.get_by_label("Title in English").fill("Four steps")
    page.get_by_label("What is said and shown, in English").fill("Off, lock, wait, measure.")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/edit/#block-*")

    block = Block.objects.get(kind="video")
    assert block.media is not None
    assert block.media.size == 5 * PART
    assert not Upload.objects.exists()


def test_a_form_waits_for_a_file_on_its_way(
    van_dijk: Organisation, noor: Person, page_of: PageOf, tmp_path: Path
) -> None:
    module = a_module(van_dijk, shared_by=noor)
    photo = tmp_path / "lock.png"
    photo.write_bytes(a_picture())
    page = page_of(noor)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "PATCH":
            waiting.append(route)
        else:
            route.continue_()

    page.route("**/uploads/*", hold)
    page.goto(reverse("content:add_block", args=[module.pk, "image"]))
    page.get_by_label("What there is to see, in English").fill("The lock")
    page.locator("input[name=file]").set_input_files(photo)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    assert not Block.objects.filter(kind="image").exists()

    while not waiting:
        page.wait_for_timeout(20)
    waiting[0].continue_()
    page.wait_for_url("**/edit/#block-*")

    assert Block.objects.filter(kind="image").exists()


def test_a_file_too_large_is_refused_before_a_byte_is_sent(
    van_dijk: Organisation, noor: Person, page_of: PageOf, tmp_path: Path
) -> None:
    module = a_module(van_dijk, shared_by=noor)
    photo = tmp_path / "lock.png"
    photo.write_bytes(bytes(15 * 1024 * 1024 + 1))
    page = page_of(noor, language="nl")
    page.goto(reverse("content:add_block", args=[module.pk, "image"]))
    page.locator("input[name=file]").set_input_files(photo)

    expect(page.locator("[data-upload-words]")).to_contain_text("15 MB")
    assert not Upload.objects.exists()
