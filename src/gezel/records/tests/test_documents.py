# mypy: disable-error-code="arg-type,var-annotated,misc,dict-item"
"""Documents of other systems: kept, merged, guarded against each other, removed.

Sections are those of xAPI 1.0.3, part three (Communication).
"""

import hashlib
import json
import uuid
from typing import Any

import pytest

from gezel.people.api import Organisation, Person
from gezel.records.actions.keys import actor_of
from gezel.records.models import Document
from gezel.records.tests.speaking import ACTOR, OTHER, THING, Speaker, a_speaker, a_statement

pytestmark = pytest.mark.django_db
STATE = ("activities/state", {"activityId": THING["id"], "agent": ACTOR}, "stateId")
ACTIVITY = ("activities/profile", {"activityId": THING["id"]}, "profileId")
AGENT = ("agents/profile", {"agent": ACTOR}, "profileId")
EACH = pytest.mark.parametrize("resource", [STATE, ACTIVITY, AGENT], ids=lambda r: r[0])
Resource = tuple[str, dict[str, Any], str]


@pytest.fixture(params=["2.0.0", "1.0.3"])
def system(request: Any, van_dijk: Organisation) -> Speaker:
    return a_speaker(van_dijk, request.param)


def ask(
    system: Speaker,
    method: str,
    resource: Resource,
    data: Any = None,
    name: str = "one",
    **more: Any,
) -> Any:
    path, parameters, what = resource
    told = parameters | ({what: name} if name else {})
    headers, kind = more.pop("headers", None), more.pop("content_type", "application/json")
    return system.ask(
        method, path, data, headers=headers, content_type=kind, **(told | more)
    )  # fmt: skip


@EACH
def test_a_document_comes_back_byte_by_byte(system: Speaker, resource: Resource) -> None:
    content = bytes(range(256))
    assert ask(system, "GET", resource).status_code == 404
    assert ask(system, "PUT", resource, content, content_type="image/png").status_code == 204

    answer = ask(system, "GET", resource)
    assert answer.content == content
    assert answer["Content-Type"] == "image/png"
    assert answer["ETag"] == f'"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"'
    assert answer["Last-Modified"]
    head = ask(system, "HEAD", resource)
    assert (head.content, head["Content-Length"], head["ETag"]) == (b"", "256", answer["ETag"])
    assert ask(system, "DELETE", resource).status_code == 204
    assert ask(system, "DELETE", resource).status_code == 204
    assert ask(system, "GET", resource).status_code == 404


@EACH
def test_json_is_merged_at_the_top(system: Speaker, resource: Resource) -> None:
    assert ask(system, "POST", resource, {"a": {"x": 1}, "b": 2}).status_code == 204
    assert ask(system, "POST", resource, {"a": {"y": 1}, "c": 3}).status_code == 204
    found = json.loads(ask(system, "GET", resource).content)
    assert found == {"a": {"y": 1}, "b": 2, "c": 3}

    for bad in ([1], "x", 1, None, b"{", b'{"a":1,"a":2}', b""):
        assert ask(system, "POST", resource, bad).status_code == 400, bad
    assert ask(system, "POST", resource, b"x", content_type="text/plain").status_code == 400
    ask(system, "PUT", resource, b"[1]", name="list", content_type="application/json")
    assert ask(system, "POST", resource, {"a": 1}, name="list").status_code == 400
    ask(system, "PUT", resource, b"plain", name="text", content_type="text/plain")
    assert ask(system, "POST", resource, {"a": 1}, name="text").status_code == 400
    assert json.loads(ask(system, "GET", resource).content) == found


@EACH
def test_where_nothing_is_there_a_post_is_a_put(system: Speaker, resource: Resource) -> None:
    """2.2 of 1.0.3, communication: only where a document stands must both be JSON objects."""
    for name, content, content_type in (
        ("list", b"[1]", "application/json"),
        ("text", b"plain", "text/plain"),
    ):
        sent = {"name": name, "content_type": content_type}
        assert ask(system, "POST", resource, content, **sent).status_code == 204
        answer = ask(system, "GET", resource, name=name)
        assert (answer.content, answer["Content-Type"]) == (content, content_type)
        assert ask(system, "POST", resource, {"a": 1}, name=name).status_code == 400
        assert ask(system, "GET", resource, name=name).content == content
    assert ask(system, "POST", resource, b"[1", name="broken").status_code == 400
    assert ask(system, "GET", resource, name="broken").status_code == 404


@EACH
@pytest.mark.parametrize("name", ["a\0b", "x" * 5_000, "é😀/ &?", " "])
def test_a_name_is_kept_or_refused_and_never_breaks(
    system: Speaker, resource: Resource, name: str
) -> None:
    status = ask(system, "PUT", resource, {"a": name}, name=name).status_code
    assert status == (400 if "\0" in name else 204)
    found = ask(system, "GET", resource, name=name)
    assert found.status_code == (400 if "\0" in name else 200)
    if status == 204:
        assert json.loads(found.content) == {"a": name}


