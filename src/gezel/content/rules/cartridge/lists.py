"""Question files (GIFT, Moodle XML) as a module: a question a block."""

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from gezel.content.rules.bodies import Malformed
from gezel.content.rules.cartridge.common import Block, Brought, CartridgeRefused, Left, Made
from gezel.content.rules.kinds import body_of
from gezel.kit import questions
from gezel.kit.questions import Question, Unfit, Unreadable

LARGEST_FILE = questions.LARGEST_FILE
MOST_BLOCKS = 150
# How a question is called in a file, and the kind of block it becomes.
_KINDS = {
    "one": "question",
    "several": "question",
    "number": "number",
    "order": "order",
    "short": "short",
    "match": "match",
    "essay": "reflection",
    "text": "text",
}
# What of a question that comes in is told to be otherwise; feedback is not: it is kept here, all
# but what is said where a block has no place for it.
_OTHERWISE = frozenset({"capitals", "lures", "remark"})


def read_questions(content: bytes, name: str, language: str) -> tuple[str, Brought]:
    """The form ("gift" or "moodle") and the module that a file of questions becomes.

    Raises:
        CartridgeRefused: the file as a whole cannot be read; codes begin with "list_".
    """
    try:
        form, found = questions.read(content, language, _kept)
    except Unreadable as error:
        raise CartridgeRefused(f"list_{error.code}", line=error.line) from error
    left = [
        Left(q.title or str(q.number), f"question_{problem.code}")
        for q in found
        for problem in (q.problems or [note for note in q.notes if note.code in _OTHERWISE])
    ]
    blocks = [block for q in found if not q.problems for block in _blocks(q, language)]
    title = PurePosixPath(name).stem.replace("_", " ").strip()[:200] or "?"
    parts = [blocks[at : at + MOST_BLOCKS] for at in range(0, len(blocks), MOST_BLOCKS)]
    modules = tuple(
        Made(
            hashlib.sha256(f"{place}\0{title}".encode()).hexdigest()[:16],
            f"{title} ({place})" if len(parts) > 1 else title,
            tuple(part),
            min(600, max(5, len(part))),
        )
        for place, part in enumerate(parts, 1)
    )
    return form, Brought(title, modules, tuple(dict.fromkeys(left)))


def _blocks(question: Question, language: str) -> list[Block]:
    body = dict(question.body)
    alt = body.pop("alt", None)
    made = [Block(_KINDS[question.kind], body)]
    if question.picture:
        made.insert(0, Block("image", {"alt": alt or {language: "?"}}, question.picture))
    return made


def _kept(kind: str, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body of the block that a question becomes; the `Check` of `kit.questions`."""
    body = {name: raw[name] for name in raw if name not in {"alt", "lures", "answers"}}
    if kind in {"one", "several"}:
        why = body.pop("why", None)
        # What the file says of the question as a whole stands with its right answers.
        options = [
            option | ({"why": why} if why and option.get("right") and "why" not in option else {})
            for option in raw.get("options", [])
        ]
        body |= {"options": options, "multiple": kind == "several"}
    elif kind in {"essay", "text"}:
        body.pop("why", None)
    elif kind == "short":
        body["accepted"] = [text for answer in raw["answers"] for text in answer.values()]
    try:
        told = body_of(_KINDS.get(kind, kind), body).kept()
    except Malformed as error:
        raise Unfit(error.field, "unfit") from error
    return dict(told) | ({"alt": raw["alt"]} if raw.get("alt") else {})
