"""`/xapi/activities`, `/xapi/agents` and `/xapi/about`: what and who is known here."""

import json
from typing import Any

from django.http import HttpResponse

from gezel.records.queries import finding
from gezel.records.queries.finding import Filters
from gezel.records.rules.finding import identity
from gezel.records.rules.reading import write_json
from gezel.records.rules.shapes import Version
from gezel.records.xapi.asked import Asked, Refusal

_READS = ("statements/read", "statements/read/mine", "all/read", "state", "profile", "define")
_LOOKED_AT = 50


def about(asked: Asked) -> HttpResponse:
    """Which versions are spoken; anyone may know."""
    asked.only()
    told = {"version": [version.value for version in Version]}
    return HttpResponse(write_json(told), content_type="application/json")


def activity(asked: Asked) -> HttpResponse:
    """An activity, with what this store was told about it."""
    _may(asked)
    asked.only("activityId")
    iri = asked.iri("activityId")
    told: dict[str, Any] = {"objectType": "Activity", "id": iri}
    if definition := finding.definitions_of(asked.caller.organisation, [iri]).get(iri):
        told["definition"] = definition
    return HttpResponse(write_json(told), content_type="application/json")


def person(asked: Asked) -> HttpResponse:
    """A Person: the identifier that was asked, and the names it went by in this store.

    Nobody is matched with an account or another identifier: who holds a key learns nothing here
    that was not sent to this store.
    """
    _may(asked)
    asked.only("agent")
    agent = asked.agent("agent")
    who = identity(agent) or ""
    caller = asked.caller
    if caller.actor is not None and who != identity(caller.actor):
        raise Refusal(403, "This key knows its own actor only.")
    names = [agent["name"]] if "name" in agent else []
    if caller.may("statements/read", "all/read") and caller.actor is None:
        names += _names(asked, who)
    told: dict[str, Any] = {"objectType": "Person"}
    if names:
        told["name"] = list(dict.fromkeys(names))
    for name in ("mbox", "mbox_sha1sum", "openid", "account"):
        if name in agent:
            told[name] = [agent[name]]
    return HttpResponse(write_json(told), content_type="application/json")


def _names(asked: Asked, who: str) -> list[str]:
    filters = Filters(conditions=[[("agent", who)]], limit=_LOOKED_AT)
    found = []
    for row in finding.find(asked.caller.shelves, filters).rows:
        said = json.loads(row.raw)
        for actor in (said["actor"], said["object"]):
            found += [
                one["name"]
                for one in (actor, *actor.get("member", ()))
                if "name" in one and identity(one) == who
            ]
    return found


def _may(asked: Asked) -> None:
    if not asked.caller.may(*_READS):
        raise Refusal(403, f"This key lacks the scope {_READS[0]}.")
