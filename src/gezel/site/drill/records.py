"""The server is killed while other systems write statements, one by one and in batches."""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from random import Random
from time import sleep

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from gezel.people.api import found
from gezel.records.api import NewKey, Statement, make_key
from gezel.records.models import Address, Mention
from gezel.site.bench.figures import Figure, at_most
from gezel.site.bench.records import Asker, statement
from gezel.site.bench.serving import Served
from gezel.site.drill.scene import Server
from gezel.site.drill.writing import integrity

CLIENTS = 4
BATCH = 25


class Notes:
    """What was confirmed, and what nobody answered."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.confirmed: set[str] = set()
        self.open: list[tuple[list[str], bytes]] = []
        self.refused: list[str] = []

    def note(self, ids: list[str], body: bytes, status: int, said: bytes) -> None:
        """One request and its answer; 0: none came."""
        with self.lock:
            if status == 200:
                self.confirmed.update(ids)
            elif status in (0, 502, 503):
                self.open.append((ids, body))
            else:
                self.refused.append(f"{status} {said[:80]!r}")


def drill(rounds: int) -> Iterator[Figure]:
    """Start, let them write, SIGKILL at a random moment, start, send again; then count."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    made = make_key(found("Proefwinkel", slug="drill-records"), name="Course shop")
    connection.close()
    server, notes, chance = Server(), Notes(), Random()
    try:
        for number in range(rounds):
            server.start()
            _send_again(server.port, made, notes)
            stop = threading.Event()
            writers = [
                threading.Thread(target=_write, args=(server.port, made, notes, stop, seed))
                for seed in range(number * CLIENTS, (number + 1) * CLIENTS)
            ]
            for writer in writers:
                writer.start()
            sleep(chance.uniform(0.2, 2.0))
            server.kill()
            stop.set()
            for writer in writers:
                writer.join()
        server.start()
        _send_again(server.port, made, notes)
    finally:
        server.kill()
    yield from _verdict(notes, rounds)


def _write(port: int, made: NewKey, notes: Notes, stop: threading.Event, seed: int) -> None:
    chance, number = Random(seed), 0
    asker = Asker(Served(port, 0), made)
    while not stop.is_set():
        number += 1
        many = BATCH if number % 3 == 0 else 1
        said = [statement(chance, number) for _ in range(many)]
        _send(asker, notes, [one["id"] for one in said], json.dumps(said).encode())
    asker.close()


def _send(asker: Asker, notes: Notes, ids: list[str], body: bytes) -> None:
    status, said = 0, b""
    try:
        status, said = asker.ask("POST", "/xapi/statements", body)
    except (OSError, HTTPException):
        asker.close()
    notes.note(ids, body, status, said)


def _send_again(port: int, made: NewKey, notes: Notes) -> None:
    waiting, notes.open = notes.open, []
    asker = Asker(Served(port, 0), made)
    for ids, body in waiting:
        _send(asker, notes, ids, body)
    with suppress(OSError):
        asker.close()


def _verdict(notes: Notes, rounds: int) -> Iterator[Figure]:
    where = f"{connection.vendor}, {rounds} × SIGKILL while {CLIENTS} systems write"
    there = [str(uuid.UUID(str(pk))) for pk in Statement.objects.values_list("id", flat=True)]
    terms = sum(len(told) for told in Statement.objects.values_list("terms", flat=True))
    confirmed = len(notes.confirmed)
    yield Figure(
        "records: statements confirmed", confirmed, "", passed=bool(confirmed), conditions=where
    )
    for name, number in (
        ("confirmed and lost", len(notes.confirmed - set(there))),
        ("there twice", len(there) - len(set(there))),
        ("never confirmed to anyone", len(set(there) - notes.confirmed)),
        ("without their place or their terms",
         abs(Address.objects.count() - len(there)) + abs(Mention.objects.count() - terms)),
        ("refused", len(notes.refused)),
        ("still open after sending again", len(notes.open)),
    ):  # fmt: skip
        why = "; ".join(notes.refused[:3]) if name == "refused" else ""
        yield at_most(f"records: {name}", number, "", 0, conditions=f"{where} {why}".strip())
    said = integrity()
    yield at_most("records: complaints of the database", int(said != "ok"), "", 0, conditions=said)
