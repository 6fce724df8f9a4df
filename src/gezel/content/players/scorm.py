"""Playing SCORM: a page of ours at the attempt's origin holds the run time for its units.

SCORM 1.2 has no sequencing: one goes where one likes. SCORM 2004 has; what the specification asks
is in `rules.packages.sequencing`, and its state is kept in the attempt. What units of one package
share beyond one attempt (global objectives, shared data) is kept per person, see `Shared`.
"""

import re
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from gezel.content.addresses import address_of, address_of_ours, is_wild
from gezel.content.models import PackageAttempt, PackageMemory, UnitState
from gezel.content.players import (
    Entry,
    Launch,
    Outcome,
    Player,
    Told,
    Unreadable,
    Ways,
    asked_still,
)
from gezel.content.rules.packages.prerequisites import STATUSES, open_units
from gezel.content.rules.packages.sequencing import cmi as data_model
from gezel.content.rules.packages.sequencing.engine import Sequencer
from gezel.content.rules.packages.sequencing.tracking import Activity

_FILES = {
    "scorm.html": "content/frames/scorm.html",
    "scorm.css": "content/frames/scorm.css",
    "scorm.js": "content/frames/scorm.js",
    "scorm2004.js": "content/frames/scorm2004.js",
    "scorm12-api.js": "content/frames/scorm12-api.js",
    "scorm12.js": "kit/vendor/scorm12.min.js",
    # What scorm.js and all it imports are in one script, which runs before anything of the unit.
    "inside.js": "kit/vendor/scorm.js",
}
_FRAMES = re.compile(rb"<\s*(i?frame|frameset|object|embed)\b", re.IGNORECASE)
_TARGETED = re.compile(r"\{target=(?P<target>[^{}]+)\}(?P<kind>choice|jump)")
# A table of contents longer than this is not asked line by line what may be chosen.
MOST_ASKED = 150


def _learner(attempt: PackageAttempt) -> dict[str, str]:
    """Who plays, as SCORM asks: a name, and an identifier that says nothing elsewhere."""
    person = attempt.person
    address = f"{settings.BASE_URL}/person/{person.pk}"
    return {
        "id": uuid.uuid5(uuid.NAMESPACE_URL, address).hex,
        "name": f"{person.last_name}, {person.first_name}",
    }


class _Scorm(Player):
    """What both editions have in common."""

    files = _FILES
    form = ""

    def _launch(
        self, attempt: PackageAttempt, unit: Mapping[str, Any], told: Mapping[str, Any]
    ) -> Launch:
        wild = is_wild()
        address = address_of(attempt.key, unit["path"])
        common = {
            "form": self.form,
            "title": unit["title"],
            "tracked": unit["tracked"],
            "wrapped": wild,
            "address": address,
        }
        if wild:
            return Launch(address_of_ours(attempt.key, "scorm.html"), common | dict(told))
        return Launch(address, common | dict(told), alone=_alone(attempt, unit))


def _alone(attempt: PackageAttempt, unit: Mapping[str, Any]) -> str:
    """Why this unit may not work where every document is alone, or nothing."""
    path = attempt.edition.folder / unit["path"].partition("?")[0].partition("#")[0]
    try:
        with path.open("rb") as file:
            framed = _FRAMES.search(file.read(500_000))
    except OSError:
        return ""
    if not framed:
        return ""
    return _(
        "This package is made of several pages in one. Here it may not work or keep nothing: "
        "who runs Gezel must give packages an address with a star (GEZEL_CONTENT_URL)."
    )


