"""`./gezel bench`: run groups of figures and report them."""

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from gezel.site.bench import figures
from gezel.site.bench.groups import GROUPS, POSTGRESQL, runs
from gezel.site.bench.serving import run_kindly

ROOT = Path(__file__).resolve().parents[4]


def main() -> int:
    """Measure on databases of their own, so that nobody's data is touched."""
    parser = argparse.ArgumentParser(prog="gezel bench", description=main.__doc__)
    parser.add_argument("groups", nargs="*", help=f"none means all; there are {', '.join(GROUPS)}")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := set(asked.groups) - set(GROUPS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    found = list(_here(asked.groups) if asked.here else _everywhere(asked.groups))
    if asked.json:
        figures.write(found, asked.json)
    if not asked.here:
        print(f"\n{figures.summary(found)}")
    return 1 if any(f.passed is False for f in found) else 0


# HR opens more people here within a minute than anyone at work does in a day. What the brake
# costs is measured along: it counts as ever, and asks nobody why.
MANY = dict.fromkeys(
    ("GEZEL_LOOKS_AN_HOUR", "GEZEL_LOOKS_A_DAY", "GEZEL_LOOKS_AT_MOST", "GEZEL_LOOKS_BY_KEY"),
    "1000000",
)


def _everywhere(asked: list[str]) -> Iterator[figures.Figure]:
    """Each database in a process of its own: settings are read once a process."""
    for database, names in runs(asked):
        print(f"\n## {', '.join(names)} on {database}", flush=True)
        with TemporaryDirectory(prefix="gezel-bench-", ignore_cleanup_errors=True) as folder:
            told = Path(folder) / "figures.json"
            environment = os.environ | {"GEZEL_DATA_DIR": folder} | MANY
            environment.pop("GEZEL_DATABASE_URL", None)
            command = [sys.executable, "-m", "gezel.site.bench", "--here", "--json", str(told)]
            if database == POSTGRESQL:
                # As in earnest: it waits for the disk.
                starter = [str(ROOT / "tools/postgres.py"), "run", "--durable", "--"]
                command = [sys.executable, *starter, *command]
            run_kindly([*command, *names], environment)
            if told.exists():
                yield from figures.read(told)
            else:
                why = f"BROKE: the process that measures on {database} ended without a word"
                for name in names:
                    yield figures.Figure(name, None, "", passed=False, conditions=why)


def _here(names: list[str]) -> Iterator[figures.Figure]:
    # Whoever is told to stop still stops the servers it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezel.site.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    return figures.report((name, import_module(GROUPS[name].module).measure) for name in names)


if __name__ == "__main__":
    sys.exit(main())
