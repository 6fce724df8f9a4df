"""Keeping the house: the database brought up to date, static files collected when they changed."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from gezel import __version__
from gezel.trust.api import erase_again

# Drawn in place or never shown: files that no page asks for are not collected.
UNSERVED = [f"--ignore={name}" for name in ("icons", "bundle", "ninja", "treebeard", "ext")]


def _fingerprint() -> str:
    """What the static files are now: their names, sizes and times, not their bytes."""
    seen = hashlib.sha256(__version__.encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            seen.update(f"{path}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def collect_when_changed() -> bool:
    """Collect, name by content and squeeze the static files, if any of them changed.

    Returns whether there was anything to do.
    """
    stamp = Path(settings.STATIC_ROOT) / "stamp"
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return False
    # In a process of its own: what that reads in and makes is gone afterwards.
    subprocess.run(  # noqa: S603 # our own interpreter and our own words
        [
            sys.executable,
            "-m",
            "gezel.site",
            "collectstatic",
            "--no-input",
            "--clear",
            "-v0",
            *UNSERVED,
        ],
        env=os.environ | {"GEZEL_STATIC_COLLECTED": "1"},
        check=True,
    )
    stamp.write_text(now)
    return True


def bring_up_to_date() -> int:
    """Apply migrations that wait, also on a database that is still empty.

    Returns how many accounts a restore had brought back, that went again.

    Raises:
        CommandError: a newer Gezel made this database.
    """
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations or {})
    ours = {app for app, _name in known}
    future = {key for key in executor.loader.applied_migrations if key[0] in ours} - known
    if future:
        names = ", ".join(f"{app}.{name}" for app, name in sorted(future))
        raise CommandError(
            f"This database was made by a newer Gezel ({names}). Install that version."
        )
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    # A backup that was put back must not bring back who was erased: before the first page opens.
    return erase_again()
