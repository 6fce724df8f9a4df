"""Finding statements by what other systems may ask for, newest or oldest first.

Every filter is a term in one index (`Mention`), which holds nothing that is voided or erased. So a
question is: walk the rarest of its terms in the order of storing, look for the others at each
step, stop when there are enough; then fetch those statements.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection
from django.utils import timezone

from gezel.records.models import Statement
from gezel.records.queries.rows import AT_ONCE, ON_SQLITE, moment_for, moment_from, one_of, uuid_for
from gezel.records.rules.finding import term

# The first half of advisory locks on PostgreSQL; the second is the organisation. Who writes what
# came from outside holds the one alone, who records in Gezel itself shares the other.
STORE_LOCK = 0x67_7A_72
HOUSE_LOCK = 0x67_7A_73

RARE = 2_000
"""Counting stops here: a term with fewer postings is quick to walk whatever else is asked."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for. A condition is a list of (kind, value) of which one must hold."""

    conditions: Sequence[Sequence[tuple[str, str]]] = ()
    since: datetime | None = None
    until: datetime | None = None
    beyond: datetime | None = None
    """Where the page before this one ended."""
    ascending: bool = False
    limit: int = 100


@dataclass(slots=True)
class Row:
    """A statement as it stands, its JSON as text."""

    shelf: int
    stored: datetime
    raw: str


@dataclass(slots=True)
class Found:
    rows: list[Row] = field(default_factory=list)
    beyond: datetime | None = None
    """Where the next page begins; None: these were the last."""


def statement_at(shelf: int, pk: uuid.UUID) -> Statement | None:
    """The statement of this id on this shelf."""
    found = Statement.objects.raw(
        "SELECT s.* FROM records_address a JOIN records_statement s "
        "ON s.shelf = a.shelf AND s.stored = a.stored WHERE a.shelf = %s AND a.id = %s",
        [shelf, uuid_for(pk)],
    )
    return next(iter(found), None)


