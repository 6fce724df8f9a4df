"""What profile announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FirstKeyMade:
    """An organisation had no key to sign with, and got one as someone took their archive along."""

    organisation_pk: int


@dataclass(frozen=True, slots=True)
class CredentialDecided:
    """HR decided on a credential: it was "revoked", "suspended" or "lifted"."""

    credential: str
    what: str
