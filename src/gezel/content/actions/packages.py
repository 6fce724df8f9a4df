"""Taking in a package: unpacked within its budget, read, kept on disk before the row."""

import hashlib
import os
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction

from gezel.content.models import Edition, Package
from gezel.content.rules.packages import Manifest, PackageRefused
from gezel.content.rules.packages.readers import READERS
from gezel.kit.archives import ArchiveRefused, unpack
from gezel.people.api import Person


def look_into(archive: Path, into: Path) -> Manifest:
    """Unpack an archive into a new folder and read it, without keeping anything elsewhere.

    Raises:
        ArchiveRefused: it is no archive we unpack.
        PackageRefused: it is no package we can play.
    """
    names = unpack(archive, into)
    try:
        return _read(into, names)
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise


def _read(folder: Path, names: Sequence[str]) -> Manifest:
    if not names:
        raise PackageRefused("empty")
    for reader in READERS:
        if reader.claims(names):
            return reader.read(folder, names)
    raise PackageRefused("unknown_form")


def take_in(archive: Path, package: Package, *, by: Person | None, filename: str = "") -> Edition:
    """A new edition of a package, or the current one where this file is that one already.

    The files are on the disk under their content's hash before the row says so; whoever stops
    us half-way leaves a folder that no row speaks of, which the nightly cleaning takes away.

    Raises:
        ArchiveRefused, PackageRefused: see `look_into`. Nothing is kept then.
    """
    digest = _digest(archive)
    home = settings.MEDIA_ROOT / "packages"
    home.mkdir(parents=True, exist_ok=True)
    fresh = home / f".new-{uuid.uuid4().hex}"
    manifest = look_into(archive, fresh)
    try:
        files = sum(len(names) for _folder, _folders, names in os.walk(fresh))
        kept = home / digest[:2] / digest
        kept.parent.mkdir(exist_ok=True)
        if kept.exists():
            shutil.rmtree(fresh)
        else:
            _move(fresh, kept)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    with transaction.atomic():
        locked = Package.objects.select_for_update().get(pk=package.pk)
        newest = locked.editions.order_by("-number").first()
        if newest is not None and newest.digest == digest:
            return newest
        edition = Edition.objects.create(
            package=locked,
            number=newest.number + 1 if newest else 1,
            form=manifest.form,
            title=manifest.title[:250],
            filename=filename[:250],
            digest=digest,
            size=archive.stat().st_size,
            files=files,
            manifest=manifest.as_json(),
            brought_by=by,
        )
        locked.current = edition
        locked.save(update_fields=["current"])
    return edition


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


def _digest(archive: Path) -> str:
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


__all__ = ["ArchiveRefused", "PackageRefused", "look_into", "take_in"]
