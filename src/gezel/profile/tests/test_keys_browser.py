"""In a real browser: a key of one's own, a question on another screen, and the next Gezel."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect

from gezel.kit.jobs import run_waiting
from gezel.people.api import Organisation, Person
from gezel.profile.tests.builders import a_credential

if TYPE_CHECKING:
    from conftest import PageOf
    from playwright.sync_api import Page

PASSPHRASE = "vier schuine wolken boven zee"
WORDS = {
    "en": {
        "make": "Make my key",
        "to": "To my key",
        "anew": "Issued anew, to your key.",
        "who": "Who are you?",
        "ask": "Ask them",
        "link": "Link",
        "asks": "Someone who calls themselves “De Linde”",
        "show": "Show it, and prove that it is mine",
        "shown": "Shown. Who asked reads it now",
        "held": "holds the key it was issued to",
        "genuine": "This is genuine.",
        "elsewhere": "Answer a question from elsewhere",
        "along": "Take my key along too",
        "first": "Passphrase for your key",
        "again": "The same passphrase once more",
        "archive": "Make my archive",
        "download": "Download",
        "look": "Look it through",
        "lies": "Your key lies in this file",
        "words": "Passphrase of your key",
        "open": "Open my key",
        "wrong": "does not open with this passphrase",
        "here": "Your key is here now.",
        "stated": "stated by yourself",
        "verified": "verified",
    },
    "nl": {
        "make": "Mijn sleutel maken",
        "to": "Op mijn sleutel",
        "anew": "Opnieuw uitgegeven, op jouw sleutel.",
        "who": "Wie ben je?",
        "ask": "Vragen",
        "link": "Link",
        "asks": "Iemand die zich ‘De Linde’ noemt",
        "show": "Laten zien, en bewijzen dat het van mij is",
        "shown": "Getoond. Wie het vroeg, leest het nu",
        "held": "heeft de sleutel waarop het is uitgegeven",
        "genuine": "Dit is echt.",
        "elsewhere": "Een vraag van elders beantwoorden",
        "along": "Mijn sleutel ook meenemen",
        "first": "Wachtzin voor je sleutel",
        "again": "Dezelfde wachtzin nog een keer",
        "archive": "Mijn archief maken",
        "download": "Downloaden",
        "look": "Bekijken wat erin zit",
        "lies": "Je sleutel zit in dit bestand",
        "words": "Wachtzin van je sleutel",
        "open": "Mijn sleutel openen",
        "wrong": "gaat niet open met deze wachtzin",
        "here": "Je sleutel is nu hier.",
        "stated": "eigen opgave",
        "verified": "gecontroleerd",
    },
}


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.parametrize(
    ("phone", "language"), [(True, "nl"), (False, "en")], ids=["phone-nl-dark", "desk-en-light"]
)
def test_a_key_is_made_proves_on_another_screen_and_moves_along(  # noqa: PLR0915 - one walk
    *,
    noor: Person,
    femke: Person,
    van_dijk: Organisation,
    page_of: "PageOf",
    accessible: "Callable[[Page], None]",
    settings: Any,
    tmp_path: Path,
    phone: bool,
    language: str,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()
    said = WORDS[language]
    a_credential(noor, van_dijk, by=femke)
    me = page_of(noor, phone=phone, dark=phone, language=language)
    me.goto(reverse("profile:own_keys"))
    accessible(me)
    me.get_by_role("button", name=said["make"]).click()
    me.get_by_role("button", name=said["to"]).click()
    expect(me.get_by_text(said["anew"])).to_be_visible()
    accessible(me)

    # Someone without an account asks; the answer comes by itself.
    asker = page_of(None, phone=phone, dark=phone, language=language)
    asker.goto(reverse("profile:verify"))
    asker.get_by_label(said["who"]).fill("De Linde")
    asker.get_by_role("button", name=said["ask"]).click()
    link = asker.get_by_label(said["link"], exact=True).input_value()
    accessible(asker)
    me.goto(link[link.index("/prove/") :])
    expect(me.get_by_text(said["asks"])).to_be_visible()
    accessible(me)
    me.get_by_role("button", name=said["show"]).click()
    expect(me.get_by_text(said["shown"])).to_be_visible()
    expect(asker.get_by_text(said["held"])).to_be_visible(timeout=15_000)
    expect(asker.get_by_role("heading", name=said["genuine"])).to_be_visible()
    accessible(asker)
    me.get_by_role("link", name=said["elsewhere"]).click()
    accessible(me)

    me.goto(reverse("profile:leaving"))
    me.get_by_text(said["along"]).click()
    me.get_by_label(said["first"]).fill(PASSPHRASE)
    me.get_by_label(said["again"]).fill(PASSPHRASE)
    accessible(me)
    me.get_by_role("button", name=said["archive"]).click()
    me.wait_for_url("**/tasks/**")
    run_waiting()
    me.goto(reverse("profile:leaving"))
    archive = tmp_path / "archive.zip"
    with me.expect_download() as coming:
        me.get_by_role("link", name=said["download"]).click()
    coming.value.save_as(archive)

    # Her account in the next Gezel: another address, and nothing known of her.
    newcomer = Person.objects.create_user(
        "noor@elders.example", first_name=noor.first_name, last_name=noor.last_name
    )
    there = page_of(newcomer, phone=phone, dark=phone, language=language)
    there.goto(reverse("profile:arriving"))
    there.locator("input[type=file]").set_input_files(archive)
    there.get_by_role("button", name=said["look"]).click()
    expect(there.get_by_text(said["lies"])).to_be_visible()
    expect(there.get_by_text(said["stated"], exact=True).first).to_be_visible()
    accessible(there)
    for words, answer in (("iets heel anders", "wrong"), (PASSPHRASE, "here")):
        there.get_by_label(said["words"]).fill(words)
        there.get_by_role("button", name=said["open"]).click()
        expect(there.get_by_text(said[answer])).to_be_visible()
    expect(there.get_by_text(said["lies"])).to_have_count(0)
    expect(there.get_by_text(said["verified"], exact=True).first).to_be_visible()
    accessible(there)
