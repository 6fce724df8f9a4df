"""One gate that says what CI would: `./gezel check`.

All of it runs, also after a failure, so that one round shows everything there is to mend.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON_FOLDERS = ["src", "tests", "tools", "hatch_build.py"]


@dataclass(frozen=True)
class Result:
    name: str
    good: bool
    said: str
    seconds: float


def main() -> int:
    began = time.monotonic()
    # Two at a time: types take as long as all the rest together.
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(timed, name, check) for name, check in CHECKS.items()]
        results = [future.result() for future in waiting]
    for result in results:
        if not result.good:
            print(f"--- {result.name} ---\n{result.said.rstrip()}\n", flush=True)
    for result in results:
        print(f"{'ok  ' if result.good else 'FAIL'}  {result.name:<12} {result.seconds:5.1f} s")
    bad = [result.name for result in results if not result.good]
    took = f"in {time.monotonic() - began:.0f} s"
    print(f"gezel: not good yet: {', '.join(bad)} ({took})" if bad else f"gezel: all good {took}")
    return 1 if bad else 0


Check = Callable[[], tuple[bool, str]]


def timed(name: str, check: Check) -> Result:
    began = time.monotonic()
    good, said = check()
    return Result(name, good, said, time.monotonic() - began)


def command(*words: str) -> Check:
    def check() -> tuple[bool, str]:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "gezel.site.settings"}
        done = subprocess.run(
            words,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode == 0, done.stdout

    return check


def locks() -> tuple[bool, str]:
    """What we pin, we pin by hash; an address would tie every user to one registry."""
    complaints = []
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        if re.search(r"://|--(extra-)?index-url|--find-links", text):
            complaints.append(f"{path.relative_to(ROOT)} holds an address")
        pins = re.findall(r"^[a-z0-9].*==.*$", text, flags=re.MULTILINE | re.IGNORECASE)
        if not pins or not all(pin.endswith("\\") for pin in pins):
            complaints.append(f"{path.relative_to(ROOT)} has a line without a hash")
    if '"resolved"' in (ROOT / "package-lock.json").read_text(encoding="utf-8"):
        complaints.append("package-lock.json holds an address; ./gezel lock takes it out")
    if (ROOT / "uv.lock").exists():
        complaints.append("uv.lock holds addresses; the pins are in requirements/")
    return not complaints, "\n".join(complaints)


CHECKS: dict[str, Check] = {
    "format": command(f"{BIN}/ruff", "format", "--check", *PYTHON_FOLDERS),
    "lint": command(f"{BIN}/ruff", "check", *PYTHON_FOLDERS),
    "types": command(f"{BIN}/mypy"),
    "tool types": command(f"{BIN}/mypy", "--cache-dir=.mypy_cache/tools", "tools"),
    "imports": command(f"{BIN}/lint-imports"),
    "templates": command(f"{BIN}/djlint", "src", "--lint", "--quiet"),
    "migrations": command(sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"),
    "words": command(sys.executable, "tools/words.py", "check"),
    "locks": locks,
}


if __name__ == "__main__":
    sys.exit(main())
