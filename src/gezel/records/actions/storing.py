"""Keeping statements that came from outside: all of a request, or none.

Written in SQL: a statement a request is one question on PostgreSQL, and five hundred are not many
more than a few. `docs/decisions/0010-record-store.md` tells how the tables hang together.
"""

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from gezel.kit.events import announce
from gezel.records.actions.incoming import STEP, Conflict, Incoming
from gezel.records.actions.linking import link
from gezel.records.actions.together import keep_together, now_known
from gezel.records.events import Arrived, StatementsArrived
from gezel.records.models.caller import Caller
from gezel.records.queries.finding import STORE_LOCK
from gezel.records.queries.rows import (
    AT_ONCE,
    FEW,
    ON_SQLITE,
    add_rows,
    marks_for,
    moment_for,
    moment_from,
    one_of,
    uuid_for,
)
from gezel.records.rules import finding
from gezel.records.rules.finding import merged
from gezel.records.rules.moments import read_moment, write_moment
from gezel.records.rules.reading import write_json
from gezel.records.rules.same import says_the_same


def store(by: Caller, incoming: Sequence[Incoming], *, aloud: bool = True) -> None:
    """Keep these statements, in this order, acknowledged only once all of them are.

    What stands already with the same words is left as it stands.

    Args:
        aloud: whether rooms that listen are told of them.

    Raises:
        Conflict: one stands already and says something else.
        Broken: one voids a statement that itself voids.
        StatementRefused: a room that listens does not take them.
    """
    if not (aloud and by.session):
        _keep(by, incoming)
        return
    with transaction.atomic():
        if new := _keep(by, incoming):
            announce(
                StatementsArrived(
                    by.organisation,
                    by.key,
                    by.registration,
                    [
                        Arrived(
                            one.id, one.said, one.person, one.registration, one.stored,
                            one.filled_in,
                        )
                        for one in new
                    ],
                )
            )  # fmt: skip


def _keep(by: Caller, incoming: Sequence[Incoming]) -> list[Incoming]:
    """Keep them; gives back those that were not here yet."""
    told = _definitions(by, incoming)
    plain = len(incoming) <= FEW and not any(one.points_at or one.files for one in incoming)
    if plain and not ON_SQLITE:
        for one in incoming:
            _vouch(one, by)
        if keep_together(by.organisation, incoming, told):
            return list(incoming)
    with transaction.atomic(), connection.cursor() as cursor:
        turn = _take(cursor, by.organisation, len(incoming), list(told))
        first = turn.last - STEP * (len(incoming) - 1)
        for number, one in enumerate(incoming):
            one.stored = first + STEP * number
        new = _step_by_step(cursor, by, incoming, refers=turn.refers)
        if new:
            _define(cursor, by.organisation, told, turn.known)
    return new


def complete(one: Incoming, by: Caller) -> None:
    """What only the store says: when, by whose word, in which version."""
    _vouch(one, by)
    one.said["stored"] = write_moment(one.stored)
    one.said.setdefault("timestamp", one.said["stored"])


def _vouch(one: Incoming, by: Caller) -> None:
    said = one.said
    said["id"] = str(one.id)
    said.pop("stored", None)
    said["authority"] = dict(by.authority)
    said.setdefault("version", one.version)
    one.terms = finding.terms(said, by.organisation)


def _step_by_step(
    cursor: Any, by: Caller, incoming: Sequence[Incoming], *, refers: bool
) -> list[Incoming]:
    """Give each its place, link what points, then add the rows; gives back what was new."""
    shelf = by.organisation
    new = _new_of(cursor, shelf, incoming, _addressed(cursor, shelf, incoming))
    for one in new:
        complete(one, by)
    pointing = [one for one in new if one.points_at is not None]
    if refers or pointing:
        link(cursor, shelf, new, pointing)
    insert(cursor, shelf, new)
    return new


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one is told when it is one's turn to write in a store."""

    last: datetime
    """The last of the moments for what is written."""
    refers: bool
    """Whether any statement here points at another."""
    known: dict[int, dict[str, Any]] | None = None
    """What is known of the activities asked for; None: not looked up yet."""


