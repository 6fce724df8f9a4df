"""A code to scan, drawn on the page itself."""

import io
from typing import Literal

from django.utils.safestring import SafeString, mark_safe

from gezel.kit import late


def qr_code(address: str, *, border: int, error: Literal["l", "m"]) -> SafeString:
    """The address as a picture (SVG) that stands in a page, in black on white whatever the theme.

    Safe whatever the address is: it goes into the picture as squares and never as words, and no
    title or description is asked for. Its size is the style sheet's.

    Args:
        border: squares left white around it; two are enough on a quiet page, four is the norm.
        error: how much of it may be unreadable: "l" 7 %, "m" 15 %, for who scans from afar.
    """
    picture = io.BytesIO()
    late.segno.make(address, error=error).save(
        picture, kind="svg", border=border, xmldecl=False, svgns=True, dark="#000", light="#fff",
        omitsize=True, svgclass="qr", lineclass=None,
    )  # fmt: skip
    return mark_safe(picture.getvalue().decode())
