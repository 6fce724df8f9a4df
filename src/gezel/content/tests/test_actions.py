"""Beginning, answering and finishing: once, in any order, from any number of devices."""

import threading
import time
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from gezel.content.actions import (
    Given,
    Incomplete,
    Outdated,
    add_block,
    change_block,
    finish,
    keep_answers,
    move_block,
    remove_block,
    start,
)
from gezel.content.events import ModuleCompleted
from gezel.content.models import Answer, Attempt, Block
from gezel.content.queries import play
from gezel.content.rules.bodies import Text, Words
from gezel.content.tests.builders import QUESTION, REFLECTION, TEXT, a_module, answer_everything
from gezel.kit import events
from gezel.people.api import Organisation, Person
from gezel.records.api import Statement
from gezel.skills.api import estimates
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard() -> Any:
    """What content announces while a test runs."""
    told: list[ModuleCompleted] = []
    events.listen(ModuleCompleted, told.append)
    yield told
    events._listeners[ModuleCompleted].remove(told.append)


def test_beginning_twice_is_one_attempt(noor: Person, van_dijk: Organisation) -> None:
    module = a_module(van_dijk)

    first = start(noor, module, organisation=van_dijk)
    second = start(noor, module, organisation=van_dijk)

    assert first == second
    assert [s.verb.rpartition("/")[2] for s in Statement.objects.all()] == ["initialized"]


def test_finishing_makes_the_gap_smaller_once(
    noor: Person, daan: Person, van_dijk: Organisation, heard: list[ModuleCompleted]
) -> None:
    skill = a_skill()
    a_profile(van_dijk, {skill: 3})
    an_evidence(noor, skill, level=1, by=daan)
    attempt = start(noor, a_module(van_dijk, teaches={skill: 3}), organisation=van_dijk)
    answer_everything(attempt)

    for _again in range(3):
        done = finish(attempt, organisation=van_dijk)

    assert done.passed is True
    assert done.share_right == 1.0
    evidence = noor.evidence.get(kind="module")
    assert (evidence.level, evidence.observed_on) == (3, timezone.localdate())
    passed = Statement.objects.get(verb__endswith="passed")
    assert evidence.rests_on == f"records:statement:{passed.pk}"
    assert passed.raw["result"]["score"] == {"scaled": 1.0, "raw": 1, "min": 0, "max": 1}
    assert passed.raw["context"]["registration"] == str(attempt.registration)
    assert Statement.objects.count() == 3
    today = timezone.localdate()
    assert heard == [ModuleCompleted(noor.pk, done.module.activity_id, done.module_id, True, today)]
    (effect,) = done.effect
    now = estimates([noor.pk], at=None)[noor.pk, skill.pk].level
    assert (effect["before"], effect["asked"], effect["new"]) == (1.23, 3, True)
    assert effect["after"] == pytest.approx(now, abs=0.01)
    assert 1.0 < effect["after"] < 3


def test_failing_leaves_no_evidence(
    noor: Person, van_dijk: Organisation, heard: list[ModuleCompleted]
) -> None:
    attempt = start(noor, a_module(van_dijk, teaches={a_skill(): 2}), organisation=van_dijk)
    answer_everything(attempt, right=False)

    done = finish(attempt, organisation=van_dijk)

    assert (done.passed, done.share_right, done.effect) == (False, 0.0, [])
    assert not noor.evidence.exists()
    verbs = {s.verb.rpartition("/")[2] for s in Statement.objects.all()}
    assert verbs == {"initialized", "completed", "failed"}
    assert heard[0].passed is False


def test_without_questions_completing_is_recorded_and_no_evidence(
    noor: Person, van_dijk: Organisation
) -> None:
    attempt = start(noor, a_module(van_dijk, [TEXT], teaches={a_skill(): 1}), organisation=van_dijk)
    answer_everything(attempt)

    done = finish(attempt, organisation=van_dijk)

    assert done.passed is None
    assert done.effect == []
    assert Statement.objects.filter(verb__endswith="completed").count() == 1
    assert not noor.evidence.exists()


def test_the_same_module_again_next_week_adds_no_evidence(
    noor: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, teaches={a_skill(): 2})
    # At noon, so that neither midnight nor a change of the clock comes between the days.
    today = timezone.localtime().replace(hour=12)
    for days in (400, 393, 1):
        moment = today - timedelta(days=days)
        attempt = start(noor, module, organisation=van_dijk, at=moment)
        answer_everything(attempt, at=moment)
        finish(attempt, organisation=van_dijk, at=moment)

    ages = sorted((timezone.localdate() - e.observed_on).days for e in noor.evidence.all())
    assert ages == [1, 400]
    assert [a.effect[0]["new"] for a in Attempt.objects.order_by("pk")] == [True, False, True]


def test_an_open_block_keeps_a_module_open(noor: Person, van_dijk: Organisation) -> None:
    attempt = start(noor, a_module(van_dijk), organisation=van_dijk)

    with pytest.raises(Incomplete) as error:
        finish(attempt, organisation=van_dijk)

    assert error.value.next_number == 1
    assert Statement.objects.count() == 1


def test_history_is_dated_on_its_day(noor: Person, van_dijk: Organisation) -> None:
    moment = timezone.now() - timedelta(days=90)
    attempt = start(
        noor, a_module(van_dijk, teaches={a_skill(): 2}), organisation=van_dijk, at=moment
    )
    answer_everything(attempt, at=moment + timedelta(minutes=9))
    finish(attempt, organisation=van_dijk, at=moment + timedelta(minutes=12))

    assert noor.evidence.get().observed_on == timezone.localdate(moment)
    completed = Statement.objects.get(verb__endswith="completed")
    assert completed.raw["result"]["duration"] == "PT12M"


