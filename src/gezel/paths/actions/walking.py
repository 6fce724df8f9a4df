"""Walking a path: steps that are done, skipped, chosen, and what follows from them."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.content.api import completions, let_off_by_tests, waived
from gezel.paths import rules
from gezel.paths.actions.reckoning import reckon
from gezel.paths.common import (
    activities_asked,
    activities_in,
    played_here,
    read_activities,
    skills_asked,
)
from gezel.paths.models import Enrolment, Mark, Path, Reply, Version
from gezel.paths.rules import Kind, Node, State, What
from gezel.people.api import Person
from gezel.skills.api import levels as levels_at
from gezel.skills.api import one_with

_STEPS = uuid.UUID("1c2f0a3e-5f0e-4a53-9a7e-0d6f8f1f5b11")


def _held(enrolment: Enrolment) -> Enrolment:
    """The row, held until the end: two who tick at once count each other's step."""
    return (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("version")
        .get(pk=enrolment.pk)
    )


def _node(enrolment: Enrolment, step: str) -> Node:
    node = rules.found(enrolment.version.structure, step)
    if node is None:
        raise ValidationError(_("This step is no longer part of your path. Open the page again."))
    return node


def _write(
    enrolment: Enrolment,
    step: str,
    what: What,
    on: date,
    *,
    by: Person | None,
    key: uuid.UUID | None = None,
    because: Mapping[str, Any] | None = None,
) -> None:
    Mark.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "enrolment": enrolment,
            "step": step,
            "what": what.value,
            "on": on,
            "by": by,
            "because": dict(because or {}),
        },
    )


def _walk(enrolment: Enrolment, on: date) -> rules.Walk:
    return rules.walked(
        enrolment.version.structure,
        [m.fact for m in enrolment.marks.all()],
        enrolment.begins_on,
        on,
    )


def _last_words(enrolment: Enrolment) -> rules.Walk:
    """As it stands with all that was ever said, whatever the day."""
    return _walk(enrolment, date.max)


@transaction.atomic
def mark_done(
    enrolment: Enrolment, step: str, *, on: date, by: Person, key: uuid.UUID | None = None
) -> None:
    """Someone did a step that nobody else tells of: in the work, a course elsewhere.

    Raises:
        ValidationError: it is no such step, or not open yet.
    """
    held = _held(enrolment)
    node = _node(held, step)
    if node.is_block or node.asks_words or not held.is_open:
        raise ValidationError(_("This step cannot be marked as done."))
    if played_here(node, read_activities([node.activity] if node.activity else [])):
        raise ValidationError(_("This step is done by finishing it here. Open it to go on."))
    if on > timezone.localdate():
        raise ValidationError(_("This date lies ahead. Choose today or earlier."))
    state = _last_words(held).stands[step].state
    if state is State.DONE:
        return
    _write(held, step, What.DONE, on, by=by, key=key)
    reckon([held])


@transaction.atomic
def mark_undone(enrolment: Enrolment, step: str, *, by: Person) -> None:
    """It was not done after all. What stands as a module completed stays done.

    Raises:
        ValidationError: the path was completed, so others built on it.
    """
    held = _held(enrolment)
    _node(held, step)
    if not held.is_open:
        raise ValidationError(_("This path was closed, so its steps stay as they are."))
    last = held.marks.filter(step=step, what=What.DONE.value).last()
    if last is None or "activity" in last.because:
        raise ValidationError(_("This step cannot be taken back."))
    # On the day it was done, so that it counts on no day.
    _write(held, step, What.UNDONE, last.on, by=by)
    reckon([held])


@transaction.atomic
def choose(enrolment: Enrolment, steps: Collection[str], *, choice: str, by: Person) -> None:
    """Someone says which of a choice they will do; they may choose again while nothing is done.

    Raises:
        ValidationError: not as many as are asked, or nothing of this choice.
    """
    held = _held(enrolment)
    node = _node(held, choice)
    if node.kind is not Kind.CHOICE or not held.is_open:
        raise ValidationError(_("There is nothing to choose here."))
    there = [child.key for child in node.children]
    walk = _last_words(held)
    settled = {key for key in there if walk.stands[key].state in {State.DONE, State.SKIPPED}}
    wanted = (set(steps) & set(there)) - settled
    if len(wanted) != node.pick - len(settled & set(there)):
        raise ValidationError(_("Choose %(n)s of these.") % {"n": max(0, node.pick - len(settled))})
    today = timezone.localdate()
    for key in there:
        picked = walk.stands[key].picked
        if key in wanted and not picked:
            _write(held, key, What.PICKED, today, by=by)
        elif picked and key not in wanted and key not in settled:
            _write(held, key, What.UNPICKED, today, by=by)
    reckon([held])


