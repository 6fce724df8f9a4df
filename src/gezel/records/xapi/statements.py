"""`/xapi/statements`: write statements, and read them."""

import json
import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.http import http_date

from gezel.records.actions.files import keep_file, read_file
from gezel.records.actions.incoming import Incoming
from gezel.records.actions.storing import store
from gezel.records.models.caller import Caller
from gezel.records.queries import finding
from gezel.records.queries.finding import Filters, Row
from gezel.records.queries.people import account_here, people_of
from gezel.records.rules import files, forms
from gezel.records.rules.broken import Broken
from gezel.records.rules.finding import identity
from gezel.records.rules.moments import write_moment
from gezel.records.rules.multipart import Part, read_parts
from gezel.records.rules.reading import read_json, write_json
from gezel.records.rules.same import kept
from gezel.records.rules.shapes import Version, check_statement
from gezel.records.xapi.asked import MOST_JSON, MOST_PARTS, Asked, Refusal

MOST_STATEMENTS = 5_000
"""At most so many in one request: a batch that takes longer keeps others waiting."""
A_PAGE, MOST = 100, 500
# What a statement without a version of its own is kept as.
STATEMENT_VERSION = {Version.V1: "1.0.0", Version.V2: "2.0.0"}
CONSISTENT = "X-Experience-API-Consistent-Through"
READS = ("statements/read", "statements/read/mine", "all/read")


def put(asked: Asked) -> HttpResponse:
    """Keep one statement under the id that the request names."""
    _may(asked, "statements/write")
    asked.only("statementId")
    asked.needed("statementId")
    pk = asked.uuid("statementId")
    told, parts = _told(asked)
    if not isinstance(told, dict):
        raise Broken("$", "one statement is put at a time")
    if "id" in told and str(told["id"]).lower() != str(pk):
        raise Broken("$.id", "is another than statementId")
    kept_now = _keep(asked, [told], parts, [pk])
    return _kept(HttpResponse(status=204), kept_now)


def post(asked: Asked) -> HttpResponse:
    """Keep one statement or many: all, or none."""
    _may(asked, "statements/write")
    asked.only()
    told, parts = _told(asked)
    listed = told if isinstance(told, list) else [told]
    kept_now = _keep(asked, listed, parts, [None] * len(listed))
    return _kept(_json(write_json([str(one.id) for one in kept_now])), kept_now)


def _kept(answer: HttpResponse, incoming: Sequence[Incoming]) -> HttpResponse:
    """Who wrote had the store to itself: everything up to its last statement is there."""
    if incoming:
        answer[CONSISTENT] = write_moment(incoming[-1].stored)
    return answer


def _may(asked: Asked, *scopes: str) -> None:
    if not asked.caller.may(*scopes):
        raise Refusal(403, f"This key lacks the scope {scopes[0]}.")


def _told(asked: Asked) -> tuple[Any, list[Part]]:
    """The statements of a request, and the parts with files."""
    kind = asked.content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return read_json(asked.body(MOST_JSON)), []
    if kind != "multipart/mixed" or asked.form is not None:
        raise Broken("Content-Type", "is application/json or multipart/mixed")
    first, *others = read_parts(asked.content_type, asked.body(MOST_PARTS)) or [Part({}, b"")]
    kind = first.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Broken("Content-Type", "the first part is application/json")
    return read_json(first.body), others


def _keep(
    asked: Asked, listed: Sequence[Any], parts: Sequence[Part], given: Sequence[uuid.UUID | None]
) -> list[Incoming]:
    if len(listed) > MOST_STATEMENTS:
        raise Refusal(413, f"At most {MOST_STATEMENTS} statements in one request.")
    incoming = []
    single = len(listed) == 1
    for number, (told, pk) in enumerate(zip(listed, given, strict=True)):
        check_statement(told, asked.version, "$" if single else f"$[{number}]")
        said = kept(told)
        if pk is not None:
            said.setdefault("id", str(pk))
        own = uuid.UUID(said["id"]) if "id" in said else pk or uuid.uuid4()
        incoming.append(Incoming(own, said, STATEMENT_VERSION[asked.version]))
    ids = [one.id for one in incoming]
    if len(set(ids)) != len(ids):
        raise Broken("$", "an id stands twice in one request")
    _as_bound(asked.caller, incoming)
    _files(incoming, parts)
    _people(asked.caller, incoming)
    if incoming:
        store(asked.caller, incoming)
    return incoming


