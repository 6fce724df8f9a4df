"""Reading packages: what form one has, and what its manifest says. One module a form.

A reader looks at an unpacked folder and gives a `Manifest`, or says in a code why it cannot. It
is plain Python: no database, no network, nothing of the package is run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


class PackageRefused(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """A package we do not take in.

    `why` is a code that `content.words` puts into a sentence; `place` is the file, with a line or
    element where that helps; `detail` fills the sentence.
    """

    def __init__(self, why: str, place: str = "", **detail: object) -> None:
        super().__init__(why, place)
        self.why = why
        self.place = place
        self.detail: Mapping[str, object] = detail


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing in a package that can be opened on its own: a SCO, an assignable unit, a page.

    `identifier` is the package's own; `path` the file to open with its query, inside the package,
    or an absolute address where the form allows one (cmi5). `extra` is what its player needs.
    """

    identifier: str
    title: str
    path: str
    tracked: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package is: its form, its title, its units in order.

    `warnings` are codes of things that are wrong but do not keep it from playing; `extra` is what
    the form's player needs beyond the units (an activity tree, launch rules). All of it is JSON.
    """

    form: str
    title: str
    units: Sequence[Unit]
    languages: Sequence[str] = ()
    minutes: int | None = None
    warnings: Sequence[str] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the edition."""
        return {
            "title": self.title,
            "languages": list(self.languages),
            "minutes": self.minutes,
            "warnings": list(self.warnings),
            "units": [
                {
                    "identifier": unit.identifier,
                    "title": unit.title,
                    "path": unit.path,
                    "tracked": unit.tracked,
                    "extra": dict(unit.extra),
                }
                for unit in self.units
            ],
            "extra": dict(self.extra),
        }


class Reader(Protocol):
    """One form of package."""

    def claims(self, names: Sequence[str]) -> bool:
        """Whether this archive looks like one of this form, by its file names alone."""
        ...

    def read(self, folder: Path, names: Sequence[str]) -> Manifest:
        """What its manifest says.

        Raises:
            PackageRefused: it is of this form and cannot be played.
        """
        ...
