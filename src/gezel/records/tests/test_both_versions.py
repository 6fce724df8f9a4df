"""What both versions ask of a store, asked of it in both: documents, parts, filters, languages.

The numbers are those of 1.0.3, part three (communication); 2.0 has the same rules but where said.
"""

import json
import uuid
from hashlib import sha1, sha256
from typing import Any

import pytest

from gezel.people.api import Organisation
from gezel.records.tests.speaking import (
    THING,
    VERB,
    Speaker,
    a_speaker,
    a_statement,
    an_attachment,
    in_parts,
    voiding,
)

pytestmark = pytest.mark.django_db
AGENT = {"mbox": "mailto:learner@example.test"}
IRI = "https://elsewhere.example.test/d"
PLACES: dict[str, dict[str, Any]] = {
    "activities/state": {"activityId": IRI, "agent": AGENT},
    "activities/profile": {"activityId": IRI},
    "agents/profile": {"agent": AGENT},
}
EACH = pytest.mark.parametrize("path", PLACES)
OTHER_TAG = f'"{"0" * 40}"'


@pytest.fixture(params=["2.0.0", "1.0.3"])
def one(request: pytest.FixtureRequest, van_dijk: Organisation) -> Speaker:
    return a_speaker(van_dijk, request.param)


def name_of(path: str) -> str:
    return "stateId" if path.endswith("state") else "profileId"


def code(answer: Any) -> int:
    return int(answer.status_code)


# --- 2.3, 2.6, 2.7 and 3.1: documents ------------------------------------------------------------


@EACH
def test_3_1_what_a_request_knows_is_asked_of_every_way_to_write(one: Speaker, path: str) -> None:
    named = PLACES[path] | {name_of(path): "one"}
    wrong, none = {"If-Match": OTHER_TAG}, {"If-None-Match": "*"}
    assert code(one.ask("PUT", path, {"a": 0}, headers=wrong, **named)) == 412
    assert code(one.ask("DELETE", path, headers=wrong, **named)) == 412
    assert code(one.ask("PUT", path, {"a": 1}, headers=none, **named)) == 204
    kept = one.ask("GET", path, **named)
    assert kept["ETag"] == f'"{sha1(kept.content, usedforsecurity=False).hexdigest()}"'
    for method in ("PUT", "POST", "DELETE"):
        data = None if method == "DELETE" else {"a": 2}
        assert code(one.ask(method, path, data, headers=wrong, **named)) == 412, method
        assert code(one.ask(method, path, data, headers=none, **named)) == 412, method
    unguarded = one.ask("PUT", path, {"a": 3}, **named)
    excused = path == "activities/state" and one.version == "1.0.3"
    assert code(unguarded) == (204 if excused else 409)
    if not excused:
        assert unguarded["Content-Type"].startswith("text/plain")
        assert unguarded.content.strip()
        assert one.ask("GET", path, **named).content == kept.content
    tag = one.ask("GET", path, **named)["ETag"]
    several = {"If-Match": f"{OTHER_TAG}, {tag}"}
    assert code(one.ask("PUT", path, {"a": 4}, headers=several, **named)) == 204
    head = one.ask("HEAD", path, **named)
    assert (code(head), head.content, head["ETag"]) == (
        200, b"", one.ask("GET", path, **named)["ETag"],
    )  # fmt: skip


@EACH
def test_2_2_what_names_a_place_is_needed_and_well_formed_and_nothing_beside(
    one: Speaker, path: str
) -> None:
    named = PLACES[path] | {name_of(path): "one"}
    for method in ("GET", "PUT", "POST", "DELETE"):
        data = {"a": 1} if method in ("PUT", "POST") else None
        wrong: list[dict[str, Any]] = [named | {"other": "x"}]
        for needed in PLACES[path]:
            wrong.append({k: v for k, v in named.items() if k != needed})
            wrong.append(named | {needed: "x"})
        if "agent" in named:
            wrong.append(named | {"agent": {"name": "Nobody"}})
        if path == "activities/state":
            wrong.append(named | {"registration": "x"})
        if method in ("PUT", "POST") or (method == "DELETE" and path != "activities/state"):
            wrong.append(PLACES[path])
        for parameters in wrong:
            assert code(one.ask(method, path, data, **parameters)) == 400, (method, parameters)
    assert code(one.ask("PATCH", path, {"a": 1}, **named)) == 405


