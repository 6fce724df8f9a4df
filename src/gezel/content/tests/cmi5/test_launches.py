"""cmi5 through the record store: launched, fetched, followed, refused, concluded.

Each test speaks over HTTP as a unit does. Numbers are those of the requirement list.
"""

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from gezel.content import jobs
from gezel.content.actions import launches, store, take_in
from gezel.content.actions.launches import Launched, NotNow
from gezel.content.models import Edition, LaunchSession, Package, Registration
from gezel.content.origin import is_wild
from gezel.content.rules.cmi5.vocabulary import (
    BLOCK,
    CMI5_CATEGORY,
    COURSE,
    LAUNCH_DATA,
    LAUNCH_MODE,
    LAUNCH_PARAMETERS,
    LAUNCH_URL,
    MASTERY_SCORE,
    MOVE_ON,
    MOVE_ON_CATEGORY,
    PREFERENCES,
    REASON,
    SESSION_ID,
    VERBS,
)
from gezel.content.tests.builders import an_activity
from gezel.content.tests.cmi5.courses import FILES, a_zip, structure
from gezel.content.tests.cmi5.unit import Unit
from gezel.kit.jobs import begin_minute, run_waiting
from gezel.people.api import Organisation, Person
from gezel.records.tests.speaking import Speaker, a_speaker

pytestmark = pytest.mark.django_db
RETURN = "https://portal.example/back"
OUTSIDE = {
    "objectType": "Agent",
    "account": {"homePage": "https://portal.example", "name": "p-é-17"},
}


@pytest.fixture
def course(van_dijk: Organisation, tmp_path: Path) -> Edition:
    """Three units: one scored, a quiz in a block, and reading in a block in that block."""
    package = Package.objects.create(activity=an_activity(van_dijk))
    path = a_zip(tmp_path / "course.zip", {"cmi5.xml": structure(), **FILES})
    return take_in(path, package, by=None)


@pytest.fixture
def registration(course: Edition, van_dijk: Organisation) -> Registration:
    return launches.register(course, organisation=van_dijk, person=None, actor=OUTSIDE)


@pytest.fixture
def lrs(van_dijk: Organisation) -> Speaker:
    """Another system that may read everything (4.2.0.0-2)."""
    return a_speaker(van_dijk)


def launched(registration: Registration, unit: int = 0, mode: str = "Normal") -> Launched:
    return launches.launch(registration, unit, mode=mode, return_url=RETURN)


def begun(registration: Registration, unit: int = 0, mode: str = "Normal") -> Unit:
    """A unit that has said that it is there."""
    return Unit(launched(registration, unit, mode).address).begin().does("initialized")


def said(lrs: Speaker, registration: Registration, word: str = "") -> list[dict[str, Any]]:
    """What stands under a registration, oldest first."""
    found = lrs.find(registration=str(registration.code), ascending="true")
    return [one for one in found if not word or one["verb"]["id"] == VERBS[word]]


# --- Launching: 8.1, 8.2, 9.3.1, 10 and 11 --------------------------------------------------------


def test_8_1_the_address_has_all_a_unit_needs(registration: Registration) -> None:
    made = launched(registration)
    unit = Unit(made.address)

    assert unit.endpoint == f"{settings.BASE_URL}/xapi/"
    assert unit.actor == OUTSIDE
    assert unit.registration == str(registration.code)
    assert unit.activity == made.activity
    address = urlsplit(made.address)
    assert address.path.endswith("/unit/index.html")
    assert address.query.startswith("page=1&endpoint=")
    assert " " not in made.address


def test_8_1_5_the_activity_is_ours_and_stays(
    course: Edition, van_dijk: Organisation, noor: Person, registration: Registration
) -> None:
    first = launched(registration).activity
    assert first != course.manifest["units"][0]["extra"]["id"]
    assert launched(registration).activity == first
    assert launched(registration, 1).activity != first
    other = launches.register(course, organisation=van_dijk, person=noor)
    assert launched(other).activity == first, "so that what many did can be put together"


