"""Taking a module along: as a package that plays elsewhere, or as a course that others change.

A module is handed over as `Piece`s in one language; each form makes of them the files of a ZIP,
name → content. Nothing here reads the database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gezel.content.rules.kinds import Body


@dataclass(frozen=True, slots=True)
class Piece:
    """A block to take along: its kind and body, and its file under the name it goes by.

    `data` reads the file when its turn comes: a film is never in memory for longer than that.
    """

    kind: str
    body: Body
    name: str = ""
    data: Callable[[], bytes] = field(default=bytes, repr=False)


@dataclass(frozen=True, slots=True)
class Whole:
    """A module to take along. `key` is the same whenever the same module is taken along."""

    key: str
    title: str
    goal: str
    language: str
    minutes: int
    pass_percent: int
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Taken:
    """The files of a package, and the kinds of blocks that are otherwise elsewhere or stay here."""

    files: Mapping[str, bytes | Callable[[], bytes]]
    otherwise: frozenset[str] = frozenset()
    stays: frozenset[str] = frozenset()