def test_batches_in_any_order_give_one_state(noor: Person, van_dijk: Organisation) -> None:
    attempt = start(noor, a_module(van_dijk, [TEXT, QUESTION, REFLECTION]), organisation=van_dijk)
    text, question, reflection = (s.block.pk for s in play(attempt).steps)
    at = attempt.started_at
    given = [
        Given(uuid.uuid4(), text, at, {"seen": True}),
        Given(uuid.uuid4(), question, at + timedelta(seconds=9), {"chosen": ["b"]}),
        Given(uuid.uuid4(), question, at + timedelta(seconds=5), {"chosen": ["a"]}),
        Given(uuid.uuid4(), reflection, at + timedelta(seconds=7), {"text": "ask"}),
    ]
    late = at + timedelta(minutes=1)

    keep_answers(attempt, given[2:], at=late)
    keep_answers(attempt, given[::-1], at=late)
    keep_answers(attempt, given + given, at=late)

    assert Answer.objects.count() == 4
    assert play(attempt).steps[1].value == {"chosen": ["b"]}
    assert play(attempt).state.right == 0


@pytest.mark.django_db(transaction=True)
def test_two_phones_finishing_at_once_finish_once(
    noor: Person, van_dijk: Organisation, heard: list[ModuleCompleted]
) -> None:
    attempt = start(noor, a_module(van_dijk, teaches={a_skill(): 2}), organisation=van_dijk)
    answer_everything(attempt)
    failures = _at_once(4, lambda: finish(attempt, organisation=van_dijk))

    assert not failures
    assert len(heard) == 1
    assert noor.evidence.count() == 1
    assert Statement.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_phones_beginning_and_answering_at_once_lose_nothing(
    noor: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT, QUESTION, REFLECTION])
    blocks = [block.pk for block in module.blocks.current()]
    values = [{"seen": True}, {"chosen": ["a"]}, {"text": "x"}]
    now = timezone.now()
    phones = iter([[uuid.uuid4() for _ in blocks] for _ in range(4)])
    shared = uuid.uuid4()
    mine = threading.local()

    def play_on() -> None:
        if not hasattr(mine, "keys"):
            mine.keys = [shared, *next(phones)[1:]]
        attempt = start(noor, module, organisation=van_dijk)
        for key, block, value in zip(mine.keys, blocks, values, strict=True):
            keep_answers(attempt, [Given(key, block, now, value)])

    failures = _at_once(4, play_on)

    assert not failures
    assert Attempt.objects.count() == 1
    assert Answer.objects.count() == 1 + 4 * 2


def _at_once(many: int, do: Any) -> list[BaseException]:
    """Run something in several threads that begin together; what they stumbled over.

    The test database of SQLite lives in memory, where a writer is turned away at once instead of
    waiting its turn; so each tries again, as a phone would.
    """
    gate, failures = threading.Barrier(many), []

    def run() -> None:
        try:
            gate.wait(timeout=20)
            for last in range(199, -1, -1):
                try:
                    do()
                    break
                except OperationalError as busy:
                    if "locked" not in str(busy) or not last:
                        raise
                    time.sleep(0.01)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failures


def test_editing_leaves_who_is_in_the_middle_what_they_had(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, [TEXT, QUESTION, REFLECTION])
    attempt = start(noor, module, organisation=van_dijk)
    answer_everything(attempt)
    first, second, third = Block.objects.order_by("position")

    change_block(first, version=1, body=Text(Words(en="New words")))
    remove_block(second, version=2)
    add_block(module, version=3, kind="text", body=Text(Words(en="More")))

    mine = play(Attempt.objects.get())
    assert [s.block.pk for s in mine.steps] == [first.pk, second.pk, third.pk]
    assert mine.state.is_whole
    assert finish(attempt, organisation=van_dijk).passed is True
    theirs = play(start(daan, module, organisation=van_dijk))
    assert [s.block.kind for s in theirs.steps] == ["text", "reflection", "text"]
    assert theirs.steps[0].body == Text(Words(en="New words"))


def test_a_draft_nobody_began_is_simply_changed(van_dijk: Organisation) -> None:
    module = a_module(van_dijk, [TEXT, QUESTION], state="draft")
    first, second = module.blocks.current()

    change_block(first, version=1, body=Text(Words(en="New words")))
    remove_block(second, version=2)

    assert list(Block.objects.values_list("pk", flat=True)) == [first.pk]


def test_who_saves_an_older_picture_is_told(van_dijk: Organisation) -> None:
    module = a_module(van_dijk)
    block = module.blocks.current()[0]
    change_block(block, version=1, body=Text(Words(en="First")))

    with pytest.raises(Outdated):
        change_block(block, version=1, body=Text(Words(en="Second")))

    block.refresh_from_db()
    assert block.content == Text(Words(en="First"))


@pytest.mark.parametrize(
    ("which", "up", "order"),
    [(0, True, "012"), (2, True, "021"), (0, False, "102"), (2, False, "012")],
)
def test_moving_a_block(van_dijk: Organisation, which: int, up: bool, order: str) -> None:
    module = a_module(van_dijk, [TEXT, QUESTION, REFLECTION])
    blocks = list(module.blocks.current())

    move_block(blocks[which], version=1, up=up)

    assert [blocks.index(b) for b in module.blocks.current()] == [int(n) for n in order]


def test_a_moment_before_the_start_counts_from_the_start(
    noor: Person, van_dijk: Organisation
) -> None:
    attempt = start(noor, a_module(van_dijk), organisation=van_dijk)
    block = play(attempt).steps[0].block.pk
    long_ago = datetime.fromisoformat("1970-01-01T00:00:00Z")

    keep_answers(attempt, [Given(uuid.uuid4(), block, long_ago, {"seen": True})])

    assert Answer.objects.get().answered_at == attempt.started_at