def _take(cursor: Any, organisation: int, many: int, activities: Sequence[int]) -> _Turn:
    """Our turn in this store, until the end of the transaction, and moments for so many."""
    place = organisation % 2**31
    for _again in range(3):
        now = _odd_now()
        if ON_SQLITE:
            cursor.execute(
                "SELECT last, refers FROM records_shelf WHERE organisation_id = %s", [organisation]
            )
            if row := cursor.fetchone():
                before = moment_from(row[0])
                last = max(before, now - STEP) + STEP * many
                cursor.execute(
                    "UPDATE records_shelf SET last = %s WHERE organisation_id = %s",
                    [moment_for(last), organisation],
                )
                return _Turn(last, bool(row[1]))
        else:
            # By the clock of the database and once it is our turn, so that whoever finds nobody
            # writing knows that what comes is later (`finding.consistent_through`).
            cursor.execute(
                "UPDATE records_shelf SET last = GREATEST(last, "
                "date_trunc('milliseconds', clock_timestamp()) - interval '1 microsecond') + %s "
                "FROM (SELECT pg_advisory_xact_lock(%s, %s)) AS turn "
                "WHERE organisation_id = %s RETURNING last, refers, "
                "(SELECT json_object_agg(term, definition) FROM records_activity "
                "WHERE term = ANY(%s))",
                [STEP * many, STORE_LOCK, place, organisation, activities],
            )
            if row := cursor.fetchone():
                known = json.loads(row[2]) if isinstance(row[2], str) else row[2] or {}
                told = {int(key): json.loads(definition) for key, definition in known.items()}
                return _Turn(row[0], row[1], told)
        if not ON_SQLITE:
            # Who begins a store holds its lock already: else two who begin it at once wait for
            # each other, one for the row and one for the lock.
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [STORE_LOCK, place])
        cursor.execute(
            "INSERT INTO records_shelf (organisation_id, last, refers) VALUES (%s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            [organisation, moment_for(now - STEP), False],
        )
    raise RuntimeError("A record store could not be begun.")


def _odd_now() -> datetime:
    now = timezone.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000 + 1)


def _addressed(cursor: Any, shelf: int, incoming: Sequence[Incoming]) -> set[uuid.UUID]:
    """Give each its place; gives back the ids that were not here yet."""
    if ON_SQLITE:
        fresh = set()
        for one in incoming:
            cursor.execute(
                "INSERT INTO records_address (shelf, id, stored) VALUES (%s, %s, %s) "
                "ON CONFLICT DO NOTHING",
                [shelf, one.id.hex, moment_for(one.stored)],
            )
            if cursor.rowcount:
                fresh.add(one.id)
    else:
        cursor.execute(
            "INSERT INTO records_address (shelf, id, stored) "
            "SELECT %s, * FROM unnest(%s::uuid[], %s::timestamptz[]) "
            "ON CONFLICT DO NOTHING RETURNING id",
            [shelf, [one.id for one in incoming], [one.stored for one in incoming]],
        )
        fresh = {row[0] for row in cursor.fetchall()}
    return fresh


def _new_of(
    cursor: Any, shelf: int, incoming: Sequence[Incoming], fresh: Collection[uuid.UUID]
) -> list[Incoming]:
    """Those that were not here; raises Conflict where one was and said something else."""
    if len(fresh) == len(incoming):
        return list(incoming)
    again = {one.id: one for one in incoming if one.id not in fresh}
    for pk, stands in _standing(cursor, shelf, list(again)).items():
        one = again[pk]
        sent = {name: told for name, told in one.said.items() if name not in one.filled_in}
        if not says_the_same(stands, sent):
            raise Conflict(f"Statement {pk} stands already and says something else.")
    return [one for one in incoming if one.id in fresh]


