"""Signed by us and read by others, signed by others and read by us: openbadgeslib, joserfc."""

from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc import jws
from joserfc.jwk import OKPKey
from openbadgeslib.ob3 import (
    Achievement,
    Issuer,
    OB3LdpSigner,
    OB3LdpVerifier,
    OB3Signer,
    OB3Verifier,
    OpenBadgeCredential,
)
from openbadgeslib.ob3.status import decode_encoded_list
from openbadgeslib.ob3.status_list import encode_bitstring

from gezel.profile.rules import baking as ours
from gezel.profile.rules import jwt, status
from gezel.profile.rules.verdict import Belief, Verdict, check
from gezel.profile.tests.samples import (
    KEY,
    NOW,
    SELF_NAMED,
    a_badge,
    as_text,
    packed,
    signed,
    token,
)
from gezel.profile.tests.test_mutants import PIXEL

PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def theirs(issuer: str = SELF_NAMED) -> OpenBadgeCredential:
    return OpenBadgeCredential(
        issuer=Issuer(id=issuer, name="Van Dijk"),
        recipient_id="urn:uuid:1d7f1c4e-58c6-4f0c-b6ae-8a0b8a2f6f10",
        achievement=Achievement(
            id="urn:uuid:50e2ac3c-5b62-4dc2-a0b3-0f8fca7b6f2d",
            name="Lassen",
            description="Last plaat en profiel.",
            criteria_narrative="Getoond aan de bank.",
        ),
        issuance_date=datetime(2026, 3, 4, 9, tzinfo=UTC),
    )


def test_our_proof_is_read_by_them() -> None:
    read = OB3LdpVerifier.for_issuer_did(SELF_NAMED).verify(as_text(_without_end()))

    assert read.achievement.name == "Welding"


def _without_end() -> dict[str, Any]:
    badge = a_badge()
    del badge["validUntil"]  # theirs asks the clock of today
    return signed(badge)


def test_their_proof_is_read_by_us() -> None:
    document = OB3LdpSigner(PRIVATE).sign(theirs(), created=datetime(2026, 3, 4, 9, tzinfo=UTC))

    finding = check(as_text(document), now=NOW)

    assert (finding.verdict, finding.name) == (Verdict.VALID, "Lassen")


def test_our_token_is_read_by_them_and_by_joserfc() -> None:
    badge = a_badge()
    del badge["validUntil"]
    text = token(badge)

    assert OB3Verifier(PUBLIC).verify(text).achievement.name == "Welding"
    assert jws.deserialize_compact(text, OKPKey.import_key(PUBLIC), algorithms=["EdDSA"])


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_their_token_is_read_by_us(algorithm: str) -> None:
    make: dict[str, Any] = {
        "EdDSA": Ed25519PrivateKey.generate,
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "RS256": lambda: rsa.generate_private_key(65537, 2048),
    }
    key = make[algorithm]()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signer: Any = OB3Signer
    text = signer(pem, algorithm).sign(theirs("https://vandijk.example/issuer"))

    # The key comes in the token, so as it is nobody vouches for it.
    assert check(text, now=NOW).verdict is Verdict.UNKNOWN
    finding = check(text, now=NOW, belief=Belief.ANYTHING)
    assert (finding.verdict, finding.name) == (Verdict.VALID, "Lassen")
    head, body, tail = text.split(".")
    changed = packed({**jwt.read(text).credential, "name": "More"})
    assert (
        check(f"{head}.{changed}.{tail}", now=NOW, belief=Belief.ANYTHING).verdict
        is Verdict.INVALID
    )
    assert body != changed


@pytest.mark.parametrize("form", ["png", "svg"])
def test_pictures_are_opened_both_ways(form: str) -> None:
    picture = (
        PIXEL if form == "png" else b'<svg xmlns="http://www.w3.org/2000/svg"><path d=""/></svg>'
    )
    text = as_text(_without_end()).decode()
    own = getattr(ours, f"bake_{form}")(picture, text)

    assert getattr(ours, f"unbake_{form}")(own) == text
    read: Any = getattr(OB3Verifier, f"extract_token_from_{form}")
    assert read(own) == text


def test_status_lists_say_the_same() -> None:
    bits = {0, 7, 8, 94_567, 131_071}

    assert decode_encoded_list(status.packed(bits)) == status.unpacked(encode_bitstring(bits))
    mine = status.unpacked(status.packed(bits))
    assert {i for i in range(131_072) if status.bit(mine, i)} == bits
