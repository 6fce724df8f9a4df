"""Playing by plain forms and by batches; who may; what is refused."""

import io
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.content.actions import begin_package, finish, keep_upload, send_proof, start
from gezel.content.models import Answer, Attempt, Module, PackageAttempt
from gezel.content.queries import play
from gezel.content.tests.builders import (
    EVERYTHING,
    QUESTION,
    REFLECTION,
    TEXT,
    a_module,
    a_package,
    a_picture,
    answer_everything,
)
from gezel.people.api import Organisation, Person
from gezel.skills.tests.builders import a_profile, a_skill

pytestmark = pytest.mark.django_db
Visit = Callable[[Person], Client]


def send(client: Client, attempt: Attempt, *answers: dict[str, Any]) -> Any:
    return client.post(
        reverse("content:answers"),
        json.dumps({"attempt": str(attempt.registration), "answers": list(answers)}),
        content_type="application/json",
    )


def an_answer(block: int, value: Any, /, **other: Any) -> dict[str, Any]:
    told = {"key": str(uuid.uuid4()), "block": block, "at": timezone.now().isoformat()}
    return told | {"value": value} | other


@pytest.fixture
def module(van_dijk: Organisation) -> Module:
    return a_module(van_dijk, [TEXT, QUESTION, REFLECTION])


@pytest.fixture
def attempt(noor: Person, module: Module) -> Attempt:
    return start(noor, module, organisation=module.activity.organisation)


def blocks_of(attempt: Attempt) -> list[int]:
    return [step.block.pk for step in play(attempt).steps]


def test_the_whole_journey_without_scripts(
    visit: Visit, noor: Person, van_dijk: Organisation
) -> None:
    skill = a_skill()
    a_profile(van_dijk, {skill: 3})
    module = a_module(van_dijk, EVERYTHING, teaches={skill: 2})
    client, url = visit(noor), reverse("content:play", args=[module.pk])

    assert b"Start" in client.get(url).content
    assert not Attempt.objects.exists()
    client.post(reverse("content:start", args=[module.pk]))
    attempt = Attempt.objects.get()
    step_url = reverse("content:step", args=[attempt.registration])

    for number, step in enumerate(play(attempt).steps, 1):
        page = client.get(url).content.decode()
        assert f"Step {number} of 7" in page
        data: dict[str, Any] = {"block": step.block.pk, "key": str(uuid.uuid4())}
        if step.block.kind == "question":
            data["chosen"] = sorted(step.body.right)  # type: ignore[union-attr]
        if step.block.kind == "reflection":
            data["text"] = "Ask Karim first."
        if step.block.kind == "checklist":
            data["ticked"] = ["1"]
        answer = client.post(step_url, data)
        following = number if step.block.kind == "question" else number + 1
        assert answer["Location"] == f"{url}?step={following}"

    done = client.post(reverse("content:finish", args=[attempt.registration]))
    page = client.get(done["Location"]).content.decode()

    assert "Well done, Noor" in page
    assert "2 of 2 questions right" in page
    assert "This module counts as evidence for level 2" in page
    assert "Your role asks level 3." in page
    assert noor.statements.count() == 3
    assert noor.evidence.get().level == 2


def test_a_question_keeps_its_first_answer_once_the_why_was_read(
    visit: Visit, noor: Person, attempt: Attempt
) -> None:
    block = blocks_of(attempt)[1]
    client, url = visit(noor), reverse("content:step", args=[attempt.registration])

    for chosen in ("b", "a"):
        client.post(url, {"block": block, "key": str(uuid.uuid4()), "chosen": chosen})

    assert [answer.value for answer in Answer.objects.all()] == [{"chosen": ["b"]}]
    page = client.get(reverse("content:play", args=[attempt.module_id]) + "?step=2").content
    assert b"That comes later." in page


def test_nothing_chosen_is_told_and_nothing_kept(
    visit: Visit, noor: Person, attempt: Attempt
) -> None:
    url = reverse("content:step", args=[attempt.registration])

    answer = visit(noor).post(url, {"block": blocks_of(attempt)[1]}, follow=True)

    assert b"Choose an answer first." in answer.content
    assert not Answer.objects.exists()


