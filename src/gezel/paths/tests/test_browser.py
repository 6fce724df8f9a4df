"""A path in a real browser: built, assigned by a rule, walked on a phone, seen by the lead."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
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


def _build(desk: "Page", accessible: Accessible) -> None:
    """HR makes a path of an assignment and a choice, and publishes it."""
    desk.goto(reverse("paths:all"))
    accessible(desk)
    desk.get_by_role("link", name="Make a path").click()
    desk.get_by_label("name in English").fill("EV technician")
    desk.get_by_role("button", name="To the steps").click()
    desk.get_by_role("link", name="Assignment").first.click()
    desk.get_by_label("In English").fill("Read the safety rules")
    desk.get_by_role("button", name="Add").click()
    desk.get_by_role("link", name="Choice").first.click()
    desk.get_by_label("In English").fill("Learn in the work")
    desk.get_by_role("button", name="Add").click()
    for step in ("Ride along", "Watch the film"):
        desk.get_by_text("Add in this block").click()
        desk.get_by_role("link", name=re.compile("^Assignment.*Learn in the work")).click()
        desk.get_by_label("In English").fill(step)
        desk.get_by_role("button", name="Add").click()
    desk.get_by_role("button", name="Move “Watch the film” up").click()
    expect(desk.get_by_role("button", name="Move “Watch the film” up")).to_be_disabled()
    accessible(desk)
    desk.get_by_role("button", name="Publish").click()
    expect(desk.get_by_text("What you see is what people get.")).to_be_visible()


def _assign(desk: "Page", accessible: Accessible) -> None:
    """HR writes a rule, with the count beside it, and takes it into use."""
    desk.get_by_role("link", name="Who is it for?").click()
    accessible(desk)
    desk.get_by_role("button", name="Write a rule").click()
    expect(desk.get_by_text("of 3 people here")).to_be_visible()
    desk.locator("summary", has_text=re.compile("^Job$")).click()
    desk.get_by_label("Job").select_option(label="Mechanic")
    desk.get_by_role("button", name=re.compile("^Add.*Job")).click()
    expect(desk.get_by_text("People in the job Mechanic.")).to_be_visible()
    expect(desk.locator(".path-hit")).to_contain_text("1 of 3 people here")
    accessible(desk)
    desk.get_by_role("button", name="Take into use").click()
    expect(desk.get_by_role("link", name="Noor Jansen")).to_be_visible()


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.timeout(300)
def test_a_path_is_built_assigned_walked_and_seen(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    page_of: "PageOf",
    accessible: Accessible,
) -> None:
    an_activity(van_dijk, "Go along with Karim")
    desk = page_of(femke)
    _build(desk, accessible)
    _assign(desk, accessible)

    phone = page_of(noor, phone=True, dark=True, language="nl")
    phone.goto("/")
    phone.get_by_role("link", name=re.compile("^Verder.*EV technician")).click()
    accessible(phone)
    phone.get_by_role("button", name=re.compile("Dit heb ik gedaan")).click()
    expect(phone.get_by_text("Kies er 1")).to_be_visible()
    phone.get_by_label("Ride along").check()
    phone.get_by_role("button", name="Kies", exact=True).click()
    expect(phone.get_by_text("Hoeft niet: er is iets anders gekozen")).to_be_visible()
    accessible(phone)

    lead = page_of(daan)
    lead.goto(reverse("paths:team"))
    expect(lead.get_by_text("Ride along")).to_be_visible()
    accessible(lead)
    lead.get_by_role("link", name="Noor Jansen").click()
    expect(lead.get_by_text("1 of 2 steps")).to_be_visible()
    accessible(lead)

    phone.get_by_role("button", name=re.compile("Dit heb ik gedaan")).click()
    expect(phone.get_by_text(re.compile("^Afgerond op"))).to_be_visible()
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
    desk.mouse.up()

    expect(desk.locator("[data-path-into=block] #step-loose")).to_be_visible()
    desk.reload()
    expect(desk.locator("[data-path-into=block] #step-loose")).to_be_visible()
    assert [n.key for n in Path.objects.get().structure.walk()][1] == "block"
