"""A statement on its way in, and what may stand in its way."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from gezel.records.rules.finding import identity
from gezel.records.rules.shapes import VOIDED

STEP = timedelta(microseconds=2)
"""From one statement to the next: what comes from outside takes the odd microseconds of `stored`,
what Gezel records itself the even ones, so that a list of both has one order."""


class Conflict(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """A statement of this id stands already and says something else."""


@dataclass(slots=True)
class Incoming:
    """A statement that was found good, on its way in."""

    id: uuid.UUID
    said: dict[str, Any]
    version: str
    person: int | None = None
    files: list[tuple[str, str, int]] = field(default_factory=list)
    """Digest, media type and length of each attachment whose bytes are here."""
    stored: datetime = field(default_factory=lambda: datetime.min.replace(tzinfo=UTC))
    terms: list[int] = field(default_factory=list)
    voided: bool = False
    filled_in: frozenset[str] = field(init=False)
    """What was left out and the store fills in: "id", "timestamp"."""

    def __post_init__(self) -> None:
        self.filled_in = frozenset({"id", "timestamp"} - self.said.keys())

    @property
    def registration(self) -> uuid.UUID | None:
        """What it counts under, if it says so."""
        told = self.said.get("context", {}).get("registration")
        return uuid.UUID(told) if told else None

    @property
    def about(self) -> str:
        """What identifies its object: an id, or who it is."""
        found = self.said["object"]
        return found.get("id") or identity(found) or ""

    @property
    def points_at(self) -> uuid.UUID | None:
        """The statement it is about, if it is about one."""
        found = self.said["object"]
        return uuid.UUID(found["id"]) if found.get("objectType") == "StatementRef" else None

    @property
    def voids(self) -> bool:
        """Whether it takes another out of sight."""
        return bool(self.said["verb"]["id"] == VOIDED)
