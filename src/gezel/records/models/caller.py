"""Who stands at the door of the record store."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Caller:
    """Another system, or one launch of a package: for which organisation, with what rights."""

    key: int
    organisation: int
    session: bool
    scopes: frozenset[str]
    authority: Mapping[str, Any]
    reads_house: bool = False
    actor: Mapping[str, Any] | None = None
    person: int | None = None
    registration: uuid.UUID | None = None

    def may(self, *any_of: str) -> bool:
        """Whether it was given one of these scopes, or all."""
        return "all" in self.scopes or not self.scopes.isdisjoint(any_of)

    @property
    def shelves(self) -> tuple[int, ...]:
        """The shelves it reads from."""
        if self.reads_house:
            return (self.organisation, -self.organisation)
        return (self.organisation,)
