"""In a real browser: someone leaves with all that is theirs, and arrives elsewhere with it."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from gezel.connect.actions.own import own_token
from gezel.kit.jobs import begin_minute, run_waiting
from gezel.people.api import Job, Organisation, Person, employ, end_employment, root_of
from gezel.profile.tests.builders import a_credential
from gezel.skills.tests.builders import a_skill, an_evidence

if TYPE_CHECKING:
    from conftest import PageOf
    from playwright.sync_api import Page

WORDS = {
    "en": {
        "own": "Your own e-mail address",
        "link": "Send me the link",
        "yes": "Yes, it is mine",
        "make": "Make my archive",
        "download": "Download",
        "look": "Look it through",
        "verified": "verified",
        "stated": "stated by yourself",
        "as_of": "not withdrawn as of",
        "which": "Which skill is it here?",
        "take": "Take over",
        "counts": "2 skills count from now on.",
        "earlier": "From an earlier employer, verified",
        "kept": "HR sees that you worked there",
    },
    "nl": {
        "own": "Je eigen e-mailadres",
        "link": "Stuur me de link",
        "yes": "Ja, het is van mij",
        "make": "Mijn archief maken",
        "download": "Downloaden",
        "look": "Bekijken wat erin zit",
        "verified": "gecontroleerd",
        "stated": "eigen opgave",
        "as_of": "niet ingetrokken op",
        "which": "Welke vaardigheid is het hier?",
        "take": "Overnemen",
        "counts": "2 vaardigheden tellen vanaf nu mee.",
        "earlier": "Van een eerdere werkgever, gecontroleerd",
        "kept": "HR ziet dat je daar werkte",
    },
}


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.parametrize(
    ("phone", "language"), [(True, "nl"), (False, "en")], ids=["phone-nl-dark", "desk-en-light"]
)
def test_someone_leaves_with_everything_and_arrives_elsewhere(
    *,
    noor: Person,
    femke: Person,
    van_dijk: Organisation,
    de_linde: Organisation,
    page_of: "PageOf",
    accessible: "Callable[[Page], None]",
    settings: Any,
    tmp_path: Path,
    phone: bool,
    language: str,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()  # a second try is not the same person asking twice
    said = WORDS[language]
    a_credential(noor, van_dijk, by=femke, skill=a_skill("Lassen", organisation=van_dijk))
    an_evidence(noor, a_skill("Plannen", organisation=van_dijk), level=2, kind="self", by=noor)
    for name in ("Lassen", "Plannen"):
        a_skill(name, organisation=de_linde)

    me = page_of(noor, phone=phone, dark=phone, language=language)
    me.goto(reverse("connect:own"))
    me.get_by_label(said["own"]).fill("noor@thuis.example")
    me.get_by_role("button", name=said["link"]).click()
    expect(me.get_by_text("noor@thuis.example").first).to_be_visible()
    accessible(me)
    me.goto(reverse("connect:confirm_own", args=[own_token(noor, "noor@thuis.example")]))
    accessible(me)
    me.get_by_role("button", name=said["yes"]).click()
    expect(me.get_by_text("noor@thuis.example").first).to_be_visible()

    end_employment(noor.employments.get(), last_day=timezone.localdate() + timedelta(days=5))
    me.goto(reverse("profile:leaving"))
    accessible(me)
    me.get_by_role("button", name=said["make"]).click()
    me.wait_for_url("**/tasks/**")
    run_waiting()
    me.goto(reverse("profile:leaving"))
    archive = tmp_path / "archive.zip"
    with me.expect_download() as coming:
        me.get_by_role("link", name=said["download"]).click()
    coming.value.save_as(archive)

    # The last day is over; she works elsewhere now. The account is the same.
    end_employment(noor.employments.get(), last_day=timezone.localdate() - timedelta(days=1))
    begin_minute()
    run_waiting()
    me.goto(reverse("profile:former"))
    expect(me.get_by_text(said["kept"])).to_be_visible()
    accessible(me)
    employ(
        noor,
        de_linde,
        unit=root_of(de_linde),
        job=Job.objects.create(organisation=de_linde, name="Technician"),
        starts_on=timezone.localdate(),
    )

    me.goto(reverse("profile:arriving"))
    accessible(me)
    me.locator("input[type=file]").set_input_files(archive)
    me.get_by_role("button", name=said["look"]).click()
    expect(me.get_by_text(said["as_of"]).first).to_be_visible()
    expect(me.get_by_text(said["verified"], exact=True)).to_have_count(2)
    expect(me.get_by_text(said["stated"], exact=True)).to_have_count(1)
    accessible(me)
    me.get_by_role("button", name=said["take"]).click()
    expect(me.get_by_text(said["counts"])).to_be_visible()
    accessible(me)
    me.get_by_role("main").get_by_role("link", name="Lassen").click()
    expect(me.get_by_text(re.compile(said["earlier"], re.IGNORECASE)).first).to_be_visible()