class Scorm12(_Scorm):
    """SCORM 1.2. Source: ADL SCORM 1.2 Run-Time Environment (2001), chapter 3."""

    form = "scorm12"
    inside = ("scorm12.js", "inside.js")

    def launch(
        self, attempt: PackageAttempt, unit: Mapping[str, Any], state: UnitState | None
    ) -> Launch:
        """The page that holds the run time, with what the unit kept."""
        rules = _rules12(attempt.edition.manifest["extra"].get("tree", {}), unit["identifier"])
        kept = dict(state.data) if state else {}
        cmi = data_model.opened12(kept, _learner(attempt), rules, ended=bool(state and state.ended))
        return self._launch(attempt, unit, {"cmi": cmi})

    def read(self, attempt: PackageAttempt, unit: Mapping[str, Any], data: Any) -> Told:
        """What the data model says."""
        if data.get("opened") and not unit["tracked"]:
            return Told(completed=True)
        rules = _rules12(attempt.edition.manifest["extra"].get("tree", {}), unit["identifier"])
        try:
            return Told(**data_model.told12(data, rules))
        except data_model.Malformed as error:
            raise Unreadable(str(error)) from error

    def first(self, attempt: PackageAttempt, states: Mapping[str, UnitState]) -> str:
        """The unit last open, else the first that is not done, of those that may be opened."""
        may = _open12(attempt, states)
        units = [str(unit["identifier"]) for unit in attempt.edition.manifest["units"]]
        if attempt.unit in may:
            return attempt.unit
        there = [unit for unit in units if unit in may]
        return next((u for u in there if asked_still(u, attempt, states)), there[0])

    def may_open(self, attempt: PackageAttempt, states: Mapping[str, UnitState], unit: str) -> bool:
        """Whether nothing that comes first is still to be done."""
        return unit in _open12(attempt, states)

    def ways(self, attempt: PackageAttempt, states: Mapping[str, UnitState]) -> Ways:
        """The contents; what asks something first is shut until that is done."""
        ways = super().ways(attempt, states)
        may = _open12(attempt, states)
        return Ways(
            tuple(replace(entry, open=entry.unit in may) for entry in ways.entries),
            back=ways.back if ways.back in may else "",
            on=ways.on if ways.on in may else "",
        )

    def go(
        self, attempt: PackageAttempt, states: Mapping[str, UnitState], where: str
    ) -> str | None:
        """Where one likes, but not where something else comes first."""
        goal = super().go(attempt, states, where)
        return goal if not goal or goal in _open12(attempt, states) else None

    def outcome(self, attempt: PackageAttempt, states: Mapping[str, UnitState]) -> Outcome:
        """Complete when each unit is. Pages that only open show nothing of anybody."""
        units = attempt.edition.manifest["units"]
        if any(unit["tracked"] for unit in units):
            return super().outcome(attempt, states)
        done = sum(not asked_still(u["identifier"], attempt, states) for u in units)
        opened = any(state.completed for state in states.values())
        return Outcome(
            completed=opened and done == len(units), shows=False, done=done, whole=len(units)
        )


def _open12(attempt: PackageAttempt, states: Mapping[str, UnitState]) -> set[str]:
    """The units that may be opened, by the prerequisites of the manifest."""
    units = attempt.edition.manifest["units"]
    asked: dict[str, str] = {}
    children: dict[str, list[str]] = {}

    def walk(item: Mapping[str, Any]) -> None:
        if script := item.get("rules12", {}).get("prerequisites"):
            asked[item["id"]] = script
        if item.get("children"):
            children[item["id"]] = [child["id"] for child in item["children"]]
        for child in item.get("children", ()):
            walk(child)

    walk(attempt.edition.manifest["extra"].get("tree", {}))
    if not asked:
        return {unit["identifier"] for unit in units}
    return open_units(
        asked,
        children,
        {
            name: "completed"
            if name in attempt.let_off and not (name in states and states[name].completed)
            else _status12(states.get(name))
            for name in (unit["identifier"] for unit in units)
        },
    )


def _status12(state: UnitState | None) -> str:
    """How a unit stands, as prerequisites ask: by what it says, and by its mastery score."""
    if state is None:
        return "not attempted"
    if state.completed:
        return {True: "passed", False: "failed", None: "completed"}[state.passed]
    said = str((state.data.get("cmi") or {}).get("core", {}).get("lesson_status", ""))
    return said if said in STATUSES else "incomplete"


def _rules12(tree: Mapping[str, Any], identifier: str) -> Mapping[str, str]:
    """What the manifest says for one item, see `rules.packages.scorm`."""
    if tree.get("id") == identifier:
        rules: Mapping[str, str] = tree.get("rules12", {})
        return rules
    for child in tree.get("children", ()):
        if found := _rules12(child, identifier):
            return found
    return {}


