"""People signed in without a password: as the bare cookie, or as a client in this process."""

from django.conf import settings
from django.test import Client

from gezel.people.api import Person


def signed_in(person: Person) -> Client:
    """A client in this process, past the door."""
    client = Client()
    client.force_login(person)
    return client


def cookie(person: Person) -> str:
    """What a browser of theirs would send along."""
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={signed_in(person).cookies[name].value}"
