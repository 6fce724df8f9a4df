"""XML that people send in: read without following anything it points at.

No document type, no entity, no look-up, and no deeper than a person would write it. lxml reads
what we let through; what would make it fetch, expand or recurse is refused before.
"""

import codecs
import re

from lxml import etree

LARGEST = 16 * (1 << 20)
DEEPEST = 200
# Each costs some hundred bytes once read: a document of nothing but elements, hundreds of MB.
MOST_SIGNS = 300_000

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
