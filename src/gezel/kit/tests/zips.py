"""ZIP files made byte by byte, so that each claim in them can be a lie."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any


@dataclass(frozen=True)
class Packed:
    """An entry as it will stand in the archive; what is None tells the truth."""

    name: bytes
    data: bytes = b""
    method: int = 8
    flags: int = 0x800
    mode: int = 0o100644
    crc: int | None = None
    size: int | None = None
    packed_size: int | None = None
    header: int | None = None
    extra: bytes = b""
    raw: bytes | None = None
    local: dict[str, Any] = field(default_factory=dict)
    after: bytes = b""

    @property
    def packed(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return self.data if self.method != 8 else _squeezed(self.data)


@lru_cache(maxsize=8)  # each entry is asked for it four times, and thousands hold the same
def _squeezed(data: bytes) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeeze.compress(data) + squeeze.flush()


def file(name: str | bytes, data: bytes = b"words", **lies: Any) -> Packed:
    """A file in the archive; `local` holds lies for its own header alone."""
    return Packed(name if isinstance(name, bytes) else name.encode(), data, **lies)


def zipped(
    *entries: Packed,
    before: bytes = b"",
    after: bytes = b"",
    comment: bytes = b"",
    between: bytes = b"",
    count: int | None = None,
    here: int | None = None,
    disk: int = 0,
    size: int | None = None,
    offset: int | None = None,
    zip64: dict[str, int] | None = None,
) -> bytes:
    """An archive of these entries. `between` stands before the table of contents."""
    out = bytearray(before)
    table = bytearray()
    for entry in entries:
        header = len(out) - len(before) if entry.header is None else entry.header
        there = replace(entry, **entry.local) if entry.local else entry
        out += _local(there) + entry.packed + entry.after
        table += _central(entry, header)
    out += between
    start = len(out) - len(before)
    many = len(entries) if count is None else count
    length = len(table) if size is None else size
    place = start if offset is None else offset
    out += table
    if zip64 is not None:
        told = {"count": len(entries), "size": len(table), "offset": start, "own": 44,
                "place": len(out), "disks": 1} | zip64  # fmt: skip
        out += struct.pack(
            "<4sQ2H2I4Q", b"PK\x06\x06", told["own"], 45, 45, 0, 0, told["count"], told["count"],
            told["size"], told["offset"],
        )  # fmt: skip
        out += struct.pack("<4sIQI", b"PK\x06\x07", 0, told["place"], told["disks"])
        many, length, place = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
        here = 0xFFFF
    out += struct.pack(
        "<4s4H2IH", b"PK\x05\x06", disk, disk, many & 0xFFFF if here is None else here,
        many & 0xFFFF, length, place, len(comment),
    )  # fmt: skip
    return bytes(out + comment + after)


def _numbers(entry: Packed) -> tuple[int, int, int]:
    return (
        zlib.crc32(entry.data) if entry.crc is None else entry.crc,
        len(entry.packed) if entry.packed_size is None else entry.packed_size,
        len(entry.data) if entry.size is None else entry.size,
    )


def _local(entry: Packed) -> bytes:
    return (
        struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, entry.flags, entry.method, 0, 33,
                    *_numbers(entry), len(entry.name), len(entry.extra))
        + entry.name + entry.extra
    )  # fmt: skip


def _central(entry: Packed, header: int) -> bytes:
    return (
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 0x314, 20, entry.flags, entry.method, 0, 33,
                    *_numbers(entry), len(entry.name), len(entry.extra), 0, 0, 0,
                    entry.mode << 16, header)
        + entry.name + entry.extra
    )  # fmt: skip


def nested(depth: int, inside: bytes) -> bytes:
    """An archive in an archive in an archive …"""
    for _ in range(depth):
        inside = zipped(file("inner.zip", inside))
    return inside


def names(many: Sequence[str]) -> list[Packed]:
    """A file of each name."""
    return [file(name) for name in many]