@transaction.atomic
def do_anyway(enrolment: Enrolment, step: str, *, by: Person) -> None:
    """Someone wants to do what they need not: it is theirs to choose."""
    held = _held(enrolment)
    _node(held, step)
    stand = _last_words(held).stands[step]
    if held.is_open and stand.state is State.SKIPPED:
        _write(held, step, What.WANTED, timezone.localdate(), by=by)
        reckon([held])


@transaction.atomic
def reply(
    enrolment: Enrolment,
    step: str,
    *,
    text: str,
    by: Person,
    key: uuid.UUID,
    on: date | None = None,
) -> Reply:
    """Someone answers a question on the way, or tells what they applied at work: the step is done,
    today or `on` the day they did it.

    Raises:
        ValidationError: nothing is asked here, not yet, or it is done by finishing it here.
    """
    held = _held(enrolment)
    node = _node(held, step)
    if not node.asks_words:
        raise ValidationError(_("There is no question here."))
    if played_here(node, read_activities([node.activity] if node.activity else [])):
        raise ValidationError(_("This step is done by finishing it here. Open it to go on."))
    today = timezone.localdate()
    asked_later = node.kind is Kind.FEEDBACK and held.is_open
    if asked_later and _walk(held, today).stands[step].state is State.LATER:
        raise ValidationError(_("This question is asked later."))
    answer, new = Reply.objects.get_or_create(
        key=key,
        defaults={
            "enrolment": held,
            "step": step,
            "text": text,
            "readers": node.readers.value,
        },
    )
    if answer.enrolment_id != held.pk:
        raise ValidationError(_("This form was used before. Open the page again."))
    if new and held.is_open:
        _write(held, step, What.DONE, on or today, by=by, key=uuid.uuid5(_STEPS, str(key)))
        reckon([held])
    return answer


# -- news from below ------------------------------------------------------------------------------


@transaction.atomic
def tick(person_pk: int, activity_pk: int, on: date, *, vouched: bool = True) -> None:
    """An activity was completed: it is done on every open path of which it is a step, and may
    let another be skipped. The same completion again adds nothing."""
    because = {"activity": activity_pk} | ({} if vouched else {"unseen": True})
    for held in _open_enrolments(person_pk):
        structure = held.version.structure
        if activity_pk not in activities_asked(structure):
            continue
        walk = _last_words(held)
        for node in structure.steps:
            if node.activity == activity_pk and walk.stands[node.key].state is not State.DONE:
                _write(
                    held,
                    node.key,
                    What.DONE,
                    on,
                    by=None,
                    key=uuid.uuid5(_STEPS, f"{held.pk}/{node.key}/{on.isoformat()}"),
                    because=because,
                )
        skip_what_is_shown([held])
        reckon([held])


@transaction.atomic
def look_at_skill(person_pk: int, skill_pk: int) -> None:
    """Someone's level was estimated anew: what they show now need not be done."""
    # Before anything is held: it waits for its turn in the store, and comes back as `let_off`.
    let_off_by_tests([person_pk], activities_in(*_structures_of(person_pk)))
    found = [
        held
        for held in _open_enrolments(person_pk)
        if any(skill_pk in set(one_with([asked])) for asked in skills_asked(held.version.structure))
    ]
    if found:
        skip_what_is_shown(found)
        reckon(found)


@transaction.atomic
def let_off(person_pk: int, activity_pk: int) -> None:
    """Somebody said, or a test showed, that they need not do an activity: it is skipped."""
    there = _open_enrolments(person_pk, activity_pk)
    skip_what_is_waived(there)
    reckon(there)


@transaction.atomic
def let_off_no_more(person_pk: int, activity_pk: int) -> None:
    """They are asked to do it after all; who went on to do it anyway sees no difference."""
    there = _open_enrolments(person_pk, activity_pk)
    today = timezone.localdate()
    for held in there:
        last = {m.step: m for m in held.marks.all() if m.what in _SKIPPING}
        for node in held.version.structure.steps:
            mark = last.get(node.key)
            if node.activity == activity_pk and mark is not None and "waived" in mark.because:
                _write(held, node.key, What.WANTED, today, by=None)
    reckon(there)


_SKIPPING = frozenset({What.SKIPPED.value, What.WANTED.value})


def _structures_of(person_pk: int) -> list[Node]:
    """The paths that someone is on, as they walk them."""
    walked = Enrolment.objects.filter(person=person_pk, state=Enrolment.State.OPEN)
    return [
        version.structure for version in Version.objects.filter(pk__in=walked.values("version"))
    ]


def _open_enrolments(person_pk: int, activity_pk: int | None = None) -> list[Enrolment]:
    """Held until the end; with an activity, only those that ask it."""
    found = (
        Enrolment.objects.select_for_update(of=("self",))
        .filter(person=person_pk, state=Enrolment.State.OPEN)
        .select_related("version")
        .prefetch_related("marks")
        .order_by("pk")
    )
    return [
        held
        for held in found
        if activity_pk is None or activity_pk in activities_asked(held.version.structure)
    ]


