"""From a clean clone to the first page, and the second start of what was set up then."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from gezel.site.bench.figures import Figure, at_most, skipped
from gezel.site.bench.serving import answers, free_port, stop

ROOT = Path(__file__).resolve().parents[4]
PATIENCE = 300.0


def measure() -> Iterator[Figure]:
    """`git clone`, `./gezel run`, the first page; with what must be downloaded in the caches."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        yield skipped("clean clone to first page", "this is no git checkout")
        return
    with TemporaryDirectory(prefix="gezel-clone-", ignore_cleanup_errors=True) as name:
        first, second = [], []
        # The first time may download; it counts for nothing.
        for turn in range(4):
            folder = Path(name) / str(turn)
            began = perf_counter()
            subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
            cloned = perf_counter() - began
            taken = cloned + _run(folder)
            again = _run(folder)
            if turn:
                first.append(taken)
                second.append(again)
            shutil.rmtree(folder, ignore_errors=True)
    yield at_most(
        "clean clone to first page",
        median(first),
        "s",
        60,
        conditions="git clone and ./gezel run, demo built, packages in the caches of uv and npm",
    )
    yield at_most("second start to first page", median(second), "s", 5, conditions="./gezel run")


def _run(folder: Path) -> float:
    """The seconds from `./gezel run` to its first page."""
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GEZEL_")}
    environment.pop("VIRTUAL_ENV", None)
    began = perf_counter()
    process = subprocess.Popen(
        ["./gezel", "run", "--port", str(port)],
        cwd=folder,
        env=environment | {"GEZEL_BASE_URL": f"http://localhost:{port}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not answers(port, "/account/login/", timeout=10):
            if process.poll() is not None:
                raise RuntimeError(f"./gezel run in a clean clone ended with {process.returncode}")
            if perf_counter() - began > PATIENCE:
                raise TimeoutError("no first page")
            sleep(0.05)
        return perf_counter() - began
    finally:
        stop(process)
