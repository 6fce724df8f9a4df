"""Ending when told to, at whatever moment that is said, and not outliving who began us."""

import ctypes
import os
import signal
import sys
from _thread import start_new_thread
from typing import Protocol

STOPS = frozenset({signal.SIGINT, signal.SIGTERM})


def end_with_parent() -> None:
    """Killed outright, who began us could not take us along; the system does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Interruptible(Protocol):
    """What of Granian's server is told to stop."""

    def signal_handler_interrupt(self) -> None: ...


def hear_every_stop(server: Interruptible) -> None:
    """Being told to stop is heard at any moment, however often, by this process and its copies.

    Granian's own way loses some. Its handler takes a lock, so a signal that comes while it handles
    the one before waits for itself; and a copy of this process runs that handler as well, without
    effect, until it has its own: what is said to it then is lost, and its server waits for ever.
    """

    def heard(*_signal: object) -> None:
        # Beside what was interrupted, which may hold any lock.
        start_new_thread(server.signal_handler_interrupt, ())

    def listen() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)

    def begin_anew() -> None:
        # Nothing is under way in a copy that only begins: it just ends.
        for each in STOPS:
            signal.signal(each, signal.SIG_DFL)
        listen()

    for each in STOPS:
        signal.signal(each, heard)
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, STOPS),
        after_in_parent=listen,
        after_in_child=begin_anew,
    )
