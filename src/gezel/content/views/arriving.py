"""The file that a form brings: one that went ahead in parts, or one that came along."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from gezel.content import actions, policy
from gezel.content.actions import receiving
from gezel.content.models import Upload
from gezel.content.rules import uploads
from gezel.people.api import Person, Request


@contextmanager
def file_of(by: Person, form: Any, *, purpose: str) -> Iterator[tuple[Path, str]]:
    """The file and its name, for as long as the block lasts.

    Raises:
        Refused: it has not arrived, or is too large.
    """
    if (ahead := form.cleaned_data.get("upload")) is not None:
        with actions.claim_upload(by, ahead, purpose=purpose) as arrived:
            yield arrived.path, arrived.name
        return
    came: Any = form.cleaned_data["file"]
    most = uploads.PURPOSES[purpose]
    if (came.size or 0) > most:
        raise actions.Refused(
            _("This file is larger than %(most)s MB. Choose a smaller one.")
            % {"most": most // uploads.MEGABYTE}
        )
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=settings.MEDIA_ROOT, prefix=".came-") as kept:
        for chunk in came.chunks():
            kept.write(chunk)
        kept.flush()
        yield Path(kept.name), came.name or ""


def too_large_to_wait_for(request: Request, form: Any, *, purpose: str) -> Upload | None:
    """The file of a form as a whole upload, where it is larger than anyone waits for while a page
    loads; a job looks into it then.

    Raises:
        Refused: it is larger than fits, or there is no room for it.
    """
    number, came = form.cleaned_data.get("upload"), form.cleaned_data.get("file")
    if number is not None:
        return (
            policy.own_uploads(request.visitor)
            .filter(pk=number, purpose=purpose, length__gt=uploads.WHILE_WAITING)
            .filter(offset=F("length"))
            .first()
        )
    if came is None or (came.size or 0) <= uploads.WHILE_WAITING:
        return None
    try:
        return receiving.keep_whole(
            request.user,
            request.visitor.organisation,
            purpose=purpose,
            name=(came.name or "")[:200],
            length=came.size,
            parts=came.chunks(),
        )
    except receiving.DiskFull:
        raise actions.Refused(
            _("There is no room left on the disk for this file. Ask who runs Gezel here.")
        ) from None
