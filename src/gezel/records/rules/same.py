"""A statement as it is kept, and when two of them say the same."""

from collections.abc import Mapping
from typing import Any

from gezel.records.rules.moments import read_moment
from gezel.records.rules.reading import write_json

# What the store adds by itself: it makes no two statements different.
_SET_BY_STORE = frozenset({"stored", "authority", "version"})


def kept(said: dict[str, Any]) -> dict[str, Any]:
    """The statement in the form it is kept in: as it came, except what the standard wants told
    in one way only (context activities as a list, ids in small letters)."""
    if "id" in said:
        said["id"] = said["id"].lower()
    found = said["object"]
    for part in (said, found) if found.get("objectType") == "SubStatement" else (said,):
        if context := part.get("context"):
            for name, told in context.get("contextActivities", {}).items():
                if not isinstance(told, list):
                    context["contextActivities"][name] = [told]
            if "registration" in context:
                context["registration"] = context["registration"].lower()
            if "statement" in context:
                context["statement"]["id"] = context["statement"]["id"].lower()
        if part["object"].get("objectType") == "StatementRef":
            part["object"]["id"] = part["object"]["id"].lower()
    return said


def says_the_same(stands: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether a statement that comes again says what stands.

    Order of keys and of group members, what the store adds, a time or id that was not given this
    time, and how a time is written, do not count.
    """
    left_out = _SET_BY_STORE | ({"timestamp", "id"} - said.keys())
    return bool(
        _plain({k: v for k, v in stands.items() if k not in left_out})
        == _plain({k: v for k, v in said.items() if k not in left_out})
    )


def _plain(told: Any) -> Any:
    if isinstance(told, dict):
        plain = {name: _plain(value) for name, value in told.items()}
        if isinstance(plain.get("member"), list):
            plain["member"] = sorted(plain["member"], key=write_json)
        if "timestamp" in plain and "verb" in plain:  # of a statement, not in an extension
            plain["timestamp"] = _moment(plain["timestamp"])
        if plain.get("objectType") in ("Agent", "Activity"):  # said or left out, it is the same
            del plain["objectType"]
        return plain
    if isinstance(told, list):
        return [_plain(value) for value in told]
    return told


def _moment(told: Any) -> Any:
    try:
        return read_moment(told, strict=False)
    except (TypeError, ValueError):
        return told
