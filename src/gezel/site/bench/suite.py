"""How long `./gezel test` takes; only measured when asked for."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from gezel.site.bench.figures import Figure

ROOT = Path(__file__).resolve().parents[4]


def measure() -> Iterator[Figure]:
    """Once: the whole suite on both databases."""
    began = perf_counter()
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
