"""What both formats lead to."""

import hashlib
import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

import nh3

from gezel.kit import late

MOST_QUESTIONS = 1_000
# No room keeps a prompt longer than this; what is longer comes back cut and is refused there.
LONGEST_PROMPT = 2_000
FURTHEST = Decimal("1e12")
TRUE_FALSE = {"nl": ("Waar", "Niet waar"), "en": ("True", "False")}


class Unreadable(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """The file as a whole cannot be read; `code` says why, the pages have words for it."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(f"{code} (line {line})")
        self.code = code
        self.line = line


class Unfit(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """Something cannot be kept: `field` is where, `code` is why (the pages have words for it)."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


Check = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""From a kind and a body as read to the body as a room keeps it, or an `Unfit`; for a kind that
the room does not ask, an `Unfit` about "kind"."""


def clean(text: str) -> str:
    """Text as it can be kept: no NUL, no half surrogate, line ends as one, ends trimmed."""
    whole = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return whole.encode("utf-8", "replace").decode("utf-8").strip()


def number_in(text: str) -> Decimal | None:
    """A number as people write it, with a comma or a point; None where it is none, or endless."""
    told = text.strip().replace("\u2212", "-").replace(",", ".").replace(" ", "")
    try:
        number = Decimal(told)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) > FURTHEST or len(told) > 40:
        return None
    return number


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a question cannot be taken in, or (for a note) what is left out of it."""

    code: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a file: what it would become, or what is wrong with it.

    Args:
        line: where it begins in the file; 0 where a file has no lines worth the name.
        part: the last step of the category it stands in, to find a sub-skill by.
        body: the item as it would be kept, without the picture.
    """

    number: int
    line: int
    title: str
    part: str
    kind: str
    body: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    picture: bytes = field(default=b"", repr=False)

    @property
    def digest(self) -> str:
        """The same question gives the same digest, whatever the file it comes in."""
        said = json.dumps([self.kind, self.body], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode() + b"\0" + self.picture).hexdigest()


def finished(
    check: Check,
    *,
    number: int,
    line: int,
    title: str,
    part: str,
    kind: str,
    body: Mapping[str, Any],
    problems: Sequence[Problem] = (),
    notes: Sequence[Problem] = (),
    picture: bytes = b"",
    otherwise: str = "",
) -> Question:
    """A question whose body was checked by the room it is for; what that finds is a problem too.

    Args:
        otherwise: the code of the problem where that room does not ask this kind at all.
    """
    found = list(problems)
    kept: Mapping[str, Any] = {}
    if not found:
        try:
            kept = check(kind, body)
        except Unfit as error:
            code = otherwise if otherwise and error.field == "kind" else error.code
            found.append(Problem(code, error.field))
    return Question(
        number, line, clean(title)[:200], clean(part)[:120], kind, kept, tuple(found),
        tuple(dict.fromkeys(notes)), picture,
    )  # fmt: skip


# A text longer than this, with all its markup, is no question; cleaning would take for ever.
LONGEST_RAW = 20_000
_BREAK = re.compile(r"<\s*(?:br|/p|/li|/div|/h[1-6]|/tr)\b[^<>]*>", re.IGNORECASE)
_QUIET = re.compile(r"<\s*(script|style)\b[^<>]*>.*?<\s*/\s*\1[^<>]*>", re.IGNORECASE | re.DOTALL)
_CELL = re.compile(r"<\s*/(?:td|th)\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z!?][^<>]*>", re.IGNORECASE)


def plain(text: str) -> str:
    """HTML as bare words: no element survives, and line breaks stay where they were seen.

    What looks like an element goes first, in one pass: deep nesting costs the parser dearly
    (200,000 open elements: minutes). What that pass overlooks, the parser takes out. A text that
    is far too long comes back cut, still too long, and is refused as such.
    """
    if len(text) > LONGEST_RAW:
        return text[: LONGEST_PROMPT + 1]
    bare = _TAG.sub("", _CELL.sub(" ", _QUIET.sub("", _BREAK.sub("\n", text))))
    words = nh3.clean(bare, tags=set(), clean_content_tags={"script", "style"})
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in html.unescape(words).split("\n"))
    return clean(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))


class Written(Enum):
    """How a text in a file is written, by the names GIFT has for it."""

    MOODLE = "moodle"
    HTML = "html"
    MARKDOWN = "markdown"
    PLAIN = "plain"


def bare(text: str, written: Written) -> str:
    """The words of a text, however it is written, without what only dresses them."""
    if written is Written.PLAIN:
        return clean(text)
    if written is Written.MARKDOWN:
        # Nobody writes a longer question, and a reader of Markdown takes its time over tangles.
        return plain(_markdown(text)) if len(text) <= 2 * LONGEST_PROMPT else text
    # What Moodle calls its own is lines of text, with an element here and there.
    return plain(text) if written is Written.HTML or "<" in text else plain(escaped(text))


def escaped(text: str) -> str:
    """Text in which & stands for itself, as `plain` reads it."""
    return text.replace("&", "&amp;")


def _markdown(text: str) -> str:
    reader = late.markdown_it.MarkdownIt("commonmark", {"html": True, "linkify": False})
    made: str = reader.render(text)
    # The lines between elements are no lines of the text.
    return made.replace(">\n", ">")


def stands_for_any(text: str) -> bool:
    r"""Whether a * in an answer stands for whatever one writes, as Moodle has it; \* is a star."""
    return "*" in text.replace("\\*", "")


_STEP = re.compile(r"(?<!/)/(?!/)")


def last_of(category: str) -> str:
    """The last step of a category, in which // stands for a slash of its own."""
    steps = [step for step in _STEP.split(category.strip()) if step.strip()]
    return steps[-1].replace("//", "/").strip() if steps else ""


def in_one(language: str, text: str) -> dict[str, str]:
    """Words as they are kept, in the language the file is in."""
    return {language: text}


def true_or_false(right: bool, language: str) -> list[dict[str, Any]]:
    """The two options of a statement to judge."""
    return [
        {"text": in_one(language, word), "right": right == (place == 0)}
        for place, word in enumerate(TRUE_FALSE[language])
    ]
