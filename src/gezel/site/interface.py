"""What `/api/v1/` can do, as a page: read from its own description, so it cannot lag behind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gezel.site.api import PROBLEMS, api

LAST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Part:
    """Something one sends along or gets back."""

    name: str
    kind: str
    needed: bool
    about: str


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that can be asked or done."""

    key: str
    method: str
    path: str
    about: tuple[str, ...]
    scope: str
    sent: tuple[Part, ...]
    answered: tuple[Part, ...]
    many: bool


def interface(request: HttpRequest) -> HttpResponse:
    """What other systems can ask here, for who builds the connection. For anyone, as its
    description is."""
    told = {"groups": groups(), "problems": PROBLEMS.items(), "base_url": settings.BASE_URL}
    return render(request, "site/interface.html", told)


@cache
def groups() -> tuple[tuple[str, tuple[Question, ...]], ...]:
    """Every question, by the room that answers it."""
    schema = api.get_openapi_schema()
    shapes = schema["components"]["schemas"]
    found: dict[str, list[Question]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            tag = (operation.get("tags") or [""])[0]
            found.setdefault(tag, []).append(_question(path, method, operation, shapes))
    return tuple((tag, tuple(questions)) for tag, questions in found.items())


def _question(
    path: str, method: str, operation: Mapping[str, Any], shapes: Mapping[str, Any]
) -> Question:
    body = next(iter(operation.get("requestBody", {}).get("content", {}).items()), None)
    sent = [
        Part(one["name"], _kind(one["schema"]), one.get("required", False), one["in"])
        for one in operation.get("parameters", ())
    ]
    if body:
        shape = _shape(body[1]["schema"], shapes)
        sent += (
            _parts(shape, "body") if "properties" in shape else [Part("", body[0], True, "body")]
        )
    answer = _answer(operation, shapes)
    rows = answer.get("properties", {}).get("items", {})
    many = rows.get("type") == "array"
    if many:
        answer = _shape(rows["items"], shapes)
    about = operation["description"].rpartition("\n\n")[0]  # the last part tells the scope again
    return Question(
        key=operation["operationId"],
        method=method.upper(),
        path=path,
        about=tuple(" ".join(part.replace("`", "").split()) for part in about.split("\n\n")),
        scope=operation["x-scope"],
        sent=tuple(sent),
        answered=tuple(_parts(answer, "answer")),
        many=many,
    )


def _answer(operation: Mapping[str, Any], shapes: Mapping[str, Any]) -> Mapping[str, Any]:
    told = operation["responses"].get(200, {}).get("content", {})
    return next((_shape(one["schema"], shapes) for one in told.values() if "schema" in one), {})


def _shape(schema: Mapping[str, Any], shapes: Mapping[str, Any]) -> Mapping[str, Any]:
    at = str(schema.get("$ref", "")).rpartition("/")[2]
    found: Mapping[str, Any] = shapes[at] if at else schema
    return found


def _parts(shape: Mapping[str, Any], where: str) -> Iterator[Part]:
    needed = set(shape.get("required", ()))
    for name, schema in shape.get("properties", {}).items():
        yield Part(name, _kind(schema), name in needed, where)


def _kind(schema: Mapping[str, Any]) -> str:
    """What a value is, in a few words of JSON."""
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    kind = str(schema.get("format") or schema.get("type") or "object")
    bounds = [str(schema[b]) if b in schema else "" for b in ("minimum", "maximum")]
    if schema.get("maximum", 0) >= LAST:  # what a database can number; no bound for who asks
        bounds[1] = ""
    return f"{kind} {bounds[0]}…{bounds[1]}" if any(bounds) else kind
