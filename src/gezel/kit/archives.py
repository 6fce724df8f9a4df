"""ZIP archives that people send in, unpacked within a budget or refused whole.

Python's own `zipfile` believes what an archive says about itself: sizes, names, how many entries
there are. Here every claim is checked before or while it is acted on, and nothing is left behind
when one turns out false. See docs/decisions/0009.
"""

import os
import shutil
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext_lazy as _

_MEGABYTE = 1 << 20
_CHUNK = 64 * 1024
_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 65_535
_END64 = b"PK\x06\x06"
_LOCATOR64 = b"PK\x06\x07"
_LOCAL = struct.Struct("<4s5H3I2H")
# Of one entry in the table of contents, as long as we let names be, with room for extra fields.
_LARGEST_ENTRY = 2_048
_ENCRYPTED = 0x1
_UTF8 = 0x800
# Left in packages by desktop systems; nobody's content.
_LITTER = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})

WORDS = {
    "not_zip": _("This is not a ZIP file, or it is broken."),
    "damaged": _("“%(name)s” in the ZIP file is damaged. Make the package again and retry."),
    "encrypted": _("The ZIP file is locked with a password. Make one without a password."),
    "method": _("“%(name)s” is packed in a way we do not read. Make an ordinary ZIP file."),
    "name": _("The ZIP file holds a name we do not take: “%(name)s”. Rename it and pack again."),
    "twice": _("The ZIP file holds “%(name)s” twice. Remove one and pack again."),
    "link": _("“%(name)s” in the ZIP file is a link to another file. Pack the file itself."),
    "overlap": _("The ZIP file is made in a way that hides its real size. Pack it again."),
    "files": _("The ZIP file holds too many files."),
    "size": _("Unpacked, the ZIP file is larger than we take in."),
    "ratio": _("“%(name)s” unfolds to far more than it is worth. Remove it and pack again."),
}


