"""Work in the background that is never lost: a row first, a worker second.

    @job(title=_("Import people"))
    def apply_import(progress: Progress, *, intake: str) -> Outcome:
        progress.begin(3)
        ...
        return Outcome(_("Imported."), url=reverse("people:import_result", args=[intake]))

    enqueue(apply_import, by=request.user, intake=str(intake.pk))      # inside your transaction

The row (`Task`) is written in the transaction of its cause. Once that is committed, Huey wakes a
worker; should that message get lost, `sweep` finds the row. A worker holds a job by a lease it
keeps renewing; when it dies, the lease runs out and another takes the job up, from the start: a
job is an action that can run twice. It runs in the language of who asked for it.
"""

import fcntl
import json
import logging
import threading
import uuid
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, wraps
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.kit import late
from gezel.kit.models import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

P = ParamSpec("P")
log = logging.getLogger(__name__)

MOST_TRIES = 5
# Longer than any one transaction may hold SQLite's writer lock; a dead worker's job waits this
# long before another takes it up.
LEASE = timedelta(seconds=60)
BEAT_SECONDS = 3.0
# 10 s, 40 s, 160 s, 640 s: long enough to outlive a restart of the mail or database server.
FIRST_WAIT_SECONDS = 10
KEPT = timedelta(days=90)


class Refused(Exception):  # noqa: N818 - reads as what it is where it is raised
    """The job cannot be done and trying again will not help; the message tells people why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job, for who asked: a sentence, where to look, and figures."""

    message: str = ""
    url: str = ""
    figures: dict[str, Any] | None = None


class Asker(Protocol):
    """Who asks for work: any account."""

    pk: Any


class Progress:
    """How far a job is. Tell it often; it is written now and then, never in your transaction.

    In a worker another thread writes it, over its own connection, and so keeps the lease.
    """

    def __init__(self, task: Task) -> None:
        self._task_pk, self._try = task.pk, task.tries
        self.done = self.all = 0
        self.message = ""
        self.lost = False

    def begin(self, steps: int, message: str = "") -> None:
        """There are this many steps; none is done."""
        self.done, self.all, self.message = 0, steps, message or self.message

    def step(self, steps: int = 1, message: str = "") -> None:
        """That many more are done."""
        self.done += steps
        self.message = message or self.message

    def write(self) -> None:
        """Tell the row, and hold the job for another while. False: it is no longer ours."""
        self.lost = not _mine(self._task_pk, self._try).update(
            done_steps=self.done,
            all_steps=self.all,
            message=self.message[:500],
            held_until=timezone.now() + LEASE,
        )


class Job(Protocol[P]):
    """A registered function: called by name with its arguments, after its progress."""

    name: str
    title: str | Promise

    def __call__(
        self, progress: Progress, *args: P.args, **kwargs: P.kwargs
    ) -> "Outcome | None": ...


_jobs: dict[str, Any] = {}


def job(
    *, title: str | Promise
) -> Callable[[Callable[Concatenate[Progress, P], Outcome | None]], Job[P]]:
    """Register a function as a job. Its arguments must fit in JSON: give keys, not objects.

    Args:
        title: what it does, for the page of one's tasks ("Import people").
    """

    def register(function: Callable[Concatenate[Progress, P], Outcome | None]) -> Job[P]:
        room = function.__module__.removeprefix("gezel.").removesuffix(".jobs")

        @wraps(function)
        def registered(progress: Progress, *args: P.args, **kwargs: P.kwargs) -> Outcome | None:
            return function(progress, *args, **kwargs)

        known: Any = registered
        known.name, known.title = f"{room}.{function.__name__}", title
        _jobs[known.name] = known
        found: Job[P] = known
        return found

    return register


def title_of(task: Task) -> str:
    """What a task is about, in the reader's language."""
    return str(_jobs[task.name].title) if task.name in _jobs else task.name


def enqueue(
    function: Job[P], *, by: Asker | None, key: uuid.UUID | None = None, **arguments: Any
) -> Task:
    """Write down the work and have a worker woken once this transaction is committed.

    The same `key` again gives back the task that stands, so a form sent twice is one job.
    """
    task, new = Task.objects.get_or_create(
        pk=key or uuid.uuid4(),
        defaults={
            "name": function.name,
            "arguments": arguments,
            "asked_by_id": by.pk if by else None,
        },
    )
    if new:
        transaction.on_commit(lambda: _wake(task.pk))
    return task


def try_again(task: Task) -> bool:
    """A failed task starts anew; False when it is no longer a failed one."""
    anew = Task.objects.filter(pk=task.pk, state=Task.State.FAILED).update(
        state=Task.State.WAITING, tries=0, message="", run_after=timezone.now(), ended_at=None
    )
    if anew:
        transaction.on_commit(lambda: _wake(task.pk))
    return bool(anew)


# --- Doing the work ------------------------------------------------------------------------------


def _mine(pk: uuid.UUID, tried: int) -> Any:
    """The row as long as this try holds it: a later try has a higher number."""
    return Task.objects.filter(pk=pk, state=Task.State.RUNNING, tries=tried)


def _claim(pk: uuid.UUID) -> Task | None:
    """Take the job if it is anyone's: one conditional update, so two workers never both do."""
    now = timezone.now()
    free = Q(state=Task.State.WAITING) | Q(state=Task.State.RUNNING, held_until__lt=now)
    if not Task.objects.filter(free, pk=pk).update(
        state=Task.State.RUNNING, tries=F("tries") + 1, held_until=now + LEASE
    ):
        return None
    return Task.objects.select_related("asked_by").get(pk=pk)


