"""Taking a module along: as a file that plays elsewhere, or that comes back in."""

import uuid
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from typing import IO

from django.conf import settings
from django.db.models import Sum

from gezel.content.models import Media, Module
from gezel.content.rules.along import Piece, Taken, Whole
from gezel.content.rules.along.cartridge import as_cartridge
from gezel.content.rules.along.course import as_cmi5, as_scorm12, as_scorm2004
from gezel.content.rules.along.whole import NAME, as_it_is
from gezel.content.rules.bodies import Words

FORMS: Mapping[str, Callable[[Whole], Taken]] = {
    "scorm2004": as_scorm2004,
    "scorm12": as_scorm12,
    "cmi5": as_cmi5,
    "cartridge": as_cartridge,
}
# A film larger than this travels badly in a package, and would have to be read whole.
LARGEST = 300 * (1 << 20)


def is_too_large(module: Module) -> bool:
    """Whether its films and files are more than fit in a package."""
    blocks = module.blocks.current().exclude(media=None)
    size = blocks.aggregate(n=Sum("media__size"))["n"] or 0
    return int(size) > LARGEST


def take_along(module: Module, form: str, *, language: str, into: IO[bytes]) -> Taken:
    """Write a module as it stands to a ZIP file; what is otherwise elsewhere comes back.

    Args:
        form: one of `FORMS`.
        language: "nl" or "en"; where a text is missing in it, the other language stands.
    """
    whole = whole_of(module, language)
    taken = FORMS[form](whole)
    # Named in no manifest: it is ours alone, and other systems leave it lying there.
    own = {NAME: as_it_is(whole, taken.files)}
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in {**taken.files, **own}.items():
            entry = zipfile.ZipInfo(name)  # without the moment: the same module is the same file
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            made.writestr(entry, data if isinstance(data, bytes) else data())
    return taken


def whole_of(module: Module, language: str) -> Whole:
    """A module as it stands, in one language."""
    activity = module.activity
    told = partial(_told, language)
    return Whole(
        key=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.BASE_URL}/content/{module.pk}/")),
        title=told(activity.title_nl, activity.title_en),
        goal=told(module.goal_nl, module.goal_en),
        language=language,
        minutes=module.minutes,
        pass_percent=module.pass_percent,
        pieces=tuple(
            Piece(
                block.kind,
                block.content,
                block.media.name if block.media else "",
                partial(_read, block.media) if block.media else bytes,
            )
            for block in module.blocks.current().select_related("media")
        ),
        titles=Words(nl=activity.title_nl, en=activity.title_en),
        goals=Words(nl=module.goal_nl, en=module.goal_en),
    )


def _told(language: str, nl: str, en: str) -> str:
    return (nl or en) if language == "nl" else (en or nl)


def _read(media: Media) -> bytes:
    with media.file.open("rb") as opened:
        return bytes(opened.read())


__all__ = ["FORMS", "is_too_large", "take_along", "whole_of"]
