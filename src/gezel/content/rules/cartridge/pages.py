"""Web pages of others as Markdown, and the pictures and films that stood in them.

A page is cleaned by nh3 first, which closes what was left open and takes out all that could do
anything; what is left is walked once and written as the Markdown that `rules.prose` shows.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import unquote

import nh3

LARGEST_PAGE = 1 << 20
MOST_TAGS = 20_000
DEEPEST = 100

_TAGS = {
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "ul", "ol", "li", "dl", "dt", "dd", "strong",
    "b", "em", "i", "a", "code", "pre", "kbd", "samp", "blockquote", "br", "hr", "table", "thead",
    "tbody", "tfoot", "tr", "th", "td", "caption", "figure", "figcaption", "img", "video", "audio",
    "source", "track", "iframe", "section", "article", "details", "summary", "sup", "sub",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"}, "img": {"src", "alt", "title"}, "video": {"src", "title"},
    "audio": {"src", "title"}, "source": {"src"}, "track": {"src", "srclang", "kind"},
    "iframe": {"src", "title"}, "ol": {"start"},
}  # fmt: skip
_VOID = {"img", "br", "hr", "source", "track", "input", "meta", "link", "col", "area", "base",
         "embed", "param", "wbr"}  # fmt: skip
_BLOCKS = {"p", "div", "section", "article", "details", "figure", "dl", "dt", "dd", "summary",
           "figcaption", "caption"}  # fmt: skip
_SCHEMES = {"http", "https", "mailto", "tel"}
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPECIAL = re.compile(r"([\\`*_\[\]<>~|])")
_LINE_START = re.compile(r"^(\s*)(#{1,6}(?=\s|$)|[-+](?=\s|$)|=+\s*$|\d+[.)](?=\s|$)|>)")
_DATA = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,", re.IGNORECASE)


class PageRefused(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """A page we do not read; `why` is "large" or "deep"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Words:
    """Running text in Markdown."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Something shown in the page: "img", "video", "audio", "iframe" or "link" (to a file).

    `source` is the address as it stands; `data` the picture itself where the page holds it.
    """

    kind: str
    source: str
    words: str = ""
    tracks: tuple[tuple[str, str], ...] = ()
    caption: str = ""
    data: bytes = field(default=b"", repr=False)


Piece = Words | Shown


def title_of(html: str) -> str:
    """What the page is called, without markup."""
    found = re.search(r"<title[^>]{0,200}>([^<]{0,1000})", html, re.IGNORECASE)
    return plain_words(found.group(1)) if found else ""


def plain_words(html: str) -> str:
    """A line of HTML as bare words on one line."""
    text = nh3.clean(html[:LARGEST_PAGE], tags=set(), clean_content_tags={"script", "style"})
    return _SPACE.sub(" ", _unescaped(text)).strip()


def _unescaped(text: str) -> str:
    import html  # noqa: PLC0415 - the name is that of what we read everywhere else

    return html.unescape(text)


def pieces_of(html: str) -> list[Piece]:
    """A page as texts and what is shown between them, in order.

    Raises:
        PageRefused: longer or nested deeper than anyone writes.
    """
    if len(html) > LARGEST_PAGE or html.count("<") > MOST_TAGS:
        raise PageRefused("large")
    _check_depth(html)
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags={"script", "style", "title", "head", "object", "svg", "math", "select"},
        url_schemes={*_SCHEMES, "data"},
        link_rel=None,
        generic_attribute_prefixes=set(),
    )
    walker = _Walker()
    walker.feed(clean)
    walker.close()
    return list(walker.finished())


