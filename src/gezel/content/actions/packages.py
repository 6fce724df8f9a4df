"""Taking in a package: unpacked within its budget, read, kept on disk before the row."""

import fcntl
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F

from gezel.catalogue.api import Activity, Taught, offer
from gezel.content.actions.authoring import teach, told_of
from gezel.content.models import Edition, Package
from gezel.content.rules.bodies import Words
from gezel.content.rules.cartridge import is_cartridge
from gezel.content.rules.packages import Manifest, PackageRefused
from gezel.content.rules.packages.cmi5 import structure as cmi5
from gezel.content.rules.packages.readers import READERS
from gezel.kit.archives import unpack
from gezel.kit.markup import LARGEST as LARGEST_XML
from gezel.people.api import Organisation, Person

# What no row speaks of may be of someone who is still bringing it in; after this it is not.
LEFT_AFTER = timedelta(days=1)


Heard = Callable[[int, int], None]


def look_into(archive: Path, into: Path, tell: Heard | None = None) -> Manifest:
    """Unpack an archive into a new folder and read it, without keeping anything elsewhere.

    Raises:
        ArchiveRefused: it is no archive we unpack.
        PackageRefused: it is no package we can play.
    """
    if _is_cmi5_alone(archive):
        names = [_lay_down(archive, into)]
    else:
        names = unpack(archive, into, tell=tell)
    try:
        return _read(into, names)
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise


def _is_cmi5_alone(archive: Path) -> bool:
    """Whether this is XML rather than a ZIP file: a cmi5 course structure may come by itself."""
    with archive.open("rb") as file:
        head = file.read(256)
    # UTF-16 and UTF-32 are told by their marks, or by the zeros between their letters.
    return head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def _lay_down(archive: Path, into: Path) -> str:
    into.mkdir()
    if archive.stat().st_size > LARGEST_XML:
        shutil.rmtree(into)
        raise PackageRefused("xml_size", cmi5.NAME)
    shutil.copyfile(archive, into / cmi5.NAME)
    return cmi5.NAME


def _read(folder: Path, names: Sequence[str]) -> Manifest:
    if not names:
        raise PackageRefused("empty")
    if is_cartridge(folder, names):
        raise PackageRefused("cartridge")
    for reader in READERS:
        if reader.claims(names):
            return reader.read(folder, names)
    raise PackageRefused("unknown_form")


@dataclass(frozen=True, slots=True)
class Stored:
    """A package on the disk that no row speaks of yet; the nightly cleaning takes it away unless
    `add_edition` follows."""

    manifest: Manifest
    digest: str
    size: int
    files: int


def store(archive: Path, *, tell: Heard | None = None, room: str = "") -> Stored:
    """Unpack and read an archive, and keep its files under their content's hash.

    Takes as long as the archive is large, and holds no transaction.

    Args:
        tell: is told how many bytes are unpacked, and of how many.
        room: a name for the folder it is unpacked in, the same at every try: what an earlier try
            left there when it was killed goes first.

    Raises:
        ArchiveRefused, PackageRefused: see `look_into`. Nothing is kept then.
    """
    digest = _digest(archive)
    home = _home()
    fresh = home / f".new-{room or uuid.uuid4().hex}"
    if room:
        shutil.rmtree(fresh, ignore_errors=True)
    manifest = look_into(archive, fresh, tell)
    try:
        files = sum(len(names) for _folder, _folders, names in os.walk(fresh))
        kept = home / digest[:2] / digest
        with _alone(home):
            kept.parent.mkdir(exist_ok=True)
            if kept.exists():
                shutil.rmtree(fresh)
                # It counts as new again: the cleaning leaves it until the row is there.
                os.utime(kept)
            else:
                _move(fresh, kept)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return Stored(manifest, digest, archive.stat().st_size, files)


