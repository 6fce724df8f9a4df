"""Putting a backup back: all of it is checked beside the house before anything in it moves."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.kit import sealing
from gezel.site.backup import databases
from gezel.site.backup.form import DATABASE, ERASED, FILES, Backup, BadBackup, Manifest, why_not
from gezel.site.house import bring_up_to_date
from gezel.trust.api import learn_stones


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and where what was here lies now."""

    manifest: Manifest
    erased: int
    aside: Path | None


def restore(path: Path, *, replace: bool = False, other_key: bool = False) -> Restored:
    """Put a backup back, bring it up to date, and erase again who was erased since.

    Until the last step the house is as it was; the database comes last, so that a machine that
    stops half-way has none, and says so. The file of who was erased is never put back: it learns.

    Args:
        replace: also where something is; that is put aside, and not thrown away.
        other_key: also where the key that opens what is sealed in it is not here.

    Raises:
        BadBackup: it is not put back, and why.
        NoTools: see `databases`.
        OSError: it cannot be read, or there is no room.
    """
    with Backup(path) as backup, _nobody_home():
        _refuse(backup.manifest, replace=replace, other_key=other_key)
        data = Path(settings.DATA_DIR)
        data.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(data).free
        if free < backup.manifest.size * 1.1:
            raise OSError(28, _("there is no room for it"))
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=data) as scratch:
            staged = Path(scratch)
            _unpack(backup, staged)
            database = staged / DATABASE[backup.manifest.database]
            if connection.vendor == "sqlite":
                databases.check_sqlite(database)
            learn_stones(staged / ERASED)
            aside, back = _swap(staged, database, data)
    # Who signed out since the backup, or left, does not come in again by an old cookie.
    Session.objects.all().delete()
    return Restored(backup.manifest, back, aside)


def _refuse(manifest: Manifest, *, replace: bool, other_key: bool) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}}
    problem = why_not(
        manifest,
        database=connection.vendor,
        migrations=known,
        keys=() if other_key else sealing.names(),
    )
    if problem:
        raise BadBackup(problem)
    media = Path(settings.MEDIA_ROOT)
    holds_files = media.exists() and any(media.iterdir())
    if not replace and (holds_files or not databases.is_empty()):
        raise BadBackup(
            _(
                "There is something here already. A backup is put back in an empty data folder; "
                "with --replace what is here now is put aside first."
            )
        )


@contextmanager
def _nobody_home() -> Iterator[None]:
    """While a worker runs here, nothing is put in its place.

    Raises:
        BadBackup: Gezel is running.
    """
    lock = Path(settings.DATA_DIR) / "worker.lock"
    if not lock.exists():
        yield
        return
    with lock.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BadBackup(_("Gezel is running here. Stop it first.")) from None
        yield


def _unpack(backup: Backup, staged: Path) -> None:
    (staged / FILES).mkdir()
    for name in backup.manifest.files:
        place = staged / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as into:
            backup.copy(name, into)
        place.chmod(0o640)


def _beside(database: Path) -> list[Path]:
    """Where SQLite keeps what is not in the file itself yet."""
    return [database.with_name(database.name + end) for end in ("-wal", "-shm")]


def _swap(staged: Path, database: Path, data: Path) -> tuple[Path | None, int]:
    """What is here goes aside, what was staged takes its place and is brought up to date.

    Undone where a step fails. What PostgreSQL took in stays: it is whole, and the next start
    brings it up to date.
    """
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    aside = data / f"before-restore-{timezone.localtime():%Y-%m-%d-%H%M%S}"
    here: list[Path] = [Path(settings.MEDIA_ROOT)]
    new = [(staged / FILES, Path(settings.MEDIA_ROOT))]
    if connection.vendor == "sqlite":
        place = Path(connection.settings_dict["NAME"])
        here += [*_beside(place), place]
        new.append((database, place))
    moved: list[tuple[Path, Path]] = []
    taken_in = False
    try:
        for old in here:
            if old.exists():
                aside.mkdir(exist_ok=True)
                shutil.move(old, aside / old.name)
                moved.append((aside / old.name, old))
        for source, place in new:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(source, place)
            moved.append((place, source))
        if connection.vendor == "postgresql":
            databases.fill_postgresql(database, staged / "restore.sql")
            taken_in = True
        back = bring_up_to_date()
    except BaseException:
        connection.close()
        if taken_in:
            raise
        for now, before in reversed(moved):
            # What SQLite wrote beside the new database would be read as part of the old one.
            for left in _beside(before):
                left.unlink(missing_ok=True)
            shutil.move(now, before)
        if aside.exists() and not any(aside.iterdir()):
            aside.rmdir()
        raise
    return (aside if aside.exists() else None), back
