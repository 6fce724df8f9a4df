"""The house as it stands: its rooms, its files, its addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "gezel"
ROOMS = sorted(p.name for p in SOURCE.iterdir() if (p / "apps.py").exists())


def files(*endings: str) -> list[Path]:
    """Our own files with these endings, without what was built, tests and translations."""
    return [
        file
        for file in sorted(SOURCE.rglob("*"))
        if file.suffix in endings
        and not {"vendor", "tests", "locale", "__pycache__"} & set(file.parts)
    ]


# They run in the box at the content origin or in other systems, under rules of their own: what the
# demo brings in as a package, and what a module takes along.
BOXED = (
    "site/demo/data/packages/",
    "content/rules/along/",
    "content/static/content/cmi5-return",
    "content/static/content/frames/",
    "content/static/content/players/",
)


def files_of_the_house(*endings: str) -> list[Path]:
    """Those of them that a page of ours may hold or be."""
    return [
        file
        for file in files(*endings)
        if not file.relative_to(SOURCE).as_posix().startswith(BOXED)
    ]


def told(file: Path) -> str:
    """A file as one says it in a failure."""
    return str(file.relative_to(ROOT))


@dataclass(frozen=True)
class Page:
    """One address pattern: the name it is called by, its route, and the view behind it."""

    name: str
    route: str
    view: Any

    @property
    def is_ours(self) -> bool:
        return str(self.view.__module__).startswith("gezel.")


def pages() -> list[Page]:
    """Every address of the running house."""
    return list(_below(get_resolver(), "", ""))


def _below(resolver: URLResolver, namespace: str, route: str) -> Iterator[Page]:
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLPattern):
            name = entry.name or entry.lookup_str
            yield Page(f"{namespace}{name}", here, entry.callback)
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _below(entry, inner, here)
