"""Moodle XML: what a Moodle question bank exports.

After docs.moodle.org, Moodle_XML_format. Read: multichoice (one or several), truefalse, numerical,
ordering, shortanswer, matching, essay and description, each with at most one picture in the
question. Other types are told as a problem, and so are sound and film in a question, and answers
with a sign that stands for any others (*). That capitals count is told as a note: here they do not.

The file comes from anyone, so it is read by the bare parser: a document type, and with it every
entity, internal or from elsewhere, ends the reading at once; depth and number of elements are
bounded. Nothing in it is fetched.
"""

import base64
import binascii
import html
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import unquote
from xml.parsers import expat

from gezel.kit.questions.common import (
    MOST_QUESTIONS,
    Check,
    Problem,
    Question,
    Unreadable,
    Written,
    bare,
    finished,
    in_one,
    last_of,
    number_in,
    plain,
    stands_for_any,
    true_or_false,
)

DEEPEST = 40
MOST_ELEMENTS = 200_000
MOST_WORDS = 4_000_000
"""Characters outside pictures: a thousand questions need far fewer."""
LARGEST_PICTURE = 10 * 1024 * 1024
_IMG = re.compile(r"<\s*img\b[^<>]*>", re.IGNORECASE)
_HEARD = re.compile(r"<\s*(?:audio|video|iframe|object|embed|svg)\b", re.IGNORECASE)
_HERE = "@@PLUGINFILE@@"
_SRC = re.compile(r"""\bsrc\s*=\s*("([^"]*)"|'([^']*)')""", re.IGNORECASE)
_INLINE = re.compile(r"data:image/[\w.+-]+;base64,", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*("([^"]*)"|'([^']*)')""", re.IGNORECASE)


@dataclass(slots=True)
class Element:
    """An element of the document: name, attributes, its own text, what is in it, its line."""

    name: str
    attributes: dict[str, str]
    line: int
    text: list[str] = field(default_factory=list)
    inside: "list[Element]" = field(default_factory=list)

    def all(self, name: str) -> "list[Element]":
        return [e for e in self.inside if e.name == name]

    def first(self, name: str) -> "Element | None":
        return next((e for e in self.inside if e.name == name), None)

    def words(self, *path: str) -> str:
        """The text at a path below; empty where there is none."""
        here: Element | None = self
        for name in path:
            here = here.first(name) if here else None
        return "".join(here.text).strip() if here else ""


