"""A trainer forms groups, moves people by keyboard and by dragging, and takes it back."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from gezel.gatherings.tests.builders import a_place, a_session
from gezel.people.api import Person
from gezel.people.tests.builders import a_colleague, a_unit

if TYPE_CHECKING:
    from conftest import PageOf
    from playwright.sync_api import Page

WORDS = {
    "en": {
        "form": "Form groups", "count": "Number of groups", "zero": "Make at least one group.",
        "move": "^Move.*A00", "there": "^Move there.*Group 2",
        "moved": "A00 Long is in “Group 2” now.",
        "back": "Take back the last step", "split": "^Split.*Group 1", "third": "Group 3",
        "mine": "My group",
    },
    "nl": {
        "form": "Groepen maken", "count": "Aantal groepen", "zero": "Maak minstens één groep.",
        "move": "^Verplaatsen.*A00", "there": "^Daarheen.*Groep 2",
        "moved": "A00 Long zit nu in ‘Groep 2’.", "back": "Laatste stap terugdraaien",
        "split": "^Splitsen.*Groep 1", "third": "Groep 3", "mine": "Mijn groep",
    },
}  # fmt: skip


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.parametrize("phone", [True, False], ids=["phone-nl-dark", "desk-en-light"])
def test_groups_are_formed_moved_and_taken_back(
    daan: Person,
    noor: Person,
    page_of: "PageOf",
    accessible: "Callable[[Page], None]",
    phone: bool,
) -> None:
    van_dijk = noor.employments.get().organisation
    words = WORDS["nl" if phone else "en"]
    for person in (daan, noor):
        person.language = "nl" if phone else "en"
        person.save()
    session = a_session(van_dijk, by=daan)
    units = [a_unit(van_dijk, name) for name in ("Workshop", "Sales")]
    for number in range(7):
        name = f"A{number:02} Long" if number == 0 else f"P{number:02}"
        a_place(session, a_colleague(van_dijk, name, unit=units[number % 2]))
    a_place(session, noor)
    page = page_of(daan, phone=phone, dark=phone)
    page.goto(reverse("gatherings:groups", args=[session.pk]))
    accessible(page)

    page.get_by_label(words["count"]).fill("9")
    page.get_by_role("button", name=words["form"]).click()
    expect(page.locator(".error").first).to_be_visible()
    page.get_by_label(words["count"]).fill("2")
    page.get_by_role("button", name=words["form"]).click()
    cards = page.locator("[data-group]")
    expect(cards).to_have_count(2)
    accessible(page)

    # Groups are numbered by their first member, so A00 begins in the first.
    page.get_by_role("link", name=re.compile(words["move"])).focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-way]")).to_have_count(1)
    accessible(page)
    page.get_by_role("button", name=re.compile(words["there"])).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(words["moved"])).to_be_visible()
    expect(cards.nth(1).get_by_text("A00 Long", exact=True)).to_be_visible()
    page.get_by_role("button", name=words["back"]).click()
    expect(cards.nth(0).get_by_text("A00 Long", exact=True)).to_be_visible()
    if not phone:
        dragged = cards.nth(0).locator("[data-person]").filter(has_text="A00 Long")
        dragged.get_by_text("A00 Long", exact=True).hover()
        page.mouse.down()
        there = cards.nth(1).bounding_box()
        assert there is not None
        page.mouse.move(there["x"] + 20, there["y"] + 20, steps=5)
        page.mouse.move(there["x"] + 40, there["y"] + 30, steps=5)
        expect(cards.nth(1).locator("[data-drop]")).to_have_text(re.compile("what was asked"))
        page.mouse.up()
        expect(page.get_by_text(words["moved"])).to_be_visible()

    page.get_by_role("button", name=re.compile(words["split"])).click()
    expect(cards).to_have_count(3)
    expect(page.get_by_role("heading", name=words["third"])).to_be_visible()

    mine = page_of(noor, phone=phone, dark=phone)
    mine.goto(reverse("gatherings:my_group", args=[session.pk]))
    expect(mine.get_by_role("heading", name=words["mine"])).to_be_visible()
    expect(mine.get_by_text(noor.name, exact=True).last).to_be_visible()
    accessible(mine)
