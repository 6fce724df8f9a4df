"""A session from setting it up on a phone until it counts, in a real browser."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import PageOf
from django.urls import reverse
from django.utils import timezone, translation
from playwright.sync_api import Page, expect

from gezel.catalogue.tests.builders import an_activity
from gezel.gatherings.models import Attendance, Gathering
from gezel.gatherings.tests.builders import a_past_place, a_session
from gezel.gatherings.tests.test_materials import PDF
from gezel.people.api import Organisation, Person
from gezel.plans.models import Step
from gezel.plans.tests.builders import a_goal, a_step
from gezel.skills.tests.builders import a_skill

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(240),
]


@pytest.fixture(autouse=True)
def _room_of_its_own(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("phone", "language"),
    [
        pytest.param(True, "nl", id="phone"),
        pytest.param(False, "en", id="desk", marks=pytest.mark.browser_once),
    ],
)
def test_from_setting_it_up_until_it_counts(  # noqa: PLR0915 # one walk, told as it is walked
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    page_of: PageOf,
    accessible: Callable[[Page], None],
    phone: bool,
    language: str,
) -> None:
    course = an_activity(van_dijk, title="High-voltage day", kind="course")
    step = a_step(a_goal(femke, skill=a_skill(organisation=van_dijk)), activity=course)

    def say(text: str) -> str:
        with translation.override(language):
            return translation.gettext(text)

    def as_(person: Person) -> Page:
        return page_of(person, phone=phone, dark=phone, language=language)

    # Daan sets it up in a minute, from the activity itself, for one seat, in ten minutes from now.
    trainer = as_(daan)
    trainer.goto(reverse("catalogue:activity", args=[course.pk]))
    trainer.get_by_role("link", name=say("Set one up")).click()
    start = timezone.localtime(timezone.now() + timedelta(minutes=10))
    trainer.fill("[name=on]", start.date().isoformat())
    trainer.fill("[name=start]", f"{start:%H:%M}")
    trainer.fill("[name=end]", f"{start + timedelta(hours=1):%H:%M}")
    trainer.fill("[name=seats]", "1")
    accessible(trainer)
    trainer.get_by_role("button", name=say("Set it up")).click()
    expect(trainer.get_by_text(say("It is set up. Colleagues can book it now."))).to_be_visible()
    session = Gathering.objects.get()
    page = reverse("gatherings:session", args=[session.pk])

    # Noor finds it with the activity and books; Femke finds it full and stands in the line.
    learner, other = as_(noor), as_(femke)
    learner.goto(reverse("catalogue:activity", args=[course.pk]))
    learner.get_by_role("button", name=re.compile(say("Book a place"))).click()
    expect(learner.get_by_role("heading", name=say("You have a place"))).to_be_visible()
    accessible(learner)
    other.goto(page)
    other.get_by_role("button", name=say("Join the waiting list")).click()
    expect(other.get_by_role("heading", name=say("You are on the waiting list"))).to_be_visible()

    # Daan adds what to read before; Noor, who has a place, downloads it.
    trainer.goto(page)
    trainer.get_by_text(say("Add something")).click()
    trainer.set_input_files("[name=file]", {
        "name": "Schema.pdf", "mimeType": "application/pdf", "buffer": PDF,
    })  # fmt: skip
    accessible(trainer)
    trainer.get_by_role("button", name=say("Add"), exact=True).click()
    expect(trainer.get_by_role("link", name="Schema")).to_be_visible()
    learner.goto(page)
    accessible(learner)
    with learner.expect_download() as brought:
        learner.get_by_role("link", name="Schema").click()
    assert brought.value.suggested_filename == "Schema.pdf"

    # Noor cannot come. It is late for that, so why is asked at the place where it is written.
    learner.get_by_text(say("I cannot come")).click()
    learner.get_by_role("button", name=say("Give up my place")).click()
    expect(learner.locator("[name=reason][aria-invalid=true]")).to_be_visible()
    learner.fill("[name=reason]", "Ziek")
    learner.get_by_role("button", name=say("Give up my place")).click()
    expect(learner.get_by_text(say("Your place is free for someone else."))).to_be_visible()
    other.goto(page)
    expect(other.get_by_role("heading", name=say("You have a place"))).to_be_visible()

    # In the room: the code is on the wall, and Femke types it.
    trainer.goto(reverse("gatherings:screen", args=[session.pk]))
    expect(trainer.get_by_role("img", name=say("Picture to scan with a phone"))).to_be_visible()
    accessible(trainer)
    code = trainer.locator("#short-code").inner_text()
    other.get_by_role("link", name=say("I am here")).click()
    other.fill("[name=code]", code)
    other.get_by_role("button", name=say("I am here")).click()
    expect(other.get_by_text(say("Noted: you are here."))).to_be_visible()

    # An hour later it is over, Daan rounds off, and it counts.
    Gathering.objects.filter(pk=session.pk).update(
        starts_at=timezone.now() - timedelta(hours=2),
        ends_at=timezone.now() - timedelta(hours=1),
    )
    trainer.goto(reverse("gatherings:people", args=[session.pk]))
    accessible(trainer)
    trainer.get_by_role("button", name=say("The list is whole")).click()
    expect(trainer.get_by_text(say("Rounded off: it counts now."))).to_be_visible()
    assert Step.objects.get(pk=step.pk).done_on is not None

    # Femke says what she will use, and Daan reads it.
    other.goto(page)
    expect(
        other.get_by_text(say("It counts: for your plan, your hours and what the activity brings."))
    ).to_be_visible()
    other.fill("[name=text]", "De meetkoffer")
    other.get_by_role("button", name=say("Keep my answer")).click()
    expect(other.get_by_role("button", name=say("Change my answer"))).to_be_visible()
    accessible(other)
    trainer.reload()
    expect(trainer.get_by_text("De meetkoffer")).to_be_visible()


@pytest.mark.browser_once
def test_the_list_by_keyboard_without_connection_arrives_once(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person, page_of: PageOf
) -> None:
    session = a_session(van_dijk, by=daan, days=-0.05)
    for person in (noor, femke):
        a_past_place(session, person)
    page = page_of(daan)
    page.goto(reverse("gatherings:people", args=[session.pk]))
    page.context.set_offline(True)

    first, second = page.locator("[data-mark] legend").all_inner_texts()
    page.locator("[data-mark] input[type=radio]").first.focus()
    page.keyboard.press("p")
    page.keyboard.press("a")
    expect(page.locator("[data-marks-told]")).to_contain_text("Kept on this device")
    page.context.set_offline(False)

    expect(page.locator("[data-marks-told]")).to_have_text("Sent.")
    page.reload()
    told = {f.person.name: f.kind for f in Attendance.objects.select_related("person")}
    assert told == {first: "present", second: "absent"}
    assert Attendance.objects.count() == 2


@pytest.mark.browser_once
def test_without_scripts_the_list_is_a_form(
    van_dijk: Organisation, noor: Person, daan: Person, page_of: PageOf
) -> None:
    session = a_session(van_dijk, by=daan, days=-0.05)
    a_past_place(session, noor)
    page = page_of(daan, scripts=False)
    page.goto(reverse("gatherings:people", args=[session.pk]))

    page.get_by_role("radio", name="came late").check()
    page.locator("input[type=number]").fill("100")
    page.get_by_role("button", name="Keep the list").click()

    expect(page.get_by_text("Noted.")).to_be_visible()
    assert Attendance.objects.get().minutes == 100


@pytest.mark.browser_once
def test_what_was_typed_without_connection_is_sent_when_it_is_back(
    van_dijk: Organisation, noor: Person, daan: Person, page_of: PageOf
) -> None:
    session = a_session(van_dijk, by=daan, days=0.001)
    screen, phone = page_of(daan), page_of(noor, phone=True)
    screen.goto(reverse("gatherings:screen", args=[session.pk]))
    code = screen.locator("#short-code").inner_text()
    phone.goto(reverse("gatherings:here", args=[session.pk]))
    phone.context.set_offline(True)
    phone.fill("[name=code]", code)
    phone.get_by_role("button", name="I am here").click()
    expect(phone.locator("[data-here-told]")).to_contain_text("Kept on this phone")

    phone.context.set_offline(False)

    expect(phone.get_by_text("Noted: you are here.")).to_be_visible()
    assert Attendance.objects.get().person == noor
