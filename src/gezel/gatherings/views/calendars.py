"""My sessions in my own calendar."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezel.gatherings import actions, ical, policy, queries
from gezel.gatherings.models import Feed
from gezel.paths.api import deadlines_of
from gezel.people.api import Request, at_work, signed_in


@signed_in
def calendar(request: Request) -> HttpResponse:
    """Make the secret address, or take it back. It is shown once: we keep no secret."""
    person = request.visitor.person
    secret = ""
    if request.method == "POST":
        if "revoke" in request.POST:
            actions.revoke_feed(person)
            messages.success(request, _("The address no longer works."))
            return redirect("gatherings:calendar")
        secret = actions.make_feed(person)
    address = f"{settings.BASE_URL}/calendar/{secret}.ics" if secret else ""
    shown = {
        "feed": Feed.objects.filter(person=person).first(),
        "address": address,
        "webcal": address.replace("https://", "webcal://").replace("http://", "webcal://"),
    }
    response = render(request, "gatherings/calendar.html", shown)
    if secret:
        response["Cache-Control"] = "no-store"
    return response


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What a calendar program reads, by the secret address alone; unchanged is a short answer."""
    found = (
        Feed.objects.filter(digest=actions.digest_of(secret), person__is_active=True)
        .select_related("person")
        .first()
    )
    if found is None:
        raise Http404
    person = found.person
    with translation.override(person.language or settings.LANGUAGE_CODE):
        sessions = queries.my_calendar(person, now=timezone.now())
        deadlines = deadlines_of(person, timezone.localdate())
        content = ical.feed(sessions, name=_("Gezel: my sessions"), deadlines=deadlines)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if etag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="gezel.ics"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


@at_work
@require_safe
def one(request: Request, pk: int) -> HttpResponse:
    """One session as a file to put in one's calendar."""
    found = get_object_or_404(
        policy.sessions_to_read(request.visitor).select_related("activity", "organisation"), pk=pk
    )
    content = ical.feed([found], name=found.name)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="session-{pk}.ics"'
    return response
