"""The groups of figures, by the word one asks for them with."""

from dataclasses import dataclass

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True, slots=True)
class Group:
    """Where a group is measured: its module (with a function `measure`) and its databases."""

    module: str
    databases: tuple[str, ...] = (SQLITE, POSTGRESQL)
    alone: bool = False
    """On an empty database of its own."""
    when_asked: bool = False
    """Only when named: it takes long and says little about the product."""


_HERE = "gezel.site.bench"
GROUPS: dict[str, Group] = {
    "pages": Group(f"{_HERE}.pages"),
    "search": Group(f"{_HERE}.search"),
    "finding": Group(f"{_HERE}.finding", alone=True),
    "tagging": Group(f"{_HERE}.tagging", (SQLITE,)),
    "first": Group(f"{_HERE}.first", (SQLITE,), alone=True),
    "intake": Group(f"{_HERE}.intake", alone=True),
    "certificates": Group(f"{_HERE}.certificates", alone=True),
    "credentials": Group(f"{_HERE}.credentials", (SQLITE,)),
    "archive": Group(f"{_HERE}.archive", alone=True),
    "log": Group(f"{_HERE}.log", alone=True),
    "paths": Group(f"{_HERE}.paths", alone=True),
    "adaptive": Group(f"{_HERE}.adaptive", (SQLITE,)),
    "fairness": Group(f"{_HERE}.fairness", (SQLITE,)),
    "profile": Group(f"{_HERE}.profile", (SQLITE,)),
    "decay": Group(f"{_HERE}.decay", (SQLITE,)),
    "large": Group(f"{_HERE}.large", (POSTGRESQL,)),
    "forecast": Group(f"{_HERE}.forecast", (SQLITE,)),
    "clone": Group(f"{_HERE}.clone", (SQLITE,)),
    "optimise": Group(f"{_HERE}.optimise", (SQLITE,)),
    "groups": Group(f"{_HERE}.grouping", (SQLITE,)),
    "placing": Group(f"{_HERE}.placing", (SQLITE,)),
    "schedule": Group(f"{_HERE}.schedule", (SQLITE,)),
    "distance": Group(f"{_HERE}.distance", (SQLITE,)),
    "cards": Group(f"{_HERE}.cards", (SQLITE,)),
    "play": Group(f"{_HERE}.play", (SQLITE,), alone=True),
    "records": Group(f"{_HERE}.records", alone=True),
    "tests": Group(f"{_HERE}.suite", (SQLITE,), when_asked=True),
}


def runs(asked: list[str]) -> list[tuple[str, list[str]]]:
    """What to start: for each database the groups that share one, then those that want their own.

    Args:
        asked: words from `GROUPS`; none means all but those that must be asked for.
    """
    chosen = asked or [name for name, group in GROUPS.items() if not group.when_asked]
    found: list[tuple[str, list[str]]] = []
    for database in (SQLITE, POSTGRESQL):
        here = [name for name in chosen if database in GROUPS[name].databases]
        together = [name for name in here if not GROUPS[name].alone]
        if together:
            found.append((database, together))
        found += [(database, [name]) for name in here if GROUPS[name].alone]
    return found
