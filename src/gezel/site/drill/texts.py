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
        told = json.loads(out.read_text()) if out.exists() else {"wrong": ["it told nothing"]}
    if ended.returncode and not told["wrong"]:
        told["wrong"].append("the drill failed")
    for line in told["wrong"][:10]:
        print(line)
    conditions = ", ".join(f"{n} {name}" for name, n in told.items() if name != "wrong")
    count = max(told.get("executions", 0), len(told["wrong"]))
    yield at_most("texts: executions", count, "executions", 0, conditions=conditions)
