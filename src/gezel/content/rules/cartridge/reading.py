"""From an unpacked cartridge to modules: what stands in its table of contents, in that order."""

import hashlib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from gezel.content.rules import uploads
from gezel.content.rules.bodies import Malformed, clean
from gezel.content.rules.cartridge.common import Block, Brought, CartridgeRefused, Left, Made
from gezel.content.rules.cartridge.pages import (
    LARGEST_PAGE,
    PageRefused,
    Piece,
    Shown,
    Words,
    pieces_of,
    plain_words,
    title_of,
)
from gezel.content.rules.cartridge.qti import Asked, asked_in
from gezel.content.rules.cartridge.trees import (
    Node,
    below,
    child,
    children,
    inner,
    local,
    text_of,
)
from gezel.content.rules.kinds import body_of
from gezel.kit.markup import MarkupRefused, read_xml

MANIFEST = "imsmanifest.xml"
MOST_ITEMS = 2_000
MOST_BLOCKS = 150
DEEPEST = 12
LONGEST_TEXT = 18_000
_PAGES = {".html", ".htm", ".xhtml"}
_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp"}
_FILMS = {".mp4", ".webm", ".m4v", ".mov", ".mp3", ".m4a", ".ogg", ".wav", ".oga"}
_FILES = {".pdf", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".txt", ".csv"}
_BASE = re.compile(r"^(?:\$IMS-CC-FILEBASE\$|%24IMS-CC-FILEBASE%24)/?", re.IGNORECASE)
_WORDS_A_MINUTE = 160


def is_cartridge(folder: Path, names: Sequence[str]) -> bool:
    """Whether this is a cartridge (or plain IMS content) rather than SCORM, by its manifest."""
    path = _manifest(names)
    if path is None:
        return False
    with (folder / path).open("rb") as file:
        head = file.read(200_000).replace(b"\x00", b"").lower()
    return b"imscc" in head or b"common cartridge" in head


def _manifest(names: Sequence[str]) -> str | None:
    """Where the manifest is: at the top, or in the one folder that holds everything."""
    found = [n for n in names if n.lower().rpartition("/")[2] == MANIFEST]
    tops = {n.partition("/")[0] for n in names}
    for name in sorted(found, key=lambda n: n.count("/")):
        if "/" not in name or (len(tops) == 1 and name.count("/") == 1):
            return name
    return None


def read_cartridge(folder: Path, names: Sequence[str], language: str) -> Brought:
    """What a cartridge brings, and what it does not.

    Args:
        folder: where it was unpacked.
        names: the files in it.
        language: "nl" or "en", the language it is written in.

    Raises:
        CartridgeRefused: its manifest is missing or cannot be read, or it is too much.
    """
    place = _manifest(names)
    if place is None:
        raise CartridgeRefused("no_manifest", MANIFEST)
    return _Reading(folder, names, place, language).brought()


@dataclass(slots=True)
class _Resource:
    identifier: str
    kind: str
    href: str
    files: list[str]
    needs: list[str]
    inline: Node | None = None
    """What a thin cartridge writes in the manifest itself, such as a link."""


@dataclass(slots=True)
class _Item:
    title: str
    ref: str
    inside: "list[_Item]" = field(default_factory=list)


