# mypy: disable-error-code="arg-type,var-annotated,misc,dict-item"
"""Every rule for one statement, by the part of the standard that asks it.

Numbers are the sections of xAPI 1.0.3, part two (Data); xAPI 2.0 (IEEE 9274.1.1, chapter 4.2) asks
the same unless a case says which version it is of.
"""

import json
import uuid
from contextlib import suppress
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezel.records.rules.broken import Broken
from gezel.records.rules.moments import is_duration, read_moment, write_moment
from gezel.records.rules.shapes import Version, check_statement, is_iri, is_tag
from gezel.records.tests.speaking import ACTOR, OTHER, THING, VERB, a_statement, an_attachment

BOTH = (Version.V1, Version.V2)
UUID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
GROUP = {"objectType": "Group", "member": [ACTOR]}
NAMED = {"objectType": "Group", "mbox": "mailto:team@example.test"}
REF = {"objectType": "StatementRef", "id": UUID}
SUB = {"objectType": "SubStatement", "actor": ACTOR, "verb": VERB, "object": THING}
SHA1 = "a" * 40
# What is no IRI; the first is the one that the conformance suite sends.
NO_IRI = ("ab=c://should.fail.com", "should.fail.com", "", "http://a b", "http://a<b>", "/path")
NOT_TEXT: tuple[Any, ...] = (None, 1, True, {}, [])


def about(**definition: Any) -> dict[str, Any]:
    return {"object": {"id": THING["id"], "definition": definition}}


def within(**context: Any) -> dict[str, Any]:
    return {"context": context}


def came(**result: Any) -> dict[str, Any]:
    return {"result": result}


def question(kind: str, **parts: Any) -> dict[str, Any]:
    return about(interactionType=kind, **parts)


COMPONENTS = [{"id": "a", "description": {"en": "A"}}, {"id": "b"}]

GOOD: dict[str, list[dict[str, Any]]] = {
    "2.4 whole": [{}, {"id": UUID}, {"id": UUID.upper()}, {"stored": "2026-11-22T10:00:00Z"}],
    "2.4.2 actor, agents": [
        {"actor": {"mbox": "mailto:a@b.c"}},
        {"actor": {"objectType": "Agent", "mbox_sha1sum": SHA1}},
        {"actor": {"openid": "https://a.example.test/me"}},
        {"actor": OTHER},
        {"actor": {"name": "", "mbox": "mailto:a@b"}},
        {"actor": {"account": {"homePage": "https://a.example.test", "name": ""}}},
    ],
    "2.4.2.2 groups": [
        {"actor": GROUP},
        {"actor": NAMED},
        {"actor": {**NAMED, "name": "Team", "member": [ACTOR, OTHER]}},
        {"actor": {**NAMED, "member": []}},
    ],
    "2.4.3 verb": [
        {"verb": {"id": "tag:example.test,2026:did"}},
        {"verb": {**VERB, "display": {}}},
    ],
    "2.4.4 object": [
        {"object": {"id": "urn:x"}},
        {"object": {**THING, "objectType": "Activity"}},
        {"object": ACTOR},
        {"object": GROUP},
        {"object": NAMED},
        {"object": REF},
        {"object": SUB},
        {"object": {**SUB, "object": REF}},
        {"object": {**SUB, "object": ACTOR, "timestamp": "2026-11-22T10:00:00Z"}},
        {"object": {**SUB, "context": {"registration": UUID}, "result": {"success": True}}},
        about(),
        about(extensions={"https://a.example.test/x": None, "urn:y": {"deep": [1, None]}}),
        about(moreInfo="https://a.example.test", type="urn:t"),
    ],
    "2.4.4.1 interactions": [
        *(
            question(kind, correctResponsesPattern=["x"])
            for kind in ("true-false", "fill-in", "long-fill-in", "numeric", "other")
        ),
        question("choice", choices=COMPONENTS),
        question("sequencing", choices=COMPONENTS),
        question("likert", scale=COMPONENTS),
        question("matching", source=COMPONENTS, target=COMPONENTS),
        question("performance", steps=COMPONENTS),
        question("choice"),
    ],
    "2.4.5 result": [
        came(),
        came(score={"scaled": -1}),
        came(score={"scaled": 1.0, "raw": 0, "min": -1, "max": 10}),
        came(score={"raw": 5}),
        came(success=False, completion=True, response=""),
        came(duration="PT0S"),
        came(extensions={}),
    ],
    "2.4.6 context": [
        within(),
        within(registration=UUID),
        within(instructor=GROUP, team=NAMED),
        within(revision="1", platform="x", language="nl-NL", statement=REF),
        within(contextActivities={"parent": [THING], "other": THING, "category": []}),
        within(extensions={"urn:x": 1}),
    ],
    "2.4.7 timestamp": [
        {"timestamp": "2026-11-22T10:00:00.123456789Z"},
        {"timestamp": "2026-11-22T10:00:00+01:00"},
        {"timestamp": "2026-11-22T10:00:00-05:30"},
    ],
    "2.4.9 authority": [
        {"authority": OTHER},
        {"authority": {"objectType": "Group", "member": [ACTOR, OTHER]}},
    ],
    "2.4.10 version": [{"version": "1.0"}, {"version": "1.0.0"}, {"version": "1.0.9"}],
    "2.4.11 attachments": [
        {"attachments": []},
        {"attachments": [an_attachment(b"x")]},
        {"attachments": [an_attachment(b"x", fileUrl="https://a.example.test/x", description={})]},
    ],
    "2.5 no need of a known verb or type": [{"verb": {"id": "https://nobody.example.test/did"}}],
}

