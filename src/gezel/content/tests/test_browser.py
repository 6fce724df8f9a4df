"""Playing on a phone, with the connection gone half-way."""

from typing import Any

import pytest
from conftest import PageOf
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from gezel.content.actions import start
from gezel.content.models import Answer, Attempt, Module
from gezel.content.queries import play
from gezel.content.tests.builders import EVERYTHING, PICTURE, QUESTION, REFLECTION, TEXT, a_module
from gezel.people.api import Organisation, Person
from gezel.records.api import Statement
from gezel.skills.tests.builders import a_profile, a_skill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = {
    "en": {"start": "Start", "next": "Next", "check": "Check", "finish": "Finish"},
    "nl": {"start": "Beginnen", "next": "Verder", "check": "Controleren", "finish": "Afronden"},
}
OPTION = {"en": "Switch off", "nl": "Uitschakelen"}


def go(page: Page, name: str) -> None:
    page.locator(f".play-step:visible .play-bar :text-is('{name}'):visible").click()


@pytest.mark.parametrize(
    "look", [("nl", True), pytest.param(("en", False), marks=pytest.mark.browser_once)]
)
def test_a_module_from_start_to_celebration(
    page_of: PageOf,
    accessible: Any,
    noor: Person,
    van_dijk: Organisation,
    look: tuple[str, bool],
) -> None:
    language, phone = look
    skill = a_skill()
    a_profile(van_dijk, {skill: 3})
    module = a_module(van_dijk, [b for b in EVERYTHING if b["kind"] != "video"], teaches={skill: 2})
    say = WORDS[language]
    page = page_of(noor, phone=phone, dark=phone, language=language)
    page.goto(reverse("content:play", args=[module.pk]))
    accessible(page)
    page.get_by_role("button", name=say["start"]).click()
    accessible(page)

    go(page, say["next"])
    expect(page.locator("figure img")).to_be_visible()
    go(page, say["next"])
    page.get_by_label(OPTION[language]).check()
    go(page, say["check"])
    expect(page.locator(".play-step:visible [data-verdict]")).to_have_attribute("data-tone", "ok")
    accessible(page)
    go(page, say["next"])
    options = page.locator(".play-step:visible input[type=checkbox]")
    expect(options.first).to_be_visible()
    for option in options.all():
        option.check()
    go(page, say["check"])
    expect(page.locator(".play-step:visible [data-verdict]")).to_have_attribute("data-tone", "warn")
    go(page, say["next"])
    page.locator("textarea:visible").fill("Eerst vragen / ask first")
    accessible(page)
    go(page, say["next"])
    page.locator(".play-step:visible input[type=checkbox]").first.check()
    go(page, say["next"])
    go(page, say["finish"])

    page.wait_for_url("**/attempts/**")
    attempt = Attempt.objects.get()
    assert attempt.completed_at is not None
    assert attempt.passed is False  # one of two was not wholly right, and 80 % is needed
    accessible(page)


def test_the_connection_drops_half_way_and_everything_arrives_once(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    skill = a_skill()
    module = a_module(van_dijk, [TEXT, QUESTION, TEXT, REFLECTION], teaches={skill: 2})
    attempt = start(noor, module, organisation=van_dijk)
    page = page_of(noor, phone=True)
    page.goto(reverse("content:play", args=[module.pk]))
    go(page, "Next")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()

    page.context.set_offline(True)
    page.get_by_label("Switch off").check()
    go(page, "Check")
    expect(page.get_by_text("Exactly.")).to_be_visible()
    expect(page.get_by_text("Kept on this phone, not sent yet")).to_be_visible()
    go(page, "Next")
    go(page, "Next")
    page.locator("textarea:visible").fill("I will ask Karim.")
    go(page, "Next")
    expect(page.get_by_text("That was the last step")).to_be_visible()
    assert Answer.objects.filter(attempt=attempt).count() == 1

    # Back on line the phone sends by itself, perhaps before the page is loaded again.
    page.context.set_offline(False)
    page.reload()
    for _ in range(100):
        if Answer.objects.filter(attempt=attempt).count() == 4:
            break
        page.wait_for_timeout(100)
    assert [s.value for s in play(attempt).steps] == [
        {"seen": True}, {"chosen": ["a"]}, {"seen": True}, {"text": "I will ask Karim."},
    ]  # fmt: skip
    assert Answer.objects.count() == 4
    page.reload()
    go(page, "Finish")
    expect(page.get_by_role("heading", name="Well done, Noor")).to_be_visible()
    assert Answer.objects.count() == 4
    assert Statement.objects.count() == 3
    assert noor.evidence.count() == 1


def test_pictures_of_later_steps_are_there_when_the_connection_drops(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT, TEXT, TEXT, PICTURE])
    start(noor, module, organisation=van_dijk)
    page = page_of(noor, phone=True)
    page.goto(reverse("content:play", args=[module.pk]))
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    for _ in range(3):
        go(page, "Next")

    picture = page.get_by_role("img", name="The parts")
    expect(picture).to_be_visible()
    assert picture.evaluate("picture => picture.complete && picture.naturalWidth") > 0


