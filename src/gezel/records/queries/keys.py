"""Who is at the door, by what they show."""

import hashlib
from datetime import date, datetime
from hmac import compare_digest

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from gezel.kit.prepared import prepared
from gezel.records.models import Key
from gezel.records.models.caller import Caller


def digest(secret: str) -> str:
    """What is kept of a password: it is random, so a quick digest is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


@prepared
def _living(user: str, now: datetime) -> QuerySet[Key]:
    return Key.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now), user=user, revoked_at=None
    )


def caller_of(user: str, password: str) -> Caller | None:
    """The caller with this user name and password; None if no living key is that."""
    found = _living(user, timezone.now())
    key = found[0] if found else None
    if key is None or not compare_digest(key.digest, digest(password)):
        return None
    today: date = timezone.localdate()
    if key.last_used_on != today:  # once a day: enough to see whether a key still lives
        Key.objects.filter(pk=key.pk).update(last_used_on=today)
    return caller(key)


def caller(key: Key) -> Caller:
    """What a key says of who holds it."""
    return Caller(
        key=key.pk,
        organisation=key.organisation_id,
        session=key.kind == Key.Kind.SESSION,
        scopes=frozenset(key.scopes),
        authority=key.authority(settings.BASE_URL),
        reads_house=key.reads_house,
        actor=key.actor,
        person=key.person_id,
        registration=key.registration,
    )
