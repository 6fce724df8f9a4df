"""Questions in IMS QTI 1.2, in the profile of Common Cartridge and as Canvas widens it.

Read: one or several right answers, true or false, a gap to fill in, a pattern, a number, pairs and
an essay. What an answer is marked with is looked up, never computed: a condition is followed only
as far as "this answer is right".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from gezel.content.rules.cartridge.pages import PageRefused, Piece, Shown, pieces_of
from gezel.content.rules.cartridge.trees import (
    Node,
    below,
    child,
    children,
    inner,
    local,
    number,
    text_of,
)
from gezel.kit.questions.common import plain

LONGEST_PROMPT = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as read: a kind of block, its body in one language, and what stands before it.

    `why` is a code where it cannot be asked here; `note` where it comes in otherwise.
    """

    title: str
    kind: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    before: tuple[Piece, ...] = ()
    why: str = ""
    note: str = ""


def asked_in(root: Node, language: str) -> Iterator[Asked]:
    """Every question of an assessment or bank, in order."""
    for place, item in enumerate(below(root, "item"), 1):
        title = item.get("title", "").strip() or str(place)
        try:
            yield _item(item, title, language)
        except PageRefused:
            yield Asked(title, why="page_large")


def _item(item: Node, title: str, language: str) -> Asked:
    presentation = child(item, "presentation")
    html = _html(_materials(presentation))
    prompt = plain(html)
    before: list[Piece] = [
        piece for piece in pieces_of(html) if isinstance(piece, Shown) and piece.kind != "link"
    ]
    if len(prompt) > LONGEST_PROMPT:
        before = list(pieces_of(html))
        prompt = title
    said = {"prompt": {language: prompt or title}}
    answers = list(below(presentation, "response_lid", "response_str", "response_num",
                         "response_grp", "response_xy"))  # fmt: skip
    kind, body, why, note = _asked(item, answers, language)
    return Asked(title, kind, said | body, tuple(before), why, note)


Found = tuple[str, dict[str, Any], str, str]


def _asked(item: Node, answers: list[Node], language: str) -> Found:
    profile = _profile(item)
    if "essay" in profile or not answers:
        return "reflection", {}, "" if answers or "essay" in profile else "no_answers", ""
    general = _feedback(item).get("general_fb", "")
    found = _asked_kind(item, answers, profile, language)
    if general and found[0] in {"short", "number", "match"}:
        found[1]["why"] = {language: general}
    if found[0] == "number" and (unit := _field(item, "x_gezel_unit")):
        found[1]["unit"] = {language: unit}
    return found


def _asked_kind(item: Node, answers: list[Node], profile: str, language: str) -> Found:
    kinds = {local(answer) for answer in answers}
    if kinds == {"response_lid"}:
        if len(answers) > 1:
            return _pairs(item, answers, language)
        return _choices(item, answers[0], language)
    if len(answers) > 1:
        return "", {}, "blanks", ""
    if kinds <= {"response_str", "response_num"}:
        return _own_words(item, profile)
    return "", {}, "question_kind", ""


def _profile(item: Node) -> str:
    """What kind of question it calls itself: in the cartridge's words or in Canvas' own."""
    return _field(item, "cc_profile", "question_type").lower()


def _field(item: Node, *names: str) -> str:
    for told in below(item, "qtimetadatafield"):
        if text_of(child(told, "fieldlabel")) in names:
            return text_of(child(told, "fieldentry"))
    return ""


def _materials(node: Node | None) -> list[Node]:
    """The texts of a question outside its answers."""
    found: list[Node] = []
    for kid in children(node):
        name = local(kid)
        if name in {"mattext", "matimage"}:
            found.append(kid)
        elif not name.startswith(("response_", "render_")):
            found += _materials(kid)
    return found


def _html(texts: list[Node]) -> str:
    """Texts of a question as HTML."""
    told = []
    for text in texts:
        if local(text) == "matimage":
            told.append(f'<img src="{_attribute(text.get("uri", ""))}">')
        elif "html" in text.get("texttype", "").lower() or len(text):
            told.append(text_of(text) if not len(text) else inner(text))
        else:
            told.append(_attribute(text.text or "").replace("\n", "<br>"))
    return "<br>".join(told)


def _attribute(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )


def _labels(answer: Node) -> dict[str, Node]:
    return {label.get("ident", ""): label for label in below(answer, "response_label")}


def _words_of(label: Node) -> str:
    return plain(_html(list(below(label, "mattext", "matimage"))))


