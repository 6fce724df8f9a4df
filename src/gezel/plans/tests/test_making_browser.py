"""In a real browser: from a goal to three plans, one step left out, and one plan chosen."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from gezel.catalogue.api import give_on, needs_first
from gezel.catalogue.tests.builders import an_activity
from gezel.people.api import Person
from gezel.plans.tests.builders import a_goal
from gezel.skills.tests.builders import a_profile, a_skill

if TYPE_CHECKING:
    from conftest import PageOf
    from playwright.sync_api import Page

WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "make": "Make three plans", "hours": "Hours a week for learning", "fast": "Fastest",
        "value": "Best value", "leave": re.compile("^Leave out.*A long course"),
        "left": "left out", "choose": re.compile("^Choose this plan.*Best value"),
        "mine": "The plan is yours",
    },
    "nl": {
        "make": "Maak drie plannen", "hours": "Uren per week om te leren", "fast": "Snelst",
        "value": "Beste waarde", "leave": re.compile("^Weglaten.*A long course"),
        "left": "weggelaten", "choose": re.compile("^Kies dit plan.*Beste waarde"),
        "mine": "Het plan is van jou",
    },
}  # fmt: skip


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.parametrize("look", ["phone-nl-light", "desk-en-dark"])
def test_from_a_goal_to_three_plans_to_one(
    noor: Person, page_of: "PageOf", accessible: "Callable[[Page], None]", look: str
) -> None:
    size, language, colour = look.split("-")
    words = WORDS[language]
    van_dijk = noor.employments.get().organisation
    volts, battery = a_skill("High voltage"), a_skill("Battery diagnosis")
    profile = a_profile(van_dijk, {volts: 3, battery: 2}, name="EV technician", job=None)
    basics = an_activity(van_dijk, "Safety basics", teaches={volts: (0, 2)}, price_cents=40_000)
    course = an_activity(
        van_dijk,
        "A long course " + "with many words " * 6,
        teaches={battery: (0, 2)},
        hours=Decimal(16),
        price_cents=60_000,
    )
    an_activity(van_dijk, "Duo", teaches={volts: (0, 3)}, mix="practice", form="on_the_job")
    needs_first(course, needs=basics)
    for activity, days in ((basics, 40), (course, 90)):
        give_on(activity, starts_on=timezone.localdate() + timedelta(days=days))
    goal = a_goal(noor, profile=profile)
    page = page_of(noor, phone=size == "phone", dark=colour == "dark", language=language)

    page.goto(reverse("plans:goal", args=[goal.pk]))
    page.get_by_role("link", name=words["make"]).click()
    accessible(page)
    page.get_by_label(words["hours"]).fill("3")
    page.get_by_role("button", name=words["make"]).click()
    for plan in ("value", "fast"):
        page.get_by_role("heading", name=words[plan], exact=True).wait_for()
    accessible(page)
    value = page.locator("#plan-value").locator("xpath=ancestor::section")
    names = value.locator(".plan-steps .what").all_inner_texts()
    assert names.index("Safety basics") < next(
        place for place, name in enumerate(names) if name.startswith("A long course")
    )
    value.locator("summary", has_text="A long course").click()
    accessible(page)
    value.get_by_role("link", name=words["leave"]).click()
    page.locator(".fixed").get_by_text(words["left"]).wait_for()
    expect(value.locator(".plan-steps .what", has_text="A long course")).to_have_count(0)
    assert goal.steps.count() == 0

    page.get_by_role("button", name=words["choose"]).click()
    page.get_by_text(words["mine"]).wait_for()
    accessible(page)
    assert goal.steps.filter(activity=basics).count() == 1
    assert goal.steps.filter(activity=course).count() == 0
