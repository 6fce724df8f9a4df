"""Making a backup: first the database, then the files, then reading all of it back."""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel import __version__
from gezel.kit import sealing
from gezel.site.backup import databases
from gezel.site.backup.form import (
    DATABASE,
    ERASED,
    FILES,
    MANIFEST,
    PIECE,
    Backup,
    BadBackup,
    Listed,
    Manifest,
)


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written and read back."""

    path: Path
    size: int
    files: int
    # Files that went while it was made: erased or thrown away since the moment of the database.
    gone: int


def make(into: Path, *, now: datetime | None = None) -> Made:
    """Copy the house while it is in use.

    The database is of one moment; files come after it. A file is written before its row and
    taken away after it, so what comes later misses nothing that stands in the database, but what
    was thrown away since.

    Args:
        into: a file that is not there yet, or a folder, in which it gets the day as its name.

    Raises:
        BadBackup: what was written is not what was read; nothing is left behind.
        NoTools: see `databases`.
        OSError: it cannot be written there.
    """
    moment = now or timezone.now()
    if into.is_dir():
        into /= f"gezel-{timezone.localtime(moment):%Y-%m-%d-%H%M%S}.zip"
    if into.resolve().is_relative_to(Path(settings.MEDIA_ROOT).resolve()):
        raise BadBackup(_("A backup cannot lie among the files it is a backup of."))
    if into.exists():
        raise FileExistsError(17, os.strerror(17))
    # Beside where it will be, so that giving it its name is one step; for its owner's eyes.
    handle, name = tempfile.mkstemp(prefix=f".{into.name}-", dir=into.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            gone = _write(out, moment)
            out.flush()
            os.fsync(out.fileno())
        with Backup(part) as made:
            made.check()
            files = sum(one.startswith(FILES) for one in made.manifest.files)
        os.link(part, into)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(into.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return Made(into, into.stat().st_size, files, gone)


def _write(out: IO[bytes], moment: datetime) -> int:
    listed: dict[str, Listed] = {}
    gone = 0
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
        tempfile.TemporaryDirectory(prefix="gezel-backup-") as scratch,
    ):
        kind = connection.vendor
        copy = Path(scratch) / DATABASE[kind]
        databases.copy_to(copy)
        listed[copy.name] = _add(made, copy, copy.name)
        # Asked after the copy: a migration in between would be told and not be in it, and then
        # the copy is refused later where it should be taken.
        migrations = MigrationRecorder(connection).applied_migrations()
        for path, name in _files():
            try:
                listed[name] = _add(made, path, name)
            except FileNotFoundError:
                gone += 1
        stones = Path(settings.TOMBSTONES)
        if stones.exists():
            listed[ERASED] = _add(made, stones, ERASED)
        manifest = Manifest(
            made_at=moment.isoformat(timespec="seconds"),
            made_by=settings.BASE_URL,
            gezel=__version__,
            database=kind,
            migrations=frozenset(f"{app}.{name}" for app, name in migrations),
            key=sealing.current(),
            files=listed,
        )
        made.writestr(MANIFEST, manifest.written())
    return gone


def _files() -> Iterator[tuple[Path, str]]:
    root = Path(settings.MEDIA_ROOT)
    for folder, _folders, names in os.walk(root):
        for name in sorted(names):
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                yield path, FILES + path.relative_to(root).as_posix()


def _add(made: zipfile.ZipFile, path: Path, name: str) -> Listed:
    seen, size = hashlib.sha256(), 0
    with path.open("rb") as file, made.open(name, "w", force_zip64=True) as into:
        while piece := file.read(PIECE):
            seen.update(piece)
            size += len(piece)
            into.write(piece)
    return Listed(size, seen.hexdigest())
