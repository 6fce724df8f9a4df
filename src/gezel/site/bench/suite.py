"""How long `./gezel test` takes; only measured when asked for."""

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from gezel.site.bench.figures import Figure

ROOT = Path(__file__).resolve().parents[4]


def measure() -> Iterator[Figure]:
    """Once: the whole suite on both databases."""
    began, worked = perf_counter(), _processor()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GEZEL_")}
    done = subprocess.run(
        ["./gezel", "test", "-q"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    taken = (perf_counter() - began) / 60
    yield Figure(
        "./gezel test",
        taken,
        "min",
        target=15,
        passed=taken <= 15 and done.returncode == 0,
        conditions=f"once, both databases, exit code {done.returncode}",
    )
    # What other work on the machine does not lengthen as much.
    yield Figure(
        "./gezel test: processor",
        (_processor() - worked) / 60,
        "min",
        conditions="its processes whose end was waited for: of a browser's most are not",
    )


def _processor() -> float:
    """Seconds that processes we started, and theirs, have worked; of those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