def test_finishing_without_connection_happens_by_itself_when_it_is_back(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT])
    start(noor, module, organisation=van_dijk)
    page = page_of(noor, phone=True)
    page.goto(reverse("content:play", args=[module.pk]))
    page.context.set_offline(True)
    go(page, "Next")
    go(page, "Finish")
    expect(page.get_by_text("There is no connection now.")).to_be_visible()

    page.context.set_offline(False)

    expect(page.get_by_role("heading", name="Well done, Noor")).to_be_visible()
    assert Attempt.objects.get().completed_at is not None


def test_signed_out_meanwhile_the_answers_wait_for_their_owner(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT, REFLECTION])
    attempt = start(noor, module, organisation=van_dijk)
    page = page_of(noor, phone=True)
    page.goto(reverse("content:play", args=[module.pk]))
    cookies = page.context.cookies()
    page.context.clear_cookies(name="gezel-session")
    go(page, "Next")
    expect(page.get_by_text("You were signed out.")).to_be_visible()
    assert not Answer.objects.exists()

    page.context.add_cookies(cookies)  # type: ignore[arg-type] # what it gave, it takes
    page.goto(reverse("records:mine"))
    page.wait_for_function("() => !Object.keys(localStorage).some((k) => k.includes('answer'))")

    assert Answer.objects.get().attempt == attempt


def test_someone_elses_answers_on_this_phone_stay_where_they_are(
    page_of: PageOf, noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT, REFLECTION])
    attempt = start(noor, module, organisation=van_dijk)
    page = page_of(daan, phone=True)
    page.goto(reverse("records:mine"))
    entry = {
        "key": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "attempt": str(attempt.registration),
        "url": reverse("content:answers"), "at": timezone.now().isoformat(),
        "block": play(attempt).steps[0].block.pk, "value": {"seen": True},
    }  # fmt: skip
    page.evaluate("(e) => localStorage.setItem('gezel:answer:' + e.key, JSON.stringify(e))", entry)

    with page.expect_response("**/answers/") as told:
        page.reload()

    assert told.value.status == 404
    assert page.evaluate("Object.keys(localStorage).length") == 1
    assert not Answer.objects.exists()


@pytest.mark.browser_once
def test_back_goes_one_step_back_and_loses_nothing(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT, QUESTION, REFLECTION])
    start(noor, module, organisation=van_dijk)
    page = page_of(noor, phone=True)
    page.goto(reverse("content:play", args=[module.pk]))
    go(page, "Next")
    page.get_by_label("Measure").check()
    go(page, "Check")
    go(page, "Next")
    page.locator("textarea:visible").fill("half a thou")
    page.go_back()

    expect(page.get_by_text("Step 2 of 3")).to_be_visible()
    expect(page.get_by_text("That comes later.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Step 2 of 3")).to_be_visible()
    go(page, "Next")
    expect(page.locator("textarea:visible")).to_have_value("half a thou")


@pytest.mark.browser_once
def test_by_keyboard_alone(page_of: PageOf, noor: Person, van_dijk: Organisation) -> None:
    module = a_module(van_dijk, [TEXT, QUESTION])
    start(noor, module, organisation=van_dijk)
    page = page_of(noor)
    page.goto(reverse("content:play", args=[module.pk]))
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#step-2")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That is right.")).to_be_visible()
    expect(page.locator("[data-after]:visible")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("That was the last step")).to_be_visible()


@pytest.mark.browser_once
def test_without_scripts_each_step_is_a_form(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT, QUESTION, REFLECTION])
    page = page_of(noor, phone=True, scripts=False)
    page.goto(reverse("content:play", args=[module.pk]))
    page.get_by_role("button", name="Start").click()
    go(page, "Next")
    page.get_by_label("Switch off").check()
    go(page, "Check")
    expect(page.get_by_text("Exactly.")).to_be_visible()
    go(page, "Next")
    page.locator("textarea:visible").fill("ask")
    go(page, "Next")
    go(page, "Finish")
    expect(page.get_by_role("heading", name="Well done, Noor")).to_be_visible()
    assert Answer.objects.count() == 3


