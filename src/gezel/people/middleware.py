"""Who is this, where do they work, which language do they read."""

from collections.abc import Callable

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from gezel.people.models import Employment, LeadLine, Mandate, Person
from gezel.people.visitor import Visitor

Respond = Callable[[HttpRequest], HttpResponse]

EMPLOYMENT_KEY = "employment"


def visitor_of(person: Person, chosen: int | None = None) -> Visitor:
    """The visitor a person is, in one query; `chosen` is an employment they switched to."""
    today = timezone.localdate()
    mandates = {
        f"is_{kind}": Exists(
            Mandate.objects.current(today).filter(
                person=OuterRef("person"), organisation=OuterRef("organisation"), kind=kind
            )
        )
        for kind in Mandate.Kind.values
    }
    running = (
        Employment.objects.current(today)
        .filter(person=person)
        .select_related("organisation", "unit", "job", "location")
        .annotate(
            is_lead=Exists(
                LeadLine.objects.filter(
                    lead=OuterRef("person"), organisation=OuterRef("organisation")
                )
            ),
            **mandates,
        )
        .order_by("starts_on")
    )
    found = list(running)
    if not found:
        return Visitor(person)
    employment = next((e for e in found if e.pk == chosen), found[0])
    return Visitor(
        person,
        employment,
        frozenset(kind for kind in Mandate.Kind.values if getattr(employment, f"is_{kind}")),
        getattr(employment, "is_lead", False),
    )


class VisitorMiddleware:
    """Puts the visitor on the request, looked up when first asked for."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def look_up() -> Visitor:
            person = request.user
            if not isinstance(person, Person):
                raise TypeError("Only someone signed in is a visitor; use @signed_in.")
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
