"""Where a wish to go elsewhere leads: the processes of the specification, by its own steps.

Source: ADL SCORM 2004 4th edition, Sequencing and Navigation, appendix C: OP.1, NB.2.1, TB.2.1 to
TB.3, UP.4, SB.2.1 to SB.2.13, DB.1.1, DB.2. Exceptions carry the specification's own codes.
"""

import random
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from gezel.content.rules.packages.sequencing.tracking import Activity

Direction = Literal["forward", "backward"]
REQUESTS = frozenset(
    {"start", "resumeAll", "continue", "previous", "choice", "jump", "exit", "exitAll",
     "abandon", "abandonAll", "suspendAll"}
)  # fmt: skip


class Shut(Exception):  # noqa: N818 - reads as what it is where it is raised
    """A request that leads nowhere; the code is the specification's, as "SB.2.9-7"."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a request came to: an activity to open, the end of the session, or neither with the
    code that says why."""

    opens: str = ""
    ended: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """What a sequencing request came to."""

    deliver: Activity | None = None
    end: bool = False


class Sequencer:
    """One person's way through one tree. `state` and `shared` are changed in place.

    Args:
        tree: as `rules.packages.scorm` keeps it.
        state: {"activities", "current", "suspended"}; empty at first.
        shared: the global objectives by their names.
    """

    def __init__(
        self, tree: Mapping[str, Any], state: dict[str, Any], shared: dict[str, dict[str, Any]]
    ) -> None:
        self.tree = tree
        self.state = state
        self.shared = shared
        states: dict[str, dict[str, Any]] = state.setdefault("activities", {})
        self.root = Activity(tree, None, states, shared)
        self.by_id = {one.id: one for one in self.root.walk()}

    # -- where we are -----------------------------------------------------------------------------

    @property
    def current(self) -> Activity | None:
        return self.by_id.get(self.state.get("current", ""))

    @current.setter
    def current(self, activity: Activity | None) -> None:
        self.state["current"] = activity.id if activity else ""

    @property
    def suspended(self) -> Activity | None:
        return self.by_id.get(self.state.get("suspended", ""))

    @suspended.setter
    def suspended(self, activity: Activity | None) -> None:
        self.state["suspended"] = activity.id if activity else ""

    # -- the whole [OP.1] -------------------------------------------------------------------------

    def request(self, kind: str, target: str = "") -> Outcome:
        """Carry out a navigation request.

        Args:
            kind: one of `REQUESTS`.
            target: of a choice or jump, the activity.
        """
        if kind == "start" and not self.state.get("begun"):
            self.state["begun"] = True
            for one in self.root.walk():
                self._select_and_shuffle(one, at_start=True)
        try:
            termination, sequencing = self._navigation(kind, target)
        except Shut as shut:
            return Outcome(why=str(shut))
        try:
            if termination:
                sequencing = self._terminate(termination) or sequencing
            if not sequencing:
                return Outcome()
            step = self._sequence(sequencing, target)
            if step.end:
                if self.root.active:
                    self._end_attempt(self.root)
                self.current = None
                return Outcome(ended=True)
            if step.deliver is None:
                return Outcome()
            self._may_deliver(step.deliver)
            self._deliver(step.deliver)
        except Shut as shut:
            return Outcome(why=str(shut))
        return Outcome(opens=step.deliver.id)

    def is_valid(self, kind: str, target: str = "") -> bool:
        """Whether a request would open an activity or end the session, without doing it."""
        outcome = self.copy().request(kind, target)
        return bool(outcome.opens) or outcome.ended

    def may_continue(self) -> bool:
        """Whether "continue" would be looked at; at the end it ends the session."""
        try:
            self._navigation("continue", "")
        except Shut:
            return False
        return True

    def copy(self) -> "Sequencer":
        """The same place in the same tree, to try something out."""
        return Sequencer(self.tree, deepcopy(self.state), deepcopy(self.shared))

    def may_choose(self, target: str) -> bool:
        """Whether a choice would be looked at, without working out where it leads."""
        try:
            self._choice_navigation(target)
        except Shut:
            return False
        return True

    def may_jump(self, target: str) -> bool:
        """Whether a jump would be carried out: it asks no rule, only that the place is there."""
        there = self.by_id.get(target)
        return (
            there is not None
            and self.current is not None
            and there.is_leaf
            and (there.parent is None or there in there.parent.available)
        )

    # -- navigation [NB.2.1] ----------------------------------------------------------------------

    def _navigation(  # noqa: PLR0911 - the specification's own steps
        self, kind: str, target: str
    ) -> tuple[str, str]:
        """The termination and the sequencing request that a navigation request stands for."""
        current = self.current
        if kind == "start":
            _require(current is None, "NB.2.1-1")
            return "", "start"
        if kind == "resumeAll":
            _require(current is None, "NB.2.1-1")
            _require(self.suspended is not None, "NB.2.1-3")
            return "", "resumeAll"
        if kind == "choice":
            return self._choice_navigation(target)
        if current is None:
            raise Shut("NB.2.1-2")
        if kind in {"continue", "previous"}:
            parent = current.parent
            _require(parent is not None and parent.told["control"]["flow"], "NB.2.1-4")
            if kind == "previous":
                _require(
                    parent is not None and not parent.told["control"]["forwardOnly"], "NB.2.1-5"
                )
            return ("exit" if current.active else ""), kind
        if kind == "jump":
            there = self.by_id.get(target)
            _require(
                there is not None and (there.parent is None or there in there.parent.available),
                "NB.2.1-11",
            )
            return "exit", "jump"
        if kind in {"exit", "abandon"}:
            _require(current.active, "NB.2.1-12")
            return kind, "exit"
        if kind in {"exitAll", "abandonAll", "suspendAll"}:
            return kind, "exit"
        raise Shut("NB.2.1-13")

    def _choice_navigation(self, target: str) -> tuple[str, str]:
        there = self.by_id.get(target)
        if there is None:
            raise Shut("NB.2.1-11")
        _require(there.parent is None or there.parent.told["control"]["choice"], "NB.2.1-10")
        current = self.current
        if current is None:
            return "", "choice"
        # The pseudo code passes over siblings; what may not be left by choice may not be left for
        # a sibling either, nor begun again that way, as ADL's own tests have it.
        common = _common(current, there)
        for one in _up(current, common) or [current]:
            _require(not one.active or one.told["control"]["choiceExit"], "NB.2.1-8")
        return ("exit" if current.active else ""), "choice"

    # -- termination [TB.2.3] ---------------------------------------------------------------------

    def _terminate(self, kind: str) -> str:
        """End what goes on; the sequencing request that follows from it, or ""."""
        current = self.current
        if current is None:
            raise Shut("TB.2.3-1")
        if kind in {"exit", "abandon"}:
            _require(current.active, "TB.2.3-2")
        if kind == "exit":
            return self._exit(current)
        if kind == "exitAll":
            self._exit_all()
            return "exit"
        if kind == "suspendAll":
            return self._suspend_all(current)
        if kind == "abandon":
            current.active = False
            return ""
        for one in current.path():
            one.active = False
        self.current = self.root
        return "exit"

    def _exit(self, current: Activity) -> str:
        self._end_attempt(current)
        self._exit_action_rules(current)
        while True:
            now = self.current
            if now is None:
                raise Shut("TB.2.3-1")
            termination, sequencing = self._post_conditions(now)
            if termination == "exitAll":
                self._exit_all()
                # What was asked counts no more: the whole ends, or begins anew.
                return sequencing or "exit"
            if termination == "exitParent":
                _require(now.parent is not None, "TB.2.3-4")
                self.current = now.parent
                if now.parent is not None:
                    self._end_attempt(now.parent)
                continue
            if now.parent is None and sequencing != "retry":
                return "exit"
            return sequencing

    def _exit_all(self) -> None:
        current = self.current
        if current is not None and current.active:
            self._end_attempt(current)
        self._terminate_descendants(self.root)
        self._end_attempt(self.root)
        self.current = self.root

    def _suspend_all(self, current: Activity) -> str:
        if current.active or current.suspended:
            current.roll_up()
            self.suspended = current
        else:
            _require(current.parent is not None, "TB.2.3-3")
            self.suspended = current.parent
        asleep = self.suspended
        for one in asleep.path() if asleep else []:
            one.active = False
            one.suspended = True
        self.current = self.root
        return "exit"

    def _exit_action_rules(self, current: Activity) -> None:
        """An ancestor may end with what ended below it [TB.2.1]."""
        for one in current.path()[:-1]:
            if one.rule("exit", "exit"):
                self._terminate_descendants(one)
                self._end_attempt(one)
                self.current = one
                return

    def _post_conditions(self, now: Activity) -> tuple[str, str]:
        """What the rules for afterwards ask [TB.2.2]: a termination and a sequencing request."""
        if now.suspended:
            return "", ""
        action = now.rule(
            "post", "exitParent", "exitAll", "retry", "retryAll", "continue", "previous"
        )
        if action in {"retry", "continue", "previous"}:
            return "", action
        if action == "retryAll":
            return "exitAll", "retry"
        return action, ""

    def _terminate_descendants(self, goal: Activity) -> None:
        """End what goes on between where we are and an activity, both left out [TB.3]."""
        current = self.current
        if current is None:
            return
        common = _common(current, goal)
        for one in _up(current, common)[1:]:
            self._end_attempt(one)

    def _end_attempt(self, activity: Activity) -> None:
        """[UP.4]"""
        if activity.is_leaf:
            if activity.tracked and not activity.suspended:
                self._presume(activity)
        else:
            activity.suspended = any(one.suspended for one in activity.available)
        activity.active = False
        activity.roll_up()
        self._roll_up_elsewhere(activity)
        if not activity.suspended:
            self._select_and_shuffle(activity, at_start=False)

    def _presume(self, activity: Activity) -> None:
        """Content that says nothing of itself is taken to be done, unless the manifest says that
        it will speak."""
        told = activity.told["delivery"]
        spoke = activity.state.get("spoke", ())
        if (
            not told["completion_by_content"]
            and activity.completed is None
            and "completion_status" not in spoke
        ):
            activity.primary.set("completed", True)
            if activity.told["threshold"]["by_measure"] and activity.amount is None:
                activity.primary.set("progress", 1.0)
        if (
            not told["objective_by_content"]
            and activity.primary.satisfied is None
            and "success_status" not in spoke
        ):
            activity.primary.set("satisfied", True)

    def _roll_up_elsewhere(self, activity: Activity) -> None:
        """What was written to global objectives counts wherever it is read [SN 4.6.1]."""
        written = {
            one["target"]
            for place in activity.path()
            for objective in place.objectives
            for one in objective.maps
            if any(one.get(name) for name in one if name.startswith("write"))
        }
        if not written:
            return
        for other in self.root.walk():
            if other is activity or not any(
                one["target"] in written and any(one.get(n) for n in one if n.startswith("read"))
                for objective in other.objectives
                for one in objective.maps
            ):
                continue
            if other.parent is not None:
                other.parent.roll_up()

    # -- sequencing [SB.2.12] ---------------------------------------------------------------------

    def _sequence(  # noqa: PLR0911 - the specification's own steps
        self, kind: str, target: str
    ) -> _Step:
        current = self.current
        if kind == "start":
            _require(current is None, "SB.2.5-1")
            leaves = [one for one in self.root.walk_available() if one.is_leaf]
            if len(leaves) == 1:
                # What has one part opens it, also where nothing flows (ADL's case CM-11).
                return _Step(leaves[0])
            return self._flow(self.root, "forward", into=True)
        if kind == "resumeAll":
            _require(current is None and self.suspended is not None, "SB.2.6-1")
            return _Step(self.suspended)
        if kind == "choice":
            return self._choose(self.by_id[target])
        if current is None:
            raise Shut(f"SB.2.{'7' if kind == 'continue' else '8'}-1")
        if kind in {"continue", "previous"}:
            parent = current.parent
            _require(parent is None or parent.told["control"]["flow"], "SB.2.7-2")
            return self._flow(current, "forward" if kind == "continue" else "backward", into=False)
        if kind == "retry":
            _require(not current.active and not current.suspended, "SB.2.10-2")
            return self._again(current)
        if kind == "exit":
            _require(not current.active, "SB.2.11-2")
            return _Step(end=current is self.root)
        return _Step(self.by_id[target])  # a jump [SB.2.13]

    def _again(self, current: Activity) -> _Step:
        """[SB.2.10] Where nothing of it can be begun anew, that is why, and the session goes on."""
        if current.is_leaf:
            return _Step(current)
        try:
            step = self._flow(current, "forward", into=True)
        except Shut:
            step = _Step()
        _require(step.deliver is not None, "SB.2.10-3")
        return step

    def _flow(self, activity: Activity, direction: Direction, *, into: bool) -> _Step:
        """[SB.2.3]"""
        there, way = self._next(activity, direction, into=into, before=None)
        if there is None:
            return _Step(end=True)
        return self._traverse(there, way, before=None)

    def _next(  # noqa: C901, PLR0911 - the specification's own steps
        self, activity: Activity, direction: Direction, *, into: bool, before: Direction | None
    ) -> tuple[Activity | None, Direction]:
        """The next activity in the tree [SB.2.1]; None when the session ends there."""
        turned = False
        parent = activity.parent
        if before == "backward" and parent is not None and activity is parent.available[-1]:
            direction, activity, turned = "backward", parent.available[0], True
        if direction == "forward":
            if (self._is_last(activity) and not (into and activity.available)) or (
                parent is None and not into
            ):
                self._terminate_descendants(self.root)
                return None, direction
            if activity.is_leaf or not into:
                if parent is None:
                    return None, direction
                siblings = parent.available
                at = siblings.index(activity)
                if at + 1 == len(siblings):
                    return self._next(parent, "forward", into=False, before=None)
                return siblings[at + 1], direction
            _require(bool(activity.available), "SB.2.1-2")
            return activity.available[0], direction
        if parent is None and not into:
            raise Shut("SB.2.1-3")
        if activity.is_leaf or not into:
            if parent is None:
                raise Shut("SB.2.1-3")
            if not turned:
                _require(not parent.told["control"]["forwardOnly"], "SB.2.1-4")
            siblings = parent.available
            at = siblings.index(activity)
            if at == 0:
                return self._next(parent, "backward", into=False, before=None)
            return siblings[at - 1], direction
        _require(bool(activity.available), "SB.2.1-2")
        if activity.told["control"]["forwardOnly"]:
            return activity.available[0], "forward"
        return activity.available[-1], "backward"

    def _is_last(self, activity: Activity) -> bool:
        """Whether nothing of the tree comes after it, counting in order what takes part."""
        last = self.root
        while last.available:
            last = last.available[-1]
        return activity is last

    def _traverse(  # noqa: PLR0911 - the specification's own steps
        self, activity: Activity, direction: Direction, *, before: Direction | None
    ) -> _Step:
        """[SB.2.2]"""
        parent = activity.parent
        _require(parent is None or parent.told["control"]["flow"], "SB.2.2-1")
        if activity.rule("pre", "skip"):
            there, way = self._next(activity, direction, into=False, before=before)
            if there is None:
                return _Step(end=True)
            if before == "backward" and way == "backward":
                return self._traverse(there, "backward", before=None)
            return self._traverse(there, way if before is None else direction, before=before)
        _require(not activity.is_barred, "SB.2.2-2")
        if activity.is_leaf:
            return _Step(activity)
        there, way = self._next(activity, direction, into=True, before=None)
        if there is None:
            return _Step(end=True)
        if direction == "backward" and way == "forward":
            return self._traverse(there, "forward", before="backward")
        return self._traverse(there, direction, before=None)

    # -- choice [SB.2.9] --------------------------------------------------------------------------

    def _choose(self, target: Activity) -> _Step:
        for one in target.path():
            _require(one.parent is None or one in one.parent.available, "SB.2.9-2")
            _require(not one.rule("pre", "hiddenFromChoice"), "SB.2.9-3")
        _require(target.parent is None or target.parent.told["control"]["choice"], "SB.2.9-4")
        current = self.current
        common = _common(current, target) if current is not None else self.root
        if current is None or (current is common and current is not target):
            self._go_down(common, target)
        elif current is target:
            pass
        elif current.parent is target.parent:
            self._go_along(current, target)
        elif target is common:
            for one in _up(current, target):
                _require(one.told["control"]["choiceExit"], "SB.2.9-7")
        else:
            self._go_across(current, common, target)
        if target.is_leaf:
            return _Step(target)
        try:
            step = self._flow(target, "forward", into=True)
        except Shut:
            step = _Step(end=True)
        if step.deliver is None:
            self._terminate_descendants(common)
            self._end_attempt(common)
            self.current = target
            raise Shut("SB.2.9-9")
        return step

    def _go_along(self, current: Activity, target: Activity) -> None:
        """Between siblings, each on the way must let through [SB.2.4]."""
        siblings = target.parent.available if target.parent else []
        here, there = siblings.index(current), siblings.index(target)
        if there > here:
            for one in siblings[here:there]:
                _require(not one.rule("pre", "stopForwardTraversal"), "SB.2.4-1")
        elif target.parent is not None:
            _require(not target.parent.told["control"]["forwardOnly"], "SB.2.4-2")

    def _go_down(self, common: Activity, target: Activity) -> None:
        way = _between(common, target)
        for one in way:
            _require(not one.rule("pre", "stopForwardTraversal"), "SB.2.4-1")
            self._may_activate(one, common)

    def _may_activate(self, activity: Activity, common: Activity) -> None:
        _require(
            activity.active
            or activity is common
            or not activity.told["choice"]["prevent_activation"],
            "SB.2.9-6",
        )

    def _go_across(self, current: Activity, common: Activity, target: Activity) -> None:
        constrained: Activity | None = None
        for one in _up(current, common):
            _require(one.told["control"]["choiceExit"], "SB.2.9-7")
            # It says something of what has parts; a single unit has none to choose from, and ADL's
            # case CM-07d leaves one that has it for more than its neighbour.
            if constrained is None and not one.is_leaf and one.told["choice"]["constrain"]:
                constrained = one
        if constrained is not None:
            forward = self._place(target) > self._place(constrained)
            near = self._neighbour(constrained, "forward" if forward else "backward")
            reach = {one.id for one in near.walk_available()}
            _require(target.id in reach or target is constrained, "SB.2.9-8")
        # The way down is asked from the common one, which counts, to above the target; what is left
        # on the way up, and what stands between, is asked for no traversal [SB.2.9, 11.6 to 11.9].
        forward = self._place(target) > self._place(current)
        for one in _between(common, target):
            if forward:
                _require(not one.rule("pre", "stopForwardTraversal"), "SB.2.4-1")
            self._may_activate(one, common)

    def _neighbour(self, activity: Activity, direction: Direction) -> Activity:
        """[SB.2.9.1, SB.2.9.2]"""
        one = activity
        while one.parent is not None:
            siblings = one.parent.available
            at = siblings.index(one) + (1 if direction == "forward" else -1)
            if 0 <= at < len(siblings):
                return siblings[at]
            one = one.parent
        return activity

    def _place(self, activity: Activity) -> int:
        return next((n for n, one in enumerate(self.root.walk_available()) if one is activity), -1)

    # -- delivery [DB.1.1, DB.2] ------------------------------------------------------------------

    def _may_deliver(self, activity: Activity) -> None:
        _require(activity.is_leaf, "DB.1.1-1")
        for one in activity.path():
            _require(not one.is_barred, "DB.1.1-3")

    def _deliver(self, activity: Activity) -> None:
        current = self.current
        _require(current is None or not current.active, "DB.2-1")
        if activity is not self.suspended:
            self._clear_suspended(activity)
        self._terminate_descendants(activity)
        for one in activity.path():
            if one.active:
                continue
            if one.tracked:
                if one.suspended:
                    one.suspended = False
                else:
                    one.begin_attempt()
            one.active = True
        self.current = activity
        self.suspended = None

    def _clear_suspended(self, activity: Activity) -> None:
        """What was asleep is left behind when something else opens [DB.2.1]."""
        asleep = self.suspended
        if asleep is None:
            return
        common = _common(activity, asleep)
        for one in _up(asleep, common):
            if one.is_leaf or not any(child.suspended for child in one.available):
                one.suspended = False
        self.suspended = None

    # -- selection and order [SR.1, SR.2] ---------------------------------------------------------

    def _select_and_shuffle(self, activity: Activity, *, at_start: bool) -> None:
        told = activity.told["random"]
        if activity.is_leaf or activity.active or activity.suspended:
            return
        when = {"once"} if at_start else set()
        when.add("onEachNewAttempt")
        order = [one.id for one in activity.children]
        if told["select"] in when and told["count"] is not None:
            chosen = set(_DICE.sample(order, min(told["count"], len(order))))
            order = [name for name in order if name in chosen]
        elif "available" in activity.state:
            order = activity.state["available"]
        if told["randomize"] in when and told["reorder"]:
            order = _DICE.sample(order, len(order))
        if order != [one.id for one in activity.available]:
            activity.state["available"] = order


# Which questions someone gets must not be guessed from the clock.
_DICE = random.SystemRandom()


def _require(holds: bool, code: str) -> None:
    if not holds:
        raise Shut(code)


def _common(one: Activity, other: Activity) -> Activity:
    """The lowest activity above both, or one of them where it is above the other."""
    found = one.path()[0]
    for left, right in zip(one.path(), other.path(), strict=False):
        if left is not right:
            break
        found = left
    return found


def _up(activity: Activity, ancestor: Activity) -> list[Activity]:
    """From an activity up to one above it, the last left out."""
    way = []
    one: Activity | None = activity
    while one is not None and one is not ancestor:
        way.append(one)
        one = one.parent
    return way


def _between(ancestor: Activity, activity: Activity) -> list[Activity]:
    """From an activity down to one below it, the last left out."""
    path = activity.path()
    return path[path.index(ancestor) : -1]
