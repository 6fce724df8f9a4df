"""Recording what someone did in Gezel itself."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import get_language

from gezel.people.api import Organisation, Person
from gezel.records import rules
from gezel.records.actions.incoming import STEP, Conflict
from gezel.records.models import Statement
from gezel.records.queries.finding import HOUSE_LOCK, statement_at
from gezel.records.queries.rows import add_rows, moment_for, uuid_for
from gezel.records.rules import finding


def record(
    person: Person,
    *,
    verb: rules.Verb,
    object_id: str,
    object_name: Mapping[str, str],
    object_type: str = "module",
    parent: str = "",
    organisation: Organisation | None = None,
    result: rules.Result | None = None,
    registration: uuid.UUID | None = None,
    timestamp: datetime | None = None,
    statement_id: uuid.UUID | None = None,
    private: bool = False,
) -> Statement:
    """Record that someone did something, as an xAPI statement, in the caller's transaction.

    The same `statement_id` with the same content gives back what stands, so a caller may run
    twice; with other content it is refused.

    Args:
        verb: "initialized", "completed", "passed", "failed", "answered" or "attended".
        object_id: the address of what it is about.
        object_name: its name per language: {"nl": …, "en": …}.
        parent: the id of what it is a part of, if it is one.
        organisation: where the person worked at it, if it was at work.
        timestamp: when it happened; now if not given.
        private: no other system ever reads it, whatever it may read else.

    Raises:
        Conflict: a statement of this id says something else.
    """
    now = timezone.now()
    now = now.replace(microsecond=now.microsecond & ~1)
    said = rules.statement(
        statement_id=statement_id or uuid.uuid4(),
        home_page=settings.BASE_URL,
        account=str(person.pk),
        verb=verb,
        object_id=object_id,
        object_type=object_type,
        object_name=object_name,
        result=result,
        registration=registration,
        language=get_language() or settings.LANGUAGE_CODE,
        at=timestamp or now,
        parent=parent,
    )
    shelf = 0 if private or organisation is None else -organisation.pk
    one = Statement(
        id=uuid.UUID(said["id"]),
        shelf=shelf,
        organisation=organisation,
        person=person,
        verb=said["verb"]["id"],
        object_id=object_id,
        registration=registration,
        timestamp=timestamp or now,
        stored=now,
        terms=finding.terms(said, shelf) if shelf else [],
        raw=said | {"authority": rules.authority(settings.BASE_URL), "stored": rules.moment(now)},
    )
    with transaction.atomic(), connection.cursor() as cursor:
        if _has_place(cursor, one):
            _add(cursor, one)
            return one
        stands = statement_at(shelf, one.id)
    if (
        stands is None
        or stands.person_id != person.pk
        or not rules.is_same(stands.raw, said, except_time=timestamp is None)
    ):
        raise Conflict(f"Statement {said['id']} stands already and says something else.")
    return stands


def _has_place(cursor: Any, one: Statement) -> bool:
    """Whether the id was free. Of two callers at once, the database lets one in.

    On PostgreSQL it also says that one of Gezel's own is on its way, so that nobody is told they
    have read everything up to now.
    """
    values = [one.shelf, uuid_for(one.id), moment_for(one.stored)]
    if connection.vendor == "sqlite":
        source = "VALUES (%s, %s, %s)"
    else:
        source = "SELECT %s, %s, %s FROM (SELECT pg_advisory_xact_lock_shared(%s, %s)) AS turn"
        values += [HOUSE_LOCK, abs(one.shelf) % 2**31]
    cursor.execute(
        f"INSERT INTO records_address (shelf, id, stored) {source} ON CONFLICT DO NOTHING", values
    )
    return bool(cursor.rowcount)


def _add(cursor: Any, one: Statement) -> None:
    """Add the row, at the next moment that nobody has if another was stored in this one."""
    fields: list[Any] = list(Statement._meta.concrete_fields)
    names = ", ".join(field.column for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    while True:
        values = [
            field.get_db_prep_save(getattr(one, field.attname), connection) for field in fields
        ]
        cursor.execute(
            f"INSERT INTO records_statement ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING",
            values,
        )
        if cursor.rowcount:
            break
        one.stored += STEP
        cursor.execute(
            "UPDATE records_address SET stored = %s WHERE shelf = %s AND id = %s",
            [moment_for(one.stored), one.shelf, uuid_for(one.id)],
        )
    one._state.adding = False
    stored = moment_for(one.stored)
    add_rows(cursor, "records_mention", ("term", "stored"), [(t, stored) for t in one.terms])
