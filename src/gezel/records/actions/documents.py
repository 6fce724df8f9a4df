"""Keeping documents for other systems: put, merge and remove, and nobody's work lost between."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from gezel.records.models import Document
from gezel.records.rules.broken import Broken
from gezel.records.rules.finding import identity, term
from gezel.records.rules.reading import read_json, write_json


class Outdated(Exception):  # noqa: N818 - reads as what it is where it is raised
    """The document is not, or no longer, what the request says it is (412)."""


class Unguarded(Exception):  # noqa: N818 - reads as what it is where it is raised
    """There is a document already, and the request does not say which one it knows (409)."""


@dataclass(frozen=True, slots=True)
class Place:
    """What documents lie together about: an activity, an agent, or someone at an activity."""

    organisation: int
    kind: str
    activity: str = ""
    agent: Mapping[str, Any] | None = None
    registration: uuid.UUID | None = None

    @property
    def number(self) -> int:
        """The same for all registrations: without one, all are asked for."""
        who = identity(self.agent) if self.agent else ""
        return term(self.organisation, f"document {self.kind}", f"{self.activity} {who}")

    def key(self, name: str) -> uuid.UUID:
        """The one key of the document of this name."""
        told = f"{self.number}|{self.registration or ''}|{name}"
        return uuid.UUID(bytes=hashlib.sha256(told.encode()).digest()[:16])


@dataclass(frozen=True, slots=True)
class Guard:
    """What a request says it knows (`If-Match`, `If-None-Match`)."""

    match: str = ""
    none_match: str = ""
    needed: bool = False
    """Whether replacing a document without a word about the old one is refused."""

    def check(self, stands: Document | None) -> None:
        """Raises Outdated or Unguarded where the request may not go on."""
        if self.match and (
            stands is None or (self.match.strip() != "*" and not _names(self.match, stands.etag))
        ):
            raise Outdated
        if (
            self.none_match
            and stands is not None
            and (self.none_match.strip() == "*" or _names(self.none_match, stands.etag))
        ):
            raise Outdated
        if self.needed and stands is not None and not self.match and not self.none_match:
            raise Unguarded


def _names(header: str, etag: str) -> bool:
    told = (part.strip().removeprefix("W/").strip('"') for part in header.split(","))
    return etag in {part.lower() for part in told}


def put(
    place: Place,
    name: str,
    *,
    content: bytes,
    content_type: str,
    guard: Guard,
    person: int | None,
) -> None:
    """Keep a document under this name in place of what was there.

    Raises:
        Outdated, Unguarded: see `Guard`.
    """
    _write(place, name, guard, person, lambda _stands: (content, content_type))


def merge(
    place: Place,
    name: str,
    *,
    content: bytes,
    content_type: str,
    guard: Guard,
    person: int | None,
) -> None:
    """Lay the names of a JSON object over those of the document that is there, or begin one.

    Raises:
        Broken: what comes or what stands is no JSON object.
        Outdated: see `Guard`.
    """

    def merged(stands: Document | None) -> tuple[bytes, str]:
        if stands is None:
            return content, content_type
        if not is_json(stands.content_type) or not is_json(content_type):
            raise Broken("Content-Type", "only application/json is merged with application/json")
        over, under = read_json(content), read_json(bytes(stands.content))
        if not isinstance(over, dict) or not isinstance(under, dict):
            raise Broken("$", "only an object is merged with an object")
        return write_json({**under, **over}).encode(), content_type

    _write(place, name, guard, person, merged)


def is_json(content_type: str) -> bool:
    """Whether this media type is JSON's own."""
    return content_type.partition(";")[0].strip().lower() == "application/json"


def etag_of(content: bytes) -> str:
    """What names these very bytes."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _write(place: Place, name: str, guard: Guard, person: int | None, make: Any) -> None:
    key = place.key(name)
    for attempt in (1, 2):
        try:
            with transaction.atomic():
                stands = Document.objects.select_for_update().filter(pk=key).first()
                guard.check(stands)
                content, content_type = make(stands)
                document = Document(
                    key=key,
                    organisation_id=place.organisation,
                    person_id=person,
                    kind=place.kind,
                    place=place.number,
                    registration=place.registration,
                    name=name,
                    content=content,
                    content_type=content_type[:200],
                    etag=etag_of(content),
                    updated_at=timezone.now(),
                )
                document.save(force_insert=stands is None, force_update=stands is not None)
            return
        except IntegrityError:  # someone else began it in between: now it is there
            if attempt == 2:  # the second of two
                raise


def remove(place: Place, name: str, guard: Guard) -> None:
    """Remove a document; that it was not there is as good.

    Raises:
        Outdated: see `Guard`.
    """
    with transaction.atomic():
        stands = Document.objects.select_for_update().filter(pk=place.key(name)).first()
        guard.check(stands)
        if stands is not None:
            stands.delete()


def remove_all(place: Place) -> None:
    """Remove every document of this place; of one registration, where that is told."""
    found = Document.objects.filter(place=place.number)
    if place.registration is not None:
        found = found.filter(registration=place.registration)
    found.delete()
