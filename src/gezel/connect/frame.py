"""The frame that every room's part of `/api/v1/` stands in; README.md shows how to use it."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from django.db import IntegrityError, models, transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Schema
from ninja.errors import HttpError
from ninja.security import HttpBearer
from pydantic import BeforeValidator, ConfigDict

from gezel.connect.models import ApiToken, Reply
from gezel.connect.widened import PERSONAL_KEYS
from gezel.people.api import Organisation
from gezel.trust.api import may_open

Row = TypeVar("Row", bound=models.Model)
Item = TypeVar("Item")
Answer = TypeVar("Answer", bound=Schema)

MOST = 200
VISIBLE = r"^[!-~]+$"
KEY = re.compile(r"[\x21-\x7e]{1,100}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _written(value: object) -> object:
    """Lest a number count as so many seconds since 1970: 20260101 was a day of August that year."""
    if isinstance(value, date) or (isinstance(value, str) and DAY.fullmatch(value)):
        return value
    raise ValueError("Write a day as 2026-12-31.")


# A day, as it is written in a question or a body.
Day = Annotated[date, BeforeValidator(_written, json_schema_input_type=date)]


class Strict(Schema):
    """A body in which an unknown field is a mistake, told, and not something to ignore."""

    model_config = ConfigDict(extra="forbid")


class Wrong(Schema):
    """One thing that was wrong: where in the request, and what."""

    at: str
    message: str


class Problem(Schema):
    """What went wrong, as RFC 9457 writes it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: list[Wrong] | None = None


class Page(Schema, Generic[Item]):
    """Some rows, and the cursor that asks for the next ones (null: these were the last)."""

    items: list[Item]
    next: int | None


@dataclass(frozen=True, slots=True)
class Caller:
    """Another system at the door: for which organisation, with which token."""

    organisation: Organisation
    token: ApiToken


class ApiRequest(HttpRequest):
    """A request that came in with a token."""

    auth: Caller


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Scope(HttpBearer):
    """Opens for a living token that was given this scope: `auth=Scope("people:read")`."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = ApiToken.Scope(scope).value

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        found = (
            ApiToken.objects.alive()
            .filter(digest=digest(token))
            .select_related("organisation")
            .first()
        )
        if found is None:
            return None
        if self.scope not in found.scopes:
            raise HttpError(403, f"This token lacks the scope {self.scope}.")
        if self.scope in ApiToken.PERSONAL and not may_open(found.organisation_id, PERSONAL_KEYS):
            raise HttpError(403, "The works council has not agreed to reading about people.")
        today = timezone.localdate()
        if found.last_used_on != today:  # once a day: enough to see whether a token still lives
            ApiToken.objects.filter(pk=found.pk).update(last_used_on=today)
        return Caller(found.organisation, found)


def page(rows: "models.QuerySet[Row]", *, after: int, limit: int) -> dict[str, Any]:
    """The rows behind a cursor, in the order they were made, at most `MOST` at a time."""
    size = max(1, min(limit, MOST))
    found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
    more = len(found) > size
    found = found[:size]
    return {"items": found, "next": found[-1].pk if more else None}


def once(request: ApiRequest, key: str, act: Callable[[], Answer]) -> dict[str, Any]:
    """Carry out a write one time for each `Idempotency-Key`, and answer the same ever after.

    Two at once: the second waits at the unique key until the first is done, and gets its answer.

    Raises:
        HttpError: 422, the key is no key; 409, it was used before with another body.
    """
    if not KEY.fullmatch(key):
        raise HttpError(422, "An Idempotency-Key has 1 to 100 visible ASCII characters.")
    question = f"{request.method} {request.path}".encode()
    asked = hashlib.sha256(question + b"\0" + request.body).hexdigest()
    token = request.auth.token
    try:
        with transaction.atomic():
            reply = Reply.objects.create(token=token, key=key, question=asked)
            answer: dict[str, Any] = json.loads(act().model_dump_json())
            reply.answer = answer
            reply.save(update_fields=["answer"])
            return answer
    except IntegrityError:
        known = Reply.objects.filter(token=token, key=key).first()
        if known is None:
            raise  # not this key's doing: something else stood in the way
        if known.question != asked:
            raise HttpError(
                409, "This Idempotency-Key was used before with another body."
            ) from None
        return dict(known.answer or {})
