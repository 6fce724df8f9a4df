"""The sentences of the tus protocol (1.0.0), in which a browser hands us a file in parts.

https://tus.io/protocols/resumable-upload: core, creation, termination, checksum and expiration.
Here is what can be read from headers alone; what it does to a file stands in `actions.receiving`.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Any

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum,expiration"
ALGORITHMS = ("sha256", "sha1", "md5")
LONGEST_NAME = 200
LONGEST_METADATA = 4_000


class BadHeader(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """A header that says nothing we understand; the message is its name."""


def number_of(header: str, name: str) -> int:
    """A length or an offset: a whole number of bytes, not negative, of at most 15 digits.

    Raises:
        BadHeader: it is something else.
    """
    if not header.isascii() or not header.isdigit() or len(header) > 15:
        raise BadHeader(name)
    return int(header)


def metadata_of(header: str) -> dict[str, str]:
    """`Upload-Metadata`: pairs of a key and a base64 text, with commas between.

    Raises:
        BadHeader: too long, a key twice, not base64, or not UTF-8.
    """
    told: dict[str, str] = {}
    if len(header) > LONGEST_METADATA:
        raise BadHeader("Upload-Metadata")
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _space, value = pair.partition(" ")
        if key in told or not key.isascii():
            raise BadHeader("Upload-Metadata")
        try:
            told[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, ValueError) as error:
            raise BadHeader("Upload-Metadata") from error
    return told


def file_name(given: str) -> str:
    """The last part of a name as a person may read it: no folders, no signs that steer."""
    last = given.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in last if sign.isprintable()).strip(" .")
    if len(plain) <= LONGEST_NAME:
        return plain
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 10:
        return plain[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a part should come to, as `Upload-Checksum` tells it."""

    algorithm: str
    digest: bytes

    def counter(self) -> Any:
        """A fresh hash object of this algorithm; it guards against slips, not against people."""
        return hashlib.new(self.algorithm, usedforsecurity=False)


def checksum_of(header: str) -> Checksum | None:
    """`Upload-Checksum`: the algorithm and the base64 of the digest; empty is none.

    Raises:
        BadHeader: an algorithm we do not offer, or no base64.
    """
    if not header:
        return None
    algorithm, _space, told = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadHeader("Upload-Checksum")
    try:
        return Checksum(algorithm, base64.b64decode(told.strip(), validate=True))
    except (binascii.Error, ValueError) as error:
        raise BadHeader("Upload-Checksum") from error
