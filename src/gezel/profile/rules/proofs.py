"""Data Integrity: a signature that travels inside the document it is about."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gezel.profile.rules.canonical import jcs, meaning, plain_meaning
from gezel.profile.rules.dates import written
from gezel.profile.rules.keys import Key, NoKey, unbase58

RDFC = "eddsa-rdfc-2022"
JCS = "eddsa-jcs-2022"
OLD = "Ed25519Signature2020"
SUITES = (RDFC, JCS, OLD)


def suite_of(proof: dict[str, Any]) -> str:
    """The way in which a proof was made; empty where it is none that we check."""
    kind = proof.get("type")
    if kind == "DataIntegrityProof":
        suite = proof.get("cryptosuite")
        return suite if suite in (RDFC, JCS) else ""
    return OLD if kind == OLD else ""


def signed_bytes(document: dict[str, Any], proof: dict[str, Any]) -> bytes:
    """What is signed: the hash of how and by whom, then the hash of what.

    `document` is without its proof; `proof` may have its value, which is left out.

    Raises:
        Unclear, UnknownContext: what the document says cannot be told for certain.
    """
    options = {k: v for k, v in proof.items() if k != "proofValue"}
    if suite_of(proof) == JCS:
        return _hashes(jcs(options), jcs(document))
    options["@context"] = document.get("@context")
    return _hashes(plain_meaning(options).encode(), meaning(document).encode())


def _hashes(first: bytes, second: bytes) -> bytes:
    return hashlib.sha256(first).digest() + hashlib.sha256(second).digest()


def holds(document: dict[str, Any], proof: dict[str, Any], key: Key) -> bool:
    """Whether this proof is a signature of that key over this very document."""
    if key.algorithm != "EdDSA":
        return False
    try:
        signature = unbase58(proof.get("proofValue") or "")
    except (NoKey, AttributeError):
        return False
    return len(signature) == 64 and key.signed(signed_bytes(document, proof), signature)


def without_proof(document: dict[str, Any]) -> dict[str, Any]:
    """What was signed, by itself."""
    return {k: v for k, v in document.items() if k != "proof"}


def prove(
    document: dict[str, Any],
    sign: Callable[[bytes], bytes] | Ed25519PrivateKey,
    *,
    method: str,
    at: datetime,
    suite: str = RDFC,
    purpose: str = "assertionMethod",
    more: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The document with a proof; made only of what a reader can tell for certain.

    Raises:
        Unclear, UnknownContext: it could be read in two ways, so it is not signed.
    """
    bare = without_proof(document)
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": written(at),
        "verificationMethod": method,
        "proofPurpose": purpose,
        **(more or {}),
    }
    if suite == JCS:
        proof = {"@context": bare["@context"], **proof}
    make = sign.sign if isinstance(sign, Ed25519PrivateKey) else sign
    value = "z" + base58.b58encode(make(signed_bytes(bare, proof))).decode()
    return {**bare, "proof": {**proof, "proofValue": value}}