class ArchiveRefused(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """An archive we do not take in; `why` is a key of `WORDS`, `str()` the sentence for people."""

    def __init__(self, why: str, name: str = "") -> None:
        super().__init__(why, name)
        self.why = why
        self.name = "".join(c if c.isprintable() else "�" for c in name[:120])

    def __str__(self) -> str:
        return str(WORDS[self.why] % {"name": self.name})


@dataclass(frozen=True, slots=True)
class Budget:
    """What one archive may come to: files, bytes unpacked in all and in one file, how many
    times its packed size one file may unfold to, folders deep, bytes in one name."""

    files: int = 20_000
    total: int = 2_048 * _MEGABYTE
    one_file: int = 1_024 * _MEGABYTE
    ratio: int = 200
    depth: int = 20
    name: int = 240

    # Below this, a text of nothing but spaces may unfold as it likes: it costs nothing.
    ratio_from: int = _MEGABYTE


def unpack(archive: Path, into: Path, budget: Budget | None = None) -> list[str]:
    """Unpack a ZIP archive into a new folder: all of it, on the disk, or nothing.

    Args:
        archive: the file as it came in.
        into: the folder to make; must not exist. Its parent must be on the disk it will stay on.
        budget: what it may come to; the default is that of a learning package.

    Returns:
        The names of the files in it, with "/" between folders, in the archive's order.

    Raises:
        ArchiveRefused: see `WORDS`. Nothing of it is left behind then.
        FileExistsError: `into` is there already.
    """
    allowed = budget or Budget()
    into.mkdir()
    try:
        with archive.open("rb") as file:
            _check_contents_fit(file, archive.stat().st_size, allowed)
            names = _unpack(file, into, allowed)
        # Ten thousand small files flushed one by one take a minute; the disk as a whole, a second.
        os.sync()
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise
    return names


def _check_contents_fit(file: IO[bytes], size: int, budget: Budget) -> None:
    """Refuse a table of contents we would not want in memory, before `zipfile` reads it whole."""
    tail = min(size, _END_SIZE + _LONGEST_COMMENT)
    file.seek(size - tail)
    end = file.read(tail)
    at = end.rfind(_END)
    if at < 0 or len(end) - at < _END_SIZE:
        raise ArchiveRefused("not_zip")
    entries, length = struct.unpack_from("<HI", end, at + 10)
    locator = size - tail + at - 20
    if locator >= 0:
        file.seek(locator)
        found = file.read(20)
        if found.startswith(_LOCATOR64):
            (place,) = struct.unpack_from("<Q", found, 8)
            if place > size:
                raise ArchiveRefused("not_zip")
            file.seek(place)
            record = file.read(56)
            if len(record) < 56 or not record.startswith(_END64):
                raise ArchiveRefused("not_zip")
            entries, length = struct.unpack_from("<QQ", record, 32)
    # Folders are entries too, hence twice.
    if entries > budget.files * 2 or length > budget.files * 2 * _LARGEST_ENTRY:
        raise ArchiveRefused("files")
    file.seek(0)


def _unpack(file: IO[bytes], into: Path, budget: Budget) -> list[str]:
    try:
        with zipfile.ZipFile(file) as opened:
            entries = [(entry, name) for entry in opened.infolist() if (name := _name(entry))]
            _check_names([name for entry, name in entries if not entry.is_dir()], budget)
            _check_claims(file, opened.infolist(), budget)
            left = budget.total
            names = []
            for entry, name in entries:
                if entry.is_dir() or _LITTER & set(name.parts):
                    continue
                target = into.joinpath(*name.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                left -= _write(opened, entry, target, min(left, budget.one_file))
                names.append(str(name))
            return names
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, struct.error) as error:
        raise ArchiveRefused("not_zip") from error
    except (UnicodeError, ValueError, NotImplementedError, OverflowError) as error:
        if isinstance(error, ArchiveRefused):
            raise
        raise ArchiveRefused("not_zip") from error


def _name(entry: zipfile.ZipInfo) -> PurePosixPath | None:
    """The place of an entry, or None for the folder itself.

    Raises:
        ArchiveRefused: it points outside, or no system can hold it.
    """
    raw = entry.orig_filename
    if not entry.flag_bits & _UTF8:
        # Most who do not set the flag write UTF-8 all the same; the rest mean the old code page.
        try:
            raw = raw.encode("cp437").decode("utf-8")
        except UnicodeError:
            raw = entry.orig_filename
    text = unicodedata.normalize("NFC", raw)
    outside = text.startswith("/") or "\\" in text or ":" in text.split("/", 1)[0]
    parts = [part for part in text.split("/") if part not in {"", "."}]
    unholdable = any(
        part == ".."
        or len(part.encode("utf-8", "surrogatepass")) > 240
        or part != part.strip(" ")
        or not part.isprintable()
        for part in parts
    )
    if outside or unholdable:
        raise ArchiveRefused("name", raw)
    return PurePosixPath(*parts) if parts else None


def _check_names(names: list[PurePosixPath], budget: Budget) -> None:
    """Every file has a place of its own, also on a disk that does not tell capitals apart."""
    if len(names) > budget.files:
        raise ArchiveRefused("files")
    files: set[str] = set()
    folders: set[str] = set()
    for name in names:
        text = str(name)
        if len(name.parts) > budget.depth or len(text.encode()) > budget.name:
            raise ArchiveRefused("name", text)
        folded = text.casefold()
        if folded in files:
            raise ArchiveRefused("twice", text)
        files.add(folded)
        folders.update(str(parent).casefold() for parent in name.parents)
    if both := files & folders:
        raise ArchiveRefused("twice", min(both))


def _check_claims(file: IO[bytes], entries: list[zipfile.ZipInfo], budget: Budget) -> None:
    """What each entry says of itself is allowed, and no two lie in the same bytes."""
    total = 0
    spans = []
    for entry in entries:
        name = entry.filename
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
            raise ArchiveRefused("link", name)
        if entry.flag_bits & _ENCRYPTED:
            raise ArchiveRefused("encrypted", name)
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise ArchiveRefused("method", name)
        total += entry.file_size
        if entry.file_size > budget.one_file or total > budget.total:
            raise ArchiveRefused("size", name)
        unfolds = entry.file_size > budget.ratio_from
        if unfolds and entry.file_size > budget.ratio * max(1, entry.compress_size):
            raise ArchiveRefused("ratio", name)
        spans.append((entry.header_offset, _ends(file, entry), name))
    spans.sort()
    for (_start, ends, _name), (begins, _end, name) in pairwise(spans):
        if ends > begins:
            raise ArchiveRefused("overlap", name)


def _ends(file: IO[bytes], entry: zipfile.ZipInfo) -> int:
    """Where the bytes of an entry end, by the header that stands before them."""
    file.seek(entry.header_offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
        raise ArchiveRefused("damaged", entry.filename)
    *_fields, name, extra = _LOCAL.unpack(header)
    return entry.header_offset + _LOCAL.size + int(name) + int(extra) + entry.compress_size


def _write(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, most: int) -> int:
    """Write one file and return its size; `most` bytes may come, whatever was said before."""
    written = 0
    try:
        with opened.open(entry) as source, target.open("xb") as out:
            for chunk in _chunks(source):
                written += len(chunk)
                if written > most:
                    raise ArchiveRefused("size", entry.filename)
                out.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ArchiveRefused("damaged", entry.filename) from error
    except FileExistsError as error:
        raise ArchiveRefused("twice", entry.filename) from error
    if written != entry.file_size:
        raise ArchiveRefused("damaged", entry.filename)
    return written


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk
