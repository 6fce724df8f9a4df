"""The database of a test process: migrated once, then copied.

Migrating from nothing takes half a minute of processor, and every worker on either database did
it for itself. On SQLite the migrated file is kept in `.tools`, under a name made of all that
decides what is in it: a changed migration or model makes another. On PostgreSQL the workers of one
run share a template, which goes with the first of them that is done.
"""

import fcntl
import hashlib
import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from tests.house import ROOT, SOURCE

KEPT = ROOT / ".tools" / "test-databases"
OURS = re.compile(r"^\s*(?:from|import)\s+gezel\.([\w.]+)", re.MULTILINE)


@contextmanager
def database(run: str | None) -> Iterator[None]:
    """A migrated database of this process alone, as the default connection, and away after it.

    Args:
        run: what the workers of one run have in common; None for a process that tests alone.
    """
    creation: Any = connection.creation
    was = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        _copied(creation)
    elif run is None:
        creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    else:
        _from_template(creation, f"gezel_template_{run}")
    try:
        yield
    finally:
        if connection.vendor == "postgresql":
            _nobody_else(creation)
        creation.destroy_test_db(str(was), verbosity=0)
        if connection.vendor == "postgresql" and run is not None:
            # Whoever would still want it makes it again.
            with _template(creation, f"gezel_template_{run}") as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS gezel_template_{run}")


# What `migrate` fills in by itself: a row for each model and a few for what may be done with it.
FILLED_IN = ("django_content_type", "auth_permission")


class Emptying:
    """Empties the tables after a test that committed, touching only those with something in them.

    Django's `flush` empties all three hundred and then fills in the two thousand rows of
    `FILLED_IN` again. Those stay here, unless a test changed how many there are: then Django does
    it. Numbers go on where they were, as they do after Django's.
    """

    def __init__(self) -> None:
        there = connection.introspection.django_table_names(only_existing=True, include_views=False)
        quoted = connection.ops.quote_name
        self.tables = [quoted(name) for name in sorted(there) if name not in FILLED_IN]
        self.filled = self._how_many()

    def __call__(self) -> bool:
        """Whether it is done; False leaves all of it to Django."""
        if self._how_many() != self.filled:
            return False
        asked = [f"SELECT {n} WHERE EXISTS (SELECT 1 FROM {t})" for n, t in enumerate(self.tables)]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(asked))
            full = [self.tables[number] for (number,) in cursor.fetchall()]
        # All foreign keys of Django wait for the end of the transaction, and then nothing points.
        with transaction.atomic(), connection.cursor() as cursor:
            for table in full:
                cursor.execute(f"DELETE FROM {table}")
        return True

    def _how_many(self) -> tuple[int, ...]:
        asked = ", ".join(f"(SELECT COUNT(*) FROM {table})" for table in FILLED_IN)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {asked}")
            found: tuple[int, ...] = cursor.fetchone()
            return found


class Sweeping:
    """Takes away the rows that rolled-back tests left in PostgreSQL, between two tests.

    Its own sweeper is off (`tools/postgres.py`): it comes whenever it likes, and where that was
    amid a test it reckoned that test's rows, which nobody had committed, as none, so that a plan
    for empty tables was made for hundreds of rows (measured: with a sweep every two seconds, ten
    seconds of a test became more than 120).
    """

    EVERY = 100

    def __init__(self) -> None:
        self.since = 0

    def __call__(self) -> None:
        """A test with a database is over and nothing is open."""
        self.since += 1
        if self.since >= self.EVERY and connection.vendor == "postgresql":
            self.since = 0
            with connection.cursor() as cursor:
                cursor.execute("VACUUM (SKIP_DATABASE_STATS)")


swept = Sweeping()


def _nobody_else(creation: Any) -> None:
    """Close what is still open to the database of this process, and say whose it was.

    A thread that a test left behind (a server in its last request) keeps its connection until the
    process ends, and PostgreSQL drops no database that anyone is in. Every test has been judged by
    now, so that is no reason to call the run failed.
    """
    name = connection.settings_dict["NAME"]
    connection.close()
    with creation._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT state, query, pg_terminate_backend(pid, 5000)"
            " FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'",
            [name],
        )
        for state, query, _ in cursor.fetchall():
            warnings.warn(f"still open to {name} ({state}): {query}", stacklevel=2)


def _copied(creation: Any) -> None:
    kept = KEPT / f"{_what_decides()}.sqlite3"
    with _alone():
        if not kept.exists():
            for old in KEPT.glob("*.sqlite3*"):
                old.unlink()
            creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            # Written apart and then named, so that an interrupted one is never taken for whole.
            half = kept.with_suffix(f".sqlite3-{os.getpid()}")
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(half)])
            half.replace(kept)
            return
        name = str(creation._create_test_db(verbosity=0, autoclobber=True))
        shutil.copyfile(kept, name)
    _call_it(name)


def _from_template(creation: Any, template: str) -> None:
    test = connection.settings_dict["TEST"]
    with _template(creation, template) as cursor:
        if not creation._database_exists(cursor, template):
            own, test["NAME"] = test["NAME"], f"{template}_half"
            creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            test["NAME"] = own
            connection.close()
            cursor.execute(f"ALTER DATABASE {template}_half RENAME TO {template}")
        test["TEMPLATE"] = template
        name = creation._create_test_db(verbosity=0, autoclobber=True)
    _call_it(name)


@contextmanager
def _template(creation: Any, template: str) -> Iterator[Any]:
    """One worker at a time at the template; whoever dies lets go."""
    with creation._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [template])
        yield cursor


def _call_it(name: str) -> None:
    """Turn the default connection to this database, as Django does where it makes one."""
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


@contextmanager
def _alone() -> Iterator[None]:
    """One process of this clone at a time; whoever dies lets go."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _what_decides() -> str:
    """A digest of everything that a migrated database follows from.

    The packages and Python (their migrations), our migrations with the modules they lean on, and
    our models: after migrating, Django writes down which there are.
    """
    files = {ROOT / "requirements" / "dev.txt", Path(__file__), SOURCE / "site" / "settings.py"}
    for migration in SOURCE.glob("*/migrations/*.py"):
        files.add(migration)
        for module in OURS.findall(migration.read_text()):
            place = SOURCE / module.replace(".", "/")
            files |= {place.with_suffix(".py"), place / "__init__.py"}
    files |= {*SOURCE.glob("*/models.py"), *SOURCE.glob("*/models/**/*.py")}
    digest = hashlib.sha256(sys.version.encode())
    for file in sorted(files):
        with suppress(FileNotFoundError):
            digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()[:32]
