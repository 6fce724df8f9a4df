"""cmi5: registering, launching, following what a unit records, waiving and abandoning.

Who writes here first waits for its turn in the record store (`take_turn`), as the store itself
does when statements arrive, and then locks the registration: one order, so no two wait for each
other.
"""

import base64
import hashlib
import json
import secrets
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from gezel.content.addresses import address_of
from gezel.content.models import (
    Edition,
    LaunchSession,
    PackageAttempt,
    Registration,
    UnitState,
    Waiver,
)
from gezel.content.rules.cmi5 import checking, launching, moving_on, saying
from gezel.content.rules.cmi5.vocabulary import (
    BLOCK,
    COURSE,
    LAUNCH_DATA,
    MODES,
    PREFERENCES,
    REASONS,
)
from gezel.content.rules.packages.cmi5.addresses import is_elsewhere
from gezel.content.rules.waiving import name_of_part
from gezel.people.api import Organisation, Person
from gezel.records.api import (
    actor_of,
    begin_profile,
    make_session_key,
    put_document,
    revoke_key,
    say,
    take_turn,
    void,
)
from gezel.records.events import DocumentAsked, StatementRefused, StatementsArrived

# How long a session may stay without a word before it is abandoned, and how long it may last.
SILENT = timedelta(hours=4)
LASTS = timedelta(hours=24)
# What another system registered goes so long after its last launch.
KEPT_OUTSIDE = timedelta(days=730)
_SCOPES = ("statements/write", "statements/read", "state", "profile", "define")


