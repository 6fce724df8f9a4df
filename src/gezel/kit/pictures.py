"""Pictures that people send in, drawn anew: only what one sees comes in.

What hid in the file (place, maker, a script, a second file at its end) is left behind, and a
picture that would unfold to far more than it is worth is refused before it is unfolded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import UnidentifiedImageError

from gezel.kit import late

# What a phone or camera of these years makes fits well within; a page never needs more.
MOST_PIXELS = 50_000_000
# SVG is not among them: it is a program that draws.
FORMS = ("JPEG", "PNG", "WEBP", "GIF")


class PictureRefused(Exception):  # noqa: N818 - reads as what it is where it is raised
    """A picture we cannot take in; which of those below tells why."""


class NotAPicture(PictureRefused):
    """It is no picture of a form we take."""


class TooManyPixels(PictureRefused):
    """It would unfold to more points than we look at."""


class BrokenPicture(PictureRefused):
    """It begins as a picture and does not end as one."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture of our own making: the file and its size in points."""

    data: bytes
    width: int
    height: int


def drawn_anew(
    data: bytes,
    *,
    within: tuple[int, int],
    form: Literal["WEBP", "JPEG"] = "WEBP",
    quality: int = 85,
    taken: Sequence[str] = FORMS,
    most_pixels: int = MOST_PIXELS,
) -> Drawn:
    """The picture from its points alone: upright, no larger than asked, nothing around it.

    Args:
        within: width and height it is made to fit in; a smaller one stays as small.
        form: what it becomes; as JPEG, what one can see through is white.
        quality: of that form, 1-95.
        taken: the forms that may come in, as Pillow names them.
        most_pixels: width times height as the file says, looked at before it is unfolded.

    Raises:
        NotAPicture, TooManyPixels, BrokenPicture: see there.
    """
    try:
        with late.Image.open(BytesIO(data), formats=list(taken)) as picture:
            if picture.width * picture.height > most_pixels:
                raise TooManyPixels
            picture.draft("RGB", within)
            upright = late.ImageOps.exif_transpose(picture)
            upright.thumbnail(within)
            through = "A" in upright.getbands() or "transparency" in upright.info
            seen = upright.convert("RGBA" if through else "RGB")
            # A new sheet knows nothing of what the old one carried along.
            flat = form == "JPEG" or not through
            sheet = late.Image.new("RGB" if flat else "RGBA", seen.size, "white" if flat else None)
            sheet.paste(seen, mask=seen if flat and through else None)
            out = BytesIO()
            sheet.save(out, form, quality=quality, **({"method": 4} if form == "WEBP" else {}))
    except PictureRefused:
        raise
    except UnidentifiedImageError:
        raise NotAPicture from None
    except late.Image.DecompressionBombError:
        raise TooManyPixels from None
    except Exception as problem:
        # Pillow reads dozens of forms by as many authors; whatever it trips over, the file is at
        # fault and not us.
        raise BrokenPicture from problem
    return Drawn(out.getvalue(), sheet.width, sheet.height)
