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
LARGEST_COURSE = 500 * MEGABYTE
LARGEST_DRAWING = MEGABYTE
# A larger file is looked into in the background: nobody waits for a page that long.
WHILE_WAITING = 20 * MEGABYTE
# What a file that arrives in parts may be used for, and how large it may be for that.
PURPOSES = {
    "image": LARGEST_IMAGE,
    "video": LARGEST_VIDEO,
    "audio": LARGEST_AUDIO,
    "file": LARGEST_FILE,
    "proof": LARGEST_IMAGE,
    "package": LARGEST_PACKAGE,
    "course": LARGEST_COURSE,
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
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/webm": "weba",
}

_MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"}
)

_M4A_BRANDS = frozenset({b"M4A ", b"M4B "})
_MPEG_FRAMES = frozenset({b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2"})

_SIGNATURES: Mapping[str, Callable[[bytes], bool]] = {
    "image/jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "image/png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/webp": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
    "image/gif": lambda head: head[:6] in {b"GIF87a", b"GIF89a"},
    "video/webm": lambda head: head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head,
    "video/mp4": lambda head: head[4:8] == b"ftyp" and head[8:12] in _MP4_BRANDS,
}


_SOUNDS: Mapping[str, Callable[[bytes], bool]] = {
    "audio/mpeg": lambda head: head[:3] == b"ID3" or head[:2] in _MPEG_FRAMES,
    "audio/mp4": lambda head: head[4:8] == b"ftyp" and head[8:12] in _MP4_BRANDS | _M4A_BRANDS,
    "audio/ogg": lambda head: head[:4] == b"OggS",
    "audio/wav": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE",
    # A telephone's recorder makes WebM of sound alone; the same beginning as a film's.
    "audio/webm": _SIGNATURES["video/webm"],
}


def sound_of(head: bytes) -> str:
    """The media type of the recording that these first bytes begin, or "" for none we play."""
    return next((kind for kind, is_so in _SOUNDS.items() if is_so(head[:HEAD])), "")


# What may be taken along, by the ending of its name: its media type, and how it must begin.
# Programs, pages, scripts and documents with macros are not among them, whatever they are called.
_ZIPPED = (b"PK\x03\x04",)
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
FILES: Mapping[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "docx": (f"{_OFFICE}.wordprocessingml.document", _ZIPPED),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _ZIPPED),
    "pptx": (f"{_OFFICE}.presentationml.presentation", _ZIPPED),
    "odt": (f"{_OPEN}.text", _ZIPPED),
    "ods": (f"{_OPEN}.spreadsheet", _ZIPPED),
    "odp": (f"{_OPEN}.presentation", _ZIPPED),
    "zip": ("application/zip", _ZIPPED),
    "txt": ("text/plain", ()),
    "csv": ("text/csv", ()),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
}


def file_kind(name: str, head: bytes) -> str:
    """The media type of a file to take along, or "" where name and content do not agree.

    A text has no beginning of its own: it may hold no NUL, and no mark of a page or program.
    """
    kind, beginnings = FILES.get(name.rpartition(".")[2].lower(), ("", ()))
    if not kind:
        return ""
    if beginnings:
        return kind if head.startswith(beginnings) else ""
    bare = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    hostile = b"\x00" in head or bare.startswith((b"<", b"#!", b"mz", b"\x7felf", b"%pdf-"))
    return "" if hostile else kind


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
