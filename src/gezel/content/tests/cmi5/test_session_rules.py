"""What a unit may record in its session. Numbers are those of the requirement list."""

import contextlib
import copy
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from gezel.content.rules.cmi5.checking import (
    Broken,
    Session,
    check,
    check_all,
    defined_word,
    scaled_score,
)
from gezel.content.rules.cmi5.launching import (
    agent,
    context_template,
    launch_address,
    launch_data,
    wrong_preferences,
)
from gezel.content.rules.cmi5.moving_on import COURSE, Standing, is_satisfied, newly_satisfied
from gezel.content.rules.cmi5.saying import (
    abandoned_result,
    launch_extensions,
    statement,
    waived_result,
)
from gezel.content.rules.cmi5.vocabulary import (
    CMI5_CATEGORY,
    LAUNCH_MODE,
    LAUNCH_PARAMETERS,
    LAUNCH_URL,
    MASTERY_SCORE,
    MOVE_ON,
    MOVE_ON_CATEGORY,
    REASON,
    SESSION_ID,
    VERBS,
)

REGISTRATION = "11111111-2222-4333-8444-555555555555"
ACTIVITY = "https://gezel.example/activities/1"
PUBLISHER = "https://course.example/unit/1"
SESSION = Session(
    actor=agent("https://gezel.example", "7"),
    registration=REGISTRATION,
    activity_id=ACTIVITY,
    template=context_template(session_id="s-1", publisher_id=PUBLISHER),
    preferences_read=True,
)
BEGUN = replace(SESSION, verbs=frozenset({"initialized"}))
RESULTS: dict[str, dict[str, Any]] = {
    "initialized": {},
    "completed": {"completion": True, "duration": "PT1M"},
    "passed": {"success": True, "duration": "PT1M"},
    "failed": {"success": False, "duration": "PT1M"},
    "terminated": {"duration": "PT1M"},
}


def said(word: str, **result: Any) -> dict[str, Any]:
    """A cmi5 defined statement that keeps every rule."""
    told = RESULTS.get(word, {}) | result
    categories = [CMI5_CATEGORY]
    if {"success", "completion"} & told.keys():
        categories.append(MOVE_ON_CATEGORY)
    made: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "actor": agent("https://gezel.example", "7"),
        "verb": {"id": VERBS.get(word, word)},
        "object": {"objectType": "Activity", "id": ACTIVITY},
        "context": {
            "registration": REGISTRATION,
            "contextActivities": {
                "category": [{"id": one} for one in categories],
                "grouping": [{"id": PUBLISHER}],
            },
            "extensions": {SESSION_ID: "s-1"},
        },
        "timestamp": "2026-11-26T10:00:00Z",
    }
    return made | ({"result": told} if told else {})


def allowed(verb: str = "http://adlnet.gov/expapi/verbs/experienced") -> dict[str, Any]:
    """A statement of the unit's own making, within the rules."""
    made = said("initialized")
    made["verb"] = {"id": verb}
    made["object"] = {"id": f"{ACTIVITY}/slide/1"}
    made["context"]["contextActivities"]["category"] = []
    return made


def broken(made: dict[str, Any], session: Session = BEGUN) -> str:
    with pytest.raises(Broken) as caught:
        check(made, session)
    assert str(caught.value)
    return caught.value.requirement


def test_a_whole_session() -> None:
    words = ["initialized", "passed", "completed", "terminated"]
    made = [said(word) for word in words]
    made.insert(1, allowed())
    ended = check_all(made, SESSION)
    assert ended.verbs == set(words)
    assert (ended.completed, ended.passed, ended.over) == (True, True, True)


# --- Order: 7.1 and 9.3 ---------------------------------------------------------------------------


@pytest.mark.parametrize("made", [said("completed"), said("terminated"), allowed()])
def test_7_1_1_0_1_first_comes_initialized(made: dict[str, Any]) -> None:
    assert broken(made, SESSION) == "9.3.0.0-4"


def test_7_1_1_0_1_also_within_one_request() -> None:
    with pytest.raises(Broken):
        check_all([allowed(), said("initialized")], SESSION)


@pytest.mark.parametrize("made", [allowed(), said("completed"), said("initialized")])
def test_7_1_2_0_1_after_terminated_nothing(made: dict[str, Any]) -> None:
    with pytest.raises(Broken) as caught:
        check_all([said("terminated"), made], BEGUN)
    assert caught.value.requirement == "9.3.0.0-5"