BAD: dict[str, list[dict[str, Any]]] = {
    "2.2 null, types, case, strange names": [
        {"Actor": ACTOR},
        {"strange": 1},
        {"result": None},
        {"context": None},
        {"actor": "x"},
        {"verb": "x"},
        {"object": []},
        {"actor": {**ACTOR, "Mbox": "mailto:a@b.c"}},
        {"actor": {**ACTOR, "strange": 1}},
        {"verb": {**VERB, "strange": 1}},
        {"object": {**THING, "strange": 1}},
        about(strange=1),
        came(strange=1),
        came(score={"strange": 1}),
        within(strange=1),
        within(contextActivities={"strange": [THING]}),
    ],
    "2.4.1 id": [{"id": told} for told in ("x", "", UUID[:-1], UUID + "0", f"{{{UUID}}}", 1, None)],
    "2.4.2 agents": [
        {"actor": {}},
        {"actor": {"name": "Nobody"}},
        {"actor": {**ACTOR, "openid": "https://a.example.test"}},
        {"actor": {**ACTOR, **OTHER}},
        {"actor": {"mbox": "mailto:a@b.c", "mbox_sha1sum": SHA1}},
        {"actor": {**ACTOR, "member": []}},
        {"actor": {**ACTOR, "objectType": "agent"}},
        {"actor": {**ACTOR, "objectType": "Activity"}},
        {"actor": {**ACTOR, "objectType": None}},
        *({"actor": {**ACTOR, "name": told}} for told in NOT_TEXT),
    ],
    "2.4.2.3 identifiers": [
        *(
            {"actor": {"mbox": told}}
            for told in ("a@b.c", "mailto:", "mailto:should.fail.com", "mailto:a@", *NOT_TEXT)
        ),
        *(
            {"actor": {"mbox_sha1sum": told}}
            for told in ("a" * 39, "a" * 41, "g" * 40, "", *NOT_TEXT)
        ),
        *({"actor": {"openid": told}} for told in (*NO_IRI, *NOT_TEXT)),
        *({"actor": {"account": {"homePage": told, "name": "x"}}} for told in (*NO_IRI, *NOT_TEXT)),
        *(
            {"actor": {"account": {"homePage": "https://a.example.test", "name": told}}}
            for told in NOT_TEXT
        ),
        {"actor": {"account": {"homePage": "https://a.example.test"}}},
        {"actor": {"account": {"name": "x"}}},
        {"actor": {"account": {**OTHER["account"], "x": 1}}},
    ],
    "2.4.2.2 groups": [
        {"actor": {"objectType": "Group"}},
        {"actor": {"objectType": "Group", "name": "x"}},
        {"actor": {"objectType": "Group", "member": []}},
        {"actor": {"objectType": "Group", "member": ACTOR}},
        {"actor": {"objectType": "Group", "member": [GROUP]}},
        {"actor": {"objectType": "Group", "member": [NAMED]}},
        {"actor": {"objectType": "Group", "member": [{"name": "x"}]}},
        {"actor": {**NAMED, "mbox_sha1sum": SHA1}},
        {"actor": {**NAMED, "member": [{}]}},
        {"actor": {"objectType": "group", "member": [ACTOR]}},
        {"actor": {"objectType": "Group", "mbox": "a@b.c"}},
    ],
    "2.4.3 verb": [
        {"verb": {}},
        {"verb": {"display": {"en": "x"}}},
        *({"verb": {"id": told}} for told in (*NO_IRI, *NOT_TEXT)),
        *({"verb": {**VERB, "display": told}} for told in (None, "x", [], {"en": 1}, {"en": None})),
        *({"verb": {**VERB, "display": {tag: "x"}}} for tag in ("a12345", "", "e", "en_GB", "1")),
    ],
    "2.4.3 voiding": [
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}},
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}, "object": ACTOR},
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}, "object": SUB},
    ],
    "2.4.4 object": [
        {"object": {}},
        {"object": {"objectType": "Activity"}},
        {"object": {**THING, "objectType": "activity"}},
        {"object": {**THING, "objectType": "Verb"}},
        {"object": {**THING, "objectType": None}},
        *({"object": {"id": told}} for told in (*NO_IRI, *NOT_TEXT)),
        {"object": {"objectType": "Agent"}},
        {"object": {"objectType": "Group"}},
        {"object": {"mbox": "mailto:a@b.c"}},
        {"object": {"objectType": "StatementRef"}},
        {"object": {**REF, "id": "x"}},
        {"object": {**REF, "strange": 1}},
    ],
    "2.4.4.1 definition": [
        {"object": {**THING, "definition": None}},
        {"object": {**THING, "definition": []}},
        *(about(**{name: told}) for name in ("name", "description") for told in ("x", {"e": "x"})),
        *(about(**{name: told}) for name in ("type", "moreInfo") for told in (*NO_IRI, *NOT_TEXT)),
        *(about(extensions=told) for told in (None, [], "x", {"no iri": 1})),
    ],
    "2.4.4.1 interactions": [
        question("Choice"),
        question("strange"),
        *(about(interactionType=told) for told in NOT_TEXT),
        question("choice", correctResponsesPattern="x"),
        question("choice", correctResponsesPattern=[1]),
        about(correctResponsesPattern=["x"]),
        *(about(**{name: COMPONENTS}) for name in ("choices", "scale", "source", "target", "steps")),
        question("choice", scale=COMPONENTS),
        question("likert", choices=COMPONENTS),
        question("true-false", choices=COMPONENTS),
        question("performance", source=COMPONENTS),
        question("matching", steps=COMPONENTS),
        question("choice", choices="x"),
        question("choice", choices=[{"description": {"en": "x"}}]),
        question("choice", choices=[{"id": 1}]),
        question("choice", choices=[{"id": "a", "description": "x"}]),
        question("choice", choices=[{"id": "a", "description": {"a12345": "x"}}]),
        question("choice", choices=[{"id": "a", "strange": 1}]),
        question("choice", choices=[{"id": "a"}, {"id": "a"}]),
    ],
    "2.4.4.3 SubStatement": [
        *({"object": {k: v for k, v in SUB.items() if k != gone}} for gone in ("actor", "verb", "object")),
        *({"object": {**SUB, name: told}} for name, told in (
            ("id", UUID), ("stored", "2026-11-22T10:00:00Z"), ("version", "1.0.0"),
            ("authority", ACTOR), ("strange", 1), ("timestamp", "x"),
        )),
        {"object": {**SUB, "object": SUB}},
        {"object": {**SUB, "actor": {}}},
        {"object": {**SUB, "verb": {"id": "x"}}},
        {"object": {**SUB, "result": {"score": {"scaled": 2}}}},
        {"object": {**SUB, "context": {"registration": "x"}}},
        {"object": {**SUB, "object": REF, "context": {"revision": "x"}}},
        {"object": {**SUB, "objectType": "substatement"}},
    ],
    "2.4.5 result": [
        came(success="true"),
        came(success=1),
        came(completion="false"),
        came(completion=None),
        *(came(response=told) for told in NOT_TEXT),
        *(came(score=told) for told in (None, 1, "x", [])),
        *(came(score={name: told}) for name in ("scaled", "raw", "min", "max") for told in ("1", True, None)),
        came(score={"scaled": 1.01}),
        came(score={"scaled": -1.01}),
        came(score={"raw": 11, "min": 0, "max": 10}),
        came(score={"raw": -1, "min": 0}),
        came(score={"raw": 11, "max": 10}),
        came(score={"min": 10, "max": 0}),
        came(score={"min": 1, "max": 1}),
        *(came(duration=told) for told in ("x", "P", "PT", "1H", "P1H", "P4W1D", "PT1.5H1M", "-PT1S", *NOT_TEXT)),
        *(came(extensions=told) for told in (None, "x", [], {"x": 1})),
    ],
    "2.4.6 context": [
        *(within(registration=told) for told in ("x", UUID + "1", *NOT_TEXT)),
        within(instructor={}),
        within(instructor="x"),
        within(instructor={"name": "x"}),
        within(team=ACTOR),
        within(team={"objectType": "Group"}),
        *(within(revision=told) for told in NOT_TEXT),
        *(within(platform=told) for told in NOT_TEXT),
        *(within(language=told) for told in ("", "x", "a12345", "nl_NL", *NOT_TEXT)),
        within(statement=ACTOR),
        within(statement={"id": UUID}),
        within(statement={**REF, "id": "x"}),
        within(contextActivities=None),
        within(contextActivities=[]),
        within(contextActivities={"parent": "x"}),
        within(contextActivities={"parent": [ACTOR]}),
        within(contextActivities={"parent": [REF]}),
        within(contextActivities={"parent": {"id": "x"}}),
        within(contextActivities={"Parent": [THING]}),
        *({"object": found, **within(**{name: "x"})} for name in ("revision", "platform") for found in (ACTOR, GROUP, REF, SUB)),
        *(within(extensions=told) for told in (None, "x", [], {"x": 1})),
    ],
    "2.4.7 and 2.4.8 moments": [
        {name: told}
        for name in ("timestamp", "stored")
        for told in (
            "x", "", "2026-11-22T10:00:00-00:00", "2026-13-22T10:00:00Z", "2026-11-31T10:00:00Z",
            "2026-11-22T25:00:00Z", "20261122T100000-0000", "20261322T100000Z", "2026-W60-1T10Z",
            "2026-11-22", "10:00:00Z", "2026-11-22T10:00:00+25:00", *NOT_TEXT,
        )
    ],
    "2.4.9 authority": [
        {"authority": told}
        for told in (
            {}, "x", None, NAMED, GROUP, {"objectType": "Group", "member": [ACTOR] * 3},
            {**NAMED, "member": [ACTOR, OTHER]}, {"objectType": "Group", "member": [ACTOR, GROUP]},
        )
    ],
    "2.4.10 version": [{"version": told} for told in ("0.9.5", "1.1.0", "1", "3.0.0", "x", *NOT_TEXT)],
    "2.4.11 attachments": [
        {"attachments": None},
        {"attachments": {}},
        {"attachments": ["x"]},
        *(
            {"attachments": [{k: v for k, v in an_attachment(b"x").items() if k != gone}]}
            for gone in ("usageType", "display", "contentType", "length", "sha2")
        ),
        *(
            {"attachments": [an_attachment(b"x", **{name: told})]}
            for name, told in (
                ("usageType", "x"), ("display", "x"), ("display", {"a12345": "x"}),
                ("contentType", 1), ("contentType", "x"), ("length", "1"), ("length", -1),
                ("length", 1.5), ("length", True), ("sha2", "x"), ("sha2", 1), ("fileUrl", "x"),
                ("fileUrl", 1), ("description", "x"), ("strange", 1),
            )
        ),
    ],
}  # fmt: skip

