"""The files that come with statements: each announced, each under its own digest; signatures."""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from gezel.records.rules.broken import Broken
from gezel.records.rules.multipart import Part
from gezel.records.rules.reading import read_json
from gezel.records.rules.same import is_equivalent, kept
from gezel.records.rules.shapes import SIGNATURE

_DIGESTS = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
_ALGORITHMS: dict[str, type[hashes.HashAlgorithm]] = {
    "RS256": hashes.SHA256,
    "RS384": hashes.SHA384,
    "RS512": hashes.SHA512,
}


def announced(said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every attachment a statement tells of, those of a SubStatement included."""
    yield from said.get("attachments", ())
    if said["object"].get("objectType") == "SubStatement":
        yield from said["object"].get("attachments", ())


def match(statements: Sequence[Mapping[str, Any]], parts: Sequence[Part]) -> dict[str, Part]:
    """The parts by the digest that announces them.

    Raises:
        Broken: a part lacks its headers, is not what its digest says, or nobody announced it; or
            an attachment has neither bytes nor an address.
    """
    wanted = {told["sha2"].lower() for said in statements for told in announced(said)}
    brought: dict[str, Part] = {}
    for part in parts:
        digest = part.headers.get("x-experience-api-hash", "").lower()
        if not digest:
            raise Broken("X-Experience-API-Hash", "each part with a file tells its digest")
        if part.headers.get("content-transfer-encoding", "").lower() != "binary":
            raise Broken("Content-Transfer-Encoding", "each part with a file says: binary")
        if digest not in wanted:
            raise Broken("X-Experience-API-Hash", f"no attachment announces {digest[:64]}")
        if hashlib.new(_DIGESTS[len(digest)], part.body).hexdigest() != digest:
            raise Broken("X-Experience-API-Hash", f"the bytes are not those of {digest[:64]}")
        brought[digest] = part
    # Each by itself: that another statement says where the same file lies, does not help this one.
    for told in (told for said in statements for told in announced(said)):
        digest = told["sha2"].lower()
        if digest not in brought and "fileUrl" not in told:
            raise Broken("$.attachments", f"neither bytes nor a fileUrl for {digest[:64]}")
    return brought


def check_signatures(said: Mapping[str, Any], brought: Mapping[str, Part]) -> None:
    """A statement that is signed is signed over what it says.

    Raises:
        Broken: the signature is no JSON Web Signature by RS256, RS384 or RS512, is over something
            else, or does not fit the certificate that came along.
    """
    for told in said.get("attachments", ()):
        if told["usageType"] != SIGNATURE:
            continue
        if told["contentType"] != "application/octet-stream":
            raise Broken("$.attachments", "a signature has the type application/octet-stream")
        part = brought.get(told["sha2"].lower())
        if part is not None:
            _check_signature(part.body, said)


def _check_signature(signature: bytes, said: Mapping[str, Any]) -> None:
    try:
        head, payload, mark = signature.strip().split(b".")
        header = json.loads(_base64(head))
        signed = read_json(_base64(payload))
        seal = _base64(mark)
        algorithm = _ALGORITHMS[header["alg"]]
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        raise Broken(
            "$.attachments", "the signature is no compact JWS by RS256, RS384 or RS512"
        ) from None
    if not isinstance(signed, dict) or not _says_what_is_signed(signed, said):
        raise Broken("$.attachments", "the signature is over another statement")
    chain = header.get("x5c")
    if chain is None:
        return
    try:
        leaf = x509.load_der_x509_certificate(base64.b64decode(chain[0]))
        key = leaf.public_key()
        if not isinstance(key, RSAPublicKey):
            raise ValueError("not an RSA key")
        key.verify(seal, head + b"." + payload, PKCS1v15(), algorithm())
    except (InvalidSignature, ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise Broken("$.attachments", "the signature does not fit its certificate") from None


def _says_what_is_signed(signed: dict[str, Any], said: Mapping[str, Any]) -> bool:
    """The signature itself came later, and an id or a time may have."""
    try:
        plain = kept(dict(signed))
        ours = {name: value for name, value in said.items() if name != "attachments"}
        plain.pop("attachments", None)
        for name in ("id", "timestamp"):
            if name not in plain or name not in ours:
                plain.pop(name, None)
                ours.pop(name, None)
        return is_equivalent(ours, plain)
    except (KeyError, AttributeError, TypeError, ValueError):
        return False


def _base64(told: bytes) -> bytes:
    return base64.b64decode(told + b"=" * (-len(told) % 4), altchars=b"-_", validate=True)
