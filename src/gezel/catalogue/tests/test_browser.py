"""Sharing with skills that are proposed, and tips that are swapped, put aside and switched off."""

from typing import Any

import pytest
from conftest import PageOf
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django import Settings

from gezel.catalogue import jobs, previews
from gezel.catalogue.models import Activity
from gezel.catalogue.previews import Preview
from gezel.catalogue.tests.builders import a_picture, an_activity
from gezel.kit.jobs import run
from gezel.kit.models import Task
from gezel.kit.pictures import drawn_anew
from gezel.people.api import Organisation, Person
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]

LOOKS = pytest.mark.parametrize("look", [("nl", True), ("en", False)], ids=str)
WORDS = {
    "en": {
        "share": "Share", "swap": "Another instead of", "never": "Not for me:",
        "again": "Suggest again:", "wanted": "Show me tips", "save": "Save",
        "off": "You switched tips off.",
    },
    "nl": {
        "share": "Delen", "swap": "Een andere in plaats van", "never": "Niets voor mij:",
        "again": "Weer voorstellen:", "wanted": "Laat me tips zien", "save": "Opslaan",
        "off": "Je hebt tips uitgezet.",
    },
}  # fmt: skip


@LOOKS
def test_a_title_typed_proposes_a_skill_and_only_what_is_added_counts(
    page_of: PageOf, accessible: Any, noor: Person, van_dijk: Organisation, look: tuple[str, bool]
) -> None:
    language, phone = look
    a_skill("metalen lassen")
    a_skill("lassen in opdracht")
    page = page_of(noor, phone=phone, dark=phone, language=language)
    page.goto(reverse("catalogue:share"))
    page.locator("[name=link]").fill("https://example.org/lassen")
    page.locator("[name=why]").fill("Helder uitgelegd.")
    page.locator("[name=minutes]").fill("20")
    page.locator("[name=title]").press_sequentially("Metalen lassen")

    proposal = page.locator("#proposed button", has_text="metalen lassen")
    expect(proposal).to_be_visible()
    expect(page.locator("#proposed mark").first).to_have_text("Metalen")
    accessible(page)
    proposal.click()
    expect(page.locator(".taught")).to_have_count(1)
    expect(page.locator("[name=title]")).to_have_value("Metalen lassen")
    accessible(page)
    page.get_by_role("button", name=WORDS[language]["share"], exact=True).click()
    page.wait_for_url(lambda url: not url.endswith(reverse("catalogue:share")))

    shared = Activity.objects.get()
    assert [t.skill.name_nl for t in shared.teaches.all()] == ["metalen lassen"]


@LOOKS
def test_a_tip_is_swapped_put_aside_taken_back_and_tips_switched_off(
    page_of: PageOf, accessible: Any, noor: Person, van_dijk: Organisation, look: tuple[str, bool]
) -> None:
    language, phone = look
    say = WORDS[language]
    skill = a_skill("Welding")
    a_profile(van_dijk, {skill: 4}, essential=True)
    an_evidence(noor, skill, level=2, kind="self")
    for number in range(1, 7):
        an_activity(van_dijk, f"Welding {number}", teaches={skill: (2, 3)}, mix="practice")
    page = page_of(noor, phone=phone, dark=phone, language=language)
    page.goto(reverse("catalogue:tips"))
    tips = page.locator("ol.tips h3")
    shown = tips.all_inner_texts()
    assert len(shown) == 5  # of six
    accessible(page)

    page.get_by_role("button", name=f"{say['swap']} {shown[0]}").click()
    expect(tips.filter(has_text=shown[0])).to_have_count(0)
    expect(tips).to_have_count(5)
    second = tips.first.inner_text()
    page.get_by_role("button", name=f"{say['never']} {second}").click()
    expect(tips).to_have_count(4)
    accessible(page)
    page.get_by_role("button", name=f"{say['again']} {second}").click()
    expect(tips.filter(has_text=second)).to_have_count(1)

    for wanted in (False, True):
        page.get_by_label(say["wanted"]).set_checked(wanted)
        page.get_by_role("button", name=say["save"], exact=True).click()
        expect(page.get_by_text(say["off"])).to_have_count(0 if wanted else 1)
        expect(tips).to_have_count(5 if wanted else 0)
        accessible(page)


@LOOKS
def test_a_link_without_a_title_gets_what_its_page_tells(
    *,
    page_of: PageOf,
    accessible: Any,
    noor: Person,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    look: tuple[str, bool],
) -> None:
    language, phone = look
    settings.ASK_LINKS = True
    picture = drawn_anew(a_picture((640, 360)), within=(640, 360))
    found = Preview("Hoogspanningsveiligheid: " + "werkvoorbereiding" * 8, "De Smidse", picture)
    monkeypatch.setattr(previews, "look_at", lambda _link: found)
    page = page_of(noor, phone=phone, dark=phone, language=language)
    page.goto(reverse("catalogue:share"))
    page.locator("[name=link]").fill("https://page.example/vonken")
    page.locator("[name=why]").fill("Helder uitgelegd.")
    page.get_by_role("button", name=WORDS[language]["share"], exact=True).click()
    page.wait_for_url(lambda url: not url.endswith(reverse("catalogue:share")))
    run(Task.objects.get(name=jobs.look_at_link.name).pk)

    page.reload()
    expect(page.locator("h1")).to_have_text(found.title)
    expect(page.locator(".preview img")).to_have_js_property("naturalWidth", 640)
    accessible(page)
    page.locator(".preview button").click()
    expect(page.locator(".preview")).to_have_count(0)
    expect(page.locator("h1")).to_have_text(found.title)
