"""A server that is told to stop at any moment of its start: it ends, and leaves nobody behind.

Each round tells it once or twice (SIGTERM, as a service manager does and an impatient one repeats),
alone or with all its processes (as Ctrl-C and `timeout` do), somewhere between its first moment and
well after it answers. Half-way its start a server is several processes that do not all listen yet.
"""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from time import perf_counter, sleep

from django.conf import settings
from django.core.management import call_command

from gezel.site.bench.figures import Figure, at_most
from gezel.site.bench.serving import free_port, served, stop

PATIENCE = 20.0
# The moments lie close together where processes part and begin to listen: about when it answers.
SEED = 20261127


def drill(rounds: int) -> Iterator[Figure]:
    """Rounds of a start that is broken off."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    with served():
        pass  # the first start collects the static files
    with served() as server:
        ready = server.taken
    chance = random.Random(SEED)
    taken: list[float] = []
    hanging = left = 0
    for _round in range(rounds):
        moment = chance.choice(
            [chance.uniform(0, 1.5 * ready), chance.uniform(0.8 * ready, 1.1 * ready)]
        )
        found = _round_of(moment, times=chance.choice([1, 2]), all_of_them=chance.random() < 0.3)
        if found is None:
            hanging += 1
        else:
            ended, alone = found
            taken.append(ended)
            left += not alone
    conditions = f"{rounds} starts, told once or twice, up to {1.5 * ready:.1f} s after the start"
    yield at_most("stop: servers that hung", hanging, "servers", 0, conditions=conditions)
    yield at_most("stop: processes left behind", left, "servers", 0, conditions=conditions)
    yield at_most(
        "stop: from the first signal to the end, longest",
        round(max(taken, default=0.0), 2),
        "s",
        PATIENCE / 2,
        conditions=conditions,
    )


def _round_of(moment: float, *, times: int, all_of_them: bool) -> tuple[float, bool] | None:
    """The seconds it took to end, and whether nobody was left; None where it hung."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gezel.site", "serve", "--port", str(port)],
        env=os.environ | {"GEZEL_BASE_URL": f"http://localhost:{port}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        sleep(moment)
        began = perf_counter()
        for _ in range(times):
            with suppress(ProcessLookupError):
                (os.killpg if all_of_them else os.kill)(process.pid, signal.SIGTERM)
            sleep(0.05)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            return None
        ended = perf_counter() - began
        return ended, _alone(process.pid)
    finally:
        stop(process)


def _alone(group: int, patience: float = 3.0) -> bool:
    """Whether all that began with it ended with it."""
    until = perf_counter() + patience
    while perf_counter() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        sleep(0.05)
    return False
