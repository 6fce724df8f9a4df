"""Running another program on what a stranger sent us, with little to break.

    run_confined(["ffmpeg", …], folder=folder, seconds=600)

It runs in a folder of its own and without our surroundings (no settings, no secrets), with bounds
on time, memory, files and what it may write, politely, and where the system allows that without
any network. What it says on its errors is kept for the log alone.
"""

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_NEW_NETWORK = 0x40000000 | 0x10000000  # CLONE_NEWNET | CLONE_NEWUSER
_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended: 0 is well, anything else is not; and the last it said."""

    code: int
    said: str

    @property
    def well(self) -> bool:
        return self.code == 0


def run_confined(
    command: Sequence[str],
    *,
    folder: Path,
    seconds: int,
    memory: int = 1_536 * MEGABYTE,
    written: int = 1_024 * MEGABYTE,
) -> Ended:
    """Run a program in this folder until it ends, or ends badly at one of its bounds.

    Args:
        seconds: of the clock; then it and all it started are killed.
        memory: bytes it may ask for.
        written: bytes in one file.
    """
    surroundings = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder),
                    "TMPDIR": str(folder), "LC_ALL": "C.UTF-8"}  # fmt: skip
    process = subprocess.Popen(  # noqa: S603 # no shell, and the command is of our own making
        [sys.executable, "-I", __file__, str(seconds), str(memory), str(written), *command],
        cwd=folder,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _out, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        _end(process)
        return Ended(-int(signal.SIGKILL), f"took longer than {seconds} s")
    except BaseException:
        _end(process)
        raise
    return Ended(process.returncode, said.decode("utf-8", "replace")[-2_000:])


def _end(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _become(command: list[str], seconds: int, memory: int, written: int) -> None:
    """Take on the bounds, then be that program."""
    for what, most in (
        (resource.RLIMIT_CPU, seconds * 4),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(10)
    if sys.platform == "linux":
        system = ctypes.CDLL(None)
        system.prctl(_DIES_WITH_PARENT, signal.SIGKILL)
        # Refused in some containers; then its own settings keep it from the network.
        system.unshare(_NEW_NETWORK)
    os.execvp(command[0], command)  # noqa: S606 # no shell, and only what the caller names


if __name__ == "__main__":
    _become(sys.argv[4:], *map(int, sys.argv[1:4]))
