"""Tables of profile."""

from gezel.profile.models.credentials import (
    ISSUED_TO_A_PERSON,
    LIST_SIZE,
    Achievement,
    Credential,
    SigningKey,
)

__all__ = [
    "ISSUED_TO_A_PERSON",
    "LIST_SIZE",
    "Achievement",
    "Credential",
    "SigningKey",
]
