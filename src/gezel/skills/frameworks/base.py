"""What both readers share: tables in files, and what a framework comes down to."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

Row = Mapping[str, str]

# The longest field of the real packages is 5,000 characters; Python's own limit is 131,072.
csv.field_size_limit(1_000_000)


class BadPackage(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """The package cannot be taken in; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class SkillRow:
    """A skill as the framework tells it. Aliases stand on lines of their own."""

    uri: str
    name_en: str
    name_nl: str = ""
    about_en: str = ""
    about_nl: str = ""
    aliases_en: str = ""
    aliases_nl: str = ""
    kind: str = "technical"
    is_knowledge: bool = False


@dataclass(frozen=True, slots=True)
class OccupationRow:
    """An occupation as the framework tells it."""

    uri: str
    code: str
    name_en: str
    name_nl: str = ""
    about_en: str = ""
    about_nl: str = ""
    aliases_en: str = ""
    aliases_nl: str = ""


@dataclass(frozen=True, slots=True)
class RelationRow:
    """An occupation asks a skill; level and importance where the framework gives them."""

    occupation: str
    skill: str
    essential: bool
    level: int | None = None
    importance: float | None = None


@dataclass(frozen=True, slots=True)
class Framework:
    """A whole package, read and checked. `links`: (occupation uri, code elsewhere, match)."""

    source: str
    skills: Sequence[SkillRow]
    occupations: Sequence[OccupationRow]
    relations: Sequence[RelationRow]
    links: Sequence[tuple[str, str, str]] = ()
    notes: Sequence[str] = field(default_factory=tuple)


class Folder:
    """The files of a package: plain or gzipped, whatever the case of the first letters."""

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise BadPackage(f"{path} is not a folder. Unpack the download and name its folder.")
        self.path = path
        self._files = {file.name.lower(): file for file in sorted(path.iterdir())}

    def find(self, *names: str) -> Path | None:
        """The first of these files that is there; `.gz` may follow its name."""
        for name in names:
            for each in (name.lower(), f"{name.lower()}.gz"):
                if each in self._files:
                    return self._files[each]
        return None

    def need(self, *names: str) -> Path:
        """As `find`, but a package without it is not whole."""
        found = self.find(*names)
        if found is None:
            raise BadPackage(
                f"{' or '.join(names)} is missing in {self.path}. Download the package again and"
                " unpack all of it."
            )
        return found


def rows(file: Path, columns: Sequence[str], *, tabs: bool = False) -> Iterator[Row]:
    """The rows of a table, each with every column that the header names.

    A file that ends in the middle shows in one of three ways, and each is refused: the gzip
    stream breaks off, a quote is never closed, or the last row is short.
    """
    reader = None
    try:
        with (
            gzip.open(file, "rt", encoding="utf-8-sig", newline="")
            if file.suffix == ".gz"
            else file.open(encoding="utf-8-sig", newline="")
        ) as text:
            reader = csv.reader(
                text,
                delimiter="\t" if tabs else ",",
                quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL,
                strict=not tabs,
            )
            yield from _told(reader, file, columns)
    except (EOFError, OSError, zlib.error) as broken:
        raise BadPackage(
            f"{file.name} breaks off{_where(reader)}: the download is not whole ({broken})."
            " Download it again."
        ) from broken
    except UnicodeDecodeError as wrong:
        raise BadPackage(f"{file.name} is not UTF-8 text{_where(reader)}.") from wrong
    except csv.Error as wrong:
        raise BadPackage(
            f"{file.name} cannot be read{_where(reader)}: {wrong}. It may have been cut off."
        ) from wrong


class _Reader(Protocol):
    """What `csv.reader` gives; its own class has another name in every Python."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> "_Reader": ...

    def __next__(self) -> list[str]: ...


def _where(reader: object) -> str:
    line = getattr(reader, "line_num", 0)
    return f" after line {line}" if line else ""


def _told(reader: "_Reader", file: Path, columns: Sequence[str]) -> Iterator[Row]:
    header = next(reader, None)
    if not header:
        raise BadPackage(f"{file.name} is empty.")
    absent = [column for column in columns if column not in header]
    if absent:
        raise BadPackage(
            f"{file.name} has no column {', '.join(absent)}."
            f" Its first line has: {', '.join(header[:12])}."
        )
    width = len(header)
    for row in reader:
        if not row:
            continue
        if len(row) != width:
            raise BadPackage(
                f"{file.name}, line {reader.line_num}: {len(row)} columns where the first line"
                f" has {width}. The file may have been cut off."
            )
        yield dict(zip(header, row, strict=True))


def required(row: Row, column: str, file: Path) -> str:
    """A value that may not be empty."""
    value = row[column].strip()
    if not value:
        raise BadPackage(f"{file.name}: a row has no {column}: {dict(row)!s:.200}")
    return value


def lines(text: str, between: str | None = None) -> str:
    """Names that a file holds together, one on each line, without doubles."""
    parts = text.split(between) if between else text.splitlines()
    return "\n".join(dict.fromkeys(part.strip() for part in parts if part.strip()))
