"""The secret address under which someone's own calendar program reads their sessions."""

import hashlib
import secrets

from django.utils import timezone

from gezel.gatherings.models import Feed
from gezel.people.api import Person


def digest_of(secret: str) -> str:
    """What is kept of a secret: who reads the database cannot read a calendar with it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make_feed(person: Person) -> str:
    """A new secret, told once; the address there was before stops working at once."""
    secret = secrets.token_urlsafe(24)
    Feed.objects.update_or_create(
        person=person, defaults={"digest": digest_of(secret), "made_at": timezone.now()}
    )
    return secret


def revoke_feed(person: Person) -> bool:
    """The address is a 404 from now on; False: there was none."""
    gone, _by_table = Feed.objects.filter(person=person).delete()
    return gone > 0