@EACH
def test_2_2_only_objects_are_merged(one: Speaker, path: str) -> None:
    as_text, as_json = (PLACES[path] | {name_of(path): name} for name in ("text", "json"))
    one.ask("PUT", path, b"\x00words\xff", content_type="text/plain", **as_text)
    one.ask("PUT", path, {"a": 1, "b": {"c": 1}}, **as_json)
    assert code(one.ask("POST", path, {"a": 1}, **as_text)) == 400
    assert code(one.ask("POST", path, b"words", content_type="text/plain", **as_json)) == 400
    assert code(one.ask("POST", path, b"{", **as_json)) == 400
    assert code(one.ask("POST", path, [1], **as_json)) == 400
    assert code(one.ask("POST", path, {"b": {"d": 2}}, **as_json)) == 204
    assert json.loads(one.ask("GET", path, **as_json).content) == {"a": 1, "b": {"d": 2}}
    kept = one.ask("GET", path, **as_text)
    assert (kept.content, kept["Content-Type"]) == (b"\x00words\xff", "text/plain")
    later = one.ask("GET", path, since="2999-01-01T00:00:00Z", **PLACES[path])
    assert json.loads(later.content) == []


# --- 1.5: statements with files -------------------------------------------------------------------


def test_1_5_2_the_parts_stand_as_rfc_2046_has_them(one: Speaker) -> None:
    """A boundary in quotes, words before the first part, a line in a file that looks like one."""
    content = b"words\r\n--edgeless\r\n--other--\r\n"
    said = a_statement(attachments=[an_attachment(content)])
    body, kind = in_parts(said, content)
    quoted = body.replace(b"--edge\r\n", b"--an edge\r\n").replace(b"--edge--", b"--an edge--")
    for good, told in (
        (body, kind),
        (b"This is a message in parts.\r\n" + body, kind),
        (quoted, 'multipart/mixed; boundary="an edge"'),
        (body + b"\r\nwords after", kind),
        (in_parts([said, said], content)[0], kind),
    ):
        answer = one.ask("POST", "statements", good, content_type=told)
        assert code(answer) == 200, answer.content
        (kept, *_) = json.loads(answer.content)
        found = one.ask("GET", "statements", statementId=kept, attachments="true")
        assert found["Content-Type"].startswith("multipart/mixed")
        assert b"\r\n\r\n" + content + b"\r\n--" in found.content
    for bad, told in (
        (body, "multipart/mixed"),
        (body, "multipart/mixed; boundary=none"),
        (body, "multipart/form-data; boundary=edge"),
        (body.removesuffix(b"--edge--\r\n"), kind),
        (body.replace(b"application/json", b"text/plain", 1), kind),
        (body.replace(b"words", b"other"), kind),
        (in_parts(a_statement(), content)[0], kind),
        (in_parts(said)[0], kind),
        (in_parts(said, content, Content_Transfer_Encoding="base64")[0], kind),
        (in_parts(said, content, X_Experience_API_Hash="")[0], kind),
    ):
        assert code(one.ask("POST", "statements", bad, content_type=told)) == 400


@pytest.mark.parametrize(
    "wrong",
    [{"length": -1}, {"length": 1.5}, {"length": "5"}, {"sha2": "x"}, {"contentType": "words"},
     {"usageType": "x"}, {"display": "x"}, {"description": "x"}, {"fileUrl": "x"}, {"other": 1}],
    ids=str,
)  # fmt: skip
def test_1_5_1_an_attachment_is_told_wholly(one: Speaker, wrong: dict[str, Any]) -> None:
    good = an_attachment(b"x", fileUrl=IRI)
    assert code(one.ask("POST", "statements", a_statement(attachments=[good]))) == 200
    assert code(one.ask("POST", "statements", a_statement(attachments=[good | wrong]))) == 400


# --- 2.1: statements ------------------------------------------------------------------------------


def test_2_1_3_since_is_after_and_until_is_up_to_and_with(one: Speaker) -> None:
    registration = str(uuid.uuid4())
    kept = one.send(*[a_statement(context={"registration": registration}) for _ in range(5)])
    rows = one.find(registration=registration.upper(), ascending="true")
    assert [row["id"] for row in rows] == kept
    middle = rows[2]["stored"]
    assert one.ids(registration=registration, since=middle) == kept[:2:-1]
    assert one.ids(registration=registration, until=middle) == kept[2::-1]
    assert one.ids(registration=registration, since=middle, until=middle) == []


