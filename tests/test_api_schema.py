"""Schemathesis goes through the whole of `/api/v1/`, as another system with every scope would."""

import json
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gezel.connect.tests.builders import a_token, bearing
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.skills.tests import builders as skills

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Of each operation, twice: with what it takes and with what it does not. `./gezel drill api` asks
# for many more.
EXAMPLES = int(os.environ.get("GEZEL_API_EXAMPLES", "8"))


@pytest.fixture
def headers(van_dijk: Organisation, femke: Person, noor: Person) -> dict[str, str]:
    """A key that may do all, in an organisation where there is something to read."""
    skills.a_skill("Diagnosing")
    a_colleague(van_dijk, "Ömer שלום " + "x" * 120)
    return bearing(a_token(van_dijk, femke).secret)


@pytest.fixture
def schema(headers: dict[str, str]) -> Iterator[Any]:
    # As Django's own test client does: the connection is the test's, not the request's.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def operations(schema: Any) -> Iterator[Any]:
    for found in schema.get_all_operations():
        yield found.ok()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_answers_as_it_says(
    schema: Any, headers: dict[str, str], mode: GenerationMode
) -> None:
    tried = 0
    for operation in operations(schema):

        @hypothesis_settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            case.call_and_validate(checks=CHECKS, headers=headers)

        try:
            ask()
        except Exception as error:
            if "Unsatisfiable" in type(error).__name__:
                continue  # nothing can be wrong about an operation that asks nothing
            raise
        tried += 1
    assert tried >= 5


def test_nothing_answers_without_a_key(schema: Any, headers: dict[str, str]) -> None:
    for operation in operations(schema):
        path = operation.path.replace("{", "").replace("}", "")
        path = "/".join("1" if part in {"pk", "person"} else part for part in path.split("/"))
        answer = Client().generic(operation.method.upper(), path)
        assert answer.status_code == 401, path
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer \x00", "Basic x", "Bearer a b", "bearer é", "Bearer " * 900],
)
def test_a_strange_header_is_a_401(headers: dict[str, str], header: str) -> None:
    answer = Client().get("/api/v1/skills", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_session_is_no_key(femke: Person) -> None:
    """So another site cannot use somebody's browser to ask."""
    client = Client()
    client.force_login(femke)
    assert client.get("/api/v1/people").status_code == 401


@pytest.mark.parametrize("query", ["after=\x00", "after=1e9", "limit=99999999999999999999", "x=1"])
def test_strange_questions_break_nothing(headers: dict[str, str], query: str) -> None:
    answer = Client().get(f"/api/v1/people?{query}", headers=headers)
    assert answer.status_code in {200, 422}


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/api/v1/nothing-here", 404),
        ("GET", "/api/v1/people/", 404),
        ("POST", "/api/v1/people", 405),
        ("DELETE", "/api/v1/evidence", 405),
        ("GET", "/api/v1/skills?limt=1", 422),
    ],
)
def test_whatever_is_refused_is_told_in_one_way(
    headers: dict[str, str], method: str, address: str, status: int
) -> None:
    """Also by what stands around the interface; a filter with a slip of the pen gives not all."""
    answer = Client().generic(method, address, headers=headers)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], bool(problem["title"])) == (status, True)
    if status == 405:
        assert answer["Allow"] in problem["detail"]
    if status == 422:
        assert problem["errors"] == [
            {"at": "query.limt", "message": "Nothing is asked here by this name"}
        ]


