"""`/api/v1/`: every room's part under one roof, with one way of saying what went wrong."""

from typing import Any

from django.core.exceptions import ValidationError as InvalidFact
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from gezel import __version__
from gezel.catalogue.rest import router as catalogue
from gezel.connect.api import Problem, Scope
from gezel.content.rest import router as content
from gezel.people.rest import router as people
from gezel.plans.rest import router as plans
from gezel.skills.rest import router as skills
from gezel.trust.api import Braked, note_braked, until_tomorrow

PROBLEMS = {
    400: "The request could not be read.",
    401: "No valid token.",
    403: "The token lacks the scope.",
    404: "Not there, or not yours.",
    409: "The Idempotency-Key was used before with another body.",
    429: "As many people were read today as the keys of one person may.",
    422: "A value could not be accepted.",
}


class Api(NinjaAPI):
    """One interface, whose description also tells what can go wrong."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """The schema that Ninja makes, with our problems at every operation."""
        schema = super().get_openapi_schema(**kwargs)
        schema["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        for path in schema["paths"].values():
            for operation in path.values():
                for status, told in PROBLEMS.items():
                    operation["responses"].setdefault(status, _described(told))
        return schema


def _described(told: str) -> dict[str, Any]:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": told, "content": {"application/problem+json": problem}}


api = Api(
    title="Gezel",
    version=__version__,
    description=(
        "People, skills, learning needs, catalogue, plans and packages of one organisation."
    ),
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


@api.exception_handler(Braked)
def _too_many(request: HttpRequest, problem: Braked) -> HttpResponse:
    """A system is not asked why; what its keys may read ends for the day."""
    note_braked(problem, organisation=request.auth.organisation.pk)  # type: ignore[attr-defined] # of the key
    response = _problem(
        request,
        429,
        "The keys of one person read no more people today.",
        "Go on tomorrow, or have the limit of this installation raised (GEZEL_LOOKS_BY_KEY).",
    )
    response["Retry-After"] = str(until_tomorrow())
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


# `people` lies below the room that knows keys, so its part gets its lock here.
api.add_router("", people, auth=Scope("people:read"))
api.add_router("", skills)
api.add_router("", catalogue)
api.add_router("", plans)
api.add_router("", content)
