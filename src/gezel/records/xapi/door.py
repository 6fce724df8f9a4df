"""The door of `/xapi/`: early in the house, before sessions, visitors and pages.

A record store answers machines, hundreds of times a second. What pages need (a session, a visitor,
a language, a nonce, a template) would take longer than the answer, so this middleware stands first
and takes what is addressed to it.
"""

import logging
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from gezel.records.actions.incoming import Conflict
from gezel.records.events import StatementRefused
from gezel.records.models.caller import Caller
from gezel.records.queries.finding import consistent_through
from gezel.records.queries.keys import caller_of
from gezel.records.rules.broken import Broken
from gezel.records.rules.moments import write_moment
from gezel.records.rules.shapes import Version
from gezel.records.xapi import documents, statements, things
from gezel.records.xapi.asked import (
    HEADERS_IN_FORM,
    MOST_JSON,
    Asked,
    Refusal,
    credentials,
    once_each,
    read_body,
    version_of,
)

log = logging.getLogger(__name__)
Respond = Callable[[HttpRequest], HttpResponseBase]
Handler = Callable[[Asked], HttpResponse]

RESOURCES: dict[str, dict[str, Handler]] = {
    "statements": {"GET": statements.get, "PUT": statements.put, "POST": statements.post},
    "activities": {"GET": things.activity},
    "agents": {"GET": things.person},
    "about": {"GET": things.about},
}
for _path, _resource in (
    ("activities/state", documents.STATE),
    ("activities/profile", documents.ACTIVITY),
    ("agents/profile", documents.AGENT),
):
    RESOURCES[_path] = {
        "GET": partial(documents.get, _resource),
        "PUT": partial(documents.put, _resource),
        "POST": partial(documents.post, _resource),
        "DELETE": partial(documents.delete, _resource),
    }
OPEN = "about"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_HERE = re.compile(r"/+xapi(?:/|$)")
_MISSING = "Basic authentication with the user and password of a key is needed."


