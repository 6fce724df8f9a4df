"""Rounds begun on a device, and where someone is: once, whatever comes twice or late."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.catalogue.api import Activity
from gezel.content.actions import begin_on_device, keep_place, pass_for, read_pass, start
from gezel.content.models import Answer, Attempt, Begun, Module, Place
from gezel.content.queries import play
from gezel.content.rules.keeping import fitting
from gezel.content.rules.places import seconds_of
from gezel.content.tests.builders import FILM, QUESTION, REFLECTION, TEXT, a_module
from gezel.people.api import Organisation, Person, end_employment, mark_of
from gezel.records.api import Statement

pytestmark = pytest.mark.django_db
Visit = Callable[[Person], Client]
NOW = timezone.now()  # a phone that sends again says the same


@pytest.fixture
def module(van_dijk: Organisation) -> Module:
    return a_module(van_dijk, [TEXT, QUESTION, REFLECTION])


def sent(
    client: Client, person: Person, module: Module, registration: uuid.UUID, **more: Any
) -> Any:
    """What a phone sends that did the first step of this module without connection."""
    now = NOW
    body = {
        "attempt": str(registration),
        "owner": mark_of(person),
        "pass": pass_for(person, module, at=now - timedelta(days=3)),
        "began": (now - timedelta(days=2)).isoformat(),
        "answers": [
            {
                "key": str(uuid.uuid5(registration, "first")),
                "block": module.blocks.all()[0].pk,
                "at": (now - timedelta(days=2)).isoformat(),
                "value": {"seen": True},
            }
        ],
    } | more
    return client.post(
        reverse("content:answers"), json.dumps(body), content_type="application/json"
    )


def test_a_round_begun_two_days_ago_arrives_once(
    noor: Person, module: Module, visit: Visit
) -> None:
    registration, client = uuid.uuid4(), visit(noor)
    for _ in range(3):
        answer = sent(client, noor, module, registration)
        assert answer.json()["answers"][0]["state"] == "kept"

    attempt = Attempt.objects.get()
    assert attempt.registration == registration
    assert timezone.now() - attempt.started_at > timedelta(days=1, hours=23)
    assert Answer.objects.count() == 1
    assert Statement.objects.get().timestamp == attempt.started_at


def test_the_version_that_was_handed_out_is_the_one_played(
    noor: Person, module: Module, visit: Visit
) -> None:
    body = {"pass": pass_for(noor, module)}
    Module.objects.filter(pk=module.pk).update(version=4)

    sent(visit(noor), noor, module, uuid.uuid4(), **body)

    assert Attempt.objects.get().version == 1


def test_a_second_device_adds_to_the_round_of_the_first(
    noor: Person, module: Module, visit: Visit
) -> None:
    client, one, other = visit(noor), uuid.uuid4(), uuid.uuid4()
    sent(client, noor, module, one)
    for _ in range(2):
        assert sent(client, noor, module, other).json()["answers"][0]["state"] == "kept"

    assert Attempt.objects.get().registration == one
    assert Begun.objects.get().registration == other
    assert Answer.objects.count() == 2


@pytest.mark.parametrize("why", ["old", "forged", "of someone else", "left"])
def test_a_round_that_may_not_be_begun_says_why_and_leaves_nothing(
    noor: Person, daan: Person, module: Module, visit: Visit, why: str
) -> None:
    given = {
        "old": pass_for(noor, module, at=timezone.now() - timedelta(days=61)),
        "forged": "W10:1w:abc",
        "of someone else": pass_for(daan, module),
        "left": pass_for(noor, module),
    }[why]
    if why == "left":
        end_employment(noor.employments.get(), last_day=timezone.localdate() - timedelta(days=1))
    answer = sent(visit(noor), noor, module, uuid.uuid4(), **{"pass": given})

    assert [a["state"] for a in answer.json()["answers"]] == ["refused"]
    assert answer.json()["answers"][0]["message"]
    assert not Attempt.objects.exists()


def test_taken_off_offer_meanwhile_what_was_begun_is_kept(
    noor: Person, module: Module, visit: Visit
) -> None:
    Activity.objects.update(state=Activity.State.CLOSED)
    sent(visit(noor), noor, module, uuid.uuid4())
    assert Answer.objects.count() == 1


def test_what_someone_else_left_on_this_device_stays_theirs(
    noor: Person, daan: Person, module: Module, visit: Visit
) -> None:
    registration = uuid.uuid4()
    assert sent(visit(daan), noor, module, registration).status_code == 404
    sent(visit(noor), noor, module, registration)
    body = {"owner": "", "pass": pass_for(daan, module)}
    assert sent(visit(daan), daan, module, registration, **body).status_code == 404
    assert Attempt.objects.get().person == noor


def test_finished_without_connection_is_finished_once(
    noor: Person, van_dijk: Organisation, visit: Visit
) -> None:
    module = a_module(van_dijk, [TEXT])
    registration, client = uuid.uuid4(), visit(noor)
    for _ in range(2):
        told = sent(client, noor, module, registration, finish="k").json()
        assert told["finished"] == reverse("content:result", args=[registration])
        assert [a["key"] for a in told["answers"]][-1] == "k"
    assert Statement.objects.filter(verb__endswith="/completed").count() == 1


def test_finished_while_a_step_is_open_says_so(noor: Person, module: Module, visit: Visit) -> None:
    told = sent(visit(noor), noor, module, uuid.uuid4(), finish="k").json()
    assert told["answers"][-1]["why"] == "open"
    assert told["answers"][-1]["url"] == reverse("content:play", args=[module.pk])
    assert Attempt.objects.get().completed_at is None


def test_the_newest_place_counts_whatever_the_order(noor: Person, van_dijk: Organisation) -> None:
    module = a_module(van_dijk, [TEXT, FILM, REFLECTION])
    now = timezone.now()
    attempt = start(noor, module, organisation=van_dijk, at=now - timedelta(hours=1))
    first, film, last = module.blocks.all()
    at = now - timedelta(minutes=5)
    assert keep_place(attempt, {"block": film.pk, "seconds": {str(film.pk): 7.8}}, at=at)
    assert keep_place(attempt, {"block": first.pk}, at=at - timedelta(minutes=1)) is None
    assert play(attempt).was_at == 2
    keep_place(attempt, {"block": last.pk, "seconds": {"x": 1, str(last.pk): 4}}, at=now)
    keep_place(attempt, {"block": -1}, at=now)
    assert play(attempt).was_at == 3
    assert Place.objects.get().seconds == {str(film.pk): 7}
    keep_place(attempt, {"block": None}, at=now + timedelta(days=900))
    assert play(attempt).was_at == 4
    assert Place.objects.get().at <= timezone.now()


def test_a_finished_round_has_no_place(noor: Person, van_dijk: Organisation, visit: Visit) -> None:
    module = a_module(van_dijk, [TEXT])
    registration = uuid.uuid4()
    place = {"block": None, "at": timezone.now().isoformat()}
    client = visit(noor)
    sent(client, noor, module, registration, place=place)
    assert Place.objects.exists()
    sent(client, noor, module, registration, finish="k")
    assert not Place.objects.exists()
    sent(client, noor, module, registration, place=place)
    assert not Place.objects.exists()


@pytest.mark.parametrize(
    "raw", [None, 3, [], {"1": "x"}, {"1": True}, {"1": float("nan")}, {"1": -1}, {"1": 1e9}]
)
def test_nonsense_is_no_time(raw: Any) -> None:
    assert seconds_of(raw, {"1"}) == {}


def test_one_large_film_costs_no_pictures() -> None:
    assert fitting({"film": 90, "picture": 20, "other": 10}, most=100) == {"picture", "other"}
    assert fitting({"film": 100}, most=100) == {"film"}
    assert fitting({"film": 101}, most=100) == frozenset()


def test_a_pass_is_of_one_person(noor: Person, daan: Person, module: Module) -> None:
    text = pass_for(noor, module)
    told = read_pass(noor, text)
    assert told is not None
    assert (told.module, told.version) == (module.pk, 1)
    assert read_pass(daan, text) is None


def test_begun_twice_is_one_round(noor: Person, module: Module, van_dijk: Organisation) -> None:
    given = read_pass(noor, pass_for(noor, module))
    assert given is not None
    registration = uuid.uuid4()
    rounds = {
        begin_on_device(
            noor, module, given, registration=registration, began=timezone.now(),
            organisation=van_dijk,
        )
        for _ in range(2)
    }  # fmt: skip
    assert len(rounds) == 1


def test_what_is_kept_is_told_and_checked_in_few_questions(
    noor: Person, sam: Person, module: Module, visit: Visit, django_assert_max_num_queries: Any
) -> None:
    client = visit(noor)
    with django_assert_max_num_queries(9):
        told = client.get(reverse("content:keep", args=[module.pk])).json()
    assert told["owner"] == mark_of(noor)
    assert reverse("content:kept_module", args=[module.pk]) in [f["url"] for f in told["files"]]
    with django_assert_max_num_queries(5):
        here = client.get(
            reverse("content:kept"), {"ids": f"module-{module.pk},module-9,x,"}
        ).json()
    assert here["things"] == {f"module-{module.pk}": told["stamp"]}
    elsewhere = visit(sam).get(reverse("content:kept"), {"ids": f"module-{module.pk}"}).json()
    assert elsewhere["things"] == {}
    assert visit(sam).get(reverse("content:keep", args=[module.pk])).status_code == 404


def test_each_page_says_whose_it_is(noor: Person, daan: Person, visit: Visit) -> None:
    home = reverse("home")
    assert visit(noor).get(home)["Gezel-Owner"] == mark_of(noor) != mark_of(daan)
    assert Client().get("/account/login/")["Gezel-Owner"] == "none"


def test_the_worker_and_the_page_without_connection_are_of_nobody(
    noor: Person, visit: Visit
) -> None:
    for client in (Client(), visit(noor)):
        worker = client.get("/sw.js")
        assert worker["Content-Type"].startswith("text/javascript")
        assert worker["Cache-Control"] == "no-cache"
        for code in ("nl", "en"):
            page = client.get(f"/offline/{code}/").content.decode()
            assert f'lang="{code}"' in page
            assert "Noor" not in page
            assert mark_of(noor) not in page
        told = client.get("/app.webmanifest").json()
        assert {i["purpose"] for i in told["icons"]} == {"any", "maskable"}
