"""People who write over HTTP, and a notebook of what was confirmed to them.

Like a phone in a tunnel, a writer who got no answer keeps the same write, with the same key,
and sends it again until somebody confirms it.
"""

import json
import threading
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from time import sleep
from typing import Literal
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from gezel.content.api import Answer
from gezel.plans.api import Step
from gezel.site.drill.scene import Writer
from gezel.skills.api import Evidence, Standing, estimates

Kind = Literal["rating", "answer", "step"]
KINDS: tuple[Kind, ...] = ("rating", "answer", "step")
Outcome = Literal["kept", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Write:
    """One thing someone writes: recognisable by its mark, sent under its key."""

    kind: Kind
    writer: Writer
    level: int
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    mark: str = field(default_factory=lambda: f"mark {uuid.uuid4()}")
    at: str = field(default_factory=lambda: timezone.now().isoformat())

    def request(self) -> tuple[str, bytes, str]:
        """Where to, what, and of which type."""
        writer, today = self.writer, timezone.localdate()
        if self.kind == "answer":
            answer = {
                "key": self.key,
                "block": writer.block_pk,
                "at": self.at,
                "value": {"text": self.mark},
            }
            body = json.dumps({"attempt": writer.registration, "answers": [answer]})
            return reverse("content:answers"), body.encode(), "application/json"
        if self.kind == "rating":
            address = reverse("skills:ledger", args=[writer.person_pk, writer.skill_pk])
            form = {"level": self.level, "on": today.isoformat(), "note": self.mark}
        else:
            address = reverse("plans:steps", args=[writer.goal_pk])
            due_on = (today + timedelta(days=30)).isoformat()
            form = {"title": self.mark, "when": "other", "due_on": due_on, "who": "person"}
        told = urlencode(form | {"key": self.key})
        return address, told.encode(), "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: whether it was confirmed, and the status (0: no answer)."""

    outcome: Outcome
    status: int = 0


def send(write: Write, port: int, timeout: float = 25) -> Reply:
    """Send it once; what is not clearly confirmed counts as not confirmed."""
    address, body, kind = write.request()
    asked = HTTPConnection("127.0.0.1", port, timeout=timeout)
    headers = {
        "Host": f"localhost:{port}",
        "Cookie": write.writer.cookie,
        "X-CSRFToken": write.writer.token,
        "Content-Type": kind,
    }
    try:
        asked.request("POST", address, body, headers)
        response = asked.getresponse()
        said = response.read()
    except (OSError, HTTPException):
        return Reply("unknown")
    finally:
        asked.close()
    if write.kind == "answer":
        kept = response.status == 200 and json.loads(said)["answers"][0]["state"] == "kept"
    else:
        to = response.headers.get("Location", "")
        kept = response.status == 302 and "login" not in to
    return Reply("kept" if kept else "refused", response.status)


class Notebook:
    """What each writer was told; shared by all of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.confirmed: list[Write] = []
        self.open: list[Write] = []
        self.answers: Counter[str] = Counter()

    def note(self, write: Write, reply: Reply) -> None:
        with self._lock:
            if reply.outcome != "kept":
                self.answers[f"{write.kind} {reply.status or 'no answer'}"] += 1
            (self.confirmed if reply.outcome == "kept" else self.open).append(write)

    def take_open(self) -> list[Write]:
        """The writes that nobody confirmed, to be sent again."""
        with self._lock:
            waiting, self.open = self.open, []
        return waiting


class Crowd:
    """Writers who write without a pause, each in a thread, until told to stop."""

    def __init__(self, writers: list[Writer], port: int, notebook: Notebook) -> None:
        self._stop = threading.Event()
        self._port, self._notebook = port, notebook
        self._threads = [threading.Thread(target=self._write, args=(w,)) for w in writers]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self, writer: Writer) -> None:
        turn = 0
        while not self._stop.is_set():
            write = Write(KINDS[turn % 3], writer, level=1 + turn % 5)
            reply = send(write, self._port)
            self._notebook.note(write, reply)
            turn += 1
            if reply.outcome != "kept":
                sleep(0.05)
        connection.close()


def send_again(notebook: Notebook, port: int, tries: int = 40) -> None:
    """All that is open is sent again under its own key, until it is confirmed."""
    for _ in range(tries):
        waiting = notebook.take_open()
        for write in waiting:
            notebook.note(write, send(write, port))
        if not notebook.open:
            return
        sleep(0.25)


@dataclass(frozen=True, slots=True)
class Count:
    """What is in the database, held against what was confirmed."""

    confirmed: int
    lost: int
    doubled: int
    unheard_of: int
    """There, though nobody wrote it."""
    half: int
    """Estimates that do not follow from the evidence."""


def count(notebook: Notebook) -> Count:
    """Hold the database against the notebook."""
    there = Counter(marks_kept())
    confirmed = [write.mark for write in notebook.confirmed]
    written = {*confirmed, *(write.mark for write in notebook.open)}
    people = {write.writer.person_pk for write in [*notebook.confirmed, *notebook.open]}
    return Count(
        confirmed=len(confirmed),
        lost=sum(there[mark] == 0 for mark in confirmed),
        doubled=sum(times > 1 for times in there.values()),
        unheard_of=len(there.keys() - written),
        half=half_done(people),
    )


def marks_kept() -> Iterable[str]:
    """The mark of every write there is, as often as it is there."""
    yield from Evidence.objects.values_list("note", flat=True)
    yield from Step.objects.values_list("title", flat=True)
    for value in Answer.objects.values_list("value", flat=True):
        yield value["text"]


def half_done(people: set[int]) -> int:
    """How many stored estimates differ from what the evidence says: a write kept by half."""
    stored = {
        (s.person_id, s.skill_id): (round(s.level, 3), s.pieces)
        for s in Standing.objects.filter(person__in=people)
    }
    said = {
        key: (round(e.level, 3), len(e.parts))
        for key, e in estimates(people, at=None).items()
        if e.parts
    }
    return sum(stored.get(key) != said.get(key) for key in stored.keys() | said.keys())


def integrity() -> str:
    """What the database itself finds wrong; "ok" if nothing."""
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            # Every row of every table of ours can be read; a torn page would end here.
            for table in connection.introspection.table_names():
                cursor.execute(
                    f"SELECT count(*) FROM {connection.ops.quote_name(table)} AS t"  # noqa: S608 # the database's own names
                    " WHERE t::text IS NULL"
                )
                cursor.fetchone()
            return "ok"
        cursor.execute("PRAGMA integrity_check")
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute("PRAGMA foreign_key_check")
        found += [f"row {row[1]} of {row[0]} points nowhere" for row in cursor.fetchall()]
    problems = [line for line in found if line != "ok"]
    return "; ".join(problems[:5]) or "ok"
