"""Who is at the door: the session and the person behind it, asked for at every request.

Both are Django's and allauth's own, with the two questions put into SQL once (`kit.prepared`):
they took a fifth of what an empty page costs.
"""

from datetime import datetime
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from gezel.kit.prepared import prepared
from gezel.people.api import Person


@prepared
def _session(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


@prepared
def _person(pk: int) -> QuerySet[Person]:
    return Person.objects.filter(pk=pk)


class SessionStore(DatabaseSessions):
    """Sessions in the database."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        found = _session(self.session_key or "", timezone.now())
        if not found:
            self._session_key = None
            return None
        return found[0]


class Door(AuthenticationBackend):
    """Signing in as allauth does it; who is signed in is looked up at each request."""

    def get_user(self, user_id: Any) -> Person | None:
        found = _person(int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None
