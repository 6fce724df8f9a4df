"""Saying something in the record store on Gezel's own behalf, as any other system would."""

import json
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from gezel.people.api import Organisation, Person
from gezel.records import rules
from gezel.records.actions import documents
from gezel.records.actions.documents import Guard, Place
from gezel.records.actions.incoming import Incoming
from gezel.records.actions.storing import store
from gezel.records.models.caller import Caller
from gezel.records.queries.finding import STORE_LOCK, statement_at
from gezel.records.rules.reading import write_json
from gezel.records.rules.same import kept
from gezel.records.rules.shapes import VOIDED, Version, check_statement


def say(
    organisation: Organisation, statement: Mapping[str, Any], *, person: Person | None
) -> uuid.UUID:
    """Keep a whole statement among those from outside, with Gezel as authority, in the caller's
    transaction; gives back its id. The same id with the same words is one statement.

    For what the launching side of a package says: launched, satisfied, abandoned, waived. It is
    not announced: who says it knows.

    Raises:
        Broken: it breaks a rule of xAPI.
        Conflict: a statement of this id says something else.
    """
    said = json.loads(json.dumps(statement))
    check_statement(said, Version.V2)
    said = kept(said)
    one = Incoming(
        uuid.UUID(said["id"]) if "id" in said else uuid.uuid4(),
        said,
        said.get("version", "1.0.0"),
        person=None if person is None else person.pk,
    )
    store(_gezel(organisation), [one], aloud=False)
    return one.id


def void(organisation: Organisation, statement_id: uuid.UUID, *, at: datetime) -> None:
    """Take back what was said with `say`, on Gezel's own behalf: it stands, and nothing finds it.
    Taken back twice is taken back once.

    Raises:
        Broken: it is itself one that takes back.
    """
    own = uuid.uuid5(statement_id, "voided")
    said = {
        "id": str(own),
        "actor": rules.authority(settings.BASE_URL),
        "verb": {"id": VOIDED, "display": {"en": "voided"}},
        "object": {"objectType": "StatementRef", "id": str(statement_id)},
        "timestamp": rules.moment(at),
    }
    if statement_at(organisation.pk, own) is None:
        say(organisation, said, person=None)


def put_document(
    organisation: Organisation,
    *,
    activity: str,
    actor: Mapping[str, Any],
    registration: uuid.UUID | None,
    name: str,
    content: Mapping[str, Any],
    person: Person | None,
) -> None:
    """Keep a state document (such as `LMS.LaunchData`) in place of what was there.

    Args:
        activity: the id of the activity, an IRI.
        actor: the Agent it is about.
        name: the state's id.
        content: what it says, as JSON.
    """
    place = Place(organisation.pk, "state", activity, dict(actor), registration)
    _put(place, name, content, Guard(), person)


def begin_profile(
    organisation: Organisation,
    *,
    actor: Mapping[str, Any],
    name: str,
    content: Mapping[str, Any],
    person: Person | None,
    instead_of: Iterable[Mapping[str, Any]] = (),
) -> None:
    """Keep a document in the profile of an agent where there is none of this name yet.

    Args:
        actor: the Agent it is about.
        name: the profile's id, such as `cmi5LearnerPreferences`.
        content: what it says at first, as JSON.
        instead_of: what it may say now and is then replaced; anything else is someone's own.
    """
    place = Place(organisation.pk, "agent", "", dict(actor), None)
    with suppress(documents.Outdated):
        _put(place, name, content, Guard(none_match="*"), person)
    for before in instead_of:
        with suppress(documents.Outdated):
            etag = documents.etag_of(write_json(dict(before)).encode())
            _put(place, name, content, Guard(match=f'"{etag}"'), person)


def _put(
    place: Place, name: str, content: Mapping[str, Any], guard: Guard, person: Person | None
) -> None:
    documents.put(
        place,
        name,
        content=write_json(dict(content)).encode(),
        content_type="application/json",
        guard=guard,
        person=None if person is None else person.pk,
    )


def take_turn(organisation: Organisation) -> None:
    """Wait until it is our turn in this organisation's store, for the rest of the transaction.

    Who locks a row of its own and then says something here would otherwise wait for a request
    that has the store and wants that row. On SQLite a writing transaction has its turn already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)", [STORE_LOCK, organisation.pk % 2**31]
            )


def _gezel(organisation: Organisation) -> Caller:
    return Caller(
        key=0,
        organisation=organisation.pk,
        session=False,
        scopes=frozenset({"all"}),
        authority=rules.authority(settings.BASE_URL),
    )