@dataclass(slots=True)
class _Condition:
    """One condition of the marking: which answers it is about, and what it gives."""

    equal: list[tuple[str, str]]
    part: list[str]
    low: Decimal | None
    high: Decimal | None
    gives: Decimal
    feedback: list[str]


def _conditions(item: Node) -> list[_Condition]:
    found = []
    for condition in below(child(item, "resprocessing"), "respcondition"):
        told = child(condition, "conditionvar")
        equal: list[tuple[str, str]] = []
        part: list[str] = []
        low = high = None
        for test in below(told, "varequal", "varsubstring", "varsubset", "vargte", "vargt",
                          "varlte", "varlt"):  # fmt: skip
            if any(local(up) == "not" for up in test.iterancestors()):
                continue
            name, value = local(test), (test.text or "").strip()
            if name == "varequal":
                equal.append((test.get("respident", ""), value))
            elif name in {"varsubstring", "varsubset"}:
                part.append(value)
            elif name in {"vargte", "vargt"}:
                low = number(value)
            else:
                high = number(value)
        gives = sum(
            (number(s.text) for s in children(condition, "setvar")
             if s.get("action", "Set") in {"Set", "Add"}
             and s.get("varname", "SCORE").upper() in {"SCORE", "QUE_SCORE"}),
            Decimal(0),
        )  # fmt: skip
        shows = [f.get("linkrefid", "") for f in children(condition, "displayfeedback")]
        found.append(_Condition(equal, part, low, high, gives, shows))
    return found


def _feedback(item: Node) -> dict[str, str]:
    return {
        told.get("ident", ""): plain(_html(list(below(told, "mattext"))))
        for told in children(item, "itemfeedback")
    }


def _choices(item: Node, answer: Node, language: str) -> Found:
    labels = _labels(answer)
    conditions = _conditions(item)
    feedback = _feedback(item)
    several = answer.get("rcardinality", "Single").lower() in {"multiple", "ordered"}
    given = [c for c in conditions if c.gives > 0]
    if not several and given:
        most = max(c.gives for c in given)
        given = [c for c in given if c.gives == most]
    right = {value for c in given for _ident, value in c.equal}
    whys: dict[str, str] = {}
    for condition in conditions:
        if len(condition.equal) == 1 and condition.feedback:
            told = " ".join(filter(None, (feedback.get(f, "") for f in condition.feedback)))
            whys.setdefault(condition.equal[0][1], told)
    options = []
    for ident, label in labels.items():
        if any(below(label, "matimage")) or "<img" in inner(label).lower():
            return "", {}, "picture_option", ""
        general = feedback.get("correct_fb" if ident in right else "general_incorrect_fb", "")
        why = whys.get(ident) or general or feedback.get("general_fb", "")
        option: dict[str, Any] = {"text": {language: _words_of(label)}, "right": ident in right}
        if why:
            option["why"] = {language: why}
        options.append(option)
    if not right:
        return "", {}, "none_right", ""
    return "question", {"options": options, "multiple": several}, "", ""


def _pairs(item: Node, answers: list[Node], language: str) -> Found:
    right = {ident: value for c in _conditions(item) if c.gives > 0 for ident, value in c.equal}
    pairs, used = [], set()
    for answer in answers:
        labels = _labels(answer)
        chosen = right.get(answer.get("ident", ""))
        if chosen not in labels:
            return "", {}, "none_right", ""
        used.add(chosen)
        left = plain(_html(_materials(answer)))
        pairs.append({"left": {language: left}, "right": {language: _words_of(labels[chosen])}})
    spare = len(_labels(answers[0])) > len(used)
    return "match", {"pairs": pairs}, "", "lures" if spare else ""


def _own_words(item: Node, profile: str) -> Found:
    given = [c for c in _conditions(item) if c.gives > 0]
    ranges = [(c.low, c.high) for c in given if c.low is not None and c.high is not None]
    exact = list(dict.fromkeys(value for c in given for _ident, value in c.equal if value))
    part = list(dict.fromkeys(value for c in given for value in c.part if value))
    if "numerical" in profile or (ranges and not part):
        low, high = ranges[0] if ranges else (None, None)
        if low is not None and high is not None and low <= high:
            return "number", {"value": str((low + high) / 2), "off": str((high - low) / 2)}, "", ""
        if exact:
            return "number", {"value": exact[0], "off": "0"}, "", ""
        return "", {}, "none_right", ""
    if not exact and not part:
        return "reflection", {}, "", "open" if "essay" not in profile else ""
    return "short", {"accepted": exact + part}, "", "pattern" if part else ""
