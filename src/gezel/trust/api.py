"""The front door of trust."""

from gezel.trust.actions import an_event, erase_events, note_event, note_events, note_reading
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
from gezel.trust.queries import Standing, address_of, key_of, log_of, proof_of, standing_of
from gezel.trust.rules.proof import KIND as PROOF
from gezel.trust.rules.proof import Proved, Unproved, check_proof

__all__ = [
    "CONSENT",
    "CONTRACT",
    "LEGAL_DUTY",
    "LEGITIMATE_INTEREST",
    "PROOF",
    "Computed",
    "Declaration",
    "Proved",
    "Readers",
    "Standing",
    "Unproved",
    "address_of",
    "an_event",
    "check_proof",
    "computations",
    "computed_about_people",
    "declarations",
    "erase_events",
    "key_of",
    "log_of",
    "note_event",
    "note_events",
    "note_reading",
    "personal_data",
    "proof_of",
    "standing_of",
]
