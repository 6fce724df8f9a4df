"""What each kind of block holds, in two languages, checked before it is kept.

The shape that is stored is the shape in which a module is handed in (see README): a small
dictionary per kind. `body_of` reads it into a frozen object or says what is wrong; nothing else
in the room looks into the raw dictionary.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST_LINE = 1_000
LONGEST_TEXT = 20_000
MOST_OPTIONS = 10
MOST_ITEMS = 30
OPTION_KEYS = "abcdefghij"


class Malformed(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """A body that cannot be kept: `field` is where, the message is why (English, for authors)."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in Dutch and English; either may be missing, and then the other is shown."""

    nl: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.nl or self.en)

    def said_in(self, language: str) -> str:
        return (self.nl or self.en) if language.startswith("nl") else (self.en or self.nl)

    def kept(self) -> dict[str, str]:
        return {"nl": self.nl, "en": self.en}


NO_WORDS = Words()


@dataclass(frozen=True, slots=True)
class Text:
    """Running text in Markdown."""

    body: Words

    def kept(self) -> dict[str, Any]:
        return {"body": self.body.kept()}


@dataclass(frozen=True, slots=True)
class Image:
    """A picture; `alt` says what it shows to who does not see it."""

    alt: Words
    caption: Words

    def kept(self) -> dict[str, Any]:
        return {"alt": self.alt.kept(), "caption": self.caption.kept()}


@dataclass(frozen=True, slots=True)
class Video:
    """A film, with captions (WebVTT) and a transcript that tells the same without it."""

    title: Words
    transcript: Words
    captions: Words

    def kept(self) -> dict[str, Any]:
        return {
            "title": self.title.kept(),
            "transcript": self.transcript.kept(),
            "captions": self.captions.kept(),
        }


@dataclass(frozen=True, slots=True)
class Option:
    """One answer one can choose, and why it is right or not. The key names it in answers."""

    key: str
    text: Words
    right: bool
    why: Words

    def kept(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "text": self.text.kept(),
            "right": self.right,
            "why": self.why.kept(),
        }


@dataclass(frozen=True, slots=True)
class Question:
    """A question with two or more options; at least one is right, exactly one if not multiple."""

    prompt: Words
    multiple: bool
    options: tuple[Option, ...]

    @property
    def right(self) -> frozenset[str]:
        return frozenset(option.key for option in self.options if option.right)

    def kept(self) -> dict[str, Any]:
        return {
            "prompt": self.prompt.kept(),
            "multiple": self.multiple,
            "options": [option.kept() for option in self.options],
        }


@dataclass(frozen=True, slots=True)
class Reflection:
    """A question to think about; what someone writes is theirs alone."""

    prompt: Words

    def kept(self) -> dict[str, Any]:
        return {"prompt": self.prompt.kept()}


@dataclass(frozen=True, slots=True)
class Checklist:
    """Things to go through at the place of work, ticked one by one."""

    prompt: Words
    items: tuple[Words, ...]

    def kept(self) -> dict[str, Any]:
        return {
            "prompt": self.prompt.kept(),
            "items": {"nl": [i.nl for i in self.items], "en": [i.en for i in self.items]},
        }


Body = Text | Image | Video | Question | Reflection | Checklist


def body_of(kind: str, raw: Mapping[str, Any]) -> Body:
    """The body of a block of this kind, read from a plain dictionary.

    Keys that belong to no field are refused: a misspelt `trancript` must not vanish silently.

    Raises:
        Malformed: something is missing, too long, of another type, or unknown.
    """
    if kind not in _READERS:
        raise Malformed("kind", f"there is no kind of block called {kind!r}")
    known, read = _READERS[kind]
    for name in raw:
        if name not in known:
            raise Malformed(str(name), f"a block of kind {kind} has no such field")
    return read(raw)


def clean(text: str) -> str:
    """Text as it can be kept: no NUL, no half surrogate, line ends as one, ends trimmed."""
    whole = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return whole.encode("utf-8", "replace").decode("utf-8").strip()


def _words(raw: Mapping[str, Any], field: str, longest: int, *, needed: bool = False) -> Words:
    given = raw.get(field, {})
    if not isinstance(given, Mapping) or set(given) - {"nl", "en"}:
        raise Malformed(field, "expected a text per language: nl and en")
    told: dict[str, str] = {}
    for language, text in given.items():
        if not isinstance(text, str):
            raise Malformed(field, "expected text")
        told[language] = clean(text)
        if len(told[language]) > longest:
            raise Malformed(field, f"longer than {longest} characters")
    words = Words(**told)
    if needed and not words:
        raise Malformed(field, "needed in at least one language")
    return words


