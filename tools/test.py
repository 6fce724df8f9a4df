"""Every test on both databases, and one closing line that adds them up.

tools/test.py [--sqlite | --postgres] [pytest arguments]

One database named: all tests on that one. Both: all on the first, and on the second those that
can tell the difference.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import postgres

ROOT = Path(__file__).resolve().parent.parent
NO_TESTS = 5  # pytest's own exit code for it


@dataclass(frozen=True)
class Outcome:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"

    @property
    def ran(self) -> int:
        return self.passed + self.failed


@dataclass(frozen=True)
class Part:
    """The tests on one database, while they run."""

    name: str
    process: subprocess.Popen[bytes]
    report: Path
    said: Path | None
    began: float


def main(arguments: list[str]) -> int:
    # Being asked to stop is no reason to leave a database server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    wanted = [name for name in DATABASES if f"--{name}" in arguments] or list(DATABASES)
    given = [argument for argument in arguments if argument.removeprefix("--") not in DATABASES]
    outcomes = []
    with contextlib.ExitStack() as until_the_end:
        if not given and not PYTHON_KEEPS.exists():
            read_in("sqlite" in wanted)
        # Side by side: a browser and what it asks wait for each other half of the time.
        parts = []
        for name in wanted:
            try:
                parts.append(begin(name, given, until_the_end, again=name != wanted[0]))
            except postgres.NoPostgres as problem:
                # A database that is not there is a failure: half a test would look like a whole.
                outcomes.append(Outcome(failed=1))
                print(f"gezel: {problem}", flush=True)
        for part in parts:
            code = part.process.wait()
            seconds = time.monotonic() - part.began
            if part.said:
                print(f"gezel: what was said on {part.name}:", flush=True)
                with part.said.open("rb") as said:
                    shutil.copyfileobj(said, sys.stdout.buffer)
            outcome = read(part.report, code)
            outcomes.append(outcome)
            print(f"gezel: on {part.name}: {outcome}, in {seconds:.0f} s", flush=True)
            # Whoever picks tests may pick some that one database does not repeat; without
            # picking, a run of nothing is a fault.
            if not outcome.ran and not given:
                outcomes.append(Outcome(failed=1))
    total = sum(outcomes, Outcome())
    if not total.ran:
        print("gezel: no test ran", flush=True)
    print(total, flush=True)
    return 0 if total.ran and not total.failed else 1


def read_in(sqlite: bool) -> None:
    """Have Python keep what it makes of every module, before all workers ask for it at once.

    In a fresh clone nothing is kept yet, and side by side each worker would make all of it for
    itself: eight seconds of processor to find the tests, and four more at the first page. Two
    processes do so once, and one of them the migrated database as well. What fails here fails
    again where it is told.
    """
    reading = [[*PYTEST, "--collect-only", "-qq", "-n", "0"]]
    if sqlite:
        reading.append([*PYTEST, "-qq", "-n", "0", "tests/test_headers.py"])
    started = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment_of(""),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in reading
    ]
    try:
        for process in started:
            process.wait()
    finally:
        for process in started:
            stop(process)


def environment_of(address: str) -> dict[str, str]:
    """What the tests of one database find around them."""
    environment = {key: value for key, value in os.environ.items() if key != DATABASE_URL}
    if address:
        environment[DATABASE_URL] = address
    # Where Python is told to write nothing beside the sources, every process makes all of its
    # modules anew: half of what a worker, or a server that a test starts, needs to begin. Kept in
    # a folder of the tests that is in nobody's way.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(PYTHON_KEEPS)
    return environment


def begin(name: str, given: list[str], until_the_end: contextlib.ExitStack, *, again: bool) -> Part:
    """Start the tests on one database.

    Args:
        until_the_end: holds what must be cleared up, the tests themselves first.
        again: all of them run on another database too, so what meets no database, or brings its
            own, need not run once more; `conftest.py` knows which those are. What these tests
            say is kept apart, to be read when the others are done.
    """
    folder = Path(until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="gezel-test-")))
    address = until_the_end.enter_context(DATABASES[name]())
    environment = environment_of(address)
    if again:
        environment["GEZEL_TEST_AGAIN"] = "1"
    print(f"gezel: testing on {name}", flush=True)
    said = folder / "said" if again else None
    process = subprocess.Popen(
        [
            # The long ones begin (`conftest.py`), and who is done takes over from who is not.
            *(*PYTEST, "-n", WORKERS[name], "--dist", "worksteal"),
            f"--junitxml={folder / 'report.xml'}",
            *given,
        ],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=until_the_end.enter_context(said.open("wb")) if said else None,
        stderr=subprocess.STDOUT if said else None,
    )
    until_the_end.callback(stop, process)
    return Part(name, process, folder / "report.xml", said, time.monotonic())


def stop(process: subprocess.Popen[bytes]) -> None:
    """See that it has ended, asking first."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def read(report: Path, code: int) -> Outcome:
    """What pytest counted; a run that ended badly without a failed test counts as one."""
    try:
        suites = list(ElementTree.parse(report).getroot().iter("testsuite"))  # noqa: S314 - our own
    except (OSError, ElementTree.ParseError):
        return Outcome(failed=1)

    def count(what: str) -> int:
        return sum(int(suite.get(what, "0")) for suite in suites)

    skipped = count("skipped")
    # A test can fail and then err while it clears up; it then stands in both columns.
    failed = min(count("failures") + count("errors"), max(count("tests") - skipped, 1))
    if not failed and code not in {0, NO_TESTS}:
        failed = 1
    return Outcome(max(count("tests") - skipped - failed, 0), failed, skipped)


@contextlib.contextmanager
def sqlite() -> Iterator[str]:
    """The default of the settings; no address needed."""
    yield ""


PYTHON_KEEPS = ROOT / ".tools" / "python-cache"
PYTEST = (sys.executable, "-m", "pytest")
DATABASE_URL = "GEZEL_DATABASE_URL"
DATABASES = {"sqlite": sqlite, "postgres": postgres.server}
# Everything on SQLite asks about twice the processor of what PostgreSQL repeats, and its browsers
# wait: with as many workers each, PostgreSQL was done four and a half minutes before. With three
# beside two, a sixth of two processors had nothing to do.
WORKERS = {"sqlite": "4", "postgres": "2"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
