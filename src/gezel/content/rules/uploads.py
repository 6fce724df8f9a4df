"""What a file is, told by its own first bytes; its name and what the browser says do not count."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass

MEGABYTE = 1024 * 1024
LARGEST_IMAGE = 15 * MEGABYTE
LARGEST_VIDEO = 1024 * MEGABYTE
LARGEST_AUDIO = 200 * MEGABYTE
LARGEST_FILE = 200 * MEGABYTE
LARGEST_PACKAGE = 2 * 1024 * MEGABYTE
LARGEST_DRAWING = MEGABYTE
# What a file that arrives in parts may be used for, and how large it may be for that.
PURPOSES = {
    "image": LARGEST_IMAGE,
    "video": LARGEST_VIDEO,
    "audio": LARGEST_AUDIO,
    "file": LARGEST_FILE,
    "proof": LARGEST_IMAGE,
    "package": LARGEST_PACKAGE,
}
MOST_PIXELS = 40_000_000
# Twice the width of the widest column, for sharp screens; larger only costs a phone its data.
WIDEST = 1_600

HEAD = 64  # bytes that `kind_of` wants to see

PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
FILMS = frozenset({"video/mp4", "video/webm"})
ENDINGS = {
    "image/webp": "webp",
    "image/svg+xml": "svg",
    "video/mp4": "mp4",
    "video/webm": "webm",
}

_MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"}
)

_SIGNATURES: Mapping[str, Callable[[bytes], bool]] = {
    "image/jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "image/png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/webp": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
    "image/gif": lambda head: head[:6] in {b"GIF87a", b"GIF89a"},
    "video/webm": lambda head: head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head,
    "video/mp4": lambda head: head[4:8] == b"ftyp" and head[8:12] in _MP4_BRANDS,
}


def kind_of(head: bytes) -> str:
    """The media type that these first bytes are the beginning of, or "" for none we show."""
    for kind, is_so in _SIGNATURES.items():
        if is_so(head[:HEAD]):
            return kind
    return ""


class NotADrawing(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """An SVG that does more than draw."""


_DRAWN = frozenset(
    {
        "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
        "tspan", "title", "desc", "defs", "linearGradient", "radialGradient", "stop", "clipPath",
        "mask", "marker", "pattern", "use", "symbol",
    }
)  # fmt: skip


def check_drawing(data: bytes) -> tuple[int, int]:
    """Refuse an SVG that holds anything but shapes. Only our own demo comes in as SVG.

    Returns its width and height as the view box tells them, or zeros.

    Raises:
        NotADrawing: not well formed, a document type, or an element, style or link beyond shapes.
    """
    if len(data) > LARGEST_DRAWING:
        raise NotADrawing("too large")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotADrawing("not UTF-8") from error
    if re.search(r"<!DOCTYPE|<!ENTITY|<\?xml-stylesheet|\x00", text, re.IGNORECASE):
        raise NotADrawing("holds a document type")
    try:
        # Entities and document types were refused above, so nothing can expand here.
        root = ET.fromstring(text.encode())  # noqa: S314
    except ET.ParseError as error:
        raise NotADrawing("not well formed") from error
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        raise NotADrawing("not an SVG")
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2]
        if name not in _DRAWN:
            raise NotADrawing(f"holds <{name}>")
        for attribute, value in element.attrib.items():
            bare = attribute.rpartition("}")[2]
            if bare.startswith("on") or (bare == "href" and not value.startswith("#")):
                raise NotADrawing(f"holds {bare}")
            if re.search(r"url\(\s*['\"]?(?!#)", value):
                raise NotADrawing("points outside")
    box = re.fullmatch(r"\S+ \S+ (\d+)(?:\.\d+)? (\d+)(?:\.\d+)?", root.get("viewBox", ""))
    return (int(box[1]), int(box[2])) if box else (0, 0)


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a file, from the first byte to the last, both counted in."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def span_of(header: str, size: int) -> Span | None:
    """The one part of a file that a Range header asks for; None means the whole file.

    Several parts, other units and nonsense give the whole file, as RFC 9110 allows.

    Raises:
        IndexError: the part lies beyond the file (the answer is 416).
    """
    asked = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", header.replace(" ", ""))
    if asked is None or asked.groups() == ("", ""):
        return None
    first, last = asked.groups()
    if not first:
        wanted = int(last)
        if wanted == 0 or size == 0:
            raise IndexError
        return Span(max(0, size - wanted), size - 1)
    begins, ends = int(first), min(int(last), size - 1) if last else size - 1
    if begins >= size:
        raise IndexError
    if last and int(last) < begins:
        return None
    return Span(begins, ends)
