# ruff: noqa: E501 # pages in a string
"""Packages in a real Chromium: through the player, in their box, with what they report kept."""

import os
import zipfile
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
    pytest.mark.browser_once,
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
                frame.wait_for_load_state()
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
    frame.wait_for_function("() => window.currentPage === 3")
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


@pytest.mark.parametrize(
    "name", ["RuntimeMinimumCalls_SCORM12-mini", "RuntimeMinimumCalls_SCORM12"]
)
def test_a_course_of_parts_is_gone_through_by_its_contents(  # noqa: PLR0917 # fixtures
    page_of: PageOf, accessible: Any, van_dijk: Organisation, noor: Person, femke: Person, name: str
) -> None:
    package = golf(name, van_dijk, femke)
    page = page_of(noor, phone=True, language="nl")
    page.goto(reverse("content:package", args=[package.pk]))
    accessible(page)
    page.locator("main form button").click()
    units = package.current.manifest["units"]  # type: ignore[union-attr] # it has one
    for place, unit in enumerate(units):
        frame = unit_frame(page)
        assert unit["path"].partition("?")[0] in frame.url
        # A unit says that it is done once it has begun: nobody reads quicker than it loads.
        frame.wait_for_load_state("load")
        if "assessment" in unit["path"]:
            frame.get_by_role("button", name="Submit Answers").click()
        if place + 1 < len(units):
            page.locator("[data-on]").click()
            page.wait_for_function(
                "(was) => document.querySelector('[aria-current]')?.textContent !== was",
                arg=unit["title"],
            )
    page.locator("[data-toc] summary").click()
    expect(page.locator("[data-entries] li")).to_have_count(len(units))
    page.locator("[data-toc] summary").click()
    leave(page)
    attempt = PackageAttempt.objects.get(package=package)
    assert attempt.completed_at is not None
    accessible(page)


def test_a_unit_that_never_says_anything_opens_and_is_never_done(
    page_of: PageOf, van_dijk: Organisation, noor: Person, femke: Person
) -> None:
    package = golf("singlesco_scorm12", van_dijk, femke)
    page = page_of(noor)
    start(page, package)
    expect(
        page.frame_locator("[data-room] iframe").frame_locator("iframe").locator("h1")
    ).to_have_text("Not implemented yet")
    leave(page)
    attempt = PackageAttempt.objects.get(package=package)
    assert attempt.completed_at is None
    assert (attempt.passed, attempt.score) == (None, None)
    # One may come back to it, and give it up.
    page.goto(reverse("content:package", args=[package.pk]))
    assert unit_frame(page).url.endswith("shared/launchpage.html")


def is_at(page: Page, package: Package, location: str) -> None:
    """Wait until the server has heard that the unit is at this place."""
    here = UnitState.objects.filter(
        attempt__package=package, data__cmi__core__lesson_location=location
    )
    for _try in range(150):
        if here.exists():
            return
        page.wait_for_timeout(100)
    assert here.exists()


def test_what_is_done_without_connection_arrives_once_afterwards(
    page_of: PageOf, van_dijk: Organisation, noor: Person, femke: Person
) -> None:
    package = golf("singlescobasic", van_dijk, femke)
    page = page_of(noor, phone=True)
    start(page, package)
    frame = unit_frame(page)
    frame.click("#butNext")
    # "Saved" may be of what the unit told when it began: what we wait for is this step.
    is_at(page, package, "1")

    # The line to us is cut; the pages that are there already go on.
    page.route("**/commit/", lambda route: route.abort("internetdisconnected"))
    frame.click("#butNext")
    frame.click("#butNext")
    expect(page.locator("[data-state]")).to_have_attribute("data-now", "kept")
    before = UnitState.objects.get(attempt__package=package)
    assert before.data["cmi"]["core"]["lesson_location"] == "1"

    # The page is closed, and another of ours is opened when there is connection again.
    page.unroute("**/commit/")
    page.goto("/")
    is_at(page, package, "3")
    # The browser hears that it arrived a moment after it did.
    page.wait_for_function("() => !Object.keys(localStorage).some((k) => k.includes('commit'))")