class XapiMiddleware:
    """Takes what is addressed to `/xapi/`; everything else goes on into the house."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _HERE.match(request.path_info) or not isinstance(request, WSGIRequest):
            return self.respond(request)
        return answer(request)


def answer(request: WSGIRequest) -> HttpResponse:
    """The answer to one request, whatever it is."""
    asked = Asked(request, request.method or "", _resource_of(request.path_info), {})
    try:
        response = _answered(asked)
    except Broken as broken:
        response = _told(400, str(broken))
    except Conflict as conflict:
        response = _told(409, str(conflict))
    except StatementRefused as refused:
        response = _told(refused.status, refused.reason)
    except Refusal as refusal:
        response = _told(refusal.status, refusal.why)
        for name, value in refusal.headers.items():
            response[name.replace("_", "-")] = value
    except (OperationalError, InterfaceError) as error:
        log.warning("xapi: the database did not answer: %s", error)
        response = _told(503, "The store cannot be reached now. Try again.")
        response["Retry-After"] = "5"
    except DatabaseError:
        log.exception("xapi: the database refused")
        response = _told(500, "The store failed. Nothing of this request was kept.")
    except Exception:
        log.exception("xapi: failed")
        response = _told(500, "The store failed. Nothing of this request was kept.")
    try:
        _tell_consistency(asked, response)
    except DatabaseError as error:
        log.warning("xapi: the database did not answer: %s", error)
    return _finished(asked, response)


def _resource_of(path: str) -> str:
    return "/".join(part for part in path.split("/") if part).removeprefix("xapi").lstrip("/")


def _answered(asked: Asked) -> HttpResponse:
    # Also a refusal that comes before the version is asked for is told in the one that was spoken.
    with suppress(Broken):
        asked.version = version_of(asked.header("X-Experience-API-Version"))
    if asked.method == "OPTIONS":
        return HttpResponse(status=204)
    handlers = RESOURCES.get(asked.resource)
    if handlers is None:
        raise Refusal(404, "There is no such resource.")
    query = asked.request.META.get("QUERY_STRING", "")
    asked.parameters = once_each(query)
    if asked.method == "POST" and "method" in asked.parameters:
        _unfold(asked)
    told = asked.header("X-Experience-API-Version")
    if asked.resource != OPEN or told:
        asked.version = version_of(told)
    if asked.form is not None and asked.version is not Version.V1:
        raise Broken("method", "version 2.0 has no alternate request syntax")
    method = "GET" if asked.method == "HEAD" else asked.method
    handler = handlers.get(method)
    if handler is None:
        allowed = ", ".join([*handlers, "HEAD"])
        raise Refusal(405, f"This resource answers to {allowed}.", Allow=allowed)
    if asked.resource != OPEN:
        _let_in(asked)
    return handler(asked)


def _let_in(asked: Asked) -> None:
    shown = credentials(asked.header("Authorization"))
    caller = caller_of(*shown) if shown else None
    if caller is None:
        raise Refusal(401, _MISSING, WWW_Authenticate='Basic realm="xAPI", charset="UTF-8"')
    asked.caller = caller


def _unfold(asked: Asked) -> None:
    """The alternate syntax of 1.0.3: everything in a form, for who can send nothing else."""
    if len(asked.parameters) > 1:
        raise Broken("method", "stands alone in the query; all else is in the form")
    kind = asked.request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Broken("Content-Type", "is application/x-www-form-urlencoded with this syntax")
    method = asked.parameters["method"].upper()
    if method not in ("GET", "HEAD", "PUT", "POST", "DELETE"):
        raise Broken("method", "is GET, HEAD, PUT, POST or DELETE")
    try:
        told = once_each(read_body(asked.request, MOST_JSON).decode("ascii"))
    except UnicodeDecodeError:
        raise Broken("$", "a form is written in ASCII") from None
    form = {}
    asked.parameters = {}
    for name, value in told.items():
        small = name.lower()
        if small in HEADERS_IN_FORM or small == "content":
            form[small] = value
        else:
            asked.parameters[name] = value
    # Not its own type: the one of what it carries, which is JSON where it does not say.
    form.setdefault("content-type", "application/json")
    asked.method, asked.form = method, form


def _told(status: int, why: str) -> HttpResponse:
    return HttpResponse(
        f"{why}\n".encode("utf-8", "replace"),
        status=status,
        content_type="text/plain; charset=utf-8",
    )


def _tell_consistency(asked: Asked, response: HttpResponse) -> None:
    """Every answer about statements says up to when all are here, a refusal too (1.0.3 part three
    2.1.3: "on all responses to Statements requests"; 2.0 has the same).

    Who shows no key hears the beginning of time, which is true of every store and tells nothing.
    """
    if asked.resource != "statements" or statements.CONSISTENT in response:
        return
    response[statements.CONSISTENT] = write_moment(_BEGINNING)
    caller: Caller | None = getattr(asked, "caller", None)
    if caller is not None and response.status_code < 500:
        response[statements.CONSISTENT] = write_moment(consistent_through(caller.shelves))


def _finished(asked: Asked, response: HttpResponse) -> HttpResponse:
    response["X-Experience-API-Version"] = asked.version.value
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    # A document may be HTML that someone sent: nobody's browser is to run it as ours.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Access-Control-Allow-Origin"] = "*"
    if asked.request.method == "OPTIONS":
        response["Access-Control-Allow-Methods"] = "GET, HEAD, PUT, POST, DELETE, OPTIONS"
        response["Access-Control-Allow-Headers"] = (
            "Authorization, Content-Type, If-Match, If-None-Match, X-Experience-API-Version, "
            "Accept-Language"
        )
        response["Access-Control-Max-Age"] = "600"
    response["Access-Control-Expose-Headers"] = (
        "ETag, Last-Modified, X-Experience-API-Version, X-Experience-API-Consistent-Through"
    )
    if response.status_code != 204:  # no content has no length
        response["Content-Length"] = str(len(response.content))
    # A refusal is an answer like any other; a line in the log for each would be all there is.
    response._has_been_logged = True  # type: ignore[attr-defined] # as Django marks it
    if asked.method == "HEAD":
        response.content = b""
    return response
