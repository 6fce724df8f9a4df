"""What one request costs: queries, and CPU of ours and of the database together."""

from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import thread_time_ns

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gezel.site.bench.bare import PAGE, KeptAside


def queries(client: Client, url: str) -> tuple[int, int]:
    """How many queries this page asks, and how many bytes it answers; once warm."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url)
    return len(asked), len(response.content)


def cpu_ms(client: Client, url: str, runs: int = 25) -> float:
    """Median CPU milliseconds of one request, after three that warm the caches.

    SQLite works in this thread; what PostgreSQL does for us in its own process is added, so
    that the two can be compared and no work is hidden behind the socket.
    """
    _warm(client, url)
    workers = backends()
    return median(_taken(client, url, workers) for _ in range(runs))


@dataclass(frozen=True)
class Beside:
    """What a page cost beside another, in milliseconds of CPU."""

    ms: float
    base: float
    times: float
    """How many times the other: the median of what each turn said."""


def beside(bare_page: KeptAside, client: Client, url: str, turns: int = 15) -> Beside:
    """A page and the bare one in turns of a few requests, the first of each turn not counted.

    How quick a machine is that others share changes by half within seconds (measured), so what a
    baseline took a minute ago says little of a page; of the turn next to it, it does. One request
    of each would be still nearer, but then each finds the processor full of the other, which makes
    the bare page dearer by a quarter and ours by a seventh, and our figures better than they are.
    """
    _warm(client, url)
    with bare_page:
        _warm(bare_page.client, PAGE)
    workers = backends()
    taken = []
    for _ in range(turns):
        with bare_page:
            base = _turn(bare_page.client, PAGE, workers)
        taken.append((base, _turn(client, url, workers)))
    return Beside(
        median(ms for _, ms in taken),
        median(ms for ms, _ in taken),
        median(ms / base for base, ms in taken),
    )


def _turn(client: Client, url: str, workers: list[Path], runs: int = 5) -> float:
    client.get(url)
    return median(_taken(client, url, workers) for _ in range(runs))


def _warm(client: Client, url: str) -> None:
    for _ in range(3):
        response = client.get(url)
        if response.status_code != 200:
            raise RuntimeError(f"{url} answered {response.status_code}")


def _taken(client: Client, url: str, workers: list[Path]) -> float:
    before = thread_time_ns() + spent(workers)
    client.get(url)
    return (thread_time_ns() + spent(workers) - before) / 1e6


def backends() -> list[Path]:
    """Where Linux tells how long the database's processes for us have been running."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        return [Path(f"/proc/{pid}/schedstat") for (pid,) in cursor.fetchall()]


def spent(workers: list[Path]) -> int:
    """Nanoseconds of CPU that these have used."""
    spent = 0
    for file in workers:
        try:
            spent += int(file.read_text().split()[0])
        except (OSError, IndexError):  # a connection closed, or no Linux
            continue
    return spent
