"""Proofs that people send in: looked at by content, cleaned, and kept under a name of ours.

What someone calls a file tells nothing. A picture is opened and drawn anew, which leaves behind
what hid in it (place, maker, a second file at its end). A PDF cannot be drawn anew; it is known
by its signature and only ever handed out as a download, in a box (see `views.file`).
"""

import os
import uuid

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from gezel.kit.pictures import BrokenPicture, NotAPicture, TooManyPixels, drawn_anew

MOST_BYTES = 10 * 1024 * 1024
WIDEST = 2_400
PICTURES = ("JPEG", "PNG", "WEBP")
TYPES = {".pdf": "application/pdf", ".jpg": "image/jpeg"}


def accept(upload: UploadedFile[bytes]) -> ContentFile[bytes]:
    """The proof as we keep it, under a name of ours.

    Raises:
        ValidationError: it is too large, empty, broken, or neither a picture nor a PDF.
    """
    if (upload.size or 0) > MOST_BYTES:
        raise ValidationError(_("This file is larger than 10 MB. Send a smaller photo or PDF."))
    data = upload.read(MOST_BYTES + 1)
    if not data:
        raise ValidationError(_("This file is empty."))
    if len(data) > MOST_BYTES:
        raise ValidationError(_("This file is larger than 10 MB. Send a smaller photo or PDF."))
    if data.startswith(b"%PDF-"):
        return ContentFile(_checked_pdf(data), name=f"{uuid.uuid4()}.pdf")
    return ContentFile(_drawn_anew(data), name=f"{uuid.uuid4()}.jpg")


def _checked_pdf(data: bytes) -> bytes:
    """A PDF that ends as one. What came behind its end is left behind."""
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise ValidationError(_("This PDF is incomplete. Save it again and send that one."))
    return data[: end + len(b"%%EOF")] + b"\n"


def _drawn_anew(data: bytes) -> bytes:
    """The picture as a fresh JPEG, upright, at most so wide, without anything around it."""
    try:
        return drawn_anew(data, within=(WIDEST, WIDEST), form="JPEG", taken=PICTURES).data
    except TooManyPixels:
        raise ValidationError(_("This picture has too many pixels.")) from None
    except NotAPicture:
        raise ValidationError(_("Send a photo (JPEG, PNG, WebP) or a PDF.")) from None
    except BrokenPicture as problem:
        raise ValidationError(
            _("This picture cannot be read. Take it again, or send a PDF.")
        ) from problem


def keep(proof: ContentFile[bytes], year: int) -> str:
    """Write the proof to disk for good before a row speaks of it; returns where it is."""
    name = default_storage.save(f"certificates/{year}/{proof.name}", proof)
    if isinstance(default_storage, FileSystemStorage) or hasattr(default_storage, "path"):
        path = default_storage.path(name)
        for place in (path, os.path.dirname(path)):  # noqa: PTH120 # a storage speaks in strings
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
    return name


def drop(name: str) -> None:
    """Remove a proof that no row came to speak of."""
    default_storage.delete(name)


def content_type(name: str) -> str:
    """What we hand a proof out as, by the name we gave it."""
    return TYPES.get(os.path.splitext(name)[1], "application/octet-stream")  # noqa: PTH122 # idem
