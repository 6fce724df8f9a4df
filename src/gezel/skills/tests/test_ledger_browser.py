"""Where a level comes from, an objection and its decision, walked in a real browser."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import an_organisation
from gezel.skills import queries
from gezel.skills.actions import add_evidence
from gezel.skills.models import Objection, RaterFit
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]

PageOf = Callable[..., "Page"]


@pytest.mark.parametrize(
    ("phone", "scripts", "language"),
    [(True, True, "nl"), (False, True, "en"), (True, False, "en")],
)
def test_noor_objects_and_femke_decides(  # noqa: PLR0915 # one walk, told as it is walked
    phone: bool,
    scripts: bool,
    language: str,
    *,
    noor: Person,
    daan: Person,
    femke: Person,
    van_dijk: Organisation,
    page_of: PageOf,
    accessible: Callable[[Any], None],
) -> None:
    skill = a_skill()
    a_profile(van_dijk, {skill: 3})
    ago = timezone.localdate() - timedelta(days=200)
    RaterFit.objects.create(
        organisation=van_dijk, rater=daan, kind="lead", leniency=-0.4, sd=0.15, ratees=9,
        fitted_on=ago,
    )  # fmt: skip
    right = an_evidence(noor, skill, level=4, by=daan, on=ago)
    right.organisation = van_dijk
    right.save(update_fields=["organisation"])
    an_evidence(noor, skill, level=1, kind="colleague", by=femke)
    disputed = an_evidence(noor, skill, level=1, kind="colleague", by=daan)

    def look(page: "Page", address: str) -> None:
        page.goto(address)
        if scripts:
            accessible(page)

    def open_page(person: Person) -> "Page":
        page = page_of(person, phone=phone, dark=phone, language=language, scripts=scripts)
        page.set_default_timeout(60_000)
        return page

    ledger = f"/skills/people/{noor.pk}/{skill.pk}/"
    own = open_page(noor)
    look(own, ledger)
    told = queries.ledger(noor, skill, at=None)
    # A start, three pieces, the time between, and the result.
    expect(own.locator(".waterfall > li")).to_have_count(2 + len(told.lines))
    assert 2 + len(told.lines) == 6
    own.locator(".waterfall + details summary").click()
    printed = [
        float(text.replace(",", ".").replace("−", "-").replace("+", ""))
        for text in own.locator(".table.sum td.adds").all_inner_texts()
    ]
    assert round(sum(printed), 3) == told.estimate.level
    assert printed[-1] < 0

    own.locator(f"#piece-{disputed.pk} a.btn").click()
    own.wait_for_url("**/object/")
    own.locator("main form button").first.click()
    expect(own.locator("[name=reason]")).to_be_visible()  # nothing was said yet
    own.locator("[name=reason]").fill("That was Karim's car.")
    own.locator("main form button").first.click()
    own.wait_for_url(f"**{ledger}")
    expect(own.locator(".waterfall > li")).to_have_count(5)
    expect(own.locator(f"#piece-{disputed.pk} .objection.open")).to_be_visible()

    hr = open_page(femke)
    look(hr, "/")
    look(hr, "/skills/objections/")
    hr.locator("main .piece a.btn").click()
    hr.wait_for_url("**/skills/objections/*/")
    if scripts:
        accessible(hr)
    hr.locator("[name=uphold][value=yes]").check()
    hr.locator("[name=answer]").fill("The work order names Karim.")
    hr.locator("main form button").first.click()
    hr.wait_for_url("**/skills/objections/")
    assert Objection.objects.get().decided_by == femke

    look(own, ledger)
    told_why = own.locator(f"#piece-{disputed.pk} .objection.upheld").inner_text()
    assert "The work order names Karim." in told_why
    assert femke.name in told_why
    rater = open_page(daan)
    look(rater, "/skills/mine/given/")
    expect(rater.locator("main")).to_contain_text("The work order names Karim.")
    look(rater, "/skills/mine/rating/")
    expect(rater.locator(".big-number")).to_have_count(1)

    # What she showed elsewhere counts here once she says so.
    planning = a_skill("Planning")
    add_evidence(
        noor,
        planning,
        kind="lead",
        level=5,
        on=ago,
        by=None,
        organisation=an_organisation("Elders"),
    )
    look(own, "/skills/mine/")
    own.locator("a[href='/skills/mine/elsewhere/']").click()
    own.wait_for_url("**/skills/mine/elsewhere/")
    if scripts:
        accessible(own)
    own.locator("[name=skills]").check()
    own.locator("main form button").first.click()
    own.wait_for_load_state()
    expect(own.locator("[name=skills]")).to_be_checked()
    look(hr, f"/skills/people/{noor.pk}/{planning.pk}/")
    expect(hr.locator("main")).to_contain_text("Elders")
