"""The record store at its door: writing, reading, walls, whatever is sent."""

import json
import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezel.kit.events import _listeners
from gezel.people.api import Organisation, Person
from gezel.records.actions.keys import actor_of, make_session_key, revoke_key
from gezel.records.events import StatementRefused, StatementsArrived
from gezel.records.models import Activity, Mention, Statement
from gezel.records.tests.speaking import (
    ACTOR,
    OTHER,
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
VERSIONS = pytest.mark.parametrize("version", ["2.0.0", "1.0.3"])


@pytest.fixture
def one(van_dijk: Organisation) -> Speaker:
    return a_speaker(van_dijk)


@VERSIONS
def test_what_is_sent_comes_back(van_dijk: Organisation, version: str) -> None:
    system = a_speaker(van_dijk, version, name="Course shop")
    (pk,) = system.send(a_statement())

    answer = system.ask("GET", "statements", statementId=pk)
    told = json.loads(answer.content)

    assert told["actor"] == ACTOR
    assert told["verb"] == VERB
    assert told["object"] == THING
    assert told["version"] == ("2.0.0" if version == "2.0.0" else "1.0.0")
    assert told["timestamp"] == told["stored"]
    assert told["authority"]["name"] == "Course shop"
    assert answer["X-Experience-API-Version"] == version
    assert answer["X-Experience-API-Consistent-Through"] >= told["stored"]
    assert answer["Last-Modified"]
    assert system.ask("HEAD", "statements", statementId=pk).content == b""


def test_the_same_again_is_one_and_another_is_a_conflict(one: Speaker) -> None:
    pk = str(uuid.uuid4())
    said = a_statement(id=pk)

    for _again in range(3):
        assert one.ask("PUT", "statements", said, statementId=pk).status_code == 204
    other = a_statement(id=pk, verb={"id": "http://adlnet.gov/expapi/verbs/passed"})
    assert one.ask("PUT", "statements", other, statementId=pk).status_code == 409
    assert one.ask("POST", "statements", [a_statement(), other]).status_code == 409

    assert one.ids() == [pk]


def test_how_a_time_is_written_makes_no_other_statement(one: Speaker) -> None:
    within = {"https://elsewhere.example.test/at": {"timestamp": "2026-11-22T10:00:00Z", "verb": 1}}
    said = a_statement(
        id=str(uuid.uuid4()), timestamp="2026-11-22T10:00:00Z", context={"extensions": within}
    )
    one.send(said)
    same = said | {"timestamp": "2026-11-22T11:00:00.000+01:00"}
    assert one.ask("POST", "statements", same).status_code == 200
    for other in (
        said | {"timestamp": "2026-11-22T10:00:01Z"},
        said | {"context": {"extensions": {name: {} for name in within}}},
    ):
        assert one.ask("POST", "statements", other).status_code == 409
    assert one.find()[0]["timestamp"] == said["timestamp"]


def test_how_a_length_of_time_is_written_makes_no_other_statement(one: Speaker) -> None:
    """4.6 of 1.0.3, data: what is finer than 0.01 second is not compared."""
    pk = str(uuid.uuid4())
    one.send(a_statement(id=pk, result={"duration": "PT1H0M1.23S"}))
    for told, status in (
        ("PT1H1.239S", 200),
        ("PT1H0M1,23S", 200),
        ("PT1H1.24S", 409),
        ("PT1H1S", 409),
        ("PT1H", 409),
    ):
        again = a_statement(id=pk, result={"duration": told})
        assert one.ask("POST", "statements", again).status_code == status, told
    long = a_statement(id=str(uuid.uuid4()), result={"duration": f"PT{'9' * 60}.001S"})
    one.send(long)
    one.send(long)
    kept = one.ask("GET", "statements", statementId=pk)
    assert json.loads(kept.content)["result"] == {"duration": "PT1H0M1.23S"}


def test_what_things_are_called_is_no_part_of_a_statement(one: Speaker) -> None:
    """2.3.1 of 1.0.3, data: the display of a verb and definitions of activities may differ."""
    pk = str(uuid.uuid4())
    around = {"contextActivities": {"parent": {"id": "https://elsewhere.example.test/course"}}}
    inner = {"objectType": "SubStatement", "actor": ACTOR, "verb": VERB, "object": THING}
    for told in (
        a_statement(id=pk, context=around),
        a_statement(id=str(uuid.uuid4()), object=inner),
    ):
        one.send(told)
        other: dict[str, Any] = json.loads(json.dumps(told))
        other["verb"]["display"] = {"nl": "was erbij"}
        found = other["object"].get("object", other["object"])
        found["definition"] = {"name": {"nl": "Iets anders"}}
        if "context" in other:
            parent = other["context"]["contextActivities"]["parent"]
            parent["definition"] = {"name": {"nl": "Cursus"}}
        assert one.ask("POST", "statements", other).status_code == 200
        assert one.ask("GET", "statements", statementId=told["id"]).content.count(b"anders") == 0
        found["id"] = "https://elsewhere.example.test/other"
        assert one.ask("POST", "statements", other).status_code == 409
    # What someone puts into an extension is theirs, whatever it looks like.
    pk = str(uuid.uuid4())
    for status, display in ((200, 1), (409, 2)):
        kept = {"urn:x": {"verb": {"id": "urn:v", "display": display}, "actor": {}, "object": {}}}
        told = a_statement(id=pk, context={"extensions": kept})
        assert one.ask("POST", "statements", told).status_code == status


def test_odd_signs_come_back_as_they_were_sent(one: Speaker) -> None:
    """The zero character too, which PostgreSQL keeps in no text of its own."""
    odd = "a\0b\u2028\u202e😀\x7f"
    around = {"platform": odd, "extensions": {"urn:x": {odd: [odd, None]}}}
    said = a_statement(
        id=str(uuid.uuid4()),
        actor={"name": odd, "account": {"homePage": "https://a.example.test", "name": odd}},
        object=THING | {"definition": {"name": {"en": odd}, "extensions": {"urn:x": odd}}},
        result={"response": odd},
        context=around,
    )
    one.send(said)
    one.send(said)
    kept = json.loads(one.ask("GET", "statements", statementId=said["id"]).content)
    assert {name: kept[name] for name in said} == said
    assert one.ids(agent=said["actor"]) == [said["id"]] == one.ids(activity=THING["id"])
    known = json.loads(one.ask("GET", "activities", activityId=THING["id"]).content)
    assert known["definition"]["name"]["en"] == odd


def test_what_voids_takes_out_of_sight_and_stays(one: Speaker) -> None:
    first, second = one.send(a_statement(), a_statement(actor=OTHER))
    (void,) = one.send(voiding(first))

    assert set(one.ids()) == {second, void}
    assert one.ask("GET", "statements", statementId=first).status_code == 404
    told = one.ask("GET", "statements", voidedStatementId=first)
    assert json.loads(told.content)["id"] == first
    assert one.ask("GET", "statements", voidedStatementId=second).status_code == 404
    # Who points at it is found by what it is about.
    assert one.ids(activity=THING["id"]) == [void, second]
    assert one.ask("POST", "statements", voiding(void)).status_code == 400


def test_what_voids_may_come_first(one: Speaker) -> None:
    pk = str(uuid.uuid4())
    (void,) = one.send(voiding(pk))
    one.send(a_statement(id=pk, actor=OTHER))

    assert one.ids() == [void]
    assert one.ids(agent=OTHER) == [void]


def test_filters(one: Speaker) -> None:
    registration = str(uuid.uuid4())
    verb = {"id": "http://adlnet.gov/expapi/verbs/passed"}
    context = {
        "registration": registration,
        "instructor": OTHER,
        "contextActivities": {"grouping": {"id": "https://elsewhere.example.test/course"}},
    }
    a, b, c = one.send(
        a_statement(), a_statement(verb=verb, context=context), a_statement(actor=OTHER)
    )

    assert one.ids() == [c, b, a]
    assert one.ids(ascending=True) == [a, b, c]
    assert one.ids(verb=verb["id"]) == [b]
    assert one.ids(agent=OTHER) == [c]
    assert one.ids(agent=OTHER, related_agents=True) == [c, b]
    assert one.ids(registration=registration) == [b]
    assert one.ids(activity="https://elsewhere.example.test/course") == []
    assert one.ids(activity="https://elsewhere.example.test/course", related_activities=True) == [b]
    assert one.ids(agent=ACTOR, verb=VERB["id"]) == [a]
    stored = [told["stored"] for told in one.find(ascending=True)]
    assert one.ids(since=stored[0]) == [c, b]
    assert one.ids(until=stored[1]) == [b, a]
    found = one.find(format="ids", agent=OTHER)
    assert found[0]["actor"] == OTHER
    assert set(found[0]["object"]) == {"objectType", "id"}


def test_pages_lead_on(one: Speaker) -> None:
    ids = one.send(*(a_statement() for _n in range(7)))
    seen: list[str] = []
    url = "/xapi/statements?limit=3"
    while url:
        answer = one.client.get(
            url, headers={"X-Experience-API-Version": "2.0.0", "Authorization": one.authorization}
        )
        told = json.loads(answer.content)
        seen += [said["id"] for said in told["statements"]]
        url = told["more"]
    assert seen == ids[::-1]


@VERSIONS
def test_a_next_page_keeps_what_was_asked(van_dijk: Organisation, version: str) -> None:
    system = a_speaker(van_dijk, version)
    first, _other, second, _late = system.send(
        a_statement(), a_statement(actor=OTHER), a_statement(), a_statement(actor=OTHER)
    )
    answer = system.ask(
        "GET", "statements", limit=1, ascending=True, format="ids", agent=ACTOR, attachments=False
    )
    seen = json.loads(answer.content)
    more = system.ask("GET", seen["more"].removeprefix("/xapi/"))
    told = json.loads(more.content)

    assert [said["id"] for said in seen["statements"] + told["statements"]] == [first, second]
    assert set(told["statements"][0]["verb"]) == {"id"}
    assert told["more"] == ""


def test_a_batch_with_one_bad_statement_leaves_nothing(one: Speaker) -> None:
    bad = a_statement(verb={"id": "no iri"})
    answer = one.ask("POST", "statements", [a_statement(), bad])

    assert answer.status_code == 400
    assert b"$[1].verb.id" in answer.content
    assert one.ids() == []


def test_files_come_along(one: Speaker, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    content = b"a photo\r\n--of a cable"
    said = a_statement(attachments=[an_attachment(content)])
    body, kind = in_parts(said, content)

    answer = one.ask("POST", "statements", body, content_type=kind)
    assert answer.status_code == 200, answer.content
    answer = one.ask("GET", "statements", attachments=True)
    assert answer["Content-Type"].startswith("multipart/mixed; boundary=")
    assert content in answer.content

    for body, kind in (
        (in_parts(said)),
        (in_parts(a_statement(), content)),
        (in_parts(said, content, Content_Transfer_Encoding="")),
        (in_parts(said, content, X_Experience_API_Hash="")),
        (in_parts(said, content, X_Experience_API_Hash="0" * 64)),
        (in_parts(said, b"something else", X_Experience_API_Hash=said["attachments"][0]["sha2"])),
        (in_parts(said, content)[0], "multipart/mixed"),
        (in_parts(said, content)[0], "multipart/form-data; boundary=edge"),
    ):
        assert one.ask("POST", "statements", body, content_type=kind).status_code == 400
    assert one.ask("POST", "statements", said).status_code == 400


def test_nobody_reads_another_house(van_dijk: Organisation, de_linde: Organisation) -> None:
    ours, theirs = a_speaker(van_dijk), a_speaker(de_linde)
    (pk,) = ours.send(a_statement())

    assert theirs.ids() == []
    assert theirs.ask("GET", "statements", statementId=pk).status_code == 404
    assert theirs.send(a_statement(id=pk, actor=OTHER)) == [pk]
    assert ours.find()[0]["actor"] == ACTOR


def test_who_has_no_key_stays_outside(one: Speaker) -> None:
    none = {"Authorization": ""}
    wrong = {"Authorization": "Basic eDp5"}
    for headers in (none, wrong, {"Authorization": "Bearer x"}, {"Authorization": "Basic %"}):
        assert one.ask("GET", "statements", headers=headers).status_code == 401
    revoke_key(one.made.key)
    assert one.ask("GET", "statements").status_code == 401


def test_a_statement_about_someone_here_is_theirs(one: Speaker, noor: Person, sam: Person) -> None:
    one.send(a_statement(actor=actor_of(noor)), a_statement(actor=actor_of(sam)), a_statement())

    assert [s.person for s in Statement.objects.order_by("stored")] == [noor, None, None]
    noor.employments.all().delete()
    noor.delete()
    assert len(one.ids()) == 2
    assert Mention.objects.count() == len(
        {t for s in Statement.objects.all() for t in [(x, s.stored) for x in s.terms]}
    )


def a_launch(organisation: Organisation, person: Person) -> tuple[Speaker, uuid.UUID]:
    """A key of one launch, and the registration it writes about."""
    registration = uuid.uuid4()
    made = make_session_key(
        organisation, name="cmi5", person=person, actor=actor_of(person), registration=registration,
        until=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    return Speaker(made), registration


def test_a_key_of_one_launch_says_nothing_else(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    system = a_speaker(van_dijk)
    launch, registration = a_launch(van_dijk, noor)
    system.send(a_statement(), a_statement(actor=actor_of(daan)))
    mine = a_statement(actor=actor_of(noor), context={"registration": str(registration)})

    (pk,) = launch.send(mine)
    assert launch.ids() == [pk]
    for said in (
        mine | {"actor": actor_of(daan)},
        mine | {"context": {"registration": str(uuid.uuid4())}},
        mine | {"actor": {"objectType": "Group", "member": [actor_of(noor)]}},
        a_statement(actor=actor_of(noor)),
    ):
        assert launch.ask("POST", "statements", said).status_code == 403
    where: dict[str, Any] = {"activityId": THING["id"], "stateId": "s"}
    assert launch.ask("GET", "activities/state", agent=actor_of(daan), **where).status_code == 403
    assert (
        launch.ask("PUT", "activities/state", {"a": 1}, agent=actor_of(noor), **where).status_code
        == 204
    )


def test_a_room_that_listens_hears_a_launch_and_may_refuse(
    van_dijk: Organisation, noor: Person, one: Speaker
) -> None:
    heard: list[StatementsArrived] = []
    launch, registration = a_launch(van_dijk, noor)
    mine = {"actor": actor_of(noor), "context": {"registration": str(registration)}}

    def listener(event: StatementsArrived) -> None:
        heard.append(event)
        if len(event.statements) > 1:
            raise StatementRefused("one at a time")

    _listeners[StatementsArrived].append(listener)
    try:
        one.send(a_statement())
        kept = launch.send(a_statement(**mine))
        answer = launch.ask("POST", "statements", [a_statement(**mine), a_statement(**mine)])
    finally:
        _listeners[StatementsArrived].remove(listener)

    assert answer.status_code == 403
    assert b"one at a time" in answer.content
    assert [[str(a.id) for a in event.statements] for event in heard][:1] == [kept]
    assert launch.ids() == kept


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nonsense", b"[1]", b"null", b"\xff", b"{\"a\":1,\"a\":2}", b"[" * 100_000,
        b"{\"a\":" * 100_000, b"{\"x\":NaN}", b"1e999", b"{\"x\":1e9999}",
        b"{\"actor\": \"\\ud800\"}", b"9" * 5_000,
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused(one: Speaker, body: bytes) -> None:
    assert one.ask("POST", "statements", body).status_code == 400
    assert one.ids() == []


def test_too_much_is_refused_before_it_is_read(one: Speaker) -> None:
    answer = one.client.generic(
        "POST", "/xapi/statements", b"[", content_type="application/json",
        headers={"X-Experience-API-Version": "2.0.0", "Authorization": one.authorization},
        CONTENT_LENGTH="104857600",
    )  # fmt: skip
    assert answer.status_code == 413


def test_anyone_may_ask_which_versions() -> None:
    for path in ("/xapi/about", "/xapi//about/", "/xapi/about/"):
        answer = Client().get(path)
        assert answer.status_code == 200, path
        assert set(json.loads(answer.content)["version"]) == {"1.0.3", "2.0.0"}
        assert answer["X-Experience-API-Version"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite asks no server")
def test_a_plain_statement_is_one_question_and_is_kept_as_any_other(
    one: Speaker, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, target = (str(uuid.uuid4()) for _ in range(2))
    one.send(a_statement(id=first))  # the store begins, and the activity is new
    with django_assert_num_queries(2):  # whose key it is, and the statement
        (pk,) = one.send(a_statement(result={"response": '\u0000 \\ " é'}))
    early, late = reversed(one.find())
    assert late["id"] == pk
    assert late["timestamp"] == late["stored"] > early["stored"]
    assert late["result"] == {"response": '\u0000 \\ " é'}
    assert {k: v for k, v in late.items() if k in early} | {"result": late["result"]} == late
    row = Statement.objects.get(raw__contains=pk)
    assert (row.timestamp, str(row.id), row.verb) == (row.stored, pk, VERB["id"])
    assert set(row.terms) == set(
        Mention.objects.filter(stored=row.stored).values_list("term", flat=True)
    )

    # What is not plain takes the longer way: the same again, something else, a new word about
    # the activity, and what something pointed at already.
    assert one.ask("POST", "statements", a_statement(id=first)).status_code == 200
    other = a_statement(id=first, actor=OTHER)
    assert one.ask("POST", "statements", other).status_code == 409
    one.send(a_statement(object=THING | {"definition": {"name": {"fr": "Une réunion"}}}))
    known = Activity.objects.get().definition
    assert known["name"] == {"en-GB": "A meeting", "nl": "Een overleg", "fr": "Une réunion"}
    one.send(voiding(target))
    one.send(a_statement(id=target))
    assert one.ask("GET", "statements", statementId=target).status_code == 404
    with django_assert_num_queries(2):  # a store in which something is voided is as quick
        one.send(a_statement())
    assert len(set(one.ids())) == 5


@pytest.mark.django_db(transaction=True)
def test_eight_who_begin_a_store_at_once_all_get_in(van_dijk: Organisation) -> None:
    """Two who begin a store must not wait for each other; then each statement has its moment."""
    systems = [a_speaker(van_dijk) for _n in range(8)]
    barrier, answers = threading.Barrier(8), []

    def write(system: Speaker) -> None:
        barrier.wait()
        for size in (1, 1, 30, 1):
            said = [a_statement() for _n in range(size)]
            answers.append(system.ask("POST", "statements", said).status_code)
        connection.close()

    threads = [threading.Thread(target=write, args=(system,)) for system in systems]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * 32
    places = list(Statement.objects.values_list("shelf", "stored"))
    assert len(set(places)) == len(places) == 8 * 33
    definitions = Activity.objects.values_list("iri", flat=True)
    assert list(definitions) == [THING["id"]]


@pytest.mark.django_db(transaction=True)
def test_who_goes_along_with_others_gets_an_answer_of_their_own(van_dijk: Organisation) -> None:
    """Requests of one moment share a commit; one that is refused holds nobody up."""
    systems = [a_speaker(van_dijk) for _n in range(6)]
    stands, twice = str(uuid.uuid4()), str(uuid.uuid4())
    systems[0].send(a_statement(id=stands))
    barrier = threading.Barrier(6)
    answers: dict[str, list[int]] = {"plain": [], "conflict": [], "twice": [], "other word": []}

    def write(number: int, system: Speaker) -> None:
        barrier.wait()
        for turn in range(8):
            kinds = ("plain", "plain", "conflict", "twice", "twice", "other word")
            said = {
                "plain": a_statement(),
                "conflict": a_statement(id=stands, actor=OTHER),
                "twice": a_statement(id=twice),
                "other word": a_statement(
                    object=THING | {"definition": {"name": {"fr": f"Réunion {turn}"}}}
                ),
            }[kind := kinds[(number + turn) % 6]]
            answers[kind].append(system.ask("POST", "statements", said).status_code)
        connection.close()

    threads = [threading.Thread(target=write, args=told) for told in enumerate(systems)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kept = len(answers["plain"]) + len(answers["other word"]) + 2
    assert {kind: set(told) for kind, told in answers.items()} == {
        "plain": {200}, "conflict": {409}, "twice": {200}, "other word": {200},
    }  # fmt: skip
    places = list(Statement.objects.values_list("shelf", "stored"))
    assert len(set(places)) == len(places) == kept
    name = Activity.objects.get().definition["name"]
    assert name["en-GB"] == "A meeting"
    assert name["fr"].startswith("Réunion ")
