"""A module as it is here, beside what other systems read of it: so that it comes back as it went.

No form of others holds all of a module: the second language, the captions of a film, what is kept
for a practical assignment, how much is enough. So each package holds it once more, in one file
that nobody else reads. It says which files stood beside it and what was in them: where someone
changed the package elsewhere, it no longer counts and the package is read as any other.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gezel.content.rules.along import Whole
from gezel.content.rules.bodies import Malformed, Words
from gezel.content.rules.cartridge.common import Block, Brought, Made
from gezel.content.rules.kinds import body_of

NAME = "gezel/module.json"
_FORM = 1
_LARGEST = 8 << 20
_MOST_BLOCKS = 500
_LONGEST_TITLE, _LONGEST_GOAL = 200, 1_000
# The kinds that are nothing without their file.
_WITH_FILE = frozenset({"image", "video", "audio", "file"})

Files = Mapping[str, bytes | Callable[[], bytes]]


def as_it_is(whole: Whole, files: Files) -> bytes:
    """The one file more, for a package that holds these."""
    places = {id(data): name for name, data in files.items() if not isinstance(data, bytes)}
    return json.dumps(
        {
            "gezel": _FORM,
            "key": whole.key,
            "title": whole.titles.kept(),
            "goal": whole.goals.kept(),
            "language": whole.language,
            "minutes": whole.minutes,
            "enough": whole.pass_percent,
            "blocks": [
                {"kind": piece.kind, "body": piece.body.kept()}
                | ({"file": places[id(piece.data)]} if piece.name else {})
                for piece in whole.pieces
            ],
            "beside": {
                name: _digest(data) for name, data in files.items() if isinstance(data, bytes)
            },
        },
        ensure_ascii=False,
        sort_keys=True,
    ).encode()


def read_as_it_was(folder: Path, names: Sequence[str]) -> Brought | None:
    """The module in a package that was taken along from a Gezel and not changed since.

    None where it is no such package, or was changed: whatever is in the file is then not looked
    at. It comes from anyone, so each block is read as one that someone hands in.
    """
    if NAME not in names:
        return None
    path = folder / NAME
    try:
        if path.stat().st_size > _LARGEST:
            return None
        told = json.loads(path.read_bytes())
        if told["gezel"] != _FORM or not _is_unchanged(told["beside"], folder, names):
            return None
        made = _made(told, folder, names)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
        return None
    return Brought(made.title, (made,))


def _is_unchanged(beside: Mapping[str, str], folder: Path, names: Sequence[str]) -> bool:
    there = set(names)
    return bool(beside) and all(
        name in there and _digest((folder / name).read_bytes()) == digest
        for name, digest in beside.items()
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _made(told: Mapping[str, Any], folder: Path, names: Sequence[str]) -> Made:
    titles, goals = _words(told["title"], _LONGEST_TITLE), _words(told["goal"], _LONGEST_GOAL)
    blocks = told["blocks"]
    if not titles or not isinstance(blocks, list) or not 0 < len(blocks) <= _MOST_BLOCKS:
        raise ValueError("no module")
    return Made(
        hashlib.sha256(str(told["key"]).encode("utf-8", "replace")).hexdigest()[:16],
        titles.said_in("nl" if told["language"] == "nl" else "en"),
        tuple(_block(one, folder, names) for one in blocks),
        _within(told["minutes"], 1, 600),
        titles=titles,
        goals=goals,
        pass_percent=_within(told["enough"], 0, 100),
    )


def _block(told: Mapping[str, Any], folder: Path, names: Sequence[str]) -> Block:
    kind, place = told["kind"], told.get("file")
    body = body_of(kind, told["body"]).kept()
    if (kind in _WITH_FILE) != (place is not None) or (place is not None and place not in names):
        raise Malformed("file", "a file that is not there, or with a kind that has none")
    return Block(kind, body, folder / place if place else None, place or "")


def _words(told: Mapping[str, Any], longest: int) -> Words:
    words = Words(nl=told["nl"], en=told["en"])
    if not all(isinstance(text, str) and len(text) <= longest for text in told.values()):
        raise ValueError("no words")
    return words


def _within(told: Any, least: int, most: int) -> int:
    if type(told) is not int or not least <= told <= most:
        raise ValueError("no such number")
    return told
