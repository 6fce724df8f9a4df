"""What the record store announces."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class StatementRefused(Exception):  # noqa: N818 - reads as what it is where it is raised
    """A listener does not take what came in; nothing of the request is kept.

    Args:
        reason: for who sent it, in English as the standard's own words are.
        status: 400 for a rule that is broken, 403 for what this sender may not say now,
            409 where another statement stands in its way.
    """

    def __init__(self, reason: str, *, status: int = 403) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True, slots=True)
class Arrived:
    """One statement from outside, as it stands now."""

    id: uuid.UUID
    said: Mapping[str, Any]
    person: int | None
    registration: uuid.UUID | None
    stored: datetime
    filled_in: frozenset[str] = frozenset()
    """What the sender left out and the store gave it: "id", "timestamp"."""


@dataclass(frozen=True, slots=True)
class StatementsArrived:
    """Statements came in by the key of one launch, in the order they were sent, all of one request.

    What other systems send is not announced: it is there to be read. Announced inside the
    transaction that keeps them, after they are in; a listener that raises `StatementRefused` keeps
    them out, all of them. What was sent before and stands already is not told again.
    """

    organisation: int
    key: int
    registration: uuid.UUID | None
    """Of that launch."""
    statements: Sequence[Arrived]


@dataclass(frozen=True, slots=True)
class DocumentAsked:
    """A document is asked for, or about to be written or removed, by the key of one launch.

    Announced before anything is done; a listener that raises `StatementRefused` forbids it.
    """

    organisation: int
    key: int
    session: bool
    method: str
    kind: str
    """"state", "activity" or "agent"."""
    activity: str
    registration: uuid.UUID | None
    name: str | None
    """None: all that lie there are meant."""
    content: bytes = b""
