"""What a statement is found by: one number for each thing one can ask for.

A **term** is such a number: 64 bits of a digest over lane, kind and value, so that an index of two
numbers a row answers every filter, however long the IRIs are. Terms of two lanes never meet.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

Told = Mapping[str, Any]


def term(lane: int, kind: str, value: str) -> int:
    """The number for this value, signed as databases keep it.

    Args:
        kind: verb, agent, agent+ (also elsewhere in it), activity, activity+, registration,
            authority.
    """
    digest = blake2b(f"{lane}|{kind}|{value}".encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)


def identity(actor: Told) -> str | None:
    """Who this is, by the one identifier an agent or a named group has; None: nobody named."""
    if account := actor.get("account"):
        return f"account {account['homePage']} {account['name']}"
    if mbox := actor.get("mbox"):
        return f"mbox {mbox}"
    if digest := actor.get("mbox_sha1sum"):
        return f"sha1 {digest.lower()}"
    if openid := actor.get("openid"):
        return f"openid {openid}"
    return None


def _who(actor: Told | None) -> Iterator[str]:
    """Someone and, of a group, its members."""
    if not actor:
        return
    if known := identity(actor):
        yield known
    for member in actor.get("member", ()):
        if known := identity(member):
            yield known


def _kind(told: Told) -> str:
    kind: str = told.get("objectType", "Activity")
    return kind


def _agents(said: Told) -> Iterator[str]:
    yield from _who(said["actor"])
    if _kind(said["object"]) in ("Agent", "Group"):
        yield from _who(said["object"])


def _agents_of(context: Told) -> Iterator[str]:
    yield from _who(context.get("instructor"))
    yield from _who(context.get("team"))
    for part in context.get("contextAgents", ()):
        yield from _who(part["agent"])
    for part in context.get("contextGroups", ()):
        yield from _who(part["group"])


def _activities_of(context: Told) -> Iterator[str]:
    for told in context.get("contextActivities", {}).values():
        for activity in told if isinstance(told, list) else (told,):
            yield activity["id"]


def terms(said: Told, lane: int) -> list[int]:
    """Everything this statement is found by, each once.

    An agent counts as itself in actor and object, members of a group included; instructor, team,
    context agents and groups, authority and all of a SubStatement count where related agents are
    asked for. Activities likewise.
    """
    context: Told = said.get("context", {})
    found: Told = said["object"]
    agents = set(_agents(said))
    activities = {found["id"]} if _kind(found) == "Activity" else set()
    related = set(_agents_of(context))
    around = set(_activities_of(context))
    if _kind(found) == "SubStatement":
        inner: Told = found.get("context", {})
        related |= {*_agents(found), *_agents_of(inner)}
        around |= set(_activities_of(inner))
        if _kind(found["object"]) == "Activity":
            around.add(found["object"]["id"])
    if authority := said.get("authority"):
        related |= set(_who(authority))
    all_terms = [term(lane, "verb", said["verb"]["id"])]
    if registration := context.get("registration"):
        all_terms.append(term(lane, "registration", registration.lower()))
    all_terms += [term(lane, "agent", who) for who in agents]
    all_terms += [term(lane, "agent+", who) for who in related - agents]
    all_terms += [term(lane, "activity", iri) for iri in activities]
    all_terms += [term(lane, "activity+", iri) for iri in around - activities]
    return all_terms


def definitions(said: Told) -> Iterator[tuple[str, Told]]:
    """Every activity this statement tells something about."""

    def of(told: Any) -> Iterator[tuple[str, Told]]:
        for activity in told if isinstance(told, list) else (told,):
            if definition := activity.get("definition"):
                yield activity["id"], definition

    for part in _parts(said):
        if _kind(part["object"]) == "Activity":
            yield from of(part["object"])
        for listed in part.get("context", {}).get("contextActivities", {}).values():
            yield from of(listed)


def _parts(said: Told) -> Iterable[Told]:
    found = said["object"]
    return (said, found) if _kind(found) == "SubStatement" else (said,)


def merged(before: dict[str, Any], now: Any) -> dict[str, Any]:
    """A definition with a newer one over it."""
    result = {**before, **now}
    for name in ("name", "description", "extensions"):
        if name in before and name in now:
            result[name] = {**before[name], **now[name]}
    return result
