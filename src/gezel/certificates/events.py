"""What certificates announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HoldingRegistered:
    """Someone's certificate came in and waits for confirmation (or came in confirmed)."""

    holding_pk: int
    person_pk: int


@dataclass(frozen=True, slots=True)
class HoldingDecided:
    """A lead or HR confirmed or refused a certificate."""

    holding_pk: int
    person_pk: int
    confirmed: bool