@contextmanager
def _heartbeat(progress: Progress) -> "Iterator[None]":
    """Write progress every few seconds from beside the work, over a connection of its own."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(BEAT_SECONDS):
            try:
                progress.write()
            except DatabaseError:
                # SQLite's one writer may be this very job; the lease outlasts that.
                log.debug("No heartbeat this time", exc_info=True)
        connection.close()

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def _quietly(progress: Progress) -> "Iterator[None]":
    yield
    progress.write()


def run(pk: uuid.UUID | str, *, heartbeat: bool = False) -> bool:
    """Do one task now, if it is free to take; tells whether it was.

    Tests call this as it is; a worker asks for a heartbeat.
    """
    task = _claim(uuid.UUID(str(pk)))
    if task is None:
        return False
    if task.tries > MOST_TRIES:
        _end(task, Task.State.FAILED, _gave_up())
        return True
    language = getattr(task.asked_by, "language", "") or settings.LANGUAGE_CODE
    progress = Progress(task)
    with translation.override(language):
        try:
            with _heartbeat(progress) if heartbeat else _quietly(progress):
                outcome = _jobs[task.name](progress, **task.arguments) or Outcome()
        except Refused as refusal:
            _end(task, Task.State.FAILED, str(refusal), progress)
        except Exception:
            log.exception("Task %s (%s) failed at try %s", task.pk, task.name, task.tries)
            _later(task)
        else:
            result = {"url": outcome.url, **(outcome.figures or {})}
            progress.done = progress.all
            _end(task, Task.State.DONE, outcome.message, progress, result)
    return True


def _gave_up() -> str:
    return _(
        "This did not work, also not after several tries. Nothing was half done. Try again; "
        "if it goes wrong once more, tell whoever looks after Gezel."
    )


def _end(
    task: Task,
    state: str,
    message: str,
    progress: Progress | None = None,
    result: dict[str, Any] | None = None,
) -> None:
    _mine(task.pk, task.tries).update(
        state=state,
        message=message[:500],
        result=result,
        held_until=None,
        ended_at=timezone.now(),
        **({"done_steps": progress.done, "all_steps": progress.all} if progress else {}),
    )


def _later(task: Task) -> None:
    if task.tries >= MOST_TRIES:
        _end(task, Task.State.FAILED, _gave_up())
        return
    wait = timedelta(seconds=FIRST_WAIT_SECONDS * 4 ** (task.tries - 1))
    _mine(task.pk, task.tries).update(
        state=Task.State.WAITING,
        held_until=None,
        run_after=timezone.now() + wait,
        message=_("Something went wrong on our side. We try again by ourselves."),
    )
    transaction.on_commit(lambda: _wake(task.pk, after=wait))


def sweep() -> list[uuid.UUID]:
    """Find work nobody was woken for and work whose worker died, and wake a worker for it.

    What it wakes counts as looked after for ten minutes, so a long queue is not filled twice.
    """
    now = timezone.now()
    Task.objects.filter(ended_at__lt=now - KEPT).delete()
    Task.objects.filter(state=Task.State.RUNNING, held_until__lt=now).update(
        state=Task.State.WAITING, held_until=None, run_after=now
    )
    found = list(
        Task.objects.filter(state=Task.State.WAITING, run_after__lte=now)
        .order_by("run_after")
        .values_list("pk", flat=True)[:1_000]
    )
    Task.objects.filter(pk__in=found, state=Task.State.WAITING).update(
        run_after=now + timedelta(minutes=10)
    )
    for pk in found:
        _wake(pk)
    return found


# --- Every night ---------------------------------------------------------------------------------

# Local time: after the last shift has gone home and well before the first comes in.
NIGHT = range(2, 5)
_NIGHTS = uuid.UUID("6d0f8f5e-5c0b-4f7c-9a53-8d0f4f2f1a77")

Errand = tuple["Job[Any]", dict[str, Any]]
_nightly: list[Callable[[], Iterable[Errand]]] = []


def nightly(errands: Callable[[], Iterable[Errand]]) -> None:
    """Have work done every night; `errands` tells which, as (job, arguments). Asked in ready()."""
    if errands not in _nightly:
        _nightly.append(errands)


def begin_night(now: datetime | None = None) -> int:
    """Write down tonight's work, once, however many servers ask; returns how much was new.

    The key of a task is made of the day and the work, so the database lets it in one time.
    """
    moment = timezone.localtime(now)
    if moment.hour not in NIGHT:
        return 0
    begun = 0
    for errands in _nightly:
        for function, arguments in errands():
            told = json.dumps([str(moment.date()), function.name, arguments], sort_keys=True)
            key = uuid.uuid5(_NIGHTS, told)
            if not Task.objects.filter(pk=key).exists():
                enqueue(function, by=None, key=key, **arguments)
                begun += 1
    return begun


_each_minute: list[Callable[[], Iterable[Errand]]] = []


def each_minute(errands: Callable[[], Iterable[Errand]]) -> None:
    """Have work looked for every minute; `errands` tells what there is to do now, if anything.

    The same work with the same arguments does not begin again before it ended.
    """
    if errands not in _each_minute:
        _each_minute.append(errands)


def begin_minute() -> int:
    """Write down what there is to do now; returns how much was new."""
    begun = 0
    for errands in _each_minute:
        for function, arguments in errands():
            under_way = Task.objects.filter(
                name=function.name,
                arguments=arguments,
                state__in=[Task.State.WAITING, Task.State.RUNNING],
            )
            if not under_way.exists():
                enqueue(function, by=None, **arguments)
                begun += 1
    return begun


def run_waiting() -> int:
    """Do everything that waits, here and now; how tests see what a worker would do."""
    done = 0
    waiting = Task.objects.filter(state=Task.State.WAITING, run_after__lte=timezone.now())
    while (pk := waiting.order_by("created_at").values_list("pk", flat=True).first()) and run(pk):
        done += 1
    return done


# --- The engine ----------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def engine() -> "late.huey.Huey":
    """Huey: a file beside the data by default, Valkey or Redis where a broker is given.

    Messages are signed: who can write to the broker still cannot make us run anything.
    """
    signed = {
        "results": False,
        "serializer": late.huey_serializer.SignedSerializer(
            secret=settings.SECRET_KEY, salt="gezel.kit.jobs"
        ),
    }
    if settings.BROKER_URL:
        huey: Any = late.huey.RedisHuey("gezel", url=settings.BROKER_URL, **signed)
    else:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        huey = late.huey.SqliteHuey(
            "gezel", filename=str(settings.DATA_DIR / "jobs.sqlite3"), **signed
        )

    @huey.task(name="run", context=False)  # type: ignore[untyped-decorator] # huey has no types
    def run_task(pk: str) -> None:
        _in_worker(lambda: run(pk, heartbeat=True))

    @huey.periodic_task(late.huey.crontab(minute="*"), name="sweep")  # type: ignore[untyped-decorator]
    def sweep_now() -> None:
        _in_worker(sweep)

    @huey.periodic_task(late.huey.crontab(minute="*"), name="minute")  # type: ignore[untyped-decorator]
    def minute_now() -> None:
        _in_worker(begin_minute)

    @huey.periodic_task(late.huey.crontab(minute="*/10"), name="night")  # type: ignore[untyped-decorator]
    def night_now() -> None:
        _in_worker(begin_night)

    huey.gezel_run = run_task
    return huey


def _in_worker(work: Callable[[], object]) -> None:
    close_old_connections()
    try:
        work()
    finally:
        close_old_connections()


def _wake(pk: uuid.UUID, *, after: timedelta | None = None) -> None:
    if settings.TESTING:  # `run_waiting` stands in for the worker
        return
    try:
        wake = engine().gezel_run
        if after:
            wake.schedule((str(pk),), delay=after.total_seconds())
        else:
            wake(str(pk))
    except Exception:
        # The row stands, so nothing is lost: the sweeper finds it within a minute.
        log.exception("No worker could be woken for task %s", pk)


def _consumer(kind: "type[late.huey_consumer.Consumer]", workers: int) -> Any:
    autodiscover_modules("jobs")
    return kind(engine(), workers=workers, max_delay=1.0, scheduler_interval=1)


def start_worker_thread(workers: int = 1) -> Callable[[], None]:
    """Begin to work in threads of this process; gives the function that stops it again.

    Waits for the work under way when stopped. Once started it looks whether work arrives.
    """

    class BesideAServer(late.huey_consumer.Consumer):  # type: ignore[misc] # huey has no types
        def _set_signal_handlers(self) -> None:
            """The signals are the server's."""

    consumer = _consumer(BesideAServer, workers)
    consumer.start()
    threading.Thread(target=_start_up, name="worker start-up", daemon=True).start()
    return lambda: consumer.stop(graceful=True)


