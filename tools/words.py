"""The keeper of translations, in plain Python: nobody needs gettext installed.

    ./gezel words extract    bring every room's django.po up to date with what its code says
    ./gezel words check      say what is out of date, untranslated or would break when shown
    ./gezel words compile    write the .mo files that Django reads

English is the language of the source. Each room keeps its own words, in
`src/gezel/<room>/locale/<language>/LC_MESSAGES/django.po`. Django lays all rooms on one pile
when it looks a sentence up, so `check` also refuses two rooms that translate one sentence
differently: a context (`pgettext`) tells them apart.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.template.base import Lexer, Token, TokenType
from django.templatetags.i18n import BlockTranslateNode
from django.utils.text import smart_split, unescape_string_literal

ROOMS = Path(__file__).resolve().parent.parent / "src/gezel"
LANGUAGES = {"nl": "nplurals=2; plural=(n != 1);"}

# A call of these with something other than a literal can't be read from the source. Where the
# words are marked in another place, a comment on that line says so.
MARKED_ELSEWHERE = "# words: marked elsewhere"

# A sentence on one line can be searched for, and written by hand as the tool would.
NO_WRAPPING = 0


@dataclass(frozen=True, order=True)
class Key:
    msgid: str
    context: str | None = None

    def __str__(self) -> str:
        return repr(self.msgid) + (f" ({self.context})" if self.context else "")


@dataclass
class Found:
    """The sentences of one room: their plural, if any, and the files they stand in."""

    plurals: dict[Key, str | None] = field(default_factory=dict)
    places: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    problems: list[str] = field(default_factory=list)

    def add(
        self, place: str, msgid: str, plural: str | None = None, context: str | None = None
    ) -> None:
        # Django looks sentences up with plain line ends, and never looks up an empty one.
        key = Key(_plain_line_ends(msgid), context)
        if not msgid:
            self.problems.append(f"{place}: an empty text is marked for translation")
            return
        plural = _plain_line_ends(plural) if plural is not None else None
        known = self.plurals.get(key)
        if known is not None and plural is not None and known != plural:
            self.problems.append(f"{place}: {key} stands elsewhere with another plural")
        self.plurals[key] = known if known is not None else plural
        self.places[key].add(place)


def _plain_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- reading the source -----------------------------------------------------------------------


def read_room(room: Path) -> Found:
    found = Found()
    for path in sorted(room.rglob("*")):
        inside = path.relative_to(room).parts
        if not path.is_file() or "tests" in inside or "migrations" in inside:
            continue
        place = path.relative_to(room.parent).as_posix()
        if path.suffix == ".py":
            read_python(path.read_text(encoding="utf-8"), place, found)
        elif "templates" in inside:
            read_template(path.read_text(encoding="utf-8"), place, found)
    return found


# Which argument of each function is the text, its plural, its context.
FUNCTIONS: dict[str, tuple[int, int | None, int | None]] = {
    "_": (0, None, None),
    "gettext": (0, None, None),
    "ngettext": (0, 1, None),
    "pgettext": (1, None, 0),
    "npgettext": (1, 2, 0),
}


def read_python(source: str, place: str, found: Found) -> None:
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source, place)):
        if not isinstance(node, ast.Call):
            continue
        name: str = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        positions = FUNCTIONS.get(name.removesuffix("_lazy").removesuffix("_noop"))
        if positions is None:
            continue
        texts = [_literal(node, position) for position in positions]
        wanted = [position is not None for position in positions]
        if any(text is None and needed for text, needed in zip(texts, wanted, strict=True)):
            if MARKED_ELSEWHERE not in lines[node.lineno - 1]:
                found.problems.append(f"{place}:{node.lineno}: {name}() is given no literal text")
            continue
        msgid, plural, context = texts
        found.add(place, msgid or "", plural, context)


def _literal(call: ast.Call, position: int | None) -> str | None:
    if position is None or position >= len(call.args):
        return None
    argument = call.args[position]
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return None


STRING = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
IN_EXPRESSION = re.compile(rf"(?<!\w)_\(({STRING})\)")
# Cotton reads `:label="_('Save')"` as an expression, though Django's lexer sees mere text.
COTTON_EXPRESSION = re.compile(r"""\s:[\w.:-]+=(?:"([^"]*)"|'([^']*)')""")


def read_template(source: str, place: str, found: Found) -> None:
    tokens = iter(Lexer(source).tokenize())
    for token in tokens:
        if token.token_type is TokenType.TEXT:
            for match in COTTON_EXPRESSION.finditer(token.contents):
                _add_expressions(match[1] or match[2] or "", place, found)
            continue
        if token.token_type is TokenType.COMMENT:
            continue
        word = token.contents.split(maxsplit=1)[0] if token.contents else ""
        if token.token_type is TokenType.BLOCK and word == "comment":
            _skip_to("endcomment", tokens)
        elif token.token_type is TokenType.BLOCK and word in {"blocktranslate", "blocktrans"}:
            _read_block(token, tokens, place, found)
        else:
            if token.token_type is TokenType.BLOCK and word in {"translate", "trans"}:
                _read_translate(token, place, found)
            _add_expressions(token.contents, place, found)


