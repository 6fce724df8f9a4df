"""What reading leads to: modules with blocks, and what is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gezel.content.rules.bodies import NO_WORDS, Words


class CartridgeRefused(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """A file that cannot be brought in at all; `why` is a code that the pages have words for."""

    def __init__(self, why: str, place: str = "", line: int = 0) -> None:
        super().__init__(why, place)
        self.why = why
        self.place = place
        self.line = line


@dataclass(frozen=True, slots=True)
class Left:
    """Something that does not come in, or comes in otherwise: what it is, why (a code), where."""

    what: str
    why: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A block as it will be: its kind, its body as `rules.kinds` reads it, and its file.

    `file` is a file on disk or the bytes themselves (a picture inside a page); `name` how it was
    called there.
    """

    kind: str
    body: Mapping[str, Any]
    file: Path | bytes | None = field(default=None, repr=False)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A module as it would be made. `key` is the same whenever the same file is read.

    What a file of others does not tell is empty: `titles` and `goals` in both languages, and how
    much is enough.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    minutes: int
    titles: Words = NO_WORDS
    goals: Words = NO_WORDS
    pass_percent: int = 0


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file brings."""

    title: str
    modules: tuple[Made, ...]
    left: tuple[Left, ...] = ()