def test_a_batch_sent_five_times_is_kept_once(visit: Visit, noor: Person, attempt: Attempt) -> None:
    text, question, reflection = blocks_of(attempt)
    batch = [
        an_answer(text, {"seen": True}),
        an_answer(question, {"chosen": ["a"]}),
        an_answer(reflection, {"text": "Wait."}),
    ]
    client = visit(noor)

    for _again in range(5):
        answer = send(client, attempt, *batch)
        assert answer.status_code == 200
        assert [row["state"] for row in answer.json()["answers"]] == ["kept"] * 3

    assert Answer.objects.count() == 3


def test_the_same_key_with_other_words_is_refused_and_the_rest_is_kept(
    visit: Visit, noor: Person, attempt: Attempt
) -> None:
    text, question, _reflection = blocks_of(attempt)
    first = an_answer(question, {"chosen": ["a"]})
    client = visit(noor)
    send(client, attempt, first)

    answer = send(
        client, attempt, first | {"value": {"chosen": ["b"]}}, an_answer(text, {"seen": True})
    )

    assert answer.status_code == 409
    assert [row["state"] for row in answer.json()["answers"]] == ["conflict", "kept"]
    assert "had been sent before" in answer.json()["answers"][0]["message"]
    assert Answer.objects.get(key=first["key"]).value == {"chosen": ["a"]}


def test_answers_after_the_finish_are_kept_or_told_why_not(
    visit: Visit, noor: Person, attempt: Attempt
) -> None:
    before = an_answer(blocks_of(attempt)[1], {"chosen": ["b"]})
    answer_everything(attempt)
    finish(attempt, organisation=None)
    after = an_answer(blocks_of(attempt)[1], {"chosen": ["b"]})

    first = send(visit(noor), attempt, before, after)
    again = send(visit(noor), attempt, before, after)

    for answer in (first, again):
        assert [row["state"] for row in answer.json()["answers"]] == ["late", "refused"]
        assert all(row["message"] for row in answer.json()["answers"])
    attempt.refresh_from_db()
    assert attempt.passed is True


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b'{"attempt": 1, "answers": []}',
        b'{"attempt": "x", "answers": []}',
        b'{"answers": []}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_what_is_no_batch_is_refused(visit: Visit, noor: Person, body: bytes) -> None:
    answer = visit(noor).post(reverse("content:answers"), body, content_type="application/json")

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "value",
    [
        None, 1, [], "a", {}, {"chosen": []}, {"chosen": ["z"]}, {"chosen": ["a", "b"]},
        {"chosen": "a"}, {"chosen": [1]}, {"chosen": [["a"]]}, {"chosen": {"a": 1}},
        {"chosen": ["\ud800"]},
    ],
)  # fmt: skip
def test_what_is_no_answer_to_a_question_is_refused(
    visit: Visit, noor: Person, attempt: Attempt, value: Any
) -> None:
    answer = send(visit(noor), attempt, an_answer(blocks_of(attempt)[1], value))

    assert answer.json()["answers"][0]["state"] == "refused"
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "broken",
    [
        {"key": "x"}, {"key": None}, {"block": "1"}, {"block": True}, {"block": 10**30},
        {"at": "yesterday"}, {"at": "2026-11-22T10:00:00"}, {"at": 5}, {"at": "2026-13-01T00:00Z"},
    ],
)  # fmt: skip
def test_a_broken_answer_does_not_take_the_others_down(
    visit: Visit, noor: Person, attempt: Attempt, broken: dict[str, Any]
) -> None:
    text = blocks_of(attempt)[0]

    answer = send(
        visit(noor),
        attempt,
        an_answer(text, {"seen": True}, **broken),
        an_answer(text, {"seen": True}),
        "nonsense",  # type: ignore[arg-type]
    )

    states = [row["state"] for row in answer.json()["answers"]]
    assert states == ["refused", "kept", "refused"]


def test_clocks_that_are_years_wrong_stay_within_the_attempt(
    visit: Visit, noor: Person, attempt: Attempt
) -> None:
    text = blocks_of(attempt)[0]
    moments = ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"]
    batch = [an_answer(text, {"seen": True}, at=at) for at in moments]

    for _again in range(2):
        assert send(visit(noor), attempt, *batch).status_code == 200

    for answer in Answer.objects.all():
        assert attempt.started_at <= answer.answered_at <= answer.received_at
    assert Answer.objects.count() == 3