@transaction.atomic
def add_edition(
    package: Package, stored: Stored, *, by: Person | None, filename: str = ""
) -> Edition:
    """A new edition of a package, or the newest one where this file is that one already."""
    locked = Package.objects.select_for_update().get(pk=package.pk)
    newest = locked.editions.order_by("-number").first()
    if newest is not None and newest.digest == stored.digest:
        return newest
    edition = Edition.objects.create(
        package=locked,
        number=newest.number + 1 if newest else 1,
        form=stored.manifest.form,
        title=stored.manifest.title[:250],
        filename=filename[:250],
        digest=stored.digest,
        size=stored.size,
        files=stored.files,
        manifest=stored.manifest.as_json(),
        brought_by=by,
    )
    locked.current = edition
    locked.save(update_fields=["current"])
    return edition


def take_in(archive: Path, package: Package, *, by: Person | None, filename: str = "") -> Edition:
    """Both: the files on the disk, then the row that says so.

    Raises:
        ArchiveRefused, PackageRefused: see `look_into`. Nothing is kept then.
    """
    return add_edition(package, store(archive), by=by, filename=filename)


@transaction.atomic
def bring_package(
    organisation: Organisation,
    stored: Stored,
    *,
    by: Person | None,
    title: Words,
    goal: Words,
    minutes: int,
    teaches: Iterable[Taught] = (),
    filename: str = "",
    key: uuid.UUID | None = None,
    state: str = Activity.State.DRAFT,
) -> Package:
    """A package that was stored gets its place in the catalogue, as a draft unless told otherwise.

    Without a title, the package's own is used. The same `key` again gives back what stands.
    """
    told = told_of(title or own_title(stored.manifest), goal, minutes)
    activity = offer(
        organisation,
        fields=told
        | {
            "kind": Activity.Kind.MODULE,
            "mix": Activity.Mix.FORMAL,
            "form": Activity.Form.ONLINE,
            "state": state,
        },
        teaches=teaches,
        shared_by=by,
        key=key,
    )
    package, _new = Package.objects.get_or_create(activity=activity)
    add_edition(package, stored, by=by, filename=filename)
    package.refresh_from_db(fields=["current"])
    return package


def own_title(manifest: Manifest) -> Words:
    """The title a package gives itself, in the language it says it is in."""
    title = manifest.title[:250]
    languages = {language.split("-")[0].lower() for language in manifest.languages}
    if "nl" in languages and "en" not in languages:
        return Words(nl=title)
    return Words(en=title)


@transaction.atomic
def change_package(
    package: Package, *, title: Words, goal: Words, minutes: int, teaches: Iterable[Taught]
) -> None:
    """Other words, time or skills around the same package."""
    Activity.objects.filter(pk=package.activity_id).update(
        **told_of(title, goal, minutes), version=F("version") + 1
    )
    teach(package.activity_id, teaches)


@transaction.atomic
def offer_package(package: Package, *, on: bool) -> None:
    """Put a package on offer or take it off; who is in the middle may finish."""
    state = Activity.State.OPEN if on else Activity.State.CLOSED
    Activity.objects.filter(pk=package.activity_id).update(state=state)


def _move(fresh: Path, kept: Path) -> None:
    """Give the folder its name; another who brought the same content may have been first."""
    try:
        fresh.rename(kept)
    except OSError:
        if not kept.exists():
            raise
        shutil.rmtree(fresh)
    opened = os.open(kept.parent, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def sweep_packages() -> int:
    """Take away what no row speaks of and nobody is bringing in; returns how many folders.

    Left by whoever stopped us half-way, or whose package was removed since.
    """
    home = _home()
    gone = 0
    for folder in [*home.glob(".new-*"), *home.glob("??/*")]:
        with _alone(home):
            if not folder.exists() or folder.stat().st_mtime > _long_ago():
                continue
            if Edition.objects.filter(digest=folder.name).exists():
                continue
            # First its name, so that half a folder is never found under it.
            aside = home / f".new-{uuid.uuid4().hex}"
            folder.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)
        gone += 1
    return gone


def _long_ago() -> float:
    return time.time() - LEFT_AFTER.total_seconds()


def _home() -> Path:
    home = Path(settings.MEDIA_ROOT) / "packages"
    home.mkdir(parents=True, exist_ok=True)
    return home


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Between who brings in and who cleans up, one at a time; let go of also when killed."""
    with (home / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _digest(archive: Path) -> str:
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
