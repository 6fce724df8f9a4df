"""An instruction made on a phone, reviewed by one colleague, played and thanked for by another."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PageOf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from gezel.content.models import Asking, ContentSettings, Module
from gezel.content.tests.builders import WEBM, a_picture
from gezel.people.api import Organisation, Person

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_organisation_sets_how_modules_are_made(
    van_dijk: Organisation, femke: Person, noor: Person, visit: Callable[[Person], Client]
) -> None:
    address = reverse("content:house_rules")
    told = {"review_first": "on", "hosts": "https://player.vimeo.com/video/1\n\nYOUTU.be\n",
            "quota_gb": 3}  # fmt: skip
    wrong = visit(femke).post(address, told | {"hosts": "localhost"})
    assert wrong.status_code == 422
    assert "is not the name of a site" in wrong.content.decode()
    assert visit(noor).post(address, told).status_code == 404
    visit(femke).post(address, told)

    now = ContentSettings.of(van_dijk.pk)
    assert now.review_first
    assert now.embed_hosts == ["player.vimeo.com", "youtu.be"]
    assert now.quota_gb == 3


def test_a_film_a_photo_and_words_each_become_the_block_that_fits(
    van_dijk: Organisation, noor: Person, visit: Callable[[Person], Client]
) -> None:
    client = visit(noor)
    client.post(reverse("content:quick"), {"title": "Lock out"})
    module = Module.objects.get()
    here = reverse("content:quick_steps", args=[module.pk])
    for name, data in (("a.webm", WEBM), ("b.png", a_picture()), ("", b"")):
        more = {"file": SimpleUploadedFile(name, data)} if name else {}
        assert client.post(here, {"line": f"Step {name}", **more}).status_code == 302
    refused = client.post(here, {"line": "x", "file": SimpleUploadedFile("c.svg", b"<svg/>")})
    assert refused.status_code == 422
    assert list(module.blocks.values_list("kind", flat=True)) == ["video", "image", "text"]

    ask = reverse("content:quick_question", args=[module.pk])
    twice = client.post(ask, {"prompt": "First?", "right": "Off", "wrong1": "off"})
    assert "Two answers are the same." in twice.content.decode()
    asked = client.post(ask, {"prompt": "First?", "right": "Off", "wrong1": "Measure"})
    assert asked.status_code == 302
    done = reverse("content:quick_finish", args=[module.pk])
    assert client.post(done, {"skill": "", "level": "2", "reviewer": ""}).status_code == 302
    module.activity.refresh_from_db()
    module.refresh_from_db()
    assert (module.activity.state, module.minutes, module.pass_percent) == ("open", 4, 80)


Axe = Callable[[Page], None]


def made_on_a_phone(page: Page, photo: Path, accessible: Axe) -> None:
    """Noor shows how she locks out a car, and asks Femke to look."""
    page.goto(reverse("content:making"))
    accessible(page)
    page.get_by_role("link", name="Een instructie maken").click()
    page.get_by_label("Wat laat je zien?").fill("Elektrische auto vergrendelen")
    accessible(page)
    page.get_by_role("button", name="Naar de stappen").click()
    page.locator("input[name=file]").set_input_files(photo)
    page.get_by_label("Wat doe je hier?").fill("Trek de servicestekker eruit.")
    page.get_by_role("button", name="Deze stap bewaren").click()
    expect(page.locator(".quick-steps li")).to_have_count(1)
    accessible(page)
    page.get_by_role("link", name="Dat waren de stappen").click()
    page.get_by_label("Vraag", exact=True).fill("Wat doe je eerst?")
    page.get_by_label("Het goede antwoord").fill("Uitschakelen")
    page.get_by_label("Een fout antwoord").first.fill("Meten")
    accessible(page)
    page.get_by_role("button", name="Deze vraag bewaren").click()
    page.get_by_role("link", name="Verder").click()
    accessible(page)
    page.get_by_label("Femke de Boer").check()
    page.get_by_role("button", name="Klaar: laat maar gaan").click()
    page.wait_for_url("**/edit/")


def looked_at(page: Page, accessible: Axe) -> None:
    page.goto(reverse("content:making"))
    page.get_by_role("link", name="Elektrische auto vergrendelen").click()
    accessible(page)
    page.get_by_role("button", name="Goedkeuren").click()
    page.wait_for_url("**/making/")


def played_and_thanked_for(page: Page, activity: str, accessible: Axe) -> None:
    page.goto(activity)
    page.locator("#module-start form button").first.click()
    expect(page.get_by_alt_text("Trek de servicestekker eruit.")).to_be_visible()
    page.goto(activity)
    page.get_by_label("Hoe het je hielp").fill("Scheelde me een uur.")
    page.get_by_role("button", name="De maker bedanken").click()
    expect(page.get_by_text("Scheelde me een uur.")).to_be_visible()
    page.get_by_label("Een vraag aan de maker").fill("Welk slot?")
    page.get_by_role("button", name="Vraag stellen").click()
    expect(page.get_by_text("Welk slot?")).to_be_visible()
    accessible(page)


@pytest.mark.browser
@pytest.mark.browser_once
def test_from_a_phone_by_way_of_a_look_to_thanks_and_an_answer(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    page_of: PageOf,
    accessible: Axe,
    tmp_path: Path,
) -> None:
    ContentSettings.objects.create(organisation=van_dijk, review_first=True)
    photo = tmp_path / "slot.png"
    photo.write_bytes(a_picture())
    maker = page_of(noor, phone=True, language="nl")
    made_on_a_phone(maker, photo, accessible)
    module = Module.objects.get()
    assert module.activity.state == "draft"
    looked_at(page_of(femke, language="nl"), accessible)
    activity = reverse("catalogue:activity", args=[module.activity_id])
    played_and_thanked_for(page_of(daan, phone=True, language="nl"), activity, accessible)

    maker.goto(activity)
    maker.get_by_label("Je antwoord").fill("Het rode.")
    maker.get_by_role("button", name="Antwoord geven").click()
    expect(maker.get_by_text("Het rode.")).to_be_visible()
    assert Asking.objects.get().answered_by == noor
