"""Statements: valid, kept once, never changed, and read by nobody else."""

import html
import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gezel.people.api import Organisation, Person
from gezel.records.api import (
    Conflict,
    Result,
    Score,
    Statement,
    actor_of,
    record,
    say,
    statements_of,
)
from gezel.records.models import OnlyEverAdded
from gezel.records.rules import VERBS, is_same, iso_duration, language_map, moment
from gezel.records.words import DONE

Visit = Callable[[Person], Client]
NAME = {"nl": "Hoogvolt: de basis", "en": "High voltage: the basics"}


def a_statement(person: Person, **other: Any) -> Statement:
    given: dict[str, Any] = {
        "verb": "completed",
        "object_id": "https://gezel.example.test/modules/1/",
        "object_name": NAME,
    }
    return record(person, **given | other)


@given(st.timedeltas(timedelta(), timedelta(days=400)))
def test_a_duration_is_iso_8601(length: timedelta) -> None:
    told = iso_duration(length)

    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", told)
    assert found
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    assert timedelta(hours=hours, minutes=minutes, seconds=seconds) == timedelta(
        seconds=int(length.total_seconds())
    )


def test_a_moment_is_told_in_utc() -> None:
    at = datetime(2026, 11, 22, 10, 30, tzinfo=timezone(timedelta(hours=1)))

    assert moment(at) == "2026-11-22T09:30:00.000Z"


def test_a_language_map_leaves_out_what_is_empty() -> None:
    assert language_map({"nl": "", "en": "Cables"}) == {"en": "Cables"}


def test_what_the_store_sets_makes_no_other_statement() -> None:
    one = {"id": "1", "stored": "a", "timestamp": "x"}

    assert is_same(one, {"timestamp": "x", "stored": "b", "id": "1"})
    assert not is_same(one, one | {"timestamp": "y"})
    assert is_same(one, one | {"timestamp": "y"}, except_time=True)


@pytest.mark.django_db
def test_a_statement_is_whole_and_says_no_name(noor: Person, van_dijk: Organisation) -> None:
    at, registration = datetime(2026, 11, 22, 9, tzinfo=UTC), uuid.uuid4()

    with translation.override("nl"):
        made = a_statement(
            noor,
            verb="passed",
            organisation=van_dijk,
            timestamp=at,
            registration=registration,
            result=Result(
                completion=True, success=True, score=Score(3, 4), duration=timedelta(minutes=9)
            ),
        )

    raw = Statement.objects.get().raw
    assert raw == {
        "id": str(made.pk),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": "http://localhost:8000", "name": str(noor.pk)},
        },
        "verb": {
            "id": "http://adlnet.gov/expapi/verbs/passed",
            "display": {"en": "passed", "nl": "geslaagd"},
        },
        "object": {
            "objectType": "Activity",
            "id": "https://gezel.example.test/modules/1/",
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/module",
                "name": {"en": NAME["en"], "nl": NAME["nl"]},
            },
        },
        "result": {
            "completion": True,
            "success": True,
            "score": {"scaled": 0.75, "raw": 3, "min": 0, "max": 4},
            "duration": "PT9M",
        },
        "context": {"platform": "Gezel", "language": "nl", "registration": str(registration)},
        "timestamp": "2026-11-22T09:00:00.000Z",
        "stored": raw["stored"],
        "authority": {
            "objectType": "Agent",
            "name": "Gezel",
            "account": {"homePage": "http://localhost:8000", "name": "gezel"},
        },
        "version": "2.0.0",
    }
    assert noor.email not in json.dumps(raw)
    assert noor.last_name not in json.dumps(raw)


@pytest.mark.django_db
def test_the_same_again_is_one_and_something_else_is_refused(noor: Person, daan: Person) -> None:
    key = uuid.uuid4()
    first = a_statement(noor, statement_id=key)

    for _again in range(4):
        assert a_statement(noor, statement_id=key) == first
    with pytest.raises(Conflict):
        a_statement(noor, statement_id=key, verb="passed")
    with pytest.raises(Conflict):
        a_statement(daan, statement_id=key)
    with pytest.raises(Conflict):
        a_statement(noor, statement_id=key, timestamp=datetime(2020, 1, 1, tzinfo=UTC))

    assert Statement.objects.get().raw["verb"]["id"].endswith("completed")


