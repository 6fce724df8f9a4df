"""`gezel serve`: the product, with its worker, in one process start."""

import os
import signal
import socket
import sys
import traceback
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from gezel.site.cli import reading_in
from gezel.site.house import bring_up_to_date, collect_when_changed
from gezel.site.stopping import end_with_parent, hear_every_stop

# Beyond these, waiting for SQLite's one writer costs more than a core brings.
MOST_PROCESSES = 4
# So long a process may finish what it is answering, in seconds, once it is told to stop.
LAST_WORDS = 30


def cores() -> int:
    """How many cores this process may use, as far as the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def content_port() -> int | None:
    """The port of the content origin, when it is one we listen on ourselves.

    Behind a proxy its address has no port of its own, and comes in with everything else.
    """
    return urlsplit(settings.CONTENT_URL).port


def is_free(host: str, port: int) -> bool:
    """Whether we may listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


@contextmanager
def beside(run: Callable[[], None]) -> Iterator[None]:
    """Run something in a process of its own until the block ends, or this process does."""
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        end_with_parent()
        if os.getppid() == parent:
            run()
        os._exit(0)
    try:
        yield
    finally:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)


def in_a_child(run: Callable[[], object]) -> None:
    """Run something in a process of its own and wait for it: what it reads in is gone afterwards.

    Raises:
        CommandError: it failed, and said why itself.
    """
    # A connection does not survive being had by two processes.
    connection.close()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        failed = 1
        end_with_parent()
        try:
            run()
            failed = 0
        except CommandError as problem:
            sys.stderr.write(f"{problem}\n")
        except Exception:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(failed)
    _, status = os.waitpid(child, 0)
    if status:
        raise CommandError("Nothing is served: what comes before did not succeed.")


class Command(BaseCommand):
    help = "Serve Gezel: bring the database up to date, collect static files, answer requests."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--processes",
            type=int,
            default=min(MOST_PROCESSES, cores()),
            help="that answer; as many as there are cores, at most %(default)s here",
        )
        parser.add_argument("--threads", type=int, default=6, help="threads a process")
        parser.add_argument(
            "--demo", action="store_true", help="with the demo organisations, if none are there yet"
        )
        parser.add_argument(
            "--no-worker", action="store_true", help="leave background jobs to `gezel worker`"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # The server would share the port with whoever listens already, and each get half.
        if not is_free(options["host"], options["port"]):
            raise CommandError(
                f"Port {options['port']} is taken. Stop what listens there, or choose another "
                f"with --port."
            )
        collect_when_changed()
        if options["demo"]:
            # Here and not as a command before this one: reading all of Gezel in takes seconds.
            in_a_child(lambda: call_command("demo", "--if-empty"))
        else:
            bring_up_to_date()
        if not options["no_worker"]:
            os.environ["GEZEL_WORKER_THREAD"] = "1"
        # The server's processes open their own. A pool would go along into them by the fork, but
        # its threads do not: it could neither grow nor come back after the database was away.
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()

        # What every process needs is loaded here, once: they begin as copies of this one, share
        # its memory and answer at once.
        with reading_in():
            import_module(settings.ROOT_URLCONF)
            import_module("gezel.site.rsgi")

            from granian import Granian  # noqa: PLC0415 # 21 MB that no other command needs
            from granian.constants import Interfaces  # noqa: PLC0415

        def listen(port: int, *, processes: int, threads: int) -> None:
            os.environ["GEZEL_THREADS"] = str(threads)
            server = Granian(
                "gezel.site.rsgi:application",
                address=options["host"],
                port=port,
                interface=Interfaces.RSGI,
                workers=processes,
                websockets=False,
                respawn_failed_workers=True,
                log_access=False,
                workers_kill_timeout=LAST_WORDS,
            )
            # After Granian took the signals for itself, before it begins its processes.
            server.on_startup(lambda: hear_every_stop(server))
            server.serve()

        def serve() -> None:
            self.stdout.write(f"Gezel: http://{options['host']}:{options['port']}  (Ctrl-C stops)")
            self.stdout.flush()
            listen(options["port"], processes=options["processes"], threads=options["threads"])

        def serve_content(port: int) -> None:
            os.environ.pop("GEZEL_WORKER_THREAD", None)
            listen(port, processes=1, threads=4)

        elsewhere = content_port()
        if elsewhere is None or elsewhere == options["port"]:
            serve()
        elif not is_free(options["host"], elsewhere):
            self.stderr.write(
                f"Port {elsewhere} is taken: packages will not play. Set GEZEL_CONTENT_URL."
            )
            serve()
        else:
            with beside(lambda: serve_content(elsewhere)):
                serve()
