"""Playing a package: beginning, opening it on a device, keeping what it reports, finishing."""

import json
import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from gezel.catalogue.api import Activity
from gezel.content import queries
from gezel.content.actions.showing import show_taught
from gezel.content.events import ModuleCompleted
from gezel.content.models import Package, PackageAttempt, UnitState
from gezel.content.players import LARGEST_COMMIT, Launch, Outcome, Told, Unreadable, Ways
from gezel.content.players.registry import player_of
from gezel.kit.events import announce
from gezel.people.api import Organisation, Person
from gezel.records.api import Result, Scaled, record

# How long a key opens files without being renewed; an open page renews it well before.
KEY_LASTS = timedelta(minutes=40)
# A package that reported itself complete and was then left without a word is finished after this.
LEFT_ALONE = timedelta(hours=1)


@transaction.atomic
def begin_package(
    person: Person,
    package: Package,
    *,
    organisation: Organisation | None,
    anew: bool = False,
    at: datetime | None = None,
) -> PackageAttempt:
    """Someone begins a package, or goes on where they were.

    A new attempt keeps to the edition of now. With `anew` an open one is given up first. Of what
    is not on offer one has a trial: nothing of it is recorded, and it ends when the package is
    put on offer.
    """
    locked = (
        Package.objects.select_for_update(of=("self",))
        .select_related("activity", "current")
        .get(pk=package.pk)
    )
    if locked.current is None:
        raise Package.DoesNotExist(package.pk)
    now = at or timezone.now()
    trial = locked.activity.state == Activity.State.DRAFT
    open_now = PackageAttempt.objects.filter(
        person=person, package=locked, completed_at=None, left_at=None
    )
    given_up = open_now if anew else open_now.filter(trial=True).exclude(trial=trial)
    given_up.update(left_at=now)
    fresh = PackageAttempt(
        person=person,
        package=locked,
        edition=locked.current,
        trial=trial,
        started_at=now,
        last_at=now,
        key_until=now,
    )
    PackageAttempt.objects.bulk_create([fresh], ignore_conflicts=True)
    attempt = open_now.select_related("edition").get()
    attempt.package = locked
    if attempt.registration == fresh.registration and not trial:
        _tell(attempt, organisation, "initialized", at=now)
    return attempt


@dataclass(frozen=True, slots=True)
class Opened:
    """An attempt opened on a device: what the frame opens, for which unit, under which session.

    Without a unit nothing opens by itself: the person chooses from `ways`.
    """

    attempt: PackageAttempt
    unit: str
    launch: Launch | None
    ways: Ways
    outcome: Outcome
    sequence: int


def open_package(
    attempt: PackageAttempt,
    *,
    unit: str = "",
    session: uuid.UUID | None = None,
    back: bool = False,
    at: datetime | None = None,
) -> Opened:
    """Open an attempt, or another unit of it, on this device; it takes over from any other.

    Args:
        session: of the page that goes on to another unit; it may do so when all was completed too.
        back: to look back at what was completed, where its form knows that.

    Raises:
        KeyError: there is no such unit, it may not be opened now, or this attempt is over.
    """
    with transaction.atomic():
        locked = _locked(attempt)
        player = player_of(locked.edition)
        done = locked.completed_at is not None and session != locked.session
        if (done and not (back and player.looks_back)) or locked.left_at is not None:
            raise KeyError(attempt.pk)
        states = queries.unit_states(locked)
        units = {u["identifier"]: u for u in locked.edition.manifest["units"]}
        chosen = unit or player.first(locked, states)
        if chosen and not player.may_open(locked, states, chosen):
            raise KeyError(chosen)
        now = at or timezone.now()
        locked.unit = units[chosen]["identifier"] if chosen else ""
        locked.session = uuid.uuid4()
        locked.key_until = now + KEY_LASTS
        locked.last_at = now
        launch = player.launch(locked, units[chosen], states.get(chosen)) if chosen else None
        locked.save(update_fields=["unit", "session", "key_until", "last_at", "tree"])
        UnitState.objects.filter(attempt=locked, unit=chosen).update(ended=False)
        sequence = states[chosen].sequence if chosen in states else 0
        if locked.let_off:  # of a cmi5 course that begins now, it was only now written down
            states = queries.unit_states(locked)
        return Opened(
            locked,
            chosen,
            launch,
            player.ways(locked, states),
            player.outcome(locked, states),
            sequence,
        )


def renew_key(attempt: PackageAttempt, session: uuid.UUID, *, at: datetime | None = None) -> bool:
    """The page is still open: its key goes on. False when another page took over or it is over."""
    now = at or timezone.now()
    return bool(
        PackageAttempt.objects.filter(pk=attempt.pk, session=session, left_at=None).update(
            key_until=now + KEY_LASTS
        )
    )


@dataclass(frozen=True, slots=True)
class KeptState:
    """What became of a commit.

    "kept": it stands. "known": it stood already, or a newer one does. "late": another page plays
    this attempt since; its place stays, and that a unit was completed counts all the same.
    "refused": it is not what this form commits. "over": the attempt was finished or given up.
    """

    state: Literal["kept", "known", "late", "refused", "over"]
    outcome: Outcome
    ways: Ways
    valid: Mapping[str, Any]


