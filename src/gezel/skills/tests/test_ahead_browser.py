"""Looking ahead in a real browser: HR says what may come, the lead and the person see it."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.skills.models import Demand
from gezel.skills.queries.ahead import months_on
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]

PageOf = Callable[..., "Page"]


@pytest.mark.parametrize(
    ("language", "phone"), [("nl", True), ("en", False)], ids=["phone-nl-dark", "desk-en-light"]
)
def test_what_hr_says_of_next_year_reaches_the_lead_and_the_person(
    language: str,
    *,
    phone: bool,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    page_of: PageOf,
    accessible: Callable[[Any], None],
) -> None:
    skill = a_skill("Elektromobiliteit van langeafstandsvrachtwagens met een bijzonder lange naam")
    profile = a_profile(van_dijk, {skill: 3}, essential=True)
    team = [noor, *(a_colleague(van_dijk, f"Piet {n}", lead=daan) for n in range(5))]
    long_ago = timezone.localdate() - timedelta(days=200)
    for n, person in enumerate(team):
        an_evidence(person, skill, level=1 + n % 5, by=daan, on=long_ago)

    # HR says what is asked from next year, at the least and at the most.
    hr = page_of(femke, phone=phone, dark=phone, language=language)
    hr.goto(f"/skills/roles/{profile.pk}/edit/")
    hr.locator(".edit-rows summary").first.click()
    at = f"{skill.pk}-0"
    hr.locator(f'[name="from-{at}"]').fill(months_on(timezone.localdate(), 8).isoformat())
    hr.locator(f'[name="then-{at}"]').select_option("4")
    hr.locator(f'[name="low-{at}"]').select_option("5")
    hr.locator('.save-bar button[value="save"]').click()
    # The least lies above what is expected: said at the field, nothing typed is lost.
    wrong = hr.locator(f'[name="low-{at}"]')
    expect(wrong).to_have_attribute("aria-invalid", "true")
    accessible(hr)
    wrong.select_option("3")
    hr.locator(f'[name="high-{at}"]').select_option("5")
    hr.locator('.save-bar button[value="save"]').click()
    hr.wait_for_url(f"**/skills/roles/{profile.pk}/")
    assert Demand.objects.filter(profile=profile, low=3, level=4, high=5).exists()
    accessible(hr)
    hr.goto("/skills/organisation/")
    hr.locator('a[href^="/skills/organisation/ahead/"]').first.click()
    accessible(hr)
    expect(hr.locator("svg.fan")).to_have_count(1)

    # The lead sees the team on that day: the fan, drivers that add up, who could teach.
    lead = page_of(daan, phone=phone, dark=phone, language=language)
    lead.goto("/skills/team/")
    lead.locator('a[href="/skills/team/ahead/"]').click()
    accessible(lead)
    told = lead.locator(".ahead-total .table.sum td.num").all_inner_texts()
    figures = [float(t.replace("−", "-").replace(",", ".")) for t in told[:6]]
    assert round(sum(figures[:5]) - figures[5], 6) == 0
    expect(lead.locator(".teaching li")).to_have_count(1)
    lead.locator('a[href*="months=12"]').first.click()
    lead.wait_for_url("**months=12**")
    lead.locator(f'tbody th a[href*="/people/{noor.pk}/ahead/"]').click()
    accessible(lead)
    about_noor = lead.locator(".ahead-rows").inner_text()

    # Noor reads the same about herself.
    own = page_of(noor, phone=phone, dark=phone, language=language)
    own.goto("/skills/mine/")
    own.locator('a[href="/skills/mine/ahead/"]').click()
    own.locator('a[href*="months=12"]').first.click()
    own.wait_for_url("**months=12**")
    accessible(own)
    expect(own.locator(".ahead-rows")).to_have_text(about_noor, use_inner_text=True)