def test_8_1_3_a_person_is_a_number_here(
    course: Edition, van_dijk: Organisation, noor: Person
) -> None:
    registration = launches.register(course, organisation=van_dijk, person=noor)
    unit = Unit(launched(registration).address)
    assert unit.actor == {
        "objectType": "Agent", "account": {"homePage": settings.BASE_URL, "name": str(noor.pk)},
    }  # fmt: skip
    assert noor.last_name not in unit.address


def test_8_2_the_token_comes_once(registration: Registration) -> None:
    unit = Unit(launched(registration).address)
    assert list(unit.fetched()) == ["auth-token"]
    again = unit.fetched()
    assert again["error-code"] == "1"
    assert "auth-token" not in again


def test_8_2_a_script_elsewhere_may_ask_and_no_page_may_read_it_by_following() -> None:
    address = "/modules/cmi5/fetch/unknown/"
    answer = Client().post(address, headers={"Origin": "null"})
    assert answer.json()["error-code"] == "2"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert answer["Cache-Control"] == "no-store"
    assert Client().options(address).status_code == 204
    assert Client().get(address).status_code == 405


def test_8_2_a_launch_nobody_used_runs_out(registration: Registration) -> None:
    made = launched(registration)
    LaunchSession.objects.update(launched_at=timezone.now() - timedelta(hours=25))
    assert Unit(made.address).fetched()["error-code"] == "2"


def test_8_1_2_0_2_nothing_without_the_token(registration: Registration) -> None:
    unit = Unit(launched(registration).address)
    assert unit.state("GET", LAUNCH_DATA).status_code == 401
    unit.token = "bm9ib2R5Om5vdGhpbmc="  # of nobody
    assert unit.state("GET", LAUNCH_DATA).status_code == 401


def test_10_launch_data_stands_before_the_launch(registration: Registration) -> None:
    made = launched(registration)
    data = Unit(made.address).begin().data
    assert data == {
        "contextTemplate": {
            "contextActivities": {
                "grouping": [
                    {"objectType": "Activity", "id": "https://course.example/forklift/unit/1"}
                ]
            },
            "extensions": {SESSION_ID: str(made.session.pk)},
        },
        "launchMode": "Normal",
        "launchMethod": "AnyWindow",
        "moveOn": "CompletedOrPassed",
        "masteryScore": 0.7,
        "launchParameters": "speed=slow",
        "entitlementKey": {"courseStructure": "key-1"},
        "returnURL": RETURN,
    }
    other = Unit(launched(registration, 1).address).begin().data
    assert not {"masteryScore", "launchParameters", "entitlementKey"} & other.keys()


def test_9_3_1_launched_is_said_once_and_first(registration: Registration, lrs: Speaker) -> None:
    made = launched(registration)
    (told,) = said(lrs, registration, "launched")
    assert told["actor"] == OUTSIDE
    assert told["object"]["id"] == made.activity
    assert told["object"]["definition"]["name"] == {
        "nl": "Voor je wegrijdt", "en": "Before you drive",
    }  # fmt: skip
    context = told["context"]
    assert context["registration"] == str(registration.code)
    assert [a["id"] for a in context["contextActivities"]["category"]] == [CMI5_CATEGORY]
    assert [a["id"] for a in context["contextActivities"]["grouping"]] == [
        "https://course.example/forklift/unit/1"
    ]
    extensions = context["extensions"]
    assert extensions[SESSION_ID] == str(made.session.pk)
    assert extensions[LAUNCH_MODE] == "Normal"
    assert extensions[MOVE_ON] == "CompletedOrPassed"
    assert extensions[MASTERY_SCORE] == 0.7
    assert extensions[LAUNCH_PARAMETERS] == "speed=slow"
    assert extensions[LAUNCH_URL] == made.address.split("&endpoint=")[0]
    Unit(made.address).begin().does("initialized")
    assert [one["verb"]["id"] for one in said(lrs, registration)] == [
        VERBS["satisfied"], VERBS["launched"], VERBS["initialized"],
    ], "what asks nothing was satisfied at registration"  # fmt: skip


