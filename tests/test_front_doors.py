"""Rooms meet at their front doors: `api.py` and `events.py`.

import-linter keeps the order of the rooms; this keeps them from reaching past each other's door.
`kit` has no door: it is a box of tools. Tests and migrations may look inside.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house import ROOMS, SOURCE

DOORS = {"api", "events"}
# The roof also hangs up what each room answers to other systems.
ROOF = DOORS | {"rest"}
# The demo, the figures and the fault drills fill and shake the house the way a migration would,
# from within.
INSIDE = {"migrations", "tests", "demo", "bench", "drill"}


def imports(file: Path) -> Iterator[tuple[str, str, int]]:
    """Each import of one of our rooms: (room, module within it, line)."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "gezel" and len(parts) > 2 and parts[1] in ROOMS:
                yield parts[1], parts[2], node.lineno


def strangers_within(source: Path) -> list[str]:
    """Every import that goes past a front door."""
    found = []
    for file in sorted(source.rglob("*.py")):
        room, *rest = file.relative_to(source).parts
        if not rest or INSIDE & set(rest):
            continue
        found += [
            f"{file.relative_to(source)}:{line} uses gezel.{other}.{module}"
            for other, module, line in imports(file)
            if other not in {room, "kit"} and module not in (ROOF if room == "site" else DOORS)
        ]
    return found


def test_rooms_meet_at_their_front_doors() -> None:
    assert strangers_within(SOURCE) == []


def test_a_step_past_the_door_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "plans" / "views").mkdir(parents=True)
    (tmp_path / "plans" / "views" / "mine.py").write_text(
        "from gezel.skills.models import Evidence\n"
        "from gezel.skills.api import vouch\n"
        "from gezel.plans.models import Goal\n"
        "from gezel.kit import text\n"
        "import gezel.people.audience\n"
    )

    assert [line.split(" uses ")[1] for line in strangers_within(tmp_path)] == [
        "gezel.skills.models",
        "gezel.people.audience",
    ]
