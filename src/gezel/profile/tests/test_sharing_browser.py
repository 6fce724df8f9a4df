"""In a real browser: write and arrange; share, be read on a phone, see who looked, withdraw."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from gezel.people.api import Organisation, Person
from gezel.profile.tests.builders import a_credential
from gezel.skills.tests.builders import a_skill, an_evidence

if TYPE_CHECKING:
    from conftest import PageOf
    from playwright.sync_api import Page

WORDS = {
    "en": {
        "profile": "My profile", "can": "What I can do", "about": "About me", "write": "Write",
        "story": "Your story", "save": "Save", "arrange": "Arrange",
        "down": "Move “About me” down", "goals": "Where I want to go",
        "share": "Share a part", "all": "All of it", "whom": "For whom?",
        "word": "A word to the reader", "see": "See it as they will", "make": "Make the link",
        "address": "Address", "read": "The page as it is read", "check": "Check it",
        "genuine": "This is genuine.", "back": "Back to the profile", "looked": "Who looked",
        "withdraw": "Withdraw now", "closed": "This page is not here, or not any more",
        "gone": "Withdrawn. The link leads nowhere any more.",
    },
    "nl": {
        "profile": "Mijn profiel", "can": "Wat ik kan", "about": "Over mij", "write": "Schrijven",
        "story": "Je verhaal", "save": "Opslaan",
        "arrange": "Indelen", "down": "‘Over mij’ omlaag",
        "goals": "Waar ik heen wil",
        "share": "Een deel delen", "all": "Alles", "whom": "Voor wie?",
        "word": "Een woord aan de lezer", "see": "Bekijken zoals zij het zien",
        "make": "Link maken", "address": "Adres", "read": "De pagina zoals die gelezen wordt",
        "check": "Controleren", "genuine": "Dit is echt.", "back": "Terug naar het profiel",
        "looked": "Wie er keek", "withdraw": "Nu intrekken",
        "closed": "Deze pagina is er niet, of niet meer",
        "gone": "Ingetrokken. De link leidt nergens meer heen.",
    },
}  # fmt: skip
LOOKS = pytest.mark.parametrize(
    ("phone", "language"), [(True, "nl"), (False, "en")], ids=["phone-nl-dark", "desk-en-light"]
)


@pytest.mark.browser
@pytest.mark.browser_once
@LOOKS
def test_a_profile_is_written_and_arranged(
    *,
    noor: Person,
    daan: Person,
    page_of: "PageOf",
    accessible: "Callable[[Page], None]",
    phone: bool,
    language: str,
) -> None:
    said = WORDS[language]
    an_evidence(noor, a_skill("welding"), level=3, kind="lead", by=daan)
    an_evidence(noor, a_skill("brazing"), level=1, kind="self", by=noor)
    me = page_of(noor, phone=phone, dark=phone, language=language)
    me.goto(reverse("home"))
    me.get_by_role("main").get_by_role("link", name=said["profile"]).click()
    expect(me.get_by_role("heading", name=said["profile"])).to_be_visible()
    accessible(me)

    me.locator("section", has_text=said["can"]).get_by_role("link", name=said["write"]).click()
    me.get_by_label(said["story"]).fill("I **measure** twice.")
    me.get_by_label("brazing").check()
    accessible(me)
    me.get_by_role("button", name=said["save"]).click()
    expect(me.get_by_text("measure", exact=True)).to_be_visible()
    expect(me.locator(".shown-skill .name").first).to_have_text("brazing")

    me.get_by_role("link", name=said["arrange"]).click()
    accessible(me)
    me.get_by_role("button", name=said["down"]).press("Enter")
    expect(me.locator(".parts b").first).to_have_text(said["can"])
    me.locator(".parts li", has_text=said["goals"]).get_by_role("button").last.click()
    expect(me.locator(".parts li.aside")).to_have_count(1)
    me.goto(reverse("profile:own"))
    expect(me.locator("section h2").first).to_have_text(said["can"])
    accessible(me)

    me.goto(reverse("profile:patterns"))
    me.locator("button[value=on]").click()
    expect(me.locator("button[value=off]")).to_be_visible()
    accessible(me)


@pytest.mark.browser
@pytest.mark.browser_once
@LOOKS
def test_shared_read_by_an_outsider_and_withdrawn(
    *,
    noor: Person,
    daan: Person,
    femke: Person,
    van_dijk: Organisation,
    page_of: "PageOf",
    accessible: "Callable[[Page], None]",
    phone: bool,
    language: str,
) -> None:
    said = WORDS[language]
    an_evidence(noor, a_skill("brazing"), level=3, kind="lead", by=daan)
    a_credential(noor, van_dijk, by=femke)
    me = page_of(noor, phone=phone, dark=phone, language=language)
    me.goto(reverse("profile:own"))
    me.get_by_role("link", name=said["share"]).click()
    for number in range(2):
        me.get_by_label(said["all"]).nth(number).check()
    me.get_by_label(said["whom"]).fill("Recruiter")
    me.get_by_label(said["word"]).fill("Nice to meet you")
    accessible(me)
    me.get_by_role("button", name=said["see"]).click()
    preview = me.get_by_role("region", name=said["read"])
    expect(preview.get_by_text("Nice to meet you")).to_be_visible()
    expect(preview.get_by_text("Recruiter")).to_have_count(0)
    accessible(me)
    me.get_by_role("button", name=said["make"]).click()
    address = me.get_by_label(said["address"]).input_value()
    accessible(me)

    link = address[address.index("/shared/") :]
    outsider = page_of(None, phone=True, dark=phone, language=language)
    outsider.goto(link)
    expect(outsider.get_by_role("heading", name=noor.name)).to_be_visible()
    expect(outsider.get_by_role("heading", name=said["can"])).to_be_visible()
    accessible(outsider)
    outsider.get_by_role("link", name=said["check"]).first.click()
    expect(outsider.get_by_role("heading", name=said["genuine"])).to_be_visible()
    accessible(outsider)
    outsider.get_by_role("link", name=said["back"]).click()
    expect(outsider.get_by_role("heading", name=noor.name)).to_be_visible()

    me.goto(reverse("profile:shares"))
    accessible(me)
    me.get_by_role("link", name="Recruiter").click()
    looked = me.locator("section", has=me.get_by_role("heading", name=said["looked"]))
    expect(looked.locator(".big-number")).to_have_text("1")
    accessible(me)
    me.get_by_role("button", name=said["withdraw"]).click()
    expect(me.get_by_text(said["gone"])).to_be_visible()
    answer = outsider.goto(link)
    assert answer is not None
    assert answer.status == 404
    expect(outsider.get_by_role("heading", name=said["closed"])).to_be_visible()
    accessible(outsider)