@pytest.mark.parametrize("word", ["completed", "passed", "failed"])
def test_9_3_0_0_2_each_verb_once_in_a_session(word: str) -> None:
    with pytest.raises(Broken) as caught:
        check_all([said(word), said(word)], BEGUN)
    assert caught.value.requirement in {"9.3.0.0-2", "9.3.0.0-3"}


def test_9_3_2_0_3_initialized_once() -> None:
    assert broken(said("initialized")) == "9.3.0.0-2"


@pytest.mark.parametrize("words", [("passed", "failed"), ("failed", "passed")])
def test_9_3_0_0_3_passed_or_failed(words: tuple[str, str]) -> None:
    with pytest.raises(Broken) as caught:
        check_all(map(said, words), BEGUN)
    assert caught.value.requirement == "9.3.0.0-3"


def test_9_3_0_0_6_to_8_once_in_a_registration() -> None:
    before = replace(BEGUN, completed=True, passed=True)
    assert broken(said("completed"), before) == "9.3.0.0-6"
    assert broken(said("passed"), before) == "9.3.0.0-7"
    assert broken(said("failed"), before) == "9.3.0.0-8"
    assert check(said("failed"), replace(BEGUN, completed=True)), "completed is no bar to failing"


@pytest.mark.parametrize("word", ["launched", "abandoned", "waived", "satisfied"])
def test_9_3_what_the_system_says_is_not_for_a_unit(word: str) -> None:
    assert broken(said(word)) == "9.3.0.0-1"


def test_9_3_0_0_1_another_verb_is_not_cmi5_defined() -> None:
    assert broken(said("http://adlnet.gov/expapi/verbs/answered")) == "9.3.0.0-1"


def test_6_3_0_0_1_no_voiding() -> None:
    made = allowed("http://adlnet.gov/expapi/verbs/voided")
    made["object"] = {"objectType": "StatementRef", "id": str(uuid.uuid4())}
    assert broken(made) == "6.3.0.0-1"


def test_11_0_0_0_3_preferences_first() -> None:
    assert broken(said("initialized"), replace(SESSION, preferences_read=False)) == "11.0.0.0-3"


@pytest.mark.parametrize("mode", ["Browse", "Review"])
def test_10_2_2_only_looking(mode: str) -> None:
    looking = replace(SESSION, mode=mode)
    for word in ("completed", "passed", "failed"):
        assert broken(said(word), replace(looking, verbs=BEGUN.verbs)) == "10.2.2.0-5"
    ended = check_all([said("initialized"), allowed(), said("terminated")], looking)
    assert ended.over


# --- What each statement has: 9.1, 9.2, 9.6, 9.7, 10.2 --------------------------------------------


