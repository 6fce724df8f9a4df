"""Letting other systems, and packages that are played, into the record store."""

import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.kit.turns import one_step
from gezel.people.api import Employment, Organisation, Person
from gezel.records.models import Key
from gezel.records.queries.keys import digest
from gezel.records.rules.shapes import check_agent
from gezel.records.widened import READING_ALL
from gezel.trust.api import note_setting, require_consent

SYSTEM_KEPT = timedelta(days=730)
SESSION_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made, and its password, which nobody can look up again."""

    key: Key
    password: str


def keys_of_leavers() -> QuerySet[Key]:
    """Living keys of who no longer works for the organisation: as its maker, or as its learner."""

    def gone(field: str) -> Q:
        works = Employment.objects.current().filter(
            person=OuterRef(field), organisation=OuterRef("organisation")
        )
        return Q(~Exists(works), **{f"{field}__isnull": False})

    return Key.objects.alive().filter(gone("made_by") | gone("person"))


def close_keys_of_leavers() -> int:
    """Whoever made a key has seen its password: it closes when they leave. Returns how many."""
    return keys_of_leavers().update(revoked_at=timezone.now())


def make_key(
    organisation: Organisation,
    *,
    name: str,
    scopes: Iterable[str] = ("all",),
    by: Person | None = None,
    reads_house: bool = False,
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key for another system.

    Args:
        scopes: of `Key.Scope`.
        reads_house: whether it also reads what people learned in Gezel itself.

    Raises:
        ValidationError: a living key of this name is there already; or it reads what people
            learned here, and the works council has not agreed to that.
    """
    if reads_house:
        require_consent(organisation, READING_ALL)
        note_setting(organisation, READING_ALL, before="", after=name, by=by)
    return _make(
        organisation,
        kind=Key.Kind.SYSTEM,
        name=name,
        scopes=sorted(Key.Scope(scope).value for scope in scopes),
        made_by=by,
        reads_house=reads_house,
        expires_at=expires_at,
    )


def make_session_key(
    organisation: Organisation,
    *,
    name: str,
    person: Person | None,
    actor: Mapping[str, Any],
    registration: uuid.UUID,
    scopes: Iterable[str] = ("statements/write", "statements/read", "state", "profile", "define"),
    until: datetime,
) -> NewKey:
    """Make a key for one launch of a package: it writes and reads as one actor, about one
    registration, and ends by itself.

    Args:
        person: who plays, if it is someone with an account here.
        actor: the Agent that every statement must have, as xAPI writes it.
        until: from then on it opens nothing.

    Raises:
        Broken: the actor is no Agent.
    """
    check_agent(dict(actor), "actor")
    return _make(
        organisation,
        kind=Key.Kind.SESSION,
        name=name[:100],
        scopes=sorted(Key.Scope(scope).value for scope in scopes),
        person=person,
        actor=dict(actor),
        registration=registration,
        expires_at=until,
    )


def _make(organisation: Organisation, **fields: Any) -> NewKey:
    password = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            key = Key.objects.create(
                organisation=organisation,
                user=f"gzl{secrets.token_hex(12)}",
                digest=digest(password),
                **fields,
            )
    except IntegrityError:
        raise ValidationError(_("There is a key with this name already.")) from None
    return NewKey(key, password)


@transaction.atomic
def revoke_key(key: Key) -> None:
    """Close the store for who holds it, at once. Doing it twice keeps the first moment."""
    Key.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())


def actor_of(person: Person) -> dict[str, Any]:
    """Someone as statements name them: an account here, by number; no name, no address."""
    return {
        "objectType": "Agent",
        "account": {"homePage": settings.BASE_URL, "name": str(person.pk)},
    }


def forget_old_keys(now: datetime | None = None) -> int:
    """Keys that opened nothing for as long as their declaration tells, go; returns how many."""
    moment = now or timezone.now()
    gone = 0
    for kind, kept in ((Key.Kind.SYSTEM, SYSTEM_KEPT), (Key.Kind.SESSION, SESSION_KEPT)):
        with one_step():
            gone += Key.objects.filter(
                Q(revoked_at__lt=moment - kept) | Q(expires_at__lt=moment - kept), kind=kind
            ).delete()[0]
    return gone
