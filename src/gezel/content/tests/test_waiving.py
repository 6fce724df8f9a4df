"""Who need not do something: said by a person or shown by a test, recorded, and taken back."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import PageOf
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from tests.browser import assert_accessible

from gezel.catalogue.api import ActivitySkill
from gezel.content.actions import (
    begin_package,
    finish_left_alone,
    open_package,
    start,
    take_in,
    take_waiver_back,
    waive,
)
from gezel.content.models import ContentSettings, Module, Package, Registration, Waiver
from gezel.content.rules.cmi5.vocabulary import REASON, VERBS
from gezel.content.rules.waiving import Showing, shown_in_tests
from gezel.content.tests.builders import a_module, an_activity
from gezel.content.tests.cmi5.courses import FILES, a_zip, structure
from gezel.content.tests.cmi5.unit import Unit
from gezel.people.api import Organisation, Person, give_mandate
from gezel.people.tests.builders import a_colleague
from gezel.records.tests.speaking import Speaker, a_speaker
from gezel.skills.api import Skill, add_evidence
from gezel.skills.tests.builders import a_skill
from gezel.trust.models import Reading

Visit = Callable[[Person], Client]
TODAY = date(2026, 11, 27)


# --- When a test is enough ------------------------------------------------------------------------


def test_all_that_it_brings_to_was_shown_in_tests() -> None:
    tests = {1: Showing(3.0, TODAY), 2: Showing(2.6, TODAY - timedelta(days=300))}
    assert shown_in_tests([(1, 3), (2, 3)], tests, TODAY) == [1, 2]


@pytest.mark.parametrize(
    ("teaches", "test"),
    [
        ([(1, 3), (2, 1)], Showing(5.0, TODAY)),
        ([(1, 3)], Showing(2.5, TODAY)),
        ([(1, 3)], Showing(4.0, TODAY - timedelta(days=366))),
        ([(1, 3)], Showing(4.0, TODAY + timedelta(days=1))),
        ([], Showing(5.0, TODAY)),
    ],
    ids=["one skill of two", "half a level short", "too long ago", "not yet", "teaches nothing"],
)
def test_and_when_it_is_not_enough(teaches: list[tuple[int, int]], test: Showing) -> None:
    assert shown_in_tests(teaches, {1: test}, TODAY) == []


# --- Saying so ------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def of(noor: Person, module: Module, daan: Person, **more: Any) -> Waiver:
    told = {
        "reason": "Equivalent Outside Activity", "words": "Did it at Sterk.", "by": daan,
        "key": uuid.uuid4(),
    }  # fmt: skip
    return waive(noor, module.activity, **{**told, **more})


@pytest.fixture
def module(van_dijk: Organisation) -> Module:
    return a_module(van_dijk)


@pytest.fixture
def lrs(van_dijk: Organisation) -> Speaker:
    return a_speaker(van_dijk)


def waived(lrs: Speaker, **asked: str) -> list[dict[str, Any]]:
    found = lrs.find(verb=VERBS["waived"], ascending="true", **asked)
    # What voids one is found by it too.
    return [one for one in found if one["verb"]["id"] == VERBS["waived"]]


def test_it_is_recorded_and_taken_back_it_is_voided(
    module: Module, noor: Person, daan: Person, lrs: Speaker
) -> None:
    waiver = of(noor, module, daan)
    (told,) = waived(lrs)
    assert told["actor"]["account"]["name"] == str(noor.pk)
    assert told["object"]["id"].endswith(reverse("content:play", args=[module.pk]))
    assert told["result"] == {"extensions": {REASON: "Equivalent Outside Activity"}}
    assert "Sterk" not in str(told), "the words are for the people it concerns"

    take_waiver_back(waiver)
    take_waiver_back(waiver)
    assert waived(lrs) == []
    again = of(noor, module, daan)
    assert len(waived(lrs)) == 1
    assert again.pk != waiver.pk


def test_the_same_form_twice_is_one_and_another_beside_it_is_refused(
    module: Module, noor: Person, daan: Person
) -> None:
    key = uuid.uuid4()
    assert of(noor, module, daan, key=key) == of(noor, module, daan, key=key)
    with pytest.raises(ValidationError, match="already"):
        of(noor, module, daan)
    with pytest.raises(ValidationError, match="themselves"):
        of(daan, module, daan)
    assert Waiver.objects.count() == 1


# --- A cmi5 course someone is in the middle of ----------------------------------------------------


@pytest.fixture
def package(van_dijk: Organisation, tmp_path: Path) -> Package:
    """Three units; the third asks nothing."""
    package = Package.objects.create(activity=an_activity(van_dijk))
    take_in(a_zip(tmp_path / "course.zip", {"cmi5.xml": structure(), **FILES}), package, by=None)
    package.refresh_from_db()
    return package


def test_9_3_7_each_unit_that_is_not_done_is_waived_and_may_be_done(
    package: Package, noor: Person, daan: Person, van_dijk: Organisation, lrs: Speaker
) -> None:
    attempt = begin_package(noor, package, organisation=van_dijk)
    open_package(attempt, unit="au0")
    waiver = waive(
        noor, package.activity, reason="Tested Out", words="Shown", by=daan, key=uuid.uuid4()
    )
    course = Registration.objects.get(attempt=attempt)
    assert len(waived(lrs, registration=str(course.code))) == 2
    assert course.is_satisfied

    opened = open_package(attempt, unit="au1")
    assert opened.launch is not None
    unit = Unit(opened.launch.address).begin()
    assert unit.data["launchMode"] == "Normal", "who does it all the same does it for real"
    finish_left_alone(timezone.now() + timedelta(hours=2))
    attempt.refresh_from_db()
    assert attempt.completed_at is None, "who was let off has not completed it"

    take_waiver_back(waiver)
    assert not Registration.objects.get(attempt=attempt).is_satisfied
    assert waived(lrs, registration=str(course.code)) == []
    satisfied = lrs.find(verb=VERBS["satisfied"], registration=str(course.code))
    assert len([one for one in satisfied if "voided" not in one["verb"]["id"]]) == 1, (
        "only the block in which nothing is asked"
    )

    waive(noor, package.activity, reason="Administrative", words="x", by=daan, key=uuid.uuid4())
    assert len(waived(lrs, registration=str(course.code))) == 2
    unit.does("initialized", "passed", "terminated")
    finish_left_alone(timezone.now() + timedelta(hours=2))
    attempt.refresh_from_db()
    assert attempt.completed_at is not None


# --- Tested out -----------------------------------------------------------------------------------


@pytest.fixture
def skill(module: Module, van_dijk: Organisation) -> Skill:
    """What the module brings to, at level 3."""
    skill = a_skill(organisation=van_dijk)
    ActivitySkill.objects.filter(activity=module.activity).delete()
    ActivitySkill.objects.create(activity=module.activity, skill=skill, from_level=1, to_level=3)
    return skill


def takes_a_test(noor: Person, skill: Skill, level: int, kind: str = "test") -> None:
    add_evidence(noor, skill, kind=kind, level=level, on=timezone.localdate(), by=None)


def test_a_test_ticks_off_what_one_is_in_the_middle_of(
    module: Module, skill: Skill, noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    start(noor, module, organisation=van_dijk)
    takes_a_test(noor, skill, 5, kind="module")
    takes_a_test(noor, skill, 2)
    assert not Waiver.objects.exists()
    takes_a_test(noor, skill, 3)
    waiver = Waiver.objects.get()
    assert (waiver.reason, waiver.by, len(waiver.rests_on)) == ("Tested Out", None, 1)
    take_waiver_back(waiver)
    takes_a_test(noor, skill, 4)
    assert Waiver.objects.count() == 1, "what someone took back no test says again"


def test_a_test_says_nothing_of_what_nobody_asks(
    module: Module, skill: Skill, noor: Person
) -> None:
    takes_a_test(noor, skill, 5)
    assert not Waiver.objects.exists()


def test_where_the_organisation_wants_it_done_in_any_case(
    module: Module, skill: Skill, noor: Person, van_dijk: Organisation
) -> None:
    ContentSettings.objects.create(organisation=van_dijk, tests_waive=False)
    start(noor, module, organisation=van_dijk)
    takes_a_test(noor, skill, 5)
    assert not Waiver.objects.exists()


# --- The pages ------------------------------------------------------------------------------------


def test_a_lead_lets_someone_off_and_takes_it_back(
    module: Module, noor: Person, daan: Person, visit: Visit
) -> None:
    page = reverse("content:waivers", args=[module.activity_id])
    sent = {
        "someone": noor.email,
        "reason": "Administrative",
        "words": "On leave",
        "key": uuid.uuid4(),
    }
    lead = visit(daan)
    assert lead.post(page, sent).status_code == 302
    assert noor.name in lead.get(page).content.decode()
    intro = visit(noor).get(reverse("content:play", args=[module.pk])).content.decode()
    assert "On leave" in intro
    assert daan.name in intro

    waiver = Waiver.objects.get()
    back = reverse("content:take_waiver_back", args=[waiver.key])
    assert visit(noor).post(back).status_code == 404
    assert lead.post(back).status_code == 302
    assert lead.post(back).status_code == 302
    assert (
        "On leave"
        not in visit(noor).get(reverse("content:play", args=[module.pk])).content.decode()
    )


def test_the_home_page_tells_it_with_the_reason_for_two_weeks(
    module: Module, noor: Person, daan: Person, visit: Visit
) -> None:
    panel = reverse("content:panel_continue")
    assert visit(noor).get(panel).status_code == 404
    waiver = of(noor, module, daan)
    told = visit(noor).get(panel).content.decode()
    for words in ("You need not do this", module.activity.title_en, "Did it at Sterk.", daan.name):
        assert words in told
    assert reverse("catalogue:activity", args=[module.activity_id]) in told
    assert "Go on where you were" not in told
    assert visit(daan).get(panel).status_code == 404

    Waiver.objects.update(at=timezone.now() - timedelta(days=15))
    assert visit(noor).get(panel).status_code == 404
    Waiver.objects.update(at=timezone.now())
    take_waiver_back(waiver)
    assert visit(noor).get(panel).status_code == 404


def test_an_author_who_looks_is_told_as_one_and_not_as_a_lead(
    module: Module, van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    """What a lead reads of their line never counts for the brake; of everyone, it does."""
    author = a_colleague(van_dijk, "Anna Author", job="Trainer")
    give_mandate(author, van_dijk, "author")
    waive(noor, module.activity, reason="Administrative", words="x", by=author, key=uuid.uuid4())
    page = reverse("content:waivers", args=[module.activity_id])

    assert noor.name in visit(author).get(page).content.decode()
    assert noor.name in visit(daan).get(page).content.decode()

    told = Reading.objects.filter(about=noor, matter="learning")
    assert dict(told.values_list("reader", "purpose")) == {author.pk: "author", daan.pk: "lead"}
    assert (
        "looks after what people learn from here"
        in visit(noor).get(reverse("trust:who_looked")).content.decode()
    )


def test_nobody_lets_off_who_is_not_theirs(
    module: Module, noor: Person, daan: Person, sam: Person, visit: Visit
) -> None:
    page = reverse("content:waivers", args=[module.activity_id])
    assert visit(noor).get(page).status_code == 404
    assert visit(sam).get(page).status_code == 404
    for someone in (sam.email, daan.email, "nobody@example.org"):
        sent = {"someone": someone, "reason": "Administrative", "words": "x", "key": uuid.uuid4()}
        assert visit(daan).post(page, sent).status_code == 422
    assert not Waiver.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_lead_lets_off_and_the_colleague_reads_why(
    page_of: PageOf, module: Module, noor: Person, daan: Person
) -> None:
    desk = page_of(daan)
    desk.goto(reverse("catalogue:activity", args=[module.activity_id]))
    desk.get_by_role("link", name="Let a colleague off").click()
    desk.get_by_role("button", name="They need not do this").click()
    expect(desk.get_by_text("This field is required.").first).to_be_visible()
    desk.get_by_label("Who?").fill(noor.email)
    desk.get_by_label("They did the same somewhere else").check()
    desk.get_by_label("In your own words").fill("Did the same at Sterk in March.")
    desk.get_by_role("button", name="They need not do this").click()
    expect(desk.get_by_text("need not do this, and reads why")).to_be_visible()
    assert_accessible(desk)

    phone = page_of(noor, phone=True, dark=True, language="nl")
    phone.goto(reverse("content:play", args=[module.pk]))
    expect(phone.get_by_text("Je hoeft dit niet te doen.")).to_be_visible()
    expect(phone.get_by_text("Did the same at Sterk in March.")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_role("button", name="Beginnen").click()
    expect(phone.get_by_role("button", name="Beginnen")).to_have_count(0)

    desk.get_by_role("button", name="Take it back").click()
    expect(desk.get_by_text("is asked to do this again")).to_be_visible()
    expect(desk.get_by_text("taken back on")).to_be_visible()