class _Reading:
    """One reading of one cartridge."""

    def __init__(self, folder: Path, names: Sequence[str], place: str, language: str) -> None:
        self.folder, self.language = folder, language
        self.base = place.rpartition("/")[0]
        self.names = {name.casefold(): name for name in names}
        self.left: list[Left] = []
        self.used: set[str] = set()
        self.where = ""
        self.root = self._xml(place)
        if local(self.root) != "manifest":
            raise CartridgeRefused("not_manifest", place)
        self.resources = self._resources()
        # Taken along from here: each block is a page of its own, and needs no title above it.
        self.is_ours = self.root.get("identifier", "").startswith("gezel-")

    # --- The manifest ----------------------------------------------------------------------------

    def _xml(self, name: str) -> Node:
        path = self.folder / name
        try:
            return read_xml(path.read_bytes() if path.stat().st_size < (64 << 20) else b"")
        except MarkupRefused as refused:
            raise CartridgeRefused(f"xml_{refused.why}", name, refused.line) from refused

    def _resources(self) -> dict[str, _Resource]:
        found = {}
        for told in children(child(self.root, "resources"), "resource"):
            base = told.get("{http://www.w3.org/XML/1998/namespace}base", "")
            files = [base + f.get("href", "") for f in children(told, "file")]
            resource = _Resource(
                told.get("identifier", ""),
                told.get("type", "").strip().lower(),
                base + told.get("href", ""),
                files,
                [d.get("identifierref", "") for d in children(told, "dependency")],
                next(iter(children(told, "webLink", "topic", "assignment")), None),
            )
            if not resource.href.removeprefix(base) and files:
                resource.href = files[0]
            found[resource.identifier] = resource
        return found

    def _items(self) -> list[_Item]:
        many = 0

        def read(node: Node, deep: int) -> _Item:
            nonlocal many
            many += 1
            if many > MOST_ITEMS or deep > DEEPEST:
                raise CartridgeRefused("many", MANIFEST)
            return _Item(
                _title(text_of(child(node, "title"))),
                node.get("identifierref", ""),
                [read(kid, deep + 1) for kid in children(node, "item")],
            )

        tops = []
        organisations = children(child(self.root, "organizations"), "organization")
        for organisation in organisations[:1]:
            tops = [read(item, 1) for item in children(organisation, "item")]
        # The outermost item of a cartridge is only a bag around the others.
        while len(tops) == 1 and not tops[0].ref and tops[0].inside and not tops[0].title:
            tops = tops[0].inside
        return [item for item in tops if item.ref or item.inside]

    def _title(self) -> str:
        for told in below(child(self.root, "metadata"), "title"):
            words = _title(" ".join(str(part) for part in told.itertext()))
            if words:
                return words[:200]
        organisation = child(child(self.root, "organizations"), "organization")
        return _title(text_of(child(organisation, "title")))[:200]

    # --- Modules ---------------------------------------------------------------------------------

    def brought(self) -> Brought:
        """Everything, in the order of the table of contents; what stands outside it comes last."""
        title = self._title()
        modules: list[Made] = []
        loose: list[_Item] = []

        def gather() -> None:
            if loose:
                modules.extend(self._module(title or loose[0].title, loose))
                loose.clear()

        for item in self._items():
            if item.inside:
                gather()
                modules.extend(self._module(item.title or title, [item], inside=True))
            else:
                loose.append(item)
        gather()
        rest = self._outside()
        if rest:
            modules.extend(self._module(title or rest[0].title, rest))
        self._unused()
        return Brought(title, tuple(self._named(modules)), tuple(dict.fromkeys(self.left)))

    def _module(self, title: str, items: list[_Item], *, inside: bool = False) -> list[Made]:
        self.where = title
        blocks: list[Block] = []
        for item in items:
            if inside:
                if item.ref:
                    blocks += self._blocks(_Item(item.title, item.ref), 2)
                for kid in item.inside:
                    blocks += self._blocks(kid, 2)
            else:
                blocks += self._blocks(item, 2)
        parts = [blocks[at : at + MOST_BLOCKS] for at in range(0, len(blocks), MOST_BLOCKS)]
        return [
            Made("", f"{title} ({n})" if len(parts) > 1 else title, tuple(part), _minutes(part))
            for n, part in enumerate(parts, 1)
        ]

    def _named(self, modules: Iterable[Made]) -> Iterable[Made]:
        for place, made in enumerate(modules):
            key = hashlib.sha256(f"{place}\0{made.title}".encode()).hexdigest()[:16]
            yield Made(key, made.title[:200] or "?", made.blocks, made.minutes)

    def _blocks(self, item: _Item, level: int) -> list[Block]:
        blocks: list[Block] = []
        if item.ref:
            blocks = self._resource(item.ref, item.title, level)
        elif item.title and item.inside:
            blocks = self._text(f"{'#' * level} {_line(item.title)}")
        for kid in item.inside:
            blocks += self._blocks(kid, min(level + 1, 4))
        return blocks

    def _outside(self) -> list[_Item]:
        """What the cartridge holds to learn from and its table of contents does not name."""
        told = {item.ref for item in _all(self._items())}
        needed = {ref for r in self.resources.values() for ref in r.needs}
        found = []
        for resource in self.resources.values():
            if resource.identifier in told | needed or resource.href in self.used:
                continue
            page = PurePosixPath(resource.href).suffix.lower() in _PAGES
            if (
                (resource.kind == "webcontent" and page)
                or "imsqti" in resource.kind
                or resource.kind.startswith(("imsdt", "imswl", "imsbasiclti", "assignment"))
                or (page and resource.kind.startswith("associatedcontent"))
            ):
                found.append(_Item("", resource.identifier))
        return found

    def _unused(self) -> None:
        """Files that no page shows: the maker may have meant them to be found."""
        self.where = ""
        for resource in self.resources.values():
            suffix = PurePosixPath(resource.href).suffix.lower()
            known = suffix in _PICTURES | _FILMS | _FILES
            if resource.kind == "webcontent" and known and resource.href not in self.used:
                self._leave(resource.href, "unused")

    def _leave(self, what: str, why: str) -> None:
        self.left.append(Left(what[:200], why, self.where))

    # --- What an item leads to -------------------------------------------------------------------

    def _resource(self, ref: str, title: str, level: int) -> list[Block]:
        resource = self.resources.get(ref)
        if resource is None:
            self._leave(title or ref, "missing")
            return []
        self.used.add(resource.href)
        kind = resource.kind
        readers: Mapping[str, Callable[[_Resource, str, int], list[Block]]] = {
            "imsdt": self._discussion,
            "imswl": self._link,
            "imsqti": self._questions,
            "assignment": self._assignment,
            "webcontent": self._content,
            "associatedcontent": self._content,
        }
        for begin, read in readers.items():
            if kind.startswith(begin):
                return read(resource, title, level)
        why = "lti" if "lti" in kind else "resource_kind"
        self._leave(title or resource.href or ref, why)
        return []

    def _there(self, name: str) -> str | None:
        """The file of that name as it stands in the cartridge, or None."""
        path = unquote(name).replace("\\", "/").partition("?")[0].partition("#")[0]
        parts: list[str] = []
        for part in f"{self.base}/{path}".split("/"):
            if part == ".." and parts:
                parts.pop()
            elif part not in {"", ".", ".."}:
                parts.append(part)
        return self.names.get("/".join(parts).casefold())

    def _document(self, resource: _Resource, title: str) -> Node | None:
        for name in [resource.href, *resource.files]:
            there = self._there(name)
            if there and there.lower().endswith(".xml"):
                try:
                    return self._xml(there)
                except CartridgeRefused:
                    self._leave(title or there, "broken")
                    return None
        if resource.inline is not None:
            return resource.inline
        self._leave(title or resource.href, "missing")
        return None

    def _discussion(self, resource: _Resource, title: str, level: int) -> list[Block]:
        """A topic becomes something to think about: talking takes place elsewhere here."""
        topic = self._document(resource, title)
        if topic is None:
            return []
        title = _title(text_of(child(topic, "title"))) or title
        node = child(topic, "text")
        html = text_of(node) if node is not None and not len(node) else inner(node)
        prompt = plain_words(html)
        self._leave(title, "discussion")
        if 0 < len(prompt) <= 1_000:
            return self._checked(title, "reflection", {"prompt": {self.language: prompt}})
        blocks = self._pieces(self._read(html, title), title, level)
        return blocks + self._checked(title, "reflection", {"prompt": {self.language: title}})

    def _link(self, resource: _Resource, title: str, level: int) -> list[Block]:
        found = self._document(resource, title)
        if found is None:
            return []
        title = _title(text_of(child(found, "title"))) or title
        told = child(found, "url")
        url = told.get("href", "") if told is not None else ""
        address = re.sub(r"[\s<>()\\]", lambda m: f"%{ord(m.group()):02X}", url.strip())
        if urlsplit_safe(address) not in {"http", "https"}:
            self._leave(title or url, "link")
            return []
        return self._text(f"[{_line(title or address)}]({address})")

    def _assignment(self, resource: _Resource, title: str, level: int) -> list[Block]:
        found = self._document(resource, title)
        if found is None:
            return []
        title = _title(text_of(child(found, "title"))) or title
        node = child(found, "text")
        html = text_of(node) if node is not None and not len(node) else inner(node)
        return self._task(html, title, level)

    def _task(self, html: str, title: str, level: int) -> list[Block]:
        self._leave(title, "assignment")
        blocks = self._pieces(self._read(html, title), title, level)
        return blocks + self._checked(title, "reflection", {"prompt": {self.language: title}})

    def _questions(self, resource: _Resource, title: str, level: int) -> list[Block]:
        root = self._document(resource, title)
        if root is None:
            return []
        top = next(below(root, "assessment", "objectbank"), root)
        title = title or _title(top.get("title", ""))
        found = list(asked_in(root, self.language))
        if not found:
            self._leave(title or resource.href, "no_items")
            return []
        named = title and not self.is_ours
        blocks = self._text(f"{'#' * level} {_line(title)}") if named else []
        for asked in found:
            blocks += self._question(asked)
        return blocks

    def _question(self, asked: Asked) -> list[Block]:
        if asked.why:
            self._leave(asked.title, asked.why)
            return []
        made = self._checked(asked.title, asked.kind, asked.body)
        if made and asked.note:
            self._leave(asked.title, asked.note)
        return self._pieces(asked.before, "", 2) + made if made else []

    def _content(self, resource: _Resource, title: str, level: int) -> list[Block]:
        there = self._there(resource.href)
        suffix = PurePosixPath(resource.href).suffix.lower()
        if there is None:
            self._leave(title or resource.href, "missing")
            return []
        if suffix in _PAGES:
            return self._page(resource, there, title, level)
        if suffix in _PICTURES:
            return self._pieces([Shown("img", resource.href, title)], title, level)
        if suffix in _FILES:
            return self._pieces([Shown("link", resource.href, title)], "", level)
        if resource.kind == "webcontent" or title:
            self._leave(title or resource.href, "film" if suffix in _FILMS else "file_kind")
        return []

    def _page(self, resource: _Resource, there: str, title: str, level: int) -> list[Block]:
        if (markdown := self._markdown(resource)) is not None:
            return self._text(markdown)
        html = _decoded((self.folder / there).read_bytes()[: 4 << 20])
        named = title or title_of(html).removeprefix("Assignment: ")
        if any(name.endswith("assignment_settings.xml") for name in resource.files):
            return self._task(html, named, level)
        return self._pieces(self._read(html, named, there), named, level)

    def _markdown(self, resource: _Resource) -> str | None:
        """The text that a page was made of, where it came along from here."""
        told = [name for name in resource.files if name.endswith(".md")]
        there = self._there(told[0]) if self.is_ours and told else None
        if there is None or (self.folder / there).stat().st_size > LARGEST_PAGE:
            return None
        return clean((self.folder / there).read_bytes().decode("utf-8", "replace"))

    # --- Blocks ----------------------------------------------------------------------------------

    def _read(self, html: str, title: str, page: str = "") -> list[Piece]:
        try:
            return [_from(piece, page) for piece in pieces_of(html)]
        except PageRefused as refused:
            self._leave(title, f"page_{refused.why}")
            return []

    def _pieces(self, pieces: Sequence[Piece], title: str, level: int) -> list[Block]:
        """A page as blocks, its title above it unless it begins with that itself."""
        blocks: list[Block] = []
        heading = f"{'#' * level} {_line(title)}" if title and not self.is_ours else ""
        first = pieces[0] if pieces else None
        opening = first.markdown.partition("\n")[0] if isinstance(first, Words) else ""
        if heading and _bare(opening) == _bare(heading):
            heading = ""
        if title and not pieces:
            self._leave(title, "empty")
        for piece in pieces:
            if isinstance(piece, Words):
                text = f"{heading}\n\n{piece.markdown}" if heading else piece.markdown
                blocks += self._text(text)
            else:
                if heading:
                    blocks += self._text(heading)
                blocks += self._shown(piece, title)
            heading = ""
        return blocks + (self._text(heading) if heading else [])

    def _text(self, markdown: str) -> list[Block]:
        return [Block("text", {"body": {self.language: part}}) for part in _parts(markdown)]

    def _shown(self, shown: Shown, title: str) -> list[Block]:
        what = shown.words or shown.source.rpartition("/")[2] or title
        if shown.kind == "iframe":
            body = {"title": {self.language: what or title or "?"}, "url": shown.source}
            return self._checked(what or shown.source, "embed", body, why="outside")
        if shown.data:
            return self._picture(shown.data, shown.words or title, "")
        if urlsplit_safe(shown.source) in {"http", "https", "data"} or "://" in shown.source:
            self._leave(what, "outside")
            return []
        there = self._there(_BASE.sub(lambda _m: "", shown.source)) or self._there(
            _BASE.sub(lambda _m: "web_resources/", shown.source)
        )
        if there is not None:
            return self._file(shown, there, what, title)
        # A link to another page of the course has nowhere to lead once pages are blocks.
        if shown.kind != "link" or not shown.source.startswith("$"):
            self._leave(what, "missing")
        return []

    def _file(self, shown: Shown, there: str, what: str, title: str) -> list[Block]:
        self.used |= {there, there.removeprefix(f"{self.base}/")}
        suffix = PurePosixPath(there).suffix.lower()
        if suffix in _PICTURES:
            if not shown.words:
                self._leave(there, "no_alt")
            return self._picture(
                self.folder / there, shown.words or title or what, there, shown.caption
            )
        if suffix in _FILES:
            name = PurePosixPath(there).name
            with (self.folder / there).open("rb") as opened:
                if not uploads.file_kind(name, opened.read(4_096)):
                    self._leave(what, "file_kind")
                    return []
            body = {"title": {self.language: what or name}, "name": name[:200]}
            return self._checked(what, "file", body, file=self.folder / there)
        if suffix not in _PAGES:
            kind = "picture_kind" if shown.kind == "img" else "file_kind"
            self._leave(what, "film" if suffix in _FILMS else kind)
        return []

    def _picture(self, file: Path | bytes, words: str, name: str, caption: str = "") -> list[Block]:
        if uploads.kind_of(_head(file)) not in uploads.PICTURES:
            self._leave(name or words, "picture_kind")
            return []
        return self._checked(
            words,
            "image",
            {"alt": {self.language: words[:1_000] or "?"}}
            | ({"caption": {self.language: caption[:1_000]}} if caption else {}),
            file=file,
            name=name,
        )

    def _checked(
        self,
        what: str,
        kind: str,
        body: dict[str, Any],
        *,
        file: Path | bytes | None = None,
        name: str = "",
        why: str = "unfit",
    ) -> list[Block]:
        """One block, if it can be kept as it is."""
        try:
            body_of(kind, body)
        except Malformed:
            self._leave(what, why)
            return []
        return [Block(kind, body, file, name)]