class NotNow(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """This cannot be done with a registration or session as it stands; `str()` says why, in
    English as the whole interface for systems is."""


# --- Registering ----------------------------------------------------------------------------------


@transaction.atomic
def register(
    edition: Edition,
    *,
    organisation: Organisation,
    person: Person | None,
    actor: Mapping[str, Any] | None = None,
    attempt: PackageAttempt | None = None,
    code: uuid.UUID | None = None,
    at: datetime | None = None,
) -> Registration:
    """Register someone for a course; what asks nothing of them is satisfied at once (9.6.1.1-3).

    Args:
        person: who it is, if they have an account here.
        actor: the account that names someone who has none.
        attempt: the attempt in our own player that this is about; asked twice, one registration.
        code: the registration that another system chose for it; otherwise we choose.

    Raises:
        NotNow: this code is in use.
    """
    now = at or timezone.now()
    take_turn(organisation)
    if attempt is not None:
        known = Registration.objects.filter(attempt=attempt).first()
        if known is not None:
            return known
    if code is not None and Registration.objects.filter(code=code).exists():
        raise NotNow("This registration is in use.")
    registration = Registration.objects.create(
        code=attempt.registration if attempt else code or uuid.uuid4(),
        edition=edition,
        organisation=organisation,
        person=person,
        attempt=attempt,
        actor=actor_of(person) if person is not None else dict(actor or {}),
        created_at=now,
        last_at=now,
    )
    _tell_satisfied(registration, str(uuid.uuid4()), now)
    if attempt is not None and not attempt.trial:
        return _let_off_before(registration, attempt, now)
    return registration


def _let_off_before(
    registration: Registration, attempt: PackageAttempt, now: datetime
) -> Registration:
    """What someone need not do of a course they only begin now is waived in it from the start."""
    told = Waiver.objects.filter(
        person=attempt.person_id, activity__package=attempt.package_id, taken_back_at=None
    ).exclude(part="")
    for part, reason in told.order_by("at", "pk").values_list("part", "reason"):
        if (unit := unit_named(registration, part)) is not None:
            registration = waive(registration, unit, reason=reason, at=now)
    return registration


# --- Launching ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Launched:
    """A launch: its session, the address to open, and in which window ("AnyWindow" leaves it to
    who opens, "OwnWindow" does not)."""

    session: LaunchSession
    address: str
    method: str
    activity: str


@transaction.atomic
def launch(
    registration: Registration,
    unit: int,
    *,
    mode: str = "Normal",
    return_url: str,
    at: datetime | None = None,
) -> Launched:
    """Hand out an address at which a unit can be opened, once, with all that it needs to report.

    A session of the same unit that was never ended is abandoned first.

    Args:
        unit: its number in the course, from 0.
        mode: one of `MODES`.
        return_url: where the unit sends the browser when it is done.

    Raises:
        KeyError: there is no such unit or mode.
    """
    now = at or timezone.now()
    if mode not in MODES:
        raise KeyError(mode)
    locked = _locked(registration)
    told = _unit(locked, unit)
    for open_still in _open_sessions().filter(registration=locked, unit=unit):
        _abandon(locked, open_still, now)
    secret = secrets.token_urlsafe(32)
    session = LaunchSession.objects.create(
        registration=locked,
        unit=unit,
        mode=mode,
        mastery_score=told["mastery_score"],
        fetch=_digest(secret),
        launched_at=now,
        last_at=now,
    )
    activity = activity_id(locked, told["id"])
    template = launching.context_template(session_id=str(session.pk), publisher_id=told["id"])
    data = launching.launch_data(told, template=template, mode=mode, return_url=return_url)
    put_document(
        locked.organisation,
        activity=activity,
        actor=locked.actor,
        registration=locked.code,
        name=LAUNCH_DATA,
        content=data,
        person=locked.person,
    )
    begin_profile(
        locked.organisation,
        actor=locked.actor,
        name=PREFERENCES,
        content=launching.preferences(_languages(locked)),
        # What no unit changed follows the language someone chose in Gezel.
        instead_of=[launching.preferences(["en", "nl"]), launching.preferences(["nl", "en"])],
        person=locked.person,
    )
    plain = _address(locked, told["path"])
    _say(
        locked,
        "launched",
        key=f"launched {session.pk}",
        about=_activity(locked, told),
        publisher_id=told["id"],
        session_id=str(session.pk),
        at=now,
        extensions=saying.launch_extensions(told, mode=mode, address=plain),
    )
    locked.last_at = now
    if locked.attempt_id is None:
        locked.key_until = now + LASTS
    else:
        # Made here and not when statements arrive: what arrives may touch no other lock.
        UnitState.objects.get_or_create(attempt_id=locked.attempt_id, unit=name_of(unit))
    locked.save(update_fields=["last_at", "key_until"])
    address = launching.launch_address(
        plain,
        endpoint=f"{settings.BASE_URL}/xapi/",
        fetch=settings.BASE_URL + reverse("content:cmi5_fetch", args=[secret]),
        actor=locked.actor,
        registration=str(locked.code),
        activity_id=activity,
    )
    return Launched(session, address, told["launch_method"], activity)


def mode_for(registration: Registration, unit: int) -> str:
    """How our own player opens a unit: to look back where nothing more is asked or the whole is
    finished, to look around where it is only tried out, and otherwise to do it."""
    attempt = registration.attempt
    if attempt is not None and attempt.trial:
        return "Browse"
    if attempt is not None and attempt.completed_at is not None:
        return "Review"
    told = _unit(registration, unit)
    # Who need not do it and does it all the same, does it for real.
    own = replace(_standing(registration, unit), waived=False)
    done = told["move_on"] != "NotApplicable" and moving_on.is_satisfied(told["move_on"], own)
    return "Review" if done else "Normal"


@transaction.atomic
def fetch_token(secret: str, *, at: datetime | None = None) -> dict[str, str]:
    """What the fetch address answers (8.2): the password of the session, once; an error after."""
    now = at or timezone.now()
    session = (
        LaunchSession.objects.select_for_update(of=("self",))
        .select_related("registration__organisation", "registration__person")
        .filter(fetch=_digest(secret))
        .first()
    )
    if session is None:
        return {"error-code": "2", "error-text": "There is no such launch."}
    if session.fetched_at is not None:
        return {"error-code": "1", "error-text": "The token of this launch was fetched before."}
    if session.is_over or session.launched_at + LASTS <= now:
        return {"error-code": "2", "error-text": "This launch is over."}
    registration = session.registration
    made = make_session_key(
        registration.organisation,
        name=f"cmi5 {session.pk}",
        person=registration.person,
        actor=registration.actor,
        registration=registration.code,
        scopes=_SCOPES,
        until=session.launched_at + LASTS,
    )
    session.key = made.key
    session.fetched_at = session.last_at = now
    session.save(update_fields=["key", "fetched_at", "last_at"])
    token = base64.b64encode(f"{made.key.user}:{made.password}".encode()).decode()
    return {"auth-token": token}


# --- What a unit records --------------------------------------------------------------------------


def follow(arrived: StatementsArrived) -> None:
    """Statements came in by the key of a launch: what keeps to the rules counts, the rest is kept
    out, all of one request together.

    Raises:
        StatementRefused: one breaks a rule; it names the requirement.
    """
    session = _session_of(arrived.key)
    if session is None:
        return
    registration = _lock(session.registration_id)
    session.refresh_from_db()
    told = _unit(registration, session.unit)
    standing = registration.standing.get(str(session.unit), {})
    seen = checking.Session(
        actor=registration.actor,
        registration=str(registration.code),
        activity_id=activity_id(registration, told["id"]),
        template=launching.context_template(session_id=str(session.pk), publisher_id=told["id"]),
        mode=session.mode,
        mastery_score=session.mastery_score,
        verbs=frozenset(session.verbs),
        preferences_read=session.preferences_at is not None,
        completed=bool(standing.get("completed")),
        passed=bool(standing.get("passed")),
        over=session.is_over,
    )
    # The store fills in what may be left out in xAPI, and may not in cmi5.
    said = [
        {name: value for name, value in one.said.items() if name not in one.filled_in}
        for one in arrived.statements
    ]
    try:
        after = checking.check_all(said, seen)
    except checking.Broken as broken:
        raise StatementRefused(f"cmi5 {broken.requirement}: {broken}", status=403) from broken
    now = arrived.statements[-1].stored
    session.last_at = now
    session.verbs = sorted(after.verbs)
    if after.over:
        session.terminated_at = now
        if session.key is not None:
            revoke_key(session.key)
    session.save(update_fields=["last_at", "verbs", "terminated_at"])
    _count(registration, session, said, now)


def _count(
    registration: Registration,
    session: LaunchSession,
    said: Sequence[Mapping[str, Any]],
    now: datetime,
) -> None:
    """What the statements mean for the unit, and through it for its blocks and the course."""
    standing = dict(registration.standing.get(str(session.unit), {}))
    for statement in said:
        word = checking.defined_word(statement)
        if word in {"completed", "passed", "failed"}:
            standing[word] = True
            score = checking.scaled_score(statement)
            if score is not None:
                standing["score"] = score
        if word == "terminated":
            standing["opened"] = True
            length = (now - session.launched_at).total_seconds()
            standing["seconds"] = int(standing.get("seconds", 0) + max(0, length))
    if standing == registration.standing.get(str(session.unit), {}):
        return
    registration.standing = {**registration.standing, str(session.unit): standing}
    registration.save(update_fields=["standing"])
    _keep_state(registration, session.unit, now)
    _tell_satisfied(registration, str(session.pk), now)


def guard(asked: DocumentAsked) -> None:
    """A unit asks for a document, or wants to change one, by the key of its launch.

    Raises:
        StatementRefused: cmi5 does not let it (sections 8.1, 10.2 and 11).
    """
    session = _session_of(asked.key) if asked.session else None
    if session is None:
        return
    registration = session.registration
    reads = asked.method in {"GET", "HEAD"}
    own = activity_id(registration, _unit(registration, session.unit)["id"])
    if asked.kind == "agent":
        _guard_preferences(asked, session, reads=reads)
    elif asked.kind == "state":
        if asked.registration != registration.code:
            raise StatementRefused(
                "cmi5 8.1.4.0-3: The registration must be the one in the launch address."
            )
        if not reads and asked.name in {LAUNCH_DATA, None} and asked.activity == own:
            raise StatementRefused(f"cmi5 10.2.1.0-5: A unit may not change “{LAUNCH_DATA}”.")
    if asked.kind != "agent" and asked.activity != own and not asked.activity.startswith(f"{own}/"):
        raise StatementRefused("A unit reaches the documents of its own activity only.")


def _guard_preferences(asked: DocumentAsked, session: LaunchSession, *, reads: bool) -> None:
    if asked.name != PREFERENCES:
        raise StatementRefused(f"cmi5 11.0.0.0-4: The document is “{PREFERENCES}”.")
    if reads:
        if session.preferences_at is None:
            LaunchSession.objects.filter(pk=session.pk).update(preferences_at=timezone.now())
        return
    if asked.method == "DELETE":
        raise StatementRefused("The preferences are the learner's; a unit may not remove them.")
    try:
        document = json.loads(asked.content)
    except ValueError:
        document = None
    if wrong := launching.wrong_preferences(document):
        raise StatementRefused(f"cmi5 11.0.0.0-5: {wrong}", status=400)


def _session_of(key: int) -> LaunchSession | None:
    return (
        LaunchSession.objects.filter(key=key)
        .select_related("registration__edition", "registration__organisation")
        .first()
    )


# --- Waiving and abandoning -----------------------------------------------------------------------


@transaction.atomic
def waive(
    registration: Registration, unit: int, *, reason: str, at: datetime | None = None
) -> Registration:
    """Someone need not do a unit, for one of the `REASONS`; waived before, nothing changes.

    Raises:
        KeyError: there is no such unit or reason.
    """
    if reason not in REASONS:
        raise KeyError(reason)
    now = at or timezone.now()
    _unit(registration, unit)
    locked = _locked_with_states(registration, [unit])
    _waive(locked, unit, reason, now)
    return locked


@transaction.atomic
def waive_all(
    registration: Registration, *, reason: str, at: datetime | None = None
) -> Registration:
    """Someone need not do a course any more: each unit that is not done is waived.

    Raises:
        KeyError: there is no such reason.
    """
    if reason not in REASONS:
        raise KeyError(reason)
    now = at or timezone.now()
    units = range(len(registration.edition.manifest["units"]))
    locked = _locked_with_states(registration, units)
    done = met(locked)
    for unit in units:
        if unit not in done:
            _waive(locked, unit, reason, now)
    return locked


@transaction.atomic
def waive_no_more(
    registration: Registration, units: Collection[int], *, at: datetime | None = None
) -> Registration:
    """What was waived of these units is asked again. "Waived", and each "satisfied" that is no
    longer so, is voided: it was said in good faith and holds no more."""
    now = at or timezone.now()
    locked = _locked_with_states(registration, units)
    for unit in units:
        standing = locked.standing.get(str(unit), {})
        if "waived" in standing:
            _take_back(locked, f"waived {unit}", now)
            told = {name: value for name, value in standing.items() if name != "waived"}
            locked.standing = {**locked.standing, str(unit): told}
            _keep_state(locked, unit, now)
    tree = locked.edition.manifest["extra"]["tree"]
    still = moving_on.newly_satisfied(tree, met(locked), [])
    for identifier in locked.satisfied:
        if identifier not in still:
            _take_back(locked, f"satisfied {identifier}", now)
    locked.satisfied = [one for one in locked.satisfied if one in still]
    locked.save(update_fields=["standing", "satisfied", "voided"])
    return locked


def did_something(registration: Registration) -> bool:
    """Whether the person did any of it themselves; to be let off is not to do."""
    return any(
        told.keys() & {"completed", "passed", "failed", "opened"}
        for told in registration.standing.values()
    )


def _locked_with_states(registration: Registration, units: Iterable[int]) -> Registration:
    """Our turn and the row, with the states that our own player shows progress from."""
    if registration.attempt_id is not None:
        # Before our turn: it touches the attempt, which may itself be waiting for the store.
        for unit in units:
            UnitState.objects.get_or_create(attempt_id=registration.attempt_id, unit=name_of(unit))
    return _locked(registration)


def _waive(locked: Registration, unit: int, reason: str, now: datetime) -> None:
    told = _unit(locked, unit)
    standing = locked.standing.get(str(unit), {})
    if standing.get("waived"):
        return
    session_id = str(uuid.uuid4())
    _say(
        locked,
        "waived",
        key=f"waived {unit}",
        about=_activity(locked, told),
        publisher_id=told["id"],
        session_id=session_id,
        at=now,
        result=saying.waived_result(reason),
    )
    locked.standing = {**locked.standing, str(unit): {**standing, "waived": reason}}
    locked.save(update_fields=["standing"])
    _keep_state(locked, unit, now)
    _tell_satisfied(locked, session_id, now)


@transaction.atomic
def abandon(session: LaunchSession, *, at: datetime | None = None) -> LaunchSession:
    """A session ended without a word; said once, and never of one that was terminated.

    Raises:
        NotNow: the unit itself ended it.
    """
    registration = _locked(session.registration)
    session.refresh_from_db()
    if session.terminated_at is not None:
        raise NotNow("This session was terminated by the unit itself.")
    if session.abandoned_at is None:
        _abandon(registration, session, at or timezone.now())
    return session


def silent_sessions(now: datetime) -> QuerySet[LaunchSession]:
    """Sessions that nobody ended and that have been silent too long."""
    return _open_sessions().filter(last_at__lt=now - SILENT)


def abandon_silent(now: datetime) -> int:
    """Abandon every session that has been silent too long; returns how many."""
    found = list(silent_sessions(now).select_related("registration")[:1_000])
    for session in found:
        with transaction.atomic():
            registration = _locked(session.registration)
            session.refresh_from_db()
            if not session.is_over:
                _abandon(registration, session, now)
    return len(found)


def forget_outside(now: datetime) -> int:
    """Registrations of other systems that nobody launched for two years go; returns how many."""
    old = Registration.objects.filter(attempt=None, last_at__lt=now - KEPT_OUTSIDE)
    return old.delete()[0]


def _abandon(registration: Registration, session: LaunchSession, now: datetime) -> None:
    told = _unit(registration, session.unit)
    _say(
        registration,
        "abandoned",
        key=f"abandoned {session.pk}",
        about=_activity(registration, told),
        publisher_id=told["id"],
        session_id=str(session.pk),
        at=now,
        result=saying.abandoned_result(session.launched_at, session.last_at),
    )
    session.abandoned_at = now
    session.save(update_fields=["abandoned_at"])
    if session.key is not None:
        revoke_key(session.key)


def _open_sessions() -> QuerySet[LaunchSession]:
    return LaunchSession.objects.filter(terminated_at=None, abandoned_at=None).order_by(
        "launched_at"
    )


# --- What it is all made of -----------------------------------------------------------------------


def _locked(registration: Registration) -> Registration:
    """Our turn in the record store, and then the row: always in this order."""
    take_turn(registration.organisation)
    return _lock(registration.pk)


def _lock(pk: int) -> Registration:
    return (
        Registration.objects.select_for_update(of=("self",))
        .select_related("edition__package", "organisation", "person", "attempt")
        .get(pk=pk)
    )


def _unit(registration: Registration, number: int) -> dict[str, Any]:
    """What the reader kept of a unit, with its own id and address.

    Raises:
        KeyError: there is no unit of this number.
    """
    units = registration.edition.manifest["units"]
    if not 0 <= number < len(units):
        raise KeyError(number)
    return {**units[number]["extra"], "path": units[number]["path"]}


def unit_named(registration: Registration, part: str) -> int | None:
    """The unit that goes by this name over all editions, if this edition has it."""
    units = registration.edition.manifest["units"]
    return next((n for n, unit in enumerate(units) if name_of_part(unit) == part), None)


def name_of(unit: int) -> str:
    """The name under which the reader kept a unit."""
    return f"au{unit}"


def number_of(name: str) -> int:
    """And back."""
    return int(name.removeprefix("au"))


def _standing(registration: Registration, unit: int) -> moving_on.Standing:
    told = registration.standing.get(str(unit), {})
    return moving_on.Standing(
        completed=bool(told.get("completed")),
        passed=bool(told.get("passed")),
        waived=bool(told.get("waived")),
    )


def met(registration: Registration) -> set[int]:
    """The units, by number, whose criterion is met."""
    return {
        number
        for number, unit in enumerate(registration.edition.manifest["units"])
        if moving_on.is_satisfied(unit["extra"]["move_on"], _standing(registration, number))
    }


def activity_id(registration: Registration, publisher_id: str) -> str:
    """The id of a unit, block or course in statements: ours, never the publisher's own, and the
    same for everyone and in every edition, so that what is recorded can be put together."""
    package = registration.edition.package_id
    own = uuid.uuid5(uuid.NAMESPACE_URL, publisher_id)
    return f"{settings.BASE_URL}/xapi/packages/{package}/{own}"


def _activity(registration: Registration, unit: Mapping[str, Any]) -> dict[str, Any]:
    return saying.activity(
        activity_id(registration, unit["id"]),
        kind=unit["activity_type"],
        title=unit["title"],
        description=unit["description"],
    )


def _address(registration: Registration, path: str) -> str:
    if is_elsewhere(path):
        return path
    attempt = registration.attempt
    return address_of(attempt.key if attempt else registration.key, path)


def _languages(registration: Registration) -> list[str]:
    person = registration.person
    first = (person.language if person else "") or registration.organisation.language
    return [first, *(tag for tag in ("nl", "en") if tag != first)]


def _say(
    registration: Registration,
    verb: saying.Said,
    *,
    key: str,
    about: Mapping[str, Any],
    publisher_id: str,
    session_id: str,
    at: datetime,
    result: Mapping[str, Any] | None = None,
    extensions: Mapping[str, Any] | None = None,
) -> None:
    """Record what the system itself has to say; its id follows from `key`, so it is said once."""
    say(
        registration.organisation,
        saying.statement(
            verb,
            statement_id=_statement_id(registration, key),
            actor=registration.actor,
            about=about,
            registration=str(registration.code),
            session_id=session_id,
            publisher_id=publisher_id,
            at=at,
            result=result,
            extensions=extensions,
        ),
        person=registration.person,
    )


def _statement_id(registration: Registration, key: str) -> uuid.UUID:
    """The id of what is said under a key: the same each time, until it is taken back."""
    found = uuid.uuid5(registration.code, key)
    while str(found) in registration.voided:
        found = uuid.uuid5(found, key)
    return found


def _take_back(registration: Registration, key: str, now: datetime) -> None:
    said = _statement_id(registration, key)
    void(registration.organisation, said, at=now)
    registration.voided = [*registration.voided, str(said)]


def _tell_satisfied(registration: Registration, session_id: str, now: datetime) -> None:
    """Record which blocks, and whether the course, are satisfied now that were not before."""
    extra = registration.edition.manifest["extra"]
    fresh = moving_on.newly_satisfied(extra["tree"], met(registration), registration.satisfied)
    if not fresh:
        return
    blocks = dict(_blocks(extra["tree"]))
    for identifier in fresh:
        node = extra["course"] if identifier == moving_on.COURSE else blocks[identifier]
        kind = COURSE if identifier == moving_on.COURSE else BLOCK
        _say(
            registration,
            "satisfied",
            key=f"satisfied {identifier}",
            about=saying.activity(
                activity_id(registration, f"{kind} {node['id']}"),
                kind=kind,
                title=node["title"],
                description=node["description"],
            ),
            publisher_id=node["id"],
            session_id=session_id,
            at=now,
        )
    registration.satisfied = [*registration.satisfied, *fresh]
    registration.save(update_fields=["satisfied"])


def _blocks(nodes: Sequence[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    found = []
    for node in nodes:
        if "children" in node:
            found += [(node["id"], node), *_blocks(node["children"])]
    return found


def _keep_state(registration: Registration, unit: int, now: datetime) -> None:
    """The same in the table that our own player shows progress from."""
    if registration.attempt_id is None:
        return
    told = registration.standing.get(str(unit), {})
    judged = True if told.get("passed") else (False if told.get("failed") else None)
    UnitState.objects.filter(attempt=registration.attempt_id, unit=name_of(unit)).update(
        completed=unit in met(registration)
        and bool(told.keys() & {"completed", "passed", "waived", "opened"}),
        passed=judged,
        score=told.get("score"),
        seconds=int(told.get("seconds", 0)),
        ended=bool(told.get("opened")),
        updated_at=now,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
