"""ZIP archives that people send in, unpacked within a budget or refused whole.

Python's own `zipfile` believes what an archive says about itself: sizes, names, how many entries
there are. Here every claim is checked before or while it is acted on, and nothing is left behind
when one turns out false. See docs/decisions/0009.
"""

import errno
import os
import shutil
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from gezel.kit.archives.common import WORDS, ArchiveRefused, Budget
from gezel.kit.archives.table import STORED, Entry, read_table

_CHUNK = 64 * 1024
# Left in packages by desktop systems; nobody's content.
_LITTER = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def unpack(
    archive: Path,
    into: Path,
    budget: Budget | None = None,
    *,
    tell: Callable[[int, int], None] | None = None,
) -> list[str]:
    """Unpack a ZIP archive into a new folder: all of it, on the disk, or nothing.

    Archives inside the archive stay as they are.

    Args:
        archive: the file as it came in.
        into: the folder to make; must not exist. Its parent must be on the disk it will stay on.
        budget: what it may come to; the default is that of a learning package.
        tell: is told after each file how many bytes are unpacked, and of how many.

    Returns:
        The names of the files in it, with "/" between folders, in the archive's order.

    Raises:
        ArchiveRefused: see `WORDS`. Nothing of it is left behind then.
        FileExistsError: `into` is there already.
    """
    into.mkdir()
    try:
        with archive.open("rb") as file:
            entries = read_table(file, archive.stat().st_size, budget or Budget())
            names = []
            done, whole = 0, sum(entry.size for entry in entries)
            for entry in _written(file, entries, into):
                names.append(str(entry.name))
                done += entry.size
                if tell is not None:
                    tell(done, whole)
        # Ten thousand small files flushed one by one take a minute; the disk as a whole, a second.
        os.sync()
    except BaseException as error:
        shutil.rmtree(into, ignore_errors=True)
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise ArchiveRefused("room") from error
        raise
    return names


def _written(file: IO[bytes], entries: list[Entry], into: Path) -> Iterator[Entry]:
    for entry in entries:
        if entry.is_folder or _LITTER & set(entry.name.parts):
            continue
        target = into.joinpath(*entry.name.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as out:
            for piece in _unfolded(file, entry):
                out.write(piece)
        yield entry


def _unfolded(file: IO[bytes], entry: Entry) -> Iterator[bytes]:
    """The bytes of a file as they were before they were packed, a piece at a time.

    Raises:
        ArchiveRefused: they are more or fewer than was said, do not add up, or do not unpack.
    """
    size, crc = 0, 0
    for piece in _pieces(file, entry):
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        if size > entry.size:
            break
        yield piece
    if size != entry.size or crc != entry.crc:
        raise ArchiveRefused("damaged", str(entry.name))


def _pieces(file: IO[bytes], entry: Entry) -> Iterator[bytes]:
    file.seek(entry.begins)
    left = entry.packed
    unfold = None if entry.method == STORED else zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0:
        packed = file.read(min(_CHUNK, left))
        if not packed:
            break
        left -= len(packed)
        if unfold is None:
            yield packed
            continue
        try:
            while True:
                piece = unfold.decompress(packed, _CHUNK)
                yield piece
                packed = unfold.unconsumed_tail
                if unfold.eof or (not packed and len(piece) < _CHUNK):
                    break
        except zlib.error as error:
            raise ArchiveRefused("damaged", str(entry.name)) from error
        if unfold.eof:
            break
    # Bytes after the end of what was packed are no part of any file.
    if left or (unfold is not None and (not unfold.eof or unfold.unused_data)):
        raise ArchiveRefused("damaged", str(entry.name))


__all__ = ["WORDS", "ArchiveRefused", "Budget", "unpack"]
