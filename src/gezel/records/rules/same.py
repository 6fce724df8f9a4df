"""A statement as it is kept, and when two of them say the same."""

from collections.abc import Mapping
from typing import Any

from gezel.records.rules.moments import length_told, read_moment
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
    """Whether a statement that comes again is the one that stands (2.3.1 of 1.0.3, data).

    How a verb is called and what an activity is by its definition are no part of a statement, nor
    is the order of keys and of group members, what the store adds, or how a time or a length of
    time is written; of the latter what is finer than 0.01 second does not count.
    """
    left_out = _SET_BY_STORE | ({"timestamp", "id"} - said.keys())
    return _reduced(stands, left_out, words=False) == _reduced(said, left_out, words=False)


def is_equivalent(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """The same, and in the same words too: so that nobody signs for what they did not read."""
    left_out = _SET_BY_STORE | ({"timestamp", "id"} - other.keys())
    return _reduced(one, left_out, words=True) == _reduced(other, left_out, words=True)


Told = Mapping[str, Any]


def _reduced(said: Told, left_out: frozenset[str], *, words: bool) -> dict[str, Any]:
    return _said({k: v for k, v in said.items() if k not in left_out}, words=words)


def _said(said: Told, *, words: bool) -> dict[str, Any]:
    plain = dict(said)
    plain["actor"] = _who(said["actor"])
    plain["object"] = _about(said["object"], words=words)
    if not words:
        plain["verb"] = said["verb"]["id"]
    if "duration" in (result := said.get("result", {})):
        plain["result"] = {**result, "duration": length_told(result["duration"])}
    if "context" in said:
        plain["context"] = _context(said["context"], words=words)
    if "timestamp" in said:
        plain["timestamp"] = _moment(said["timestamp"])
    return plain


def _who(actor: Told) -> dict[str, Any]:
    plain = {k: v for k, v in actor.items() if (k, v) != ("objectType", "Agent")}
    if isinstance(members := actor.get("member"), list):
        plain["member"] = sorted((_who(one) for one in members), key=_in_order)
    return plain


def _in_order(told: Told) -> str:
    return write_json(dict(sorted(told.items())))


def _about(found: Told, *, words: bool) -> dict[str, Any]:
    kind = found.get("objectType", "Activity")
    if kind in ("Agent", "Group"):
        return _who(found)
    if kind == "SubStatement":
        return _said(found, words=words)
    if kind != "Activity":
        return dict(found)
    return {k: v for k, v in found.items() if k == "id" or (words and k != "objectType")}


def _context(context: Told, *, words: bool) -> dict[str, Any]:
    plain = dict(context)
    for name in ("instructor", "team"):
        if name in context:
            plain[name] = _who(context[name])
    if activities := context.get("contextActivities"):
        plain["contextActivities"] = {
            name: [_about(activity, words=words) for activity in listed]
            for name, listed in activities.items()
        }
    for name, inner in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in context:
            plain[name] = [{**part, inner: _who(part[inner])} for part in context[name]]
    return plain


def _moment(told: Any) -> Any:
    try:
        return read_moment(told, strict=False)
    except (TypeError, ValueError):
        return told
