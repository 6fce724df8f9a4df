"""How packages are played, a player for each form. To add one: subclass `Player`, and name it in
`players.registry`.

The page around a package (`templates/content/package.html`, `static/content/package.js`) is the
same for all. It holds a frame at the content origin; the player says what the frame opens and
what is told to it, and reads what comes back. Between the frame and our page go messages, each
with the `nonce` of this launch, exactly from and to that attempt's origin:

    to the frame     its `window.name`, as JSON: {"nonce", "ours": our origin, **Launch.told}
                     {"gezel": nonce, "say": "leave"}        end what runs, then say "left"
    from the frame   {"gezel": nonce, "say": "commit", "data": {...}, "end": true or false}
                     {"gezel": nonce, "say": "go", "where": what the player understands}
                     {"gezel": nonce, "say": "left"}

A commit is kept on the device before it is sent (`bundle/commits.js`), so that a lost connection
loses nothing. On the server it comes to `actions.keep_state`, which asks `Player.read` what it
says and `Player.outcome` what all of it comes to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gezel.content.models import PackageAttempt, UnitState

# What one commit may hold, as JSON, in bytes.
LARGEST_COMMIT = 2 * 1024 * 1024


class Unreadable(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """A commit that does not say what its form says; nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class PartTold:
    """What a part of a unit came to, such as one question of a set: the newest of its `tries`.

    `answered` tells a question from a piece that was gone through; `response` is the answer as the
    content writes it.
    """

    name: str
    tries: int
    title: str = ""
    answered: bool = True
    response: str | None = None
    success: bool | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What one unit reports of itself. `score` from -1 to 1; `seconds` in all its visits."""

    completed: bool = False
    passed: bool | None = None
    score: float | None = None
    seconds: int = 0
    parts: tuple[PartTold, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt comes to.

    `shows` says whether it may count as (light) evidence: the package itself followed what was
    done. That a page was opened shows nothing. `done` of `whole` is for the bar of progress.
    """

    completed: bool = False
    passed: bool | None = None
    score: float | None = None
    seconds: int = 0
    shows: bool = True
    done: int = 0
    whole: int = 1


@dataclass(frozen=True, slots=True)
class Launch:
    """What the frame opens: a whole address, and what it is told (JSON) through its name.

    `alone` is a sentence for who is told that this package may not work here, or empty. `apart`: it
    wants a window of its own; the page then shows a way to open it instead of a frame.
    """

    address: str
    told: Mapping[str, Any] = field(default_factory=dict)
    alone: str = ""
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents. `depth` from 0; `open` whether one may go there now;
    `let_off` that someone said that this person need not do it."""

    unit: str
    title: str
    depth: int = 0
    open: bool = True
    done: bool = False
    here: bool = False
    let_off: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """What the page offers beside the frame: a table of contents, and back and on."""

    entries: tuple[Entry, ...] = ()
    back: str = ""
    on: str = ""


def asked_still(unit: str, attempt: "PackageAttempt", states: Mapping[str, "UnitState"]) -> bool:
    """Whether a unit is not done, and is to be done."""
    return not (unit in states and states[unit].completed) and unit not in attempt.let_off


class Player:
    """A form of package being played. Has no state of its own."""

    # Files of ours at the content origin, under `-gezel-/`: name there → static file.
    files: Mapping[str, str] = {}
    # Of those, the scripts put first into each unit's own page where every document is alone (no
    # star): there is nothing around it then in which it could find a run time.
    inside: Sequence[str] = ()
    # Nothing in the package says when it is done: the person does, with a button.
    self_declared = False
    # What was completed can be opened again to look back, and nothing of that counts.
    looks_back = False

    def first(self, attempt: "PackageAttempt", states: Mapping[str, "UnitState"]) -> str:
        """The unit to open: the one last open, else the first that is not done. "" where the person
        has to choose."""
        units: list[str] = [unit["identifier"] for unit in attempt.edition.manifest["units"]]
        if attempt.unit in units:
            return attempt.unit
        return next((u for u in units if asked_still(u, attempt, states)), units[0])

    def may_open(
        self, attempt: "PackageAttempt", states: Mapping[str, "UnitState"], unit: str
    ) -> bool:
        """Whether a unit may be opened now."""
        return True

    def launch(
        self, attempt: "PackageAttempt", unit: Mapping[str, Any], state: "UnitState | None"
    ) -> Launch:
        """What the frame opens for a unit; may write to `attempt.tree`, which is then saved."""
        raise NotImplementedError

    def read(self, attempt: "PackageAttempt", unit: Mapping[str, Any], data: Any) -> Told:
        """What a commit says.

        Raises:
            Unreadable: it is not what this form commits.
        """
        raise NotImplementedError

    def track(
        self,
        attempt: "PackageAttempt",
        unit: Mapping[str, Any],
        data: dict[str, Any],
        *,
        end: bool,
    ) -> None:
        """A commit was read and stands: write down in `attempt.tree` what follows from it, and in
        `data` what is to be kept with it."""

    def valid(self, attempt: "PackageAttempt") -> Mapping[str, Any]:
        """What navigation is possible, for a unit that asks its run time; told after a commit."""
        return {}

    def outcome(self, attempt: "PackageAttempt", states: Mapping[str, "UnitState"]) -> Outcome:
        """What the attempt comes to: complete when each unit that is followed is, or need not be.
        Who need do none of it has not completed it."""
        units = [u for u in attempt.edition.manifest["units"] if u["tracked"]]
        told = [states[u["identifier"]] for u in units if u["identifier"] in states]
        passed = [s.passed for s in told if s.passed is not None]
        scores = [s.score for s in told if s.score is not None]
        done = sum(not asked_still(u["identifier"], attempt, states) for u in units)
        return Outcome(
            completed=any(s.completed for s in told) and done == len(units),
            passed=False if False in passed else (True if passed else None),
            score=sum(scores) / len(scores) if scores else None,
            seconds=sum(s.seconds for s in told),
            done=done,
            whole=len(units),
        )

    def ways(self, attempt: "PackageAttempt", states: Mapping[str, "UnitState"]) -> Ways:
        """The table of contents where there are several units, and what comes before and after."""
        units = attempt.edition.manifest["units"]
        if len(units) < 2:
            return Ways()
        names = [unit["identifier"] for unit in units]
        at = names.index(attempt.unit) if attempt.unit in names else 0
        entries = tuple(
            Entry(
                unit=unit["identifier"],
                title=unit["title"],
                depth=int(unit["extra"].get("depth", 0)),
                done=unit["identifier"] in states and states[unit["identifier"]].completed,
                here=place == at,
                let_off=unit["identifier"] in attempt.let_off,
            )
            for place, unit in enumerate(units)
        )
        return Ways(
            entries,
            back=names[at - 1] if at else "",
            on=names[at + 1] if at + 1 < len(names) else "",
        )

    def go(
        self, attempt: "PackageAttempt", states: Mapping[str, "UnitState"], where: str
    ) -> str | None:
        """Where a wish to go elsewhere leads: a unit, "" to leave, or None where one may not."""
        if where in {"exit", "suspendAll", ""}:
            return ""
        names = {unit["identifier"] for unit in attempt.edition.manifest["units"]}
        return where if where in names else None
