"""Need maps in a real browser: what is too wide for a phone stands there in another form."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]

PageOf = Callable[..., "Page"]
ASIDE = """() => [...document.querySelectorAll(".scroll")]
  .map(part => part.scrollWidth - part.clientWidth)"""
READ = """() => [...document.querySelectorAll(".heat tbody tr")].map(row =>
  [...row.children].filter(cell => cell.checkVisibility()).map(cell =>
    (getComputedStyle(cell, "::before").content + " " + cell.innerText).replace(/\\s+/g, " ")))"""


def test_the_needs_of_an_organisation_are_read_on_a_phone_without_going_aside(
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    *,
    page_of: PageOf,
    accessible: Callable[[Any], None],
) -> None:
    """Each unit by itself, every figure beside its skill; what nobody is asked is left out."""
    asked = [a_skill(f"Working on part {n} of the drive") for n in range(6)]
    a_profile(van_dijk, dict.fromkeys(asked, 3), essential=True)
    people = [noor, *(a_colleague(van_dijk, f"Piet {n}", lead=daan) for n in range(5))]
    for person in people[:2]:
        an_evidence(person, asked[0], level=4, by=daan)

    page = page_of(femke, phone=True)
    page.goto("/skills/organisation/")
    accessible(page)

    assert page.evaluate(ASIDE) == [0, 0]
    rows = page.evaluate(READ)
    told = next(row for row in rows if len(row) == 1 + len(asked))
    assert any('"Working on part 0 of the drive" ' in cell and "% " in cell for cell in told)
    assert all(cell.count("short") == 1 for cell in told[1:])

    desk = page_of(femke)
    desk.goto("/skills/organisation/")
    assert desk.locator(".heat thead th").nth(1).is_visible()


def test_filters_stand_folded_on_a_phone_and_say_how_many_are_set(
    van_dijk: Organisation, noor: Person, daan: Person, page_of: PageOf
) -> None:
    a_profile(van_dijk, {a_skill("Brakes"): 3})

    page = page_of(daan, phone=True)
    page.goto("/skills/team/?q=Noor&gaps=1")
    summary = page.locator(".fold-filters > summary")
    assert "2 set" in summary.inner_text()
    assert not page.locator("#f-q").is_visible()
    summary.click()
    assert page.locator("#f-q").input_value() == "Noor"
    page.get_by_role("link", name="Without filters").click()
    page.wait_for_url("**/skills/team/?")
    assert "set" not in page.locator(".fold-filters > summary").inner_text()

    desk = page_of(daan)
    desk.goto("/skills/team/")
    assert desk.locator("#f-q").is_visible()  # where there is room they stand open
    assert not desk.locator(".fold-filters > summary").is_visible()