def test_text_that_no_database_keeps_is_made_whole(
    visit: Visit, noor: Person, attempt: Attempt
) -> None:
    reflection = blocks_of(attempt)[2]

    answer = send(visit(noor), attempt, an_answer(reflection, {"text": "a\x00b\ud800 שלום 🔧"}))

    assert answer.json()["answers"][0]["state"] == "kept"
    assert Answer.objects.get().value == {"text": "ab? שלום 🔧"}


def test_who_was_signed_out_is_told_to_sign_in(client: Client, attempt: Attempt) -> None:
    assert send(client, attempt).status_code == 401


def test_a_batch_needs_the_token_of_our_own_pages(noor: Person, attempt: Attempt) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(noor)

    assert send(client, attempt).status_code == 403


def test_nobody_else_reads_or_answers(
    visit: Visit, attempt: Attempt, daan: Person, femke: Person, sam: Person
) -> None:
    answer_everything(attempt)
    for other in (daan, femke, sam):
        client = visit(other)
        assert client.get(reverse("content:result", args=[attempt.registration])).status_code == 404
        for name in ("step", "finish"):
            url = reverse(f"content:{name}", args=[attempt.registration])
            assert client.post(url).status_code == 404
        told = send(client, attempt, an_answer(blocks_of(attempt)[0], {"seen": True}))
        assert told.status_code == 404
    assert Attempt.objects.get() == attempt


def test_a_stranger_finds_no_module(visit: Visit, sam: Person, module: Module) -> None:
    client = visit(sam)
    for name in ("play", "preview", "edit", "about"):
        assert client.get(reverse(f"content:{name}", args=[module.pk])).status_code == 404
    for name in ("start", "offer"):
        assert client.post(reverse(f"content:{name}", args=[module.pk])).status_code == 404
    assert client.get(reverse("content:panel_start", args=[module.activity_id])).status_code == 404


def test_a_draft_is_not_played_and_who_is_in_a_closed_one_may_finish(
    visit: Visit, noor: Person, daan: Person, module: Module, attempt: Attempt
) -> None:
    url = reverse("content:play", args=[module.pk])
    for state in ("draft", "closed"):
        module.activity.state = state
        module.activity.save()
        assert visit(daan).get(url).status_code == 404
        assert visit(noor).get(url).status_code == 200


def test_finishing_too_early_leads_to_the_open_step(
    visit: Visit, noor: Person, attempt: Attempt
) -> None:
    answer = visit(noor).post(reverse("content:finish", args=[attempt.registration]), follow=True)

    assert answer.redirect_chain[-1][0].endswith("?step=1")
    assert b"This step is still open" in answer.content
    attempt.refresh_from_db()
    assert attempt.completed_at is None


def test_not_passed_says_what_to_look_at_and_adds_nothing(
    visit: Visit, noor: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT, QUESTION], teaches={a_skill(): 2})
    attempt = start(noor, module, organisation=van_dijk)
    answer_everything(attempt, right=False)
    client = visit(noor)

    client.post(reverse("content:finish", args=[attempt.registration]))
    page = client.get(reverse("content:result", args=[attempt.registration])).content.decode()

    assert "Not there yet" in page
    assert "Well done" not in page
    assert "What do you do first?" in page
    assert "That comes later." in page
    assert not noor.evidence.exists()


@pytest.mark.parametrize("step", ["0", "-1", "99", "x", "1e3", "9" * 50, "٣"])
def test_any_step_in_the_address_gives_a_page(
    visit: Visit, noor: Person, attempt: Attempt, step: str
) -> None:
    answer = visit(noor).get(reverse("content:play", args=[attempt.module_id]), {"step": step})

    assert answer.status_code == 200
    assert answer.content.decode().count("data-step=") == 4


def test_the_player_asks_little(
    visit: Visit, noor: Person, van_dijk: Organisation, django_assert_max_num_queries: Any
) -> None:
    module = a_module(van_dijk, EVERYTHING * 4)
    attempt = start(noor, module, organisation=van_dijk)
    answer_everything(attempt)
    client = visit(noor)

    with django_assert_max_num_queries(8):
        client.get(reverse("content:play", args=[module.pk]))
    finish(attempt, organisation=van_dijk)
    with django_assert_max_num_queries(8):
        client.get(reverse("content:result", args=[attempt.registration]))


