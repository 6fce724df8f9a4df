"""The front door of trust."""

from gezel.trust.actions import note_reading
from gezel.trust.declarations import (
    CONSENT,
    CONTRACT,
    LEGAL_DUTY,
    LEGITIMATE_INTEREST,
    Computed,
    Declaration,
    Readers,
    computations,
    computed_about_people,
    declarations,
    personal_data,
)

__all__ = [
    "CONSENT",
    "CONTRACT",
    "LEGAL_DUTY",
    "LEGITIMATE_INTEREST",
    "Computed",
    "Declaration",
    "Readers",
    "computations",
    "computed_about_people",
    "declarations",
    "note_reading",
    "personal_data",
]
