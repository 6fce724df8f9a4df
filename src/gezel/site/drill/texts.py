"""Five hundred hostile texts in every field that people write in, in real Chromium.

The house that is furnished for it, and the list of who may enter where, belong to the tests
(`tests/all_texts.py`), so this drill starts them by themselves, and works from a clone only.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gezel.site.bench.figures import Figure, at_most

ROOT = Path(__file__).resolve().parents[4]


def drill(_rounds: int) -> Iterator[Figure]:
    """One round is all of them; there is nothing to repeat."""
    with TemporaryDirectory(prefix="gezel-texts-") as folder:
        out = Path(folder) / "told.json"
        command = [sys.executable, "-m", "pytest", "tests/all_texts.py", "-n", "0", "-q", "-x"]
        environment = {k: v for k, v in os.environ.items() if k != "GEZEL_DATA_DIR"}
        ended = subprocess.run(
            command, cwd=ROOT, env=environment | {"GEZEL_TEXTS": str(out)}, check=False
        )
        told: dict[str, Any] = json.loads(out.read_text()) if out.exists() else {}
    wrong: list[str] = told.pop("wrong", [])
    count = int(told.pop("executions", 0))
    if ended.returncode and not count:
        wrong, count = ["the drill did not come to its end"], 1
    for line in wrong[:10]:
        print(line)
    conditions = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in told.items())
    yield at_most("texts: executions", count, "executions", 0, conditions=conditions)
