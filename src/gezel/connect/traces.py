"""Traces of people among sessions, which lead to an account by a number only."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from gezel.trust.api import Erased, also_forget


def end_sessions(erased: Erased) -> int:
    """Wherever someone is signed in, they no longer are."""
    keys = UserSession.objects.filter(user=erased.pk).values_list("session_key", flat=True)
    return Session.objects.filter(pk__in=list(keys)).delete()[0]


also_forget(end_sessions)
