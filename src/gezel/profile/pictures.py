"""The picture that carries a credential: drawn by us, in the colours of the organisation."""

import io
from functools import lru_cache
from html import escape

from gezel.kit import late

SIZE = 512
_PAPER = (255, 255, 255)


def drawing(name: str, issuer: str, *, hue: int) -> bytes:
    """As SVG, with the words as text."""
    lines = _lines(name)
    first = 262 - 17 * (len(lines) - 1)
    words = "".join(
        f'<text x="256" y="{first + 34 * n}" font-size="28" font-weight="700">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" width="512" height="512" '
        f'role="img" aria-label="{escape(name, quote=True)}">'
        f'<circle cx="256" cy="256" r="246" fill="hsl({hue} 62% 22%)"/>'
        '<circle cx="256" cy="256" r="222" fill="#fff"/>'
        f'<circle cx="256" cy="256" r="206" fill="none" stroke="hsl({hue} 62% 22%)" '
        'stroke-width="3"/>'
        f'<path d="M226 118l22 22 42-44" fill="none" stroke="hsl({hue} 62% 30%)" stroke-width="14" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
        '<g fill="#102a26" text-anchor="middle" font-family="Inter, system-ui, sans-serif">'
        f'{words}<text x="256" y="402" font-size="22">{escape(issuer[:34])}</text></g></svg>'
    ).encode()


def _lines(name: str, wide: int = 21, most: int = 4) -> list[str]:
    """The name over a few lines; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    for whole in name.split():
        word = whole if len(whole) <= wide else whole[: wide - 1] + "…"
        if lines and len(lines[-1]) + 1 + len(word) <= wide:
            lines[-1] += f" {word}"
        elif len(lines) == most:
            lines[-1] = lines[-1][: wide - 1] + "…"
            break
        else:
            lines.append(word)
    return lines or ["?"]


@lru_cache(maxsize=64)
def seal(hue: int) -> bytes:
    """As PNG, a seal without words: what it says stands in the credential inside."""
    at = 2
    picture = late.Image.new("RGBA", (SIZE * at, SIZE * at), (0, 0, 0, 0))
    draw = late.ImageDraw.Draw(picture)
    brand = (
        late.Image.new("HSV", (1, 1), (round(hue * 255 / 360), 160, 92))
        .convert("RGB")
        .getpixel((0, 0))
    )
    for radius, colour in ((246, brand), (222, _PAPER), (207, brand), (203, _PAPER)):
        box = [(256 - radius) * at, (256 - radius) * at, (256 + radius) * at, (256 + radius) * at]
        draw.ellipse(box, fill=colour)
    points = [(150, 262), (226, 338), (368, 184)]
    draw.line([(x * at, y * at) for x, y in points], fill=brand, width=44 * at, joint="curve")
    for x, y in (points[0], points[-1]):
        draw.ellipse([(x - 22) * at, (y - 22) * at, (x + 22) * at, (y + 22) * at], fill=brand)
    small = picture.resize((SIZE, SIZE), late.Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()
