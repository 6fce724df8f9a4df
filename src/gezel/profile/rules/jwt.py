"""A credential as a JSON Web Token: the signature stands around it instead of inside."""

import base64
import binascii
import json
import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gezel.kit import late
from gezel.profile.rules.dates import BadMoment, moment
from gezel.profile.rules.text import Unreadable, id_of, read_json

# The newer name of what Ed25519 signs, and the one it had before (RFC 9864).
ALGORITHMS = {"EdDSA": "EdDSA", "Ed25519": "EdDSA", "ES256": "ES256", "RS256": "RS256"}
# The newer name is hardly read yet, so what we sign bears the one that every verifier knows.
warnings.filterwarnings("ignore", message="EdDSA is deprecated")
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_CLAIMS = ("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf")


class BadToken(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """The token contradicts itself or asks for what we do not do."""

    def __init__(self, code: str, **told: str) -> None:
        super().__init__(code)
        self.code = code
        self.told = told


@dataclass(frozen=True, slots=True)
class Token:
    """A token taken apart; nothing of it is believed yet."""

    header: dict[str, Any]
    credential: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes

    @property
    def algorithm(self) -> str:
        return ALGORITHMS[self.header["alg"]]


def looks_like_one(text: str) -> bool:
    """Three parts of base64url with dots between."""
    return bool(_FORM.fullmatch(text.strip()))


def read(text: str) -> Token:
    """The token taken apart.

    Raises:
        Unreadable: a part is not what it should be.
        BadToken: unsigned, signed in a way we refuse, or it says two things at once.
    """
    head, body, tail = text.strip().split(".")
    header, payload = read_json(_bytes(head)), read_json(_bytes(body))
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise Unreadable("not_json")
    if str(header.get("alg")) not in ALGORITHMS:
        raise BadToken("algorithm", algorithm=str(header.get("alg"))[:40])
    if "crit" in header or "b64" in header:
        raise BadToken("token_extension")
    if "vc" in payload:
        credential = payload["vc"]
        if not isinstance(credential, dict):
            raise BadToken("token_without_credential")
    else:
        credential = {k: v for k, v in payload.items() if k not in _CLAIMS}
    claims = {k: payload[k] for k in _CLAIMS if k in payload}
    _check_agreement(credential, claims)
    return Token(header, credential, claims, f"{head}.{body}".encode(), _bytes(tail))


def _bytes(part: str) -> bytes:
    """Base64url in its one form: a last character with loose bits would be another token."""
    try:
        found = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (ValueError, binascii.Error):
        raise Unreadable("not_json") from None
    if base64.urlsafe_b64encode(found).decode().rstrip("=") != part:
        raise Unreadable("not_json")
    return found


def _check_agreement(credential: dict[str, Any], claims: dict[str, Any]) -> None:
    """What stands in the claims and in the credential is the same."""
    subject = credential.get("credentialSubject")
    pairs = {
        "iss": id_of(credential.get("issuer")),
        "jti": id_of(credential.get("id")),
        "sub": id_of(subject) if isinstance(subject, dict) else "",
    }
    for claim, value in pairs.items():
        if claim in claims and value and claims[claim] != value:
            raise BadToken("token_disagrees", claim=claim)
    for claim, words in (
        ("nbf", ("validFrom", "issuanceDate")),
        ("exp", ("validUntil", "expirationDate")),
    ):
        if claim not in claims:
            continue
        at = claimed(claims, claim)
        for word in words:
            try:
                said = moment(credential[word]) if word in credential else None
            except BadMoment:
                continue  # the data model names it
            if said and at and abs((said - at).total_seconds()) >= 1:
                raise BadToken("token_disagrees", claim=claim)


def claimed(claims: dict[str, Any], claim: str) -> datetime | None:
    """A moment among the claims, in seconds since 1970.

    Raises:
        BadToken: it is no number.
    """
    found = claims.get(claim)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        raise BadToken("token_disagrees", claim=claim)
    try:
        return datetime.fromtimestamp(found, UTC)
    except (OverflowError, ValueError, OSError):
        raise BadToken("token_disagrees", claim=claim) from None


def write(credential: dict[str, Any], key: Ed25519PrivateKey, *, method: str, at: datetime) -> str:
    """The credential as a token: VC-JOSE-COSE, with the claims that Open Badges 3.0 asks beside it.

    Args:
        credential: without a proof; it stands in the token word for word.
        method: the name of the key in the issuer's document, as a `JsonWebKey`.
        at: when it is signed; the key must not be put away by then.
    """
    header = {"alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": method}
    claims: dict[str, Any] = {
        "iss": id_of(credential["issuer"]),
        "jti": credential["id"],
        "nbf": int(moment(credential["validFrom"]).timestamp()),
        "iat": int(at.timestamp()),
    }
    # Of whom it is issued to by name and address alone there is no identifier to claim.
    if subject := id_of(credential["credentialSubject"]):
        claims["sub"] = subject
    if "validUntil" in credential:
        claims["exp"] = int(moment(credential["validUntil"]).timestamp())
    payload = json.dumps({**credential, **claims}, separators=(",", ":"), ensure_ascii=False)
    signs = late.jwk.OKPKey.import_key(key)
    return late.jws.serialize_compact(header, payload, signs, algorithms=["EdDSA"])
