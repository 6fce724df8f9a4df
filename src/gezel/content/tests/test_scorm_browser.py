"""Packages in a real Chromium: through the player, in their box, with what they report kept."""

import os
from pathlib import Path
from typing import Any

import pytest
from conftest import PageOf
from django.urls import reverse
from playwright.sync_api import Frame, Page, expect
from pytest_django import Settings

from gezel.content.actions import bring_package, store
from gezel.content.models import Package, PackageAttempt, UnitState
from gezel.content.rules.bodies import Words
from gezel.people.api import Organisation, Person
from gezel.records.api import Statement

GOLF = (
    Path(os.environ.get("GEZEL_SHARED_DATA", Path(__file__).parents[5] / "shared/data"))
    / "conformance/scorm-golf"
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not GOLF.exists(), reason="the golf packages are not on this machine"),
]


@pytest.fixture(autouse=True)
def _wild(settings: Settings, live_server: Any) -> None:
    """The box at this server's own port: hosts under localhost, each a site of its own."""
    port = live_server.url.rpartition(":")[2]
    settings.CONTENT_URL = f"http://*.localhost:{port}"
    settings.BASE_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]


def golf(name: str, organisation: Organisation, by: Person) -> Package:
    return bring_package(
        organisation,
        store(GOLF / f"{name}.zip"),
        by=by,
        title=Words(),
        goal=Words(),
        minutes=10,
        state="open",
    )


def unit_frame(page: Page) -> Frame:
    """The frame of the unit itself, in the page of ours that holds the run time."""
    page.wait_for_selector("[data-room] iframe")
    for _try in range(150):
        for frame in page.frames:
            around = frame.parent_frame
            if around and "-gezel-" in around.url and frame.url not in {"", "about:blank"}:
                return frame
        page.wait_for_timeout(100)
    raise AssertionError([frame.url for frame in page.frames])


def start(page: Page, package: Package) -> None:
    page.goto(reverse("content:package", args=[package.pk]))
    page.locator("main form button").click()


def leave(page: Page) -> None:
    page.locator("[data-leave] button").click()
    page.wait_for_url(lambda url: "/modules/packages/" not in url or "/attempts/" in url)


@pytest.mark.parametrize("name", ["singlescobasic", "RuntimeBasicCalls_SCORM20043rdEdition"])
def test_a_unit_is_read_left_taken_up_on_another_device_and_completed(
    page_of: PageOf, van_dijk: Organisation, noor: Person, femke: Person, name: str
) -> None:
    package = golf(name, van_dijk, femke)
    phone = page_of(noor, phone=True)
    start(phone, package)
    frame = unit_frame(phone)
    for _turn in range(3):
        frame.click("#butNext")
    leave(phone)
    kept = UnitState.objects.get(attempt__package=package)
    assert '"3"' in str(kept.data).replace("'", '"')
    assert (kept.completed, kept.ended) == (False, True)

    desk = page_of(noor)
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.goto(reverse("content:package", args=[package.pk]))
    frame = unit_frame(desk)
    frame.wait_for_function("currentPage === 3")
    while frame.locator("#butNext").is_enabled():
        frame.click("#butNext")
    quiz = frame.frame_locator("#contentFrame")
    quiz.get_by_role("button", name="Submit Answers").click()
    expect(desk.locator("[data-state]")).to_have_attribute("data-now", "saved")
    leave(desk)

    attempt = PackageAttempt.objects.get(package=package)
    assert attempt.completed_at is not None
    assert attempt.score is not None
    assert attempt.score < 0.7
    assert attempt.passed is False
    expect(desk.get_by_role("heading", level=1)).to_have_text("Not there yet")
    said = Statement.objects.filter(registration=attempt.registration).order_by("stored")
    assert [one.verb.rpartition("/")[2] for one in said] == ["initialized", "completed", "failed"]
    result = said[2].raw["result"]
    assert result["score"] == {"scaled": attempt.score}
    assert result["extensions"] == {"urn:gezel:self-reported": True}
