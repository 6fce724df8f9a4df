"""Files that arrive in parts: begun, gone on with, used once, or swept away.

    upload = begin_upload(person, organisation, purpose="package", name="course.zip", length=9)
    take_part(upload, offset=0, parts=[b"..."])        # as often as it takes
    with claim_upload(person, upload.pk, purpose="package") as arrived:
        unpack(arrived.path)                           # the file goes when this ends well

What we say has arrived is on disk: the file is flushed before its row says how far it is.
"""

import errno
import fcntl
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.content.actions.files import Refused
from gezel.content.models import ContentSettings, Media, Upload
from gezel.content.models.uploads import KEPT_HALF, arriving
from gezel.content.rules import uploads
from gezel.content.rules.tus import Checksum
from gezel.people.api import Organisation, Person

MOST_AT_ONCE = 40
GIGABYTE = 1024 * uploads.MEGABYTE


class TooLarge(Refused):
    """More than this kind of file may be, or than the organisation has room for."""


class TooMany(Refused):
    """Someone has begun more uploads than anyone finishes."""


class Elsewhere(Exception):  # noqa: N818 - reads as what it is where it is raised
    """The part does not begin where we are; `offset` is where we are."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class Busy(Exception):  # noqa: N818 - reads as what it is where it is raised
    """Another part of the same file is arriving now."""


class Damaged(Exception):  # noqa: N818 - reads as what it is where it is raised
    """The part is not what its checksum says; nothing of it is kept."""


class DiskFull(Exception):  # noqa: N818 - reads as what it is where it is raised
    """There is no room on the disk; nothing of the part is kept."""


class CutOff(Exception):  # noqa: N818 - reads as what it is where it is raised
    """Raised by who hands in the parts when the line breaks; what came before it is kept."""


def begin_upload(
    person: Person, organisation: Organisation, *, purpose: str, name: str, length: int
) -> Upload:
    """Make room for a file of this length.

    Args:
        purpose: one of `rules.uploads.PURPOSES`.
        length: its size in bytes.

    Raises:
        TooLarge: for its purpose, or for the room the organisation has.
        TooMany: this person has forty files under way.
    """
    most = uploads.PURPOSES[purpose]
    if length > most:
        raise TooLarge(
            _("This file is %(size)s MB; at most %(most)s MB fits here.")
            % {"size": -(-length // uploads.MEGABYTE), "most": most // uploads.MEGABYTE}
        )
    now = timezone.now()
    if Upload.objects.filter(person=person, expires_at__gt=now).count() >= MOST_AT_ONCE:
        raise TooMany(
            _("You have many files under way. Finish or cancel those first, or wait a day.")
        )
    if length > room_left(organisation):
        raise TooLarge(
            _("Your organisation has no room left for this file. HR can make more room.")
        )
    upload = Upload(
        person=person, organisation=organisation, purpose=purpose, name=name, length=length
    )
    _make_empty(upload.path)
    upload.save(force_insert=True)
    return upload


def room_left(organisation: Organisation) -> int:
    """How many bytes an organisation may still bring in: its room, less what is kept or coming."""
    kept = Media.objects.filter(organisation=organisation).aggregate(n=Sum("size"))["n"] or 0
    coming = (
        Upload.objects.filter(organisation=organisation, expires_at__gt=timezone.now()).aggregate(
            n=Sum("length")
        )["n"]
        or 0
    )
    room: int = ContentSettings.of(organisation.pk).quota_gb * GIGABYTE
    return room - int(kept) - int(coming)


def set_house_rules(
    organisation: Organisation,
    *,
    review_first: bool,
    tests_waive: bool,
    makers_waive: bool,
    embed_hosts: list[str],
    quota_gb: int,
) -> None:
    """HR sets whether someone looks first, whether a test replaces a module, whether who makes one
    lets others off, which sites are shown, and how much room there is."""
    ContentSettings.objects.update_or_create(
        organisation=organisation,
        defaults={
            "review_first": review_first,
            "tests_waive": tests_waive,
            "makers_waive": makers_waive,
            "embed_hosts": embed_hosts,
            "quota_gb": quota_gb,
        },
    )


def _make_empty(path: Path) -> None:
    """The file under its name, and the name on disk, before anyone is told of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def take_part(
    upload: Upload, *, offset: int, parts: Iterable[bytes], checksum: Checksum | None = None
) -> int:
    """Write a part of the file where it belongs; returns how many bytes stand now.

    If the line breaks, what arrived stays, unless a checksum was promised: then all or nothing.

    Raises:
        Elsewhere: `offset` is not where we are.
        Busy: another part is being written.
        Damaged: the checksum is another.
        TooLarge: more than the file was said to be; nothing of this part is kept.
        DiskFull: no room on the disk; nothing of this part is kept.
    """
    try:
        # Never made anew here: the row and the file stand or fall together.
        file = upload.path.open("r+b")
    except FileNotFoundError:
        raise Elsewhere(0) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        stands = Upload.objects.filter(pk=upload.pk).values_list("offset", flat=True).first()
        if stands is None or stands != offset:
            raise Elsewhere(stands or 0)
        try:
            written = _write(file, offset, upload.length, parts, checksum)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            raise DiskFull from error
        now = timezone.now()
        Upload.objects.filter(pk=upload.pk, offset=offset).update(
            offset=written, expires_at=now + KEPT_HALF
        )
    upload.offset, upload.expires_at = written, now + KEPT_HALF
    return written


