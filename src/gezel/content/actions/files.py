"""Taking in files: told by their content, pictures made anew, kept on disk before the row."""

import hashlib
import os
from pathlib import Path
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from gezel.content.models import Media
from gezel.content.rules import captions, uploads
from gezel.kit.pictures import PictureRefused, TooManyPixels, drawn_anew
from gezel.people.api import Organisation


class Refused(ValidationError):  # noqa: N818 - reads as what it is where it is raised
    """A file we do not take in; the message tells the person why and what to do."""


def keep_upload(organisation: Organisation, upload: IO[bytes], *, expected: str) -> Media:
    """Take in a picture or film that a colleague hands us.

    A picture is drawn anew as WebP: what else was hidden in the file (places, scripts, a second
    file behind the first) is gone. A film stays as it is and is only ever served as a film.

    Args:
        expected: "image", "video" or "audio", what the block needs.

    Raises:
        Refused: not such a file, too large, or broken.
    """
    head = upload.read(uploads.HEAD)
    upload.seek(0)
    kind = uploads.kind_of(head)
    if expected == "image" and kind in uploads.PICTURES:
        return keep_picture(organisation, upload, uploads.PICTURES[kind])
    if expected == "video" and kind in uploads.FILMS:
        return keep_film(organisation, upload, kind)
    if expected == "audio" and (sound := uploads.sound_of(head)):
        _within(upload, uploads.LARGEST_AUDIO)
        return _keep(organisation, File(upload), sound)
    raise Refused(_not_such()[expected])


def _not_such() -> dict[str, str]:
    return {
        "image": _("This is not a picture we can show. Choose a JPEG, PNG, WebP or GIF file."),
        "video": _("This is not a video we can play. Choose an MP4 or WebM file."),
        "audio": _("This is not a recording we can play. Choose an MP3, M4A, OGG or WAV file."),
    }


def keep_file(organisation: Organisation, upload: IO[bytes], *, name: str) -> Media:
    """Take in a file that colleagues take along; it is only ever served as a download.

    Args:
        name: as it was called; its ending must fit what is in the file.

    Raises:
        Refused: not a file we take, another thing than its name says, or too large.
    """
    head = upload.read(4_096)
    upload.seek(0)
    kind = uploads.file_kind(name, head)
    if not kind:
        raise Refused(
            _(
                "This file cannot be shared here, or it is something else than its name says. "
                "Choose a PDF, an office document without macros, a text, a picture or a ZIP."
            )
        )
    _within(upload, uploads.LARGEST_FILE)
    return _keep(organisation, File(upload), kind)


def _within(upload: IO[bytes], most: int) -> None:
    upload.seek(0, os.SEEK_END)
    if upload.tell() > most:
        raise Refused(
            _("This file is larger than %(most)s MB. Choose a smaller one.")
            % {"most": most // uploads.MEGABYTE}
        )
    upload.seek(0)


def keep_drawing(organisation: Organisation, data: bytes) -> Media:
    """Take in an SVG of our own making, of shapes alone; also one that was in a module taken along.
    Colleagues' uploads never come this way.

    Raises:
        uploads.NotADrawing: it does more than draw.
    """
    measure = uploads.check_drawing(data)
    return _keep(organisation, ContentFile(data), "image/svg+xml", measure)


def keep_captions(text: str) -> str:
    """Captions as they may be kept: the same cues, written anew.

    Raises:
        Refused: not WebVTT.
    """
    try:
        return captions.webvtt(captions.cues_of(text))
    except captions.NotCaptions as error:
        raise Refused(
            _("These are not captions in WebVTT form: %(why)s.") % {"why": error}
        ) from error


def keep_picture(organisation: Organisation, upload: IO[bytes], form: str) -> Media:
    """A picture of this form, drawn anew as WebP.

    Raises:
        Refused: it is broken, or too large.
    """
    data = upload.read(uploads.LARGEST_IMAGE + 1)
    if len(data) > uploads.LARGEST_IMAGE:
        raise Refused(_("This picture is larger than 15 MB. Choose a smaller one."))
    try:
        drawn = drawn_anew(
            data,
            within=(uploads.WIDEST, uploads.WIDEST * 2),
            quality=82,
            taken=[form],
            most_pixels=uploads.MOST_PIXELS,
        )
    except TooManyPixels:
        raise _too_many_pixels() from None
    except PictureRefused as error:
        raise Refused(_("This picture is broken. Save it again and retry.")) from error
    return _keep(organisation, ContentFile(drawn.data), "image/webp", (drawn.width, drawn.height))


def _too_many_pixels() -> Refused:
    return Refused(_("This picture has more than 40 million pixels. Choose a smaller one."))


def keep_film(organisation: Organisation, upload: IO[bytes], kind: str) -> Media:
    """A film as it is.

    Raises:
        Refused: it is too large.
    """
    upload.seek(0, os.SEEK_END)
    if upload.tell() > uploads.LARGEST_VIDEO:
        raise Refused(_("This video is larger than 1 GB. Make it shorter or smaller."))
    upload.seek(0)
    return _keep(organisation, File(upload), kind)


def _keep(
    organisation: Organisation, file: "File[bytes]", kind: str, measure: tuple[int, int] = (0, 0)
) -> Media:
    """The file on disk first, whole and flushed; then the row. The same content is one file."""
    digest, size = hashlib.sha256(), 0
    for chunk in file.chunks():
        digest.update(chunk)
        size += len(chunk)
    known = Media.objects.filter(organisation=organisation, digest=digest.hexdigest()).first()
    if known is not None and default_storage.exists(known.file.name or ""):
        return known
    name = f"media/{organisation.pk}/{digest.hexdigest()}.{uploads.ENDINGS.get(kind, 'bin')}"
    if default_storage.exists(name):
        default_storage.delete(name)  # left behind half by a crash: no row speaks of it
    file.seek(0)
    saved = default_storage.save(name, file)
    _flush(saved)
    media, _new = Media.objects.update_or_create(
        organisation=organisation,
        digest=digest.hexdigest(),
        defaults={
            "file": saved,
            "kind": kind,
            "size": size,
            "width": measure[0],
            "height": measure[1],
        },
    )
    return media


def _flush(name: str) -> None:
    """Have the disk keep the file and its name, so that a power cut cannot take either."""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:  # not on our disk: the object store answers for it
        return
    for place in (path, path.parent):
        opened = os.open(place, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
