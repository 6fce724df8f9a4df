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

from gezel.catalogue.api import Activity, ActivitySkill
from gezel.content.actions import (
    begin_package,
    finish_left_alone,
    go_elsewhere,
    keep_state,
    leave_package,
    open_package,
    start,
    take_in,
    take_waiver_back,
    waive,
)
from gezel.content.models import (
    CoAuthor,
    ContentSettings,
    Module,
    Package,
    PackageAttempt,
    Registration,
    Waiver,
)
from gezel.content.queries import parts_to_let_off, waiver_of
from gezel.content.queries import waived as waived_here
from gezel.content.rules.cmi5.vocabulary import REASON, VERBS
from gezel.content.rules.packages.scorm import Scorm
from gezel.content.rules.waiving import Showing, shown_in_tests
from gezel.content.tests.builders import a_module, a_package, an_activity
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


def of(noor: Person, module: Module | Package, daan: Person, **more: Any) -> Waiver:
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


# --- One part of a package ------------------------------------------------------------------------


def test_9_3_7_one_unit_is_waived_in_its_registration_and_its_block_follows(
    package: Package, noor: Person, daan: Person, van_dijk: Organisation, lrs: Speaker
) -> None:
    """Of a course someone is in the middle of, and of one they only begin afterwards."""
    parts = parts_to_let_off(package.activity_id)
    assert list(parts.values()) == ["Voor je wegrijdt", "Toets", "Verder lezen"]
    quiz = list(parts)[1]
    attempt = begin_package(noor, package, organisation=van_dijk)
    open_package(attempt, unit="au0")
    waiver = of(noor, package, daan, part=quiz, reason="Tested Out")
    course = Registration.objects.get(attempt=attempt)
    (told,) = waived(lrs, registration=str(course.code))
    assert told["result"] == {
        "success": True, "completion": True, "extensions": {REASON: "Tested Out"}
    }  # fmt: skip
    assert [one["id"] for one in told["context"]["contextActivities"]["category"]] == [
        "https://w3id.org/xapi/cmi5/context/categories/cmi5",
        "https://w3id.org/xapi/cmi5/context/categories/moveon",
    ]
    assert told["context"]["contextActivities"]["grouping"][0]["id"] == quiz
    assert "https://course.example/forklift/block/1" in course.satisfied
    assert not course.is_satisfied, "the first unit is still asked"

    ways = open_package(attempt, session=attempt.session).ways
    assert [(e.title, e.let_off) for e in ways.entries if e.unit] == [
        ("Before you drive", False), ("Toets", True), ("Verder lezen", False),
    ]  # fmt: skip
    take_waiver_back(waiver)
    assert waived(lrs) == []
    assert "https://course.example/forklift/block/1" not in Registration.objects.get().satisfied

    of(noor, package, daan, part=quiz, reason="Administrative")
    anew = begin_package(noor, package, organisation=van_dijk, anew=True)
    opened = open_package(anew)
    assert opened.unit == "au0"
    fresh = Registration.objects.get(attempt=anew)
    assert len(waived(lrs, registration=str(fresh.code))) == 1
    assert opened.launch is not None
    Unit(opened.launch.address).begin().does("initialized", "completed", "terminated")
    fresh.refresh_from_db()
    assert fresh.is_satisfied
    anew.refresh_from_db()
    finish_left_alone(timezone.now() + timedelta(hours=2))
    anew.refresh_from_db()
    assert anew.completed_at is not None


def test_what_the_whole_and_a_part_say_stand_beside_each_other(
    package: Package, noor: Person, daan: Person, van_dijk: Organisation, lrs: Speaker
) -> None:
    quiz = list(parts_to_let_off(package.activity_id))[1]
    attempt = begin_package(noor, package, organisation=van_dijk)
    open_package(attempt, unit="au0")
    part, whole = of(noor, package, daan, part=quiz), of(noor, package, daan)
    code = str(Registration.objects.get(attempt=attempt).code)
    assert len(waived(lrs, registration=code)) == 2
    take_waiver_back(whole)
    (left,) = waived(lrs, registration=code)
    assert left["context"]["contextActivities"]["grouping"][0]["id"] == quiz
    whole = of(noor, package, daan)
    take_waiver_back(part)
    assert len(waived(lrs, registration=code)) == 2, "the whole still says so of all"
    for strange in ("https://course.example/forklift/unit/9", "au1"):
        with pytest.raises(ValidationError, match="no such part"):
            of(noor, package, daan, part=strange)