class _Depth(HTMLParser):
    """How deep a page goes: cleaning one that goes very deep would take for ever."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID and tag not in {"p", "li", "td", "tr", "th", "dd", "dt", "option"}:
            self.open += 1
            if self.open > DEEPEST:
                raise PageRefused("deep")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and self.open:
            self.open -= 1


def _check_depth(html: str) -> None:
    parser = _Depth()
    parser.feed(html)


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int


class _Walker(HTMLParser):
    """Walks clean HTML once; `out` holds finished pieces, `line` the paragraph being written."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[Piece] = []
        self.text: list[str] = []
        self.line: list[str] = []
        self.later: list[Shown] = []
        self.lists: list[_List] = []
        self.quotes = 0
        self.heading = 0
        self.pre = False
        self.links: list[tuple[str, int]] = []
        self.rows: list[list[str]] = []
        self.row: list[str] | None = None
        self.tables = 0
        self.marker = ""
        self.media: list[tuple[str, str, str, list[tuple[str, str]]]] = []

    # --- What is open and what is said in it -----------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in {"strong", "b"}:
            self._mark("**")
        elif tag in {"em", "i"}:
            self._mark("*")
        elif tag in {"code", "kbd", "samp"} and not self.pre:
            self.line.append("\ue010")
        elif tag == "a":
            self.links.append((told.get("href", ""), len(self.line)))
        elif tag == "br":
            self.line.append("\n" if self.pre else ("\ue011" if self.row is None else " "))
        elif tag == "img":
            self._show(_picture(told))
        elif tag in {"video", "audio", "iframe"}:
            self.media.append((tag, told.get("src", ""), told.get("title", ""), []))
        elif tag == "source" and self.media and not self.media[-1][1]:
            kind, _none, title, tracks = self.media[-1]
            self.media[-1] = (kind, told.get("src", ""), title, tracks)
        elif tag == "track" and self.media:
            self.media[-1][3].append((told.get("srclang", ""), told.get("src", "")))
        else:
            self._open_block(tag, told)

    def _open_block(self, tag: str, told: dict[str, str]) -> None:
        if self.row is not None and tag in _BLOCKS | {"ul", "ol", "li", "blockquote", "pre"}:
            self.line.append(" ")
        elif tag in {"ul", "ol", "li"}:
            self._end_line()
            self._open_list(tag, told.get("start", "1"))
        elif tag == "blockquote":
            self._end_line()
            self.quotes += 1
        elif tag == "pre":
            self._end_line()
            self.pre = True
        elif tag == "hr":
            self._end_line()
            self._add("---")
        elif tag[0] == "h" and tag[1:].isdigit():
            self._end_line()
            self.heading = min(max(int(tag[1:]), 2), 4)
        elif tag == "table":
            self._end_line()
            self.tables += 1
            self.rows = []
        elif tag == "tr":
            self.row = []
            self.line = []
        elif tag in {"td", "th"}:
            self.line = []
        elif tag in _BLOCKS:
            self._end_line()

    def _open_list(self, tag: str, start: str) -> None:
        number = int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1
        if tag != "li" or not self.lists:
            self.lists.append(_List(tag == "ol", number))
        if tag == "li":
            here = self.lists[-1]
            self.marker = f"{here.number}. " if here.ordered else "- "
            here.number += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in {"strong", "b"}:
            self._mark("**")
        elif tag in {"em", "i"}:
            self._mark("*")
        elif tag in {"code", "kbd", "samp"} and not self.pre:
            self.line.append("\ue010")
        elif tag == "a" and self.links:
            self._end_link()
        elif tag in {"video", "audio", "iframe"} and self.media:
            kind, source, title, tracks = self.media.pop()
            if source:
                self._show(Shown(kind, source, title.strip(), tuple(tracks)))
        elif tag != "figcaption" or not self._caption():
            self._close_block(tag)

    def _caption(self) -> bool:
        """Words under a picture go with it."""
        shown = self.later or self.out
        last = shown[-1] if shown else None
        if not isinstance(last, Shown) or last.kind != "img" or last.caption:
            return False
        shown[-1] = replace(last, caption=plain_words(_inline("".join(self.line))))
        self.line = []
        return True

    def _close_block(self, tag: str) -> None:
        if tag in {"td", "th"} and self.row is not None:
            self.row.append(_inline("".join(self.line)).replace("\n", " "))
            self.line = []
        elif tag == "tr" and self.row is not None:
            if self.row:
                self.rows.append(self.row)
            self.row = None
            self.line = []
        elif tag == "table" and self.tables:
            self.tables -= 1
            if not self.tables:
                self._add(_table(self.rows))
                self.rows = []
        elif self.row is not None:
            self.line.append(" ")
        elif tag in {"ul", "ol"}:
            self._end_line()
            if self.lists:
                self.lists.pop()
        elif tag == "blockquote":
            self._end_line()
            self.quotes = max(0, self.quotes - 1)
        elif tag == "pre":
            self._end_pre()
        elif tag == "li" or tag in _BLOCKS or (tag[0] == "h" and tag[1:].isdigit()):
            self._end_line()

    def handle_data(self, data: str) -> None:
        if self.media:
            return  # words for browsers that cannot play it
        if self.pre:
            self.line.append(data)
        else:
            told = _SPACE.sub(" ", "".join(c for c in data if not "\ue000" <= c <= "\ue0ff"))
            self.line.append(_SPECIAL.sub(r"\\\1", told))

    # --- Writing it ------------------------------------------------------------------------------

    def _mark(self, sign: str) -> None:
        if not self.pre:
            self.line.append("\ue012" if sign == "**" else "\ue013")

    def _end_link(self) -> None:
        href, since = self.links.pop()
        words = "".join(self.line[since:])
        if self.pre or not words.strip():
            return
        scheme = href.partition(":")[0].lower()
        if scheme in _SCHEMES and ":" in href:
            address = re.sub(r"[\s<>()\\]", lambda m: f"%{ord(m.group()):02X}", href)
            self.line[since:] = [f"[{words.strip()}]({address})"]
        elif href and not href.startswith("#"):
            self._show(Shown("link", href, plain_words(_inline(words))))

    def _show(self, shown: Shown) -> None:
        self.later.append(shown)
        if not (self.lists or self.tables or self.quotes or self.line or self.heading):
            self._flush()

    def _end_line(self) -> None:
        said = _inline("".join(self.line))
        self.line, self.links = [], []
        if self.pre or not said:
            if not said and not self.lists and not self.tables:
                self._flush_shown()
            return
        if self.heading:
            said = "#" * self.heading + " " + said.replace("\\\n", " ").strip("*")
            self.heading = 0
        else:
            said = "\n".join(_LINE_START.sub(_escaped_start, line) for line in said.split("\n"))
        self._add(said)

    def _end_pre(self) -> None:
        self.pre = False
        told = "".join(self.line).strip("\n")
        self.line = []
        if told.strip():
            longest = max((len(m.group()) for m in re.finditer("`+", told)), default=0)
            fence = "`" * max(3, longest + 1)
            self._add(f"{fence}\n{told}\n{fence}")

    def _add(self, said: str) -> None:
        if not said:
            return
        first = "> " * self.quotes
        rest = first
        if self.lists:
            indent = "   " * (len(self.lists) - 1)
            marker = self.marker or " " * 3
            rest += indent + " " * max(len(marker), 2)
            first += indent + (marker if self.marker else " " * 3)
            tight = bool(self.marker) and bool(self.text) and _in_list(self.text[-1])
            self.marker = ""
        else:
            tight = False
        lines = said.split("\n")
        whole = "\n".join([first + lines[0], *((rest + line).rstrip() for line in lines[1:])])
        if self.text:
            quoted = self.quotes and self.text[-1].startswith(">")
            self.text.append("\n" if tight else "\n>\n" if quoted else "\n\n")
        self.text.append(whole)
        if not self.lists and not self.tables and not self.quotes:
            self._flush_shown()

    def _flush_shown(self) -> None:
        if self.later:
            self._flush()

    def _flush(self) -> None:
        self._say()
        self.out += self.later
        self.later = []

    def _say(self) -> None:
        told = "".join(self.text).strip("\n")
        self.text = []
        if told.strip():
            self.out.append(Words(told))

    def finished(self) -> Iterator[Piece]:
        """All pieces, the last text too."""
        self._end_line()
        self._flush()
        yield from self.out


