"""Who is this, where do they work, which language do they read."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from gezel.kit.prepared import prepared
from gezel.people.models import Employment, LeadLine, Person
from gezel.people.visitor import Visitor

Respond = Callable[[HttpRequest], HttpResponse]

EMPLOYMENT_KEY = "employment"


@prepared
def _seats_of(person: int, today: date) -> QuerySet[Employment, Any]:
    """Where someone works today, with their mandates there: one row a mandate.

    The mandates come along by a join and are told apart below: a subquery a kind took thrice
    the time.
    """
    return (
        Employment.objects.current(today)
        .filter(person=person)
        .select_related("organisation", "unit", "job", "location")
        .annotate(
            is_lead=Exists(
                LeadLine.objects.filter(
                    lead=OuterRef("person"), organisation=OuterRef("organisation")
                )
            ),
            mandate=F("person__mandates__kind"),
            mandate_at=F("person__mandates__organisation_id"),
            mandate_from=F("person__mandates__from_on"),
            mandate_until=F("person__mandates__until_on"),
        )
        .order_by("starts_on", "pk")
    )


def visitor_of(person: Person, chosen: int | None = None) -> Visitor:
    """The visitor a person is, in one query; `chosen` is an employment they switched to."""
    today = timezone.localdate()
    rows = _seats_of(person.pk, today)
    if not rows:
        return Visitor(person)
    employment = next((row for row in rows if row.pk == chosen), rows[0])
    mandates = frozenset(
        row.mandate
        for row in rows
        if row.pk == employment.pk
        and row.mandate
        and row.mandate_at == employment.organisation_id
        and row.mandate_from <= today
        and (row.mandate_until is None or row.mandate_until >= today)
    )
    return Visitor(person, employment, mandates, employment.is_lead)


class VisitorMiddleware:
    """Puts the visitor on the request, looked up when first asked for."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def look_up() -> Visitor:
            person = request.user
            if not isinstance(person, Person):
                raise TypeError("Only someone signed in is a visitor; use @signed_in.")
            # Itself: what a page reads of it a hundred times need not pass a lazy wrapper.
            person = getattr(person, "_wrapped", person)
            return visitor_of(person, request.session.get(EMPLOYMENT_KEY))

        request.visitor = SimpleLazyObject(look_up)  # type: ignore[attr-defined]
        return self.respond(request)


class LanguageMiddleware:
    """The language someone chose, else the one on this device, else what the browser asks."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "") or request.COOKIES.get(
            settings.LANGUAGE_COOKIE_NAME, ""
        )
        language = (
            chosen
            if chosen in dict(settings.LANGUAGES)
            else translation.get_language_from_request(request)
        )
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.respond(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response
