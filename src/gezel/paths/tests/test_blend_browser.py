"""A blend in a real browser: made on a desk, with its forms side by side; walked on a phone."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from gezel.catalogue.models import Activity, ActivityEffect
from gezel.catalogue.tests.builders import an_activity
from gezel.gatherings.models import Place
from gezel.gatherings.tests.builders import a_session
from gezel.paths.models import Enrolment, Path, Reply
from gezel.paths.tests.builders import a_path, a_step, a_walker
from gezel.people.api import Organisation, Person
from gezel.skills.tests.builders import a_skill

if TYPE_CHECKING:
    from conftest import PageOf
    from playwright.sync_api import Page

Accessible = Callable[["Page"], None]


def _plan(desk: "Page", accessible: Accessible, path: Path) -> None:
    """L&D makes the blend as one step, and offers another form of its practice beside it."""
    desk.goto(reverse("paths:build", args=[path.pk]))
    desk.get_by_role("link", name="Blend").first.click()
    desk.get_by_label("Name in English").fill("High voltage")
    desk.get_by_label("Theory at home").select_option(label="Read at home (online, 2 h)")
    desk.get_by_label("Practice together").select_option(
        label="Practice day (in a classroom, 8 h, € 425)"
    )
    desk.get_by_label("Applied at work: what they do, in English").fill("Isolate a car")
    accessible(desk)
    desk.get_by_role("button", name="Add").click()
    desk.get_by_role("link", name=re.compile("^Compare forms.*Practice day")).click()
    expect(desk.get_by_text("Is that on purpose, or by habit?")).to_be_visible()
    expect(desk.get_by_text("About one level higher afterwards")).to_be_visible()
    accessible(desk)
    desk.get_by_role("button", name=re.compile("^Let people choose.*Karim")).click()
    expect(desk.locator(".path-forms > .stands")).to_have_count(2)
    desk.get_by_role("link", name="Back", exact=True).click()
    choice = desk.get_by_role("link", name="Practice day or With Karim", exact=True)
    expect(choice).to_be_visible()
    accessible(desk)
    desk.get_by_role("button", name="Publish").click()
    expect(desk.get_by_text("What you see is what people get.")).to_be_visible()


def _walk(phone: "Page", accessible: Accessible, walker: Enrolment) -> None:
    """Noor sees it as one thing, chooses a form, books from there, and tells what she applied."""
    phone.goto(reverse("paths:walk", args=[walker.pk]))
    blend = phone.get_by_role("region", name="High voltage")
    expect(blend.get_by_text("Theorie thuis")).to_be_visible()
    accessible(phone)
    phone.get_by_role("button", name=re.compile("^Dit heb ik gedaan.*Read at home")).click()
    expect(phone.get_by_text("in een leslokaal · 8 uur (8 uur weg van het werk)")).to_be_visible()
    accessible(phone)
    phone.get_by_label(re.compile("^Practice day")).check()
    phone.get_by_role("button", name="Kies", exact=True).click()
    phone.get_by_role("button", name=re.compile("^Plek boeken.*Practice day")).click()
    expect(phone.get_by_text("Je hebt een plek.").first).to_be_visible()
    accessible(phone)
    phone.get_by_role("button", name=re.compile("^Dit heb ik gedaan.*Practice day")).click()
    expect(phone.get_by_text("Wie jou leidt leest je antwoord.")).to_be_visible()
    phone.get_by_label("Wat heb je ermee gedaan, en wat bracht het?").fill("Twee auto's, alleen.")
    accessible(phone)
    phone.get_by_role("button", name=re.compile("^Dit heb ik toegepast")).click()
    expect(phone.get_by_text(re.compile("^Afgerond op"))).to_be_visible()


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.timeout(300)
def test_a_blend_is_made_chosen_booked_and_applied(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    page_of: "PageOf",
    accessible: Accessible,
) -> None:
    same = {a_skill("High-voltage safety"): (1, 3)}
    an_activity(van_dijk, "Read at home", form=Activity.Form.ONLINE, hours=2, own_percent=100)
    day = an_activity(van_dijk, "Practice day", teaches=same, hours=8, price_cents=42_500)
    duo = an_activity(van_dijk, "With Karim", teaches=same, hours=6, form=Activity.Form.ON_THE_JOB)
    ActivityEffect.objects.create(activity=duo, done=12, compared=11, gained=1.1, asked=0, use=0)
    a_session(van_dijk, by=daan, activity=day)
    path = a_path(van_dijk, a_step("Welcome", optional=True), published=False)
    _plan(page_of(femke), accessible, path)

    walker = a_walker(Path.objects.get(), noor)
    lead = page_of(daan)
    lead.goto(reverse("paths:team"))
    expect(lead.get_by_text("Off the job: 8 h still to come")).to_be_visible()
    accessible(lead)

    _walk(page_of(noor, phone=True, dark=True, language="nl"), accessible, walker)
    assert Place.objects.get().person == noor
    walker.refresh_from_db()
    assert walker.state == Enrolment.State.DONE
    lead.get_by_role("link", name="Noor Jansen").first.click()
    expect(lead.get_by_text(Reply.objects.get().text)).to_be_visible()