@dataclass(slots=True)
class Way:
    """One attempt's way through a tree, with what is shared beyond it; changed in place."""

    sequencer: Sequencer
    stores: dict[str, str]


class Scorm2004(_Scorm):
    """SCORM 2004, 2nd to 4th edition."""

    form = "scorm2004"
    inside = ("inside.js",)

    @contextmanager
    def _way(self, attempt: PackageAttempt, *, keep: bool = True) -> Iterator[Way]:
        """Where someone is in the tree. What changes is kept: in the attempt, whose `tree` the
        caller saves, and in what the person keeps of this package."""
        extra = attempt.edition.manifest["extra"]
        tree = attempt.tree
        own: dict[str, Any] = tree.setdefault("own", {})
        memory = None
        if extra.get("global") or extra.get("shared_global"):
            memory, _new = PackageMemory.objects.get_or_create(
                person_id=attempt.person_id,
                organisation_id=attempt.package.activity.organisation_id,
            )
        shared = (
            memory.objectives
            if memory and extra.get("global")
            else own.setdefault("objectives", {})
        )
        stores = (
            memory.stores if memory and extra.get("shared_global") else own.setdefault("stores", {})
        )
        yield Way(Sequencer(extra["tree"], tree.setdefault("state", {}), shared), stores)
        if memory is not None and keep and not attempt.trial:
            memory.save(update_fields=["objectives", "stores"])

    def first(self, attempt: PackageAttempt, states: Mapping[str, UnitState]) -> str:
        """Where one was; else where the sequencing begins."""
        with self._way(attempt) as way:
            sequencer = way.sequencer
            current = sequencer.current
            if current is not None and current.active and current.is_leaf:
                return current.id
            for request in ("resumeAll", "continue"):
                if opens := sequencer.request(request).opens:
                    return opens
            # From the beginning: what does not outlive an attempt on the whole is gone.
            sequencer.current = None
            for kept in attempt.tree["own"].values():
                kept.clear()
            if opens := sequencer.request("start").opens:
                return opens
            # Nothing may be flowed into: the person chooses.
            return ""

    def launch(
        self, attempt: PackageAttempt, unit: Mapping[str, Any], state: UnitState | None
    ) -> Launch:
        """The page that holds the run time, with what the unit kept in this attempt on it."""
        with self._way(attempt) as way:
            activity = way.sequencer.by_id[unit["identifier"]]
            if way.sequencer.current is not activity:
                raise KeyError(unit["identifier"])
            kept = dict(state.data) if state else {}
            if kept.get("attempt") != activity.attempts:
                kept = {}
            told = {
                "cmi": data_model.opened(kept, _learner(attempt), activity, unit["extra"]),
                "stores": data_model.stores(activity, way.stores),
                "rules": data_model.manifest_rules(activity) | {"valid": _valid(way.sequencer)},
            }
        return self._launch(attempt, unit, told)

    def read(self, attempt: PackageAttempt, unit: Mapping[str, Any], data: Any) -> Told:
        """What the data model says."""
        if data.get("opened") and not unit["tracked"]:
            return Told(completed=True)
        activity = self._activity(attempt, unit["identifier"])
        try:
            told = Told(**data_model.told(data, data_model.manifest_rules(activity)))
            # Once for nothing: what cannot be written down is not kept either.
            data_model.track(activity, data, end=False)
            return told
        except (data_model.Malformed, AttributeError, TypeError) as error:
            raise Unreadable(str(error)) from error

    def _activity(self, attempt: PackageAttempt, identifier: str) -> Activity:
        """What the manifest says of one activity, without anyone's way through the tree."""
        return Sequencer(attempt.edition.manifest["extra"]["tree"], {}, {}).by_id[identifier]

    def track(
        self, attempt: PackageAttempt, unit: Mapping[str, Any], data: dict[str, Any], *, end: bool
    ) -> None:
        """What the unit says goes into the tree; nothing rolls up before the unit is left."""
        with self._way(attempt) as way:
            activity = way.sequencer.by_id[unit["identifier"]]
            data["attempt"] = activity.attempts
            if not unit["tracked"]:
                return
            data_model.track(activity, data, end=end)
            data_model.keep_stores(activity, data, way.stores)

    def outcome(self, attempt: PackageAttempt, states: Mapping[str, UnitState]) -> Outcome:
        """What the root of the tree comes to; while a unit is open, as if it were left now."""
        with self._way(attempt, keep=False) as way:
            sequencer = way.sequencer.copy()
            if sequencer.current is not None:
                sequencer.current.roll_up()
            root = sequencer.root
            leaves = list(_leaves(root))
            tracked = any(unit["tracked"] for unit in attempt.edition.manifest["units"])
            measure = root.primary.measure
            passed = root.satisfied() if tracked else None
            did = any(one.completed is True for one in leaves)
            if attempt.let_off and did:
                _need_not(leaves, attempt.let_off)
            done = sum(one.completed is True or one.id in attempt.let_off for one in leaves)
            return Outcome(
                completed=root.completed is True
                or (root.completed is None and root.satisfied() is True),
                passed=passed,
                score=None if measure is None else max(-1.0, min(1.0, measure)),
                seconds=sum(state.seconds for state in states.values()),
                shows=tracked,
                done=done,
                whole=len(leaves),
            )

    def ways(self, attempt: PackageAttempt, states: Mapping[str, UnitState]) -> Ways:
        """What may be chosen now, and whether there is a way back or on."""
        if len(attempt.edition.manifest["units"]) < 2:
            return Ways()
        with self._way(attempt, keep=False) as way:
            sequencer = way.sequencer
            valid = _valid(sequencer)
            hidden = set(sequencer.current.told["hide"]) if sequencer.current else set()
            entries = tuple(
                Entry(
                    unit=f"{{target={one.id}}}choice",
                    title=one.title or one.id,
                    depth=len(one.path()) - 1,
                    open=valid["choice"].get(one.id, False),
                    done=one.completed is True,
                    here=one is sequencer.current,
                    let_off=one.id in attempt.let_off,
                )
                for one in sequencer.root.walk_available()
                if one.told["visible"] and not one.rule("pre", "hiddenFromChoice")
            )
            return Ways(
                entries,
                back="previous" if valid["previous"] and "previous" not in hidden else "",
                on="continue" if valid["continue"] and "continue" not in hidden else "",
            )

    def valid(self, attempt: PackageAttempt) -> dict[str, Any]:
        """What navigation is possible now, for the unit that asks (adl.nav.request_valid)."""
        with self._way(attempt, keep=False) as way:
            return _valid(way.sequencer)

    def go(
        self, attempt: PackageAttempt, states: Mapping[str, UnitState], where: str
    ) -> str | None:
        """Carry out a navigation request: the unit to open, "" to leave, None where it is shut."""
        targeted = _TARGETED.fullmatch(where)
        kind, target = (targeted["kind"], targeted["target"]) if targeted else (where, "")
        with self._way(attempt) as way:
            outcome = way.sequencer.request(kind, target)
            if outcome.opens:
                return outcome.opens
            return None if outcome.why else ""


