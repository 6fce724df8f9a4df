"""Reading what came from outside: JSON with one meaning, and limits.

Two readers of a document with a key twice may each believe another value, and so each see another
credential under one signature. What is ambiguous is refused before anything is decided.
"""

import json
from typing import Any

MOST_BYTES = 1024 * 1024
DEEPEST = 40


class Unreadable(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """The text is no document we read; `code` says why, for words in the person's language."""

    def __init__(self, code: str, **told: str) -> None:
        super().__init__(code)
        self.code = code
        self.told = told


def read_json(data: bytes | str) -> Any:
    """What the JSON says, if it says it once.

    Raises:
        Unreadable: too large, not UTF-8, not JSON, a key twice, too deep, or a number that JSON
            does not have.
    """
    text = decoded(data)
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        raise Unreadable("too_deep") from None
    except Unreadable:
        raise
    except ValueError:
        raise Unreadable("not_json") from None
    _check(found, 0)
    return found


def decoded(data: bytes | str) -> str:
    """UTF-8 without a mark at its start, within the limit."""
    if len(data) > MOST_BYTES:
        raise Unreadable("too_large")
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("not_text") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Unreadable("key_twice", key=key[:60])
        found[key] = value
    return found


def _no_number(word: str) -> Any:
    raise Unreadable("not_json")


def _check(value: Any, depth: int) -> None:
    """Not deeper than people build, and no half characters, which have no bytes to sign."""
    if depth > DEEPEST:
        raise Unreadable("too_deep")
    if isinstance(value, dict):
        for key, inner in value.items():
            _check(key, depth)
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)
    elif isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
        raise Unreadable("not_text")


def as_list(value: Any) -> list[Any]:
    """JSON-LD writes one thing with or without brackets."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def id_of(value: Any) -> str:
    """The identifier of a thing that is written as one, or as an object that has one."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""