def test_a_second_device_takes_over_and_the_first_is_told(
    page_of: PageOf, van_dijk: Organisation, noor: Person, femke: Person
) -> None:
    package = golf("singlescobasic", van_dijk, femke)
    phone = page_of(noor, phone=True)
    start(phone, package)
    unit_frame(phone).click("#butNext")
    expect(phone.locator("[data-state]")).to_have_attribute("data-now", "saved")
    desk = page_of(noor)
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.goto(reverse("content:package", args=[package.pk]))
    unit_frame(desk).click("#butNext")
    expect(desk.locator("[data-state]")).to_have_attribute("data-now", "saved")

    unit_frame(phone).click("#butNext")

    expect(phone.locator("[data-word]")).to_contain_text("another device")
    expect(phone.locator("[data-room] iframe")).to_have_count(0)
    kept = UnitState.objects.get(attempt__package=package)
    assert kept.data["cmi"]["core"]["lesson_location"] == "2"


def test_an_author_brings_one_in_and_is_told_what_is_wrong(
    page_of: PageOf, accessible: Any, van_dijk: Organisation, femke: Person
) -> None:
    page = page_of(femke)
    page.goto(reverse("content:package_new"))
    accessible(page)
    page.locator("input[type=file]").set_input_files(GOLF / "singlescobasic_missingorg.zip")
    expect(page.locator("[data-upload-words]")).to_contain_text("has arrived")
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_text("it holds no organisation")).to_be_visible()
    assert not Package.objects.exists()

    page.locator("input[type=file]").set_input_files(GOLF / "singlescobasic.zip")
    expect(page.locator("[data-upload-words]")).to_contain_text("has arrived")
    page.get_by_role("button", name="Bring it in").click()
    page.wait_for_url("**/edit/")
    expect(page.get_by_text("Edition 1: SCORM 1.2")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Put on offer").click()
    expect(page.get_by_text("colleagues can find and play it")).to_be_visible()


STEPS = """<!doctype html><html lang="en"><head><title>Step</title><script>
const api = parent.API;
api.LMSInitialize("");
function done() { api.LMSSetValue("cmi.core.lesson_status", "completed"); api.LMSFinish(""); }
addEventListener("DOMContentLoaded", () => {
  document.querySelector("output").textContent =
    [api.LMSGetValue("cmi.student_data.max_time_allowed"), api.LMSGetValue("cmi.student_data.time_limit_action")].join(" ");
});
</script></head><body><h1>Step</h1><output></output><button onclick="done()">Done</button></body></html>"""
ORDER = """<manifest identifier="m" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"><metadata><schema>ADL SCORM</schema>
<schemaversion>1.2</schemaversion></metadata><organizations default="o"><organization identifier="o">
<title>Steps</title><item identifier="one" identifierref="r"><title>First</title>
<adlcp:maxtimeallowed>0000:30:00</adlcp:maxtimeallowed><adlcp:timelimitaction>exit,message</adlcp:timelimitaction></item>
<item identifier="two" identifierref="r"><title>Second</title>
<adlcp:prerequisites type="aicc_script">one</adlcp:prerequisites></item></organization></organizations>
<resources><resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="step.html">
<file href="step.html"/></resource></resources></manifest>"""


def test_what_comes_first_is_done_first_and_a_unit_knows_its_time_limit(  # noqa: PLR0917
    page_of: PageOf,
    accessible: Any,
    van_dijk: Organisation,
    noor: Person,
    femke: Person,
    tmp_path: Path,
) -> None:
    with zipfile.ZipFile(tmp_path / "steps.zip", "w") as archive:
        archive.writestr("imsmanifest.xml", ORDER)
        archive.writestr("step.html", STEPS)
    package = bring_package(
        van_dijk, store(tmp_path / "steps.zip"), by=femke, title=Words(), goal=Words(), minutes=5,
        state="open",
    )  # fmt: skip
    page = page_of(noor, phone=True)
    start(page, package)
    expect(unit_frame(page).locator("output")).to_have_text("00:30:00 exit,message")
    page.locator("[data-toc] summary").click()
    second = page.locator("[data-entries] li", has_text="Second")
    expect(second).to_be_visible()
    expect(second.get_by_role("button")).to_have_count(0)
    expect(page.locator("[data-on]")).to_be_hidden()
    accessible(page)
    page.locator("[data-toc] summary").click()
    unit_frame(page).get_by_role("button", name="Done").click()
    expect(page.locator("[data-on]")).to_be_visible()
    page.locator("[data-on]").click()
    expect(page.locator("[data-entries] [aria-current]")).to_have_text("Second")
    unit_frame(page).get_by_role("button", name="Done").click()
    expect(page.locator("[data-progress]")).to_have_js_property("value", 2)
    leave(page)
    assert PackageAttempt.objects.get(package=package).completed_at is not None