def test_a_part_tells_other_rooms_nothing(package: Package, noor: Person, daan: Person) -> None:
    quiz = list(parts_to_let_off(package.activity_id))[1]
    waiver = of(noor, package, daan, part=quiz)
    assert waived_here({noor.pk}, {package.activity_id}) == {}
    assert waiver_of(noor, package.activity_id) is None
    take_waiver_back(waiver)


def two_scos(van_dijk: Organisation, form: str, tmp_path: Path) -> Package:
    """A text and an exam; the exam asks that the text was done."""
    old = form == "scorm12"
    version, kind = ("1.2", "scormtype") if old else ("2004 4th Edition", "scormType")
    spaces = (
        'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" '
        'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'
        if old
        else 'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" '
        'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" '
        'xmlns:imsss="http://www.imsglobal.org/xsd/imsss"'
    )
    first = "<adlcp:prerequisites type='aicc_script'>TEXT</adlcp:prerequisites>" if old else ""
    # Else to have been there is to have done it.
    tells = (
        ""
        if old
        else "<imsss:sequencing><imsss:deliveryControls completionSetByContent='true' "
        "objectiveSetByContent='true'/></imsss:sequencing>"
    )
    ways = "" if old else '<imsss:sequencing><imsss:controlMode flow="true"/></imsss:sequencing>'
    (tmp_path / "imsmanifest.xml").write_text(
        f"""<manifest identifier="m" {spaces}><metadata><schema>ADL SCORM</schema>
        <schemaversion>{version}</schemaversion></metadata><organizations default="o">
        <organization identifier="o"><title>Ladders</title>
        <item identifier="TEXT" identifierref="r"><title>Text</title>{tells}</item>
        <item identifier="EXAM" identifierref="r"><title>Exam</title>{first}{tells}</item>{ways}
        </organization></organizations><resources><resource identifier="r" type="webcontent"
        adlcp:{kind}="sco" href="index.html"><file href="index.html"/></resource></resources>
        </manifest>"""
    )
    kept = Scorm().read(tmp_path, ["imsmanifest.xml", "index.html"]).as_json()
    return a_package(van_dijk, form=form, units=kept["units"], extra=kept["extra"])


@pytest.mark.parametrize("form", ["scorm12", "scorm2004"])
def test_who_need_not_do_one_sco_is_through_with_the_other(
    form: str, van_dijk: Organisation, noor: Person, daan: Person, tmp_path: Path
) -> None:
    package = two_scos(van_dijk, form, tmp_path)
    exam = {
        "scorm12": {"cmi": {"core": {"lesson_status": "passed", "score": {"raw": "80"}}}},
        "scorm2004": {"cmi": {"completion_status": "completed", "success_status": "passed"}},
    }[form]
    waiver = of(noor, package, daan, part="TEXT")
    attempt = begin_package(noor, package, organisation=van_dijk)
    opened = open_package(attempt)
    entries = {e.title: e for e in opened.ways.entries}
    assert entries["Text"].let_off
    assert not entries["Exam"].let_off
    assert not opened.outcome.completed
    if form == "scorm12":
        assert opened.unit == "EXAM", "the text need not be done, so nothing comes first"
    else:
        # Sequencing is the package's own: where it begins, one begins, and may go on at once.
        assert opened.attempt.session is not None
        goal = go_elsewhere(opened.attempt, "continue", session=opened.attempt.session)
        assert goal == "EXAM"
        opened = open_package(attempt, unit="EXAM", session=opened.attempt.session)
    assert opened.attempt.session is not None
    kept = keep_state(
        attempt, "EXAM", session=opened.attempt.session, sequence=1, data=exam, end=True
    )
    assert (kept.state, kept.outcome.completed, kept.outcome.done) == ("kept", True, 2)
    take_waiver_back(waiver)
    attempt = PackageAttempt.objects.get(pk=attempt.pk)
    assert not open_package(attempt, session=attempt.session).outcome.completed
    of(noor, package, daan, part="TEXT")
    left = leave_package(PackageAttempt.objects.get(pk=attempt.pk), organisation=van_dijk)
    assert left.completed_at is not None


@pytest.mark.parametrize("form", ["scorm12", "scorm2004"])
def test_who_need_do_neither_has_not_completed_it(
    form: str, van_dijk: Organisation, noor: Person, daan: Person, tmp_path: Path
) -> None:
    package = two_scos(van_dijk, form, tmp_path)
    for part in ("TEXT", "EXAM"):
        of(noor, package, daan, part=part)
    attempt = begin_package(noor, package, organisation=van_dijk)
    assert not open_package(attempt).outcome.completed
    assert leave_package(attempt, organisation=van_dijk).completed_at is None


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


