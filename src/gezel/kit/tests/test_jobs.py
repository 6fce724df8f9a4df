"""Work in the background: written down first, done once, told honestly, never lost."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation

from gezel.kit import jobs
from gezel.kit.jobs import Outcome, Progress, Refused, enqueue, job, run, run_waiting, sweep
from gezel.kit.models import Task

pytestmark = pytest.mark.django_db

Person = Any  # kit knows no people; the cast comes from /conftest.py
Visit = Callable[[Person], Client]
_asked: list[str] = []


@pytest.fixture
def noor(noor: Person) -> Person:
    """Noor, with no work of other rooms waiting: they begin some when she begins here."""
    Task.objects.all().delete()
    return noor


@job(title="Greet")
def greet(progress: Progress, *, name: str) -> Outcome:
    progress.begin(2)
    progress.step()
    _asked.append(name)
    return Outcome(f"Hello {name}, {translation.get_language()}", url="/people/", figures={"n": 1})


@job(title="Break")
def breaks(progress: Progress) -> None:
    raise RuntimeError("secret detail")


@job(title="Refuse")
def refuses(progress: Progress) -> None:
    progress.begin(10)
    progress.step(4)
    raise Refused("Row 4 has no name.")


def test_a_job_is_done_once_and_tells_what_came_of_it(noor: Person) -> None:
    noor.language = "nl"
    noor.save()
    _asked.clear()
    task = enqueue(greet, by=noor, name="Noor")
    assert task.state == Task.State.WAITING

    assert run(task.pk) is True
    assert run(task.pk) is False

    task.refresh_from_db()
    assert _asked == ["Noor"]
    assert (task.state, task.message) == (Task.State.DONE, "Hello Noor, nl")
    assert task.result == {"url": "/people/", "n": 1}
    assert task.done_steps == task.all_steps == 2
    assert task.ended_at


def test_the_same_key_twice_is_one_job(noor: Person) -> None:
    key = uuid.uuid4()

    assert enqueue(greet, by=noor, key=key, name="a") == enqueue(greet, by=noor, key=key, name="b")
    assert Task.objects.get().arguments == {"name": "a"}


def test_what_is_rolled_back_leaves_no_job(noor: Person) -> None:
    with transaction.atomic():
        enqueue(greet, by=noor, name="Noor")
        transaction.set_rollback(True)

    assert not Task.objects.exists()


def test_a_worker_is_woken_only_after_the_commit(
    noor: Person,
    django_capture_on_commit_callbacks: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    woken: list[uuid.UUID] = []
    monkeypatch.setattr(jobs, "_wake", woken.append)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        task = enqueue(greet, by=noor, name="Noor")
        assert woken == []

    assert woken == [task.pk]


def test_a_failure_is_tried_again_later_and_later_and_then_told(noor: Person) -> None:
    task = enqueue(breaks, by=noor)
    waits = []
    for _attempt in range(jobs.MOST_TRIES - 1):
        before = timezone.now()
        run(task.pk)
        task.refresh_from_db()
        assert task.state == Task.State.WAITING
        waits.append(round((task.run_after - before).total_seconds()))
    run(task.pk)
    task.refresh_from_db()

    assert waits == [10, 40, 160, 640]
    assert task.state == Task.State.FAILED
    assert "Nothing was half done" in task.message
    assert "secret detail" not in task.message


def test_a_refusal_is_told_at_once_in_its_own_words(noor: Person) -> None:
    task = enqueue(refuses, by=noor)
    run(task.pk)
    task.refresh_from_db()

    assert (task.state, task.message, task.tries) == (Task.State.FAILED, "Row 4 has no name.", 1)
    assert (task.done_steps, task.all_steps) == (4, 10)


def test_a_worker_that_lost_its_job_cannot_end_it(noor: Person) -> None:
    task = enqueue(greet, by=noor, name="Noor")
    mine = jobs._claim(task.pk)
    assert mine
    Task.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    theirs = jobs._claim(task.pk)
    assert theirs

    jobs._end(mine, Task.State.FAILED, "too late")
    progress = Progress(mine)
    progress.write()

    assert progress.lost
    assert Task.objects.get().state == Task.State.RUNNING
    assert jobs._claim(task.pk) is None  # the lease is theirs now


def test_a_job_that_kills_every_worker_is_given_up(noor: Person) -> None:
    task = enqueue(greet, by=noor, name="Noor")
    Task.objects.update(
        state=Task.State.RUNNING,
        tries=jobs.MOST_TRIES,
        held_until=timezone.now() - timedelta(seconds=1),
    )
    run(task.pk)

    task.refresh_from_db()
    assert task.state == Task.State.FAILED


def test_the_sweeper_finds_what_nobody_was_woken_for_and_what_died(
    noor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[uuid.UUID] = []
    monkeypatch.setattr(jobs, "_wake", woken.append)
    now = timezone.now()
    waiting, dead, alive, later, old = (enqueue(greet, by=noor, name=str(n)) for n in range(5))
    states: dict[uuid.UUID, dict[str, Any]] = {
        dead.pk: {"state": "running", "held_until": now - timedelta(seconds=1)},
        alive.pk: {"state": "running", "held_until": now + timedelta(seconds=30)},
        later.pk: {"run_after": now + timedelta(minutes=5)},
        old.pk: {"state": "done", "ended_at": now - timedelta(days=91)},
    }
    for pk, state in states.items():
        Task.objects.filter(pk=pk).update(**state)

    assert set(sweep()) == {waiting.pk, dead.pk}
    assert set(woken) == {waiting.pk, dead.pk}
    assert sweep() == []  # they are looked after
    assert not Task.objects.filter(pk=old.pk).exists()
    assert run(dead.pk) is True


def test_run_waiting_does_what_waits(noor: Person) -> None:
    enqueue(greet, by=noor, name="a")
    enqueue(greet, by=noor, name="b")

    assert run_waiting() == 2


def test_everyone_sees_their_own_tasks_and_a_stranger_nothing(
    noor: Person, sam: Person, visit: Visit
) -> None:
    task = enqueue(refuses, by=noor)
    run(task.pk)

    mine = visit(noor).get("/kit/tasks/").content.decode()
    page = visit(noor).get(f"/kit/tasks/{task.pk}")
    assert "Row 4 has no name." in mine
    assert "Try again" in page.content.decode()
    assert "Row 4" not in visit(sam).get("/kit/tasks/").content.decode()
    assert visit(sam).get(f"/kit/tasks/{task.pk}").status_code == 404
    assert visit(sam).post(f"/kit/tasks/{task.pk}/retry").status_code == 404
    assert Client().get("/kit/tasks/").status_code == 302


def test_a_failed_task_starts_anew_and_a_done_one_does_not(noor: Person, visit: Visit) -> None:
    failed, done = enqueue(refuses, by=noor), enqueue(greet, by=noor, name="Noor")
    run(failed.pk)
    run(done.pk)
    for task in (failed, done):
        assert visit(noor).post(f"/kit/tasks/{task.pk}/retry").status_code == 302

    failed.refresh_from_db()
    done.refresh_from_db()
    assert failed.state == Task.State.WAITING
    assert done.state == Task.State.DONE


def test_the_page_asks_again_only_while_there_is_news_to_come(noor: Person, visit: Visit) -> None:
    task = enqueue(greet, by=noor, name="Noor")
    address = f"/kit/tasks/{task.pk}"
    part = visit(noor).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "every 2s" in part
    assert "<html" not in part
    run(task.pk)

    page = visit(noor).get(address).content.decode()
    assert "every 2s" not in page
    assert "See the result" in page


# --- A worker killed half-way ---------------------------------------------------------------------

_WORKER = """
import os, pathlib, sys, time
import django
django.setup()
from datetime import timedelta
from django.core.cache import cache
from gezel.kit import jobs
from gezel.kit.models import Task

