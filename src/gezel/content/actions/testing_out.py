"""Someone shows what they can already, and does only the rest."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from gezel.content.actions.playing import Given, finish, keep_answers, start
from gezel.content.models import Attempt, Module, TestOut
from gezel.content.rules import scoring, testing_out
from gezel.content.rules.bodies import Malformed
from gezel.content.rules.kinds import ASKED, ASKED_KINDS, Body
from gezel.people.api import Organisation, Person


class NotNow(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """Why someone cannot try now: "begun", "few" questions, or "again" from a day on."""

    def __init__(self, why: str, on: date | None = None) -> None:
        super().__init__(why)
        self.why, self.on = why, on


@transaction.atomic
def show_what_one_knows(
    person: Person,
    module: Module,
    said: Mapping[int, Mapping[str, Any]],
    *,
    key: uuid.UUID,
    organisation: Organisation | None,
    at: datetime | None = None,
) -> TestOut:
    """The questions of a module, answered before anything else of it; once a period.

    What was right is kept as answers of a round that begins with it; what those questions stand
    for need not be done. Enough, and nothing left to do: the round is finished at once. The same
    key gives what stands.

    Args:
        said: the answer to each question, by the number of its block; one left open, or that is
            no answer to it, was not shown.

    Raises:
        NotNow: a round is under way, it asks too little, or it is too soon after the last time.
    """
    now = at or timezone.now()
    pinned = Module.objects.select_for_update().get(pk=module.pk)
    if (standing := TestOut.objects.filter(key=key, person=person).first()) is not None:
        return standing
    if (no := why_not(person, pinned, on=timezone.localdate(now))) is not None:
        raise no
    blocks = list(pinned.blocks.current())
    bodies = [(block.pk, block.kind, block.content) for block in blocks]
    known = dict(_answers(bodies, said))
    shown = testing_out.shown(bodies, known, pinned.pass_percent)
    attempt = start(person, pinned, organisation=organisation, at=now)
    kept = [pk for pk in known if shown.passed or pk in shown.right]
    keep_answers(
        attempt,
        [Given(uuid.uuid5(key, str(pk)), pk, now, known[pk]) for pk in kept],
        at=now,
    )
    skipped = [*shown.skipped, *_left_open(bodies, known, shown)]
    Attempt.objects.filter(pk=attempt.pk).update(shown_before=skipped)
    told = TestOut.objects.create(
        person=person, module=pinned, attempt=attempt, key=key,
        chosen={str(pk): value.get("chosen", value) for pk, value in known.items()},
        right=len(shown.right), questions=shown.questions, passed=shown.passed, at=now,
    )  # fmt: skip
    if shown.passed and all(block.pk in {*kept, *skipped} for block in blocks):
        attempt.refresh_from_db()
        finish(attempt, organisation=organisation, at=now)
    return told


def _answers(
    bodies: Sequence[tuple[int, str, Body]], said: Mapping[int, Mapping[str, Any]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    for pk, _kind, body in bodies:
        if isinstance(body, ASKED) and pk in said:
            with suppress(Malformed):
                yield pk, scoring.value_of(body, said[pk])


def _left_open(
    bodies: Sequence[tuple[int, str, Body]],
    known: Mapping[int, Mapping[str, Any]],
    shown: testing_out.Shown[int],
) -> list[int]:
    """Questions left open by who had enough: they need not be done, and count as not right."""
    if not shown.passed:
        return []
    return [pk for pk, _kind, body in bodies if isinstance(body, ASKED) and pk not in known]


def why_not(person: Person, module: Module, *, on: date) -> NotNow | None:
    """Why someone cannot show now what they know of a module; None if they can."""
    if Attempt.objects.filter(person=person, module=module, completed_at=None).exists():
        return NotNow("begun")
    if module.blocks.current().filter(kind__in=ASKED_KINDS).count() < testing_out.FEWEST_QUESTIONS:
        return NotNow("few")
    last = TestOut.objects.filter(person=person, module=module).order_by("-at").first()
    day = testing_out.next_go(timezone.localdate(last.at) if last else None)
    return NotNow("again", day) if day is not None and on < day else None
