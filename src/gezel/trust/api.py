"""The front door of trust."""

from gezel.trust.actions import note_reading
from gezel.trust.declarations import (
    CONSENT,
    CONTRACT,
    LEGAL_DUTY,
    LEGITIMATE_INTEREST,
    Declaration,
    Readers,
    declarations,
    personal_data,
)

__all__ = [
    "CONSENT",
    "CONTRACT",
    "LEGAL_DUTY",
    "LEGITIMATE_INTEREST",
    "Declaration",
    "Readers",
    "declarations",
    "note_reading",
    "personal_data",
]