def _as_bound(caller: Caller, incoming: Sequence[Incoming]) -> None:
    """A key of one person writes as that person, about the registration it was made for."""
    if caller.actor is None:
        return
    bound = identity(caller.actor)
    for one in incoming:
        if "member" in one.said["actor"] or identity(one.said["actor"]) != bound:
            raise Refusal(403, "This key writes as its own actor only.")
        told = one.said.get("context", {}).get("registration")
        if caller.registration is not None and told != str(caller.registration):
            raise Refusal(403, "This key writes about its own registration only.")


def _files(incoming: Sequence[Incoming], parts: Sequence[Part]) -> None:
    if not parts and not any(
        "attachments" in one.said or "attachments" in one.said["object"] for one in incoming
    ):
        return
    brought = files.match([one.said for one in incoming], parts)
    for one in incoming:
        files.check_signatures(one.said, brought)
        for told in files.announced(one.said):
            digest = told["sha2"].lower()
            if (part := brought.get(digest)) is not None:
                one.files.append((digest, told["contentType"][:200], len(part.body)))
    # Before the rows that name them: a file without a row is cleared up, a row without a file lies.
    for digest, part in brought.items():
        keep_file(digest, part.body)


def _people(caller: Caller, incoming: Sequence[Incoming]) -> None:
    numbers = [account_here(one.said["actor"]) for one in incoming]
    known = people_of(caller.organisation, {n for n in numbers if n is not None})
    bound = identity(caller.actor) if caller.actor else None
    for one, number in zip(incoming, numbers, strict=True):
        if number in known:
            one.person = number
        elif bound is not None and caller.person is not None:
            one.person = caller.person


# --- Reading -------------------------------------------------------------------------------------

FILTERS = (
    "statementId", "voidedStatementId", "agent", "verb", "activity", "registration",
    "related_activities", "related_agents", "since", "until", "limit", "format", "attachments",
    "ascending", "from",
)  # fmt: skip
_WITH_ID = {"statementId", "voidedStatementId", "format", "attachments"}


def get(asked: Asked) -> HttpResponse:
    """One statement by its id, or those that meet the filters."""
    _may(asked, *READS)
    asked.only(*FILTERS)
    caller = asked.caller
    # Asked first: what is found afterwards is at least as much.
    through = write_moment(finding.consistent_through(caller.shelves))
    single = {"statementId", "voidedStatementId"} & asked.parameters.keys()
    if len(single) > 1:
        raise Broken("statementId", "goes without voidedStatementId")
    form = asked.parameters.get("format", "exact")
    if form not in ("ids", "exact", "canonical"):
        raise Broken("format", "is ids, exact or canonical")
    with_files = asked.flag("attachments")
    if single:
        answer = _one(asked, single.pop(), form, with_files=with_files)
    else:
        answer = _several(asked, form, with_files=with_files)
    answer[CONSISTENT] = through
    return answer


def _one(asked: Asked, name: str, form: str, *, with_files: bool) -> HttpResponse:
    if strange := asked.parameters.keys() - _WITH_ID:
        raise Broken(min(strange), f"does not go with {name}")
    pk = asked.uuid(name)
    assert pk is not None  # noqa: S101 # it is among the parameters
    row = finding.one(asked.caller.shelves, pk, voided=name == "voidedStatementId")
    if row is None or not _readable(asked.caller, json.loads(row.raw)):
        raise Refusal(404, "There is no such statement.")
    (text,) = _formed(asked, [row], form)
    answer = _mixed(text, [row]) if with_files else _json(text)
    answer["Last-Modified"] = http_date(row.stored.timestamp())
    return answer