@pytest.mark.django_db
def test_code_cannot_change_or_take_back_a_statement(noor: Person) -> None:
    made = a_statement(noor)
    made.verb = "http://adlnet.gov/expapi/verbs/passed"

    for attempt in (
        made.save,
        made.delete,
        lambda: Statement.objects.update(verb="x"),
        lambda: Statement.objects.all().delete(),
        lambda: noor.statements.all().delete(),
    ):
        with pytest.raises(OnlyEverAdded):
            attempt()


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["verb", "raw", "object_id", "timestamp", "stored", "person_id"])
def test_the_database_refuses_to_change_one(noor: Person, daan: Person, column: str) -> None:
    made = a_statement(noor)
    other = {"person_id": str(daan.pk), "raw": "'{}'", "timestamp": "stored", "stored": "timestamp"}
    change = f"UPDATE records_statement SET {column} = {other.get(column, chr(39) * 2)}"

    with pytest.raises(DatabaseError, match="only ever added"):
        _run(change)
    made.refresh_from_db()
    assert made.verb.endswith("completed")


def _run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
def test_an_erased_account_takes_its_statements_and_an_organisation_leaves_them(
    noor: Person, daan: Person, de_linde: Organisation
) -> None:
    a_statement(noor, organisation=de_linde)
    a_statement(daan, organisation=de_linde)

    de_linde.units.all().delete()
    de_linde.delete()
    daan.employments.all().delete()
    noor.employments.all().delete()
    noor.delete()

    (left,) = Statement.objects.all()
    assert (left.person, left.organisation) == (daan, None)


@pytest.mark.django_db
def test_the_page_tells_the_person_in_plain_words(visit: Visit, noor: Person) -> None:
    for verb in ("initialized", "completed", "failed"):
        a_statement(noor, verb=verb, result=Result(score=Score(1, 4)))

    page = visit(noor).get(reverse("records:mine")).content.decode()

    assert "You began “High voltage: the basics”" in page
    assert "You did not pass “High voltage: the basics” this time" in page
    assert "1 of 4 questions right" in page


@pytest.mark.django_db
def test_what_gezel_says_of_a_course_is_told_in_plain_words_too(
    visit: Visit, noor: Person, van_dijk: Organisation
) -> None:
    for number, verb in enumerate(DONE):
        statement = {
            "id": str(uuid.uuid4()),
            "actor": actor_of(noor),
            "verb": {"id": verb, "display": {"en": "raw"}},
            "object": {
                "id": f"urn:part:{number}", "definition": {"name": {"en": f"Part {number} & on"}}
            },
        }  # fmt: skip
        say(van_dijk, statement, person=noor)
    page = html.unescape(visit(noor).get(reverse("records:mine")).content.decode())
    for number, sentence in enumerate(DONE.values()):
        assert str(sentence) % {"name": f"Part {number} & on"} in page
    assert "written by" not in page
    assert "raw:" not in page


@pytest.mark.django_db
def test_only_the_person_reads_it(
    visit: Visit, noor: Person, daan: Person, femke: Person, sam: Person
) -> None:
    a_statement(noor)
    for other in (daan, femke, sam):
        client = visit(other)
        assert b"High voltage" not in client.get(reverse("records:mine")).content
        assert b"".join(client.get(reverse("records:download"))) == b""
    for page in ("mine", "download"):
        assert Client().get(reverse(f"records:{page}")).status_code == 302
    assert list(statements_of(noor)) == list(Statement.objects.all())


@pytest.mark.django_db
def test_the_download_is_one_statement_a_line(visit: Visit, noor: Person) -> None:
    for _n in range(3):
        a_statement(noor)

    answer = visit(noor).get(reverse("records:download"))
    lines = b"".join(answer).decode().splitlines()

    assert [json.loads(line)["version"] for line in lines] == ["2.0.0"] * 3
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.django_db
def test_five_thousand_statements_come_in_pages(
    visit: Visit, noor: Person, django_assert_max_num_queries: Any
) -> None:
    one = a_statement(noor)
    Statement.objects.bulk_create(
        [
            Statement(
                id=uuid.uuid4(), person=noor, verb=one.verb, object_id="x", raw=one.raw,
                timestamp=one.timestamp, stored=one.stored + timedelta(microseconds=2 * number),
            )
            for number in range(1, 5_001)
        ]
    )  # fmt: skip
    client = visit(noor)

    with django_assert_max_num_queries(5):
        page = client.get(reverse("records:mine"), {"page": 101}).content.decode()
    assert "Page 101 of 101" in page
    assert client.get(reverse("records:mine"), {"page": "x"}).status_code == 200


def test_every_verb_has_words_in_both_languages() -> None:
    assert all(set(words) == {"nl", "en"} and all(words.values()) for words in VERBS.values())