ONLY_2 = [
    within(contextAgents=[{"objectType": "contextAgent", "agent": ACTOR}]),
    within(contextAgents=[{"objectType": "contextAgent", "agent": ACTOR, "relevantTypes": ["urn:a"]}]),
    within(contextGroups=[{"objectType": "contextGroup", "group": NAMED, "relevantTypes": ["urn:a"]}]),
    {"version": "2.0.0"},
    {"version": "2.0"},
]  # fmt: skip
NOT_IN_2 = [
    {"timestamp": told}
    for told in (
        "2026-11-22T10:00:00", "2026-11-22T10:00Z", "2026-11-22T10:00:00+0100",
        "2026-11-22T10:00:00+01", "2026-11-22 10:00:00Z", "20261122T100000Z",
        "20261122T100000.123+0100", "2026-W47-7T10:00:00Z", "2026-11-22T10Z",
    )
]  # fmt: skip
BAD_2 = [
    within(contextAgents=told)
    for told in (
        None, {}, ["x"], [ACTOR], [{"agent": ACTOR}], [{"objectType": "contextAgent"}],
        [{"objectType": "contextagent", "agent": ACTOR}],
        [{"objectType": "contextAgent", "agent": {}}],
        [{"objectType": "contextAgent", "agent": GROUP}],
        [{"objectType": "contextAgent", "agent": ACTOR, "relevantTypes": []}],
        [{"objectType": "contextAgent", "agent": ACTOR, "relevantTypes": ["x"]}],
        [{"objectType": "contextAgent", "agent": ACTOR, "relevantTypes": "urn:a"}],
        [{"objectType": "contextAgent", "agent": ACTOR, "strange": 1}],
    )
] + [
    within(contextGroups=told)
    for told in (
        None, {}, [GROUP], [{"group": GROUP}], [{"objectType": "contextGroup"}],
        [{"objectType": "contextGroup", "group": ACTOR}],
        [{"objectType": "contextGroup", "group": {"objectType": "Group"}}],
        [{"objectType": "contextGroup", "group": GROUP, "relevantTypes": []}],
    )
]  # fmt: skip