def parsed(content: bytes) -> Element:
    """The document as elements.

    Raises:
        Unreadable: broken, with a document type or entities, too deep, or too many elements.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    root = Element("", {}, 0)
    open_now = [root]
    seen = said = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal seen
        seen += 1
        if seen > MOST_ELEMENTS or len(open_now) > DEEPEST:
            raise Unreadable("deep", parser.CurrentLineNumber)
        made = Element(name, attributes, parser.CurrentLineNumber)
        open_now[-1].inside.append(made)
        open_now.append(made)

    def hear(text: str) -> None:
        nonlocal said
        if open_now[-1].name != "file":
            said += len(text)
            if said > MOST_WORDS:
                raise Unreadable("deep", parser.CurrentLineNumber)
        open_now[-1].text.append(text)

    def refuse(*_about: Any) -> Any:
        raise Unreadable("doctype", parser.CurrentLineNumber)

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _name: open_now.pop()
    parser.CharacterDataHandler = hear
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Unreadable("broken", error.lineno) from error
    except (LookupError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("encoding") from error
    return root


def read(content: bytes, language: str, check: Check) -> list[Question]:
    """Every question in the file, in order."""
    quiz = parsed(content).first("quiz")
    if quiz is None:
        raise Unreadable("not_moodle")
    questions: list[Question] = []
    part = ""
    for element in quiz.all("question"):
        kind = element.attributes.get("type", "")
        if kind == "category":
            part = last_of(element.words("category", "text"))
            continue
        questions.append(
            _question(check, len(questions) + 1, element, kind, part=part, language=language)
        )
        if len(questions) > MOST_QUESTIONS:
            raise Unreadable("many", element.line)
    return questions


def _question(
    check: Check, number: int, element: Element, kind: str, *, part: str, language: str
) -> Question:
    problems: list[Problem] = []
    notes: list[Problem] = []
    asked = element.first("questiontext") or Element("", {}, element.line)
    raw = asked.words("text")
    # A picture may be written out in it, megabytes long.
    prompt = bare(_IMG.sub("", raw), _written(asked))
    picture, alt = _picture(asked, raw, problems)
    body: dict[str, Any] = {"prompt": in_one(language, prompt)}
    if alt:
        body["alt"] = in_one(language, alt)
    ours = "one"
    readers = {"multichoice": _choices, "truefalse": _statement, "numerical": _number,
               "ordering": _order, "shortanswer": _short, "matching": _match}  # fmt: skip
    if kind in readers:
        ours, answers = readers[kind](element, language, problems)
        body |= answers
        if answers.get("lures"):
            notes.append(Problem("lures"))
    elif kind == "essay":
        ours = "essay"
    elif kind == "description":
        ours, body = "text", {"body": in_one(language, prompt)}
    else:
        problems.append(Problem("cloze" if kind == "cloze" else "type", kind[:40]))
    if kind == "shortanswer" and element.words("usecase") == "1":
        notes.append(Problem("capitals"))
    general = _said(element, "generalfeedback")
    if general:
        body["why"] = in_one(language, general)
    if (general and ours in {"essay", "text"}) or any(_said(h) for h in element.all("hint")):
        notes.append(Problem("remark"))
    if general or any(a.words("feedback", "text") for a in element.all("answer")):
        notes.append(Problem("feedback"))
    return finished(
        check, number=number, line=element.line, title=plain(element.words("name", "text")) or
        prompt.split("\n")[0], part=part, kind=ours, body=body, problems=problems, notes=notes,
        picture=picture, otherwise=kind,
    )  # fmt: skip


def _picture(asked: Element, raw: str, problems: list[Problem]) -> tuple[bytes, str]:
    """The one picture of a question, from inside the file, and its words."""
    shown = _IMG.findall(raw)
    data = _data_of(shown[0], asked.all("file")) if shown else None
    wrong = ""
    if _HEARD.search(raw):
        wrong = "media"
    elif len(shown) > 1:
        wrong = "pictures"
    elif shown and data is None:
        wrong = "picture_elsewhere"
    if wrong or not shown:
        problems += [Problem(wrong)] if wrong else []
        return b"", ""
    told = _ALT.search(shown[0])
    alt = plain((told.group(2) or told.group(3) or "") if told else "")
    if not alt:
        problems.append(Problem("alt"))
    if not data or len(data) > LARGEST_PICTURE * 4 // 3:
        problems.append(Problem("picture"))
        return b"", ""
    try:
        return base64.b64decode("".join(data.split()), validate=True), alt
    except (binascii.Error, ValueError):
        problems.append(Problem("picture"))
        return b"", ""


def _data_of(shown: str, files: "list[Element]") -> str | None:
    """The picture of an element in base64: its own, or of the file it names. None: it is not here;
    empty: it is written otherwise."""
    told = _SRC.search(shown)
    address = html.unescape((told.group(2) or told.group(3) or "") if told else "")
    if inline := _INLINE.match(address):
        return address[inline.end() :]
    if not address.startswith(_HERE):
        return None
    asked = unquote(address.removeprefix(_HERE).partition("?")[0])
    for file in files:
        name = file.attributes.get("name", "")
        if asked in (f"{file.attributes.get('path') or '/'}{name}", f"/{name}"):
            return "".join(file.text) if file.attributes.get("encoding") == "base64" else ""
    return None


_FORMATS = {"markdown": Written.MARKDOWN, "plain_text": Written.PLAIN}


def _written(element: Element) -> Written:
    return _FORMATS.get(element.attributes.get("format", ""), Written.HTML)


def _said(element: Element, *path: str) -> str:
    """The words of what stands at a path, however its `format` says they are written."""
    here: Element | None = element
    for name in path:
        here = here.first(name) if here else None
    return bare(here.words("text"), _written(here)) if here else ""


def _weight(answer: Element) -> Decimal | None:
    return number_in(answer.attributes.get("fraction", "0"))


def _choices(
    element: Element, language: str, problems: list[Problem]
) -> tuple[str, dict[str, Any]]:
    several = element.words("single").lower() in {"false", "0"}
    options: list[dict[str, Any]] = []
    for answer in element.all("answer"):
        weight = _weight(answer)
        raw = answer.words("text")
        if _IMG.search(raw):
            problems.append(Problem("picture_elsewhere"))
        elif _HEARD.search(raw):
            problems.append(Problem("media"))
        if weight is None or (not several and 0 < weight < 100):
            problems.append(Problem("half_right"))
            continue
        option: dict[str, Any] = {"text": in_one(language, _said(answer)), "right": weight > 0}
        if why := _said(answer, "feedback"):
            option["why"] = in_one(language, why)
        options.append(option)
    return ("several" if several else "one"), {"options": options}


def _statement(
    element: Element, language: str, problems: list[Problem]
) -> tuple[str, dict[str, Any]]:
    right = [a.words("text").lower() for a in element.all("answer") if _weight(a) == 100]
    if len(right) != 1 or right[0] not in {"true", "false"}:
        problems.append(Problem("none_right", "options"))
        return "one", {}
    options = true_or_false(right[0] == "true", language)
    for answer in element.all("answer"):
        if why := _said(answer, "feedback"):
            options[answer.words("text").lower() != "true"]["why"] = in_one(language, why)
    return "one", {"options": options}


def _number(element: Element, language: str, problems: list[Problem]) -> tuple[str, dict[str, Any]]:
    right = [a for a in element.all("answer") if _weight(a) == 100]
    if len(right) != 1 or any(0 < (_weight(a) or 0) < 100 for a in element.all("answer")):
        problems.append(Problem("half_right" if right else "none_right", "value"))
        return "number", {}
    units = element.first("units")
    unit = units.words("unit", "unit_name") if units else ""
    # Where no tolerance is told there is none, as Moodle has it.
    body = {"value": right[0].words("text"), "off": right[0].words("tolerance") or "0",
            "unit": in_one(language, unit)}  # fmt: skip
    if why := _said(right[0], "feedback"):
        body["why"] = in_one(language, why)
    return "number", body


def _order(element: Element, language: str, problems: list[Problem]) -> tuple[str, dict[str, Any]]:
    # In an ordering question `fraction` is the place, from 1.
    placed = sorted(
        ((_weight(a) or Decimal(0), i, a) for i, a in enumerate(element.all("answer"))),
        key=lambda row: row[:2],
    )
    return "order", {"steps": [in_one(language, _said(a)) for _w, _i, a in placed]}


def _short(element: Element, language: str, problems: list[Problem]) -> tuple[str, dict[str, Any]]:
    right = [a for a in element.all("answer") if _weight(a) == 100]
    if any(stands_for_any(a.words("text")) for a in right):
        problems.append(Problem("pattern"))
    answers = [in_one(language, _said(a).replace("\\*", "*")) for a in right]
    if any(0 < (_weight(a) or 0) < 100 for a in element.all("answer")):
        problems.append(Problem("half_right"))
    whys = dict.fromkeys(why for a in right if (why := _said(a, "feedback")))
    said = {"why": in_one(language, "\n".join(whys))} if whys else {}
    return "short", {"answers": answers, **said}


def _match(element: Element, language: str, problems: list[Problem]) -> tuple[str, dict[str, Any]]:
    pairs, lures = [], []
    for sub in element.all("subquestion"):
        left, right = _said(sub), _said(sub, "answer")
        if _IMG.search(sub.words("text")):
            problems.append(Problem("picture_elsewhere"))
        if left:
            pairs.append({"left": in_one(language, left), "right": in_one(language, right)})
        else:
            lures.append(in_one(language, right))
    return "match", {"pairs": pairs, "lures": lures}