def work_beside_the_pages() -> None:
    """Work in a thread of this process, if no other process that serves these data does.

    Whoever holds the lock works. The system lets go of it when that process ends, however it
    ends, and the next one takes over: jobs have one worker, pages as many processes as there are.
    """

    def when_it_is_our_turn() -> None:
        held = (Path(settings.DATA_DIR) / "worker.lock").open("w")
        fcntl.flock(held, fcntl.LOCK_EX)
        _locks.append(held)
        start_worker_thread()

    threading.Thread(target=when_it_is_our_turn, name="worker in waiting", daemon=True).start()


# Open for as long as the process lives: closing the file would let go of the lock.
_locks: list[IO[str]] = []


def work_until_stopped(workers: int = 2) -> None:
    """Be a worker: until SIGINT (finishes what is under way) or SIGTERM (leaves it to others)."""
    consumer = _consumer(late.huey_consumer.Consumer, workers)
    threading.Thread(target=_start_up, name="worker start-up", daemon=True).start()
    consumer.run()


def _start_up() -> None:
    try:
        sweep()
        if not sees_work():
            log.error("Jobs do not reach the worker: nothing will happen in the background.")
    except DatabaseError:
        log.exception("The worker cannot reach the database")
    finally:
        connection.close()


@job(title=gettext_lazy("See whether work arrives"))
def look(progress: Progress) -> None:
    """Nothing to do: that it runs is the answer."""


def sees_work(seconds: float = 15) -> bool:
    """Whether a job that is enqueued now gets done: an engine that is looked for in the wrong
    place raises no error, it just never works."""
    task = enqueue(look, by=None)
    waited = threading.Event()
    for _attempt in range(int(seconds / 0.25)):
        if Task.objects.filter(pk=task.pk, state=Task.State.DONE).exists():
            Task.objects.filter(pk=task.pk).delete()
            return True
        waited.wait(0.25)
    return False
