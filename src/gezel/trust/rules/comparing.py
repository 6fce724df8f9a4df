"""Two files of what Gezel does with data, laid beside each other.

The older one may come from anyone's disk, so nothing in it is trusted to have a shape: what is
not as we write it counts as not being there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Parts of the file that are lists of things with a name, and by which name they are known.
LISTS = {"kept": "table", "computed": "rule", "settings": "code"}
# What a thing is called, for the reader.
CALLED = ("what", "table", "rule", "code")
# Figures move every night: they are no change of what Gezel does.
MOVING = frozenset({"made_at", "rows", "people", "next_on", "now", "counted_at", "version", "day"})
MOST = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is told otherwise: `added`, `gone` or `changed`."""

    kind: str
    part: str
    subject: str
    field: str = ""
    before: str = ""
    after: str = ""


def differences(older: object, newer: object) -> list[Difference]:
    """What the newer file says that the older did not, and the other way round."""
    found: list[Difference] = []
    for difference in _all(_mapping(older), _mapping(newer)):
        found.append(difference)
        if len(found) >= MOST:
            break
    return found


def _all(older: Mapping[str, Any], newer: Mapping[str, Any]) -> Iterator[Difference]:
    for part, key in LISTS.items():
        yield from _of_list(part, _named(older.get(part), key), _named(newer.get(part), key))
    yield from _of_sentences("never", _texts(older.get("never")), _texts(newer.get("never")))
    for field in sorted({*older, *newer} - {*LISTS, "never", "organisation"} - MOVING):
        before, after = told(older.get(field)), told(newer.get(field))
        if before != after:
            yield Difference("changed", "general", field, "", before, after)


def _of_list(
    part: str, older: Mapping[str, Mapping[str, Any]], newer: Mapping[str, Mapping[str, Any]]
) -> Iterator[Difference]:
    for name, thing in newer.items():
        if name not in older:
            yield Difference("added", part, _called(thing))
    for name, thing in older.items():
        if name not in newer:
            yield Difference("gone", part, _called(thing))
            continue
        for field in sorted({*thing, *newer[name]} - MOVING):
            before, after = told(thing.get(field)), told(newer[name].get(field))
            if before != after:
                yield Difference("changed", part, _called(newer[name]), field, before, after)


def _of_sentences(part: str, older: list[str], newer: list[str]) -> Iterator[Difference]:
    for sentence in newer:
        if sentence not in older:
            yield Difference("added", part, sentence)
    for sentence in older:
        if sentence not in newer:
            yield Difference("gone", part, sentence)


def told(value: object) -> str:
    """A value of the file as one reads it; the order of a list says nothing."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(sorted(told(one) for one in value))
    if isinstance(value, dict):
        return told(value.get("label") or value.get("because") or sorted(map(str, value)))
    return str(value)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> list[str]:
    return [str(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _named(value: object, key: str) -> dict[str, Mapping[str, Any]]:
    if not isinstance(value, list):
        return {}
    things = [one for one in value if isinstance(one, dict)]
    return {one[key]: one for one in things if isinstance(one.get(key), str)}


def _called(thing: Mapping[str, Any]) -> str:
    return next((str(thing[name]) for name in CALLED if thing.get(name)), "?")
