"""After a session a trainer says what they saw, and whom it is about reads it."""

from collections.abc import Callable

import pytest
from conftest import PageOf
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Page, expect

from gezel.catalogue.tests.builders import an_activity
from gezel.gatherings.tests.builders import a_past_place, a_session, there
from gezel.people.api import Organisation, Person
from gezel.skills.models import Evidence
from gezel.skills.tests.builders import a_skill

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(240),
]


@pytest.mark.parametrize(
    ("phone", "language"),
    [
        pytest.param(True, "nl", id="phone"),
        pytest.param(False, "en", id="desk", marks=pytest.mark.browser_once),
    ],
)
def test_what_a_trainer_saw_from_filling_it_in_until_it_is_read(
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
    skill = a_skill("Soldering", organisation=van_dijk)
    activity = an_activity(van_dijk, title="Soldering day", teaches={skill: (1, 3)})
    session = a_session(van_dijk, by=daan, days=-1.1, activity=activity, trainers=(daan,))
    for person in (noor, femke):
        a_past_place(session, person)
        there(session, person)

    def say(text: str) -> str:
        with translation.override(language):
            return translation.gettext(text)

    def as_(person: Person) -> Page:
        return page_of(person, phone=phone, dark=phone, language=language)

    # Daan finds it on the page of the session; nothing is ticked, and both are folded up.
    trainer = as_(daan)
    trainer.goto(reverse("gatherings:session", args=[session.pk]))
    trainer.get_by_role("link", name=say("What I saw")).click()
    expect(trainer.locator("input[type=radio]:checked")).to_have_count(0)
    accessible(trainer)
    button = trainer.get_by_role("button", name=say("Keep what I saw"))

    # By keyboard he opens Noor and chooses a level, and forgets to say what he saw.
    hers = trainer.locator("details.card").filter(has_text=noor.name)
    hers.locator("summary").focus()
    trainer.keyboard.press("Enter")
    level, words = hers.get_by_role("radio").nth(2), hers.get_by_role("textbox")
    level.focus()
    trainer.keyboard.press("Space")
    expect(level).to_be_checked()
    button.click()
    expect(words).to_have_attribute("aria-invalid", "true")
    expect(words).to_be_visible()
    expect(level).to_be_checked()
    accessible(trainer)
    assert not Evidence.objects.exists()

    # With both people filled in it is kept at once.
    words.fill("Vier verbindingen, zonder hulp")
    his = trainer.locator("details.card").filter(has_text=femke.name)
    his.locator("summary").click()
    his.get_by_role("radio").first.check()
    his.get_by_role("textbox").fill("Keek mee")
    accessible(trainer)
    button.click()
    expect(trainer.get_by_text(say("said"), exact=True)).to_have_count(2)
    expect(trainer.locator("input[type=radio]:checked")).to_have_count(0)
    accessible(trainer)
    told = {(e.person_id, e.level, e.kind, e.given_by_id) for e in Evidence.objects.all()}
    assert told == {(noor.pk, 3, "lead", daan.pk), (femke.pk, 1, "colleague", daan.pk)}

    # Noor hears of it on her own page of sessions, reads it there and in her ledger.
    learner = as_(noor)
    learner.goto(reverse("gatherings:coming"))
    expect(
        learner.get_by_text(say("Who gave it wrote down what they saw you show."))
    ).to_be_visible()
    learner.locator(".session-news").get_by_role("link", name="Soldering day").click()
    expect(learner.get_by_role("heading", name=say("What was seen of you"))).to_be_visible()
    expect(learner.get_by_text("Vier verbindingen, zonder hulp")).to_be_visible()
    accessible(learner)
    learner.get_by_role("link", name="Soldering", exact=True).click()
    expect(learner.locator(".piece blockquote")).to_have_text(
        "Soldering day: Vier verbindingen, zonder hulp"
    )
    expect(learner.get_by_role("link", name=say("I see this differently"))).to_be_visible()