def _write(
    file: IO[bytes], begin: int, length: int, parts: Iterable[bytes], checksum: Checksum | None
) -> int:
    file.seek(begin)
    file.truncate()
    at = begin
    counter = checksum.counter() if checksum else None
    whole = True
    try:
        for part in parts:
            at += len(part)
            if at > length:
                raise TooLarge(_("More arrived than this file was said to be."))
            file.write(part)
            if counter:
                counter.update(part)
    except CutOff:
        whole = False
    if checksum and counter and (not whole or counter.digest() != checksum.digest):
        raise Damaged
    file.flush()
    os.fsync(file.fileno())
    return at


def keep_whole(
    person: Person,
    organisation: Organisation,
    *,
    purpose: str,
    name: str,
    length: int,
    parts: Iterable[bytes],
) -> Upload:
    """Keep a file that came along with a form, as if it had gone ahead of it.

    Raises:
        TooLarge, TooMany, DiskFull: see `begin_upload` and `take_part`. Nothing is kept then.
    """
    upload = begin_upload(person, organisation, purpose=purpose, name=name, length=length)
    try:
        take_part(upload, offset=0, parts=parts)
    except BaseException:
        drop_upload(upload)
        raise
    return upload


@dataclass(frozen=True, slots=True)
class Arrived:
    """A whole file, for as long as it is claimed."""

    path: Path
    name: str
    size: int


@contextmanager
def claim_upload(person: Person, pk: uuid.UUID, *, purpose: str) -> Iterator[Arrived]:
    """Use a file that arrived: within the block it can be read or moved, after it it is gone.

    If the block raises, it stays, so that a form with another mistake in it can be sent again
    without uploading anew.

    Raises:
        Refused: there is no such file of this person for this purpose, or it is not whole.
    """
    found = Upload.objects.filter(pk=pk, person=person, purpose=purpose).first()
    if found is None or not found.path.exists():
        raise Refused(_("The uploaded file is no longer there. Choose it again."))
    if not found.is_whole:
        raise Refused(_("The file has not arrived whole yet. Wait until it has, and save again."))
    yield Arrived(found.path, found.name, found.length)
    drop_upload(found)


def drop_upload(upload: Upload) -> None:
    """Let go of a file that was used or is no longer wanted."""
    path = upload.path
    Upload.objects.filter(pk=upload.pk).delete()
    transaction.on_commit(lambda: _unlink(path))


def sweep_uploads(now: datetime) -> int:
    """Remove what nobody went on with for a day, and files no row speaks of; returns how many."""
    swept = 0
    for upload in Upload.objects.filter(expires_at__lte=now).iterator():
        drop_upload(upload)
        swept += 1
    if not arriving().exists():
        return swept
    old = now.timestamp() - KEPT_HALF.total_seconds()
    standing = {str(pk) for pk in Upload.objects.values_list("pk", flat=True)}
    for path in arriving().iterdir():
        with suppress(FileNotFoundError):
            if path.name not in standing and path.stat().st_mtime < old:
                path.unlink()
                swept += 1
    return swept


def _unlink(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()
