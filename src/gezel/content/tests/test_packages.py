"""Playing packages: what is kept, what it comes to, and who may."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezel.catalogue.api import Activity
from gezel.content import queries
from gezel.content.actions import (
    add_edition,
    begin_package,
    bring_package,
    finish_left_alone,
    go_elsewhere,
    keep_state,
    leave_package,
    offer_package,
    open_package,
)
from gezel.content.actions.packages import Stored
from gezel.content.models import Edition, Package, PackageAttempt, UnitState
from gezel.content.rules.bodies import Words
from gezel.content.rules.packages import Manifest, Unit
from gezel.content.tests.builders import a_package
from gezel.kit.jobs import run_waiting
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.records.api import Statement
from gezel.skills.models import Evidence
from gezel.skills.tests.builders import a_skill

pytestmark = pytest.mark.django_db

TREE = {"tree": {"id": "root", "children": [{"id": "one", "children": [], "rules12": {}}]}}


def said(status: str = "completed", **core: Any) -> dict[str, Any]:
    """A commit of SCORM 1.2."""
    return {"cmi": {"core": {"lesson_status": status, **core}}}


def opened(person: Person, package: Package, organisation: Organisation) -> PackageAttempt:
    return open_package(begin_package(person, package, organisation=organisation)).attempt


def commit(attempt: PackageAttempt, sequence: int, data: Any, **more: Any) -> str:
    session = more.pop("session", attempt.session)
    return keep_state(attempt, "one", session=session, sequence=sequence, data=data, **more).state


def test_a_commit_is_kept_once_and_in_order(van_dijk: Organisation, noor: Person) -> None:
    attempt = opened(noor, a_package(van_dijk, extra=TREE), van_dijk)

    assert commit(attempt, 2, said("incomplete", lesson_location="2")) == "kept"
    assert commit(attempt, 2, said("incomplete", lesson_location="2")) == "known"
    assert commit(attempt, 1, said("incomplete", lesson_location="1")) == "known"

    kept = UnitState.objects.get(attempt=attempt)
    assert (kept.sequence, kept.data["cmi"]["core"]["lesson_location"]) == (2, "2")


def test_who_goes_on_elsewhere_takes_over_and_nothing_completed_is_lost(
    van_dijk: Organisation, noor: Person
) -> None:
    package = a_package(van_dijk, extra=TREE)
    phone = opened(noor, package, van_dijk)
    desk = opened(noor, package, van_dijk)
    assert commit(desk, 1, said("incomplete", lesson_location="7")) == "kept"

    # Sent late, from the phone that had no connection.
    late = commit(phone, 1, said("completed", lesson_location="3"))

    assert late == "late"
    kept = UnitState.objects.get(attempt=desk)
    assert kept.completed
    assert kept.data["cmi"]["core"]["lesson_location"] == "7"


@pytest.mark.parametrize(
    "data",
    [
        None, [], "x", {}, {"cmi": None}, {"cmi": {"core": []}},
        {"cmi": {"core": {"score": {"raw": "much"}}}},
        {"cmi": {"core": {"lesson_location": "\x00"}}},
        {"cmi": {"core": {}, "suspend_data": "x" * (2 * 1024 * 1024)}},
    ],
)  # fmt: skip
def test_what_is_no_data_model_is_refused_whole(
    van_dijk: Organisation, noor: Person, data: Any
) -> None:
    attempt = opened(noor, a_package(van_dijk, extra=TREE), van_dijk)

    assert commit(attempt, 1, data) == "refused"
    assert not UnitState.objects.exists()


def test_completing_is_light_evidence_with_a_score_of_its_own_saying(
    van_dijk: Organisation, noor: Person
) -> None:
    skill = a_skill()
    package = a_package(van_dijk, extra=TREE, teaches={skill: 2})
    attempt = opened(noor, package, van_dijk)
    data = said("passed", score={"raw": "80", "max": "100"}, total_time="0000:05:00")

    commit(attempt, 1, data, end=True, organisation=van_dijk)
    commit(attempt, 1, data, end=True, organisation=van_dijk)

    attempt.refresh_from_db()
    assert (attempt.passed, attempt.score, attempt.seconds) == (True, 0.8, 300)
    evidence = Evidence.objects.get(person=noor, skill=skill)
    assert (evidence.kind, evidence.level) == ("module", 2)
    told = {s.verb.rpartition("/")[2]: s.raw for s in Statement.objects.filter(person=noor)}
    assert set(told) == {"initialized", "completed", "passed"}
    assert told["passed"]["result"]["score"] == {"scaled": 0.8}
    assert told["passed"]["result"]["extensions"] == {"urn:gezel:self-reported": True}


def test_who_brought_it_shows_nothing_by_it(
    van_dijk: Organisation, noor: Person, visit: Any
) -> None:
    """A package reports its own score, and who brought it in may have made it."""
    skill = a_skill()
    package = a_package(van_dijk, extra=TREE, teaches={skill: 2})
    Activity.objects.filter(pk=package.activity_id).update(shared_by=noor)
    attempt = opened(noor, package, van_dijk)

    commit(attempt, 1, said("passed"), end=True, organisation=van_dijk)

    attempt.refresh_from_db()
    assert attempt.passed
    assert not Evidence.objects.filter(person=noor).exists()
    page = reverse("content:package_result", args=[attempt.registration])
    assert "You brought this in yourself" in visit(noor).get(page).content.decode()


def test_that_pages_were_opened_shows_nothing(van_dijk: Organisation, noor: Person) -> None:
    skill = a_skill()
    unit = {"identifier": "one", "title": "One", "path": "a.html", "tracked": False, "extra": {}}
    package = a_package(van_dijk, units=[unit], extra=TREE, teaches={skill: 2})
    attempt = opened(noor, package, van_dijk)

    commit(attempt, 1, {"cmi": {}, "opened": True}, end=True, organisation=van_dijk)

    attempt.refresh_from_db()
    assert attempt.completed_at is not None
    assert not Evidence.objects.filter(person=noor).exists()


def test_a_trial_of_what_is_not_on_offer_leaves_nothing_behind(
    van_dijk: Organisation, femke: Person
) -> None:
    package = a_package(van_dijk, extra=TREE, teaches={a_skill(): 2}, state="draft")
    attempt = opened(femke, package, van_dijk)
    commit(attempt, 1, said("passed"), end=True, organisation=van_dijk)

    assert attempt.trial
    assert not Statement.objects.exists()
    assert not Evidence.objects.filter(person=femke).exists()

    open_still = opened(femke, package, van_dijk)
    offer_package(package, on=True)
    real = opened(femke, package, van_dijk)
    open_still.refresh_from_db()
    assert open_still.left_at is not None
    assert not real.trial


def test_who_is_under_way_keeps_the_edition_and_may_begin_anew(
    van_dijk: Organisation, noor: Person, femke: Person
) -> None:
    package = a_package(van_dijk, extra=TREE)
    attempt = opened(noor, package, van_dijk)
    manifest = Manifest("scorm12", "Two", [Unit("one", "One", "index.html")], extra=TREE)
    second = add_edition(package, Stored(manifest, "cd" * 32, 10, 1), by=femke)
    assert add_edition(package, Stored(manifest, "cd" * 32, 10, 1), by=femke) == second

    same = begin_package(noor, package, organisation=van_dijk)
    assert (same.pk, same.edition_id) == (attempt.pk, attempt.edition_id)
    anew = begin_package(noor, package, organisation=van_dijk, anew=True)
    assert anew.edition_id == second.pk
    assert commit(attempt, 1, said()) == "over"


def test_what_was_complete_and_left_without_a_word_is_finished_later(
    van_dijk: Organisation, noor: Person
) -> None:
    attempt = opened(noor, a_package(van_dijk, extra=TREE), van_dijk)
    commit(attempt, 1, said("completed"))  # the window was closed
    now = timezone.now()

    assert finish_left_alone(now) == 0
    assert finish_left_alone(now + timedelta(hours=2)) == 1
    assert finish_left_alone(now + timedelta(hours=3)) == 0


def test_leaving_half_way_finishes_nothing(van_dijk: Organisation, noor: Person) -> None:
    attempt = opened(noor, a_package(van_dijk, extra=TREE), van_dijk)
    commit(attempt, 1, said("incomplete"), end=True)

    assert leave_package(attempt, organisation=van_dijk, declared=True).completed_at is None


def test_how_many_are_on_an_edition_is_dark_below_five(
    van_dijk: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    package = a_package(van_dijk, extra=TREE)
    names = ["Ann", "Ben", "Cas", "Dee", "Eva", "Fay"]
    for name in names[:4]:
        opened(a_colleague(van_dijk, name), package, van_dijk)
    with django_assert_num_queries(1):
        (four,) = queries.editions(package)
    assert (four.players, four.done, four.few) == (None, None, True)

    for name in names[4:]:
        opened(a_colleague(van_dijk, name), package, van_dijk)
    (six,) = queries.editions(package)
    assert (six.players, six.done, six.few) == (6, 0, False)


def posted(client: Client, address: str, body: Any) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json")


def test_a_stranger_finds_no_attempt_of_another(
    van_dijk: Organisation, noor: Person, daan: Person, sam: Person, visit: Any
) -> None:
    package = a_package(van_dijk, extra=TREE)
    attempt = opened(noor, package, van_dijk)
    body = {"unit": "one", "session": str(attempt.session), "sequence": 1, "data": said()}
    for page in ("open", "commit", "go", "renew"):
        address = reverse(f"content:package_{page}", args=[attempt.registration])
        assert posted(Client(), address, body).status_code == 401
        for person in (daan, sam):
            assert posted(visit(person), address, body).status_code == 404
    assert visit(sam).get(reverse("content:package", args=[package.pk])).status_code == 404


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"session": "x"}', b"\xff", b'{"unit": 1, "sequence": true}']
)
def test_nonsense_is_told_so(van_dijk: Organisation, noor: Person, visit: Any, body: bytes) -> None:
    attempt = opened(noor, a_package(van_dijk, extra=TREE), van_dijk)
    address = reverse("content:package_commit", args=[attempt.registration])

    answer = visit(noor).post(address, body, content_type="application/json")

    assert answer.status_code == 400


def test_a_commit_over_the_wire_says_what_became_of_it(
    van_dijk: Organisation, noor: Person, visit: Any
) -> None:
    package = a_package(van_dijk, extra=TREE)
    client = visit(noor)
    client.post(reverse("content:package_start", args=[package.pk]))
    attempt = PackageAttempt.objects.get()
    open_at = reverse("content:package_open", args=[attempt.registration])
    first = posted(client, open_at, {}).json()
    second = posted(client, open_at, {}).json()
    address = reverse("content:package_commit", args=[attempt.registration])
    body = {"unit": "one", "sequence": 1, "data": said("incomplete")}

    assert posted(client, address, body | {"session": second["session"]}).json()["state"] == "kept"
    late = posted(client, address, body | {"session": first["session"]}).json()
    assert late["state"] == "late"
    assert late["message"]
    gone = posted(
        client,
        reverse("content:package_renew", args=[attempt.registration]),
        {"session": first["session"]},
    )
    assert gone.status_code == 409
    assert posted(client, open_at, {"unit": "none"}).status_code == 409
    assert posted(client, address, body | {"session": str(uuid.uuid4())}).json()["state"] == "late"


def test_the_page_around_a_package_lets_in_its_own_origin_alone(
    van_dijk: Organisation, noor: Person, visit: Any
) -> None:
    package = a_package(van_dijk, extra=TREE)
    attempt = opened(noor, package, van_dijk)

    answer = visit(noor).get(reverse("content:package", args=[package.pk]))

    policy = dict(
        part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";") if part
    )
    assert attempt.key in policy["frame-src"]
    assert len(policy["frame-src"].split()) == 1
    assert Edition.objects.count() == 1


def test_search_finds_a_package_on_offer_and_no_draft(
    van_dijk: Organisation, noor: Person, femke: Person, visit: Any
) -> None:
    for title, state in (("Bowlines", "open"), ("Bowline drafts", "draft")):
        stored = Stored(
            Manifest("pages", title, (Unit("one", title, "index.html"),)), "d" * 64, 1, 1
        )
        bring_package(
            van_dijk, stored, by=femke, title=Words(en=title), goal=Words(), minutes=5, state=state
        )
    run_waiting()
    page = visit(noor).get(reverse("catalogue:search"), {"q": "bowlines"}).content.decode()
    assert "Bowlines" in page
    assert "Bowline drafts" not in page


IN_ORDER = {
    "tree": {"id": "root", "children": [
        {"id": "one", "children": [], "rules12": {}},
        {"id": "two", "children": [], "rules12": {"prerequisites": "one"}},
        {"id": "three", "children": [], "rules12": {"prerequisites": 'two = "passed"'}},
    ]}
}  # fmt: skip


def test_what_asks_something_first_is_shut_until_that_is_done(
    van_dijk: Organisation, noor: Person, visit: Any
) -> None:
    units: list[dict[str, Any]] = [
        {"identifier": name, "title": name, "path": "index.html", "tracked": True, "extra": {}}
        for name in ("one", "two", "three")
    ]
    attempt = opened(noor, a_package(van_dijk, units=units, extra=IN_ORDER), van_dijk)

    def shut() -> list[str]:
        ways = open_package(attempt, session=attempt.session).ways
        return [entry.unit for entry in ways.entries if not entry.open]

    def goes(unit: str, data: Any) -> None:
        now = open_package(attempt, unit=unit, session=attempt.session)
        session = now.attempt.session
        assert session is not None
        keep_state(attempt, unit, session=session, sequence=now.sequence + 1, data=data, end=True)

    def go_from_two() -> str | None:
        now = open_package(attempt, unit="two").attempt
        assert now.session is not None
        return go_elsewhere(now, "three", session=now.session)

    assert shut() == ["two", "three"]
    client = visit(noor)
    address = reverse("content:package_open", args=[attempt.registration])
    sent = client.post(address, json.dumps({"unit": "three"}), content_type="application/json")
    assert sent.status_code == 409
    goes("one", said("completed"))
    assert shut() == ["three"]
    goes("two", said("failed"))
    assert shut() == ["three"]
    assert go_from_two() is None
    goes("two", said("passed"))
    assert shut() == []
    assert go_from_two() == "three"
