"""GIFT: questions as plain text, one a paragraph.

    ::Title:: What do you do first? { =Switch off ~Measure ~Call someone }

After docs.moodle.org, GIFT_format, and what Moodle's own reader makes of it. Read: one or several
right answers, true or false, a number with a tolerance or a range, short answers, matching, essays
and texts; what is said about an answer or the question as a whole; and the sign that tells how a
text is written ([html], [markdown], [plain], [moodle]), in front of the question, an answer or a
remark. Told as a problem: answers that are half right, which we cannot put as a question that is
right or not.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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
    stands_for_any,
    true_or_false,
)

# Signs with a backslash before them are put aside while the others are read for their meaning.
_SIGNS = "~=#{}:\\"
_ASIDE = {sign: chr(0xE000 + place) for place, sign in enumerate(_SIGNS)}
_BACK = {aside: sign for sign, aside in _ASIDE.items()}
_ESCAPED = re.compile(r"\\([~=#{}:\\n])")
_TITLE = re.compile(r"^\s*::(.*?)::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
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
            part = last_of(block.split(":", 1)[1])
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
    for number, raw in enumerate([*lines_of(text), ""], 1):
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


def lines_of(text: str) -> list[str]:
    """Lines, whichever machine ended them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _aside(found: "re.Match[str]") -> str:
    sign = found.group(1)
    return "\n" if sign == "n" else _ASIDE[sign]


def _form(text: str, otherwise: Written) -> tuple[Written, str]:
    """How a text is written, by the sign before it, and the text without that sign."""
    if told := _FORMAT.match(text):
        return Written(told.group(1).lower()), text[told.end() :]
    return otherwise, text


def _words(text: str, otherwise: Written) -> str:
    form, told = _form(text, otherwise)
    return _back(told, form)


def _back(text: str, form: Written) -> str:
    """The words of a text, with the signs in it that were put aside."""
    return bare("".join(_BACK.get(c, c) for c in text), form)


def _shows(text: str, form: Written) -> str:
    """The code of the problem where a text shows or plays what is not in the file."""
    if form is not Written.PLAIN:
        if _PICTURE.search(text):
            return "picture_elsewhere"
        if _HEARD.search(text):
            return "media"
    return ""


