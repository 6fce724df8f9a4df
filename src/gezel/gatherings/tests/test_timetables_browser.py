"""HR plans sessions by wish, changes them by hand and accepts; people choose and get places."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from gezel.catalogue.tests.builders import an_activity
from gezel.gatherings.actions import timetables
from gezel.gatherings.models import Gathering, Place, Timetable
from gezel.gatherings.tests.builders import a_session
from gezel.gatherings.tests.timetabling import NEVER, a_choosing, a_timetable, wanted
from gezel.kit.jobs import run
from gezel.people.api import Person
from gezel.people.tests.builders import a_colleague

if TYPE_CHECKING:
    from conftest import PageOf
    from playwright.sync_api import Page

WORDS = {
    "en": {
        "keep": "Keep", "make": "Make a proposal", "stop": "Stop, this is good enough",
        "proof": "No timetable can do more", "lock": "^Lock", "move": "^Move",
        "there": "^Move there", "moved": "Moved.", "accept": "Accept and invite",
        "stand": "1 session stands", "wishes": "Keep my wishes", "most": "What you want most",
        "one": "Wish 1", "out": "Share out the places", "done": "Shared out: 1",
        "again": "Plan again what is to come", "plan": "Plan again", "changes": "What would change",
        "two": "2 people have something else", "carry": "Carry it out and tell them",
        "told": "The new plan holds now",
    },
    "nl": {
        "keep": "Bewaren", "make": "Voorstel maken", "stop": "Stop, dit is goed genoeg",
        "proof": "Meer kan geen enkel rooster", "lock": "^Vastzetten", "move": "^Verplaatsen",
        "there": "^Daarheen", "moved": "Verplaatst.", "accept": "Aannemen en uitnodigen",
        "stand": "1 bijeenkomst staat vast", "wishes": "Mijn wensen bewaren",
        "most": "Wat je het liefst wilt", "one": "Wens 1", "out": "Plekken verdelen",
        "done": "Verdeeld: 1",
        "again": "Opnieuw plannen wat nog komt", "plan": "Opnieuw plannen",
        "changes": "Wat er zou veranderen", "two": "2 mensen hebben iets anders",
        "carry": "Doorvoeren en het hun laten weten", "told": "Het is nu zoals gepland",
    },
}  # fmt: skip


def _speaks(phone: bool, *people: Person) -> dict[str, str]:
    for person in people:
        person.language = "nl" if phone else "en"
        person.save()
    return WORDS["nl" if phone else "en"]


def _again(
    page: "Page",
    accessible: "Callable[[Page], None]",
    words: dict[str, str],
    made: Timetable,
    *,
    giver: Person,
) -> None:
    """Who gives it falls ill on that day: planned again, looked at, and carried out."""
    page.goto(reverse("gatherings:timetable", args=[made.pk]))
    accessible(page)
    page.get_by_role("button", name=words["again"]).click()
    day = Gathering.objects.get().starts_here.date()
    ill = {"off": [], "away_from": day, "away_until": day}
    timetables.keep_giver(Timetable.objects.get(), giver, made.wanted.all(), ill)
    page.get_by_role("button", name=words["plan"], exact=True).click()
    expect(page.get_by_role("button", name=words["stop"])).to_be_visible()
    run(Timetable.objects.get().task or "")
    page.goto(reverse("gatherings:timetable_board", args=[made.pk]))
    expect(page.get_by_role("heading", name=words["changes"])).to_be_visible()
    expect(page.get_by_text(words["two"])).to_be_visible()
    accessible(page)
    page.get_by_role("button", name=words["carry"]).click()
    expect(page.get_by_text(words["told"])).to_be_visible()
    assert Gathering.objects.get().starts_here.date() != day


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.parametrize("phone", [True, False], ids=["phone-nl-dark", "desk-en-light"])
def test_a_timetable_is_wished_proposed_changed_and_accepted(
    *,
    femke: Person,
    daan: Person,
    noor: Person,
    page_of: "PageOf",
    accessible: "Callable[[Page], None]",
    phone: bool,
) -> None:
    words = _speaks(phone, femke, noor)
    van_dijk = noor.employments.get().organisation
    made = a_timetable(van_dijk, by=femke, wish_until=timezone.localdate() + timedelta(days=2))
    one = wanted(made, an_activity(van_dijk, "Fault codes"))
    timetables.keep_giver(made, daan, [one], NEVER)
    timetables.add_wishers(made, [a_colleague(van_dijk, "Long Name").pk], [one])

    mine = page_of(noor, phone=phone, dark=phone)
    mine.goto(reverse("gatherings:timetable_wish", args=[made.pk]))
    accessible(mine)
    mine.get_by_label("Fault codes").check()
    mine.get_by_role("button", name=words["keep"]).click()
    expect(mine.get_by_label("Fault codes")).to_be_checked()

    page = page_of(femke, phone=phone, dark=phone)
    page.goto(reverse("gatherings:timetable", args=[made.pk]))
    accessible(page)
    page.get_by_role("button", name=words["make"]).click()
    expect(page.get_by_role("button", name=words["stop"])).to_be_visible()
    run(Timetable.objects.get().task or "")
    page.goto(reverse("gatherings:timetable_board", args=[made.pk]))
    expect(page.get_by_text(words["proof"])).to_be_visible()
    accessible(page)
    card = page.locator(".timetable-card")
    expect(card).to_have_count(1)
    if phone:
        page.get_by_role("link", name=re.compile(words["move"])).focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/board/\d+/"))
        accessible(page)
        page.get_by_role("button", name=re.compile(words["there"])).first.focus()
        page.keyboard.press("Enter")
    else:
        there = page.locator(".timetable-part:not(:has(.timetable-card))").last
        card.get_by_role("heading").hover()
        page.mouse.down()
        box = there.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 20, box["y"] + 10, steps=5)
        page.mouse.move(box["x"] + 30, box["y"] + 15, steps=5)
        expect(there.locator("[data-drop]")).to_have_text(re.compile("Everyone who is coming now"))
        page.mouse.up()
    expect(page.get_by_text(words["moved"])).to_be_visible()
    page.get_by_role("button", name=re.compile(words["lock"])).click()
    expect(page.locator(".timetable-card.locked")).to_have_count(1)
    assert not Gathering.objects.exists()
    page.get_by_role("button", name=words["accept"]).click()
    expect(page.get_by_text(words["stand"])).to_be_visible()
    assert Place.objects.filter(state="booked").count() == 2

    _again(page, accessible, words, made, giver=daan)


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.parametrize("phone", [True, False], ids=["phone-nl-dark", "desk-en-light"])
def test_people_choose_and_places_are_shared_out(
    femke: Person,
    noor: Person,
    page_of: "PageOf",
    accessible: "Callable[[Page], None]",
    phone: bool,
) -> None:
    words = _speaks(phone, femke, noor)
    van_dijk = noor.employments.get().organisation
    sessions = [a_session(van_dijk, by=femke, days=d, seats=1) for d in (9, 10)]
    made = a_choosing(van_dijk, *sessions, by=femke)

    mine = page_of(noor, phone=phone, dark=phone)
    mine.goto(reverse("gatherings:choose", args=[made.pk]))
    accessible(mine)
    mine.get_by_label(words["most"]).select_option(index=2)
    mine.get_by_role("button", name=words["wishes"]).click()
    expect(mine.get_by_label(words["most"])).to_have_value(str(sessions[1].pk))

    made.until_on = timezone.localdate() - timedelta(days=1)
    made.save()
    page = page_of(femke, phone=phone, dark=phone)
    page.goto(reverse("gatherings:choosing", args=[made.pk]))
    expect(page.get_by_text(words["one"], exact=True).last).to_be_visible()
    accessible(page)
    page.get_by_role("button", name=words["out"]).click()
    expect(page.get_by_text(words["done"])).to_be_visible()
    mine.reload()
    assert Place.objects.get().gathering_id == sessions[1].pk