def _cases(table: dict[str, list[dict[str, Any]]]) -> list[Any]:
    return [
        pytest.param(version, case, id=f"{version.value} {section} {number}")
        for version in BOTH
        for section, cases in table.items()
        for number, case in enumerate(cases)
    ]


def said(case: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(json.dumps({"actor": ACTOR, "verb": VERB, "object": THING} | case)))


@pytest.mark.parametrize(("version", "case"), _cases(GOOD))
def test_what_the_standard_allows_is_taken(version: Version, case: dict[str, Any]) -> None:
    check_statement(said(case), version)


@pytest.mark.parametrize(("version", "case"), _cases(BAD))
def test_what_breaks_a_rule_is_refused(version: Version, case: dict[str, Any]) -> None:
    with pytest.raises(Broken):
        check_statement(said(case), version)


@pytest.mark.parametrize("version", BOTH)
@pytest.mark.parametrize("name", ["actor", "verb", "object"])
def test_three_things_are_always_told(version: Version, name: str) -> None:
    with pytest.raises(Broken):
        check_statement(a_statement(**{name: None}), version)
    with pytest.raises(Broken):
        check_statement(said({name: None}), version)


@pytest.mark.parametrize("case", ONLY_2)
def test_what_2_0_brought_is_unknown_to_1_0_3(case: dict[str, Any]) -> None:
    check_statement(said(case), Version.V2)
    with pytest.raises(Broken):
        check_statement(said(case), Version.V1)


