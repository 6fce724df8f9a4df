"""How the organisation looks and where its figures stay dark."""

import io

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from gezel.people.models import Organisation, Unit

LARGEST_LOGO = 512
MOST_PIXELS = 40_000_000
MOST_BYTES = 5 * 1024 * 1024
# Drawn anew from their pixels. SVG is not among them: it is a program that draws.
_FORMS = ("PNG", "JPEG", "WEBP", "GIF")


class LogoRefused(Exception):  # noqa: N818 - reads as what it is where it is raised
    """The picture cannot be a logo; the message says why and what to do."""


@transaction.atomic
def change_settings(
    organisation: Organisation, *, name: str, language: str, accent_hue: int, smallest_group: int
) -> None:
    """HR changes name, language, colour, or from how many people on a figure is shown."""
    organisation.name, organisation.language = name, language
    organisation.accent_hue, organisation.smallest_group = accent_hue, smallest_group
    organisation.full_clean(exclude=["logo"])
    organisation.save(update_fields=["name", "language", "accent_hue", "smallest_group"])
    Unit.objects.filter(organisation=organisation, depth=1).update(name=name)


def redrawn(content: bytes) -> bytes:
    """The picture drawn anew as a WebP of at most 512 pixels: only its pixels come in.

    Raises:
        LogoRefused: no picture we take, broken, or far larger than a logo.
    """
    if len(content) > MOST_BYTES:
        raise LogoRefused(_("This picture is larger than 5 MB. Choose a smaller one."))
    refused = LogoRefused(
        _("This is no picture we can use. Choose a PNG, JPEG, WebP or GIF; no SVG.")
    )
    try:
        with Image.open(io.BytesIO(content), formats=_FORMS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise LogoRefused(
                    _("This picture has far more points than a logo needs. Choose a smaller one.")
                )
            drawn = ImageOps.exif_transpose(picture).convert("RGBA")
            drawn.thumbnail((LARGEST_LOGO, LARGEST_LOGO))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise refused from None
    except Image.DecompressionBombError:
        raise refused from None
    out = io.BytesIO()
    drawn.save(out, "WEBP", quality=90, method=4)
    return out.getvalue()


@transaction.atomic
def set_logo(organisation: Organisation, content: bytes | None) -> None:
    """Take this picture as the logo, or none; the old file goes once the new one stands.

    Raises:
        LogoRefused: see `redrawn`.
    """
    old = organisation.logo.name
    storage = organisation.logo.storage
    if content is None:
        organisation.logo = ""
    else:
        organisation.logo.save(
            f"{organisation.slug}.webp", ContentFile(redrawn(content)), save=False
        )
    organisation.save(update_fields=["logo"])
    if old:
        transaction.on_commit(lambda: storage.delete(old))
