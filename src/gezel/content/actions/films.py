"""Films made small for a phone, and a picture for before they play; where ffmpeg is here."""

import logging
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.base import File
from django.db.models import QuerySet

from gezel.content.actions.files import Refused, keep_film, keep_picture
from gezel.content.models import Media
from gezel.content.rules import films, uploads
from gezel.kit.confined import run_confined

log = logging.getLogger(__name__)


def can_shrink() -> bool:
    """Whether the program that does it is on this machine (Debian: apt install ffmpeg)."""
    return shutil.which("ffmpeg") is not None


def films_to_shrink() -> QuerySet[Media]:
    """Films nobody looked at yet, in the order they came."""
    return Media.objects.filter(kind__in=uploads.FILMS, film=Media.Film.WAITING).order_by("pk")


def shrink(media_pk: int) -> bool:
    """Make a film small and take its picture; it plays as it came meanwhile, and afterwards too
    where this does not succeed. Twice is as once.

    Returns:
        Whether the film could be read.
    """
    media = films_to_shrink().filter(pk=media_pk).first()
    if media is None:
        return True
    with TemporaryDirectory(prefix="gezel-film-") as name:
        folder = Path(name)
        _bring(media, folder / "film")
        picture = _picture(media, folder)
        small, readable = _small(media, folder)
    outcome = Media.Film.MADE if readable else Media.Film.FAILED
    Media.objects.filter(pk=media.pk).update(film=outcome, small=small, poster=picture)
    return readable


def _bring(media: Media, target: Path) -> None:
    """Its bytes under a name of ours: the name it has says nothing, and leads nowhere."""
    with media.file.open("rb") as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, uploads.MEGABYTE)


def _small(media: Media, folder: Path) -> tuple[Media | None, bool]:
    command = films.small_film("film", media.kind, "small.mp4")
    ended = run_confined(command, folder=folder, seconds=films.SECONDS)
    made = folder / "small.mp4"
    if not ended.well or not made.exists():
        log.warning("film %s was not made small: %s", media.pk, ended.said)
        return None, False
    if not films.is_worth_it(media.size, made.stat().st_size):
        return None, True
    with made.open("rb") as file:
        small = keep_film(media.organisation, File(file), "video/mp4")
    # It is small; nobody needs to look at it again.
    Media.objects.filter(pk=small.pk, film=Media.Film.WAITING).update(film=Media.Film.MADE)
    return small, True


def _picture(media: Media, folder: Path) -> Media | None:
    command = films.poster("film", media.kind, "poster.png")
    ended = run_confined(command, folder=folder, seconds=120, written=uploads.LARGEST_IMAGE)
    made = folder / "poster.png"
    if not ended.well or not made.exists():
        return None
    try:
        with made.open("rb") as file:
            return keep_picture(media.organisation, file, "PNG")
    except Refused:
        return None
