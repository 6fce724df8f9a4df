"""What a start waits for: nothing is read in that the first page does not need."""

import json
import os
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from gezel.kit import late
from tests.house import ROOT, SOURCE

# Beside the packages of `kit/late.py`: what comes along with them or with others, with what it
# takes at a start, or where a database or queue is set up that is not used here.
HEAVY = {"pandas", "redis", "psycopg", "requests"}

# As `gezel serve` does before its processes part ways.
START = """
import json, sys
from gezel.site import cli
cli.execute_from_command_line = lambda words: None
sys.argv = ["gezel", "serve"]
cli.main()
import gezel.site.management.commands.serve, gezel.site.urls, gezel.site.rsgi
from django.conf import settings
print(json.dumps({"modules": sorted(sys.modules), "files": settings.STORAGES["staticfiles"]}))
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process holds that began as `gezel serve` does."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GEZEL_", "PYTEST_"))}
    told = subprocess.run(
        [sys.executable, "-c", START],
        env=environment
        | {
            "DJANGO_SETTINGS_MODULE": "gezel.site.settings",
            "GEZEL_DATA_DIR": str(tmp_path_factory.mktemp("start")),
            "PYTHONPATH": str(SOURCE.parent),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


@pytest.mark.once
def test_what_is_dear_to_read_in_is_not_read_in_at_a_start(started: dict[str, Any]) -> None:
    found = set(started["modules"])

    assert {"gezel.kit.late", "gezel.people.urls", "gezel.site.rsgi"} <= found
    assert found & (HEAVY | set(late.MODULES.values())) == set()


@pytest.mark.once
def test_served_pages_name_files_by_their_content(started: dict[str, Any]) -> None:
    assert "Manifest" in started["files"]["BACKEND"]


def test_no_other_way_in_than_the_door_is_allowed() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
    refused = set(rules["lint"]["flake8-tidy-imports"]["banned-api"])

    def is_refused(module: str) -> bool:
        parts = module.split(".")
        return any(".".join(parts[:n]) in refused for n in range(1, len(parts) + 1))

    assert [module for module in late.MODULES.values() if not is_refused(module)] == []


def test_a_door_that_is_not_there_is_said_as_python_says_it() -> None:
    with pytest.raises(AttributeError, match="no attribute nothing"):
        _ = late.nothing  # type: ignore[attr-defined]
