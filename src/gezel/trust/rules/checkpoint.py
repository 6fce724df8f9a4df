"""A log as of a moment, signed: C2SP's checkpoint, signed note and witness cosignature.

learn.example.org/log/van-dijk          whose log (its origin)
1250                                    how many entries
TszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40    the root over them

— learn.example.org/log/van-dijk Az3grl…    the log's own signature
— or-van-dijk Kd92aB…                       a witness: seen, and it grew from what I saw before
"""

import base64
import binascii
import hashlib
import re
import struct
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gezel.trust.rules.merkle import HASH

LOG, WITNESS = 1, 4
MOST_LINES = 40
_NAME = re.compile(r"[^\s+]{1,200}")
_SIZE = re.compile(r"0|[1-9]\d{0,15}")
_KEY_BYTES, _SIGNATURE_BYTES, _TIME_BYTES = 32, 64, 8


class BadNote(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """It is no checkpoint, no key, or no signature of who it should be; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Key:
    """A key that signs notes: of a log, or of a witness."""

    name: str
    public: bytes
    kind: int = LOG

    @property
    def id(self) -> bytes:
        told = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(told).digest()[:4]

    def written(self) -> str:
        """As keys are exchanged: name+number+key."""
        body = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{body}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How large a log was, and the root over it."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def read_key(text: str) -> Key:
    """A key as it was written.

    Raises:
        BadNote: it is none, or its number does not fit.
    """
    name, _, rest = text.strip().partition("+")
    number, _, body = rest.partition("+")
    raw = _unpacked(body, "key")
    if not _NAME.fullmatch(name) or len(raw) != 1 + _KEY_BYTES or raw[0] not in (LOG, WITNESS):
        raise BadNote("key")
    found = Key(name, raw[1:], raw[0])
    if found.id.hex() != number:
        raise BadNote("key")
    return found


def key_of(name: str, secret: Ed25519PrivateKey, kind: int = LOG) -> Key:
    return Key(name, secret.public_key().public_bytes_raw(), kind)


def read_secret(text: str) -> tuple[Key, Ed25519PrivateKey]:
    """A witness's own key file: one line, PRIVATE+KEY+name+number+key.

    Raises:
        BadNote: it is none.
    """
    start = "PRIVATE+KEY+"
    if not text.startswith(start):
        raise BadNote("key")
    name, _, rest = text.strip().removeprefix(start).partition("+")
    _, _, body = rest.partition("+")
    raw = _unpacked(body, "key")
    if len(raw) != 1 + _KEY_BYTES or raw[0] not in (LOG, WITNESS) or not _NAME.fullmatch(name):
        raise BadNote("key")
    secret = Ed25519PrivateKey.from_private_bytes(raw[1:])
    return key_of(name, secret, raw[0]), secret


def write_secret(name: str, secret: Ed25519PrivateKey, kind: int = WITNESS) -> str:
    raw = secret.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    body = base64.b64encode(bytes([kind]) + raw).decode()
    return f"PRIVATE+KEY+{name}+{key_of(name, secret, kind).id.hex()}+{body}\n"


def sign(checkpoint: Checkpoint, key: Key, secret: Ed25519PrivateKey) -> str:
    """The checkpoint with the log's signature under it."""
    body = checkpoint.body()
    return f"{body}\n{_line(key, secret.sign(body.encode()))}"


def cosign(note: str, key: Key, secret: Ed25519PrivateKey, *, at: datetime) -> str:
    """The line with which a witness says to have seen this checkpoint, then."""
    body, _ = parts(note)
    seconds = int(at.timestamp())
    signature = secret.sign(_seen(body, seconds))
    return _line(key, struct.pack(">Q", seconds) + signature)


def parts(note: str) -> tuple[str, list[str]]:
    """What is signed, and the lines of who signed.

    Raises:
        BadNote: it is no note.
    """
    body, gap, tail = note.rpartition("\n\n")
    lines = tail.splitlines()
    if not gap or not tail.endswith("\n") or not 0 < len(lines) <= MOST_LINES:
        raise BadNote("note")
    if not all(line.startswith("— ") and len(line.split(" ")) == 3 for line in lines):
        raise BadNote("note")
    return body + "\n", lines


def read(note: str, key: Key) -> Checkpoint:
    """The checkpoint, if the log of this key signed it.

    Raises:
        BadNote: it is none, or not signed by it.
    """
    body, lines = parts(note)
    found = _checkpoint(body)
    if found.origin != key.name:
        raise BadNote("origin")
    for signature in _signatures(lines, key):
        if len(signature) == _SIGNATURE_BYTES and _fits(key, signature, body.encode()):
            return found
    raise BadNote("signature")


def seen_at(note: str, key: Key) -> int | None:
    """When a witness says to have seen it (seconds since 1970); None where it did not sign."""
    body, lines = parts(note)
    for packed in _signatures(lines, key):
        if len(packed) != _TIME_BYTES + _SIGNATURE_BYTES:
            continue
        (seconds,) = struct.unpack(">Q", packed[:_TIME_BYTES])
        if _fits(key, packed[_TIME_BYTES:], _seen(body, seconds)):
            return int(seconds)
    return None


def _checkpoint(body: str) -> Checkpoint:
    lines = body.split("\n")
    if len(lines) < 4 or lines[-1] or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise BadNote("note")
    root = _unpacked(lines[2], "note")
    if len(root) != HASH:
        raise BadNote("note")
    return Checkpoint(lines[0], int(lines[1]), root)


def _seen(body: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{body}".encode()


def _line(key: Key, signature: bytes) -> str:
    return f"— {key.name} {base64.b64encode(key.id + signature).decode()}\n"


def _signatures(lines: list[str], key: Key) -> list[bytes]:
    found = []
    for line in lines:
        _, name, packed = line.split(" ")
        raw = _unpacked(packed, "note")
        if name == key.name and raw[:4] == key.id:
            found.append(raw[4:])
    return found


def _fits(key: Key, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _unpacked(text: str, code: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise BadNote(code) from None
    if base64.b64encode(found).decode() != text:
        raise BadNote(code)
    return found
