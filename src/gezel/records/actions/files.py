"""The bytes of attachments, on disk under their own digest."""

import os
import uuid
from pathlib import Path

from django.conf import settings


def folder() -> Path:
    """Where they lie."""
    return Path(settings.MEDIA_ROOT) / "xapi"


def path_of(digest: str) -> Path:
    """Where the bytes of this digest lie; a digest is hexadecimal, so it leads nowhere else."""
    if not digest.isalnum():
        raise ValueError("Not a digest.")
    return folder() / digest[:2] / digest


def keep_file(digest: str, content: bytes) -> None:
    """Write the bytes and see them on disk before anybody says they are there.

    Twice is as once: the name is what is in it.
    """
    target = path_of(digest)
    if target.exists():
        # Who clears up looks at the age: from now on it is wanted again.
        os.utime(target)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{digest}.{uuid.uuid4().hex}.part")
    with draft.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(target)
    place = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def read_file(digest: str) -> bytes | None:
    """The bytes of this digest; None if they are not here."""
    try:
        return path_of(digest).read_bytes()
    except FileNotFoundError:
        return None
