"""What one request costs: queries, and CPU of ours and of the database together."""

from pathlib import Path
from statistics import median
from time import thread_time_ns

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


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
    for _ in range(3):
        response = client.get(url)
        if response.status_code != 200:
            raise RuntimeError(f"{url} answered {response.status_code}")
    workers = backends()
    taken = []
    for _ in range(runs):
        before = thread_time_ns() + spent(workers)
        client.get(url)
        taken.append((thread_time_ns() + spent(workers) - before) / 1e6)
    return median(taken)


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