jobs.LEASE = timedelta(seconds=2)
jobs.BEAT_SECONDS = 0.2
trail = pathlib.Path(sys.argv[2])

@jobs.job(title="Count to eight")
def count(progress):
    progress.begin(8)
    for number in range(8):
        Task.objects.get_or_create(
            pk=f"00000000-0000-0000-0000-00000000000{number}",
            defaults={"name": "effect", "state": "done"})
        with trail.open("a") as out:
            out.write(f"{os.getpid()} {number}\\n")
        progress.step()
        time.sleep(float(sys.argv[3]))
    return jobs.Outcome("counted")

if sys.argv[1] == "ask":
    print(jobs.enqueue(count, by=None).pk)
else:
    stop = jobs.start_worker_thread()
    until = time.monotonic() + 40
    while time.monotonic() < until:
        jobs.sweep()
        if Task.objects.filter(name__endswith="count", state="done").exists():
            break
        time.sleep(0.3)
    stop()
"""


@pytest.mark.once
def test_a_worker_killed_half_way_is_followed_by_another_that_completes_once(
    tmp_path: Path,
) -> None:
    """The real thing: SQLite file, Huey file, its consumer thread, SIGKILL."""
    trail = tmp_path / "trail"
    environment = {
        **os.environ,
        "GEZEL_DATA_DIR": str(tmp_path / "data"),
        "GEZEL_DATABASE_URL": f"sqlite:///{tmp_path / 'data' / 'gezel.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "gezel.site.settings",
    }
    environment.pop("GEZEL_BROKER_URL", None)
    (tmp_path / "data").mkdir()

    def worker(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", _WORKER, *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    subprocess.run(
        # Jobs need this room's tables and no other's.
        [sys.executable, "-m", "gezel.site", "migrate", "kit", "-v0"],
        env=environment,
        check=True,
    )
    pk = worker("ask", str(trail), "0").communicate(timeout=60)[0].strip()
    first = worker("work", str(trail), "1")
    until = time.monotonic() + 40
    while (not trail.exists() or trail.read_text().count("\n") < 3) and time.monotonic() < until:
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=10)
    begun = trail.read_text().splitlines()
    assert 3 <= len(begun) < 8, "the first worker was stopped half-way"

    second = worker("work", str(trail), "0.01")
    _out, errors = second.communicate(timeout=60)

    look = f"""
