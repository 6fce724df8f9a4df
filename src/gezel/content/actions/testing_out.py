"""Someone shows what they can already, and does only the rest."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from gezel.content.actions.playing import Given, finish, keep_answers, start
from gezel.content.models import Attempt, Module, TestOut
from gezel.content.rules import testing_out
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
    chosen: Mapping[int, Sequence[str]],
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
        chosen: the options per question, by the number of its block; one left open is not there.

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
    known = {pk: list(picked) for pk, picked in chosen.items() if picked}
    shown = testing_out.shown(bodies, known, pinned.pass_percent)
    attempt = start(person, pinned, organisation=organisation, at=now)
    kept = [pk for pk in known if shown.passed or pk in shown.right]
    keep_answers(
        attempt,
        [Given(uuid.uuid5(key, str(pk)), pk, now, {"chosen": known[pk]}) for pk in kept],
        at=now,
    )
    skipped = [*shown.skipped, *_left_open(bodies, known, shown)]
    Attempt.objects.filter(pk=attempt.pk).update(shown_before=skipped)
    told = TestOut.objects.create(
        person=person, module=pinned, attempt=attempt, key=key,
        chosen={str(pk): picked for pk, picked in known.items()},
        right=len(shown.right), questions=shown.questions, passed=shown.passed, at=now,
    )  # fmt: skip
    if shown.passed and all(block.pk in {*kept, *skipped} for block in blocks):
        attempt.refresh_from_db()
        finish(attempt, organisation=organisation, at=now)
    return told


def _left_open(
    bodies: Sequence[tuple[int, str, object]],
    known: Mapping[int, Sequence[str]],
    shown: testing_out.Shown[int],
) -> list[int]:
    """Questions left open by who had enough: they need not be done, and count as not right."""
    if not shown.passed:
        return []
    return [pk for pk, kind, _body in bodies if kind == "question" and pk not in known]


def why_not(person: Person, module: Module, *, on: date) -> NotNow | None:
    """Why someone cannot show now what they know of a module; None if they can."""
    if Attempt.objects.filter(person=person, module=module, completed_at=None).exists():
        return NotNow("begun")
    if module.blocks.current().filter(kind="question").count() < testing_out.FEWEST_QUESTIONS:
        return NotNow("few")
    last = TestOut.objects.filter(person=person, module=module).order_by("-at").first()
    day = testing_out.next_go(timezone.localdate(last.at) if last else None)
    return NotNow("again", day) if day is not None and on < day else None