@pytest.mark.parametrize("case", NOT_IN_2)
def test_2_0_holds_moments_to_rfc_3339(case: dict[str, Any]) -> None:
    check_statement(said(case), Version.V1)
    with pytest.raises(Broken):
        check_statement(said(case), Version.V2)


@pytest.mark.parametrize("case", BAD_2)
def test_context_agents_and_groups(case: dict[str, Any]) -> None:
    with pytest.raises(Broken):
        check_statement(said(case), Version.V2)


@pytest.mark.parametrize("told", [None, 1, "x", [], [a_statement()]])
def test_a_statement_is_an_object(told: Any) -> None:
    with pytest.raises(Broken):
        check_statement(told, Version.V2)


def test_the_place_is_told() -> None:
    with pytest.raises(Broken, match=r"\$\[3\]\.context\.contextActivities\.parent\[0\]\.id"):
        check_statement(said(within(contextActivities={"parent": [{"id": 1}]})), Version.V2, "$[3]")


@pytest.mark.parametrize(
    ("tag", "good"),
    [
        ("nl", True), ("en-GB", True), ("zh-Hant-TW", True), ("x-mine", True), ("i-klingon", True),
        ("sl-rozaj-biske", True), ("de-CH-1996", True), ("en-a-bbb-x-a", True), ("und", True),
        ("es-419", True), ("zh-cmn-Hans-CN", True), ("EN-us", True), ("a12345", False),
        ("nl_NL", False), ("", False), ("n", False), ("en-", False), ("x-", False), ("nl\n", False),
    ],
)  # fmt: skip
def test_a_language_is_told_as_rfc_5646(tag: str, good: bool) -> None:
    assert bool(is_tag(tag)) is good


