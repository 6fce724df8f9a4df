"""The form of a backup: one ZIP file with the database, the files, who was erased, and a list.

The list (`manifest.json`) names every file with its size and SHA-256, the migrations the database
knows, and which key opens what is sealed in it. The key itself is never in it.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.utils.translation import gettext as _

FORM, VERSION = "gezel-backup", 1
MANIFEST, ERASED, FILES = "manifest.json", "erased.jsonl", "files/"
# By kind of database the file in which it lies.
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
MOST_MANIFEST = 256 * 1024 * 1024
PIECE = 1 << 20


# What reading a file that is not what it should be brings about.
_NOT_WHOLE = (
    zipfile.BadZipFile,
    zlib.error,
    AttributeError,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)


class BadBackup(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """It is not put back; the message tells people why."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One file as the list names it."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str
    made_by: str
    gezel: str
    database: str
    migrations: frozenset[str]
    key: str
    files: dict[str, Listed]

    @property
    def size(self) -> int:
        """How many bytes it takes unpacked."""
        return sum(one.size for one in self.files.values())

    def written(self) -> bytes:
        told = {
            "form": FORM,
            "version": VERSION,
            "made_at": self.made_at,
            "made_by": self.made_by,
            "gezel": self.gezel,
            "database": self.database,
            "migrations": sorted(self.migrations),
            "key": self.key,
            "files": {
                name: {"size": one.size, "sha256": one.sha256}
                for name, one in sorted(self.files.items())
            },
        }
        return json.dumps(told, ensure_ascii=False, indent=1).encode()


class Backup:
    """A backup that was made, open to be read."""

    def __init__(self, path: Path) -> None:
        """Read its list.

        Raises:
            BadBackup: it is none, was cut off, or is of a form we do not know.
            OSError: the file cannot be read.
        """
        self._open = path.open("rb")
        try:
            self._zip = zipfile.ZipFile(self._open)
            info = self._zip.getinfo(MANIFEST)
            if info.file_size > MOST_MANIFEST:
                raise BadBackup(_("This is no backup of Gezel."))
            told = json.loads(self._zip.read(info))
            self.manifest = _manifest(told)
            self._same_names()
        except BadBackup:
            self._open.close()
            raise
        except _NOT_WHOLE:
            self._open.close()
            raise BadBackup(
                _("This is no whole backup of Gezel: it is something else, or was cut off.")
            ) from None

    def __enter__(self) -> "Backup":
        return self

    def __exit__(self, *_why: object) -> None:
        self._zip.close()
        self._open.close()

    def _same_names(self) -> None:
        inside = [name for name in self._zip.namelist() if name != MANIFEST]
        if len(inside) != len(set(inside)) or set(inside) != set(self.manifest.files):
            raise BadBackup(_("This backup holds other files than its list says."))
        if DATABASE[self.manifest.database] not in self.manifest.files:
            raise BadBackup(_("There is no database in this backup."))
        for name in inside:
            if not _is_safe(name):
                raise BadBackup(_("This backup holds other files than its list says."))

    def copy(self, name: str, into: IO[bytes]) -> None:
        """One file, held against the list while it is written.

        Raises:
            BadBackup: it is not as it was listed.
        """
        for piece in self._pieces(name):
            into.write(piece)

    def check(self) -> None:
        """Every file against the list.

        Raises:
            BadBackup: one is not as it was listed.
        """
        for name in self.manifest.files:
            for _piece in self._pieces(name):
                pass

    def _pieces(self, name: str) -> Iterator[bytes]:
        listed, seen, size = self.manifest.files[name], hashlib.sha256(), 0
        damaged = BadBackup(
            _("This backup is damaged: %(name)s is not as listed.") % {"name": name}
        )
        try:
            with self._zip.open(name) as file:
                while piece := file.read(PIECE):
                    size += len(piece)
                    if size > listed.size:
                        raise damaged
                    seen.update(piece)
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise damaged from None
        if (size, seen.hexdigest()) != (listed.size, listed.sha256):
            raise damaged


def _is_safe(name: str) -> bool:
    """Our own names and no other: nothing lands beside where it should."""
    if name in {ERASED, *DATABASE.values()}:
        return True
    parts = PurePosixPath(name).parts
    plain = name.startswith(FILES) and len(parts) > 1 and "\\" not in name and "\0" not in name
    return plain and ".." not in parts and str(PurePosixPath(name)) == name


def _manifest(told: Any) -> Manifest:
    if not isinstance(told, dict) or told.get("form") != FORM:
        raise BadBackup(_("This is no backup of Gezel."))
    if told.get("version") != VERSION:
        raise BadBackup(_("A newer Gezel made this backup. Install that version first."))
    if told["database"] not in DATABASE:
        raise BadBackup(_("This is no backup of Gezel."))
    return Manifest(
        made_at=str(told["made_at"]),
        made_by=str(told["made_by"]),
        gezel=str(told["gezel"]),
        database=told["database"],
        migrations=frozenset(map(str, told["migrations"])),
        key=str(told["key"]),
        files={
            str(name): Listed(int(one["size"]), str(one["sha256"]))
            for name, one in told["files"].items()
        },
    )


def why_not(
    manifest: Manifest, *, database: str, migrations: Collection[str], keys: Collection[str]
) -> str:
    """Why a whole backup does not fit here; empty where it fits.

    Args:
        database: the kind that this installation runs on.
        migrations: those this version of Gezel has.
        keys: names of the keys that are in the environment.
    """
    rooms = {name.partition(".")[0] for name in migrations}
    # Of a room that is no more, what it did to the database is no reason to refuse.
    if {m for m in manifest.migrations if m.partition(".")[0] in rooms} - set(migrations):
        return _("A newer Gezel (%(version)s) made this backup. Install that version first.") % {
            "version": manifest.gezel
        }
    if manifest.database != database:
        return _("This backup is of %(theirs)s, and this installation runs on %(ours)s.") % {
            "theirs": manifest.database,
            "ours": database,
        }
    if keys and manifest.key not in keys:
        return _(
            "The key that opens this backup is not here. Put the secret-key file you kept in the "
            "data folder, or give GEZEL_SECRET_KEY or GEZEL_KEY as it was. With --other-key it is "
            "put back all the same: then nothing that was sealed can be opened, and every "
            "organisation makes new keys."
        )
    return ""