def _without(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(made: dict[str, Any]) -> None:
        for name in path[:-1]:
            made = made[name]
        del made[path[-1]]

    return change


def _with(value: Any, *path: str) -> Callable[[dict[str, Any]], None]:
    def change(made: dict[str, Any]) -> None:
        for name in path[:-1]:
            made = made[name]
        made[path[-1]] = value

    return change


OTHER = agent("https://gezel.example", "8")
WRONG = {
    "no id": ("9.1.0.0-1", _without("id")),
    "an id that is none": ("9.1.0.0-1", _with("1", "id")),
    "no timestamp": ("9.7.0.0-1", _without("timestamp")),
    "another zone": ("9.7.0.0-2", _with("2026-11-26T10:00:00+01:00", "timestamp")),
    "no zone": ("9.7.0.0-2", _with("2026-11-26T10:00:00", "timestamp")),
    "someone else": ("8.1.3.0-3", _with(OTHER, "actor")),
    "an address": ("8.1.3.0-3", _with({"mbox": "mailto:a@b.example"}, "actor")),
    "an address beside it": ("8.1.3.0-3", _with("mailto:a@b.example", "actor", "mbox")),
    "a group": ("8.1.3.0-3", _with("Group", "actor", "objectType")),
    "no actor": ("8.1.3.0-3", _without("actor")),
    "no context": ("9.6.0.0-1", _without("context")),
    "no registration": ("9.6.1.0-1", _without("context", "registration")),
    "another registration": ("9.6.1.0-1", _with(str(uuid.uuid4()), "context", "registration")),
    "no session": ("9.6.3.1-4", _without("context", "extensions")),
    "another session": ("9.6.3.1-4", _with("s-2", "context", "extensions", SESSION_ID)),
    "no grouping": ("9.6.2.0-1", _without("context", "contextActivities", "grouping")),
    "another grouping": (
        "9.6.2.0-1", _with([{"id": "https://x.example"}], "context", "contextActivities",
                           "grouping"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("make", [lambda: said("completed"), allowed], ids=["defined", "allowed"])
@pytest.mark.parametrize(("requirement", "change"), WRONG.values(), ids=WRONG)
def test_every_statement(
    requirement: str,
    change: Callable[[dict[str, Any]], None],
    make: Callable[[], dict[str, Any]],
) -> None:
    made = make()
    assert check(copy.deepcopy(made), BEGUN)
    change(made)
    assert broken(made) == requirement


@pytest.mark.parametrize("moment", ["2026-11-26T10:00:00+00:00", "2026-11-26T10:00:00.123Z"])
def test_9_7_0_0_2_ways_to_write_utc(moment: str) -> None:
    assert check(said("completed") | {"timestamp": moment}, BEGUN)


def test_more_in_the_context_than_the_template_is_fine() -> None:
    made = said("completed")
    made["context"]["extensions"]["https://x.example/e"] = 1
    made["context"]["contextActivities"]["grouping"].append({"id": "https://x.example"})
    made["context"]["contextActivities"]["parent"] = {"id": "https://x.example/parent"}
    assert check(made, BEGUN)


def test_10_2_1_0_7_the_rest_of_the_template_stays() -> None:
    template = {**SESSION.template, "language": "nl"}
    assert broken(said("completed"), replace(BEGUN, template=template)) == "10.2.1.0-7"


def test_one_activity_may_stand_without_its_list() -> None:
    made = said("terminated")
    kinds = made["context"]["contextActivities"]
    kinds.update(category=kinds["category"][0], grouping=kinds["grouping"][0])
    assert check(made, BEGUN).over


@pytest.mark.parametrize(
    "about",
    [{"id": PUBLISHER}, {"id": ACTIVITY, "objectType": "Agent"}, "x", None,
     {"objectType": "StatementRef", "id": ACTIVITY}],
)  # fmt: skip
def test_9_4_0_0_1_the_object_is_the_unit(about: Any) -> None:
    assert broken(said("completed") | {"object": about}) == "9.4.0.0-1"


# --- Results: 9.5 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "number"), [("terminated", 1), ("completed", 2), ("passed", 3), ("failed", 4)]
)
def test_9_5_4_1_how_long_it_took(word: str, number: int) -> None:
    made = said(word)
    del made["result"]["duration"]
    assert broken(made) == f"9.5.4.1-{number}"


@pytest.mark.parametrize(
    ("made", "requirement"),
    [
        (said("passed", success=False), "9.5.2.0-1"),
        (said("failed", success=True), "9.5.2.0-2"),
        (said("completed", success=True), "9.5.2.0-3"),
        (said("terminated", success=True), "9.5.2.0-3"),
        (said("completed", completion=False), "9.5.3.0-1"),
        (said("passed", completion=True), "9.5.3.0-2"),
        (said("terminated", completion=True), "9.5.3.0-2"),
        (said("completed", score={"scaled": 1}), "9.5.1.0-2"),
        (said("terminated", score={"scaled": 1}), "9.5.1.0-2"),
        (said("passed", score={"raw": 1, "max": 2}), "9.5.1.0-3"),
        (said("failed", score={"raw": 1, "min": 0}), "9.5.1.0-3"),
    ],
)
def test_9_5_results_agree_with_the_verb(made: dict[str, Any], requirement: str) -> None:
    assert broken(made) == requirement


@pytest.mark.parametrize("word", ["passed", "failed", "completed"])
def test_9_5_and_say_it(word: str) -> None:
    made = said(word)
    made["result"] = {"duration": "PT1M"}
    assert broken(made).startswith(("9.5.2.0", "9.5.3.0"))


@pytest.mark.parametrize("word", ["completed", "passed", "failed"])
def test_9_6_2_2_1_the_category_of_moving_on(word: str) -> None:
    made = said(word)
    made["context"]["contextActivities"]["category"].pop()
    assert broken(made) == "9.6.2.2-1"


@pytest.mark.parametrize("kind", ["category", "grouping", "other"])
def test_9_6_2_2_2_is_for_those_alone(kind: str) -> None:
    for made in (said("terminated"), allowed()):
        held = made["context"]["contextActivities"]
        held[kind] = [*held.get(kind, []), {"id": MOVE_ON_CATEGORY}]
        assert broken(made) == "9.6.2.2-2"


# --- Scores: 9.3.4, 9.3.5, 9.6.3.2 ----------------------------------------------------------------

MASTERY = replace(BEGUN, mastery_score=0.7)


def scored(word: str, scaled: float, mastery: float | None = 0.7) -> dict[str, Any]:
    made = said(word, score={"scaled": scaled})
    if mastery is not None:
        made["context"]["extensions"][MASTERY_SCORE] = mastery
    return made


def test_9_3_4_0_2_passed_is_enough() -> None:
    assert broken(scored("passed", 0.69), MASTERY) == "9.3.4.0-2"
    assert check(scored("passed", 0.7), MASTERY).passed


def test_9_3_5_0_2_failed_is_not() -> None:
    assert broken(scored("failed", 0.7), MASTERY) == "9.3.5.0-2"
    assert check(scored("failed", 0.69), MASTERY)


def test_9_6_3_2_2_a_score_says_what_was_asked() -> None:
    assert broken(scored("passed", 0.9, None), MASTERY) == "9.6.3.2-2"
    assert broken(scored("passed", 0.9, 0.6), MASTERY) == "10.2.1.0-7"
    assert check(said("passed"), MASTERY), "no score, nothing to say"
    assert check(scored("passed", 0.1, None), BEGUN), "nothing was asked"


def test_what_a_statement_reports() -> None:
    assert scaled_score(scored("passed", 0.8)) == 0.8
    assert scaled_score(said("passed")) is None
    assert scaled_score(said("passed", score={"scaled": True})) is None
    assert defined_word(said("passed")) == "passed"
    assert defined_word(allowed(VERBS["completed"])) == ""


@pytest.mark.parametrize("odd", [None, 1, [], "x", {}, {"id": {}}, {"id": []}])
@pytest.mark.parametrize("name", ["verb", "object", "context", "result", "actor", "timestamp"])
def test_odd_shapes_are_refused_or_taken_but_break_nothing(name: str, odd: Any) -> None:
    with contextlib.suppress(Broken):
        check(said("completed") | {name: odd}, BEGUN)


# --- What is handed out and what is said ourselves ------------------------------------------------


def test_8_1_the_launch_address() -> None:
    address = launch_address(
        "https://x.example/a.html?page=1#top",
        endpoint="https://gezel.example/xapi/",
        fetch="https://gezel.example/f?a=b&c",
        actor=agent("https://gezel.example", "é&=#"),
        registration=REGISTRATION,
        activity_id="https://gezel.example/a#b",
    )
    from urllib.parse import parse_qs, urlsplit

    parts = urlsplit(address)
    assert parts.fragment == "top"
    assert parse_qs(parts.query) == {
        "page": ["1"],
        "endpoint": ["https://gezel.example/xapi/"],
        "fetch": ["https://gezel.example/f?a=b&c"],
        "actor": [
            '{"objectType":"Agent","account":{"homePage":"https://gezel.example","name":"é&=#"}}'
        ],
        "registration": [REGISTRATION],
        "activityId": ["https://gezel.example/a#b"],
    }


UNIT = {
    "launch_method": "OwnWindow",
    "move_on": "Passed",
    "mastery_score": None,
    "launch_parameters": None,
    "entitlement_key": None,
}
WHOLE = UNIT | {"mastery_score": 0.5, "launch_parameters": "a", "entitlement_key": "k"}


def test_10_launch_data() -> None:
    template = context_template(session_id="s", publisher_id=PUBLISHER)
    told = launch_data(UNIT, template=template, mode="Browse", return_url="https://x.example")
    assert told == {
        "contextTemplate": {
            "contextActivities": {"grouping": [{"objectType": "Activity", "id": PUBLISHER}]},
            "extensions": {SESSION_ID: "s"},
        },
        "launchMode": "Browse",
        "launchMethod": "OwnWindow",
        "moveOn": "Passed",
        "returnURL": "https://x.example",
    }
    told = launch_data(WHOLE, template=template, mode="Normal", return_url="https://x.example")
    assert told["masteryScore"] == 0.5
    assert told["launchParameters"] == "a"
    assert told["entitlementKey"] == {"courseStructure": "k"}


def test_9_6_3_what_launched_tells() -> None:
    told = launch_extensions(WHOLE, mode="Normal", address="https://x.example/a")
    assert told == {
        LAUNCH_MODE: "Normal", LAUNCH_URL: "https://x.example/a", MOVE_ON: "Passed",
        MASTERY_SCORE: 0.5, LAUNCH_PARAMETERS: "a",
    }  # fmt: skip
    assert MASTERY_SCORE not in launch_extensions(UNIT, mode="Normal", address="x")


def test_9_3_7_what_waived_says() -> None:
    said_of = statement(
        "waived",
        statement_id=uuid.UUID(REGISTRATION),
        actor=SESSION.actor,
        about={"id": ACTIVITY},
        registration=REGISTRATION,
        session_id="s",
        publisher_id=PUBLISHER,
        at=datetime(2026, 11, 26, tzinfo=UTC),
        result=waived_result("Tested Out"),
    )
    assert said_of["result"] == {
        "success": True, "completion": True, "extensions": {REASON: "Tested Out"},
    }  # fmt: skip
    held = said_of["context"]["contextActivities"]
    assert [one["id"] for one in held["category"]] == [CMI5_CATEGORY, MOVE_ON_CATEGORY]
    assert [one["id"] for one in held["grouping"]] == [PUBLISHER]
    assert said_of["timestamp"] == "2026-11-26T00:00:00.000Z"


def test_9_5_4_2_how_long_an_abandoned_session_was() -> None:
    launched = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
    assert abandoned_result(launched, launched.replace(minute=2)) == {"duration": "PT120.00S"}


@pytest.mark.parametrize(
    ("document", "right"),
    [
        ({"languagePreference": "nl-NL,en", "audioPreference": "on"}, True),
        ({"languagePreference": "nl, fr", "audioPreference": "off", "more": 1}, True),
        ({"languagePreference": "", "audioPreference": "off"}, True),
        ({"languagePreference": "nl;en", "audioPreference": "on"}, False),
        ({"languagePreference": "nl,,en", "audioPreference": "on"}, False),
        ({"languagePreference": ["nl"], "audioPreference": "on"}, False),
        ({"languagePreference": "nl", "audioPreference": "loud"}, False),
        ({"languagePreference": "nl"}, False),
        ({"audioPreference": "on"}, False),
        (["nl"], False),
        ("on", False),
    ],
)
def test_11_preferences(document: Any, right: bool) -> None:
    assert (not wrong_preferences(document)) is right


# --- Moving on ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("move_on", "neither", "completed", "passed", "both"),
    [
        ("NotApplicable", True, True, True, True),
        ("Passed", False, False, True, True),
        ("Completed", False, True, False, True),
        ("CompletedAndPassed", False, False, False, True),
        ("CompletedOrPassed", False, True, True, True),
    ],
)
def test_moving_on(move_on: str, neither: bool, completed: bool, passed: bool, both: bool) -> None:
    assert is_satisfied(move_on, Standing()) is neither
    assert is_satisfied(move_on, Standing(completed=True)) is completed
    assert is_satisfied(move_on, Standing(passed=True)) is passed
    assert is_satisfied(move_on, Standing(completed=True, passed=True)) is both
    assert is_satisfied(move_on, Standing(waived=True))


TREE: list[dict[str, Any]] = [
    {"unit": 0},
    {"id": "outer", "children": [{"unit": 1}, {"id": "inner", "children": [{"unit": 2}]}]},
]


def test_9_3_9_a_block_then_the_course_and_each_once() -> None:
    assert newly_satisfied(TREE, {0}, set()) == []
    assert newly_satisfied(TREE, {2}, set()) == ["inner"], "though what stands before it is open"
    assert newly_satisfied(TREE, {1, 2}, {"inner"}) == ["outer"]
    assert newly_satisfied(TREE, {0, 1, 2}, {"inner"}) == ["outer", COURSE]
    assert newly_satisfied(TREE, {0, 1, 2}, {"inner", "outer", COURSE}) == []