@pytest.mark.browser_once
def test_the_video_can_be_read_and_has_captions(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    module: Module = a_module(van_dijk, [b for b in EVERYTHING if b["kind"] == "video"])
    start(noor, module, organisation=van_dijk)
    page = page_of(noor, phone=True)
    page.goto(reverse("content:play", args=[module.pk]))
    page.get_by_text("Read what is said and shown").click()
    expect(page.get_by_text("Off, lock, wait, measure.")).to_be_visible()
    track = page.locator("track[srclang=en]").get_attribute("src")
    answer = page.request.get(str(track))
    assert answer.headers["content-type"] == "text/vtt; charset=utf-8"
    assert "Switch off." in answer.text()


@pytest.mark.browser_once
@pytest.mark.parametrize("phone", [True, False])
def test_making_a_module_works_for_everyone(
    page_of: PageOf, accessible: Any, femke: Person, van_dijk: Organisation, phone: bool
) -> None:
    long = "Veiligheid" * 24
    module = a_module(van_dijk, [*EVERYTHING, REFLECTION], title=long)
    page = page_of(femke, phone=phone, dark=phone, language="nl" if phone else "en")
    for name, args in (
        ("new", []), ("edit", [module.pk]), ("about", [module.pk]), ("preview", [module.pk]),
        ("add_block", [module.pk, "question"]), ("add_block", [module.pk, "video"]),
    ):  # fmt: skip
        page.goto(reverse(f"content:{name}", args=args))
        accessible(page)
    page.goto(reverse("records:mine"))
    accessible(page)


@pytest.mark.browser_once
@pytest.mark.parametrize("look", [("nl", True), ("en", False)])
def test_a_title_typed_proposes_a_skill_for_the_module_and_only_what_is_taken_counts(
    page_of: PageOf, accessible: Any, femke: Person, van_dijk: Organisation, look: tuple[str, bool]
) -> None:
    language, phone = look
    skill, other = a_skill("metalen lassen"), a_skill("klanten te woord staan")
    a_profile(van_dijk, {skill: 3, other: 3})
    page = page_of(femke, phone=phone, dark=phone, language=language)
    page.goto(reverse("content:new"))
    page.locator("[name=title_nl]").press_sequentially("Metalen lassen voor beginners")

    proposal = page.locator("#proposed button", has_text="metalen lassen")
    expect(proposal).to_be_visible()
    expect(page.locator("#proposed mark").first).to_have_text("Metalen")
    expect(page.locator("#proposed")).not_to_contain_text("klanten te woord staan")
    accessible(page)
    proposal.click()
    expect(page.locator("[name=skill_1]")).to_have_value(str(skill.pk))
    expect(page.locator("[name=title_nl]")).to_have_value("Metalen lassen voor beginners")
    page.locator("[name=level_1]").select_option("2")
    accessible(page)
    draft = {"en": "Make the draft", "nl": "Concept maken"}[language]
    page.get_by_role("button", name=draft).click()
    page.wait_for_url(lambda url: not url.endswith(reverse("content:new")))

    assert [(t.skill, t.to_level) for t in Module.objects.get().activity.teaches.all()] == [
        (skill, 2)
    ]


@pytest.mark.browser_once
def test_a_long_and_a_right_to_left_title_fit(
    page_of: PageOf, accessible: Any, noor: Person, van_dijk: Organisation
) -> None:
    for title in ("Hoogspanningsveiligheidsinstructie" * 7, "בטיחות במתח גבוה " * 14):
        words = {"nl": title, "en": title}
        module = a_module(
            van_dijk,
            [{"kind": "text", "body": words}, {"kind": "reflection", "prompt": words}],
            title=title,
        )
        page = page_of(noor, phone=True)
        page.goto(reverse("content:play", args=[module.pk]))
        accessible(page)
        page.get_by_role("button", name="Start").click()
        accessible(page)
        go(page, "Next")
        go(page, "Next")
        go(page, "Finish")
        page.wait_for_url("**/attempts/**")
        accessible(page)
    page.goto(reverse("records:mine"))
    accessible(page)


@pytest.mark.browser_once
def test_who_prefers_less_motion_gets_none(
    page_of: PageOf, noor: Person, van_dijk: Organisation
) -> None:
    page = page_of(noor)  # the fixture's browser asks for reduced motion
    module = a_module(van_dijk, [TEXT])
    start(noor, module, organisation=van_dijk)
    page.goto(reverse("content:play", args=[module.pk]))
    go(page, "Next")
    go(page, "Finish")
    page.wait_for_url("**/attempts/**")
    seal = page.locator(".play-seal")
    assert seal.evaluate("e => getComputedStyle(e).animationName") == "none"