@pytest.mark.parametrize(
    ("told", "good"),
    [
        ("P3Y1M29DT4H35M59.14S", True), ("PT16559.14S", True), ("P3Y1M29DT4H35M59S", True),
        ("P3Y", True), ("P4W", True), ("PT0.5H", True), ("P1DT12H36M0.12567S", True),
        ("P1,5D", True), ("P4W1D", False), ("PT", False), ("P1DT", False), ("P-1D", False),
    ],
)  # fmt: skip
def test_durations(told: str, good: bool) -> None:
    assert is_duration(told) is good


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_comes_back_as_it_was(at: Any) -> None:
    if at.utcoffset().total_seconds() % 60 or not 2 < at.year < 9998:
        return
    # As UTC: an hour that a change of the clock skipped equals nothing in another zone.
    for told in (at.isoformat(), write_moment(at)):
        assert read_moment(told.replace("-00:00", "Z"), strict=True) == at.astimezone(UTC)


@given(st.text(max_size=40))
def test_no_text_breaks_a_rule_otherwise_than_by_saying_so(text: str) -> None:
    for case in ({"id": text}, {"timestamp": text}, came(duration=text), within(language=text)):
        with suppress(Broken):
            check_statement(said(case), Version.V2)
    is_iri(text)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(
    st.sampled_from(["actor", "verb", "object", "result", "context", "authority", "attachments"]),
    _json,
)
def test_whatever_stands_in_a_part_is_taken_or_refused(part: str, told: Any) -> None:
    try:
        check_statement(said({part: told}), Version.V2)
    except Broken:
        return


@given(st.uuids())
def test_a_uuid_may_be_written_large_or_small(pk: uuid.UUID) -> None:
    for told in (str(pk), str(pk).upper()):
        check_statement(said({"id": told}), Version.V1)
