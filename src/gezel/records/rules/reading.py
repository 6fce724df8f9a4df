"""JSON as a record store reads it: strict, and quick to refuse what is not JSON at all.

Python's own decoder lets through what the standard forbids or what would change on the way:
NaN, a name twice in one object, half a surrogate pair, a number too large to keep.
"""

import json
import re
from math import isfinite
from typing import Any

import msgspec

from gezel.records.rules.broken import Broken

# A number that may not fit in a double, and half a pair: rare, so looked for before looked into.
_LARGE = re.compile(rb"\d[eE]\+?\d{3}|\d{18}")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_encode = msgspec.json.Encoder().encode


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _value in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Broken("$", f"the name {twice[:80]!r} stands twice in one object")
    return found


def _constant(word: str) -> Any:
    raise Broken("$", f"{word} is not JSON")


def _finite(told: str) -> float:
    if not isfinite(number := float(told)):
        raise Broken("$", "a number is too large to keep")
    return number


_plain = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant).decode
_careful = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_float=_finite
).decode


# Where names cannot simply be counted: a space before the colon, or a sign written by its number.
_UNCOUNTED = re.compile(rb'"\s+:|\\u00')
_decode = msgspec.json.Decoder().decode


def read_json(body: bytes) -> Any:
    """What is told in these bytes.

    Raises:
        Broken: they are no JSON in UTF-8, or tell something that cannot be kept as it is.
    """
    found = _quickly(body)
    return _slowly(body) if found is None else found


def _quickly(body: bytes) -> Any:
    """What is told, by a decoder ten times as quick; None where it cannot be sure.

    It keeps the last of two equal names in an object. So names are counted: as many quotes with a
    colon behind them as there are in what it gives back, then none was lost.
    """
    if _UNCOUNTED.search(body) or _LARGE.search(body):
        return None
    try:
        found = _decode(body)
        same = body.count(b'":') == _encode(found).count(b'":')
    except (ValueError, RecursionError, OverflowError):
        return None
    return found if same else None


def _slowly(body: bytes) -> Any:
    try:
        text = body.decode()
        found = (_careful if _LARGE.search(body) else _plain)(text)
        if _HALF.search(text):
            _encode(found)
    except UnicodeError:
        raise Broken("$", "the text is not valid UTF-8") from None
    except RecursionError:
        raise Broken("$", "it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise Broken("$", f"this is not JSON: {error.msg} at character {error.pos}") from None
    except Broken:
        raise
    except ValueError:
        raise Broken("$", "a number is too large to keep") from None
    return found


def write_json(told: Any) -> str:
    """The shortest JSON for this."""
    try:
        return _encode(told).decode()
    except (OverflowError, msgspec.MsgspecError, ValueError):  # a whole number beyond 64 bits
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
