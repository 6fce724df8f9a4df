"""The front door: home, and what to say when something is not there."""

import sys

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gezel.catalogue.api import told_of
from gezel.people.api import Person, Request, at_work, require, signed_in
from gezel.site.board import TEAM_BOARD, board_for


@signed_in
def home(request: Request) -> HttpResponse:
    """A notice board of panels, each from its own room."""
    told = {
        "greeting": greeting(request.user.first_name, timezone.localtime().hour),
        "board": board_for(request.visitor),
        "told": told_of(request),  # filled by the panels, read where the rest is asked for
    }
    return render(request, "site/home.html", told)


@signed_in
def rest(request: Request) -> HttpResponse:
    """What of one's own board is fetched after the page."""
    return render(request, "site/rest.html", {"board": board_for(request.visitor)})


@at_work
def team(request: Request) -> HttpResponse:
    """For who leads: their people this week, a board of panels from every room that knows some."""
    require(request.visitor.leads)
    return render(request, "site/team.html", {"board": TEAM_BOARD})


def greeting(first_name: str, hour: int) -> str:
    """What one says at this hour (0 to 23) to whoever comes in: who begins at five, in care or in a
    bakery, has a morning before them."""
    name = {"name": first_name}
    if hour < 4 or hour >= 18:
        return _("Good evening, %(name)s") % name
    if hour < 12:
        return _("Good morning, %(name)s") % name
    return _("Good afternoon, %(name)s") % name


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Choose language or colours; kept with the account, or on this device without one."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    language, theme = request.POST.get("language", ""), request.POST.get("theme", "")
    person = request.user if isinstance(request.user, Person) else None
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=31_536_000,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
        if person:
            Person.objects.filter(pk=person.pk).update(language=language)
    if person and theme in Person.Theme.values:
        Person.objects.filter(pk=person.pk).update(theme=theme)
    return response


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"alive": True})


def readyz(request: HttpRequest) -> HttpResponse:
    """The process can reach its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"ready": False}, status=503)
    return JsonResponse({"ready": True})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is nothing here, or nothing for you: the same sentence for both."""
    return render(request, "site/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page was too old to trust, or came from elsewhere."""
    return render(request, "site/403.html", status=403)


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of our own page: nothing was done, and what now is said."""
    return render(request, "site/403.html", status=403)


def too_many(request: HttpRequest) -> HttpResponse:
    """Someone asked the same too often: what to wait for, and what works meanwhile."""
    response = render(request, "site/429.html", status=429)
    response["Retry-After"] = "300"
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """Something of ours broke; nothing of theirs was kept half."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _away()
    return render(request, "site/500.html", status=500)


def _away() -> HttpResponse:
    """The database is away, busy or full: said without asking it anything, and when to return."""
    page = render_to_string("site/503.html")
    return HttpResponse(page, status=503, headers={"Retry-After": "10"})