# -- what follows ---------------------------------------------------------------------------------


def skip_what_is_shown(enrolments: Sequence[Enrolment]) -> None:
    """Steps that someone shows already are skipped, once, with what shows it.

    Who took a skip back is not skipped again. A handful of questions for any number of people.
    """
    versions = {e.version_id: e.version for e in enrolments}
    structures = {pk: version.structure for pk, version in versions.items()}
    asking = [e for e in enrolments if _has_skips(structures[e.version_id])]
    if not asking:
        return
    used = [structures[e.version_id] for e in asking]
    people = {e.person_id for e in asking}
    employers = dict(
        Path.objects.filter(pk__in={e.path_id for e in asking}).values_list("pk", "organisation_id")
    )
    levels = {
        at: _levels(people, skills_asked(*used), at=at) for at in sorted(set(employers.values()))
    }
    done = _done_before(people, activities_asked(*used))
    today = timezone.localdate()
    marked: dict[int, set[str]] = defaultdict(set)
    for enrolment, step in Mark.objects.filter(
        enrolment__in=[e.pk for e in asking],
        what__in=[What.DONE.value, What.SKIPPED.value, What.WANTED.value],
    ).values_list("enrolment_id", "step"):
        marked[enrolment].add(step)
    Mark.objects.bulk_create(
        Mark(
            enrolment=e,
            step=node.key,
            what=What.SKIPPED.value,
            on=today,
            because={k: v for k, v in rules.vars_of(met).items() if v},
        )
        for e in asking
        for node in structures[e.version_id].walk()
        if node.skips and node.key not in marked[e.pk]
        if (
            met := rules.skip_met(
                node, levels[employers[e.path_id]][e.person_id], done[e.person_id], today
            )
        )
    )


def skip_what_is_waived(enrolments: Sequence[Enrolment]) -> None:
    """Steps that someone need not do are skipped, with the reason; never one they want to do
    anyway. Two questions for any number of people."""
    structures = {e.version_id: e.version.structure for e in enrolments}
    let = waived({e.person_id for e in enrolments}, activities_asked(*structures.values()))
    if not let:
        return
    settled: set[tuple[int, str]] = set()
    for enrolment, step, what, by in (
        Mark.objects.filter(enrolment__in=[e.pk for e in enrolments])
        .order_by("pk")
        .values_list("enrolment_id", "step", "what", "by_id")
    ):
        # Wanted without a name: a waiver was taken back, and another may follow.
        if what in {What.DONE.value, What.SKIPPED.value} or (what == What.WANTED.value and by):
            settled.add((enrolment, step))
        elif what == What.WANTED.value:
            settled.discard((enrolment, step))
    Mark.objects.bulk_create(
        Mark(
            enrolment=e,
            step=node.key,
            what=What.SKIPPED.value,
            on=timezone.localdate(),
            because={"waived": why[0], "activity": node.activity},
        )
        for e in enrolments
        for node in structures[e.version_id].steps
        if (why := let.get((e.person_id, node.activity or 0))) and (e.pk, node.key) not in settled
    )


def _has_skips(structure: Node) -> bool:
    return any(node.skips for node in structure.walk())


def _levels(
    people: Collection[int], skills: Collection[int], *, at: int
) -> Mapping[int, dict[int, float]]:
    """Person → skill → level as this employer may reckon; a merged skill counts as the one that
    stays."""
    found: dict[int, dict[int, float]] = defaultdict(dict)
    same = {other: skill for skill in skills for other in one_with([skill])}
    for (person, skill), held in levels_at(people, at=at, skill_pks=list(same)).items():
        asked = same[skill]
        found[person][asked] = max(held[0], found[person].get(asked, 0.0))
    return found


def _done_before(
    people: Collection[int], activities: Collection[int]
) -> Mapping[int, dict[int, date]]:
    """Person → activity → the last day it was completed: as a module, or as a step of any path."""
    found: dict[int, dict[int, date]] = defaultdict(dict)
    for (person, activity), day in completions(people, activities).items():
        found[person][activity] = day
    if not activities:
        return found
    by_version: dict[int, dict[str, int | None]] = {}
    rows = Mark.objects.filter(enrolment__person__in=people, what=What.DONE.value).values_list(
        "enrolment__person_id", "enrolment__version_id", "step", "on"
    )
    rows_list = list(rows)
    for version in Version.objects.filter(pk__in={row[1] for row in rows_list}):
        by_version[version.pk] = {
            n.key: n.activity for n in version.structure.steps if n.activity in activities
        }
    for person, version_pk, step, day in rows_list:
        did = by_version.get(version_pk, {}).get(step)
        if did is not None:
            found[person][did] = max(day, found[person].get(did, day))
    return found
