"""A worker is killed half-way through a long job; another brings it to its end, once."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from time import monotonic, sleep

from django.db import connection
from django.db.utils import OperationalError

from gezel.kit.models import Task
from gezel.people.api import Employment, Organisation, Person, found
from gezel.site.bench.figures import Figure, at_most
from gezel.site.bench.intake import brought_in, staff_list, to_be_taken_over
from gezel.site.drill.scene import kill_group, set_scene

ROWS = 6_000
# A lease of a minute must run out before another worker may take over.
PATIENCE = 240.0


def drill(rounds: int) -> Iterator[Figure]:
    """A staff list of some thousands is taken over; the worker dies in the middle of it."""
    set_scene(writers=1)
    done_twice = lost = unfinished = 0
    waits = []
    for number in range(rounds):
        organisation = found(f"Lijst {number}", slug=f"list-{number}")
        unfinished_now, waited, people = _round(organisation, number)
        unfinished += unfinished_now
        waits.append(waited)
        lost += max(0, ROWS - people)
        done_twice += max(0, people - ROWS)
    where = f"{connection.vendor}, {rounds} × SIGKILL half-way, {ROWS:,} people in the job"
    yield at_most("worker: jobs not brought to their end", unfinished, "jobs", 0, conditions=where)
    yield at_most("worker: people lost", lost, "people", 0, conditions=where)
    yield at_most("worker: people twice", done_twice, "people", 0, conditions=where)
    yield at_most(
        "worker: from kill to done",
        max(waits),
        "s",
        PATIENCE,
        conditions=f"{where}; the lease is a minute",
    )


def _round(organisation: Organisation, number: int) -> tuple[int, float, int]:
    task = to_be_taken_over(
        brought_in(organisation, staff_list(ROWS, domain=f"list{number}.example"))
    )
    first = _worker()
    try:
        _wait_for(lambda: _state(task) == Task.State.RUNNING, 60)
        sleep(0.7)  # into the writing
        half = _state(task)
    finally:
        kill_group(first)
    killed = monotonic()
    if half != Task.State.RUNNING:
        raise RuntimeError(f"The job was {half} before it could be killed; make the list longer.")
    second = _worker()
    try:
        finished = _wait_for(lambda: _state(task) in {Task.State.DONE, Task.State.FAILED}, PATIENCE)
    finally:
        kill_group(second)
    waited = monotonic() - killed
    people = Employment.objects.filter(organisation=organisation).count()
    accounts = Person.objects.filter(email__endswith=f"@list{number}.example").count()
    ended = finished and _state(task) == Task.State.DONE
    return 0 if ended else 1, waited, max(people, accounts)


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "gezel.site", "worker", "--workers", "1"],
        env=os.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _state(task: Task) -> str:
    try:
        found: str = Task.objects.values_list("state", flat=True).get(pk=task.pk)
    except OperationalError:  # a moment's lock
        return ""
    return found


def _wait_for(done: Callable[[], bool], patience: float) -> bool:
    until = monotonic() + patience
    while monotonic() < until:
        if done():
            return True
        sleep(0.05)
    return False