def _add_expressions(text: str, place: str, found: Found) -> None:
    for match in IN_EXPRESSION.finditer(text):
        found.add(place, _doubled(unescape_string_literal(match[1])))


def _doubled(text: str) -> str:
    """Django looks texts from templates up with their per cent signs doubled."""
    return text.replace("%", "%%")


def _skip_to(end: str, tokens: Iterator[Token]) -> None:
    for token in tokens:
        if token.token_type is TokenType.BLOCK and token.contents.split()[:1] == [end]:
            return


def _read_translate(token: Token, place: str, found: Found) -> None:
    bits = list(smart_split(token.contents))
    match = re.match(STRING, bits[1]) if len(bits) > 1 else None
    if match is None:
        return  # a variable, whose text is marked where it was written
    # TranslateNode puts what it unescaped in quotes and has it unescaped again.
    text = unescape_string_literal(f"'{unescape_string_literal(match[0])}'")
    context, known = _context(bits)
    if not known:
        found.problems.append(f"{place}:{token.lineno}: the context is not a literal text")
        return
    found.add(place, _doubled(text), context=context)


def _read_block(opening: Token, tokens: Iterator[Token], place: str, found: Found) -> None:
    bits = list(smart_split(opening.contents))
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.token_type is TokenType.BLOCK:
            word = token.contents.split(maxsplit=1)[0]
            if word != "plural":
                break
            parts.append([])
        else:
            parts[-1].append(token)
    context, known = _context(bits)
    if not known:
        found.problems.append(f"{place}:{opening.lineno}: the context is not a literal text")
        return
    # Django's own code joins the parts, so that the outcome is what it will look for.
    node = BlockTranslateNode({}, [], trimmed="trimmed" in bits)
    texts = [node.render_token_list(part)[0] for part in parts]
    found.add(place, texts[0], texts[1] if len(texts) > 1 else None, context)


def _context(bits: list[str]) -> tuple[str | None, bool]:
    """The context a tag names, and whether it can be known from the source."""
    if "context" not in bits[1:-1]:
        return None, True
    given = bits[bits.index("context", 1) + 1]
    if not re.fullmatch(STRING, given):
        return None, False
    return unescape_string_literal(given), True


# --- keeping the files ------------------------------------------------------------------------


def rooms(root: Path) -> list[Path]:
    return sorted(path.parent for path in root.glob("*/__init__.py"))


def po_path(room: Path, language: str) -> Path:
    return room / "locale" / language / "LC_MESSAGES/django.po"


def key_of(entry: polib.POEntry) -> Key:
    return Key(entry.msgid, entry.msgctxt)


def read_entries(room: Path, language: str) -> dict[Key, polib.POEntry]:
    path = po_path(room, language)
    if not path.exists():
        return {}
    return {key_of(entry): entry for entry in polib.pofile(str(path)) if not entry.obsolete}


def up_to_date(
    found: Found,
    language: str,
    kept: Mapping[Key, polib.POEntry],
    elsewhere: Mapping[Key, polib.POEntry],
) -> str:
    """The text of a room's django.po as it should be: sorted, without dates or line numbers.

    A sentence that moved here from another room brings its translation along.
    """
    po = polib.POFile(wrapwidth=NO_WRAPPING)
    po.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": LANGUAGES[language],
    }
    for key in sorted(found.plurals, key=lambda key: (key.msgid, key.context or "")):
        plural = found.plurals[key]
        entry = polib.POEntry(
            msgid=key.msgid,
            msgctxt=key.context,
            occurrences=[(place, "") for place in sorted(found.places[key])],
            flags=_flags(key.msgid + (plural or "")),
        )
        if plural is not None:
            entry.msgid_plural = plural
            entry.msgstr_plural = {0: "", 1: ""}
        _take_over(entry, kept.get(key) or elsewhere.get(key))
        po.append(entry)
    return _text(po) if len(po) else ""


def _text(po: polib.POFile) -> str:
    return str(po).rstrip("\n") + "\n"


def _take_over(entry: polib.POEntry, old: polib.POEntry | None) -> None:
    if old is None or bool(old.msgid_plural) != bool(entry.msgid_plural):
        return
    entry.msgstr = old.msgstr
    entry.tcomment = old.tcomment
    if entry.msgid_plural:
        entry.msgstr_plural = dict(old.msgstr_plural)
    if "fuzzy" in old.flags or old.msgid_plural != entry.msgid_plural:
        entry.flags.insert(0, "fuzzy")


