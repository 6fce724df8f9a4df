"""One request to the record store, whichever of its two forms it came in."""

import base64
import binascii
import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.core.handlers.wsgi import WSGIRequest

from gezel.records.models.caller import Caller
from gezel.records.rules.broken import Broken
from gezel.records.rules.finding import identity
from gezel.records.rules.moments import read_moment
from gezel.records.rules.reading import read_json
from gezel.records.rules.shapes import Version, check_actor, check_agent, is_iri, is_uuid

MOST_JSON = 32 * 1024 * 1024
MOST_PARTS = 128 * 1024 * 1024
MOST_DOCUMENT = 16 * 1024 * 1024


class Refusal(Exception):  # noqa: N818 - it is an answer
    """The answer to a request that cannot be carried out."""

    def __init__(self, status: int, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.headers = headers


@dataclass(slots=True)
class Asked:
    """Method, parameters, headers and body, with what is known of who asks."""

    request: WSGIRequest
    method: str
    resource: str
    parameters: dict[str, str]
    version: Version = Version.V2
    form: Mapping[str, str] | None = None
    """What the alternate syntax of 1.0.3 told in its form: headers, parameters and content."""
    caller: Caller = field(init=False)

    def header(self, name: str) -> str:
        """A header, from the form where that tells it."""
        if self.form is not None and name.lower() in self.form:
            return self.form[name.lower()]
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        told: str = self.request.META.get(key, "")
        return told

    @property
    def content_type(self) -> str:
        return self.header("Content-Type")

    def body(self, most: int) -> bytes:
        """What was sent.

        Raises:
            Refusal: it is larger than this resource takes.
            Broken: a form has no `content`.
        """
        if self.form is not None:
            if "content" not in self.form:
                raise Broken("content", "the form has none, and this method sends something")
            return self.form["content"].encode()
        return read_body(self.request, most)

    # --- Parameters ------------------------------------------------------------------------------

    def only(self, *known: str) -> None:
        """Raises Broken when there is another parameter than these."""
        if strange := self.parameters.keys() - set(known):
            raise Broken(min(strange), "is no parameter of this resource")

    def needed(self, name: str) -> str:
        if name not in self.parameters:
            raise Broken(name, "this parameter is needed")
        return self.parameters[name]

    def iri(self, name: str) -> str:
        if not is_iri(told := self.needed(name)):
            raise Broken(name, "is no IRI")
        return told

    def uuid(self, name: str) -> uuid.UUID | None:
        if (told := self.parameters.get(name)) is None:
            return None
        if not is_uuid(told):
            raise Broken(name, "is no UUID")
        return uuid.UUID(told)

    def moment(self, name: str) -> datetime | None:
        if (told := self.parameters.get(name)) is None:
            return None
        try:
            return read_moment(told, strict=self.version is Version.V2)
        except ValueError as error:
            raise Broken(name, str(error)) from None

    def flag(self, name: str) -> bool:
        told = self.parameters.get(name, "false")
        if told not in ("true", "false"):
            raise Broken(name, "is true or false")
        return told == "true"

    def agent(self, name: str) -> dict[str, Any]:
        """An Agent as a parameter, in JSON."""
        told = self._object(name)
        check_agent(told, name)
        return told

    def actor(self, name: str) -> dict[str, Any]:
        """An Agent or a Group with an identifier."""
        told = self._object(name)
        check_actor(told, name)
        if identity(told) is None:
            raise Broken(name, "a Group is asked for by its identifier")
        return told

    def _object(self, name: str) -> dict[str, Any]:
        told = read_json(self.needed(name).encode("utf-8", "surrogatepass"))
        if not isinstance(told, dict):
            raise Broken(name, "is a JSON object")
        return told


def read_body(request: WSGIRequest, most: int) -> bytes:
    """The body of a request, up to so many bytes.

    Raises:
        Refusal: there is more; nothing of it was read then if the sender told its length.
    """
    too_much = Refusal(413, f"The body is larger than {most} bytes.")
    if request.META.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        body: bytes = request.environ["wsgi.input"].read(most + 1)
    else:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            raise Refusal(400, "Content-Length is no number.") from None
        if length > most:
            raise too_much
        body = request.read(length) if length else b""
        if len(body) < length:
            raise Refusal(400, "The body is shorter than Content-Length says.")
    if len(body) > most:
        raise too_much
    return body


def once_each(query: str) -> dict[str, str]:
    """The parameters of a query.

    Raises:
        Broken: one stands there twice, is not UTF-8, or has a sign that no database keeps.
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=200)
    except UnicodeDecodeError:
        raise Broken("query", "is not valid UTF-8") from None
    except ValueError:
        raise Broken("query", "has too many parameters") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Broken("query", "a parameter stands there twice")
    if zero := next((name for name, value in pairs if "\0" in name + value), None):
        raise Broken(zero.replace("\0", ""), "has a zero character")
    return found


_VERSION = re.compile(r"([12])\.0(?:\.\d+)?\Z")


def version_of(header: str) -> Version:
    """The version of xAPI that a header names.

    Raises:
        Broken: it is absent, or none that is spoken here.
    """
    found = _VERSION.match(header.strip())
    if found is None:
        raise Broken(
            "X-Experience-API-Version",
            "is missing" if not header else "is none of those that are spoken here: 2.0.0, 1.0.3",
        )
    return Version.V1 if found[1] == "1" else Version.V2


def credentials(header: str) -> tuple[str, str] | None:
    """User and password of Basic authentication; None if it is none."""
    kind, _space, told = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        user, colon, password = (
            base64.b64decode(told.strip(), validate=True).decode().partition(":")
        )
    except (ValueError, binascii.Error):
        return None
    return (user, password) if colon else None


HEADERS_IN_FORM: Collection[str] = frozenset(
    {
        "authorization", "x-experience-api-version", "content-type", "content-length", "if-match",
        "if-none-match", "accept", "accept-language", "accept-encoding", "accept-charset",
        "content-encoding", "date", "host", "origin", "referer", "user-agent",
    }
)  # fmt: skip
