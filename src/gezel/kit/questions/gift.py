"""GIFT: questions as plain text, one a paragraph.

    ::Title:: What do you do first? { =Switch off ~Measure ~Call someone }

After docs.moodle.org, GIFT_format. Read: one or several right answers, true or false, a number
with a tolerance or a range, short answers, matching, essays and texts. Told as a problem: answers
that are half right, which we cannot put as a question that is right or not.
"""

import re
from decimal import Decimal
from typing import Any

from gezel.kit.questions.common import (
    MOST_QUESTIONS,
    Check,
    Problem,
    Question,
    Unreadable,
    finished,
    in_one,
    number_in,
    plain,
    stands_for_any,
    true_or_false,
)

# Signs with a backslash before them are put aside while the others are read for their meaning.
_SIGNS = "~=#{}:\\"
_ASIDE = {sign: chr(0xE000 + place) for place, sign in enumerate(_SIGNS)}
_BACK = {aside: sign for sign, aside in _ASIDE.items()}
_ESCAPED = re.compile(r"\\([~=#{}:\\n])")
_TITLE = re.compile(r"^\s*::(.*?)::", re.DOTALL)
_FORMAT = re.compile(r"^\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"^%(-?\d+(?:\.\d+)?)%")
_PICTURE = re.compile(r"<\s*img\b", re.IGNORECASE)
_HEARD = re.compile(r"<\s*(?:audio|video|iframe|object|embed|svg)\b", re.IGNORECASE)
_GAP = "_____"


def read(text: str, language: str, check: Check) -> list[Question]:
    """Every question in the text, in order."""
    questions: list[Question] = []
    part = ""
    for line, block in _blocks(text):
        if block.lstrip().upper().startswith("$CATEGORY:"):
            part = block.split(":", 1)[1].strip().rstrip("/").rsplit("/", 1)[-1]
            continue
        questions.append(
            _question(check, len(questions) + 1, line, block, part=part, language=language)
        )
        if len(questions) > MOST_QUESTIONS:
            raise Unreadable("many", line)
    return questions


def _blocks(text: str) -> list[tuple[int, str]]:
    """Paragraphs with the number of their first line; comments fall away."""
    blocks: list[tuple[int, str]] = []
    lines: list[str] = []
    begun = 0
    for number, raw in enumerate([*text.replace("\r\n", "\n").split("\n"), ""], 1):
        line = raw.rstrip()
        if line.lstrip().startswith("//"):
            continue
        if line.lstrip().upper().startswith("$CATEGORY:"):
            if lines:
                blocks.append((begun, "\n".join(lines)))
            blocks.append((number, line))
            lines = []
        elif line.strip():
            begun = begun if lines else number
            lines.append(line)
        elif lines:
            blocks.append((begun, "\n".join(lines)))
            lines = []
    return blocks


def _aside(found: "re.Match[str]") -> str:
    sign = found.group(1)
    return "\n" if sign == "n" else _ASIDE[sign]


def _words(text: str, *, is_html: bool) -> str:
    told = "".join(_BACK.get(c, c) for c in text)
    return plain(told) if is_html or "<" in told else plain(told.replace("&", "&amp;"))


def _question(
    check: Check, number: int, line: int, block: str, *, part: str, language: str
) -> Question:
    text = _ESCAPED.sub(_aside, "".join(c for c in block if not "\ue000" <= c <= "\ue00f"))
    title = ""
    if named := _TITLE.match(text):
        title, text = _words(named.group(1), is_html=False), text[named.end() :]
    is_html = False
    if told := _FORMAT.match(text):
        is_html, text = told.group(1).lower() == "html", text[told.end() :]
    opened, closed = text.find("{"), text.rfind("}")
    problems: list[Problem] = []
    notes: list[Problem] = []
    kind = "one"
    otherwise = ""
    answers: dict[str, Any] = {}
    whole = text.count("{") == text.count("}") == 1 and opened < closed
    before, inside, after = (
        (text[:opened], text[opened + 1 : closed], text[closed + 1 :]) if whole else (text, "", "")
    )
    prompt = f"{before.rstrip()} {_GAP} {after.lstrip()}" if after.strip() else before
    if _PICTURE.search(prompt):
        problems.append(Problem("picture_elsewhere"))
    elif _HEARD.search(prompt):
        problems.append(Problem("media"))
    prompt = _words(prompt, is_html=is_html)
    body: dict[str, Any] = {"prompt": in_one(language, prompt)}
    if "{" not in text and "}" not in text:
        kind, otherwise, body = "text", "no_answers", {"body": in_one(language, prompt)}
    elif not whole:
        problems.append(Problem("braces"))
    else:
        kind, answers = _answers(inside, language, problems, notes, is_html=is_html)
        otherwise = {"short": "short_answer", "match": "matching"}.get(kind, kind)
    return finished(
        check, number=number, line=line, title=title or prompt.split("\n")[0], part=part,
        kind=kind, body=body | answers, problems=problems, notes=notes, otherwise=otherwise,
    )  # fmt: skip


def _answers(
    inside: str, language: str, problems: list[Problem], notes: list[Problem], *, is_html: bool
) -> tuple[str, dict[str, Any]]:
    told, _marks, general = inside.partition("####")
    kind, answers = _told(told.strip(), language, problems, notes, is_html=is_html)
    if why := _words(general, is_html=is_html):
        notes.append(Problem("feedback"))
        answers["why"] = in_one(language, why)
    return kind, answers


def _told(
    told: str, language: str, problems: list[Problem], notes: list[Problem], *, is_html: bool
) -> tuple[str, dict[str, Any]]:
    if not told:
        return "essay", {}
    bare, marked, _why = told.partition("#")
    if bare.strip().upper() in {"T", "TRUE", "F", "FALSE"}:
        if marked:
            notes.append(Problem("feedback"))
        right = bare.strip().upper() in {"T", "TRUE"}
        return "one", {"options": true_or_false(right, language)}
    if told.startswith("#"):
        return "number", _number(told[1:].strip(), problems, notes)
    return _options(told, language, problems, notes, is_html=is_html)


def _number(told: str, problems: list[Problem], notes: list[Problem]) -> dict[str, Any]:
    """A number with its tolerance, a range, or the one wholly right answer of several."""
    if told.startswith("="):
        told = told[1:]
        if "=" in told:
            problems.append(Problem("half_right"))
        if weight := _WEIGHT.match(told):
            told = told[weight.end() :]
            if float(weight.group(1)) != 100:
                problems.append(Problem("half_right"))
    told, marked, _why = told.partition("#")
    if marked:
        notes.append(Problem("feedback"))
    told = told.strip()
    if ".." in told:
        low, high = (number_in(end) for end in told.split("..", 1))
        if low is None or high is None or low > high:
            problems.append(Problem("number", told[:40]))
            return {}
        return {"value": str((low + high) / 2), "off": str((high - low) / 2)}
    value_told, has_off, off_told = told.partition(":")
    value = number_in(value_told)
    if value is None:
        problems.append(Problem("number", value_told[:40]))
        return {}
    if not has_off:
        problems.append(Problem("no_tolerance", "off"))
        return {}
    off = number_in(off_told)
    if off is None or off < Decimal(0):
        problems.append(Problem("number", off_told[:40]))
        return {}
    return {"value": str(value), "off": str(off)}


def _options(
    told: str, language: str, problems: list[Problem], notes: list[Problem], *, is_html: bool
) -> tuple[str, dict[str, Any]]:
    if told[0] not in "=~":
        problems.append(Problem("answers_begin"))
        return "one", {}
    found = [(piece[0], piece[1:]) for piece in re.findall(r"[=~][^=~]*", told)]
    if all(sign == "=" for sign, _ in found):
        pieces = [raw for _sign, raw in found]
        if "->" in told:
            pairs = _pairs(pieces, language, problems, is_html=is_html)
            if pairs["lures"]:
                notes.append(Problem("lures"))
            return "match", pairs
        return "short", _short(pieces, language, problems, notes, is_html=is_html)
    options: list[dict[str, Any]] = []
    weights: list[float] = []
    for sign, raw in found:
        text, _mark, why = raw.partition("#")
        text = text.strip()
        weight = 100.0 if sign == "=" else 0.0
        if weighed := _WEIGHT.match(text):
            weight, text = float(weighed.group(1)), text[weighed.end() :]
        if _PICTURE.search(text):
            problems.append(Problem("picture_elsewhere"))
        weights.append(weight)
        options.append({"text": in_one(language, _words(text, is_html=is_html))})
        if told_why := _words(why, is_html=is_html):
            notes.append(Problem("feedback"))
            options[-1]["why"] = in_one(language, told_why)
    several = not any(sign == "=" for sign, _ in found)
    if not several and any(0 < w < 100 for w in weights):
        problems.append(Problem("half_right"))
    for option, weight in zip(options, weights, strict=True):
        option["right"] = weight > 0
    return ("several" if several else "one"), {"options": options}


def _short(
    pieces: list[str],
    language: str,
    problems: list[Problem],
    notes: list[Problem],
    *,
    is_html: bool,
) -> dict[str, Any]:
    """Answers in one's own words, each of them right."""
    answers: list[dict[str, str]] = []
    for raw in pieces:
        text, marked, _why = raw.partition("#")
        if marked:
            notes.append(Problem("feedback"))
        text = text.strip()
        if weighed := _WEIGHT.match(text):
            text = text[weighed.end() :]
            if float(weighed.group(1)) != 100:
                problems.append(Problem("half_right"))
        if stands_for_any(text):
            problems.append(Problem("pattern"))
        answers.append(in_one(language, _words(text.replace("\\*", "*"), is_html=is_html)))
    return {"answers": answers}


def _pairs(
    pieces: list[str], language: str, problems: list[Problem], *, is_html: bool
) -> dict[str, Any]:
    """What belongs together; a right side without a left one is there to mislead."""
    pairs: list[dict[str, dict[str, str]]] = []
    lures: list[dict[str, str]] = []
    for raw in pieces:
        left, arrow, right = (
            _words(part, is_html=is_html) if part != "->" else part for part in raw.partition("->")
        )
        if not arrow or not right:
            problems.append(Problem("missing", "pairs"))
        elif left:
            pairs.append({"left": in_one(language, left), "right": in_one(language, right)})
        else:
            lures.append(in_one(language, right))
    return {"pairs": pairs, "lures": lures}