def _text(raw: Mapping[str, Any]) -> Text:
    return Text(_words(raw, "body", LONGEST_TEXT, needed=True))


def _image(raw: Mapping[str, Any]) -> Image:
    return Image(
        _words(raw, "alt", LONGEST_LINE, needed=True), _words(raw, "caption", LONGEST_LINE)
    )


def _video(raw: Mapping[str, Any]) -> Video:
    return Video(
        _words(raw, "title", LONGEST_LINE, needed=True),
        _words(raw, "transcript", LONGEST_TEXT, needed=True),
        _words(raw, "captions", LONGEST_TEXT * 5),
    )


def _question(raw: Mapping[str, Any]) -> Question:
    multiple = raw.get("multiple", False)
    given = raw.get("options", [])
    if not isinstance(multiple, bool):
        raise Malformed("multiple", "expected true or false")
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise Malformed("options", "expected a list")
    if not 2 <= len(given) <= MOST_OPTIONS:
        raise Malformed("options", f"a question has 2 to {MOST_OPTIONS} options")
    options = tuple(_option(place, option) for place, option in enumerate(given))
    if len({option.key for option in options}) != len(options):
        raise Malformed("options", "two options have the same key")
    question = Question(_words(raw, "prompt", LONGEST_LINE, needed=True), multiple, options)
    if not question.right:
        raise Malformed("options", "no option is right")
    if not multiple and len(question.right) > 1:
        raise Malformed("options", "more than one option is right, so it is a multiple question")
    return question


def _option(place: int, raw: Any) -> Option:
    if not isinstance(raw, Mapping) or set(raw) - {"key", "text", "right", "why"}:
        raise Malformed("options", "an option has text, right and why")
    right, key = raw.get("right", False), raw.get("key", OPTION_KEYS[place])
    if not isinstance(right, bool):
        raise Malformed("right", "expected true or false")
    if not isinstance(key, str) or len(key) != 1 or key not in OPTION_KEYS:
        raise Malformed("key", "expected a letter")
    return Option(
        key,
        _words(raw, "text", LONGEST_LINE, needed=True),
        right,
        _words(raw, "why", LONGEST_LINE),
    )


def _reflection(raw: Mapping[str, Any]) -> Reflection:
    return Reflection(_words(raw, "prompt", LONGEST_LINE, needed=True))


def _checklist(raw: Mapping[str, Any]) -> Checklist:
    items = raw.get("items", {})
    if not isinstance(items, Mapping) or set(items) - {"nl", "en"}:
        raise Malformed("items", "expected a list per language: nl and en")
    lists = {language: _lines(items.get(language, [])) for language in ("nl", "en")}
    longest = max(len(lines) for lines in lists.values())
    if not 1 <= longest <= MOST_ITEMS:
        raise Malformed("items", f"a checklist has 1 to {MOST_ITEMS} items")
    if any(lines and len(lines) != longest for lines in lists.values()):
        raise Malformed("items", "both languages need the same number of items")
    told = tuple(
        Words(
            nl=lists["nl"][i] if lists["nl"] else "",
            en=lists["en"][i] if lists["en"] else "",
        )
        for i in range(longest)
    )
    return Checklist(_words(raw, "prompt", LONGEST_LINE), told)


def _lines(given: Any) -> list[str]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise Malformed("items", "expected a list")
    if not any(given):
        # As it is kept where a checklist stands in the other language alone.
        return []
    lines: list[str] = []
    for line in given:
        if not isinstance(line, str) or not clean(line):
            raise Malformed("items", "an item is empty")
        if len(clean(line)) > LONGEST_LINE:
            raise Malformed("items", f"an item is longer than {LONGEST_LINE} characters")
        lines.append(clean(line))
    return lines


_READERS: dict[str, tuple[frozenset[str], Callable[[Mapping[str, Any]], Body]]] = {
    "text": (frozenset({"body"}), _text),
    "image": (frozenset({"alt", "caption"}), _image),
    "video": (frozenset({"title", "transcript", "captions"}), _video),
    "question": (frozenset({"prompt", "multiple", "options"}), _question),
    "reflection": (frozenset({"prompt"}), _reflection),
    "checklist": (frozenset({"prompt", "items"}), _checklist),
}