def test_11_preferences_are_there_and_kept_by_rule(registration: Registration) -> None:
    unit = Unit(launched(registration).address).begin()
    stands = json.loads(unit.profile("GET").content)
    assert stands == {"languagePreference": "nl,en", "audioPreference": "on"}

    match = {"languagePreference": "fr-FR,en", "audioPreference": "off"}
    assert unit.profile("POST", match).status_code == 204
    assert json.loads(unit.profile("GET").content) == match
    for wrong in (
        {"languagePreference": "nl"},
        {"languagePreference": "nl;x", "audioPreference": "on"},
        {"languagePreference": "nl", "audioPreference": "soft"},
        ["nl"],
    ):
        assert unit.profile("POST", wrong).status_code == 400
    assert unit.profile("POST", b"{").status_code == 400
    assert unit.profile("DELETE").status_code == 403
    assert unit.profile("GET", name="other").status_code == 403
    someone = {"account": {"homePage": "https://portal.example", "name": "p-18"}}
    assert unit.profile("GET", agent=someone).status_code == 403
    # A later launch leaves them as they are.
    again = Unit(launched(registration).address).begin()
    assert json.loads(again.profile("GET").content) == match


def test_11_preferences_nobody_changed_follow_the_language_of_the_person(
    course: Edition, van_dijk: Organisation, noor: Person
) -> None:
    registration = launches.register(course, organisation=van_dijk, person=noor)

    def told() -> str:
        unit = Unit(launched(registration).address).begin()
        return str(json.loads(unit.profile("GET").content)["languagePreference"])

    for language, expected in (("nl", "nl,en"), ("en", "en,nl"), ("nl", "nl,en")):
        Person.objects.filter(pk=noor.pk).update(language=language)
        assert told() == expected


def test_10_2_1_0_5_launch_data_is_not_the_units_to_change(registration: Registration) -> None:
    unit = begun(registration)
    for method in ("PUT", "POST", "DELETE"):
        assert unit.state(method, LAUNCH_DATA, {"launchMode": "Browse"}).status_code == 403
    assert unit.ask(
        "DELETE", "activities/state", activityId=unit.activity, agent=unit.actor,
        registration=unit.registration,
    ).status_code == 403, "nor all states at once"  # fmt: skip
    assert json.loads(unit.state("GET", LAUNCH_DATA).content)["launchMode"] == "Normal"


def test_8_1_states_are_of_this_actor_and_registration(registration: Registration) -> None:
    unit = begun(registration)
    assert unit.state("PUT", "place", {"page": 3}).status_code == 204
    assert json.loads(unit.state("GET", "place").content) == {"page": 3}
    assert unit.state("GET", "place", registration=None).status_code == 403
    assert unit.state("GET", "place", registration=str(uuid.uuid4())).status_code == 403
    assert unit.state("PUT", "place", {}, registration=None).status_code == 403
    assert unit.state("GET", "place", agent={"mbox": "mailto:a@b.example"}).status_code == 403
    assert unit.state("GET", "x", activityId="https://other.example/1").status_code == 403


# --- The session, statement by statement: 7.1, 9 --------------------------------------------------


def test_a_session_from_begin_to_end(registration: Registration, lrs: Speaker) -> None:
    unit = begun(registration)
    assert unit.send(unit.allows()).status_code == 200
    assert unit.send(unit.says("passed", scaled=0.8)).status_code == 200
    unit.does("completed", "terminated")

    registration.refresh_from_db()
    assert registration.standing["0"] | {"seconds": 0} == {
        "passed": True, "completed": True, "score": 0.8, "opened": True, "seconds": 0,
    }  # fmt: skip
    words = [one["verb"]["id"].rsplit("/", 1)[-1] for one in said(lrs, registration)]
    assert words[1:] == [
        "launched", "initialized", "experienced", "passed", "completed", "terminated",
    ]  # fmt: skip


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_both_versions(registration: Registration, version: str) -> None:
    unit = Unit(launched(registration).address, version).begin()
    unit.does("initialized", "completed", "terminated")


