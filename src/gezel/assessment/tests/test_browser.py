"""Taking and making tests in a real browser, with the connection gone half-way."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import PageOf
from django.urls import reverse
from playwright.sync_api import Page, expect

from gezel.assessment import queries
from gezel.assessment.actions import start
from gezel.assessment.models import Answer, Asked, Item, Sitting
from gezel.assessment.tests.builders import (
    a_number,
    a_test,
    an_item,
    an_order,
    answer_one,
    right_value,
)
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.skills.tests.builders import a_profile, a_skill

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]

SAY = {
    "en": {"begin": "Begin", "next": "Next", "unknown": "I don’t know",
           "keep": "Put it in my profile", "stopped": "Stopped because",
           "kept": "No connection. Your answer is kept on this phone",
           "in": "You put it in on"},
    "nl": {"begin": "Beginnen", "next": "Verder", "unknown": "Ik weet het niet",
           "keep": "In mijn profiel zetten", "stopped": "Gestopt omdat",
           "kept": "Geen verbinding. Je antwoord is op deze telefoon bewaard",
           "in": "Je zette het erin op"},
}  # fmt: skip


def press(page: Page, words: str) -> None:
    page.locator(".play-bar").get_by_role("button", name=words, exact=True).click()


def open_question(sitting: Sitting) -> Asked:
    turn = queries.course(sitting).open_turn
    assert turn is not None
    return Asked.objects.select_related("item").get(sitting=sitting, number=turn.number)


def choose(page: Page, sitting: Sitting, *, right: bool) -> None:
    """Tick the answer as the person would."""
    asked = open_question(sitting)
    for place in right_value(sitting, asked.item, right=right)["places"]:
        page.locator(f"input[name=chosen][value='{place}']").check()


def number_on(page: Page, number: int) -> None:
    expect(page.locator("#question-number")).to_have_text(re.compile(rf"\b{number}\b"))


@pytest.mark.parametrize("look", [("nl", True), ("en", False)])
def test_a_test_from_start_to_profile(
    page_of: PageOf,
    accessible: Callable[[Page], None],
    noor: Person,
    van_dijk: Organisation,
    look: tuple[str, bool],
) -> None:
    language, phone = look
    say = SAY[language]
    skill = a_skill(organisation=van_dijk)
    a_profile(van_dijk, {skill: 3})
    test = a_test(van_dijk, skill, items=60)
    page = page_of(noor, phone=phone, dark=phone, language=language)
    page.goto(reverse("assessment:mine"))
    accessible(page)
    page.goto(reverse("assessment:about", args=[test.pk]))
    accessible(page)
    page.get_by_role("button", name=say["begin"]).click()
    page.wait_for_url("**/sittings/**")
    sitting = Sitting.objects.get()
    accessible(page)
    for number in range(1, 26):
        number_on(page, number)
        asked = open_question(sitting)
        if number == 2:
            press(page, say["unknown"])
        else:
            choose(page, sitting, right=asked.item.difficulty <= 0.5)
            press(page, say["next"])
        page.wait_for_function(
            "(n) => location.pathname.endsWith('/result/') || !document.querySelector"
            "(`form[data-number='${n}']`)",
            arg=number,
        )
        if "/result/" in page.url:
            break
    expect(page.get_by_text(say["stopped"])).to_be_visible()
    sitting.refresh_from_db()
    assert sitting.result["level"] == 3
    assert Answer.objects.count() == sitting.result["questions"]
    accessible(page)
    assert not noor.evidence.exists()
    page.get_by_role("button", name=say["keep"]).click()
    expect(page.get_by_text(say["in"])).to_be_visible()
    assert noor.evidence.get().kind == "test"
    accessible(page)
    page.goto(reverse("skills:ledger", args=[noor.pk, skill.pk]))
    expect(page.get_by_text(noor.evidence.get().note).first).to_be_visible()


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_connection_drops_and_the_answer_arrives_once(
    page_of: PageOf, noor: Person, van_dijk: Organisation, language: str
) -> None:
    say = SAY[language]
    sitting = start(noor, a_test(van_dijk, items=60), organisation=van_dijk)
    page = page_of(noor, phone=True, language=language)
    page.goto(reverse("assessment:sit", args=[sitting.registration]))
    page.context.set_offline(True)
    choose(page, sitting, right=True)
    press(page, say["next"])
    expect(page.get_by_text(say["kept"])).to_be_visible()
    expect(page.locator(".play-bar .play-on")).to_be_disabled()
    assert not Answer.objects.exists()

    page.context.set_offline(False)

    number_on(page, 2)
    assert Answer.objects.count() == 1
    page.reload()
    number_on(page, 2)
    assert Answer.objects.count() == 1
    assert (
        page.evaluate("Object.keys(localStorage).filter((k) => k.includes('answer')).length") == 0
    )


def test_the_app_is_closed_without_connection_and_opened_later(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    sitting = start(noor, a_test(van_dijk, items=60), organisation=van_dijk)
    page = page_of(noor, phone=True)
    page.goto(reverse("assessment:sit", args=[sitting.registration]))
    page.context.set_offline(True)
    choose(page, sitting, right=False)
    press(page, "Next")
    expect(page.get_by_text(SAY["en"]["kept"])).to_be_visible()
    page.close()
    context = page.context
    context.set_offline(False)
    later = context.new_page()

    later.goto(reverse("records:mine"))  # whatever page one comes back to
    later.wait_for_function("() => !Object.keys(localStorage).some((k) => k.includes('answer'))")

    assert Answer.objects.get().right is False
    later.goto(reverse("assessment:sit", args=[sitting.registration]))
    number_on(later, 2)


def test_half_way_it_goes_on_elsewhere_and_the_old_page_cannot_answer_twice(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    sitting = start(noor, a_test(van_dijk, items=60), organisation=van_dijk)
    phone = page_of(noor, phone=True)
    phone.goto(reverse("assessment:sit", args=[sitting.registration]))
    desk = page_of(noor)
    desk.goto(reverse("assessment:sit", args=[sitting.registration]))
    choose(desk, sitting, right=True)
    press(desk, "Next")
    number_on(desk, 2)

    phone.locator("input[name=chosen]").first.check()
    press(phone, "Next")

    expect(phone.get_by_text("that answer stands")).to_be_visible()
    number_on(phone, 2)
    assert Answer.objects.get().right


def test_back_and_double_click_answer_each_question_once(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    sitting = start(noor, a_test(van_dijk, items=60), organisation=van_dijk)
    page = page_of(noor, phone=True)
    page.goto(reverse("assessment:mine"))
    page.goto(reverse("assessment:sit", args=[sitting.registration]))
    choose(page, sitting, right=True)
    page.locator(".play-bar .play-on").dblclick()
    number_on(page, 2)
    assert Answer.objects.count() == 1

    page.go_back()
    page.go_forward()

    number_on(page, 2)
    assert Asked.objects.count() == 2


def test_with_the_keyboard_alone(page_of: PageOf, noor: Person, van_dijk: Organisation) -> None:
    test = a_test(van_dijk, items=1)
    an_item(test, "order", an_order(), hardness=9, state="live")
    an_item(test, "number", a_number(), hardness=10, state="live")
    sitting = start(noor, test, organisation=van_dijk)
    page = page_of(noor)
    page.goto(reverse("assessment:sit", args=[sitting.registration]))
    page.locator("input[name=chosen]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    number_on(page, 2)

    wanted = ["Off", "Lock", "Measure"]
    for place, words in enumerate(wanted):
        step = page.locator("[data-place]", has=page.get_by_text(words, exact=True))
        while page.locator(".test-step").all_text_contents().index(words) > place:
            step.locator("[data-up]").focus()
            page.keyboard.press("Enter")
    expect(page.locator("[data-told]")).to_contain_text("now place")
    page.locator(".play-bar .play-on").focus()
    page.keyboard.press("Enter")
    number_on(page, 3)
    page.locator("#figure").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Choose or fill in an answer first.")
    page.keyboard.type("402,5")
    page.keyboard.press("Enter")
    page.wait_for_url("**/result/")
    assert [a.right for a in Answer.objects.order_by("asked__number")][1:] == [True, True]


def test_signed_out_meanwhile_the_answer_waits(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    sitting = start(noor, a_test(van_dijk, items=60), organisation=van_dijk)
    page = page_of(noor, phone=True)
    page.goto(reverse("assessment:sit", args=[sitting.registration]))
    cookies = page.context.cookies()
    page.context.clear_cookies(name="gezel-session")
    choose(page, sitting, right=True)
    press(page, "Next")
    expect(page.get_by_text("You were signed out.")).to_be_visible()
    assert not Answer.objects.exists()

    page.context.add_cookies(cookies)  # type: ignore[arg-type] # what it gave, it takes
    page.goto(reverse("assessment:sit", args=[sitting.registration]))

    number_on(page, 2)
    assert Answer.objects.count() == 1


def test_without_scripts_it_works_as_forms(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    sitting = start(noor, a_test(van_dijk, items=2), organisation=van_dijk)
    page = page_of(noor, phone=True, scripts=False)
    page.goto(reverse("assessment:sit", args=[sitting.registration]))
    choose(page, sitting, right=True)
    press(page, "Next")
    number_on(page, 2)
    press(page, "I don’t know")

    expect(page.get_by_role("heading", name="Part by part")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_maker_writes_another_checks_and_it_is_in_use(
    *,
    page_of: PageOf,
    accessible: Callable[[Page], None],
    femke: Person,
    van_dijk: Organisation,
    language: str,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    karim = a_colleague(van_dijk, "Karim Author", mandates=["author"])
    test = a_test(van_dijk)
    page = page_of(femke, language=language)
    page.goto(reverse("assessment:banks"))
    accessible(page)
    page.goto(reverse("assessment:bank", args=[test.pk]))
    accessible(page)
    page.goto(reverse("assessment:add", args=[test.pk, "one"]))
    page.locator("form.form .btn").first.click()
    expect(page.locator("#id_prompt_nl_error")).to_be_visible()
    accessible(page)
    page.locator("#id_prompt_nl").fill("Wat doe je eerst?")
    page.locator("#id_text1_nl").fill("Uitschakelen")
    page.locator("#id_text2_nl").fill("Meten")
    page.locator("#id_right1").check()
    page.locator("#id_hardness").select_option("6")
    page.locator("form.form .btn").first.click()
    page.wait_for_url("**/items/**")
    accessible(page)
    item = Item.objects.get()

    second = page_of(karim, phone=True, dark=True, language=language)
    second.goto(reverse("assessment:item", args=[item.pk]))
    accessible(second)
    second.locator("button[value=approve]").click()
    second.locator("button[value=use]").click()
    expect(second.locator("button[value=retire]")).to_be_visible()
    item.refresh_from_db()

    assert (item.state, item.written_by, item.reviewed_by) == ("live", femke, karim)


def test_a_file_is_brought_in_with_its_problems_in_view(
    page_of: PageOf, accessible: Callable[[Page], None], femke: Person, van_dijk: Organisation
) -> None:
    test = a_test(van_dijk)
    page = page_of(femke, phone=True)
    page.goto(reverse("assessment:bring", args=[test.pk]))
    accessible(page)
    page.set_input_files(
        "#id_file",
        {"name": "q.txt", "mimeType": "text/plain",
         "buffer": b"Good {=a ~b}\n\nBad {=a\n\nExact {#3}\n"},
    )  # fmt: skip
    page.get_by_role("button", name="Look what would come in").click()
    expect(page.get_by_text("Question 2, line 3")).to_be_visible()
    expect(page.get_by_text("The braces { } do not match.")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Bring in 2 questions").click()
    expect(page.get_by_text("as drafts to check")).to_be_visible()
    assert Item.objects.count() == 2


def test_the_home_page_leads_back_to_a_test_half_way(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    sitting = start(noor, a_test(van_dijk, items=60), organisation=van_dijk)
    answer_one(sitting)
    page = page_of(noor, phone=True)
    page.goto("/")

    page.get_by_role("heading", name="A test under way").scroll_into_view_if_needed()
    page.get_by_role("link", name="Go on").last.click()

    number_on(page, 2)