def keep_state(
    attempt: PackageAttempt,
    unit: str,
    *,
    session: uuid.UUID,
    sequence: int,
    data: Any,
    end: bool = False,
    organisation: Organisation | None = None,
    at: datetime | None = None,
) -> KeptState:
    """Keep what a unit commits; the same commit again, or an older one, changes nothing.

    When the only unit is left (`end`) and says that it is complete, the attempt is finished; of
    several units, when the person leaves the player: see `leave_package`.
    """
    with transaction.atomic():
        locked = _locked(attempt)
        player = player_of(locked.edition)
        states = queries.unit_states(locked)
        units = {u["identifier"]: u for u in locked.edition.manifest["units"]}
        now = at or timezone.now()

        def told(
            state: Literal["kept", "known", "late", "refused", "over"],
        ) -> KeptState:
            return KeptState(
                state,
                player.outcome(locked, states),
                player.ways(locked, states),
                player.valid(locked),
            )

        if locked.left_at is not None or (
            locked.completed_at is not None and session != locked.session
        ):
            return told("over")
        try:
            said = _read(player.read, locked, units, unit, data)
        except Unreadable:
            return told("refused")
        standing = states.get(unit) or UnitState(attempt=locked, unit=unit)
        if session == locked.session and sequence <= standing.sequence:
            return told("known")
        late = session != locked.session
        if not late:
            player.track(locked, units[unit], data, end=end)
        if late:
            said = Told(
                completed=standing.completed or said.completed,
                passed=said.passed if standing.passed is None else standing.passed,
                score=said.score if standing.score is None else standing.score,
                seconds=max(standing.seconds, said.seconds),
            )
        else:
            known = _known_parts(player.read, locked, units[unit], standing)
            _tell_parts(locked, unit, said, known, organisation, at=now)
            standing.data = data
            standing.sequence = sequence
            standing.ended = end
        standing.completed, standing.passed = said.completed, said.passed
        standing.score, standing.seconds = said.score, said.seconds
        standing.updated_at = now
        standing.save()
        states[unit] = standing
        outcome = player.outcome(locked, states)
        locked.last_at = now
        locked.passed, locked.score = outcome.passed, outcome.score
        locked.seconds = outcome.seconds
        locked.save(update_fields=["last_at", "passed", "score", "seconds", "tree"])
        # Where there is more to do, the person may go on; it is finished when they leave.
        if end and outcome.completed and len(units) == 1:
            _finish(locked, outcome, organisation, now)
        return KeptState(
            "late" if late else "kept",
            outcome,
            player.ways(locked, states),
            player.valid(locked),
        )


def _known_parts(
    read: Callable[[PackageAttempt, Mapping[str, Any], Any], Told],
    attempt: PackageAttempt,
    unit: Mapping[str, Any],
    standing: UnitState,
) -> Mapping[str, int]:
    """Of each part of a unit how often it was tried, as far as was told before."""
    try:
        return {part.name: part.tries for part in read(attempt, unit, standing.data).parts}
    except Unreadable:
        return {}


def _tell_parts(
    attempt: PackageAttempt,
    unit: str,
    said: Told,
    known: Mapping[str, int],
    organisation: Organisation | None,
    *,
    at: datetime,
) -> None:
    """Record what parts came to that was not told before, as children of the whole.

    Answers are the person's own: no other system reads these.
    """
    if attempt.trial:
        return
    whole = settings.BASE_URL + reverse("content:package", args=[attempt.package_id])
    for part in said.parts:
        if part.tries <= known.get(part.name, 0):
            continue
        record(
            attempt.person,
            verb="answered" if part.answered else "completed",
            object_id=f"{whole}#{quote(part.name, safe='')}",
            object_name={"und": part.title},
            object_type="cmi.interaction" if part.answered else "lesson",
            parent=whole,
            organisation=organisation,
            result=Result(
                success=part.success,
                score=None if part.score is None else Scaled(part.score),
                response=part.response,
            ),
            registration=attempt.registration,
            timestamp=at,
            statement_id=uuid.uuid5(attempt.registration, f"{unit} {part.name} {part.tries}"),
            private=True,
        )