def _question(
    check: Check, number: int, line: int, block: str, *, part: str, language: str
) -> Question:
    text = _ESCAPED.sub(_aside, "".join(c for c in block if not "\ue000" <= c <= "\ue00f"))
    title = ""
    if named := _TITLE.match(text):
        title, text = _words(named.group(1), Written.MOODLE), text[named.end() :]
    form, text = _form(text, Written.MOODLE)
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
    if wrong := _shows(prompt, form):
        problems.append(Problem(wrong))
    prompt = _back(prompt, form)
    body: dict[str, Any] = {"prompt": in_one(language, prompt)}
    if "{" not in text and "}" not in text:
        kind, otherwise, body = "text", "no_answers", {"body": in_one(language, prompt)}
    elif not whole:
        problems.append(Problem("braces"))
    else:
        kind, answers = _Answers(language, form, problems, notes).read(inside)
        otherwise = {"short": "short_answer", "match": "matching"}.get(kind, kind)
    return finished(
        check, number=number, line=line, title=title or prompt.split("\n")[0], part=part,
        kind=kind, body=body | answers, problems=problems, notes=notes, otherwise=otherwise,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Answers:
    """Reads what stands between the braces; problems and notes are added to those given."""

    language: str
    form: Written
    problems: list[Problem]
    notes: list[Problem]

    def read(self, inside: str) -> tuple[str, dict[str, Any]]:
        """The kind of question this makes it, and the part of its body that says so."""
        told, mark, general = inside.rpartition("####")
        if not mark:
            told, general = general, ""
        kind, answers = self._told(told.strip())
        if why := _words(general, self.form):
            self.notes.append(Problem("feedback"))
            answers["why"] = in_one(self.language, why)
            if kind in {"essay", "text"}:
                self.notes.append(Problem("remark"))
        return kind, answers

    def _told(self, told: str) -> tuple[str, dict[str, Any]]:
        if not told:
            return "essay", {}
        word = told.partition("#")[0].strip().upper()
        if word in {"T", "TRUE", "F", "FALSE"}:
            return "one", {"options": self._statement(told, right=word in {"T", "TRUE"})}
        if told.startswith("#"):
            return "number", self._number(told[1:].strip())
        return self._options(told)

    def _why(self, told: str) -> dict[str, Any]:
        """What is said about an answer, where something is."""
        if not (why := _words(told, self.form)):
            return {}
        self.notes.append(Problem("feedback"))
        return {"why": in_one(self.language, why)}

    def _weighed(self, text: str, otherwise: float) -> tuple[float, str]:
        """How much of the points an answer is worth, and the answer."""
        if weighed := _WEIGHT.match(text):
            return float(weighed.group(1)), text[weighed.end() :].strip()
        return otherwise, text

    def _statement(self, told: str, *, right: bool) -> list[dict[str, Any]]:
        """True or false; first stands what is said to who is wrong, then to who is right."""
        _word, wrongly, rightly = [*told.split("#", 2), "", ""][:3]
        return [
            option | self._why(rightly if option["right"] else wrongly)
            for option in true_or_false(right, self.language)
        ]

    def _number(self, told: str) -> dict[str, Any]:
        """A number with its tolerance, a range, or the one wholly right answer of several."""
        told, marked, wrong = told.partition("~")
        if marked and wrong.partition("#")[2].strip():
            self.notes.append(Problem("remark"))
        pieces = [piece.strip() for piece in told.split("=") if piece.strip()]
        right = []
        for piece in pieces:
            answer, _mark, why = piece.partition("#")
            weight, answer = self._weighed(answer.strip(), 100)
            if 0 < weight < 100:
                self.problems.append(Problem("half_right"))
            elif weight:
                right.append((answer.strip(), why))
            elif why.strip():
                self.notes.append(Problem("remark"))
        if len(right) != 1:
            code = "half_right" if right else "none_right" if pieces else "number"
            self.problems.append(Problem(code))
            return {}
        answer, why = right[0]
        return self._figure(answer) | self._why(why)

    def _figure(self, told: str) -> dict[str, Any]:
        # Where no tolerance is told there is none: the number itself is right and no other.
        value_told, _colon, off_told = told.partition(":")
        if ".." in told:
            low, high = (number_in(end) for end in told.split("..", 1))
            if low is not None and high is not None and low <= high:
                return {"value": str((low + high) / 2), "off": str((high - low) / 2)}
            value_told = told
        value, off = number_in(value_told), number_in(off_told.strip() or "0")
        if value is None or off is None or off < Decimal(0):
            self.problems.append(Problem("number", (off_told if value else value_told)[:40]))
            return {}
        return {"value": str(value), "off": str(off)}

    def _options(self, told: str) -> tuple[str, dict[str, Any]]:
        if told[0] not in "=~":
            self.problems.append(Problem("answers_begin"))
            return "one", {}
        found = [(piece[0], piece[1:].strip()) for piece in re.findall(r"[=~][^=~]*", told)]
        if all(sign == "=" for sign, _ in found):
            pieces = [raw for _sign, raw in found]
            if "->" in told:
                pairs = self._pairs(pieces)
                if pairs["lures"]:
                    self.notes.append(Problem("lures"))
                return "match", pairs
            return "short", self._short(pieces)
        options: list[dict[str, Any]] = []
        several = not any(sign == "=" for sign, _ in found)
        for sign, raw in found:
            text, _mark, why = raw.partition("#")
            weight, text = self._weighed(text.strip(), 100 if sign == "=" else 0)
            if wrong := _shows(text, _form(text, self.form)[0]):
                self.problems.append(Problem(wrong))
            if not several and 0 < weight < 100:
                self.problems.append(Problem("half_right"))
            words = in_one(self.language, _words(text, self.form))
            options.append({"text": words, "right": weight > 0} | self._why(why))
        return ("several" if several else "one"), {"options": options}

    def _short(self, pieces: list[str]) -> dict[str, Any]:
        """Answers in one's own words, each of them right; what is said about them, once each."""
        answers: list[dict[str, str]] = []
        whys: list[str] = []
        for raw in pieces:
            text, _marked, why = raw.partition("#")
            weight, text = self._weighed(text.strip(), 100)
            whys += self._why(why).get("why", {}).values() if weight else ()
            if not weight:  # told to say something to who gives it; here that is a wrong answer
                if why.strip():
                    self.notes.append(Problem("remark"))
                continue
            if weight != 100:
                self.problems.append(Problem("half_right"))
            form, text = _form(text, self.form)
            if stands_for_any(text):
                self.problems.append(Problem("pattern"))
            # A star is taken to the letter where a backslash says so, also in Markdown.
            form = Written.MOODLE if form is Written.MARKDOWN else form
            answers.append(in_one(self.language, _back(text.replace("\\*", "*"), form)))
        if not answers:
            self.problems.append(Problem("none_right"))
        said = "\n".join(dict.fromkeys(whys))
        return {"answers": answers} | ({"why": in_one(self.language, said)} if said else {})

    def _pairs(self, pieces: list[str]) -> dict[str, Any]:
        """What belongs together; a right side without a left one is there to mislead."""
        pairs: list[dict[str, dict[str, str]]] = []
        lures: list[dict[str, str]] = []
        for raw in pieces:
            told, arrow, belongs = raw.partition("->")
            left, right = (_words(side, self.form) for side in (told, belongs))
            if not arrow or not right:
                self.problems.append(Problem("missing", "pairs"))
            elif left:
                pairs.append(
                    {"left": in_one(self.language, left), "right": in_one(self.language, right)}
                )
            else:
                lures.append(in_one(self.language, right))
        return {"pairs": pairs, "lures": lures}
