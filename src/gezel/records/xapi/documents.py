"""`/xapi/activities/state` and both kinds of profile: documents under a name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.http import HttpResponse
from django.utils.http import http_date

from gezel.kit.events import announce
from gezel.records.actions import documents
from gezel.records.actions.documents import Guard, Outdated, Place, Unguarded
from gezel.records.events import DocumentAsked
from gezel.records.queries.documents import document, names_at
from gezel.records.queries.people import account_here, people_of
from gezel.records.rules.broken import Broken
from gezel.records.rules.finding import identity
from gezel.records.rules.reading import read_json, write_json
from gezel.records.rules.shapes import Version
from gezel.records.xapi.asked import MOST_DOCUMENT, Asked, Refusal


@dataclass(frozen=True, slots=True)
class Resource:
    """One of the three: how its documents are named, and what opens it."""

    kind: str
    name: str
    scope: str
    activity: bool
    agent: bool


STATE = Resource("state", "stateId", "state", activity=True, agent=True)
ACTIVITY = Resource("activity", "profileId", "profile", activity=True, agent=False)
AGENT = Resource("agent", "profileId", "profile", activity=False, agent=True)


def get(resource: Resource, asked: Asked) -> HttpResponse:
    """One document, or the names of all that lie there."""
    _may(resource, asked, write=False)
    place = _place(resource, asked)
    _ask(place, asked, asked.parameters.get(resource.name))
    # Beside a name `since` narrows nothing; that it is a moment is asked all the same.
    asked.only(*_parameters(resource), resource.name, "since")
    since = asked.moment("since")
    if resource.name not in asked.parameters:
        names = names_at(place.number, place.registration, since)
        return HttpResponse(write_json(names), content_type="application/json")
    found = document(place.key(asked.parameters[resource.name]))
    if found is None:
        raise Refusal(404, "There is no such document.")
    answer = HttpResponse(bytes(found.content), content_type=found.content_type)
    answer["ETag"] = f'"{found.etag}"'
    answer["Last-Modified"] = http_date(found.updated_at.timestamp())
    return answer


def put(resource: Resource, asked: Asked) -> HttpResponse:
    """Keep a document in place of what was there."""
    # Version 2.0 asks a state, too, to be guarded; 1.0.3 excuses it.
    needed = resource is not STATE or asked.version is Version.V2
    return _write(documents.put, resource, asked, needed=needed)


def post(resource: Resource, asked: Asked) -> HttpResponse:
    """Merge a document with what was there."""
    return _write(documents.merge, resource, asked, needed=False)


def _write(
    write: Callable[..., None], resource: Resource, asked: Asked, *, needed: bool
) -> HttpResponse:
    _may(resource, asked, write=True)
    asked.only(*_parameters(resource), resource.name)
    place, name = _place(resource, asked), asked.needed(resource.name)
    content = asked.body(MOST_DOCUMENT)
    content_type = asked.content_type or "application/octet-stream"
    if any(sign < " " for sign in content_type):
        raise Broken("Content-Type", "is no media type")
    if documents.is_json(content_type):
        read_json(content)  # what says that it is JSON is JSON
    _ask(place, asked, name, content)
    person = account_here(place.agent) if place.agent else None
    _guarded(
        partial(
            write,
            place,
            name,
            content=content,
            content_type=content_type,
            guard=_guard(asked, needed=needed),
            person=next(iter(people_of(place.organisation, {person})), None) if person else None,
        )
    )
    return HttpResponse(status=204)


def delete(resource: Resource, asked: Asked) -> HttpResponse:
    """Remove a document; of states, all that lie there if none is named."""
    _may(resource, asked, write=True)
    asked.only(*_parameters(resource), resource.name)
    place = _place(resource, asked)
    _ask(place, asked, asked.parameters.get(resource.name))
    if resource is STATE and resource.name not in asked.parameters:
        documents.remove_all(place)
    else:
        name = asked.needed(resource.name)
        _guarded(partial(documents.remove, place, name, _guard(asked, needed=False)))
    return HttpResponse(status=204)


def _guarded(act: Callable[[], None]) -> None:
    try:
        act()
    except Outdated:
        raise Refusal(412, "The document is not, or no longer, the one you know.") from None
    except Unguarded:
        raise Refusal(
            409,
            "There is a document already. Fetch it, look at it, and send its ETag as If-Match to "
            "replace it, or If-None-Match: * to write only where there is none.",
        ) from None


def _guard(asked: Asked, *, needed: bool) -> Guard:
    return Guard(asked.header("If-Match"), asked.header("If-None-Match"), needed)


def _parameters(resource: Resource) -> tuple[str, ...]:
    named = []
    if resource.activity:
        named.append("activityId")
    if resource.agent:
        named.append("agent")
    if resource is STATE:
        named.append("registration")
    return tuple(named)


def _place(resource: Resource, asked: Asked) -> Place:
    """Where the documents lie, as far as this key reaches."""
    activity = asked.iri("activityId") if resource.activity else ""
    agent = asked.actor("agent") if resource.agent else None
    registration = asked.uuid("registration") if resource is STATE else None
    caller = asked.caller
    if caller.actor is not None and agent is not None:
        if identity(agent) != identity(caller.actor):
            raise Refusal(403, "This key reaches the documents of its own actor only.")
        if registration not in (None, caller.registration):
            raise Refusal(403, "This key reaches the states of its own registration only.")
    return Place(caller.organisation, resource.kind, activity, agent, registration)


def _ask(place: Place, asked: Asked, name: str | None, content: bytes = b"") -> None:
    """Let the room that gave out the key of a launch forbid it."""
    caller = asked.caller
    if caller.session:
        announce(
            DocumentAsked(
                caller.organisation,
                caller.key,
                caller.session,
                asked.method,
                place.kind,
                place.activity,
                place.registration,
                name,
                content,
            )
        )


def _may(resource: Resource, asked: Asked, *, write: bool) -> None:
    scopes = (resource.scope,) if write else (resource.scope, "all/read")
    if not asked.caller.may(*scopes):
        raise Refusal(403, f"This key lacks the scope {resource.scope}.")
