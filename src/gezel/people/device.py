"""Whose things a device keeps: a mark per person that says nothing about who they are."""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from gezel.people.models import Person

HEADER = "Gezel-Owner"
NOBODY = "none"


def mark_of(person: Person) -> str:
    """Sixteen letters that are the same on each visit of this person, here and nowhere else.

    A browser keeps what someone takes along under this mark, and throws it away as soon as a page
    bears another. It opens nothing: who knows it can do nothing with it.
    """
    return _mark(person.pk, settings.SECRET_KEY)


@lru_cache(maxsize=4096)
def _mark(pk: int, secret: str) -> str:
    # Told twice on every page: in the page, and in what the browser reads before it.
    return salted_hmac(
        "gezel.people.device", str(pk), secret=secret, algorithm="sha256"
    ).hexdigest()[:16]


class OwnerMiddleware:
    """Says on each page whose it is, so that a device never shows one person's to another.

    An answer that is no page of ours, or one while something is broken, says nothing: what is
    kept must survive a server that stumbles.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        if response.status_code < 500 and response.get("Content-Type", "").startswith("text/html"):
            person = getattr(request, "user", None)
            response[HEADER] = mark_of(person) if isinstance(person, Person) else NOBODY
        return response
