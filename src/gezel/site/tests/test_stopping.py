"""A server hears every signal that tells it to stop, and so does each process that copies it."""

import subprocess
import sys

import pytest

BEGIN = """
import os, signal, sys, threading, time
from gezel.site.stopping import hear_every_stop

heard = threading.Event()

class Server:
    def signal_handler_interrupt(self):
        heard.set()

"""
# As Granian has it: a handler that takes the lock of what the process waits for.
GRANIANS = """
for each in (signal.SIGTERM, signal.SIGINT):
    signal.signal(each, lambda *_: heard.set())
"""
OURS = "hear_every_stop(Server())\n"

COPY = """
child = os.fork()
if child == 0:
    time.sleep(10)
    os._exit(7)
os.kill(child, signal.SIGTERM)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), heard.is_set())
"""

WITHIN = """
with heard._cond:  # as it is while one signal is handled, or the process begins to wait
    for _ in range(3):
        os.kill(os.getpid(), signal.SIGTERM)
print(heard.wait(10))
"""


def said(script: str, patience: float = 20) -> str:
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=patience, check=True
    )
    return told.stdout.strip()


@pytest.mark.once
def test_a_copy_that_only_begins_ends_when_it_is_told_and_its_server_goes_on() -> None:
    assert said(BEGIN + GRANIANS + OURS + COPY) == "-15 False"


@pytest.mark.once
def test_a_signal_within_a_signal_waits_for_nothing() -> None:
    assert said(BEGIN + GRANIANS + OURS + WITHIN) == "True"
    with pytest.raises(subprocess.TimeoutExpired):
        said(BEGIN + GRANIANS + WITHIN, patience=3)
