"""Public keys as they are written in credentials: Multikey, did:key, JWK."""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\xed\x01"
PREFIX = "did:key:"
P256 = b"\x80\x24"
Public = Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class NoKey(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """What is written there is no key we can use."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key, and the way in which it signs."""

    public: Public
    algorithm: str  # as JOSE calls it: EdDSA, ES256, RS256

    def signed(self, data: bytes, signature: bytes) -> bool:
        """Whether this key made that signature over these bytes."""
        try:
            if isinstance(self.public, Ed25519PublicKey):
                self.public.verify(signature, data)
            elif isinstance(self.public, ec.EllipticCurvePublicKey):
                if len(signature) != 64:
                    return False
                halves = (int.from_bytes(part) for part in (signature[:32], signature[32:]))
                self.public.verify(encode_dss_signature(*halves), data, ec.ECDSA(hashes.SHA256()))
            else:
                self.public.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


def multikey(key: Ed25519PublicKey) -> str:
    """The key in one word: `z6Mk…`."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return "z" + base58.b58encode(ED25519 + raw).decode()


def did_key(key: Ed25519PublicKey) -> str:
    """An identifier that is the key itself, for who has no address."""
    return PREFIX + multikey(key)


def jwk(key: Ed25519PublicKey) -> dict[str, str]:
    """The key as verifiers of tokens read it (RFC 8037)."""
    return {"crv": "Ed25519", "kty": "OKP", "x": _word(key.public_bytes_raw())}


def thumbprint(jwk: dict[str, str]) -> str:
    """The name a JWK has by what it is (RFC 7638)."""
    only = json.dumps(jwk, sort_keys=True, separators=(",", ":"))
    return _word(hashlib.sha256(only.encode()).digest())


def _word(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unbase58(text: str, most: int = 200) -> bytes:
    """The bytes of a base58 word that begins with z.

    Raises:
        NoKey: it is none, or longer than any key or signature.
    """
    if not text.startswith("z") or len(text) > most:
        raise NoKey(text[:20])
    try:
        return base58.b58decode(text[1:])
    except ValueError:
        raise NoKey(text[:20]) from None


def from_multikey(text: Any) -> Key:
    """The key that a Multikey word tells.

    Raises:
        NoKey: it tells none, or one of a kind we do not check.
    """
    if not isinstance(text, str):
        raise NoKey("")
    raw = unbase58(text)
    if raw[:2] == ED25519 and len(raw) == 34:
        return Key(Ed25519PublicKey.from_public_bytes(raw[2:]), "EdDSA")
    if raw[:2] == P256 and len(raw) == 35:
        try:
            found = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw[2:])
        except ValueError:
            raise NoKey(text[:20]) from None
        return Key(found, "ES256")
    raise NoKey(text[:20])


def secret_from_multikey(text: str) -> Ed25519PrivateKey:
    """A secret key as the specifications write theirs (prefix 0x8026).

    Raises:
        NoKey: it is none.
    """
    raw = unbase58(text)
    if raw[:2] != b"\x80\x26" or len(raw) != 34:
        raise NoKey("")
    return Ed25519PrivateKey.from_private_bytes(raw[2:])


def from_jwk(jwk: Any) -> Key:
    """The key that a JWK tells; one that holds a secret too is refused, it is nobody's any more.

    Raises:
        NoKey: it tells none that we check.
    """
    if not isinstance(jwk, dict) or "d" in jwk or "k" in jwk:
        raise NoKey("jwk")
    try:
        match jwk.get("kty"), jwk.get("crv"):
            case "OKP", "Ed25519":
                return Key(Ed25519PublicKey.from_public_bytes(_raw(jwk["x"])), "EdDSA")
            case "EC", "P-256":
                numbers = ec.EllipticCurvePublicNumbers(
                    int.from_bytes(_raw(jwk["x"])), int.from_bytes(_raw(jwk["y"])), ec.SECP256R1()
                )
                return Key(numbers.public_key(), "ES256")
            case "RSA", None:
                modulus, exponent = int.from_bytes(_raw(jwk["n"])), int.from_bytes(_raw(jwk["e"]))
                if not 2048 <= modulus.bit_length() <= 8192:
                    raise NoKey("jwk")
                return Key(rsa.RSAPublicNumbers(exponent, modulus).public_key(), "RS256")
    except (KeyError, ValueError, TypeError):
        raise NoKey("jwk") from None
    raise NoKey("jwk")


def _raw(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