def _readable(caller: Caller, said: dict[str, Any]) -> bool:
    """Whether a key that reads only its own, or one person's, may read this one."""
    if not caller.may("statements/read", "all/read"):
        authority = said.get("authority") or {}
        if identity(authority) != identity(caller.authority):
            return False
    if caller.actor is None:
        return True
    return identity(said["actor"]) == identity(caller.actor) and said.get("context", {}).get(
        "registration"
    ) == str(caller.registration)


def _several(asked: Asked, form: str, *, with_files: bool) -> HttpResponse:
    filters = _filters(asked)
    found = finding.find(asked.caller.shelves, filters)
    more = ""
    if found.beyond is not None:
        told = {**asked.parameters, "from": write_moment(found.beyond)}
        more = f"/xapi/statements?{urlencode(told)}"
    listed = ",".join(_formed(asked, found.rows, form))
    text = f'{{"statements":[{listed}],"more":{json.dumps(more)}}}'
    return _mixed(text, found.rows) if with_files else _json(text)


def _filters(asked: Asked) -> Filters:
    told = asked.parameters
    conditions: list[list[tuple[str, str]]] = []
    related = asked.flag("related_agents")
    if "agent" in told:
        who = identity(asked.actor("agent")) or ""
        conditions.append([("agent", who)] + ([("agent+", who)] if related else []))
    if "verb" in told:
        conditions.append([("verb", asked.iri("verb"))])
    related = asked.flag("related_activities")
    if "activity" in told:
        iri = asked.iri("activity")
        conditions.append([("activity", iri)] + ([("activity+", iri)] if related else []))
    if registration := asked.uuid("registration"):
        conditions.append([("registration", str(registration))])
    conditions += _bounds(asked.caller)
    limit = told.get("limit", "0")
    if not (limit.isascii() and limit.isdecimal()):
        raise Broken("limit", "is a whole number, 0 or more")
    return Filters(
        conditions=conditions,
        since=asked.moment("since"),
        until=asked.moment("until"),
        beyond=asked.moment("from"),
        ascending=asked.flag("ascending"),
        limit=min(int(limit[:9]) or A_PAGE, MOST),
    )


def _bounds(caller: Caller) -> list[list[tuple[str, str]]]:
    """What a key may read, as conditions."""
    conditions = []
    if not caller.may("statements/read", "all/read"):
        own = identity(caller.authority) or ""
        conditions.append([("agent+", own), ("agent", own)])
    if caller.actor is not None:
        conditions.append([("agent", identity(caller.actor) or "")])
        conditions.append([("registration", str(caller.registration))])
    return conditions


def _formed(asked: Asked, rows: Sequence[Row], form: str) -> list[str]:
    if form == "exact":
        return [row.raw for row in rows]
    told = [json.loads(row.raw) for row in rows]
    if form == "ids":
        return [write_json(forms.ids(said)) for said in told]
    known = finding.definitions_of(
        asked.caller.organisation, list({iri for said in told for iri in forms.activity_ids(said)})
    )
    languages = forms.accepted(asked.header("Accept-Language"))
    return [write_json(forms.canonical(said, known, languages)) for said in told]


def _json(text: str) -> HttpResponse:
    return HttpResponse(text.encode(), content_type="application/json")


def _mixed(text: str, rows: Sequence[Row]) -> HttpResponse:
    """Statements with the files that came along, each once."""
    boundary = uuid.uuid4().hex
    lines = [f"--{boundary}\r\nContent-Type: application/json\r\n\r\n".encode(), text.encode()]
    for digest, content_type in finding.files_of(rows).items():
        if (content := read_file(digest)) is None:
            continue
        head = (
            f"\r\n--{boundary}\r\nContent-Type: {content_type}\r\n"
            f"Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {digest}\r\n\r\n"
        )
        lines += [head.encode(), content]
    lines.append(f"\r\n--{boundary}--\r\n".encode())
    return HttpResponse(b"".join(lines), content_type=f"multipart/mixed; boundary={boundary}")
