"""HR says what a role asks, in a real browser: on a phone, on a desk, with and without scripts."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from gezel.people.api import Organisation, Person
from gezel.skills import actions
from gezel.skills.models import (
    FrameworkRelease,
    Occupation,
    OccupationSkill,
    RoleProfile,
    Skill,
)
from gezel.skills.tests.builders import a_profile, a_skill

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]

PageOf = Callable[..., "Page"]


def _an_occupation() -> None:
    made = Occupation.objects.create(
        source="esco", uri="http://data.europa.eu/esco/o/1", code="7231.10",
        name_nl="automonteur", name_en="vehicle technician",
    )  # fmt: skip
    for name, essential in (("repair brakes", True), ("Python", False)):
        skill = Skill.objects.create(source="esco", uri=f"esco:{name}", name_en=name)
        OccupationSkill.objects.create(occupation=made, skill=skill, essential=essential)
    actions.findable.make_occupations_findable([made])
    FrameworkRelease.objects.create(source="esco")


@pytest.mark.parametrize(
    ("phone", "scripts", "language"),
    [(True, True, "nl"), (False, True, "en"), (True, False, "en")],
)
def test_from_an_occupation_to_a_level_from_april(
    phone: bool,
    scripts: bool,
    language: str,
    *,
    femke: Person,
    page_of: PageOf,
    accessible: Callable[[Any], None],
) -> None:
    _an_occupation()
    page = page_of(femke, phone=phone, language=language, scripts=scripts)
    page.goto("/skills/roles/new/")
    page.locator("#q").fill("automontuer")
    if not scripts:
        page.locator("#q").press("Enter")
    page.locator("#occupations a").first.click()
    page.wait_for_url("**/skills/roles/new/*/")
    if scripts:
        accessible(page)
    page.locator("main form .save-bar button").click()
    page.wait_for_url("**/skills/roles/*/")
    profile = RoleProfile.objects.get()

    page.goto(f"/skills/roles/{profile.pk}/edit/")
    brakes = Skill.objects.get(name_en="repair brakes").pk
    page.locator(".edit-rows summary").first.click()
    page.locator(f'[name="from-{brakes}-0"]').fill("2099-04-01")
    page.locator(f'[name="then-{brakes}-0"]').select_option("5")
    if scripts:
        accessible(page)
    page.locator(".save-bar button").click()
    page.wait_for_url(f"**/skills/roles/{profile.pk}/")

    expect(page.locator(".moments")).to_contain_text("2099")
    if scripts:
        accessible(page)


@pytest.mark.parametrize("dark", [False, True])
def test_a_role_of_eighty_skills_on_a_phone(
    dark: bool,
    *,
    femke: Person,
    van_dijk: Organisation,
    page_of: PageOf,
    accessible: Callable[[Any], None],
) -> None:
    profile = a_profile(
        van_dijk, {a_skill(f"Skill {n} of a role that asks much"): 2 for n in range(80)}
    )
    page = page_of(femke, phone=True, dark=dark)
    page.goto(f"/skills/roles/{profile.pk}/edit/")

    accessible(page)
    # The way back to the save button is never longer than a thumb.
    expect(page.locator(".save-bar button")).to_be_visible()
    page.locator("select[name^=now-]").nth(40).select_option("4")
    page.locator(".save-bar button").click()
    page.wait_for_url(f"**/skills/roles/{profile.pk}/")
    accessible(page)
