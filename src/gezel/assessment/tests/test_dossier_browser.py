"""EVC from start to result with every role, in a real browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import PageOf
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from gezel.assessment import actions
from gezel.assessment.models import Dossier, Standard
from gezel.assessment.tests.dossiers import Cast, a_cast, a_dossier, a_standard, judge_all
from gezel.people.api import Organisation, Person
from gezel.skills.tests.builders import a_skill, an_evidence

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]


def to(page: Page, name: str, dossier: Dossier, *more: object) -> None:
    page.goto(reverse(f"evc:{name}", args=[dossier.key, *more]))


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


@pytest.fixture
def cast(van_dijk: Organisation) -> Cast:
    return a_cast(van_dijk)


@pytest.fixture
def standard(van_dijk: Organisation) -> Standard:
    return a_standard(van_dijk, skill=a_skill(organisation=van_dijk))


def test_a_candidate_comes_from_information_to_a_handed_in_portfolio(
    *, page_of: PageOf, accessible: Callable[[Page], None], noor: Person, daan: Person,
    cast: Cast, standard: Standard,
) -> None:  # fmt: skip
    """On a phone, in Dutch, in the dark: Noor and her guide."""
    part = standard.parts.all()[0]
    assert part.skill
    an_evidence(noor, part.skill, level=3, kind="lead", by=daan)
    page = page_of(noor, phone=True, dark=True, language="nl")
    page.goto(reverse("evc:home"))
    page.get_by_role("link", name="Autotechnicus").click()
    accessible(page)
    press(page, "Dossier beginnen")
    page.get_by_role("link", name="Naar de intake").click()
    page.get_by_label("Wat wil je ermee bereiken?").fill("Weten waar ik sta.")
    press(page, "Naar de intake")
    page.get_by_role("link", name="Een begeleider kiezen").click()
    page.get_by_label("Gerda Gids").check()
    press(page, "Kies")
    expect(page.get_by_text("Nu is de beurt aan de begeleider.")).to_be_visible()

    dossier = Dossier.objects.get()
    guide = page_of(cast.guide, phone=True, dark=True, language="nl")
    to(guide, "intake", dossier)
    guide.get_by_label("Wat jullie afspraken").fill("Drie verhalen.")
    ready = timezone.localdate() + timedelta(days=60)
    guide.get_by_label("Portfolio klaar op").fill(ready.isoformat())
    press(guide, "Klaar: naar het portfolio")
    expect(guide.get_by_text("De kandidaat verzamelt bewijs.")).to_be_visible()

    to(page, "gather", dossier)
    page.get_by_role("button", name="Inbrengen").first.click()
    expect(page.get_by_text("Toegevoegd.")).to_be_visible()
    to(page, "add", dossier, "account")
    page.get_by_label("Wat is het?").fill("De piepende rem")
    for label in ("Situatie", "Taak", "Actie", "Resultaat", "Reflectie"):
        page.get_by_label(label, exact=True).fill("Zo ging het.")
    page.get_by_label("Onderdeel 2").check()
    accessible(page)
    press(page, "Toevoegen")
    expect(page.get_by_text("Voor 2 van de 2 onderdelen is er bewijs.")).to_be_visible()
    for seat, name in ((1, "Aad Eén"), (2, "Bea Twee")):
        to(page, "people", dossier, "assessor", seat)
        page.get_by_label(name).check()
        press(page, "Kies")
    accessible(page)
    press(page, "Portfolio inleveren")
    expect(page.get_by_text("Ingeleverd.")).to_be_visible()


def test_two_assessors_judge_alone_then_together_and_the_candidate_reads_it(
    *, page_of: PageOf, accessible: Callable[[Page], None], noor: Person, cast: Cast,
    standard: Standard,
) -> None:  # fmt: skip
    """At a desk, in English, in the light: the assessors, and what Noor does with the result."""
    dossier = a_dossier(noor, standard, cast, to="assessment")
    first, last = standard.parts.all()
    judge_all(dossier, cast.second, results="shown,not_yet")
    actions.finish_judging(dossier, by=cast.second)
    page = page_of(cast.first)
    to(page, "judge", dossier, first.pk)
    for row in page.locator(".evc-criterion").all():
        row.get_by_label("yes").check()
        row.get_by_role("textbox").fill("I saw it.")
    page.get_by_label("shown", exact=True).check()
    page.get_by_label("Your reasons, for the candidate to read").fill("She does it alone.")
    accessible(page)
    press(page, "Save")
    expect(page.get_by_text("1 part is not judged in full yet.")).to_be_visible()
    judge_all(dossier, cast.first, results="shown,partly")
    page.reload()
    press(page, "I have finished")
    expect(page.get_by_text("On 1 part you came to different results.")).to_be_visible()
    for part, result in ((first, "shown"), (last, "partly")):
        page.locator(f"input[name=result_{part.pk}][value={result}]").check()
        page.locator(f"textarea[name=why_{part.pk}]").fill("We talked it over.")
    accessible(page)
    press(page, "Write down the result")
    other = page_of(cast.second)
    to(other, "together", dossier)
    press(other, "I agree: this is the result")
    expect(other.get_by_text("This is the result.")).to_be_visible()

    own = page_of(noor)
    to(own, "result", dossier)
    expect(own.get_by_text("A partial result: 1 of 2 parts")).to_be_visible()
    expect(own.get_by_text("The assessors came to different results first.")).to_be_visible()
    accessible(own)
    press(own, "Put it in my profile")
    expect(own.get_by_text("You put it in on")).to_be_visible()
    assert noor.evidence.get().kind == "evc"