def test_a_body_that_is_too_long_is_told(headers: dict[str, str], settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = Client().post(
        "/api/v1/evidence",
        "x" * 200,
        content_type="application/json",
        headers=headers | {"Idempotency-Key": "a-key-of-mine"},
    )
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("day", ["0", "20260101", "2026-1-1", "tomorrow", "2026-02-30"])
def test_a_day_that_is_none_is_told(headers: dict[str, str], day: str) -> None:
    """20260101 was taken for so many seconds: a day in August 1970, without a word."""
    for address in (f"needs?on={day}", f"needs?asked_on={day}"):
        answer = Client().get(f"/api/v1/{address}", headers=headers)
        assert answer.status_code == 422, address
    assert Client().get("/api/v1/needs?on=2026-01-01", headers=headers).status_code == 200
    answer = Client().post(
        "/api/v1/evidence",
        {"person": 1, "skill": 1, "kind": "module", "level": 1, "observed_on": 20260101},
        content_type="application/json",
        headers=headers | {"Idempotency-Key": "a key with spaces"},
    )
    at = {one["at"] for one in answer.json()["errors"]}
    assert at == {"body.body.observed_on", "header.Idempotency-Key"}


def test_the_description_points_only_at_what_stands_in_it(db: None) -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    for at in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(schema))):
        found = schema
        for part in at.split("/"):
            found = found[part]


def test_the_description_names_headers_and_scopes_as_they_are_sent(db: None) -> None:
    """A header with a low line falls away at most proxies."""
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    operations = {(m, p): told for p, all_of in paths.items() for m, told in all_of.items()}
    headers = {
        one["name"]
        for told in operations.values()
        for one in told.get("parameters", ())
        if one["in"] == "header"
    }
    assert headers == {"Idempotency-Key"}
    assert all(told["x-scope"] for told in operations.values())
    assert operations["post", "/api/v1/evidence"]["x-scope"] == "evidence:write"


def test_a_system_finds_its_own_people_and_skills(
    headers: dict[str, str], van_dijk: Organisation, noor: Person
) -> None:
    def ids(address: str) -> list[int]:
        return [one["id"] for one in Client().get(address, headers=headers).json()["items"]]

    number = noor.employments.get().number
    skill = skills.a_skill("Soldering")
    assert ids(f"/api/v1/people?email={noor.email.upper()}") == [noor.pk]
    assert ids("/api/v1/people?email=nobody@example.test") == []
    assert not number or ids(f"/api/v1/people?number={number}") == [noor.pk]
    assert ids(f"/api/v1/skills?uri={skill.uri}") == [skill.pk]
    for address in ("people?email=%00", "people?number=%00", "skills?uri=%00"):
        assert Client().get(f"/api/v1/{address}", headers=headers).status_code == 422


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_interface_is_a_page_too(db: None, language: str) -> None:
    client = Client()
    schema = client.get("/api/v1/openapi.json").json()
    page = client.get("/api/v1/", headers={"Accept-Language": language}).content.decode()

    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert f"<code>{method.upper()} {path}</code>" in page
            for one in operation.get("parameters", ()):
                assert f"<code>{one['name']}</code>" in page
    assert "evidence:write" in page
    assert ("Wat je meestuurt" if language == "nl" else "What you send") in page


def test_a_key_sees_its_own_organisation_only(
    van_dijk: Organisation, de_linde: Organisation, femke: Person, noor: Person, sam: Person
) -> None:
    ours = bearing(a_token(van_dijk, femke).secret)
    people = Client().get("/api/v1/people?limit=200", headers=ours).json()["items"]

    assert noor.pk in {p["id"] for p in people}
    assert sam.pk not in {p["id"] for p in people}
    assert Client().get(f"/api/v1/people/{sam.pk}", headers=ours).status_code == 404


def test_each_scope_opens_its_own_part_only(van_dijk: Organisation, femke: Person) -> None:
    doors = {
        "people:read": "/api/v1/people",
        "skills:read": "/api/v1/skills",
        "catalogue:read": "/api/v1/activities",
    }
    for scope in doors:
        key = bearing(a_token(van_dijk, femke, name=scope, scopes=[scope]).secret)
        for needed, address in doors.items():
            expected = 200 if needed == scope else 403
            assert Client().get(address, headers=key).status_code == expected, (scope, address)


def test_the_schema_loads_nothing_from_elsewhere(db: None) -> None:
    answer = Client().get(reverse("api:openapi-json"))
    assert answer.status_code == 200
    assert all("Problem" in str(o) for p in answer.json()["paths"].values() for o in p.values())
