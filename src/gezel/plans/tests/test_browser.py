"""Journey step 6 in a real browser: a goal, a step, a wish, and both confirm."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from gezel.people.api import Person
from gezel.plans.models import Agreement, Goal
from gezel.plans.tests.builders import an_activity
from gezel.skills.tests.builders import a_profile, a_skill

if TYPE_CHECKING:
    from conftest import PageOf
    from playwright.sync_api import Page


@pytest.mark.browser
@pytest.mark.parametrize(
    "phone",
    [
        pytest.param(True, id="phone-light"),
        pytest.param(False, id="desk-dark", marks=pytest.mark.browser_once),
    ],
)
def test_a_goal_a_step_a_wish_and_both_confirm(
    noor: Person,
    daan: Person,
    page_of: "PageOf",
    accessible: "Callable[[Page], None]",
    phone: bool,
) -> None:
    van_dijk = noor.employments.get().organisation
    skill = a_skill("Battery diagnosis")
    a_profile(van_dijk, {skill: 4}, name="EV technician", job=None)
    an_activity(van_dijk, "Go along with a diagnosis", teaches={skill: (0, 3)})
    mine = page_of(noor, phone=phone, dark=not phone)
    mine.goto(reverse("plans:mine"))
    accessible(mine)
    mine.get_by_role("link", name="Towards another role").click()
    mine.get_by_role("link", name="EV technician").click()
    expect(mine.get_by_label("Another date (optional)")).to_be_hidden()
    mine.get_by_label("on another date").check()
    expect(mine.get_by_label("Another date (optional)")).to_be_visible()
    mine.get_by_label("in a year").check()
    mine.get_by_label("Share this goal with my lead").check()
    accessible(mine)
    mine.get_by_role("button", name="Set this goal").click()
    mine.get_by_role("button", name=re.compile("^Put in the plan.*diagnosis")).click()
    accessible(mine)
    goal = Goal.objects.get(person=noor)

    lead = page_of(daan, phone=phone, dark=not phone)
    lead.goto(reverse("plans:goal", args=[goal.pk]))
    lead.get_by_label("What does the organisation hope for?").fill("Two EV technicians in South")
    lead.get_by_role("button", name="Save the wish").click()
    lead.get_by_role("button", name="I confirm this plan for the organisation").click()
    accessible(lead)

    mine.goto(reverse("plans:mine"))
    mine.get_by_role("link", name=re.compile("^Open.*EV technician")).click()
    expect(mine.get_by_text("Two EV technicians in South")).to_be_visible()
    mine.get_by_role("button", name="I confirm this plan").click()
    agreement = Agreement.objects.get(goal=goal)
    assert agreement.person_confirmed_at is not None
    assert agreement.lead_confirmed_by == daan

    mine.get_by_role("button", name=re.compile("^Done.*diagnosis")).click()
    mine.get_by_role("button", name=re.compile("^Not done after all.*diagnosis")).wait_for()
    assert goal.steps.get().done_on is not None