def _read(
    read: Callable[[PackageAttempt, Mapping[str, Any], Any], Told],
    attempt: PackageAttempt,
    units: Mapping[str, Mapping[str, Any]],
    unit: str,
    data: Any,
) -> Told:
    if unit not in units or not isinstance(data, dict):
        raise Unreadable(unit)
    try:
        # PostgreSQL keeps no zero character in JSON, and neither keeps a number that is none.
        kept = json.dumps(data, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    if len(kept) > LARGEST_COMMIT or "\\u0000" in kept:
        raise Unreadable("size")
    said = read(attempt, units[unit], data)
    if said.score is not None and not (math.isfinite(said.score) and -1 <= said.score <= 1):
        raise Unreadable("score")
    return said


def go_elsewhere(attempt: PackageAttempt, where: str, *, session: uuid.UUID) -> str | None:
    """Where a wish to go elsewhere in a package leads: a unit to open, "" to leave, or None where
    the package does not allow it or another page took over."""
    with transaction.atomic():
        locked = _locked(attempt)
        if locked.session != session:
            return None
        player = player_of(locked.edition)
        goal = player.go(locked, queries.unit_states(locked), where)
        locked.save(update_fields=["tree"])
        return goal


def leave_package(
    attempt: PackageAttempt,
    *,
    organisation: Organisation | None,
    declared: bool = False,
    at: datetime | None = None,
) -> PackageAttempt:
    """Someone leaves the player: what the package says is complete is finished, the rest stays.

    Args:
        declared: the person says they are through, of a package that cannot tell itself.
    """
    with transaction.atomic():
        locked = _locked(attempt)
        if locked.completed_at is not None or locked.left_at is not None:
            return locked
        player = player_of(locked.edition)
        states = queries.unit_states(locked)
        outcome = player.outcome(locked, states)
        if declared and player.self_declared and not outcome.completed:
            outcome = Outcome(completed=True, seconds=outcome.seconds, shows=False, done=1, whole=1)
        if outcome.completed:
            _finish(locked, outcome, organisation, at or timezone.now())
        return locked


def was_left(attempt: PackageAttempt, *, at: datetime | None = None) -> bool:
    """Whether an open attempt was left without a word, long enough to be looked at."""
    now = at or timezone.now()
    open_still = attempt.completed_at is None and attempt.left_at is None
    return open_still and attempt.last_at < now - LEFT_ALONE


def finish_left_alone(now: datetime) -> int:
    """Finish what said that it was complete and was then left without a word; returns how many."""
    open_still = (
        PackageAttempt.objects.filter(
            completed_at=None, left_at=None, last_at__lt=now - LEFT_ALONE, units__completed=True
        )
        .select_related("package__activity__organisation")
        .distinct()
    )
    done = 0
    for attempt in open_still.iterator():
        left = leave_package(attempt, organisation=attempt.package.activity.organisation)
        done += left.completed_at is not None
    return done


def _locked(attempt: PackageAttempt) -> PackageAttempt:
    return (
        PackageAttempt.objects.select_for_update(of=("self",))
        .select_related("person", "edition", "package__activity")
        .get(pk=attempt.pk)
    )


def _finish(
    attempt: PackageAttempt, outcome: Outcome, organisation: Organisation | None, now: datetime
) -> None:
    """What an attempt comes to, once: statements, evidence, news for plans.

    The score is what the package says of itself, and the statement says so. Evidence is as light
    as that of a module, and only where the package followed what was done; who brought it in may
    have made it, and shows nothing by it.
    """
    ended = PackageAttempt.objects.filter(pk=attempt.pk, completed_at=None).update(
        completed_at=now,
        last_at=now,
        passed=outcome.passed,
        score=outcome.score,
        seconds=outcome.seconds,
    )
    if not ended or attempt.trial:
        attempt.refresh_from_db()
        return
    attempt.completed_at = attempt.last_at = now
    attempt.passed, attempt.score, attempt.seconds = (
        outcome.passed,
        outcome.score,
        outcome.seconds,
    )
    result = Result(
        completion=True,
        success=outcome.passed,
        score=Scaled(outcome.score) if outcome.score is not None else None,
        duration=timedelta(seconds=outcome.seconds),
    )
    proof = _tell(attempt, organisation, "completed", at=now, result=result)
    if outcome.passed is not None:
        verb: Literal["passed", "failed"] = "passed" if outcome.passed else "failed"
        proof = _tell(attempt, organisation, verb, at=now, result=result)
    made_it = queries.makes(attempt.person_id, attempt.package.activity_id)
    if outcome.shows and outcome.passed is not False and not made_it:
        attempt.effect = show_taught(
            attempt.person,
            attempt.package.activity_id,
            at=now,
            registration=attempt.registration,
            last=queries.last_shown_by_package(attempt),
            organisation=organisation,
            proof=proof,
        )
        PackageAttempt.objects.filter(pk=attempt.pk).update(effect=attempt.effect)
    announce(
        ModuleCompleted(
            attempt.person_id,
            attempt.package.activity_id,
            None,
            outcome.passed,
            timezone.localdate(now),
            made_it=made_it,
        )
    )


def _tell(
    attempt: PackageAttempt,
    organisation: Organisation | None,
    verb: Literal["initialized", "completed", "passed", "failed"],
    *,
    at: datetime,
    result: Result | None = None,
) -> uuid.UUID:
    """Record a statement about this attempt; its id follows from both, so there is only one."""
    activity = attempt.package.activity
    statement = record(
        attempt.person,
        verb=verb,
        object_id=settings.BASE_URL + reverse("content:package", args=[attempt.package_id]),
        object_name={"nl": activity.title_nl, "en": activity.title_en},
        organisation=organisation,
        result=result,
        registration=attempt.registration,
        timestamp=at,
        statement_id=uuid.uuid5(attempt.registration, verb),
    )
    return statement.pk