def _in_list(said: str) -> bool:
    return re.match(r"(> )*\s*(- |\d+\. )", said) is not None


def _escaped_start(found: "re.Match[str]") -> str:
    """A sign at the beginning of a line that would make it a list or a heading."""
    space, sign = found.groups()
    if sign[0].isdigit():
        return f"{space}{sign[:-1]}\\{sign[-1]}"
    return f"{space}\\{sign}"


def _inline(raw: str) -> str:
    """A paragraph with its marks where Markdown reads them: against the words, in pairs."""
    told = re.sub(r" *\ue011 *", "\ue011", _SPACE.sub(" ", raw)).strip(" \ue011")
    told = _paired(told, "\ue012", "**")
    told = _paired(told, "\ue013", "*")
    told = _code(told)
    return told.replace("\ue011", "\\\n").strip()


def _paired(text: str, mark: str, sign: str) -> str:
    parts = text.split(mark)
    if len(parts) % 2 == 0:  # one was left open: it ends with the paragraph
        parts.append("")
    out = [parts[0]]
    for at in range(1, len(parts) - 1, 2):
        inside, after = parts[at], parts[at + 1]
        bare = inside.strip()
        if not bare.strip("\ue010\ue011\ue012\ue013 "):
            out += [inside, after]
            continue
        before = " " if inside[0] == " " else ""
        behind = " " if inside[-1] == " " else ""
        out += [before, sign, bare, sign, behind, after]
    return "".join(out)


def _code(text: str) -> str:
    parts = text.split("\ue010")
    if len(parts) % 2 == 0:
        parts.append("")
    out = [parts[0]]
    for at in range(1, len(parts) - 1, 2):
        inside = re.sub(r"\\([\\`*_\[\]<>~|])", r"\1", parts[at]).replace("\ue011", " ")
        fence = "``" if "`" in inside else "`"
        pad = " " if inside.startswith("`") or inside.endswith("`") else ""
        out += [f"{fence}{pad}{inside}{pad}{fence}" if inside.strip() else inside, parts[at + 1]]
    return "".join(out)


def _table(rows: list[list[str]]) -> str:
    """Rows as a table; a table of one column is a list of paragraphs."""
    rows = [[cell.replace("\\\n", " ") for cell in row] for row in rows]
    wide = max((len(row) for row in rows), default=0)
    if wide < 2:
        return "\n\n".join(row[0] for row in rows if row and row[0])
    filled = [row + [""] * (wide - len(row)) for row in rows]
    lines = [filled[0], ["---"] * wide, *filled[1:]]
    return "\n".join("| " + " | ".join(cell or " " for cell in row) + " |" for row in lines)


def _picture(told: dict[str, str]) -> Shown:
    source = told.get("src", "")
    words = _SPACE.sub(" ", told.get("alt") or told.get("title") or "").strip()
    data = b""
    if found := _DATA.match(source):
        try:
            data = base64.b64decode(unquote(source[found.end() :]), validate=False)
        except (binascii.Error, ValueError):
            data = b""
        source = "data:"
    return Shown("img", source, words, data=data)
