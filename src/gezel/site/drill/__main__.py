"""`./gezel drill`: run fault drills and report them as figures."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from gezel.site.bench import figures
from gezel.site.bench.figures import Figure
from gezel.site.bench.groups import POSTGRESQL, SQLITE
from gezel.site.bench.serving import run_kindly

ROOT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True, slots=True)
class Drill:
    """Where a drill is told, on which databases it makes sense, and how often it is done."""

    module: str
    rounds: int
    databases: tuple[str, ...] = (SQLITE, POSTGRESQL)


DRILLS = {
    "api": Drill("gezel.site.drill.api", 200),
    "kill": Drill("gezel.site.drill.kill", 20),
    "worker": Drill("gezel.site.drill.worker", 1),
    "database": Drill("gezel.site.drill.database", 5, (POSTGRESQL,)),
    "disk": Drill("gezel.site.drill.disk", 2, (SQLITE,)),
    "log": Drill("gezel.site.drill.log", 10_000, (SQLITE,)),
    "packages": Drill("gezel.site.drill.packages", 10_000, (SQLITE,)),
    "records": Drill("gezel.site.drill.records", 20),
    "slow": Drill("gezel.site.drill.slow", 3, (SQLITE,)),
    "stop": Drill("gezel.site.drill.stop", 40, (SQLITE,)),
    "seats": Drill("gezel.site.drill.seats", 50),
    "tables": Drill("gezel.site.drill.tables", 1),
    "texts": Drill("gezel.site.drill.texts", 1, (SQLITE,)),
    "twice": Drill("gezel.site.drill.twice", 20),
}


def main() -> int:
    """Break things on purpose, on databases of their own."""
    parser = argparse.ArgumentParser(prog="gezel drill", description=main.__doc__)
    parser.add_argument("names", nargs="*", help=f"none means all; there are {', '.join(DRILLS)}")
    parser.add_argument("--rounds", type=int, help="how many times; each drill has its own default")
    parser.add_argument("--on", choices=[SQLITE, POSTGRESQL], help="on that database only")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(DRILLS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(DRILLS)}")
    names = asked.names or list(DRILLS)
    if asked.here:
        found = list(_here(names, asked.rounds))
    else:
        found = list(_everywhere(names, asked.rounds, asked.on))
        print(f"\n{figures.summary(found)}")
    if asked.json:
        figures.write(found, asked.json)
    return 1 if any(f.passed is False for f in found) else 0


def _everywhere(names: list[str], rounds: int | None, on: str | None) -> Iterator[Figure]:
    """Each drill and database in a process and a folder of its own."""
    for name in names:
        for database in DRILLS[name].databases:
            if on and on != database:
                continue
            print(f"\n## {name} on {database}", flush=True)
            with TemporaryDirectory(prefix="gezel-drill-", ignore_cleanup_errors=True) as folder:
                told = Path(folder) / "figures.json"
                environment = os.environ | {"GEZEL_DATA_DIR": f"{folder}/data"}
                environment.pop("GEZEL_DATABASE_URL", None)
                command = [sys.executable, "-m", "gezel.site.drill", "--here", "--json", str(told)]
                if rounds:
                    command += ["--rounds", str(rounds)]
                if database == POSTGRESQL:
                    starter = [str(ROOT / "tools/postgres.py"), "run", "--durable", "--"]
                    command = [sys.executable, *starter, *command]
                run_kindly([*command, name], environment)
                if told.exists():
                    yield from figures.read(told)
                else:
                    why = f"BROKE: the drill on {database} ended without a word"
                    yield Figure(name, None, "", passed=False, conditions=why)


def _here(names: list[str], rounds: int | None) -> Iterator[Figure]:
    # Whoever is told to stop still stops the servers it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezel.site.settings")
    Path(os.environ["GEZEL_DATA_DIR"]).mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    told: list[tuple[str, Callable[[], Iterator[Figure]]]] = []
    for name in names:
        module = import_module(DRILLS[name].module)
        told.append((name, partial(module.drill, rounds or DRILLS[name].rounds)))
    return figures.report(told)


if __name__ == "__main__":
    sys.exit(main())
