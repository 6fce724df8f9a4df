"""Writing captions beside a film that plays, by keyboard, on phone and desk, in both languages."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from conftest import PageOf
from django.urls import reverse
from playwright.sync_api import Page, expect

from gezel.content.tests.builders import FILM, a_module
from gezel.people.api import Organisation, Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]


@pytest.mark.parametrize("phone", [True, False], ids=["phone-nl-dark", "desk-en-light"])
def test_the_time_is_set_where_one_writes(
    van_dijk: Organisation, noor: Person, page_of: PageOf, accessible: Callable[[Page], None],
    *, phone: bool,
) -> None:  # fmt: skip
    module = a_module(van_dijk, (FILM,), shared_by=noor, state="draft")
    block = module.blocks.get()
    language = "nl" if phone else "en"
    page = page_of(noor, phone=phone, dark=phone, language=language)
    said = {
        "nl": ("Schrijf ondertiteling in het Engels", "Zet de tijd", "Opslaan"),
        "en": ("Write captions in English", "Set the time", "Save"),
    }[language]
    page.goto(reverse("content:change_block", args=[module.pk, block.pk]))
    page.get_by_role("link", name=said[0]).click()
    lines = page.locator("textarea[name=lines]")
    expect(lines).to_have_value("0:00 - 0:02 Switch off.\n0:02 - 0:04 Lock.")
    accessible(page)
    if folder := os.environ.get("GEZEL_LOOK"):
        page.screenshot(path=f"{folder}/captions-{language}.png", full_page=True)
    # The film of the tests holds no moving picture: where it is, is told to the page.
    page.evaluate(
        "() => Object.defineProperty(document.querySelector('[data-captions] video'), "
        "'currentTime', {value: 65.32, writable: true})"
    )
    lines.press("Control+End")
    lines.press("Alt+T")
    page.keyboard.type("Measure.")
    expect(lines).to_have_value("0:00 - 0:02 Switch off.\n0:02 - 0:04 Lock.\n1:05.3 Measure.")
    lines.press("Alt+J")
    page.get_by_role("button", name=said[1]).click()
    expect(lines).to_have_value(
        "0:00 - 0:02 Switch off.\n0:02 - 0:04 Lock.\n1:05.3 Measure.\n1:02.3 "
    )
    page.get_by_role("button", name=said[2]).click()
    # A line that goes back in time is named, and what was written is still there.
    lines = page.locator("textarea[name=lines]")
    expect(lines).to_have_attribute("aria-invalid", "true")
    lines.fill("0:01 Switch off.\n0:03 Measure.")
    page.get_by_role("button", name=said[2]).click()
    expect(page.locator("textarea[name=lines]")).to_have_value(
        "0:01 - 0:03 Switch off.\n0:03 - 0:10 Measure."
    )
    kept: Any = module.blocks.current().get().body["captions"]["en"]
    assert kept.endswith("00:00:03.000 --> 00:00:10.000\nMeasure.\n")
