"""What someone keeps on their phone works without connection, and arrives once."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from conftest import PageOf
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from gezel.content.actions import finish, start
from gezel.content.models import Answer, Attempt, Begun, Module, Place, Review
from gezel.content.queries import play
from gezel.content.tests.builders import (
    PICTURE,
    PRACTICAL,
    QUESTION,
    REFLECTION,
    SEVERAL,
    TEXT,
    a_module,
    a_picture,
    answer_everything,
)
from gezel.content.tests.test_browser import go
from gezel.people.api import Organisation, Person, end_employment
from gezel.skills.tests.builders import a_skill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

READY = (
    "() => navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
)
KEPT = "() => window.gezelKept.entries().then((all) => all.map((e) => e.id))"


def until(true: Callable[[], object], page: Page) -> None:
    """Wait for what the server does with what a phone sends."""
    for _ in range(150):
        if true():
            return
        page.wait_for_timeout(100)
    assert true()


def keep(page: Page, module: Module, label: str = "Keep on this phone") -> None:
    """Open the module, and keep it on this phone."""
    page.goto(reverse("content:play", args=[module.pk]))
    until(lambda: page.evaluate(READY), page)
    page.get_by_role("button", name=label).click()
    until(lambda: page.evaluate(KEPT), page)


def without_connection(page: Page) -> None:
    page.context.set_offline(True)


def test_begun_and_finished_without_connection_with_the_app_closed_in_between(
    page_of: PageOf, accessible: Any, noor: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT, PICTURE, QUESTION, REFLECTION])
    page = page_of(noor, phone=True, dark=True, language="nl", worker=True)
    keep(page, module, "Op deze telefoon bewaren")
    expect(page.get_by_text("Staat op deze telefoon")).to_be_visible()
    accessible(page)

    without_connection(page)
    page.goto("/")
    expect(page.get_by_role("heading", name="Er is nu geen verbinding")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="High-voltage safety").click()
    expect(page.get_by_text("Stap 1 van 4")).to_be_visible()
    go(page, "Verder")
    picture = page.locator("figure img:visible")
    assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
    accessible(page)
    go(page, "Verder")
    page.get_by_label("Uitschakelen").check()
    go(page, "Controleren")
    page.close()
    assert not Attempt.objects.exists()

    page = page.context.new_page()
    page.goto(reverse("content:play", args=[module.pk]))
    expect(page.get_by_text("Stap 3 van 4")).to_be_visible()
    expect(page.get_by_text("Precies.")).to_be_visible()
    go(page, "Verder")
    page.locator("textarea:visible").fill("Eerst vragen")
    go(page, "Verder")
    go(page, "Afronden")
    expect(page.locator("[data-offline]")).to_be_visible()
    page.close()

    page = page.context.new_page()
    page.context.set_offline(False)
    page.goto(reverse("records:mine"))
    until(lambda: Attempt.objects.filter(completed_at__isnull=False).exists(), page)
    attempt = Attempt.objects.get()
    assert [s.value for s in play(attempt).steps] == [
        {"seen": True}, {"seen": True}, {"chosen": ["a"]}, {"text": "Eerst vragen"},
    ]  # fmt: skip
    assert Answer.objects.count() == 4
    page.get_by_role("link", name="Wat je zonder verbinding afrondde, is aangekomen.").click()
    expect(page.get_by_role("heading", name="Goed gedaan, Noor")).to_be_visible()
    page.reload()
    assert Answer.objects.count() == 4
    assert Attempt.objects.count() == 1


def test_the_desk_goes_on_where_the_phone_was(
    page_of: PageOf, accessible: Any, noor: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT, REFLECTION, TEXT, QUESTION])
    start(noor, module, organisation=van_dijk)
    phone = page_of(noor, phone=True, dark=True, language="nl")
    phone.goto(reverse("content:play", args=[module.pk]))
    go(phone, "Verder")
    phone.locator("textarea:visible").fill("Vragen")
    go(phone, "Verder")
    go(phone, "Terug")
    until(lambda: Place.objects.filter(block__kind="reflection").exists(), phone)

    desk = page_of(noor)
    desk.goto(reverse("content:play", args=[module.pk]))
    expect(desk.get_by_text("Step 2 of 4")).to_be_visible()
    expect(desk.locator("textarea:visible")).to_have_value("Vragen")
    desk.goto("about:blank")  # leaving tells where one is, too
    desk.wait_for_timeout(500)
    earlier = timezone.now() - timedelta(days=1)
    Place.objects.update(at=earlier)
    Attempt.objects.update(last_at=earlier)
    desk.goto(reverse("catalogue:activity", args=[module.activity_id]))
    expect(desk.get_by_text("You were at 2 of 4, yesterday.")).to_be_visible()
    desk.goto(reverse("content:play", args=[module.pk]))
    expect(desk.get_by_text("You were at 2 of 4, yesterday.")).to_be_visible()
    accessible(desk)


def test_two_phones_begin_the_same_without_connection(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT, REFLECTION])
    one, other = (page_of(noor, phone=True, worker=True) for _ in range(2))
    for page in (one, other):
        keep(page, module)
        without_connection(page)
        page.goto(reverse("content:play", args=[module.pk]))
        go(page, "Next")
    other.locator("textarea:visible").fill("From the other phone")
    go(other, "Next")

    for page in (one, other):
        page.context.set_offline(False)
        page.goto(reverse("records:mine"))
        page.wait_for_function("() => !Object.keys(localStorage).some((k) => k.includes('answer'))")

    attempt = Attempt.objects.get()
    assert Begun.objects.get().attempt == attempt
    assert Answer.objects.count() == 3
    assert play(attempt).state.is_whole


# As if it had been given so many hours ago: the newest that waits on this device.
AGO = """(hours) => {
  const names = Object.keys(localStorage).filter((name) => name.startsWith("gezel:answer:"));
  const all = names.map((name) => [name, JSON.parse(localStorage[name])]);
  const [name, entry] = all.sort((a, b) => a[1].at < b[1].at ? 1 : -1)[0];
  entry.at = new Date(Date.now() - hours * 3600e3).toISOString();
  localStorage[name] = JSON.stringify(entry);
  return all.length;
}"""


def test_two_days_without_connection_while_the_round_was_finished_on_the_desk(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    """Attack 65: the app is killed, another device closes the round, and two days later each
    answer arrives once or says why not."""
    module = a_module(van_dijk, [TEXT, REFLECTION, TEXT])
    now = timezone.now()
    attempt = start(noor, module, organisation=van_dijk, at=now - timedelta(hours=49))
    phone = page_of(noor, phone=True, dark=True, language="nl")
    phone.goto(reverse("content:play", args=[module.pk]))
    without_connection(phone)
    go(phone, "Verder")
    assert phone.evaluate(AGO, 48) == 1
    phone.locator("textarea:visible").fill("Van de telefoon")
    go(phone, "Verder")
    assert phone.evaluate(AGO, 1) == 2
    phone.close()

    desk = now - timedelta(hours=24)
    answer_everything(attempt, at=desk)
    finish(attempt, organisation=van_dijk, at=desk)

    phone = phone.context.new_page()
    phone.context.set_offline(False)
    phone.goto(reverse("records:mine"))
    expect(phone.get_by_text("Er kwam nog een antwoord binnen")).to_be_visible()
    expect(phone.get_by_text("deze ronde was al afgerond voordat je het gaf")).to_be_visible()
    phone.reload()
    phone.wait_for_function("() => !Object.keys(localStorage).some((k) => k.includes('answer'))")
    expect(phone.get_by_text("deze ronde was al afgerond")).to_have_count(0)
    attempt.refresh_from_db()
    assert attempt.completed_at == desk
    assert Answer.objects.filter(attempt=attempt).count() == 3 + 1
    assert not Answer.objects.filter(value__text="Van de telefoon").exists()


def test_signed_out_meanwhile_the_round_waits_for_its_owner_and_the_copy_goes(
    page_of: PageOf, noor: Person, daan: Person, van_dijk: Organisation, live_server: Any
) -> None:
    module = a_module(van_dijk, [TEXT, REFLECTION])
    page = page_of(noor, phone=True, worker=True)
    keep(page, module)
    without_connection(page)
    page.goto(reverse("content:play", args=[module.pk]))
    go(page, "Next")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="gezel-session")
    page.context.set_offline(False)
    page.goto("/")
    until(lambda: not page.evaluate(KEPT), page)
    assert (
        page.evaluate("() => caches.keys().then((n) => n.filter((x) => x.includes('kept')))") == []
    )
    assert not Attempt.objects.exists()

    client = Client()
    client.force_login(daan)
    session = client.cookies["gezel-session"].value
    page.context.add_cookies([{"name": "gezel-session", "value": session, "url": live_server.url}])
    page.goto(reverse("records:mine"))
    page.wait_for_timeout(500)
    assert not Attempt.objects.exists()

    page.context.clear_cookies()
    page.context.add_cookies(cookies)  # type: ignore[arg-type] # what it gave, it takes
    page.goto(reverse("records:mine"))
    until(Answer.objects.exists, page)
    assert Attempt.objects.get().person == noor


@pytest.mark.browser_once
def test_who_left_loses_what_is_kept(page_of: PageOf, noor: Person, van_dijk: Organisation) -> None:
    module = a_module(van_dijk, [TEXT, REFLECTION])
    page = page_of(noor, phone=True, worker=True)
    keep(page, module)
    today = timezone.localdate()
    end_employment(noor.employments.get(), last_day=today - timedelta(days=1))

    page.evaluate("() => window.gezelKept.check()")

    until(lambda: not page.evaluate(KEPT), page)


@pytest.mark.browser_once
def test_half_a_download_is_not_called_kept(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT, PICTURE])
    page = page_of(noor, phone=True, worker=True)
    page.goto(reverse("content:play", args=[module.pk]))
    until(lambda: page.evaluate(READY), page)
    module.blocks.get(kind="image").media.file.delete()  # type: ignore[union-attr]
    page.get_by_role("button", name="Keep on this phone").click()
    expect(page.get_by_text("Not everything arrived, so nothing was kept.")).to_be_visible()
    assert page.evaluate(KEPT) == []
    assert (
        page.evaluate("() => caches.keys().then((n) => n.filter((x) => x.includes('kept')))") == []
    )


@pytest.mark.browser_once
def test_what_changed_is_fetched_anew_and_what_is_removed_is_gone(
    page_of: PageOf, accessible: Any, noor: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT])
    page = page_of(noor, worker=True)
    keep(page, module)
    Module.objects.filter(pk=module.pk).update(version=2)
    page.evaluate("() => window.gezelKept.check()")
    stamp = "() => window.gezelKept.entries().then((all) => all[0].stamp)"
    assert page.evaluate(stamp).startswith("2.")

    page.goto(reverse("content:phone"))
    expect(page.get_by_role("link", name="High-voltage safety")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name=re.compile("Remove.*High-voltage")).click()
    expect(page.get_by_text("Nothing is kept on this phone yet.")).to_be_visible()
    accessible(page)


def with_cards(person: Person, module: Module) -> None:
    """They completed this module two months ago, so its questions are due."""
    at = timezone.now() - timedelta(days=60)
    organisation = module.activity.organisation
    attempt = start(person, module, organisation=organisation, at=at)
    answer_everything(attempt, at=at)
    finish(attempt, organisation=organisation, at=at)


def test_cards_without_connection_arrive_once(
    page_of: PageOf, accessible: Any, noor: Person, van_dijk: Organisation
) -> None:
    with_cards(noor, a_module(van_dijk, [QUESTION, SEVERAL], pass_percent=50))
    page = page_of(noor, phone=True, dark=True, language="nl", worker=True)
    page.goto(reverse("content:cards"))
    accessible(page)
    until(lambda: page.evaluate(READY), page)
    page.get_by_role("button", name="Mijn kaarten op deze telefoon bewaren").click()
    until(lambda: page.evaluate(KEPT), page)

    without_connection(page)
    page.goto("/")
    page.get_by_role("link", name="Mijn kaarten").click()
    page.get_by_text("Laat het antwoord zien").locator("visible=true").click()
    accessible(page)
    page.get_by_role("button", name="Ging goed").click()
    expect(page.get_by_text("Bewaard op deze telefoon, nog niet verstuurd.")).to_be_visible()
    page.reload()
    expect(page.locator("[data-card]:visible")).to_have_count(1)
    page.get_by_text("Laat het antwoord zien").locator("visible=true").click()
    page.get_by_role("button", name="Makkelijk").click()
    expect(page.get_by_role("heading", name="Dat is alles voor nu")).to_be_visible()
    assert Review.objects.count() == 2  # those of the module itself

    page.context.set_offline(False)
    page.goto(reverse("records:mine"))
    until(lambda: Review.objects.count() == 4, page)
    assert {r.rating for r in Review.objects.filter(took_ms__gt=0)} == {3, 4}
    page.goto(reverse("content:cards"))
    expect(page.get_by_role("heading", name="Dat is alles voor nu")).to_be_visible()
    assert Review.objects.count() == 4
    accessible(page)


@pytest.mark.browser_once
def test_cards_by_keyboard_with_one_taken_back(
    page_of: PageOf, accessible: Any, noor: Person, van_dijk: Organisation
) -> None:
    with_cards(noor, a_module(van_dijk, [QUESTION, SEVERAL], pass_percent=50))
    page = page_of(noor)
    page.goto(reverse("home"))
    panel = page.locator("section.card", has_text="2 cards are ready")
    panel.get_by_role("link", name="Look at them").click()
    accessible(page)
    page.locator("[data-card]:visible summary").focus()
    page.keyboard.press("Enter")
    accessible(page)
    page.keyboard.press("1")  # not yet: it comes once more at the end
    page.keyboard.press("u")
    expect(page.locator("[data-card]:visible .play-count")).to_contain_text("1/2")
    for _ in range(2):
        page.keyboard.press("Space")
        page.keyboard.press("3")
    expect(page.get_by_role("heading", name="That is all for now")).to_be_focused()
    until(lambda: Review.objects.count() == 2 + 4, page)
    assert Review.objects.filter(undoes__isnull=False).count() == 1
    page.goto(reverse("content:my_cards"))
    accessible(page)
    page.goto(reverse("home"))
    expect(page.get_by_text("cards are ready")).to_have_count(0)


def test_a_photo_of_work_comes_back_is_sent_again_and_stands_at_the_skill(
    page_of: PageOf,
    accessible: Callable[[Page], None],
    noor: Person,
    daan: Person,
    van_dijk: Organisation,
) -> None:
    skill = a_skill("Lockout", organisation=van_dijk)
    module = a_module(van_dijk, [PRACTICAL], teaches={skill: 3})
    phone = page_of(noor, phone=True, dark=True, language="nl")

    def shows(line: str) -> None:
        phone.locator("input[type=file]").set_input_files(
            {"name": "lock.png", "mimeType": "image/png", "buffer": a_picture()}
        )
        expect(phone.locator("[data-upload-words]")).to_contain_text("lock.png")
        phone.get_by_label("Wat is er te zien?").fill(line)
        phone.get_by_role("button", name="Versturen").click()
        agree = phone.get_by_label("Ik vind het goed dat deze persoon")
        expect(agree).to_have_attribute("aria-invalid", "true")
        agree.check()
        phone.get_by_role("button", name="Versturen").click()
        expect(phone.get_by_text("Verstuurd. Hier zie je wat ervan gezegd wordt.")).to_be_visible()

    phone.goto(reverse("content:play", args=[module.pk]))
    phone.get_by_role("button", name="Beginnen").click()
    phone.get_by_role("link", name="Foto en een zin").click()
    accessible(phone)
    shows("Slot erop.")

    desk = page_of(daan)
    desk.goto(reverse("content:making"))
    desk.get_by_role("link", name="Noor Jansen").first.click()
    seen = desk.get_by_role("img", name="Slot erop.")
    expect(seen).to_be_visible()
    assert seen.evaluate("image => image.complete && image.naturalWidth > 0")
    accessible(desk)
    desk.get_by_role("button", name="Send it back").click()
    expect(desk.get_by_text("Say what is still missing.", exact=True)).to_be_visible()
    desk.get_by_label("A remark").fill("Where is the tag?")
    desk.get_by_role("button", name="Send it back").click()
    expect(desk.get_by_text("Sent back, with what is still missing.")).to_be_visible()

    phone.reload()
    expect(phone.get_by_text("Where is the tag?")).to_be_visible()
    shows("Slot en kaartje erop.")
    desk.reload()
    desk.get_by_role("link", name="Noor Jansen").first.click()
    desk.get_by_role("button", name="Confirm").click()
    expect(desk.get_by_text("Confirmed, with your name.")).to_be_visible()

    phone.goto(reverse("skills:ledger", args=[noor.pk, skill.pk]))
    expect(phone.get_by_text("praktijkwerk, bekeken").first).to_be_visible()
    expect(phone.get_by_text("Daan Visser").first).to_be_visible()
    accessible(phone)