def test_11_0_0_0_3_preferences_come_before_initialized(registration: Registration) -> None:
    unit = Unit(launched(registration).address)
    unit.token = unit.fetched()["auth-token"]
    unit.data = json.loads(unit.state("GET", LAUNCH_DATA).content)
    assert unit.refused(unit.says("initialized")) == "11.0.0.0-3"
    assert unit.profile("GET").status_code == 200
    unit.does("initialized")


def test_7_1_1_nothing_before_initialized(registration: Registration, lrs: Speaker) -> None:
    unit = Unit(launched(registration).address).begin()
    assert unit.refused(unit.allows()) == "9.3.0.0-4"
    assert unit.refused(unit.says("completed")) == "9.3.0.0-4"
    assert len(said(lrs, registration)) == 2, "nothing of what was refused is kept"


def test_7_1_2_nothing_after_terminated(registration: Registration) -> None:
    unit = begun(registration).does("terminated")
    for statement in (unit.allows(), unit.says("completed"), unit.says("terminated")):
        assert unit.send(statement).status_code == 401
    assert unit.state("GET", "place").status_code == 401, "the token is of the session"


def test_one_wrong_statement_keeps_out_the_whole_request(
    registration: Registration, lrs: Speaker
) -> None:
    unit = begun(registration)
    answer = unit.send(unit.says("completed"), unit.says("terminated"), unit.allows())
    assert answer.status_code == 403
    registration.refresh_from_db()
    assert registration.standing == {}
    assert not said(lrs, registration, "completed")
    unit.does("completed", "terminated")


def test_9_1_and_9_7_what_the_store_would_fill_in_is_missed(registration: Registration) -> None:
    unit = begun(registration)
    for name, requirement in (("id", "9.1.0.0-1"), ("timestamp", "9.7.0.0-1")):
        statement = unit.says("completed")
        del statement[name]
        assert unit.refused(statement) == requirement
    statement = unit.says("completed")
    told = statement.pop("id")
    answer = unit.ask("PUT", "statements", statement, statementId=told)
    assert answer.status_code == 204, "put under an id, it has one"


def test_9_2_someone_else(registration: Registration) -> None:
    unit = begun(registration)
    statement = unit.says("completed")
    statement["actor"] = {"account": {"homePage": "https://portal.example", "name": "p-18"}}
    assert unit.send(statement).status_code == 403


def test_6_3_0_0_1_no_voiding(registration: Registration, lrs: Speaker) -> None:
    unit = begun(registration)
    statement = unit.allows("http://adlnet.gov/expapi/verbs/voided")
    (first, *_rest) = said(lrs, registration)
    statement["object"] = {"objectType": "StatementRef", "id": first["id"]}
    assert unit.refused(statement) == "6.3.0.0-1"


def test_9_3_each_once_in_a_registration_also_in_another_session(
    registration: Registration,
) -> None:
    begun(registration).does("completed", "passed", "terminated")
    unit = begun(registration)
    assert unit.refused(unit.says("completed")) == "9.3.0.0-6"
    assert unit.refused(unit.says("passed")) == "9.3.0.0-7"
    assert unit.refused(unit.says("failed")) == "9.3.0.0-8"
    other = begun(registration, 1)
    other.does("passed", "completed")


def test_failed_and_passed_later(registration: Registration) -> None:
    unit = begun(registration, 1).does("failed", "terminated")
    unit = begun(registration, 1).does("failed", "terminated")
    unit = begun(registration, 1).does("passed", "terminated")
    assert unit
    registration.refresh_from_db()
    assert registration.standing["1"]["passed"]


@pytest.mark.parametrize("mode", ["Browse", "Review"])
def test_10_2_2_only_looking(registration: Registration, mode: str) -> None:
    unit = begun(registration, 0, mode)
    assert unit.data["launchMode"] == mode
    for word in ("completed", "passed", "failed"):
        assert unit.refused(unit.says(word)) == "10.2.2.0-5"
    assert unit.send(unit.allows()).status_code == 200
    unit.does("terminated")


def test_the_same_statement_again_is_one(registration: Registration) -> None:
    unit = begun(registration)
    statement = unit.says("completed")
    assert unit.send(statement).status_code == 200
    assert unit.send(statement).status_code == 200, "its answer was lost on the way"
    assert unit.send(unit.says("completed")).status_code == 403