@EACH
def test_who_did_not_look_does_not_overwrite(system: Speaker, resource: Resource) -> None:
    """3.1: If-Match and If-None-Match; without a word a profile is refused, a state from 2.0 on."""
    any_match, none = {"If-Match": "*"}, {"If-None-Match": "*"}
    assert ask(system, "PUT", resource, {"a": 1}, headers=any_match).status_code == 412
    assert ask(system, "PUT", resource, {"a": 1}, headers=none).status_code == 204
    assert ask(system, "PUT", resource, {"a": 2}, headers=none).status_code == 412
    etag = ask(system, "GET", resource)["ETag"]
    excused = resource is STATE and system.version == "1.0.3"
    assert ask(system, "PUT", resource, {"a": 1}).status_code == (204 if excused else 409)

    other = {"If-Match": f'"{"0" * 40}"'}
    for method in ("PUT", "POST", "DELETE"):
        assert ask(system, method, resource, {"a": 3}, headers=other).status_code == 412
    assert json.loads(ask(system, "GET", resource).content) == {"a": 1}
    assert ask(system, "PUT", resource, {"a": 4}, headers={"If-Match": etag}).status_code == 204
    assert ask(system, "PUT", resource, {"a": 5}, headers={"If-Match": etag}).status_code == 412
    assert ask(system, "POST", resource, {"b": 1}).status_code == 204
    etag = ask(system, "GET", resource)["ETag"]
    assert ask(system, "DELETE", resource, headers={"If-Match": etag}).status_code == 204


@EACH
def test_names_are_listed_and_since(system: Speaker, resource: Resource) -> None:
    ask(system, "PUT", resource, {"a": 1}, name="first")
    at = Document.objects.get().updated_at.isoformat().replace("+00:00", "Z")
    ask(system, "PUT", resource, {"a": 1}, name="second")

    assert json.loads(ask(system, "GET", resource, name="").content) == ["first", "second"]
    assert json.loads(ask(system, "GET", resource, name="", since=at).content) == ["second"]
    assert ask(system, "GET", resource, name="", since="yesterday").status_code == 400
    # The conformance suite asks one document by name with `since` beside it.
    assert ask(system, "GET", resource, name="second", since=at).status_code == 200
    assert ask(system, "GET", resource, name="second", since="yesterday").status_code == 400


@EACH
def test_what_names_a_document_is_asked(system: Speaker, resource: Resource) -> None:
    path, parameters, what = resource
    for gone in parameters:
        rest = {k: v for k, v in parameters.items() if k != gone}
        for method in ("GET", "PUT", "POST", "DELETE"):
            answer = system.ask(method, path, {"a": 1}, **rest, **{what: "x"})
            assert answer.status_code == 400, (method, gone)
    for method in ("PUT", "POST"):
        assert ask(system, method, resource, {"a": 1}, name="").status_code == 400
    if resource is not STATE:
        assert ask(system, "DELETE", resource, name="").status_code == 400
    assert ask(system, "GET", resource, strange="x").status_code == 400
    for name, told in (("activityId", "no iri"), ("agent", "x"), ("agent", {"name": "x"})):
        if name in parameters:
            assert ask(system, "GET", resource, **{name: told}).status_code == 400


def test_states_of_a_registration_stand_apart(system: Speaker) -> None:
    one, two = str(uuid.uuid4()), str(uuid.uuid4())
    for number, registration in enumerate((one, two, None)):
        more = {"registration": registration} if registration else {}
        assert ask(system, "PUT", STATE, {"n": number}, **more).status_code == 204
    assert json.loads(ask(system, "GET", STATE, registration=two).content) == {"n": 1}
    assert json.loads(ask(system, "GET", STATE).content) == {"n": 2}
    ask(system, "PUT", STATE, {"n": 3}, agent=OTHER)
    assert ask(system, "GET", STATE, registration="x").status_code == 400

    assert ask(system, "DELETE", STATE, name="", registration=one).status_code == 204
    assert Document.objects.count() == 3
    assert ask(system, "DELETE", STATE, name="").status_code == 204
    assert ask(system, "GET", STATE, agent=OTHER).status_code == 200


def test_a_state_goes_with_its_person_and_stays_in_the_house(
    van_dijk: Organisation, de_linde: Organisation, noor: Person
) -> None:
    ours, theirs = a_speaker(van_dijk), a_speaker(de_linde)
    hers = actor_of(noor)
    ask(ours, "PUT", STATE, {"a": 1}, agent=hers)
    ask(theirs, "PUT", STATE, {"a": 1}, agent=hers)

    assert set(Document.objects.values_list("person", flat=True)) == {noor.pk, None}
    assert ask(theirs, "GET", STATE, agent=hers, name="two").status_code == 404
    noor.employments.all().delete()
    noor.delete()
    assert ask(ours, "GET", STATE, agent=hers).status_code == 404
    assert ask(theirs, "GET", STATE, agent=hers).status_code == 200


def test_what_is_known_of_activities_and_agents(system: Speaker) -> None:
    system.send(a_statement())
    later = {**THING, "definition": {"name": {"de": "Treffen"}, "moreInfo": "https://x.test/"}}
    system.send(a_statement(object=later))

    told = json.loads(system.ask("GET", "activities", activityId=THING["id"]).content)
    assert set(told["definition"]["name"]) == {"en-GB", "nl", "de"}
    assert told["definition"]["moreInfo"] == "https://x.test/"
    unknown = json.loads(system.ask("GET", "activities", activityId="urn:unknown").content)
    assert unknown == {"objectType": "Activity", "id": "urn:unknown"}
    person = json.loads(system.ask("GET", "agents", agent=ACTOR | {"name": "Also"}).content)
    assert person == {
        "objectType": "Person",
        "name": ["Also", "Learner"],
        "mbox": [ACTOR["mbox"]],
    }
    for path, parameters in (
        ("activities", {}), ("activities", {"activityId": "x"}), ("agents", {}),
        ("agents", {"agent": "x"}), ("agents", {"agent": {}}), ("agents", {"agent": [1]}),
    ):  # fmt: skip
        assert system.ask("GET", path, **parameters).status_code == 400, (path, parameters)
