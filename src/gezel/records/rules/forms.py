"""Statements in the forms one may ask for: as they came, with ids alone, or in one's language."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Told = dict[str, Any]
_NAMES = ("mbox", "mbox_sha1sum", "openid", "account")


def ids(said: Mapping[str, Any]) -> Told:
    """With as much as identifies agents, activities and the verb, and no more."""
    told = dict(said)
    for name in ("actor", "authority"):
        if name in told:
            told[name] = _who(told[name])
    told["verb"] = {"id": told["verb"]["id"]}
    told["object"] = _about(told["object"])
    if context := told.get("context"):
        told["context"] = _context(context)
    return told


def _who(actor: Told) -> Told:
    if any(name in actor for name in _NAMES):
        return {k: v for k, v in actor.items() if k in _NAMES or k == "objectType"}
    return {
        **{k: v for k, v in actor.items() if k == "objectType"},
        "member": [_who(member) for member in actor.get("member", ())],
    }


def _about(found: Told) -> Told:
    kind = found.get("objectType", "Activity")
    if kind in ("Agent", "Group"):
        return _who(found)
    if kind == "SubStatement":
        return ids(found)
    return {k: v for k, v in found.items() if k in ("objectType", "id")}


def _context(context: Told) -> Told:
    told = dict(context)
    for name in ("instructor", "team"):
        if name in told:
            told[name] = _who(told[name])
    if activities := told.get("contextActivities"):
        told["contextActivities"] = {
            name: [_about(activity) for activity in listed] for name, listed in activities.items()
        }
    for name, inner in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in told:
            told[name] = [{**part, inner: _who(part[inner])} for part in told[name]]
    return told


def activity_ids(said: Mapping[str, Any]) -> Iterator[str]:
    """Every activity a statement is about or names around it."""
    found = said["object"]
    parts = (said, found) if found.get("objectType") == "SubStatement" else (said,)
    for part in parts:
        if part["object"].get("objectType", "Activity") == "Activity":
            yield part["object"]["id"]
        for listed in part.get("context", {}).get("contextActivities", {}).values():
            yield from (activity["id"] for activity in listed)


def canonical(said: Mapping[str, Any], known: Mapping[str, Told], languages: Sequence[str]) -> Told:
    """With the store's own definition of each activity, and each set of words in one language.

    Args:
        known: what the store holds about activities, by id.
        languages: what the reader understands, best first.
    """
    told = dict(said)
    told["verb"] = _one_language(told["verb"], ("display",), languages)
    told["object"] = _canonical_object(told["object"], known, languages)
    if context := told.get("context"):
        told["context"] = dict(context)
        if activities := context.get("contextActivities"):
            told["context"]["contextActivities"] = {
                name: [_canonical_object(activity, known, languages) for activity in listed]
                for name, listed in activities.items()
            }
    if "attachments" in told:
        told["attachments"] = [
            _one_language(one, ("display", "description"), languages) for one in told["attachments"]
        ]
    return told


def _canonical_object(found: Told, known: Mapping[str, Told], languages: Sequence[str]) -> Told:
    kind = found.get("objectType", "Activity")
    if kind == "SubStatement":
        return canonical(found, known, languages)
    if kind != "Activity":
        return found
    definition = known.get(found["id"], found.get("definition"))
    if not definition:
        return found
    return {**found, "definition": canonical_definition(definition, languages)}


def canonical_definition(definition: Mapping[str, Any], languages: Sequence[str]) -> Told:
    """A definition with its words in one language."""
    told = _one_language(definition, ("name", "description"), languages)
    for name in ("choices", "scale", "source", "target", "steps"):
        if name in told:
            told[name] = [_one_language(one, ("description",), languages) for one in told[name]]
    return told


def _one_language(told: Mapping[str, Any], names: Sequence[str], languages: Sequence[str]) -> Told:
    result = dict(told)
    for name in names:
        if words := result.get(name):
            chosen = best(words, languages)
            result[name] = {chosen: words[chosen]}
    return result


def best(words: Mapping[str, str], languages: Sequence[str]) -> str:
    """The tag of the words that come closest to what the reader asked (RFC 4647, look-up), else
    English, else the first there is."""
    by_small = {tag.lower(): tag for tag in words}
    for wanted in (*languages, "en"):
        tag = wanted.lower()
        while tag:
            if tag in by_small:
                return by_small[tag]
            if near := next((t for t in by_small if t.startswith(f"{tag}-")), None):
                return by_small[near]
            tag = tag.rpartition("-")[0]
    return next(iter(words))


def accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header, best first."""
    found = []
    for number, part in enumerate(header.split(",")):
        tag, *options = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for option in options:
            if option.startswith("q="):
                try:
                    weight = float(option[2:])
                except ValueError:
                    weight = 0.0
        if tag and tag != "*" and weight > 0:
            found.append((-weight, number, tag))
    return [tag for _weight, _number, tag in sorted(found)]