def test_two_sessions_do_not_see_each_other(registration: Registration) -> None:
    one, other = begun(registration, 0), begun(registration, 1)
    statement = one.says("completed")
    assert other.refused(statement) == "9.6.3.1-4"
    one.does("completed", "terminated")
    other.does("passed", "terminated")


# --- Abandoned and waived: 9.3.6, 9.3.7 -----------------------------------------------------------


def test_9_3_6_a_launch_of_the_same_unit_abandons_the_one_before(
    registration: Registration, lrs: Speaker
) -> None:
    first = begun(registration)
    second = begun(registration)
    (told,) = said(lrs, registration, "abandoned")
    assert (
        told["context"]["extensions"][SESSION_ID]
        == (first.data["contextTemplate"]["extensions"][SESSION_ID])
    )
    assert told["result"]["duration"].startswith("PT")
    assert told["object"]["id"] == first.activity
    assert first.send(first.says("completed")).status_code == 401
    second.does("completed", "terminated")
    assert len(said(lrs, registration, "abandoned")) == 1


def test_9_3_6_asked_twice_it_is_said_once(registration: Registration, lrs: Speaker) -> None:
    made = launched(registration)
    launches.abandon(made.session)
    launches.abandon(LaunchSession.objects.get(pk=made.session.pk))
    assert len(said(lrs, registration, "abandoned")) == 1
    assert Unit(made.address).fetched()["error-code"] == "2"


def test_a_session_that_ended_itself_is_not_abandoned(registration: Registration) -> None:
    made = launched(registration)
    Unit(made.address).begin().does("initialized", "terminated")
    with pytest.raises(NotNow):
        launches.abandon(LaunchSession.objects.get(pk=made.session.pk))


def test_silent_sessions_are_abandoned_within_a_minute(
    registration: Registration, lrs: Speaker
) -> None:
    unit = begun(registration)
    assert not jobs.soon()
    begin_minute()
    LaunchSession.objects.update(last_at=timezone.now() - timedelta(hours=3, minutes=59))
    assert not jobs.soon()
    LaunchSession.objects.update(last_at=timezone.now() - timedelta(hours=4, minutes=1))
    assert jobs.soon()
    begin_minute()
    begin_minute()
    run_waiting()
    assert not jobs.soon()
    assert LaunchSession.objects.get().abandoned_at is not None
    assert len(said(lrs, registration, "abandoned")) == 1
    assert unit.send(unit.says("completed")).status_code == 401


def test_what_others_registered_goes_in_the_end(registration: Registration) -> None:
    assert launches.forget_outside(timezone.now() + timedelta(days=700)) == 0
    assert launches.forget_outside(timezone.now() + timedelta(days=731)) == 1


def test_9_3_7_waived(registration: Registration, lrs: Speaker) -> None:
    made = launched(registration)
    launches.waive(registration, 1, reason="Tested Out")
    launches.waive(registration, 1, reason="Administrative")
    (told,) = said(lrs, registration, "waived")
    assert told["result"] == {
        "success": True, "completion": True, "extensions": {REASON: "Tested Out"},
    }  # fmt: skip
    categories = [a["id"] for a in told["context"]["contextActivities"]["category"]]
    assert categories == [CMI5_CATEGORY, MOVE_ON_CATEGORY]
    session = told["context"]["extensions"][SESSION_ID]
    assert session != str(made.session.pk)
    (outer,) = said(lrs, registration, "satisfied")[1:]
    assert outer["context"]["extensions"][SESSION_ID] == session
    with pytest.raises(KeyError):
        launches.waive(registration, 0, reason="Because")
    with pytest.raises(KeyError):
        launches.waive(registration, 9, reason="Tested Out")


# --- Satisfied: 9.3.9, 9.6.1.1-3 ------------------------------------------------------------------