import django
django.setup()
from gezel.kit.models import Task
t = Task.objects.get(pk="{pk}")
print(t.state, t.tries, t.done_steps, Task.objects.filter(name="effect").count())
"""
    told = subprocess.run(
        [sys.executable, "-c", look], env=environment, check=True, capture_output=True, text=True
    ).stdout.split()
    assert told == ["done", "2", "8", "8"], errors
    assert len({line.split()[0] for line in trail.read_text().splitlines()}) == 2
    assert "do not reach the worker" not in errors


def test_the_night_begins_once_and_only_at_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        jobs, "_nightly", [lambda: [(greet, {"name": "a"}), (greet, {"name": "b"})]]
    )
    night = datetime(2026, 11, 22, 2, 10, tzinfo=ZoneInfo("Europe/Amsterdam"))

    assert jobs.begin_night(night.replace(hour=14)) == 0
    assert jobs.begin_night(night) == 2
    assert jobs.begin_night(night + timedelta(minutes=10)) == 0
    assert jobs.begin_night(night + timedelta(days=1)) == 2


def test_of_all_processes_that_serve_one_works_and_the_next_takes_over(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    started: Queue[str] = Queue()
    monkeypatch.setattr(jobs, "start_worker_thread", lambda: started.put("works"))

    jobs.work_beside_the_pages()
    assert started.get(timeout=20) == "works"
    jobs.work_beside_the_pages()
    with pytest.raises(Empty):
        started.get(timeout=0.3)
    jobs._locks.pop(0).close()  # as when its process ends
    assert started.get(timeout=20) == "works"
    jobs._locks.pop(0).close()
