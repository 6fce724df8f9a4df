"""The table of contents of a ZIP archive, read by us and held against the rest of the file.

A ZIP file tells the same things in several places, and readers differ in which they believe; in
that room hide files that one program sees and another does not. We take only archives in which
all places agree: one table, right before the end; entries from the first byte to the table, one
after the other, each with a header that says what the table says.

After APPNOTE.TXT 6.3.10 (PKWARE), sections 4.3 and 4.5.3.
"""

import struct
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from gezel.kit.archives.common import MEGABYTE, ArchiveRefused, Budget

STORED, DEFLATED = 0, 8
_END = struct.Struct("<4s4H2IH")
_LOCATOR64 = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQ2H2I4Q")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_LONGEST_COMMENT = 65_535
# Of 40,000 entries with names as long as people make them; more is not a table but a weapon.
_LARGEST_TABLE = 16 * MEGABYTE
_SHORT, _LONG = 0xFFFF, 0xFFFFFFFF
_ENCRYPTED, _SIZES_AFTER, _STRONG, _UTF8, _MASKED = 0x1, 0x8, 0x40, 0x800, 0x2000
# Sizes that stand after the data: with or without their mark, in four or eight bytes.
_AFTER = (0, 12, 16, 20, 24)
_KIND, _FILE, _FOLDER = 0o170000, 0o100000, 0o040000
# What a name cannot hold: control, format (which may turn the reading around), half a character,
# line and paragraph ends. The many kinds of space are fine: a Mac puts them in names.
_UNHOLDABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder in the archive; its packed bytes stand from `begins` to `ends`."""

    name: PurePosixPath
    is_folder: bool
    method: int
    crc: int
    packed: int
    size: int
    header: int
    begins: int = 0

    @property
    def ends(self) -> int:
        return self.begins + self.packed


def read_table(file: IO[bytes], length: int, budget: Budget) -> list[Entry]:
    """Every entry of an archive of so many bytes, in its order, each checked.

    Raises:
        ArchiveRefused: see `WORDS`; also where the file holds anything that no entry names.
    """
    start, stop, count = _place(file, length)
    # Folders are entries too, hence twice.
    if count > budget.files * 2 or stop - start > _LARGEST_TABLE:
        raise ArchiveRefused("files")
    file.seek(start)
    table = file.read(stop - start)
    entries = list(_entries(table, budget))
    if len(entries) != count:
        raise ArchiveRefused("hidden")
    _check_names(entries, budget)
    _check_claims(entries, length, budget)
    return _held_against_file(file, entries, start)


def _place(file: IO[bytes], length: int) -> tuple[int, int, int]:
    """Where the table begins and ends, and how many entries it is said to hold."""
    tail = min(length, _END.size + _LONGEST_COMMENT)
    file.seek(length - tail)
    end = file.read(tail)
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) - at < _END.size:
        raise ArchiveRefused("not_zip")
    _sign, disk, first, here, count, size, offset, comment = _END.unpack_from(end, at)
    stop = length - tail + at
    if stop + _END.size + comment != length:
        raise ArchiveRefused("hidden")
    if stop >= _LOCATOR64.size:
        file.seek(stop - _LOCATOR64.size)
        sign, disk64, place, disks = _LOCATOR64.unpack(file.read(_LOCATOR64.size))
        if sign == b"PK\x06\x07":
            stop -= _LOCATOR64.size + _END64.size
            if place != stop or stop < 0:
                raise ArchiveRefused("hidden")
            file.seek(stop)
            (sign, own, _by, _needs, disk, first, here64, count64, size64, offset64
             ) = _END64.unpack(file.read(_END64.size))  # fmt: skip
            if sign != b"PK\x06\x06" or own != _END64.size - 12:
                raise ArchiveRefused("hidden")
            if disk64 or disks > 1:
                raise ArchiveRefused("parts")
            told = ((here, here64, _SHORT), (count, count64, _SHORT), (size, size64, _LONG),
                    (offset, offset64, _LONG))  # fmt: skip
            if any(short not in {long, full} for short, long, full in told):
                raise ArchiveRefused("hidden")
            here, count, size, offset = here64, count64, size64, offset64
    if disk or first or here != count:
        raise ArchiveRefused("parts")
    if offset + size != stop:
        raise ArchiveRefused("hidden")
    return offset, stop, count


def _entries(table: bytes, budget: Budget) -> Iterator[Entry]:
    at = many = 0
    while at < len(table):
        many += 1
        if many > budget.files * 2:
            raise ArchiveRefused("files")
        if len(table) - at < _CENTRAL.size or not table.startswith(b"PK\x01\x02", at):
            raise ArchiveRefused("hidden")
        (_sign, _by, _needs, flags, method, _time, _date, crc, packed, size, named, extra, comment,
         disk, _inner, outer, header) = _CENTRAL.unpack_from(table, at)  # fmt: skip
        at += _CENTRAL.size
        raw = table[at : at + named]
        further = table[at + named : at + named + extra]
        at += named + extra + comment
        if at > len(table):
            raise ArchiveRefused("not_zip")
        size, packed, header, disk = _whole(further, [size, packed, header, disk])
        told = _told(raw, flags)
        # Where a Unix keeps what kind of file it is; others leave it empty.
        kind = (outer >> 16) & _KIND
        if kind not in {0, _FILE, _FOLDER}:
            raise ArchiveRefused("link", told)
        if flags & (_ENCRYPTED | _STRONG | _MASKED):
            raise ArchiveRefused("encrypted", told)
        if method not in {STORED, DEFLATED}:
            raise ArchiveRefused("method", told)
        if disk:
            raise ArchiveRefused("parts")
        name, is_folder = _name(told)
        if is_folder and size:
            raise ArchiveRefused("name", told)
        if method == STORED and packed != size:
            raise ArchiveRefused("damaged", told)
        yield Entry(name, is_folder, method, crc, packed, size, header)


def _whole(extra: bytes, told: Sequence[int]) -> list[int]:
    """Size, packed size, place and disk, from the extra field where they did not fit.

    Args:
        told: as they stand in the entry; all ones means: see the extra field.
    """
    full = (_LONG, _LONG, _LONG, _SHORT)
    wanted = [value == mark for value, mark in zip(told, full, strict=True)]
    at = 0
    while any(wanted) and len(extra) - at >= 4:
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            field, place, whole = extra[at + 4 : at + 4 + length], 0, []
            for value, want, form in zip(told, wanted, "QQQI", strict=True):
                if want:
                    if len(field) - place < struct.calcsize(f"<{form}"):
                        raise ArchiveRefused("not_zip")
                    (value,) = struct.unpack_from(f"<{form}", field, place)  # noqa: PLW2901
                    place += struct.calcsize(f"<{form}")
                whole.append(value)
            return whole
        at += 4 + length
    return list(told)


def _told(raw: bytes, flags: int) -> str:
    """A name as it was meant."""
    try:
        # Most who do not set the flag write UTF-8 all the same; the rest mean the old code page.
        return raw.decode("utf-8")
    except UnicodeError:
        if flags & _UTF8:
            raise ArchiveRefused("name", raw.decode("utf-8", "replace")) from None
        return raw.decode("cp437")


def _name(told: str) -> tuple[PurePosixPath, bool]:
    """The place of an entry below the folder it is unpacked in, and whether it is a folder.

    Raises:
        ArchiveRefused: it points outside, or not every system can hold it.
    """
    text = unicodedata.normalize("NFC", told)
    parts = [part for part in text.split("/") if part not in {"", "."}]
    is_folder = text.endswith("/")
    outside = text.startswith("/") or "\\" in text or ":" in text.split("/", 1)[0]
    unholdable = any(
        part == ".."
        or len(part.encode("utf-8")) > 240
        or part != part.strip()
        or any(unicodedata.category(sign) in _UNHOLDABLE for sign in part)
        for part in parts
    )
    if outside or unholdable or (not parts and not is_folder):
        raise ArchiveRefused("name", told)
    return PurePosixPath(*parts), is_folder


def _check_names(entries: Sequence[Entry], budget: Budget) -> None:
    """Every file has a place of its own, also on a disk that does not tell capitals apart."""
    if sum(not entry.is_folder for entry in entries) > budget.files:
        raise ArchiveRefused("files")
    files: set[str] = set()
    folders: set[str] = set()
    for entry in entries:
        text = str(entry.name)
        if len(entry.name.parts) > budget.depth or len(text.encode()) > budget.name:
            raise ArchiveRefused("name", text)
        folded = unicodedata.normalize("NFC", text.casefold())
        if entry.is_folder:
            folders.add(folded)
        elif folded in files:
            raise ArchiveRefused("twice", text)
        else:
            files.add(folded)
        while "/" in folded:
            folded = folded.rpartition("/")[0]
            folders.add(folded)
    if both := files & folders:
        raise ArchiveRefused("twice", min(both))


def _check_claims(entries: Sequence[Entry], length: int, budget: Budget) -> None:
    """What the entries say they unfold to is allowed, each and together."""
    total = 0
    for entry in entries:
        total += entry.size
        if entry.size > budget.one_file or total > budget.total:
            raise ArchiveRefused("size", str(entry.name))
        if entry.size > budget.ratio_from and entry.size > budget.ratio * max(1, entry.packed):
            raise ArchiveRefused("ratio", str(entry.name))
    if total > budget.whole_ratio_from and total > budget.whole_ratio * length:
        raise ArchiveRefused("bomb")


def _held_against_file(file: IO[bytes], entries: Sequence[Entry], table: int) -> list[Entry]:
    """The entries with their place, each held against its own header; all bytes accounted for."""
    placed = [_placed(file, entry, table) for entry in entries]
    ordered = sorted(placed, key=lambda both: both[0].header)
    if (ordered[0][0].header if ordered else table) != 0:
        raise ArchiveRefused("hidden")
    ends = [entry.ends for entry, _after in ordered]
    begins = [*(entry.header for entry, _after in ordered[1:]), table]
    for (entry, sizes_after), end, begin in zip(ordered, ends, begins, strict=False):
        if begin < end:
            raise ArchiveRefused("overlap", str(entry.name))
        if begin - end not in (_AFTER if sizes_after else _AFTER[:1]):
            raise ArchiveRefused("hidden")
    return [entry for entry, _after in placed]


def _placed(file: IO[bytes], entry: Entry, table: int) -> tuple[Entry, bool]:
    """An entry with where its bytes begin, and whether its sizes stand after them once more."""
    text = str(entry.name)
    if entry.header + _LOCAL.size > table:
        raise ArchiveRefused("damaged", text)
    file.seek(entry.header)
    (sign, _needs, flags, method, _time, _date, crc, packed, size, named, extra
     ) = _LOCAL.unpack(file.read(_LOCAL.size))  # fmt: skip
    if sign != b"PK\x03\x04":
        raise ArchiveRefused("damaged", text)
    raw, further = file.read(named), file.read(extra)
    size, packed, *_rest = _whole(further, [size, packed, 0, 0])
    after = bool(flags & _SIZES_AFTER)
    same = _told(raw, flags) and _name(_told(raw, flags)) == (entry.name, entry.is_folder)
    same = same and method == entry.method and not flags & (_ENCRYPTED | _STRONG | _MASKED)
    told = ((crc, entry.crc), (packed, entry.packed), (size, entry.size))
    # Who did not know them yet left zeros, and wrote them after the data.
    same = same and all(here == there or (after and here == 0) for here, there in told)
    begins = entry.header + _LOCAL.size + named + extra
    if not same or begins + entry.packed > table:
        raise ArchiveRefused("damaged", text)
    return (
        Entry(
            entry.name, entry.is_folder, entry.method, entry.crc, entry.packed, entry.size,
            entry.header, begins,
        ),
        after,
    )  # fmt: skip


__all__ = ["DEFLATED", "STORED", "Entry", "read_table"]