def test_9_3_9_blocks_and_the_course_each_once(registration: Registration, lrs: Speaker) -> None:
    (inner,) = said(lrs, registration, "satisfied")
    assert inner["object"]["definition"]["type"] == BLOCK
    assert inner["object"]["definition"]["name"] == {"nl": "Extra"}
    grouping = inner["context"]["contextActivities"]["grouping"]
    assert [a["id"] for a in grouping] == ["https://course.example/forklift/block/2"]
    assert inner["object"]["id"] != "https://course.example/forklift/block/2"

    quiz = begun(registration, 1).does("passed")
    assert len(said(lrs, registration, "satisfied")) == 2, "at once, not at the end"
    quiz.does("terminated")
    unit = begun(registration, 0).does("completed", "terminated")

    told = said(lrs, registration, "satisfied")
    assert [one["object"]["definition"]["type"] for one in told] == [BLOCK, BLOCK, COURSE]
    assert len({one["object"]["id"] for one in told}) == 3
    sessions = [one["context"]["extensions"][SESSION_ID] for one in told]
    assert sessions[1] == quiz.data["contextTemplate"]["extensions"][SESSION_ID]
    assert sessions[2] == unit.data["contextTemplate"]["extensions"][SESSION_ID]
    for one in told:
        assert one["context"]["registration"] == str(registration.code)
        assert [a["id"] for a in one["context"]["contextActivities"]["category"]] == [CMI5_CATEGORY]
    registration.refresh_from_db()
    assert registration.is_satisfied
    begun(registration, 1).does("terminated")
    assert len(said(lrs, registration, "satisfied")) == 3


def test_a_cmi5_allowed_statement_moves_nothing(registration: Registration) -> None:
    unit = begun(registration, 1)
    statement = unit.allows(VERBS["passed"])
    statement["result"] = {"success": True}
    assert unit.send(statement).status_code == 200
    registration.refresh_from_db()
    assert registration.standing == {}


# --- Who reaches what -----------------------------------------------------------------------------


def test_a_unit_reads_its_own_registration_only(
    registration: Registration, course: Edition, van_dijk: Organisation, noor: Person
) -> None:
    other = launches.register(course, organisation=van_dijk, person=noor)
    begun(other).does("completed", "terminated")
    unit = begun(registration)
    found = json.loads(unit.ask("GET", "statements").content)["statements"]
    assert {one["context"]["registration"] for one in found} == {str(registration.code)}
    answer = unit.ask("GET", "statements", registration=str(other.code))
    assert json.loads(answer.content)["statements"] == []


def test_the_files_are_served_until_the_launch_runs_out(registration: Registration) -> None:
    address = urlsplit(launched(registration).address)
    assert is_wild(), "each registration has a host of its own"
    host = {"Host": address.netloc}
    answer = Client().get(address.path, headers=host)
    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    assert f"connect-src 'self' data: blob: {settings.BASE_URL}/modules/cmi5/fetch/ " in policy
    assert f"{settings.BASE_URL}/xapi/" in policy
    from django.core.cache import caches

    caches["near"].clear()
    Registration.objects.update(key_until=timezone.now() - timedelta(seconds=1))
    assert Client().get(address.path, headers=host).status_code == 404


def test_queries_of_one_statement(
    registration: Registration, django_assert_max_num_queries: Any
) -> None:
    unit = begun(registration)
    with django_assert_max_num_queries(28):
        assert unit.send(unit.says("completed")).status_code == 200
    many = [unit.allows() for _number in range(100)]
    with django_assert_max_num_queries(25 + 2 * 100):
        assert unit.send(*many).status_code == 200


# --- Taken in -------------------------------------------------------------------------------------


def test_a_structure_alone_is_taken_in(tmp_path: Path) -> None:
    text = structure(
        ("unit/index.html?page=1", "https://host.example/1"), ("quiz.html", "http://host.example/2")
    )
    for number, encoding in enumerate(("utf-8", "utf-8-sig", "utf-16")):
        path = tmp_path / f"{number}.xml"
        named = text.replace("utf-8", encoding.removesuffix("-sig"))
        path.write_bytes(named.encode(encoding))
        stored = store(path)
        assert stored.manifest.form == "cmi5"
        assert stored.files == 1


def test_preferences_are_named_as_the_specification_does() -> None:
    assert PREFERENCES == "cmi5LearnerPreferences"
