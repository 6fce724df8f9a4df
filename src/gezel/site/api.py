"""`/api/v1/`: every room's part under one roof, with one way of saying what went wrong."""

from typing import Any

from django.core.exceptions import ValidationError as InvalidFact
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from gezel import __version__

api = NinjaAPI(
    title="Gezel",
    version=__version__,
    description="People, skills, learning needs, catalogue and plans of one organisation.",
    docs_url=None,  # its page would load scripts from elsewhere; the schema itself is here
    urls_namespace="api",
)


def _problem(
    request: HttpRequest, status: int, title: str, detail: str | None = None, **more: Any
) -> HttpResponse:
    response = api.create_response(
        request,
        {"type": "about:blank", "title": title, "status": status, "detail": detail} | more,
        status=status,
    )
    response["Content-Type"] = "application/problem+json"
    return response


@api.exception_handler(HttpError)
def _told(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _problem(request, error.status_code, str(error.message))


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = _problem(request, 401, "A valid token is needed: Authorization: Bearer …")
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Http404)
def _absent(request: HttpRequest, error: Http404) -> HttpResponse:
    return _problem(request, 404, "Not found.")


@api.exception_handler(ValidationError)
def _misread(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"at": ".".join(str(part) for part in e["loc"]), "message": e["msg"]} for e in error.errors
    ]
    return _problem(request, 422, "Some of this could not be read.", errors=errors)


@api.exception_handler(InvalidFact)
def _refused(request: HttpRequest, error: InvalidFact) -> HttpResponse:
    return _problem(request, 422, "This cannot be so.", " ".join(error.messages))