def _flags(text: str) -> list[str]:
    flags = []
    if NAMED.search(text):
        flags.append("python-format")
    if BRACED.search(text):
        flags.append("python-brace-format")
    return flags


def wanted_files(root: Path) -> tuple[dict[Path, str], list[str]]:
    """What every po file should hold, and what could not be read."""
    files: dict[Path, str] = {}
    problems: list[str] = []
    for language in LANGUAGES:
        kept = {room: read_entries(room, language) for room in rooms(root)}
        everywhere: dict[Key, polib.POEntry] = {}
        for entries in kept.values():
            everywhere.update({key: entry for key, entry in entries.items() if entry.translated()})
        for room in rooms(root):
            found = read_room(room)
            files[po_path(room, language)] = up_to_date(found, language, kept[room], everywhere)
            problems += found.problems
    return files, sorted(set(problems))


def current(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def extract(root: Path) -> int:
    files, problems = wanted_files(root)
    for path, text in files.items():
        if current(path) == text:
            continue
        if text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        else:
            path.unlink()
        print(f"{path.relative_to(root)}: brought up to date")
    return _report(problems)


def _as_we_write(path: Path) -> str:
    """What stands in a file, laid out our way: an editor that wraps lines is no fault."""
    return _text(polib.pofile(str(path), wrapwidth=NO_WRAPPING)) if path.exists() else ""


# --- judging ----------------------------------------------------------------------------------

NAMED = re.compile(r"(?<!%)(?:%%)*%\(([^)]+)\)[#0\- +]*[\d.]*[sdifg]")
BRACED = re.compile(r"(?<!\{)\{(\w*)[^{}]*\}(?!\})")


def check(root: Path) -> int:
    files, problems = wanted_files(root)
    for path, text in files.items():
        if _as_we_write(path) != text:
            problems.append(f"{path.relative_to(root)}: out of date; run ./gezel words extract")
    for language in LANGUAGES:
        said: dict[Key, tuple[Path, list[str]]] = {}
        for room in rooms(root):
            place = po_path(room, language).relative_to(root)
            for key, entry in read_entries(room, language).items():
                problems += [f"{place}: {key} {fault}" for fault in faults(entry)]
                first, words = said.setdefault(key, (place, translations(entry)))
                if words != translations(entry):
                    problems.append(f"{place}: {key} is translated differently in {first}")
    return _report(problems)


def translations(entry: polib.POEntry) -> list[str]:
    if entry.msgid_plural:
        return [entry.msgstr_plural[number] for number in sorted(entry.msgstr_plural)]
    return [entry.msgstr]


def faults(entry: polib.POEntry) -> list[str]:
    """Why this translation may not be shown, in words that follow on the sentence itself."""
    if "fuzzy" in entry.flags:
        return ["is fuzzy: look at it, then take the mark away"]
    if not all(text.strip() for text in translations(entry)):
        return ["is not translated"]
    originals = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
    told = []
    for number, text in enumerate(translations(entry)):
        original = originals[min(number, len(originals) - 1)]
        # “One person” need not say the number; every other form fills in what English does.
        may_lack = bool(entry.msgid_plural) and number == 0
        for pattern in (NAMED, BRACED):
            here, there = set(pattern.findall(text)), set(pattern.findall(original))
            if may_lack and here < there | set(pattern.findall(entry.msgid_plural)):
                continue
            if here != there:
                differing = ", ".join(sorted(here ^ there))
                told.append(f"and its translation differ in what is filled in: {differing}")
        if _formats(original) and not _formats(text):
            told.append("has a per cent sign in its translation that would break it")
    return told


class _Anything(dict[str, int]):
    def __missing__(self, key: str) -> int:
        return 1


def _formats(text: str) -> bool:
    try:
        text % _Anything()
    except (TypeError, ValueError):
        return False
    return True


def compile_all(root: Path) -> int:
    for path in sorted(root.glob("*/locale/*/LC_MESSAGES/*.po")):
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns > path.stat().st_mtime_ns:
            continue
        # Written beside and moved into place: a server that starts right now reads a whole one.
        fresh = compiled.with_suffix(".mo.new")
        polib.pofile(str(path)).save_as_mofile(str(fresh))
        fresh.replace(compiled)
    return 0


def _report(problems: Iterable[str]) -> int:
    problems = list(problems)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["extract", "check", "compile"])
    parser.add_argument("--root", type=Path, default=ROOMS, help="the folder that holds the rooms")
    options = parser.parse_args()
    work = {"extract": extract, "check": check, "compile": compile_all}[options.what]
    return work(options.root.resolve())


if __name__ == "__main__":
    sys.exit(main())
