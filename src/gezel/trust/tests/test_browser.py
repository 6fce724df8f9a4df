"""The council opens and shuts; a person objects, looks at what would go, and leaves for good."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from gezel.kit.jobs import run_waiting
from gezel.people.api import Employment, Organisation, Person, end_employment
from gezel.people.tests.builders import a_colleague
from gezel.skills.tests import builders as skills
from gezel.trust.models import Objection

if TYPE_CHECKING:
    from conftest import PageOf

pytestmark = [pytest.mark.browser, pytest.mark.browser_once]


def test_the_council_agrees_and_takes_it_back(
    van_dijk: Organisation, femke: Person, page_of: "PageOf", accessible: Callable[[Page], None]
) -> None:
    mitchell = a_colleague(van_dijk, "Mitchell Pinas", mandates=["council"])
    council, hr = page_of(mitchell), page_of(femke)

    def set_four() -> None:
        hr.goto("/people/settings/")
        hr.get_by_label("Smallest group of which figures are shown").fill("4")
        hr.get_by_role("button", name="Save").click()

    def record(step: str) -> None:
        council.get_by_label("What happened").select_option(step)
        council.get_by_label("By whom").fill("Works council of Van Dijk")
        council.get_by_role("button", name="Record").click()

    set_four()
    expect(hr.get_by_text("This needs the consent of the works council")).to_be_visible()
    council.goto("/trust/organisation/")
    accessible(council)
    council.get_by_role("link", name="Consent", exact=True).click()
    council.get_by_role("link", name=re.compile("^History and next step.*groups of four")).click()
    record("agreed")
    expect(council.get_by_text("The council agreed: HR may open this.")).to_be_visible()
    accessible(council)
    set_four()
    expect(hr.get_by_text("The settings are kept.")).to_be_visible()
    council.reload()
    expect(council.get_by_text("groups of at least 4 people")).to_be_visible()
    record("withdrawn")
    expect(council.get_by_text("groups of at least 5 people")).to_be_visible()
    hr.goto("/trust/organisation/changes/")
    expect(hr.get_by_role("cell", name="4", exact=True)).to_be_visible()


def test_object_and_be_erased_on_a_phone(
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    page_of: "PageOf",
    accessible: Callable[[Page], None],
) -> None:
    skills.an_evidence(noor, skills.a_skill(), level=2, kind="lead", by=daan)
    phone = page_of(noor, phone=True, dark=True, language="nl")
    phone.goto("/trust/erase/")
    expect(phone.get_by_role("heading", name="Gegevens laten wissen")).to_be_visible()
    accessible(phone)
    phone.get_by_role("link", name=re.compile("^Bezwaar maken.*Bewijs van wat je kunt")).click()
    phone.get_by_label("Waarom maak je bezwaar?").fill("Dit is te oud.")
    phone.get_by_role("button", name="Naar HR sturen").click()
    expect(phone.get_by_text("wacht op HR")).to_be_visible()
    assert Objection.objects.get().reason == "Dit is te oud."

    end_employment(
        Employment.objects.get(person=noor), last_day=timezone.localdate() - timedelta(days=1)
    )
    phone.goto("/trust/erase/")
    phone.get_by_label("Ik heb gezien wat weggaat").check()
    phone.get_by_role("button", name="Alles wissen").click()
    expect(phone.get_by_role("heading", name="Het wordt gewist")).to_be_visible()
    while run_waiting():
        pass
    phone.reload()
    expect(phone.get_by_role("heading", name="Het is gewist")).to_be_visible()
    accessible(phone)
    assert not Person.objects.filter(pk=noor.pk).exists()


def test_hr_opens_many_people_says_why_and_is_stopped_on_a_phone(
    van_dijk: Organisation,
    femke: Person,
    settings: Settings,
    page_of: "PageOf",
    accessible: Callable[[Page], None],
) -> None:
    settings.LOOKS = {"hour": 1, "day": 2, "most": 2, "key": 2}
    femke.set_password("a long word of Femke's")
    femke.save()
    noor, *others = [a_colleague(van_dijk, name) for name in ("Noor Jansen", "Ali Kaya", "Bo Li")]
    phone = page_of(femke, phone=True, dark=True, language="nl")
    phone.goto(f"/people/{noor.pk}/")
    phone.goto(f"/people/{others[0].pk}/")
    expect(phone.get_by_role("heading", name="Waarom zo veel mensen?")).to_be_visible()
    accessible(phone)
    phone.get_by_label("Waarom open je vandaag").fill("Ik controleer de einddatums.")
    phone.get_by_role("button", name="Verdergaan").click()
    phone.get_by_label("Wachtwoord").fill("a long word of Femke's")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name="Ali Kaya")).to_be_visible()

    phone.goto(f"/people/{others[1].pk}/")
    expect(phone.get_by_role("heading", name="Genoeg voor vandaag")).to_be_visible()
    accessible(phone)
    read = page_of(noor)
    read.goto("/trust/looked/")
    expect(read.get_by_text("Ik controleer de einddatums.")).to_be_visible()
    accessible(read)
