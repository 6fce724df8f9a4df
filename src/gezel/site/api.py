"""`/api/v1/`: every room's part under one roof, with one way of saying what went wrong."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.exceptions import ValidationError as InvalidFact
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation

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
    422: "A value could not be accepted; `errors` tells at which place.",
}
ROOF = "/api/v1/"


class Api(NinjaAPI):
    """One interface, whose description also tells what can go wrong and what each key must have."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """The schema that Ninja makes, with our problems and the scope at every operation."""
        schema = super().get_openapi_schema(**kwargs)
        shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"] |= shape.pop("$defs", {}) | {"Problem": shape}
        scopes = dict(self._scopes())
        for path in schema["paths"].values():
            for operation in path.values():
                scope = scopes[operation["operationId"]]
                operation["x-scope"] = scope
                told = f"Needs the scope `{scope}`."
                operation["description"] = f"{operation.get('description', '')}\n\n{told}".strip()
                for status, told in PROBLEMS.items():
                    operation["responses"].setdefault(status, _described(told))
        return schema

    def _scopes(self) -> Iterator[tuple[str, str]]:
        # As they are mounted: a room below the keys gets its lock only there.
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                for operation in view.operations:
                    yield (
                        operation.operation_id or self.get_openapi_operation_id(operation),
                        _scope_of(operation),
                    )


def _scope_of(operation: Operation) -> str:
    return next((str(way.scope) for way in operation.auth_callbacks if hasattr(way, "scope")), "")


def _described(told: str) -> dict[str, Any]:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": told, "content": {"application/problem+json": problem}}


api = Api(
    title="Gezel",
    version=__version__,
    description=(
        "People, skills, learning needs, catalogue, plans and packages of one organisation."
    ),
    docs_url=None,  # its page would load scripts from elsewhere; `interface` is ours
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


class OneWayOfRefusing:
    """What Django and the frame refuse by themselves is told as the rest of the interface tells it.

    An address that is not there, a method it does not take, a body that is too long: these came as
    a page for people. And a question that is not known is told. Passed over, a slip of the pen in
    the name of a filter would give everyone.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        status = response.status_code
        if not request.path.startswith(ROOF) or status < 400 or _is_json(response):
            return response
        detail = None
        if "Allow" in response:
            detail = f"This address takes {response['Allow']}."
        told = _problem(request, status, _TITLES.get(status, response.reason_phrase), detail)
        for name in ("Allow", "Retry-After"):
            if name in response:
                told[name] = response[name]
        return told

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.namespace != "api" or "Authorization" not in request.headers:
            return None
        known = _questions().get((match.route, request.method or ""))
        odd = sorted(set(request.GET) - known) if known is not None else []
        if not odd:
            return None
        told = "Nothing is asked here by this name"
        errors = [{"at": f"query.{name[:100]}", "message": told} for name in odd]
        return _problem(request, 422, "Some of this could not be read.", errors=errors)


_TITLES = {
    400: "The request could not be read.",
    404: "Not found.",
    405: "This address does not take this method.",
    500: "Something broke here; it was not your request. Try again later.",
}


def _is_json(response: HttpResponse) -> bool:
    return "json" in response.get("Content-Type", "")


@cache
def _questions() -> dict[tuple[str, str], set[str]]:
    """What may be asked in the address of each operation."""
    return {
        (path.lstrip("/").replace("{", "<").replace("}", ">"), method.upper()): {
            told["name"] for told in operation.get("parameters", ()) if told["in"] == "query"
        }
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, operation in operations.items()
    }


@api.exception_handler(RequestDataTooBig)
def _too_long(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return _problem(request, 413, "The body is larger than we read.")


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
