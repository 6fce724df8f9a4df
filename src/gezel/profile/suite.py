"""Signing what a public test suite sends, with a key that is nobody's."""

import secrets
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from gezel.profile.queries import OurOwn
from gezel.profile.rules import model, proofs, status
from gezel.profile.rules.dates import written
from gezel.profile.rules.keys import did_key, multikey
from gezel.profile.rules.text import id_of


class Refused(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """It is no credential to sign; the arguments are the words that are wrong."""


def _key() -> Ed25519PrivateKey:
    derived = HKDF(SHA256(), 32, salt=b"gezel", info=b"profile: key of the test suites")
    return Ed25519PrivateKey.from_private_bytes(derived.derive(settings.SECRET_KEY.encode()))


def issuer() -> str:
    """Who signs here: a key that is its own name, so no organisation is ever spoken for."""
    return did_key(_key().public_key())


def issue(credential: Any, options: Any) -> dict[str, Any]:
    """The credential with a proof.

    Raises:
        Refused: it does not have the form, is signed already, or names another issuer.
        Unclear, UnknownContext: it could be read in two ways.
    """
    if not isinstance(credential, dict):
        raise Refused("credential")
    wrong = list(model.problems(credential))
    if id_of(credential.get("issuer")) != issuer():
        wrong.append("issuer")
    if "proof" in credential:
        wrong.append("proof")
    asked = options.get("cryptosuite", proofs.RDFC) if isinstance(options, dict) else proofs.RDFC
    if asked not in (proofs.RDFC, proofs.JCS):
        wrong.append("options.cryptosuite")
    if wrong:
        raise Refused(*wrong)
    # As the interface has it: a status is included, if the credential brings none of its own.
    if not model.is_old(credential) and "credentialStatus" not in credential:
        credential = {**credential, "credentialStatus": _entry()}
    return _signed(credential, asked)


def _signed(credential: dict[str, Any], asked: str) -> dict[str, Any]:
    key = _key()
    method = f"{issuer()}#{multikey(key.public_key())}"
    return proofs.prove(credential, key, method=method, at=timezone.now(), suite=asked)


def list_address() -> str:
    return settings.BASE_URL + reverse("profile:api_status")


def _entry() -> dict[str, str]:
    place = secrets.randbelow(status.LEAST_BITS)
    return {
        "id": f"{list_address()}#{place}",
        "type": status.ENTRY,
        "statusPurpose": "revocation",
        "statusListIndex": str(place),
        "statusListCredential": list_address(),
    }


def status_list() -> dict[str, Any]:
    """Nothing that the suites had signed is ever withdrawn; that has its own tests."""
    now = timezone.now()
    unsigned = status.list_credential(
        address=list_address(),
        issuer=issuer(),
        purpose="revocation",
        bits=set(),
        since=written(now),
        until=written(now + timedelta(days=1)),
        size=status.LEAST_BITS,
    )
    return _signed(unsigned, proofs.RDFC)


class Sources(OurOwn):
    """Knows the list of the suites too."""

    def document(self, address: str) -> Any | None:
        return status_list() if address == list_address() else super().document(address)
