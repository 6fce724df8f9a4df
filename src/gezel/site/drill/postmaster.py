"""The PostgreSQL of this drill: found by its address, stopped as by a crash, and started again.

Whoever started it for us (`tools/postgres.py`) gave it a folder and a port of its own; nothing
here touches a server with a neighbour in it.
"""

import os
import signal
import subprocess
from pathlib import Path
from time import monotonic, sleep

from django.db import connection


class Postmaster:
    """The server behind this process's database, which must run on this machine (Linux)."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            self._folder = Path(cursor.fetchone()[0])
        pid = self._pid()
        told = Path(f"/proc/{pid}")
        self._command = told.joinpath("cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        self._program = told.joinpath("exe").resolve()
        self._user, self._group = told.stat().st_uid, told.stat().st_gid
        self._ours: subprocess.Popen[bytes] | None = None
        connection.close()

    def _pid(self) -> int:
        return int((self._folder / "postmaster.pid").read_text().split()[0])

    def crash(self) -> None:
        """Stop at once, without a checkpoint: what is not in the log is gone, as in a crash."""
        pid = self._pid()
        os.kill(pid, signal.SIGQUIT)
        if self._ours is not None:
            self._ours.wait(20)
            return
        deadline = monotonic() + 20
        while (self._folder / "postmaster.pid").exists() and monotonic() < deadline:
            sleep(0.05)

    def start(self) -> None:
        """Start it as it was started before."""
        as_root = os.geteuid() == 0
        self._ours = subprocess.Popen(
            self._command,
            executable=str(self._program),
            cwd=self._folder.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            user=self._user if as_root else None,
            group=self._group if as_root else None,
            extra_groups=[] if as_root else None,
        )

    def stop(self) -> None:
        """Stop the one we started."""
        if self._ours is not None:
            self._ours.send_signal(signal.SIGINT)
            self._ours.wait(20)