def test_panels_ask_a_few_things(
    visit: Visit, noor: Person, attempt: Attempt, django_assert_max_num_queries: Any
) -> None:
    client = visit(noor)

    # Modules, packages, and what one was let off.
    with django_assert_max_num_queries(3 + 2):
        page = client.get(reverse("content:panel_continue")).content.decode()
    assert "0 of 3 steps" in page
    # The module, how far one is (begun, done), and whether one was let off.
    with django_assert_max_num_queries(3 + 4):
        answer = client.get(reverse("content:panel_start", args=[attempt.module.activity_id]))
    assert b"Go on where you were" in answer.content


def test_home_goes_on_with_packages_too_the_last_touched_first(
    visit: Visit,
    noor: Person,
    attempt: Attempt,
    van_dijk: Organisation,
    django_assert_max_num_queries: Any,
) -> None:
    client = visit(noor)
    for title in ("Knots", "Ropes"):
        begin_package(noor, a_package(van_dijk, title=title), organisation=van_dijk)
    given_up = a_package(van_dijk, title="Given up")
    begin_package(noor, given_up, organisation=van_dijk)
    PackageAttempt.objects.filter(package=given_up).update(left_at=timezone.now())
    begin_package(noor, a_package(van_dijk, title="A draft", state="draft"), organisation=van_dijk)

    client.get(reverse("content:panel_continue"))
    with django_assert_max_num_queries(3 + 2):
        page = client.get(reverse("content:panel_continue"))
    found = page.context["found"]
    assert [one.title for one in found] == ["Ropes", "Knots", attempt.module.activity.title]
    assert "You were in it today" in page.content.decode()
    assert client.get(found[0].address).status_code == 200


def test_without_anything_under_way_there_is_no_panel(visit: Visit, noor: Person) -> None:
    assert visit(noor).get(reverse("content:panel_continue")).status_code == 404


def test_reading_writes_nothing(visit: Visit, noor: Person, module: Module) -> None:
    client = visit(noor)
    for name in ("content:play", "content:panel_start"):
        pk = module.pk if name == "content:play" else module.activity_id
        client.get(reverse(name, args=[pk]))
    assert not Attempt.objects.exists()


def test_what_cannot_be_had_without_connection_is_said_when_a_module_is_kept(
    visit: Visit, noor: Person, van_dijk: Organisation
) -> None:
    embed = {"kind": "embed", "title": {"en": "Map"}, "url": "https://maps.example.test/one"}
    practical = {"kind": "practical", "prompt": {"en": "Lock it."}, "looker": "lead"}
    client = visit(noor)
    for blocks, said in (
        ([TEXT], ""),
        ([TEXT, embed], "What comes from another site needs a connection."),
        ([TEXT, practical], "An assignment with a photo is handed in with a connection."),
    ):
        module = a_module(van_dijk, blocks)
        assert client.get(reverse("content:keep", args=[module.pk])).json()["note"] == said


@pytest.mark.parametrize("many", [1, 12])
def test_preview_practice_and_look_ask_the_same_however_much_there_is(  # noqa: PLR0917
    visit: Visit,
    noor: Person,
    daan: Person,
    van_dijk: Organisation,
    django_assert_max_num_queries: Any,
    many: int,
) -> None:
    practical = {"kind": "practical", "prompt": {"en": "Lock it."}, "looker": "lead"}
    module = a_module(van_dijk, [*EVERYTHING, practical] * many, shared_by=noor)
    blocks = list(module.blocks.filter(kind="practical"))
    proofs = [
        send_proof(
            noor,
            block,
            organisation=van_dijk,
            media=keep_upload(van_dijk, io.BytesIO(a_picture()), expected="image"),
            line="Done",
            looker=daan,
            key=uuid.uuid4(),
        )
        for block in blocks
    ]
    pages = (
        (noor, reverse("content:preview", args=[module.pk])),
        (noor, reverse("content:practice", args=[module.pk, blocks[0].pk])),
        (daan, reverse("content:look", args=[proofs[0].key])),
    )
    for person, address in pages:
        client = visit(person)
        assert client.get(address).status_code == 200
        with django_assert_max_num_queries(12):
            client.get(address)
