"""In a real browser: HR issues, the person takes it along and opens a link, an outsider checks."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from gezel.people.api import Organisation, Person
from gezel.profile.models import Credential
from gezel.profile.rules.wording import wording
from gezel.profile.tests.builders import an_achievement, shows

if TYPE_CHECKING:
    from conftest import PageOf
    from playwright.sync_api import Page

WORDS = {
    "en": {
        "issue": "Issue",
        "issued": "Issued: 1.",
        "until": "Until and including",
        "make": "Make a link",
        "close": "Close the link now",
        "closed": "Closed. The link leads nowhere any more.",
        "check": "Check it",
        "genuine": "This is genuine.",
        "who": "Van Dijk, proved by its address",
        "limits": "What this does not prove",
        "why": "Why?",
        "withdraw": "Withdraw it",
        "gone": "Withdrawn: this no longer counts.",
        "file": "File",
        "state": "stands",
    },
    "nl": {
        "issue": "Uitgeven",
        "issued": "Uitgegeven: 1.",
        "until": "Tot en met",
        "make": "Link maken",
        "close": "Link nu sluiten",
        "closed": "Gesloten. De link leidt nergens meer heen.",
        "check": "Controleren",
        "genuine": "Dit is echt.",
        "who": "Van Dijk, bewezen door het eigen adres",
        "limits": "Wat dit niet bewijst",
        "why": "Waarom?",
        "withdraw": "Intrekken",
        "gone": "Ingetrokken: dit telt niet meer.",
        "file": "Bestand",
        "state": "geldt",
    },
}


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.parametrize(
    ("phone", "language"), [(True, "nl"), (False, "en")], ids=["phone-nl-dark", "desk-en-light"]
)
def test_issued_taken_along_checked_by_an_outsider_and_withdrawn(  # noqa: PLR0915 - one walk
    *,
    noor: Person,
    femke: Person,
    van_dijk: Organisation,
    page_of: "PageOf",
    accessible: "Callable[[Page], None]",
    tmp_path: Path,
    phone: bool,
    language: str,
) -> None:
    said = WORDS[language]
    achievement = an_achievement(van_dijk)
    shows(noor, achievement)
    hr = page_of(femke, phone=phone, dark=phone, language=language)
    hr.goto(reverse("profile:issue", args=[achievement.pk]))
    accessible(hr)
    hr.get_by_label(noor.name).check()
    hr.get_by_role("button", name=said["issue"]).click()
    expect(hr.get_by_text(said["issued"])).to_be_visible()
    credential = Credential.objects.get()

    me = page_of(noor, phone=phone, dark=phone, language=language)
    me.goto(reverse("profile:mine"))
    accessible(me)
    name = wording(credential.document_in(language), "").name
    me.get_by_role("link", name=name).click()
    expect(me.get_by_role("heading", name=said["genuine"])).to_be_visible()
    accessible(me)
    badge = tmp_path / "badge.png"
    with me.expect_download() as coming:
        me.get_by_role("link", name="PNG").click()
    coming.value.save_as(badge)
    me.get_by_label(said["until"]).fill((timezone.localdate() + timedelta(days=7)).isoformat())
    me.get_by_role("button", name=said["make"]).click()
    expect(me.get_by_role("button", name=said["close"])).to_be_visible()
    accessible(me)

    link = reverse("profile:shared", args=[credential.pk])
    outsider = page_of(None, phone=phone, dark=phone, language=language)
    outsider.goto(link)
    expect(outsider.get_by_role("heading", name=said["genuine"])).to_be_visible()
    expect(outsider.get_by_text(said["who"])).to_be_visible()
    expect(outsider.get_by_text(said["limits"])).to_be_visible()
    accessible(outsider)
    me.get_by_role("button", name=said["close"]).click()
    expect(me.get_by_text(said["closed"])).to_be_visible()
    answer = outsider.goto(link)
    assert answer is not None
    assert answer.status == 404

    def check() -> None:
        outsider.goto(reverse("profile:verify"))
        outsider.get_by_label(said["file"]).first.set_input_files(badge)
        outsider.get_by_role("button", name=said["check"]).click()

    check()
    expect(outsider.get_by_role("heading", name=said["genuine"])).to_be_visible()
    accessible(outsider)

    hr.goto(reverse("profile:given"))
    accessible(hr)
    hr.get_by_role("link", name=said["state"]).click()
    hr.get_by_label(said["why"]).fill("By mistake")
    accessible(hr)
    hr.get_by_role("button", name=said["withdraw"]).click()
    expect(hr.get_by_role("status").first).to_be_visible()
    check()
    expect(outsider.get_by_role("heading", name=said["gone"])).to_be_visible()


@pytest.mark.browser_once
@pytest.mark.browser
def test_without_scripts_an_outsider_checks_all_the_same(
    van_dijk: Organisation, page_of: "PageOf"
) -> None:
    outsider = page_of(None, scripts=False)
    outsider.goto(reverse("profile:verify"))
    outsider.get_by_label("Or paste it here").fill("hello")
    outsider.get_by_role("button", name="Check it").click()

    expect(outsider.get_by_text("neither JSON nor a signed token")).to_be_visible()
