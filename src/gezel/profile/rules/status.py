"""Bitstring Status List: whether a credential was withdrawn, without asking about one person."""

import base64
import gzip
import re
import zlib
from collections.abc import Iterator
from typing import Any

from gezel.profile.rules.text import as_list

# The least a list may hold, so that one entry says little; and the most we unpack.
LEAST_BITS = 131_072
MOST_BYTES = 2 * 1024 * 1024
MOST_PACKED = 1024 * 1024
ENTRY, LIST = "BitstringStatusListEntry", "BitstringStatusListCredential"
MOST_SIZE = 8
REVOCATION, SUSPENSION = "revocation", "suspension"
PURPOSES = (REVOCATION, SUSPENSION, "message", "refresh")


class BadList(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """A status list that says nothing; `code` tells why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def packed(set_bits: set[int], *, size: int = LEAST_BITS) -> str:
    """The list as it travels: bits from the left, gzip, base64url after a `u`."""
    size = max(LEAST_BITS, -(-size // 8) * 8)
    found = bytearray(size // 8)
    for place in set_bits:
        found[place // 8] |= 0x80 >> place % 8
    squeezed = gzip.compress(bytes(found), mtime=0)
    return "u" + base64.urlsafe_b64encode(squeezed).decode().rstrip("=")


def unpacked(text: Any) -> bytes:
    """The bits, but never more than we asked for: a kilobyte can unpack to gigabytes.

    Raises:
        BadList: not in the form, too short, or a bomb.
    """
    if not isinstance(text, str) or not re.fullmatch(r"u[A-Za-z0-9_-]+", text):
        raise BadList("status_form")
    if len(text) > MOST_PACKED:
        raise BadList("status_bomb")
    try:
        squeezed = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        machine = zlib.decompressobj(wbits=31)
        found = machine.decompress(squeezed, MOST_BYTES + 1)
    except (ValueError, zlib.error):
        raise BadList("status_form") from None
    if len(found) > MOST_BYTES:
        raise BadList("status_bomb")
    if not machine.eof or machine.unused_data:
        raise BadList("status_form")
    if len(found) * 8 < LEAST_BITS:
        raise BadList("status_short")
    return found


def bit(found: bytes, index: Any) -> bool:
    """Whether the bit of an entry is set.

    Raises:
        BadList: the index is no number, or past the end.
    """
    if isinstance(index, int) and not isinstance(index, bool):
        index = str(index)
    if not isinstance(index, str) or not re.fullmatch(r"0|[1-9]\d{0,9}", index):
        raise BadList("status_index")
    place = int(index)
    if place >= len(found) * 8:
        raise BadList("status_index")
    return bool(found[place // 8] & (0x80 >> place % 8))


def entries(credential: dict[str, Any]) -> list[Any]:
    """Where a credential says that its status stands."""
    return as_list(credential.get("credentialStatus"))


def entry_for(credential: dict[str, Any], purpose: str) -> dict[str, Any] | None:
    """The first entry with this purpose; None where there is none."""
    found = (one for one in entries(credential) if isinstance(one, dict))
    return next((one for one in found if one.get("statusPurpose") == purpose), None)


def entry(address: str, index: int, purpose: str) -> dict[str, Any]:
    """Where a credential of ours says that its status stands."""
    return {
        "id": f"{address}#{index}",
        "type": ENTRY,
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": address,
    }


def stands_in(lists: dict[str, str], index: int) -> dict[str, Any] | list[dict[str, Any]]:
    """What a credential says of its status: a plain object where there is one list, as Open Badges
    3.0 has it, and a list of two where it can be suspended as well.

    Args:
        lists: purpose → the address of that list.
    """
    told = [entry(address, index, purpose) for purpose, address in lists.items()]
    return told[0] if len(told) == 1 else told


def problems(credential: dict[str, Any]) -> Iterator[str]:
    """The words that a status list lacks or has wrong, and those of entries in one."""
    if LIST in as_list(credential.get("type")):
        subject = credential.get("credentialSubject")
        subject = subject if isinstance(subject, dict) else {}
        if "BitstringStatusList" not in as_list(subject.get("type")):
            yield "credentialSubject.type"
        purposes = as_list(subject.get("statusPurpose"))
        if not purposes or not all(isinstance(one, str) and one for one in purposes):
            yield "credentialSubject.statusPurpose"
        if not _is_count(subject.get("ttl", 0), least=0):
            yield "credentialSubject.ttl"
        try:
            unpacked(subject.get("encodedList"))
        except BadList:
            yield "credentialSubject.encodedList"
    for entry in entries(credential):
        if isinstance(entry, dict) and as_list(entry.get("type")) == [ENTRY]:
            if not isinstance(entry.get("statusListIndex"), str):
                yield "credentialStatus.statusListIndex"
            if not isinstance(entry.get("statusPurpose"), str):
                yield "credentialStatus.statusPurpose"
            if not isinstance(entry.get("statusListCredential"), str):
                yield "credentialStatus.statusListCredential"
            yield from _size_problems(entry)


def _size_problems(entry: dict[str, Any]) -> Iterator[str]:
    """An entry of several bits tells what each value of them means."""
    size = entry.get("statusSize", 1)
    if not _is_count(size, least=1):
        yield "credentialStatus.statusSize"
        return
    if size > 1 or entry.get("statusPurpose") == "message" or "statusMessage" in entry:
        told = [one for one in as_list(entry.get("statusMessage")) if isinstance(one, dict)]
        values = {one.get("status") for one in told}
        if len(values) != len(told) or size > MOST_SIZE or len(told) != 1 << size:
            yield "credentialStatus.statusMessage"
    if not all(isinstance(one, str) for one in as_list(entry.get("statusReference"))):
        yield "credentialStatus.statusReference"


def _is_count(value: Any, *, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def list_credential(
    *, address: str, issuer: str, purpose: str, bits: set[int], since: str, until: str, size: int
) -> dict[str, Any]:
    """The list as a credential of its own, still to be signed."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", LIST],
        "issuer": issuer,
        "validFrom": since,
        "validUntil": until,
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": packed(bits, size=size),
        },
    }
