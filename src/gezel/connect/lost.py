"""A session that ended while someone was busy: they sign in and go on where they were."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from gezel.kit.looked_at import looked_at
from gezel.people.api import Person

SAFE = {"GET", "HEAD", "OPTIONS"}


class LostSession:
    """Leads back to the page that was looked at, not to the address a form or part was sent to.

    Django would send them on to the address asked for. After a form that is often one that shows
    nothing, and after a part of a page the sign-in form would land inside that page.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond
        self.door = resolve_url("account_login")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        part = "HX-Request" in request.headers
        if (
            not (part or request.method not in SAFE)
            or response.status_code != 302
            or isinstance(request.user, Person)
            or urlsplit(response.headers["Location"]).path != self.door
            or request.path.startswith(self.door)
        ):
            return response
        door = redirect_to_login(looked_at(request), self.door)
        if not part:
            return door
        # HTMX follows a redirect by itself; this header makes it a page of its own.
        return HttpResponse(status=204, headers={"HX-Redirect": door.url})
