# ruff: noqa: E501 # blocks as people write them
"""A module of ours taken along, brought back in as a package of others, and played to the end: in
Chromium, in both kinds of content host."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import PageOf
from django.urls import reverse
from playwright.sync_api import FrameLocator, Page, expect
from pytest_django import Settings

from gezel.content.actions import bring_package, store
from gezel.content.actions.along import take_along
from gezel.content.models import Module, Package, PackageAttempt, Registration, UnitState
from gezel.content.rules.along.course import SAID
from gezel.content.rules.bodies import Words
from gezel.content.tests.builders import a_module
from gezel.people.api import Organisation, Person
from gezel.records.api import Statement
from gezel.records.tests.speaking import a_speaker

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]
COURSES = ["scorm2004", "scorm12", "cmi5"]
HOSTS = pytest.mark.parametrize("host", ["*.localhost", "127.0.0.1"], ids=["apart", "alone"])
FORMS = pytest.mark.parametrize("form", COURSES)


@pytest.fixture(autouse=True)
def _hosts(request: Any, settings: Settings, live_server: Any) -> None:
    told = getattr(request.node, "callspec", None)
    host = told.params["host"] if told else "*.localhost"
    settings.BASE_URL = live_server.url
    settings.CONTENT_URL = live_server.url.replace("localhost", host)
    settings.ALLOWED_HOSTS = [".localhost", "127.0.0.1"]


BLOCKS: list[dict[str, Any]] = [
    {"kind": "text", "body": {"en": "Stay away from **orange**.", "nl": "Blijf van **oranje** af."}},
    {"kind": "question", "prompt": {"en": "What first?"}, "option": [
        {"text": {"en": "Off"}, "right": True}, {"text": {"en": "On"}, "right": False}]},
    {"kind": "short", "prompt": {"en": "Colour?"}, "accepted": ["orange"]},
    {"kind": "number", "prompt": {"en": "Volt?"}, "value": "12.6", "off": "0.2", "unit": {"en": "V"}},
    {"kind": "match", "prompt": {"en": "Match"}, "pairs": [
        {"left": {"en": "L1"}, "right": {"en": "brown"}},
        {"left": {"en": "N"}, "right": {"en": "blue"}}]},
    {"kind": "order", "prompt": {"en": "In order"}, "steps": [{"en": "Lock"}, {"en": "Measure"}]},
    {"kind": "reflection", "prompt": {"en": "What do you take along?"}},
]  # fmt: skip


def brought_back(organisation: Organisation, form: str, folder: Path, *, language: str) -> Package:
    """The export of a module with these blocks, as a package on offer."""
    module = a_module(organisation, BLOCKS, title="Cables", pass_percent=60)
    held = io.BytesIO()
    take_along(module, form, language=language, into=held)
    assert Module.objects.count() == 1
    archive = folder / f"{form}.zip"
    archive.write_bytes(held.getvalue())
    return bring_package(
        organisation, store(archive), by=None, title=Words(), goal=Words(), minutes=5, state="open"
    )


def answer(unit: FrameLocator, say: Mapping[str, str], *, wrong: bool = False) -> None:
    """Answer each question; with `wrong`, only the first two rightly."""

    def check(block: str, tone: str = "good") -> None:
        unit.locator(f"#{block}").get_by_role("button", name=say["check"]).click()
        expect(unit.locator(f"#{block} .verdict")).to_have_attribute("data-tone", tone)

    unit.get_by_label("Off", exact=True).check()
    check("b2")
    unit.locator("#b3 input").fill("Orange")
    check("b3")
    unit.locator("#b4 input").fill("3" if wrong else "12,6")
    check("b4", "bad" if wrong else "good")
    unit.locator("#b5 select").nth(0).select_option(label="blue" if wrong else "brown")
    unit.locator("#b5 select").nth(1).select_option(label="brown" if wrong else "blue")
    check("b5", "bad" if wrong else "good")
    # One of the five stays wrong: four right is what is to arrive.
    unit.locator("#b6 select").nth(0).select_option(label="2")
    unit.locator("#b6 select").nth(1).select_option(label="1")
    check("b6", "bad")
    unit.locator("#b7 textarea").fill("That orange is for hands off.")


def unit_in(page: Page, form: str, host: str) -> FrameLocator:
    """The module's own page; where hosts are apart, SCORM's stands in a page of ours."""
    frame = page.frame_locator("[data-room] iframe")
    return frame.frame_locator("iframe") if form != "cmi5" and host != "127.0.0.1" else frame


def begin(page: Page, package: Package, word: str) -> None:
    page.goto(reverse("content:package", args=[package.pk]))
    page.get_by_role("button", name=word).click()


def told_of_units(organisation: Organisation) -> list[str]:
    """What a cmi5 course recorded, in order."""
    code = str(Registration.objects.get().code)
    found = a_speaker(organisation).find(registration=code, ascending="true")
    return [one["verb"]["id"].rsplit("/", 1)[-1] for one in found]


@FORMS
@HOSTS
def test_it_plays_to_the_end_and_completion_and_score_arrive(  # noqa: PLR0917 # fixtures
    host: str, form: str, page_of: PageOf, noor: Person, van_dijk: Organisation, tmp_path: Path
) -> None:
    package = brought_back(van_dijk, form, tmp_path, language="en")
    page = page_of(noor)
    begin(page, package, "Start")
    unit = unit_in(page, form, host)
    expect(unit.get_by_role("heading", name="Cables")).to_be_visible()
    expect(unit.locator("html")).to_have_attribute("data-ready", "")
    expect(unit.locator("#result")).not_to_have_text(SAID["en"]["alone"])
    answer(unit, SAID["en"])
    unit.get_by_role("button", name=SAID["en"]["finish"]).click()
    if form != "cmi5":  # that one leaves by itself
        expect(unit.locator("#result")).to_contain_text("4")
        page.locator("[data-leave] button").click()
    page.wait_for_url("**/packages/attempts/**")
    expect(page.get_by_role("heading", name="Well done")).to_be_visible()

    attempt = PackageAttempt.objects.get()
    assert attempt.completed_at is not None
    assert (attempt.passed, attempt.score) == (True, 0.8)
    assert {"initialized", "completed", "passed"} <= {
        verb.rsplit("/", 1)[-1] for verb in Statement.objects.values_list("verb", flat=True)
    }
    if form == "cmi5":
        told = told_of_units(van_dijk)
        assert told[:2] == ["launched", "initialized"]
        assert {"passed", "completed", "satisfied", "terminated"} <= set(told)
        assert "abandoned" not in told
    else:
        kept = str(UnitState.objects.get().data)
        assert "matching" in kept
        assert "12,6" in kept


@pytest.mark.parametrize(
    ("form", "host"),
    [("scorm2004", "*.localhost"), ("scorm12", "127.0.0.1"), ("cmi5", "127.0.0.1")],
    ids=COURSES,
)
def test_it_goes_on_on_another_device_and_who_fails_tries_again(  # noqa: PLR0917 # fixtures
    host: str, form: str, page_of: PageOf, noor: Person, van_dijk: Organisation, tmp_path: Path
) -> None:
    say = SAID["nl"]
    package = brought_back(van_dijk, form, tmp_path, language="nl")
    page = page_of(noor, phone=True, language="nl", dark=True)
    begin(page, package, "Beginnen")
    unit = unit_in(page, form, host)
    expect(unit.locator("html")).to_have_attribute("data-ready", "")
    answer(unit, say, wrong=True)
    if form == "cmi5":  # in SCORM, who finishes has finished, well or not
        unit.get_by_role("button", name=say["finish"]).click()
        expect(unit.locator("#result")).to_contain_text(say["score"].format(percent=60))
    page.locator("[data-leave] button").click()
    page.wait_for_url("**/learn/**")
    assert PackageAttempt.objects.get().completed_at is None
    if form == "cmi5":
        assert told_of_units(van_dijk)[1:] == ["initialized", "failed", "terminated"]

    other = page_of(noor)
    other.goto(reverse("content:package", args=[package.pk]))
    unit = unit_in(other, form, host)
    expect(unit.locator("#b3 input")).to_have_value("Orange")
    expect(unit.locator("#b4 input")).to_have_value("3")
    expect(unit.locator("#b7 textarea")).to_have_value("That orange is for hands off.")
    unit.get_by_role("button", name=say["finish"]).click()
    expect(unit.locator("#result")).to_contain_text(say["score"].format(percent=60))
    answer(unit, say)
    unit.get_by_role("button", name=say["finish"]).click()
    if form != "cmi5":
        expect(unit.locator("#result")).to_contain_text(say["done"])
        other.locator("[data-leave] button").click()
    other.wait_for_url("**/packages/attempts/**")
    attempt = PackageAttempt.objects.get()
    assert attempt.completed_at is not None
    assert (attempt.passed, attempt.score) == (True, 0.8)


def test_a_finished_course_opens_to_look_back_and_nothing_of_that_counts(
    page_of: PageOf, accessible: Any, noor: Person, van_dijk: Organisation, tmp_path: Path
) -> None:
    package = brought_back(van_dijk, "cmi5", tmp_path, language="nl")
    page = page_of(noor, phone=True, language="nl", dark=True)
    begin(page, package, "Beginnen")
    unit = unit_in(page, "cmi5", "*.localhost")
    expect(unit.locator("html")).to_have_attribute("data-ready", "")
    answer(unit, SAID["nl"])
    unit.get_by_role("button", name=SAID["nl"]["finish"]).click()
    page.get_by_role("link", name="Terugkijken").click()
    expect(page.get_by_text("Je kijkt terug op wat je hebt afgerond.")).to_be_visible()
    expect(unit.locator("#b3 input")).to_have_value("Orange")
    accessible(page)
    before = PackageAttempt.objects.values("completed_at", "score", "passed", "effect").get()
    for block, wrong in (("b3", "blue"), ("b4", "3")):
        unit.locator(f"#{block} input").fill(wrong)
        unit.locator(f"#{block}").get_by_role("button").click()
        expect(unit.locator(f"#{block} .verdict")).to_have_attribute("data-tone", "bad")
    unit.get_by_role("button", name=SAID["nl"]["finish"]).click()
    expect(unit.locator("#result")).to_contain_text(SAID["nl"]["score"].format(percent=60))
    page.locator("[data-leave] button").click()
    page.wait_for_url("**/packages/attempts/**")
    expect(page.get_by_role("link", name="Terugkijken")).to_be_visible()
    assert (
        PackageAttempt.objects.values("completed_at", "score", "passed", "effect").get() == before
    )
    told = told_of_units(van_dijk)
    assert told[-3:] == ["launched", "initialized", "terminated"]
    assert told.count("completed") == told.count("passed") == 1
