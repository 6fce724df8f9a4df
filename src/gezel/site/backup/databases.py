"""Copying the database while it is in use, and filling an empty one, of both kinds."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from gezel.site.backup.form import BadBackup


class NoTools(RuntimeError):  # noqa: N818 - reads as what it is where it is raised
    """The programs of PostgreSQL are not here; the message says what to do."""


def copy_to(path: Path) -> None:
    """All of the database as of one moment, while others go on writing.

    Raises:
        NoTools: see there.
        BadBackup: the copy is not whole.
    """
    if connection.vendor == "sqlite":
        _copy_sqlite(path)
    else:
        _run(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            "--no-password",
            f"--file={path}",
        )
        _run("pg_restore", "--list", str(path))


def _copy_sqlite(path: Path) -> None:
    """SQLite's own backup: one reader's view, in one go, so that no writer makes it begin anew."""
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy, pages=-1)
        # A copy is one file; a log beside it would be left behind.
        copy.execute("PRAGMA journal_mode=DELETE")
    check_sqlite(path)


def check_sqlite(path: Path) -> None:
    """Every page and every link.

    Raises:
        BadBackup: something in it is not as it should be.
    """
    try:
        with closing(sqlite3.connect(path)) as copy:
            said = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            lost = copy.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError:
        said, lost = "damaged", None
    if said != "ok" or lost is not None:
        raise BadBackup(_("The database in this copy is damaged."))


def is_empty() -> bool:
    """Whether nothing was ever made here."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        if not path.exists() or not path.stat().st_size:
            return True
    return not connection.introspection.table_names()


def fill_postgresql(dump: Path, script: Path) -> None:
    """What was there goes and what was kept comes, in one transaction.

    Args:
        dump: as `copy_to` made it.
        script: where it is written as SQL meanwhile.

    Raises:
        NoTools: see there.
        BadBackup: PostgreSQL does not take it; then nothing changed.
    """
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(dump), bare=True)
    _run(
        "psql",
        "--quiet",
        "--no-psqlrc",
        "--no-password",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--command=DROP SCHEMA public CASCADE",
        "--command=CREATE SCHEMA public",
        f"--file={script}",
    )


def _run(program: str, *words: str, bare: bool = False) -> None:
    found = shutil.which(program)
    if found is None:
        raise NoTools(
            _(
                "%(program)s is not on this machine. Install the client programs of PostgreSQL "
                "(Debian: postgresql-client), of the server's version or newer, or make backups "
                "at the database server itself."
            )
            % {"program": program}
        )
    address, environment = ([], {}) if bare else _address(connection.settings_dict)
    done = subprocess.run(  # noqa: S603 # words of our own; the address comes from the settings
        [found, *words, *address],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        if "server version" in done.stderr:
            raise NoTools(
                _(
                    "%(program)s here is older than the database server. Install the client "
                    "programs of the server's version, or newer."
                )
                % {"program": program}
            )
        why = (done.stderr.strip().splitlines() or [str(done.returncode)])[-1]
        raise BadBackup(f"{program}: {why}")


def _address(told: dict[str, Any]) -> tuple[Sequence[str], dict[str, str]]:
    """Where the database is, in words of PostgreSQL's programs; the password in none of them."""
    given = (("host", "HOST"), ("port", "PORT"), ("username", "USER"), ("dbname", "NAME"))
    words = [f"--{word}={told[name]}" for word, name in given if told.get(name)]
    secret = {"PGPASSWORD": str(told["PASSWORD"])} if told.get("PASSWORD") else {}
    # Who still reads there makes us stop soon, and not wait for ever with everything held.
    return words, secret | {"PGOPTIONS": "-c lock_timeout=20s"}
