"""The real product on a port of its own, and people signed in to it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from time import perf_counter, sleep

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers, and the seconds from its start to its first answer."""

    port: int
    taken: float

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(*options: str, port: int | None = None, **environment: str) -> Iterator[Served]:
    """`gezel serve` on the data of this process, until the end of the block."""
    port = port or free_port()
    told = os.environ | {"GEZEL_BASE_URL": f"http://localhost:{port}"} | environment
    command = [sys.executable, "-m", "gezel.site", "serve", "--port", str(port), *options]
    began = perf_counter()
    process = subprocess.Popen(
        command,
        env=told,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until_ready(port)
        yield Served(port, perf_counter() - began)
    finally:
        stop(process)


def wait_until_ready(port: int, patience: float = PATIENCE) -> float:
    """The seconds until a server reaches its database; raises when that takes too long."""
    began = perf_counter()
    while perf_counter() - began < patience:
        if answers(port, "/readyz"):
            return perf_counter() - began
        sleep(0.02)
    raise TimeoutError(f"no answer on port {port} in {patience:.0f} s")


def answers(port: int, path: str, timeout: float = 2) -> bool:
    """Whether there is a good answer at this address now."""
    asked = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        asked.request("GET", path, headers={"Host": f"localhost:{port}"})
        return asked.getresponse().status in {200, 302}
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()


def run_kindly(command: list[str], environment: dict[str, str]) -> None:
    """Run a process to its end; who ends us ends it too, with time to clear up."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    process = subprocess.Popen(command, env=environment)
    try:
        process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server and every process it started, kindly at first."""
    for how, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        break
    # Whoever of the group outlived its leader.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