def test_who_made_it_lets_colleagues_off_where_the_organisation_wants_it_so(
    *, module: Module, van_dijk: Organisation, noor: Person, daan: Person, sam: Person, visit: Visit
) -> None:
    """Who shares a module or makes it with them; not from what someone else made."""
    maker, helper = (a_colleague(van_dijk, name, job="Fitter") for name in ("Mo Maker", "Hil Help"))
    Activity.objects.filter(pk=module.activity_id).update(shared_by=maker)
    CoAuthor.objects.create(module=module, person=helper)
    other = a_module(van_dijk)
    page = reverse("content:waivers", args=[module.activity_id])
    start_page = reverse("content:panel_start", args=[module.activity_id])
    sent = {"reason": "Administrative", "words": "Built it with me"}
    for someone in (maker, helper):
        assert visit(someone).get(page).status_code == 404
        assert page not in visit(someone).get(start_page).content.decode()
    settings = ContentSettings.objects.create(organisation=van_dijk, makers_waive=True)
    for someone, about in ((maker, noor), (helper, daan)):
        client = visit(someone)
        assert page in client.get(start_page).content.decode()
        told = {**sent, "someone": about.email, "key": uuid.uuid4()}
        assert client.post(page, told).status_code == 302
        assert about.name in client.get(page).content.decode()
        elsewhere = reverse("content:waivers", args=[other.activity_id])
        assert client.get(elsewhere).status_code == 404
        assert client.post(page, {**told, "someone": sam.email}).status_code == 422
        assert client.post(page, {**told, "someone": someone.email}).status_code == 422
    assert daan.name not in visit(maker).get(page).content.decode(), "the helper said that"
    assert visit(noor).get(page).status_code == 404
    back = reverse("content:take_waiver_back", args=[Waiver.objects.get(person=noor).key])
    assert visit(helper).post(back).status_code == 404
    settings.makers_waive = False
    settings.save()
    assert visit(maker).post(back).status_code == 404
    settings.makers_waive = True
    settings.save()
    assert visit(maker).post(back).status_code == 302


def test_hr_sets_whether_makers_let_off(van_dijk: Organisation, visit: Visit) -> None:
    hr = a_colleague(van_dijk, "Hanna", job="HR")
    give_mandate(hr, van_dijk, "hr")
    page = reverse("content:house_rules")
    client = visit(hr)
    assert client.post(page, {"makers_waive": "on", "quota_gb": "50"}).status_code == 302
    assert ContentSettings.of(van_dijk.pk).makers_waive
    assert client.post(page, {"quota_gb": "50"}).status_code == 302
    assert not ContentSettings.of(van_dijk.pk).makers_waive


def test_a_part_is_chosen_on_the_page_and_told_to_the_person(
    package: Package, noor: Person, daan: Person, visit: Visit
) -> None:
    lead = visit(daan)
    page = reverse("content:waivers", args=[package.activity_id])
    assert "Verder lezen" in lead.get(page).content.decode()
    quiz = list(parts_to_let_off(package.activity_id))[1]
    sent = {"someone": noor.email, "reason": "Administrative", "words": "Seen at work"}
    for part, status in ((quiz, 302), (quiz, 422), ("au1", 422), ("", 422)):
        told = {**sent, "part": part, "key": uuid.uuid4()}
        assert lead.post(page, told).status_code == status
    assert (one := Waiver.objects.get()).part_title == "Toets"
    assert lead.post(page, {**sent, "part": "-", "key": uuid.uuid4()}).status_code == 302
    whole = Waiver.objects.get(part="")
    assert lead.post(reverse("content:take_waiver_back", args=[whole.key])).status_code == 302
    assert "Toets" in lead.get(page).content.decode()
    client = visit(noor)
    intro = client.get(reverse("content:package", args=[package.pk])).content.decode()
    for words in ("You need not do all of it.", "Toets", "Seen at work", daan.name):
        assert words in intro
    assert "You need not do this." not in intro
    assert "Toets" in client.get(reverse("content:panel_continue")).content.decode()
    assert lead.post(reverse("content:take_waiver_back", args=[one.key])).status_code == 302
    assert "Toets" not in client.get(reverse("content:package", args=[package.pk])).content.decode()


def test_a_module_or_a_package_of_one_part_is_let_off_as_a_whole(
    module: Module, van_dijk: Organisation, daan: Person, visit: Visit
) -> None:
    alone = a_package(van_dijk)
    for activity in (module.activity_id, alone.activity_id):
        page = visit(daan).get(reverse("content:waivers", args=[activity])).content.decode()
        assert 'name="part"' not in page


@pytest.mark.browser
@pytest.mark.browser_once
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
