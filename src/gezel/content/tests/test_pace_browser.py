"""Someone reads how fast their cards come back and why, and switches it off."""

from collections.abc import Callable

import pytest
from conftest import PageOf
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from gezel.content.models import CardPace
from gezel.people.api import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]


@pytest.mark.parametrize(
    ("phone", "language", "said", "switch", "save"),
    [
        (True, "nl", "Van 140 herhalingen wist je er 121", "Stem de dagen af", "Opslaan"),
        (False, "en", "Of 140 reviews you knew 121", "Fit the days", "Save"),
    ],
)
def test_read_why_and_switch_it_off(
    *,
    phone: bool,
    language: str,
    said: str,
    switch: str,
    save: str,
    page_of: PageOf,
    accessible: Callable[[Page], None],
    noor: Person,
) -> None:
    CardPace.objects.create(
        person=noor, pace=0.8, reviews=140, knew=121, expected=127.6, version=1,
        worked_out_on=timezone.localdate(),
    )  # fmt: skip
    page = page_of(noor, phone=phone, dark=phone, language=language)
    page.goto(reverse("content:my_cards"))
    expect(page.get_by_text(said)).to_be_visible()
    accessible(page)
    page.get_by_label(switch).uncheck()
    page.get_by_role("button", name=save).click()
    expect(page.get_by_text(said)).to_have_count(0)
    expect(page.get_by_label(switch)).not_to_be_checked()
