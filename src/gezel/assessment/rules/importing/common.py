"""What both formats lead to."""

import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import nh3

from gezel.assessment.rules.bodies import LONGEST_PROMPT, Malformed, body_of, clean

MOST_QUESTIONS = 1_000
TRUE_FALSE = {"nl": ("Waar", "Niet waar"), "en": ("True", "False")}


class Unreadable(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """The file as a whole cannot be read; `code` says why, the pages have words for it."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(f"{code} (line {line})")
        self.code = code
        self.line = line


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
) -> Question:
    """A question whose body was checked as an item's is; what that finds is a problem too."""
    found = list(problems)
    kept: Mapping[str, Any] = {}
    if not found:
        try:
            kept = body_of(kind, body).kept()
        except Malformed as error:
            found.append(Problem(error.code, error.field))
    return Question(
        number, line, clean(title)[:200], clean(part)[:120], kind, kept, tuple(found),
        tuple(dict.fromkeys(notes)), picture,
    )  # fmt: skip


# A text longer than this, with all its markup, is no question; cleaning would take for ever.
LONGEST_RAW = 20_000
_BREAK = re.compile(r"<\s*(?:br|/p|/li|/div|/h[1-6]|/tr)\b[^<>]*>", re.IGNORECASE)
_QUIET = re.compile(r"<\s*(script|style)\b[^<>]*>.*?<\s*/\s*\1[^<>]*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[a-z!?][^<>]*>", re.IGNORECASE)


def plain(text: str) -> str:
    """HTML as bare words: no element survives, and line breaks stay where they were seen.

    What looks like an element goes first, in one pass: deep nesting costs the parser dearly
    (200,000 open elements: minutes). What that pass overlooks, the parser takes out. A text that
    is far too long comes back cut, still too long, and is refused as such.
    """
    if len(text) > LONGEST_RAW:
        return text[: LONGEST_PROMPT + 1]
    bare = _TAG.sub("", _QUIET.sub("", _BREAK.sub("\n", text)))
    words = nh3.clean(bare, tags=set(), clean_content_tags={"script", "style"})
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in html.unescape(words).split("\n"))
    return clean(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))


def in_one(language: str, text: str) -> dict[str, str]:
    """Words as they are kept, in the language the file is in."""
    return {language: text}


def true_or_false(right: bool, language: str) -> list[dict[str, Any]]:
    """The two options of a statement to judge."""
    return [
        {"text": in_one(language, word), "right": right == (place == 0)}
        for place, word in enumerate(TRUE_FALSE[language])
    ]