def _standing(cursor: Any, shelf: int, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    found: dict[uuid.UUID, dict[str, Any]] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        cursor.execute(
            "SELECT s.raw FROM records_address a JOIN records_statement s "
            "ON s.shelf = a.shelf AND s.stored = a.stored "
            f"WHERE a.shelf = %s AND a.id IN {one_of(some)}",
            [shelf, *map(uuid_for, some)],
        )
        for (raw,) in cursor.fetchall():
            said = json.loads(raw)
            found[uuid.UUID(said["id"])] = said
    return found


COLUMNS = (
    "id", "shelf", "organisation_id", "person_id", "verb", "object_id", "registration",
    "timestamp", "stored", "voided", "terms", "raw",
)  # fmt: skip


def _row(one: Incoming, organisation: int) -> list[Any]:
    said = one.said
    return [
        uuid_for(one.id),
        organisation,
        organisation,
        one.person,
        said["verb"]["id"],
        one.about,
        None if one.registration is None else uuid_for(one.registration),
        moment_for(read_moment(said["timestamp"], strict=False)),
        moment_for(one.stored),
        one.voided,
        write_json(one.terms),
        write_json(said),
    ]


def insert(cursor: Any, organisation: int, new: Sequence[Incoming]) -> None:
    add_rows(cursor, "records_statement", COLUMNS, [_row(one, organisation) for one in new])
    mentions = [
        (found, moment_for(one.stored)) for one in new if not one.voided for found in one.terms
    ]
    add_rows(cursor, "records_mention", ("term", "stored"), mentions)
    _add_files(cursor, organisation, new)
    pointing = [
        (organisation, uuid_for(one.points_at), moment_for(one.stored), one.voids)
        for one in new
        if one.points_at is not None
    ]
    add_rows(cursor, "records_reference", ("shelf", "target", "stored", "voids"), pointing)


def _add_files(cursor: Any, organisation: int, new: Sequence[Incoming]) -> None:
    files = [(organisation, moment_for(one.stored), *file) for one in new for file in one.files]
    columns = ("shelf", "stored", "sha2", "content_type", "length")
    add_rows(cursor, "records_attachment", columns, files)


# --- What activities are -------------------------------------------------------------------------


def _definitions(by: Caller, incoming: Sequence[Incoming]) -> dict[int, tuple[str, dict[str, Any]]]:
    """What these statements tell of activities, in one order for all who write."""
    told: dict[int, tuple[str, dict[str, Any]]] = {}
    if by.may("define"):
        for one in incoming:
            for iri, definition in finding.definitions(one.said):
                key = finding.term(by.organisation, "definition", iri)
                before = told[key][1] if key in told else {}
                told[key] = iri, merged(before, definition)
    return dict(sorted(told.items()))


def _define(
    cursor: Any,
    organisation: int,
    told: Mapping[int, tuple[str, dict[str, Any]]],
    known: dict[int, dict[str, Any]] | None,
) -> None:
    """The latest word on each activity; names and descriptions in other languages stay."""
    if known is None:
        known = _known(cursor, list(told))
    changed = []
    now_known(known)
    for key, (iri, definition) in told.items():
        if (now := merged(known.get(key, {}), definition)) != known.get(key):
            changed.append([key, organisation, iri, write_json(now)])
    for start in range(0, len(changed), 200):
        rows = changed[start : start + 200]
        cursor.execute(
            "INSERT INTO records_activity (term, organisation_id, iri, definition) VALUES "
            f"{marks_for(len(rows), 4)} "
            "ON CONFLICT (term) DO UPDATE SET definition = EXCLUDED.definition",
            [value for row in rows for value in row],
        )


def _known(cursor: Any, keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    known: dict[int, dict[str, Any]] = {}
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        cursor.execute(
            f"SELECT term, definition FROM records_activity WHERE term IN {one_of(some)}", some
        )
        known |= {found: json.loads(definition) for found, definition in cursor.fetchall()}
    return known