def _need_not(leaves: Sequence[Activity], let_off: Collection[str]) -> None:
    """What someone need not do holds nobody up: for who asks whether all is complete, in a tree
    that is thrown away, it is done. The tree itself knows only what was done."""
    for leaf in leaves:
        if leaf.id in let_off and leaf.completed is not True:
            leaf.state["stale_progress"] = leaf.state["stale_objectives"] = False
            leaf.state["attempts"] = max(1, leaf.attempts)
            leaf.primary.set("completed", True)
            leaf.primary.set("progress", 1.0)
            if leaf.satisfied() is None:
                leaf.primary.set("satisfied", True)
            leaf.roll_up()


def _leaves(root: Activity) -> Iterator[Activity]:
    return (one for one in root.walk_available() if one.is_leaf)


def _valid(sequencer: Sequencer) -> dict[str, Any]:
    """Each way that may be gone from here."""
    several = len(sequencer.by_id)
    asked = sequencer.by_id if several <= MOST_ASKED else {}
    return {
        "continue": sequencer.may_continue(),
        "previous": sequencer.is_valid("previous"),
        "choice": {name: sequencer.is_valid("choice", name) for name in asked}
        if asked
        else {name: sequencer.may_choose(name) for name in sequencer.by_id},
        "jump": {name: sequencer.may_jump(name) for name in sequencer.by_id},
    }
