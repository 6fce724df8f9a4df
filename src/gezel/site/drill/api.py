"""Many more questions to `/api/v1/` than a test asks: right ones and wrong ones of each operation.

Which there are is read from our own description of the interface, so the drill starts the test
that does it (`tests/test_api_schema.py`), and works from a clone only.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from gezel.site.bench.figures import Figure, at_most

ROOT = Path(__file__).resolve().parents[4]


def drill(rounds: int) -> Iterator[Figure]:
    """So many questions of each operation, and as many that it must refuse."""
    command = [sys.executable, "-m", "pytest", "tests/test_api_schema.py", "-n", "0", "-q"]
    environment = {k: v for k, v in os.environ.items() if k != "GEZEL_DATA_DIR"}
    ended = subprocess.run(
        [*command, "-k", "every_operation"],
        cwd=ROOT,
        env=environment | {"GEZEL_API_EXAMPLES": str(rounds)},
        check=False,
    )
    yield at_most(
        "api: answers other than described",
        1 if ended.returncode else 0,
        "runs",
        0,
        conditions=f"up to {rounds} right and {rounds} wrong questions of each operation",
    )
