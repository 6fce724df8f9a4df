"""A secret key locked with a passphrase, in a form that every OpenSSL opens.

PKCS#8 (RFC 5958) encrypted by PBES2 (RFC 8018): AES-256, with a key that scrypt (RFC 7914) makes of
the passphrase, so that guessing costs memory as well as time. The figures are fixed, and a file
with others is refused before anything is worked out: a stranger's could ask for a gigabyte.
"""

import base64
import hashlib
import re
import secrets
import unicodedata

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

# 16 MB and about a third of a second: as strong as OWASP asks, within what OpenSSL opens unasked.
COST, BLOCK, TIMES = 1 << 14, 8, 5
SHORTEST = 12
_SALT = _IV = 16
_SEALED = 64
_SCRYPT = bytes.fromhex("06092b06010401da47040b")
_PBES2 = bytes.fromhex("06092a864886f70d01050d")
_AES_256_CBC = bytes.fromhex("060960864801650304012a")
_PEM = re.compile(
    r"\s*-----BEGIN ENCRYPTED PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]{1,1000})"
    r"-----END ENCRYPTED PRIVATE KEY-----\s*"
)


class NoKeyFile(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """What stands there is no key that was locked here."""


class WrongPassphrase(ValueError):  # noqa: N818 - as above
    """It does not open with this passphrase."""


def lock(key: Ed25519PrivateKey, passphrase: str) -> str:
    """The key as PEM, under a passphrase."""
    salt, vector = secrets.token_bytes(_SALT), secrets.token_bytes(_IV)
    padder = PKCS7(128).padder()
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    padded = padder.update(plain) + padder.finalize()
    seal = Cipher(algorithms.AES256(_derived(passphrase, salt)), modes.CBC(vector)).encryptor()
    told = base64.b64encode(_written(salt, vector, seal.update(padded) + seal.finalize())).decode()
    lines = [told[at : at + 64] for at in range(0, len(told), 64)]
    title = "ENCRYPTED PRIVATE KEY"
    return "\n".join([f"-----BEGIN {title}-----", *lines, f"-----END {title}-----", ""])


def unlock(pem: str, passphrase: str) -> Ed25519PrivateKey:
    """The key that was locked so.

    Raises:
        NoKeyFile: it is no such file, or with figures that are not ours.
        WrongPassphrase: the passphrase is another.
    """
    salt, vector, sealed = _parts(pem)
    opener = Cipher(algorithms.AES256(_derived(passphrase, salt)), modes.CBC(vector)).decryptor()
    padder = PKCS7(128).unpadder()
    try:
        plain = padder.update(opener.update(sealed) + opener.finalize()) + padder.finalize()
        key = load_der_private_key(plain, None)
    except (ValueError, TypeError):
        raise WrongPassphrase from None
    if not isinstance(key, Ed25519PrivateKey):
        raise NoKeyFile
    return key


def _derived(passphrase: str, salt: bytes) -> bytes:
    """One phone writes é as one sign and another as two; both mean the same."""
    said = unicodedata.normalize("NFC", passphrase.strip()).encode()
    return hashlib.scrypt(said, salt=salt, n=COST, r=BLOCK, p=TIMES, dklen=32)


def _parts(pem: str) -> tuple[bytes, bytes, bytes]:
    found = _PEM.fullmatch(pem)
    if found is None:
        raise NoKeyFile
    try:
        data = base64.b64decode("".join(found[1].split()), validate=True)
    except ValueError:
        raise NoKeyFile from None
    # All but these three is the same in every such file, and so are their places.
    marks = (b"\x01" * _SALT, b"\x02" * _IV, b"\x03" * _SEALED)
    like = _written(*marks)
    salt, vector, sealed = (data[at : at + len(m)] for m in marks for at in [like.index(m)])
    if len(data) != len(like) or _written(salt, vector, sealed) != data:
        raise NoKeyFile
    return salt, vector, sealed


def _written(salt: bytes, vector: bytes, sealed: bytes) -> bytes:
    """EncryptedPrivateKeyInfo, in DER."""
    figures = [_number(n) for n in (COST, BLOCK, TIMES, 32)]
    derive = _of(0x30, _SCRYPT, _of(0x30, _of(0x04, salt), *figures))
    cipher = _of(0x30, _AES_256_CBC, _of(0x04, vector))
    how = _of(0x30, _PBES2, _of(0x30, derive, cipher))
    return _of(0x30, how, _of(0x04, sealed))


def _number(value: int) -> bytes:
    return _of(0x02, value.to_bytes(value.bit_length() // 8 + 1))


def _of(tag: int, *parts: bytes) -> bytes:
    inside = b"".join(parts)
    length = bytes([len(inside)]) if len(inside) < 128 else bytes([0x81, len(inside)])
    return bytes([tag]) + length + inside
