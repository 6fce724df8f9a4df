"""XML that people send in, and the head of a page: read without following what it points at.

No document type, no entity, no look-up, and no deeper than a person would write it. lxml reads
what we let through; what would make it fetch, expand or recurse is refused before.
"""

import codecs
import re
import unicodedata
from dataclasses import dataclass

from lxml import etree

LARGEST = 16 * (1 << 20)
DEEPEST = 200
# Each costs some hundred bytes once read: a document of nothing but elements, hundreds of MB.
MOST_SIGNS = 300_000
# Of a page of the web only its head is read: what is longer, says nothing to a reader.
LARGEST_HEAD = 512 * 1024
MOST_SIGNS_IN_A_HEAD = 5_000
_HEAD_ENDS = re.compile(rb"</head\b|<body\b", re.IGNORECASE)
_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9_-]{1,40})""", re.IGNORECASE
)

# In any encoding that an XML parser may guess: the zero bytes of UTF-16 and UTF-32 are dropped.
_FORBIDDEN = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_TOLD = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{0,60})["']""")
# In these a sign of markup is the byte it is in ASCII, so that the look for it sees all.
_PLAIN = re.compile(r"utf-8|utf-16(-le|-be)?|ascii|iso8859-\d+|cp125\d")


class MarkupRefused(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """XML we do not read. `why` is "size", "doctype", "depth" or "broken" (also for an encoding
    that nobody writes XML in); `line` where, or 0."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why, line)
        self.why = why
        self.line = line


def read_xml(data: bytes, *, largest: int = LARGEST) -> etree._Element:
    """The root of a document, with comments and processing instructions left out.

    Args:
        data: the file as it came, in UTF-8, UTF-16 or what its declaration names.
        largest: in bytes.

    Raises:
        MarkupRefused: too large or deep, holds a document type, or is not well formed.
    """
    if len(data) > largest:
        raise MarkupRefused("size")
    seen = data.replace(b"\x00", b"")
    if _FORBIDDEN.search(seen):
        raise MarkupRefused("doctype")
    if seen.count(b"<") > MOST_SIGNS or seen.count(b"=") > MOST_SIGNS:
        raise MarkupRefused("size")
    if not _is_plain(seen):
        raise MarkupRefused("broken", 1)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise MarkupRefused("broken", line) from error
    if root is None:
        raise MarkupRefused("broken")
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr] # stubs
        # In an encoding that hid it from the look above, such as UTF-7.
        raise MarkupRefused("doctype")
    deep = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        deep += 1 if event == "start" else -1
        if deep > DEEPEST:
            raise MarkupRefused("depth")
    return root


@dataclass(frozen=True, slots=True)
class Head:
    """What a page of the web tells of itself, as plain words; empty where it tells nothing."""

    title: str = ""
    site: str = ""
    picture: str = ""
    """Its address as the page writes it: not looked at, and not to be shown."""


def read_head(data: bytes, charset: str = "") -> Head:
    """The head of a page of the web, from its first bytes; its body is not read.

    Args:
        charset: as the server told it, or empty.

    Raises:
        MarkupRefused: it is too large, or no page at all.
    """
    end = _HEAD_ENDS.search(data)
    data = data[: end.start()] if end else data
    if len(data) > LARGEST_HEAD or data.count(b"<") > MOST_SIGNS_IN_A_HEAD:
        raise MarkupRefused("size")
    if b"\x00" in data or b"<" not in data:
        raise MarkupRefused("broken")
    told = _CHARSET.search(data)
    name = charset or (told.group(1).decode("ascii") if told else "")
    text = data.decode(name if _is_known(name) else "utf-8", "replace")
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MarkupRefused("broken") from error
    if root is None:
        raise MarkupRefused("broken")
    said: dict[str, str] = {}
    for meta in root.iter("meta"):
        of = (meta.get("property") or meta.get("name") or "").strip().lower()
        said.setdefault(of, meta.get("content") or "")
    title = next(root.iter("title"), None)
    return Head(
        title=plain(said.get("og:title") or "".join(title.itertext() if title is not None else ())),
        site=plain(said.get("og:site_name") or ""),
        picture=(said.get("og:image") or said.get("og:image:url") or "").strip(),
    )


def plain(text: str) -> str:
    """Words on one line, without signs that steer: controls, turns of the writing direction."""
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return " ".join(kept.split())


def _is_known(charset: str) -> bool:
    try:
        return _PLAIN.fullmatch(codecs.lookup(charset).name) is not None
    except (LookupError, ValueError):
        return False


def _is_plain(seen: bytes) -> bool:
    """Whether the encoding it is said to be in hides nothing from a look at the bytes."""
    told = _TOLD.search(seen[:400])
    if not told:
        # Without a declaration it begins with markup, or the parser would guess another encoding.
        return seen.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")
    try:
        name = codecs.lookup(told.group(1).decode("ascii")).name
    except (LookupError, UnicodeError):
        return False
    return _PLAIN.fullmatch(name) is not None
