"""Looking at another role and putting words right, in a real browser, nl and en."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from gezel.catalogue.tests.builders import an_activity
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.skills.actions.findable import make_occupations_findable
from gezel.skills.models import FrameworkRelease, Occupation, OccupationSkill, Skill
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]

PageOf = Callable[..., "Page"]
LONG = "Het zelfstandig spanningsloos maken van hoogvoltsystemen in voertuigen van alle merken"


def _a_garage(van_dijk: Organisation, noor: Person, daan: Person) -> Occupation:
    """Mechanics who might work on electric cars, here or as ESCO's battery technician."""
    brakes, hv, battery = a_skill("Remmen"), a_skill(LONG), a_skill("Accudiagnose")
    a_profile(van_dijk, {brakes: 3, hv: 2}, name="Automonteur", job="Mechanic")
    a_profile(van_dijk, {hv: 4, battery: 3, brakes: 2}, name="EV-technicus", job=None,
              essential=True)  # fmt: skip
    an_evidence(noor, brakes, level=3, by=daan)
    an_evidence(noor, hv, level=2, by=daan)
    an_activity(van_dijk, title="Meelopen aan de EV-brug", hours=12, mix="practice",
                teaches={battery: (0, 2), hv: (1, 3)})  # fmt: skip
    made = Occupation.objects.create(
        source="esco", uri="esco:o:1", code="7412.1", name_nl="accumonteur",
        name_en="automotive battery technician",
    )  # fmt: skip
    for n in range(15):
        skill = Skill.objects.create(source="esco", uri=f"esco:{n}", name_en=f"battery skill {n}")
        OccupationSkill.objects.create(occupation=made, skill=skill, essential=n % 2 == 0)
    OccupationSkill.objects.create(occupation=made, skill=brakes, essential=True)
    FrameworkRelease.objects.create(source="esco")
    make_occupations_findable([made])
    return made


@pytest.mark.parametrize(
    ("phone", "scripts", "language", "dark"),
    [(True, True, "nl", True), (False, True, "en", False), (True, False, "en", False)],
)
def test_from_my_skills_to_a_plan_for_another_role(
    phone: bool,
    scripts: bool,
    language: str,
    dark: bool,
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    page_of: PageOf,
    accessible: Callable[[Any], None],
) -> None:
    _a_garage(van_dijk, noor, daan)
    page = page_of(noor, phone=phone, language=language, scripts=scripts, dark=dark)

    page.goto("/skills/mine/")
    page.locator('a[href="/skills/near/"]').first.click()
    page.wait_for_url("**/skills/near/")
    if scripts:
        accessible(page)
    page.locator(".near a", has_text="EV-technicus").click()
    page.wait_for_url("**/skills/near/role/*/")
    page.locator(".far summary").click()
    expect(page.locator(".far tfoot")).to_be_visible()
    expect(page.locator(".route .offers a").first).to_be_visible()
    if scripts:
        accessible(page)
    page.locator('.page-head a[href^="/plan/goals/new/"]').click()
    page.wait_for_url("**/plan/goals/new/?profile=*")


def test_an_occupation_by_its_other_name_with_a_long_route(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    page_of: PageOf,
    accessible: Callable[[Any], None],
) -> None:
    _a_garage(van_dijk, noor, daan)
    page = page_of(noor, phone=True, language="nl")

    page.goto("/skills/near/")
    page.locator("#q").fill("accumontuer")
    page.locator("#q").press("Enter")
    page.locator(".steps a", has_text="accumonteur").click()
    page.wait_for_url("**/skills/near/occupation/*/")
    accessible(page)
    # The first twelve stand open, the rest one tap away and numbered on.
    more = page.locator(".stack details.more", has_text="Nog 3")
    more.locator("summary").click()
    assert more.locator("li .tile").first.inner_text() == "13"


@pytest.mark.parametrize(("phone", "language"), [(True, "nl"), (False, "en")])
def test_hr_reckons_a_programme(
    phone: bool,
    language: str,
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    page_of: PageOf,
    accessible: Callable[[Any], None],
) -> None:
    _a_garage(van_dijk, noor, daan)
    for n in range(5):
        a_colleague(van_dijk, f"Number {n}", job="Mechanic")
    page = page_of(femke, phone=phone, language=language)

    page.goto("/skills/roles/")
    page.locator('a[href="/skills/programme/"]').click()
    page.wait_for_url("**/skills/programme/")
    page.locator("#id_from_role").select_option(label="Automonteur")
    page.locator("#id_to_role").select_option(label="EV-technicus")
    page.locator("main form button").click()
    page.wait_for_url("**/skills/programme/?*")

    expect(page.locator(".figures")).to_be_visible()
    accessible(page)


@pytest.mark.parametrize(
    ("phone", "scripts", "language"),
    [(True, True, "nl"), (False, True, "en"), (False, False, "nl")],
)
def test_hr_types_names_one_after_the_other_and_saves_with_enter(
    phone: bool,
    scripts: bool,
    language: str,
    *,
    van_dijk: Organisation,
    femke: Person,
    page_of: PageOf,
    accessible: Callable[[Any], None],
) -> None:
    bare = [Skill.objects.create(uri=f"u:{n}", name_en=f"Skill number {n}") for n in range(3)]
    a_profile(van_dijk, dict.fromkeys(bare, 2), job=None)
    page = page_of(femke, phone=phone, language=language, scripts=scripts)

    page.goto("/skills/names/")
    if scripts:
        accessible(page)
        # The first field waits for words, and Tab goes to the next: no mouse needed.
        page.keyboard.type("Eerste")
        page.keyboard.press("Tab")
        page.keyboard.type("Tweede")
    else:
        page.locator("form input[lang]").nth(0).fill("Eerste")
        page.locator("form input[lang]").nth(1).fill("Tweede")
        page.locator("form input[lang]").nth(1).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.locator("form input[lang]")).to_have_count(1)


@pytest.mark.parametrize(("phone", "language"), [(True, "nl"), (False, "en")])
def test_hr_merges_two_that_look_alike_and_takes_it_back(
    phone: bool,
    language: str,
    *,
    van_dijk: Organisation,
    femke: Person,
    noor: Person,
    daan: Person,
    page_of: PageOf,
    accessible: Callable[[Any], None],
) -> None:
    own = a_skill("Remmen repareren", organisation=van_dijk)
    asked = a_skill("Reparatie remmen")
    a_profile(van_dijk, {own: 3, asked: 2}, job=None)
    an_evidence(noor, own, level=3, by=daan)
    page = page_of(femke, phone=phone, language=language)

    page.goto("/skills/list/likely/")
    accessible(page)
    page.locator("main .steps a").first.click()
    page.wait_for_url("**/merge/?into=*")
    accessible(page)
    page.locator('main form[method="post"] button').click()
    page.wait_for_url(f"**/skills/list/{asked.pk}/")
    accessible(page)
    own.refresh_from_db()
    assert own.merged_into == asked
    page.locator(f'form[action="/skills/list/{own.pk}/apart/"] button').click()
    page.wait_for_url(f"**/skills/list/{own.pk}/")