def one(shelves: Sequence[int], pk: uuid.UUID, *, voided: bool) -> Row | None:
    """The statement of this id, if it is voided or not as asked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.shelf, s.stored, s.raw FROM records_address a JOIN records_statement s "
            "ON s.shelf = a.shelf AND s.stored = a.stored "
            f"WHERE a.shelf IN {one_of(shelves)} AND a.id = %s AND s.voided = %s",
            [*shelves, uuid_for(pk), voided],
        )
        row = cursor.fetchone()
    return Row(row[0], moment_from(row[1]), row[2]) if row else None


def find(shelves: Sequence[int], asked: Filters) -> Found:
    """The statements that meet every condition, at most `asked.limit` of them."""
    with connection.cursor() as cursor:
        places: set[datetime] = set()
        for shelf in shelves:
            places |= _places(cursor, shelf, asked)
        order = sorted(places, reverse=not asked.ascending)
        chosen = order[: asked.limit]
        if not chosen:
            return Found()
        marks = one_of(chosen)
        cursor.execute(
            "SELECT shelf, stored, raw FROM records_statement "
            f"WHERE shelf IN {one_of(shelves)} AND stored IN {marks}",
            [*shelves, *map(moment_for, chosen)],
        )
        rows = [Row(shelf, moment_from(stored), raw) for shelf, stored, raw in cursor.fetchall()]
    rows.sort(key=lambda row: row.stored, reverse=not asked.ascending)
    return Found(rows, chosen[-1] if len(order) > asked.limit else None)


def _places(cursor: Any, shelf: int, asked: Filters) -> set[datetime]:
    conditions = [
        [term(shelf, kind, value) for kind, value in one_of] for one_of in asked.conditions
    ]
    within, values = _within(asked)
    order = "ASC" if asked.ascending else "DESC"
    many = asked.limit + 1
    if not conditions:
        cursor.execute(
            f"SELECT stored FROM records_statement WHERE shelf = %s AND NOT voided {within} "
            f"ORDER BY stored {order} LIMIT %s",
            [shelf, *values, many],
        )
        return {moment_from(row[0]) for row in cursor.fetchall()}
    if len(conditions) > 1:
        conditions = _rarest_first(cursor, conditions)
    first, *others = conditions
    also = "".join(
        " AND EXISTS (SELECT 1 FROM records_mention x WHERE x.stored = m.stored "
        f"AND x.term IN {one_of(other)})"
        for other in others
    )
    found: set[datetime] = set()
    for one_term in first:
        cursor.execute(
            f"SELECT m.stored FROM records_mention m WHERE m.term = %s {within}{also} "
            f"ORDER BY m.stored {order} LIMIT %s",
            [one_term, *values, *(t for other in others for t in other), many],
        )
        found |= {moment_from(row[0]) for row in cursor.fetchall()}
    return found


def _within(asked: Filters) -> tuple[str, list[Any]]:
    """The bounds in time, as SQL on `stored`."""
    parts, values = [], []
    if asked.since is not None:
        parts.append("AND stored > %s")
        values.append(moment_for(asked.since))
    if asked.until is not None:
        parts.append("AND stored <= %s")
        values.append(moment_for(asked.until))
    if asked.beyond is not None:
        parts.append(f"AND stored {'>' if asked.ascending else '<'} %s")
        values.append(moment_for(asked.beyond))
    return " ".join(parts), values


def _rarest_first(cursor: Any, conditions: list[list[int]]) -> list[list[int]]:
    counted = []
    for condition in conditions:
        many = 0
        for one_term in condition:
            cursor.execute(
                "SELECT count(*) FROM "
                "(SELECT 1 FROM records_mention WHERE term = %s LIMIT %s) AS n",
                [one_term, RARE],
            )
            many += cursor.fetchone()[0]
        counted.append((many, condition))
    return [condition for _many, condition in sorted(counted, key=lambda pair: pair[0])]


def consistent_through(shelves: Sequence[int]) -> datetime:
    """Up to when everything is here: what is stored later has a later `stored`.

    That is now, unless someone is writing: then it is the last that is here, of a store that is
    written to in turn, and a minute ago where Gezel's own statements are read along.
    """
    organisation, own = max(shelves), len(shelves) > 1
    with connection.cursor() as cursor:
        if ON_SQLITE:
            now = timezone.now()
            limit = now.replace(microsecond=now.microsecond // 1000 * 1000)
            quiet = house_quiet = _nobody_writes(cursor)
        else:
            place = organisation % 2**31
            cursor.execute(
                "SELECT date_trunc('milliseconds', clock_timestamp()), "
                "pg_try_advisory_xact_lock_shared(%s, %s), pg_try_advisory_xact_lock(%s, %s)",
                [STORE_LOCK, place, HOUSE_LOCK, place],
            )
            limit, quiet, house_quiet = cursor.fetchone()
        cursor.execute("SELECT last FROM records_shelf WHERE organisation_id = %s", [organisation])
        row = cursor.fetchone()
    if own:
        return limit - (timedelta(seconds=1) if house_quiet else timedelta(minutes=1))
    last = moment_from(row[0]) if row else limit
    return max(last, limit) if quiet else last


def _nobody_writes(cursor: Any) -> bool:
    """Whether SQLite's one pen lies on the table, in whichever process; we only touch it.

    Who holds it took it before looking at the clock.
    """
    if connection.in_atomic_block:
        return True
    patience = connection.settings_dict["OPTIONS"].get("timeout", 5)
    cursor.execute("PRAGMA busy_timeout = 0")
    try:
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("ROLLBACK")
    except OperationalError:
        return False
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
    return True


def files_of(rows: Sequence[Row]) -> dict[str, str]:
    """The files that came with these statements: digest → media type."""
    if not rows:
        return {}
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        for row in rows:
            if '"attachments"' not in row.raw:
                continue
            cursor.execute(
                "SELECT sha2, content_type FROM records_attachment "
                "WHERE shelf = %s AND stored = %s",
                [row.shelf, moment_for(row.stored)],
            )
            found |= dict(cursor.fetchall())
    return found


def definitions_of(organisation: int, iris: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What these activities are, as far as this store was told."""
    keys = {term(organisation, "definition", iri): iri for iri in iris}
    if not keys:
        return {}
    found: dict[str, dict[str, Any]] = {}
    known = list(keys)
    with connection.cursor() as cursor:
        for start in range(0, len(known), AT_ONCE):
            some = known[start : start + AT_ONCE]
            cursor.execute(
                f"SELECT term, definition FROM records_activity WHERE term IN {one_of(some)}", some
            )
            found |= {keys[key]: json.loads(told) for key, told in cursor.fetchall()}
    return found
