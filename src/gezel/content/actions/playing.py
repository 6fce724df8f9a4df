"""Playing a module: beginning, answering, finishing."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from gezel.content import queries
from gezel.content.actions.cards import make_cards
from gezel.content.actions.showing import show_taught
from gezel.content.events import ModuleCompleted
from gezel.content.models import Answer, Attempt, Block, Module, Place
from gezel.content.rules import evidence, scoring
from gezel.content.rules.bodies import Malformed
from gezel.kit.events import announce
from gezel.people.api import Organisation, Person
from gezel.records.api import Result, Score, record

MOST_ANSWERS_AT_ONCE = 200
# How a statement says how many steps were skipped.
SHOWN_BEFORE = "/xapi/extensions/steps-shown-before"


@transaction.atomic
def start(
    person: Person,
    module: Module,
    *,
    organisation: Organisation | None,
    at: datetime | None = None,
    registration: uuid.UUID | None = None,
    version: int | None = None,
) -> Attempt:
    """Someone begins a module, or goes on where they were: one open attempt, the database
    sees to it. A new one pins the version of the module as it is now, or the `version` that was
    handed to a device, whose `registration` it then bears."""
    # Whoever changes the module waits for us or we for them, so the version we pin is whole.
    pinned = Module.objects.select_for_update().select_related(None).get(pk=module.pk)
    now = at or timezone.now()
    fresh = Attempt(
        person=person,
        module=pinned,
        version=version or pinned.version,
        registration=registration or uuid.uuid4(),
        started_at=now,
        last_at=now,
    )
    Attempt.objects.bulk_create([fresh], ignore_conflicts=True)
    attempt = Attempt.objects.get(person=person, module=pinned, completed_at=None)
    if attempt.registration == fresh.registration:
        _tell(attempt, organisation, "initialized", at=now)
    return attempt


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as a device hands it in."""

    key: uuid.UUID
    block: int
    at: datetime
    value: Any


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one answer.

    "kept": it stands (also when it stood already). "late": kept, but the attempt was finished
    when it arrived, so its result stays. "conflict": this key says something else already.
    "refused": it cannot be kept, `why` says why in a code the page puts into words.
    """

    key: uuid.UUID
    state: Literal["kept", "late", "conflict", "refused"]
    why: str = ""


def keep_answers(
    attempt: Attempt, given: Sequence[Given], *, at: datetime | None = None
) -> list[Kept]:
    """Keep a batch of answers; each is told what became of it, in the order handed in.

    The same batch again, in any order, changes nothing. An attempt that was finished meanwhile
    takes answers given before that moment and says that they came late; one given after it is
    refused ("closed"), because that round was over.
    """
    with transaction.atomic():
        locked = Attempt.objects.select_for_update().get(pk=attempt.pk)
        arrived = at or timezone.now()
        blocks = {
            block.pk: block.content
            for block in Block.objects.filter(module=locked.module_id).as_of(locked.version)
        }
        standing = {
            answer.key: answer for answer in Answer.objects.filter(key__in=[g.key for g in given])
        }
        told: list[Kept] = []
        fresh: dict[uuid.UUID, Answer] = {}
        for answer in given:
            known = standing.get(answer.key) or fresh.get(answer.key)
            made = _answer(locked, blocks, answer, known.received_at if known else arrived)
            if isinstance(made, Kept):
                told.append(made)
            elif known is not None:
                told.append(Kept(answer.key, _compared(locked, known, made)))
            elif locked.completed_at is not None and made.answered_at > locked.completed_at:
                told.append(Kept(answer.key, "refused", "closed"))
            else:
                fresh[answer.key] = made
                told.append(Kept(answer.key, "late" if locked.completed_at else "kept"))
        Answer.objects.bulk_create(fresh.values())
        if fresh and locked.completed_at is None:
            Attempt.objects.filter(pk=locked.pk).update(last_at=arrived)
    return told


def _answer(
    attempt: Attempt, blocks: dict[int, Any], given: Given, arrived: datetime
) -> Answer | Kept:
    """The row an answer would be, or why it cannot be one."""
    body = blocks.get(given.block)
    if body is None:
        return Kept(given.key, "refused", "block")
    try:
        value = scoring.value_of(body, given.value)
    except Malformed:
        return Kept(given.key, "refused", "value")
    right = scoring.right_of(body, value)
    return Answer(
        attempt=attempt,
        block_id=given.block,
        key=given.key,
        value=value,
        right=right,
        answered_at=scoring.held_between(given.at, attempt.started_at, arrived),
        received_at=arrived,
    )


def _compared(
    attempt: Attempt, known: Answer, again: Answer
) -> Literal["kept", "late", "conflict"]:
    """Whether an answer whose key stands already says the same."""
    same = (known.attempt_id, known.block_id, known.value, known.answered_at) == (
        again.attempt_id,
        again.block_id,
        again.value,
        again.answered_at,
    )
    if not same:
        return "conflict"
    done = attempt.completed_at
    return "late" if done is not None and known.received_at > done else "kept"


class Incomplete(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """Blocks are still open; `next_number` is the first of them, from 1."""

    def __init__(self, next_number: int) -> None:
        super().__init__(next_number)
        self.next_number = next_number


def finish(
    attempt: Attempt, *, organisation: Organisation | None, at: datetime | None = None
) -> Attempt:
    """Someone is through the module: what it comes to, once, whatever asks how often.

    Writes a statement "completed", and "passed" or "failed" where there were questions; adds
    evidence for each skill the module teaches, where `rules.evidence` says that it counts;
    announces it to plans; and keeps what it did to the estimates of that day, for the page that
    tells the person.

    Raises:
        Incomplete: a block is still open.
    """
    with transaction.atomic():
        locked = (
            Attempt.objects.select_for_update(of=("self",))
            .select_related("person", "module__activity")
            .get(pk=attempt.pk)
        )
        if locked.completed_at is not None:
            return locked
        now = at or timezone.now()
        play = queries.play(locked)
        if not play.state.is_whole:
            raise Incomplete(play.next_number)
        enough = play.state.enough(locked.module.pass_percent)
        ended = Attempt.objects.filter(pk=locked.pk, completed_at=None).update(
            completed_at=now, last_at=now, passed=enough, share_right=play.state.share_right
        )
        if not ended:  # another process was first, where rows cannot be locked
            return Attempt.objects.get(pk=locked.pk)
        locked.refresh_from_db(fields=["completed_at", "last_at", "passed", "share_right"])
        Place.objects.filter(attempt=locked).delete()
        proof = _tell_outcome(locked, play, organisation)
        came_to = queries.completion(locked, play.state)
        if evidence.verdict(came_to).counts:
            effect = _show(locked, organisation, proof)
            Attempt.objects.filter(pk=locked.pk).update(effect=effect)
            locked.effect = effect
        if enough is not False:
            make_cards(locked)
        announce(
            ModuleCompleted(
                locked.person_id,
                locked.module.activity_id,
                locked.module_id,
                enough,
                timezone.localdate(now),
                made_it=came_to.made_it,
            )
        )
    return locked


def _tell_outcome(
    attempt: Attempt, play: queries.Play, organisation: Organisation | None
) -> uuid.UUID:
    """Record the completion and what came of it; the id of the statement that is the proof."""
    state = play.state
    moments = [attempt.started_at, *(step.said.at for step in play.steps if step.said)]
    result = Result(
        completion=True,
        success=attempt.passed,
        score=Score(state.right, state.questions) if state.questions else None,
        duration=scoring.time_spent([*moments, attempt.last_at]),
        # What was not done, since it was shown beforehand, is never told as done.
        extensions={settings.BASE_URL + SHOWN_BEFORE: len(attempt.shown_before)}
        if attempt.shown_before
        else None,
    )
    proof = _tell(attempt, organisation, "completed", at=attempt.last_at, result=result)
    if attempt.passed is not None:
        verb: Literal["passed", "failed"] = "passed" if attempt.passed else "failed"
        proof = _tell(attempt, organisation, verb, at=attempt.last_at, result=result)
    return proof


def _tell(
    attempt: Attempt,
    organisation: Organisation | None,
    verb: Literal["initialized", "completed", "passed", "failed"],
    *,
    at: datetime,
    result: Result | None = None,
) -> uuid.UUID:
    """Record a statement about this attempt; its id follows from both, so there is only one."""
    activity = attempt.module.activity
    statement = record(
        attempt.person,
        verb=verb,
        object_id=settings.BASE_URL + reverse("content:play", args=[attempt.module_id]),
        object_name={"nl": activity.title_nl, "en": activity.title_en},
        organisation=organisation,
        result=result,
        registration=attempt.registration,
        timestamp=at,
        statement_id=uuid.uuid5(attempt.registration, verb),
    )
    return statement.id


def _show(
    attempt: Attempt, organisation: Organisation | None, proof: uuid.UUID
) -> list[dict[str, Any]]:
    """Evidence for each skill the module teaches; returns what it did to the estimates."""
    return show_taught(
        attempt.person,
        attempt.module.activity_id,
        at=attempt.completed_at or attempt.last_at,
        registration=attempt.registration,
        last=queries.last_shown(attempt),
        organisation=organisation,
        proof=proof,
    )
