"""A path in a real browser: built, assigned by a rule, walked and seen, on phone and desk."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import expect

from gezel.catalogue.tests.builders import an_activity
from gezel.paths.models import Enrolment, Path
from gezel.paths.rules import Kind
from gezel.paths.tests.builders import a_block, a_path, a_step
from gezel.people.api import Organisation, Person

if TYPE_CHECKING:
    from conftest import PageOf
    from playwright.sync_api import Page

Accessible = Callable[["Page"], None]


class Says:
    """What a page says, in the language it is read in."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, text: str, **values: object) -> str:
        with translation.override(self.language):
            return translation.gettext(text) % values if values else translation.gettext(text)

    def begins(self, text: str, rest: str = "") -> re.Pattern[str]:
        return re.compile(f"^{self(text)}.*{rest}")


def _build(page: "Page", accessible: Accessible, say: Says) -> None:
    """HR makes a path of an assignment and a choice, and publishes it."""
    page.goto(reverse("paths:all"))
    accessible(page)
    page.get_by_role("link", name=say("Make a path")).click()
    page.get_by_label(say("name in English")).fill("EV technician")
    page.get_by_role("button", name=say("To the steps")).click()
    page.get_by_role("link", name=say("Assignment")).first.click()
    page.get_by_label(say("In English")).fill("Read the safety rules")
    page.get_by_role("button", name=say("Add")).click()
    page.get_by_role("link", name=say("Choice")).first.click()
    page.get_by_label(say("In English")).fill("Learn in the work")
    page.get_by_role("button", name=say("Add")).click()
    for step in ("Ride along", "Watch the film"):
        page.get_by_text(say("Add in this block")).click()
        page.get_by_role("link", name=say.begins("Assignment", "Learn in the work")).click()
        page.get_by_label(say("In English")).fill(step)
        page.get_by_role("button", name=say("Add")).click()
    up = page.get_by_role("button", name=say("Move “%(name)s” up", name="Watch the film"))
    up.click()
    expect(up).to_be_disabled()
    accessible(page)
    page.get_by_role("button", name=say("Publish")).click()
    expect(page.get_by_text(say("What you see is what people get."))).to_be_visible()


def _assign(page: "Page", accessible: Accessible, say: Says) -> None:
    """HR writes a rule, with the count beside it, and takes it into use."""
    page.get_by_role("link", name=say("Who is it for?")).click()
    accessible(page)
    page.get_by_role("button", name=say("Write a rule")).click()
    here = say("of %(here)s people here", here=3)
    expect(page.get_by_text(here)).to_be_visible()
    page.locator("summary", has_text=re.compile(f"^{say('Job')}$")).click()
    page.get_by_label(say("Job"), exact=True).select_option(label="Mechanic")
    page.get_by_role("button", name=say.begins("Add", say("Job"))).click()
    means = say("People %(sentence)s.", sentence=say("in the job %(job)s", job="Mechanic"))
    expect(page.get_by_text(means)).to_be_visible()
    expect(page.locator(".path-hit")).to_contain_text(f"1 {here}")
    accessible(page)
    page.get_by_role("button", name=say("Take into use")).click()
    expect(page.get_by_role("link", name="Noor Jansen")).to_be_visible()


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "on_a_phone", [False, True], ids=["made-at-a-desk-en", "made-on-a-phone-nl"]
)
def test_a_path_is_built_assigned_walked_and_seen(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    page_of: "PageOf",
    accessible: Accessible,
    on_a_phone: bool,
) -> None:
    """Made at a desk in English and walked on a phone in Dutch by night; and the other way."""
    an_activity(van_dijk, "Go along with Karim")
    made, walked = (Says("nl"), Says("en")) if on_a_phone else (Says("en"), Says("nl"))

    def maker(person: Person) -> "Page":
        return page_of(person, phone=on_a_phone, dark=on_a_phone, language=made.language)

    hr = maker(femke)
    _build(hr, accessible, made)
    _assign(hr, accessible, made)

    mine = page_of(noor, phone=not on_a_phone, dark=not on_a_phone, language=walked.language)
    mine.goto("/")
    mine.get_by_role("link", name=walked.begins("Go on", "EV technician")).click()
    accessible(mine)
    mine.get_by_role("button", name=re.compile(walked("I did this"))).click()
    expect(mine.get_by_text("Kies er 1" if walked.language == "nl" else "Choose 1")).to_be_visible()
    mine.get_by_label("Ride along").check()
    mine.get_by_role("button", name=walked("Choose"), exact=True).click()
    expect(mine.get_by_text(walked("Not needed: something else was chosen"))).to_be_visible()
    accessible(mine)

    lead = maker(daan)
    lead.goto(reverse("paths:team"))
    expect(lead.get_by_text("Ride along")).to_be_visible()
    accessible(lead)
    lead.get_by_role("link", name="Noor Jansen").click()
    expect(lead.get_by_text(made("%(done)s of %(all)s steps", done=1, all=2))).to_be_visible()
    accessible(lead)

    mine.get_by_role("button", name=re.compile(walked("I did this"))).click()
    done = walked("Completed on %(day)s.", day="§").partition("§")[0]
    expect(mine.get_by_text(re.compile(f"^{done}"))).to_be_visible()
    assert Enrolment.objects.get().state == Enrolment.State.DONE


@pytest.mark.browser
@pytest.mark.browser_once
def test_a_step_is_dragged_into_another_block(
    van_dijk: Organisation, femke: Person, page_of: "PageOf"
) -> None:
    path = a_path(
        van_dijk,
        a_step("loose"),
        a_block(Kind.PARALLEL, a_step("inner")),
        published=False,
    )
    desk = page_of(femke)
    desk.goto(reverse("paths:build", args=[path.pk]))
    grip = desk.locator("#step-loose .path-grip")
    target = desk.locator("#step-inner")
    expect(grip).to_be_visible()
    grip.hover()
    desk.mouse.down()
    for _move in range(3):  # what is dragged pushes the others aside
        box = target.bounding_box()
        assert box
        desk.mouse.move(box["x"] + 60, box["y"] + box["height"] / 2, steps=6)
        desk.mouse.move(box["x"] + 64, box["y"] + box["height"] / 2 + 3, steps=3)
    # It stands there as soon as one lets go; kept it is once the server said so.
    with desk.expect_response(lambda answer: answer.request.method == "POST"):
        desk.mouse.up()

    expect(desk.locator("[data-path-into=block] #step-loose")).to_be_visible()
    desk.reload()
    expect(desk.locator("[data-path-into=block] #step-loose")).to_be_visible()
    assert [n.key for n in Path.objects.get().structure.walk()][1] == "block"
