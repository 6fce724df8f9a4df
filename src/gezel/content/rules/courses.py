"""Reading courses that others published as lessons in Markdown, one a line of JSON.

The shape is that of `lessons.jsonl.gz`: course, lang, licence, source, order, kind, title, body.
A lesson becomes a module: its sections are its texts, and who wrote it under which licence comes
first, as those licences ask. What only their own site can show (fences, pictures) is left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gezel.content.rules.bodies import LONGEST_LINE, LONGEST_TEXT, clean

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_FENCE = re.compile(r"^:{3,}.*$", re.MULTILINE)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)(?:\{[^}]*\})?")
_HTML = re.compile(r"<!--.*?-->|</?[a-z][^>]*>", re.DOTALL | re.IGNORECASE)
_TIMES = re.compile(r"^(?:teaching|exercises): *(\d{1,3})$", re.MULTILINE)
_HEADING = re.compile(r"^(?=#{1,2} )", re.MULTILINE)
LICENCES = {
    "CC0-1.0": "CC0 1.0",
    "CC-BY-4.0": "CC BY 4.0",
    "CC-BY-SA-4.0": "CC BY-SA 4.0",
}
LONGEST_LESSON = 300_000


class NotALesson(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """A row that holds no lesson we can use; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson as a module: its title, minutes, and its texts in order, in one language."""

    key: str
    course: str
    title: str
    language: str
    minutes: int
    texts: tuple[str, ...]


def lesson_of(row: Mapping[str, Any]) -> Lesson:
    """One row of a file of lessons.

    Raises:
        NotALesson: a field is missing or of another type, or a licence we do not know.
    """
    told: dict[str, str] = {}
    for name in ("course", "lang", "licence", "source", "path", "title", "body"):
        value = row.get(name)
        if not isinstance(value, str) or not clean(value):
            raise NotALesson(f"{name} is missing")
        told[name] = clean(value)
    if told["licence"] not in LICENCES:
        raise NotALesson(f"licence {told['licence']} is not one we know")
    if told["lang"] not in {"nl", "en"} or len(told["body"]) > LONGEST_LESSON:
        raise NotALesson("another language, or longer than a lesson is")
    front = _FRONT.match(told["body"])
    minutes = _minutes(front[1]) if front else 0
    body = told["body"][front.end() :] if front else told["body"]
    texts = _sections(body)
    if not texts:
        raise NotALesson("nothing is left to read")
    words = sum(len(text.split()) for text in texts)
    return Lesson(
        key=f"{told['source']}/{told['path']}/{told['lang']}",
        course=told["course"],
        title=re.sub(r"[^\w\s:,.()&’'\-–]", "", told["title"]).strip()[:250] or told["course"],
        language=told["lang"],
        minutes=min(600, minutes or max(2, round(words / 180))),
        texts=(_origin(told), *texts),
    )


def _origin(told: Mapping[str, str]) -> str:
    """Where it is from and what one may do with it, for the first page."""
    licence = LICENCES[told["licence"]]
    if told["lang"] == "nl":
        return f"Deze les komt uit “{told['course']}” van {told['source']}, licentie {licence}."
    return f"This lesson is from “{told['course']}” by {told['source']}, licence {licence}."


def _minutes(front: str) -> int:
    """The minutes of teaching and exercises that its head tells, if it does."""
    return sum(
        int(n) for n in re.findall(r"^(?:teaching|exercises): *(\d{1,3})$", front, re.MULTILINE)
    )


def _sections(body: str) -> list[str]:
    """The text by its headings, without what cannot be shown, each short enough for one page."""
    bare = _HTML.sub("", _PICTURE.sub("", _FENCE.sub("", body)))
    found: list[str] = []
    for part in _HEADING.split(bare):
        text = re.sub(r"\n{3,}", "\n\n", part).strip()
        rest = re.sub(r"^#+ .*$", "", text, flags=re.MULTILINE).strip()
        if not rest:
            continue
        found += [text[at : at + LONGEST_TEXT] for at in range(0, len(text), LONGEST_TEXT)]
    return found


def question_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A multiple-choice question as the body of a block.

    Raises:
        NotALesson: no question, no options, or no right one among them.
    """
    options, right = row.get("options"), row.get("correctAnswer")
    asked, why = row.get("question"), row.get("explanation", "")
    fits = isinstance(asked, str) and isinstance(why, str) and isinstance(options, list)
    if not fits or not isinstance(right, int) or not 0 <= right < len(options or ()):
        raise NotALesson("no question with a right answer")
    return {
        "prompt": {"en": str(asked)[:LONGEST_LINE]},
        "options": [
            {
                "text": {"en": str(text)[:LONGEST_LINE]},
                "right": place == right,
                "why": {"en": str(why)[:LONGEST_LINE] if place == right else ""},
            }
            for place, text in enumerate(options or ())
        ],
    }