def _head(file: Path | bytes) -> bytes:
    if isinstance(file, bytes):
        return file[: uploads.HEAD]
    with file.open("rb") as opened:
        return opened.read(uploads.HEAD)


def _all(items: Iterable[_Item]) -> Iterable[_Item]:
    for item in items:
        yield item
        yield from _all(item.inside)


def _from(piece: Piece, page: str) -> Piece:
    """Addresses in a page are told from where the page is, unless they name the cartridge."""
    folder = page.rpartition("/")[0]
    if isinstance(piece, Words) or not folder or not piece.source:
        return piece
    if _BASE.match(piece.source) or ":" in piece.source or piece.source[0] in "$/%":
        return piece
    return replace(piece, source=f"{folder}/{piece.source}")


def urlsplit_safe(address: str) -> str:
    """The scheme of an address; empty where it has none or is none."""
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""


def _line(text: str) -> str:
    """A line of words as it stands in Markdown."""
    return re.sub(r"([\\`*_\[\]<>~|#])", r"\\\1", re.sub(r"\s+", " ", text)).strip()


def _title(text: str) -> str:
    """A title as it is told: words, never markup."""
    return " ".join(text.split())


def _bare(line: str) -> str:
    return re.sub(r"[\W_]+", " ", line).strip().casefold()


def _parts(markdown: str) -> list[str]:
    """A text in parts that fit in a block, cut between paragraphs."""
    parts: list[str] = []
    for paragraph in markdown.split("\n\n"):
        for at in range(0, max(1, len(paragraph)), LONGEST_TEXT):
            piece = paragraph[at : at + LONGEST_TEXT]
            if parts and len(parts[-1]) + len(piece) + 2 <= LONGEST_TEXT:
                parts[-1] += f"\n\n{piece}"
            else:
                parts.append(piece)
    return [part for part in parts if part.strip()]


def _minutes(blocks: Sequence[Block]) -> int:
    words = sum(
        len(text.split()) for b in blocks if b.kind == "text" for text in b.body["body"].values()
    )
    doing = sum(1 for block in blocks if block.kind not in {"text", "image"})
    return min(600, max(5, math.ceil(words / _WORDS_A_MINUTE + doing)))


def _decoded(data: bytes) -> str:
    """A page as text, by its mark, what it says itself, or the old default."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
