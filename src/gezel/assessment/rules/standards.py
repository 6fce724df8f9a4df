"""A qualification file as structured data, read strictly: what it holds, or what is wrong with it.

The form is told in the README of the room. Whatever it does not name is refused, so that a file
that says more than we keep is not taken in half.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FORMAT = "gezel-standard-1"
LARGEST_FILE = 256 * 1024
MOST_PARTS, MOST_CRITERIA = 60, 30
LONGEST_NAME, LONGEST_CRITERION, LONGEST_CODE, LONGEST_URI = 200, 500, 40, 200


@dataclass(frozen=True, slots=True)
class PartRead:
    code: str
    name: Mapping[str, str]
    criteria: Mapping[str, tuple[str, ...]]
    skill: str = ""
    level: int = 3


@dataclass(frozen=True, slots=True)
class StandardRead:
    name: Mapping[str, str]
    code: str
    parts: tuple[PartRead, ...]


class Wrong(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """What is wrong with a file: a code for the words, and where in the file."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{code} at {where}")
        self.code, self.where = code, where


def read(data: bytes) -> StandardRead:
    """The standard in a file.

    Raises:
        Wrong: it is too large, no JSON, or says other things than the form has.
    """
    if len(data) > LARGEST_FILE:
        raise Wrong("large")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Wrong("encoding") from None
    # Four levels is all the form has; a file nested deeper would only cost time.
    if _depth(text) > 8:
        raise Wrong("deep")
    try:
        told = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError:
        raise Wrong("deep") from None
    except json.JSONDecodeError as error:
        raise Wrong("json", str(error.lineno)) from None
    return _standard(told)


def _depth(text: str) -> int:
    """How deep the brackets outside of texts go."""
    deepest = depth = 0
    inside = escaped = False
    for sign in text:
        if inside:
            if escaped:
                escaped = False
            elif sign == "\\":
                escaped = True
            elif sign == '"':
                inside = False
        elif sign == '"':
            inside = True
        elif sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Wrong("twice", str(next(k for i, (k, _v) in enumerate(pairs)
                                      if k in {q for q, _w in pairs[:i]})))  # fmt: skip
    return found


def _no_constant(said: str) -> None:
    raise Wrong("json", said)


def _standard(told: Any) -> StandardRead:
    row = _row(told, "", needs={"format", "name", "parts"}, may={"code"})
    if row["format"] != FORMAT:
        raise Wrong("format", "format")
    parts = row["parts"]
    if not isinstance(parts, list) or not parts:
        raise Wrong("parts", "parts")
    if len(parts) > MOST_PARTS:
        raise Wrong("many", "parts")
    read_parts = tuple(_part(part, f"parts[{n}]") for n, part in enumerate(parts, start=1))
    codes = [part.code for part in read_parts if part.code]
    if len(set(codes)) != len(codes):
        raise Wrong("same_code", "parts")
    return StandardRead(
        _names(row["name"], "name"), _text(row.get("code", ""), "code", LONGEST_CODE), read_parts
    )


def _part(told: Any, where: str) -> PartRead:
    row = _row(told, where, needs={"name"}, may={"code", "criteria", "skill", "level"})
    level = row.get("level", 3)
    if type(level) is not int or not 1 <= level <= 5:
        raise Wrong("level", f"{where}.level")
    return PartRead(
        _text(row.get("code", ""), f"{where}.code", LONGEST_CODE),
        _names(row["name"], f"{where}.name"),
        _criteria(row.get("criteria", {}), f"{where}.criteria"),
        _text(row.get("skill", ""), f"{where}.skill", LONGEST_URI),
        level,
    )


def _row(told: Any, where: str, *, needs: set[str], may: set[str]) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise Wrong("shape", where)
    if missing := needs - told.keys():
        raise Wrong("missing", _at(where, min(missing)))
    if unknown := told.keys() - needs - may:
        raise Wrong("unknown", _at(where, min(unknown)[:40]))
    return told


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _names(told: Any, where: str) -> dict[str, str]:
    row = _row(told, where, needs=set(), may={"nl", "en"})
    found = {
        code: _text(row.get(code, ""), f"{where}.{code}", LONGEST_NAME) for code in ("nl", "en")
    }
    if not any(found.values()):
        raise Wrong("missing", where)
    return found


def _criteria(told: Any, where: str) -> dict[str, tuple[str, ...]]:
    row = _row(told, where, needs=set(), may={"nl", "en"})
    found = {}
    for code in ("nl", "en"):
        lines = row.get(code, [])
        if not isinstance(lines, list):
            raise Wrong("shape", f"{where}.{code}")
        if len(lines) > MOST_CRITERIA:
            raise Wrong("many", f"{where}.{code}")
        read_lines = [_text(line, f"{where}.{code}", LONGEST_CRITERION) for line in lines]
        found[code] = tuple(line for line in read_lines if line)
    return found


def _text(told: Any, where: str, longest: int) -> str:
    """One line of plain words: no signs that steer a screen or turn what is read around."""
    if not isinstance(told, str):
        raise Wrong("shape", where)
    text = " ".join(unicodedata.normalize("NFC", told).split())
    if len(text) > longest:
        raise Wrong("long", where)
    if any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co"} for sign in text):
        raise Wrong("signs", where)
    return text
