"""The database goes away under load and comes back."""

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from time import monotonic, sleep

from django.db import connection

from gezel.site.bench.figures import Figure, at_most
from gezel.site.drill.postmaster import Postmaster
from gezel.site.drill.scene import Server, Writer, set_scene
from gezel.site.drill.told import verdict
from gezel.site.drill.writing import Crowd, Notebook, Write, send, send_again

AWAY_SECONDS = 4.0
NORMAL_WITHIN = 10.0


def drill(rounds: int) -> Iterator[Figure]:
    """Stop it as a crash does, look at what people see meanwhile, start it, time the return."""
    scene, server, notebook = set_scene(), Server(), Notebook()
    postgres = Postmaster()
    connection.close()
    back: list[float] = []
    seen: list[tuple[int, float]] = []
    try:
        server.start()
        for _ in range(rounds):
            with Crowd(scene.writers, server.port, notebook):
                sleep(1.5)
                postgres.crash()
                until = monotonic() + AWAY_SECONDS
                while monotonic() < until:
                    seen.append(_look(server.port, scene.writers[0]))
                    sleep(0.3)
                postgres.start()
                began = monotonic()
                while not _kept(notebook, Write("step", scene.writers[0], 3), server.port):
                    if monotonic() - began > 60:
                        break
                    sleep(0.1)
                back.append(monotonic() - began)
            send_again(notebook, server.port)
    finally:
        server.kill()
    yield from verdict("database", notebook, f"{rounds} × PostgreSQL crashed and restarted")
    where = f"{rounds} restarts, from the start of PostgreSQL to the first write kept"
    yield at_most(
        "database: slowest return to normal", max(back), "s", NORMAL_WITHIN, conditions=where
    )
    statuses = sorted({status for status, _taken in seen})
    impolite = sum(status not in {500, 503} for status, _taken in seen)
    yield at_most(
        "database: pages without a proper answer while it was away",
        impolite,
        "pages",
        0,
        conditions=f"{len(seen)} asked; statuses {statuses} (0: none)",
    )
    yield at_most(
        "database: longest wait for that answer",
        max(taken for _status, taken in seen),
        "s",
        15,
        conditions=f"{len(seen)} asked",
    )
    try:
        connection.close()
    finally:
        postgres.stop()


def _kept(notebook: Notebook, write: Write, port: int) -> bool:
    reply = send(write, port)
    notebook.note(write, reply)
    return reply.outcome == "kept"


def _look(port: int, writer: Writer) -> tuple[int, float]:
    """What someone gets who opens a page now, and how long it takes."""
    began = monotonic()
    asked = HTTPConnection("127.0.0.1", port, timeout=35)
    try:
        headers = {"Host": f"localhost:{port}", "Cookie": writer.cookie}
        asked.request("GET", "/plan/", headers=headers)
        response = asked.getresponse()
        response.read()
        return response.status, monotonic() - began
    except (OSError, HTTPException):
        return 0, monotonic() - began
    finally:
        asked.close()