def test_2_1_3_one_statement_is_asked_for_alone(one: Speaker) -> None:
    (kept,) = one.send(a_statement())
    for name in ("agent", "verb", "activity", "registration", "related_activities", "since",
                 "related_agents", "until", "limit", "ascending"):  # fmt: skip
        value: Any = {"agent": json.dumps(AGENT), "registration": kept, "limit": "1"}.get(
            name, "true"
        )
        for way in ("statementId", "voidedStatementId"):
            parameters: dict[str, Any] = {way: kept, name: value}
            asked = one.ask("GET", "statements", **parameters)
            assert code(asked) == 400, (way, name)
    assert code(one.ask("GET", "statements", statementId=kept.upper(), format="ids")) == 200
    group = {"objectType": "Group", "member": [AGENT]}
    assert code(one.ask("GET", "statements", agent=group)) == 400


def test_data_2_3_2_what_voids_is_never_voided(one: Speaker) -> None:
    (kept,) = one.send(a_statement())
    (voids,) = one.send(voiding(kept))
    assert code(one.ask("POST", "statements", voiding(voids))) == 400
    assert code(one.ask("GET", "statements", statementId=voids)) == 200
    assert code(one.ask("GET", "statements", statementId=kept)) == 404
    assert code(one.ask("GET", "statements", voidedStatementId=kept)) == 200
    assert code(one.ask("GET", "statements", voidedStatementId=voids)) == 404


@pytest.mark.parametrize(
    ("wanted", "given"),
    [("nl", "nl"), ("nl-BE", "nl"), ("en", "en-US"), ("fr;q=0.9, nl;q=0.5", "fr-CA"),
     ("de, nl;q=0.1", "nl"), ("nl;q=0, fr", "fr-CA"), ("FR-ca", "fr-CA")],
)  # fmt: skip
def test_2_1_3_canonical_is_in_the_language_that_is_wanted(
    one: Speaker, wanted: str, given: str
) -> None:
    words = {"en-US": "one", "nl": "een", "fr-CA": "un"}
    thing = THING | {"definition": {"name": words}, "id": f"{IRI}/{uuid.uuid4()}"}
    (kept,) = one.send(a_statement(verb=VERB | {"display": words}, object=thing))
    answer = one.ask(
        "GET", "statements", statementId=kept, format="canonical",
        headers={"Accept-Language": wanted},
    )  # fmt: skip
    told = json.loads(answer.content)
    assert told["verb"]["display"] == told["object"]["definition"]["name"] == {given: words[given]}
    exact = json.loads(one.ask("GET", "statements", statementId=kept).content)
    assert exact["verb"]["display"] == words


def test_what_is_said_of_the_store_is_its_own(one: Speaker) -> None:
    evil = {"mbox": "mailto:evil@example.test"}
    (kept,) = one.send(a_statement(stored="2001-01-01T00:00:00Z", authority=evil))
    told = json.loads(one.ask("GET", "statements", statementId=kept).content)
    assert told["stored"] > "2026"
    assert "evil" not in json.dumps(told["authority"])
    assert told["version"] == ("2.0.0" if one.version == "2.0.0" else "1.0.0")


def test_3_3_every_answer_names_the_version_that_was_spoken(one: Speaker) -> None:
    asks: tuple[tuple[str, str, dict[str, Any], int], ...] = (
        ("GET", "statements", {}, 200),
        ("GET", "nothing", {}, 404),
        ("DELETE", "about", {}, 405),
        ("GET", "statements", {"other": "x"}, 400),
        ("OPTIONS", "statements", {}, 204),
    )
    for method, path, parameters, status in asks:
        answer = one.ask(method, path, **parameters)
        assert (code(answer), answer["X-Experience-API-Version"]) == (status, one.version)
    nobody = one.ask("GET", "agents", agent=AGENT, headers={"Authorization": ""})
    assert (code(nobody), nobody["X-Experience-API-Version"]) == (401, one.version)


def test_a_digest_may_be_written_large(one: Speaker) -> None:
    content = b"words"
    said = a_statement(
        attachments=[an_attachment(content, sha2=sha256(content).hexdigest().upper())]
    )
    body, kind = in_parts(said, content)
    assert code(one.ask("POST", "statements", body, content_type=kind)) == 200
