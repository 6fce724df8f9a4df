"""The record store under load: statements one by one and in batches, and every filter when full."""

import base64
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from http.client import HTTPConnection
from random import Random
from time import perf_counter
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from gezel.people.api import Organisation, found
from gezel.records.actions.incoming import STEP, Incoming
from gezel.records.actions.storing import complete, insert
from gezel.records.api import Key, NewKey, make_key
from gezel.records.models import Shelf
from gezel.records.partitions import make_parts
from gezel.records.queries.keys import caller
from gezel.records.queries.rows import add_rows, moment_for, uuid_for
from gezel.site.bench.figures import Figure, at_least, at_most, percentile
from gezel.site.bench.serving import Served, served

CLIENTS = 8
SECONDS = 8.0
BATCH = 500
FULL = {"postgresql": 1_000_000, "sqlite": 200_000}
ASKED = 40
"""Times each filter is asked."""
PEOPLE, ACTIVITIES, COURSES = 5_000, 800, 40
VERBS = ("initialized", "launched", "completed", "passed", "failed", "experienced", "answered")
COMMON = (30, 20, 18, 12, 5, 14, 1)


def statement(chance: Random, number: int) -> dict[str, Any]:
    """A statement as courses send them, about nine hundred bytes."""
    verb = chance.choices(VERBS, COMMON)[0]
    activity = chance.randrange(ACTIVITIES)
    home = "https://learn.example.test"
    return {
        "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": home, "name": f"p{chance.randrange(PEOPLE)}"},
        },
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}", "display": {"en": verb}},
        "object": {
            "objectType": "Activity",
            "id": f"{home}/lessons/{activity}",
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/lesson",
                "name": {"en": f"Lesson {activity}", "nl": f"Les {activity}"},
            },
        },
        "result": {
            "score": {"scaled": 0.8, "raw": 8, "min": 0, "max": 10},
            "completion": True,
            "duration": "PT4M12.5S",
        },
        "context": {
            "registration": str(uuid.UUID(int=number // 12 + 1)),
            "instructor": {"mbox": f"mailto:i{number % 60}@learn.example.test"},
            "contextActivities": {
                "parent": [{"id": f"{home}/courses/{activity % COURSES}"}],
                "category": [{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}],
            },
            "platform": "Course shop",
            "language": "nl",
        },
        "timestamp": timezone.now().isoformat(),
    }


class Asker:
    """One client that keeps its connection."""

    def __init__(self, server: Served, made: NewKey) -> None:
        self.connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        told = base64.b64encode(f"{made.key.user}:{made.password}".encode()).decode()
        self.headers = {
            "Host": f"localhost:{server.port}",
            "Authorization": f"Basic {told}",
            "X-Experience-API-Version": "2.0.0",
            "Content-Type": "application/json",
        }

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Status and body of one request."""
        self.connection.request(method, path, body, self.headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        self.connection.close()


def measure() -> Iterator[Figure]:
    """Writing on an empty store, then every filter on a full one."""
    where = connection.vendor
    organisation = found("Recordstore", slug="records-bench")
    made = make_key(organisation, name="Course shop")
    connection.close()
    with served() as server:
        yield from _writing(server, made, where)
    yield _fill(organisation, made.key, FULL[where])
    connection.close()
    with served() as server:
        yield from _filters(server, made, where)


# --- Writing -------------------------------------------------------------------------------------


def _writing(server: Served, made: NewKey, where: str) -> Iterator[Figure]:
    # The first second is also where a store begins, with all clients at once.
    _rate, begun = _at_once(server, made, 1, seconds=1)
    singles, refused = _at_once(server, made, 1)
    batches, more = _at_once(server, made, BATCH)
    refused = begun + refused + more
    target = {"postgresql": (400, 3_000), "sqlite": (None, None)}[where]
    name = "statements a second, one a request"
    conditions = f"{where}, {CLIENTS} clients, each confirmed after commit"
    yield (
        at_least(name, singles, "/s", target[0], baseline=15, conditions=conditions)
        if target[0]
        else Figure(name, singles, "/s", conditions=conditions)
    )
    name = f"statements a second, in batches of {BATCH}"
    yield (
        at_least(name, batches, "/s", target[1], baseline=80, conditions=conditions)
        if target[1]
        else Figure(name, batches, "/s", conditions=conditions)
    )
    yield at_most(
        f"requests refused with {CLIENTS} clients (deadlocks among them)",
        len(refused),
        "",
        0,
        conditions=f"{where} {'; '.join(sorted(set(refused))[:3])}".strip(),
    )


def _at_once(
    server: Served, made: NewKey, size: int, *, seconds: float = SECONDS
) -> tuple[float, list[str]]:
    """Statements a second with all clients writing, and what was said to those not confirmed."""
    # Other ids each time: a statement that comes again and was made later is a conflict.
    chance = Random(f"{size} {seconds}")
    # Made beforehand: the writers are to measure the store and not themselves.
    ready = [
        [
            json.dumps([statement(chance, number) for number in range(size)]).encode()
            for _ in range(int((1_500 if size == 1 else 10_000 / size) * seconds / CLIENTS) + 2)
        ]
        for _client in range(CLIENTS)
    ]
    kept: list[int] = [0] * CLIENTS
    refused: list[str] = []
    ends = perf_counter() + seconds

    def write(client: int) -> None:
        with closing(Asker(server, made)) as asker:
            for body in ready[client]:
                if perf_counter() > ends:
                    return
                status, said = asker.ask("POST", "/xapi/statements", body)
                if status == 200:
                    kept[client] += size
                else:
                    refused.append(f"{status} {said[:60]!r}")

    began = perf_counter()
    threads = [threading.Thread(target=write, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(kept) / (perf_counter() - began), refused


# --- Filters -------------------------------------------------------------------------------------


def _fill(organisation: Organisation, key: Key, many: int) -> Figure:
    """A store of half a year, written past the door."""
    chance, by = Random(7), caller(key)
    now = timezone.now().replace(microsecond=1)
    begin, step = now - timedelta(days=180), timedelta(days=179) / many
    step -= timedelta(microseconds=step.microseconds % 2)
    began = perf_counter()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            make_parts(cursor, begin, now)
    for start in range(0, many, 5_000):
        with transaction.atomic(), connection.cursor() as cursor:
            incoming = []
            for number in range(start, min(many, start + 5_000)):
                said = statement(chance, number)
                one = Incoming(uuid.UUID(said["id"]), said, "2.0.0")
                one.stored = begin + step * number
                complete(one, by)
                incoming.append(one)
            add_rows(
                cursor,
                "records_address",
                ("shelf", "id", "stored"),
                [(organisation.pk, uuid_for(o.id), moment_for(o.stored)) for o in incoming],
            )
            insert(cursor, organisation.pk, incoming)
    Shelf.objects.update_or_create(organisation=organisation, defaults={"last": now + STEP})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    taken = perf_counter() - began
    return Figure("statements put in to be found", many, "", conditions=f"in {taken:.0f} s")


def _filters(server: Served, made: NewKey, where: str) -> Iterator[Figure]:
    with closing(Asker(server, made)) as asker:
        for name, parameters in _questions().items():
            taken = []
            for number in range(ASKED + 3):
                path = f"/xapi/statements?{urlencode(parameters(number), quote_via=quote)}"
                before = perf_counter()
                status, said = asker.ask("GET", path)
                if number >= 3:
                    taken.append((perf_counter() - before) * 1000)
                if status != 200:
                    raise RuntimeError(f"{path}: {status} {said[:200]!r}")
            yield at_most(
                f"p95 {name}",
                percentile(taken, 0.95),
                "ms",
                50,
                conditions=f"{where}, {FULL[where]:,} statements, {ASKED} times",
            )


def _questions() -> dict[str, Callable[[int], dict[str, Any]]]:
    """Every documented filter, alone and as they come together."""
    home = "https://learn.example.test"
    verbs = "http://adlnet.gov/expapi/verbs"
    now = timezone.now()

    def agent(number: int) -> str:
        return json.dumps({"account": {"homePage": home, "name": f"p{number * 17 % PEOPLE}"}})

    def day(number: int) -> datetime:
        return now - timedelta(days=1 + number * 4 % 178)

    def at(number: int) -> str:
        return day(number).strftime("%Y-%m-%dT%H:%M:%SZ")

    teacher = json.dumps({"mbox": "mailto:i7@learn.example.test"})
    gezel = json.dumps({"account": {"homePage": settings.BASE_URL, "name": "nobody"}})
    return {
        "no filter": lambda n: {},
        "verb, a common one": lambda n: {"verb": f"{verbs}/initialized"},
        "verb, a rare one": lambda n: {"verb": f"{verbs}/answered"},
        "verb, one that nobody used": lambda n: {"verb": f"{verbs}/waived"},
        "agent": lambda n: {"agent": agent(n)},
        "activity": lambda n: {"activity": f"{home}/lessons/{n * 7 % ACTIVITIES}"},
        "registration": lambda n: {"registration": str(uuid.UUID(int=n * 301 + 1))},
        "related activities": lambda n: {
            "activity": f"{home}/courses/{n % COURSES}",
            "related_activities": "true",
        },
        "related activities, one on every statement": lambda n: {
            "activity": "https://w3id.org/xapi/cmi5/context/categories/cmi5",
            "related_activities": "true",
        },
        "related agents": lambda n: {"agent": teacher, "related_agents": "true"},
        "related agents, one nobody knows": lambda n: {"agent": gezel, "related_agents": "true"},
        "since": lambda n: {"since": at(n)},
        "until": lambda n: {"until": at(n)},
        "since, oldest first": lambda n: {"since": at(n), "ascending": "true"},
        "verb and since": lambda n: {"verb": f"{verbs}/passed", "since": at(n)},
        "verb and until": lambda n: {"verb": f"{verbs}/answered", "until": at(n)},
        "agent and verb": lambda n: {"agent": agent(n), "verb": f"{verbs}/passed"},
        "activity and verb": lambda n: {
            "activity": f"{home}/lessons/{n * 7 % ACTIVITIES}",
            "verb": f"{verbs}/answered",
        },
        "course, verb and oldest first": lambda n: {
            "activity": f"{home}/courses/{n % COURSES}",
            "related_activities": "true",
            "verb": f"{verbs}/failed",
            "ascending": "true",
        },
        "teacher and verb": lambda n: {
            "agent": teacher,
            "related_agents": "true",
            "verb": f"{verbs}/answered",
        },
        "agent, activity and registration": lambda n: {
            "agent": agent(n),
            "activity": f"{home}/lessons/{n % ACTIVITIES}",
            "registration": str(uuid.UUID(int=n * 301 + 1)),
        },
        "limit 500": lambda n: {"verb": f"{verbs}/completed", "limit": "500"},
        "format ids": lambda n: {"verb": f"{verbs}/passed", "format": "ids"},
        "format canonical": lambda n: {"verb": f"{verbs}/passed", "format": "canonical"},
        "with attachments": lambda n: {"agent": agent(n), "attachments": "true"},
    }
