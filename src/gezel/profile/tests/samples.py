"""Credentials of our own making for tests: one key, one badge, one issuer at an address."""

import base64
import copy
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gezel.profile.rules import jwt, proofs, status
from gezel.profile.rules.contexts import CREDENTIALS_V2, OPEN_BADGES
from gezel.profile.rules.did import document_of
from gezel.profile.rules.keys import did_key, multikey

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SIGNED = datetime(2026, 3, 4, 9, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
SELF_NAMED = did_key(KEY.public_key())
AT_ADDRESS = "did:web:learn.vandijk.example:did:van-dijk"
DOCUMENT_AT = "https://learn.vandijk.example/did/van-dijk/did.json"
LIST_AT = "https://learn.vandijk.example/credentials/status/1/revocation"
CONFORMANCE = Path(__file__).resolve().parents[5] / "shared/data/conformance"


def given(path: str) -> bytes:
    """A file of the conformance material; without it the test says that it did not run."""
    file = CONFORMANCE / path
    if not file.exists():
        pytest.skip(f"NOT TESTED: {path} of ../shared is not here")
    return file.read_bytes()


class Told:
    """Sources that tell what the test says, and remember what was asked."""

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self.documents = documents
        self.asked: list[str] = []

    def document(self, address: str) -> Any | None:
        self.asked.append(address)
        return copy.deepcopy(self.documents.get(address))


def method(issuer: str, key: Ed25519PrivateKey = KEY) -> str:
    return f"{issuer}#{multikey(key.public_key())}"


def a_badge(issuer: str = SELF_NAMED, **changed: Any) -> dict[str, Any]:
    """An Open Badge without a proof."""
    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES],
        "id": "urn:uuid:6c1c3b1e-6a4b-4a0c-9a55-0a4a3c0f4a11",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Welding, level 3",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Van Dijk"},
        "validFrom": "2026-03-04T09:00:00Z",
        "validUntil": "2028-03-04T09:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:1d7f1c4e-58c6-4f0c-b6ae-8a0b8a2f6f10",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "urn:uuid:50e2ac3c-5b62-4dc2-a0b3-0f8fca7b6f2d",
                "type": ["Achievement"],
                "name": "Welding",
                "description": "Welds plate and profile to the drawing.",
                "criteria": {"narrative": "Shown at the bench, seen by an assessor."},
            },
        },
        **changed,
    }


def signed(badge: dict[str, Any] | None = None, **how: Any) -> dict[str, Any]:
    """The badge with a proof."""
    badge = badge or a_badge()
    issuer = badge["issuer"]["id"] if isinstance(badge["issuer"], dict) else badge["issuer"]
    key = how.pop("key", KEY)
    told: dict[str, Any] = {"method": method(issuer, key), "at": SIGNED, **how}
    return proofs.prove(badge, key, **told)


def token(badge: dict[str, Any] | None = None) -> str:
    badge = badge or a_badge()
    return jwt.write(badge, KEY, method=method(badge["issuer"]["id"]), at=SIGNED)


def packed(value: Any) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def entry(index: int = 94_567) -> dict[str, Any]:
    return {
        "id": f"{LIST_AT}#{index}",
        "type": status.ENTRY,
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": LIST_AT,
    }


def a_list(bits: set[int] | None = None, **changed: Any) -> dict[str, Any]:
    """The signed status list of the issuer at an address."""
    told = status.list_credential(
        address=LIST_AT,
        issuer=AT_ADDRESS,
        purpose="revocation",
        bits=bits or set(),
        since="2026-05-31T00:00:00Z",
        until="2026-06-07T00:00:00Z",
        size=status.LEAST_BITS,
    )
    return signed({**told, **changed}, at=datetime(2026, 5, 31, tzinfo=UTC))


def the_issuer(**method_says: Any) -> dict[str, Any]:
    """The document of the issuer at an address."""
    word = multikey(KEY.public_key())
    one = {"id": f"{AT_ADDRESS}#{word}", "publicKeyMultibase": word, **method_says}
    return document_of(AT_ADDRESS, [one])


def as_text(document: Any) -> bytes:
    return json.dumps(document).encode()
