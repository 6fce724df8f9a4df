"""Two hundred visitors who never finish what they say: nobody else may notice (attack 27).

Each round opens 200 connections that stop half-way their first lines, then 200 that stop half-way
a form, with a visitor's mark, so that the product wants to read it. Others ask a page meanwhile.
"""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from statistics import quantiles
from time import perf_counter, sleep

from django.conf import settings
from django.core.management import call_command

from gezel.site.bench.figures import Figure, at_most
from gezel.site.bench.serving import served

VISITORS, ASKED, PATIENCE = 200, 60, 5.0
PAGE = "/account/login/"
# Below this, twice as long is the machine's own unrest and no one's experience, in seconds.
UNREST = 0.05


def drill(rounds: int) -> Iterator[Figure]:
    """Rounds of 200 half-open requests of each kind, the page of others timed beside them."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    ratios: dict[str, list[float]] = {"first lines": [], "form": []}
    lost = 0
    with served() as server:
        _times(server.port)
        for _round in range(rounds):
            for kind, found in ratios.items():
                before, missed = _times(server.port)
                with _half_open(server.port, kind):
                    sleep(0.5)
                    during, missed_during = _times(server.port)
                lost += missed + missed_during
                found.append(max(during, UNREST) / max(before, UNREST))
    conditions = f"{rounds} × {VISITORS} at once, {ASKED} pages of others each, times under"
    for kind, found in ratios.items():
        yield at_most(
            f"slow: p95 of others while visitors stop half-way their {kind}",
            round(max(found), 2),
            "× before",
            2,
            conditions=f"{conditions} {UNREST * 1000:.0f} ms count as that, the worst round",
        )
    yield at_most("slow: pages that never came", lost, "pages", 0, conditions=conditions)


def _times(port: int) -> tuple[float, int]:
    """The 95th percentile of what a page takes in seconds, and how many pages never came."""
    taken, missed = [], 0
    for _ in range(ASKED):
        began = perf_counter()
        asked = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            asked.request("GET", PAGE, headers={"Host": f"localhost:{port}"})
            asked.getresponse().read()
        except (OSError, HTTPException):
            missed += 1
            if missed > 2:
                break
        finally:
            asked.close()
        taken.append(perf_counter() - began)
    return quantiles(taken, n=20)[-1], missed


@contextmanager
def _half_open(port: int, kind: str) -> Iterator[None]:
    """So many connections that have begun and do not go on, until the end of the block."""
    said = f"POST {PAGE} HTTP/1.1\r\nHost: localhost:{port}\r\n"
    if kind == "form":
        said += (
            f"Cookie: {settings.CSRF_COOKIE_NAME}={_mark(port)}\r\nContent-Length: 10000\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin=n"
        )
    with ExitStack() as stack:
        for _ in range(VISITORS):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            line.sendall(said.encode())
        yield


def _mark(port: int) -> str:
    asked = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    asked.request("GET", PAGE, headers={"Host": f"localhost:{port}"})
    answer = asked.getresponse()
    answer.read()
    asked.close()
    for told in answer.headers.get_all("Set-Cookie", []):
        name, _, rest = told.partition("=")
        if name == settings.CSRF_COOKIE_NAME:
            return rest.partition(";")[0]
    raise RuntimeError(f"{PAGE} gives no mark for its form")
