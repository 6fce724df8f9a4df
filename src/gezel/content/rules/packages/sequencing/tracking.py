"""What is known of each activity and objective, and what it comes to higher up in the tree.

The state is plain JSON, so that it can be kept between visits. What is not known is None: the
specification's pairs of a status and a flag that says whether the status means anything ("Objective
Progress Status" and "Objective Satisfied Status") are one value here.

Source: ADL SCORM 2004 4th edition, Sequencing and Navigation, 4.2 (tracking), 4.6 (roll-up), and
its pseudo code RB.1.1 to RB.1.5, UP.2, UP.2.1.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Known = bool | None

# What an objective may hold, by the words of the map that reads and writes it in global ones.
_READS = {
    "satisfied": "readSatisfiedStatus",
    "measure": "readNormalizedMeasure",
    "raw": "readRawScore",
    "min": "readMinScore",
    "max": "readMaxScore",
    "completed": "readCompletionStatus",
    "progress": "readProgressMeasure",
}
_WRITES = {name: told.replace("read", "write", 1) for name, told in _READS.items()}


class Objective:
    """A local objective of an activity, read and written through its maps to global ones."""

    def __init__(
        self, activity: "Activity", told: Mapping[str, Any], shared: dict[str, dict[str, Any]]
    ) -> None:
        self.activity = activity
        self.id: str = told["id"]
        self.primary: bool = told["primary"]
        self.by_measure: bool = told["by_measure"]
        self.least: float = told["min"]
        self.maps: list[Mapping[str, Any]] = told["maps"]
        self.shared = shared

    @property
    def kept(self) -> dict[str, Any]:
        objectives: dict[str, dict[str, Any]] = self.activity.state.setdefault("objectives", {})
        return objectives.setdefault(self.id, {})

    def get(self, name: str) -> Any:
        """A value: that of the global objective it is read from, else its own; None when it is not
        known.

        Whether an objective is met, and its scores, are not known before the global one is. How
        far the activity itself is, it knows of itself (ADL's cases CM-13 and CO-09).
        """
        for one in self.maps:
            if one.get(_READS[name]):
                found = self.shared.get(one["target"], {}).get(name)
                if found is not None or name not in {"completed", "progress"}:
                    return found
        return self.kept.get(name)

    def set(self, name: str, value: Any) -> None:
        """Set a value, here and in the global objectives it is written to."""
        kept = self.kept
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
        for one in self.maps:
            if one.get(_WRITES[name]):
                self.shared.setdefault(one["target"], {})
                if value is None:
                    self.shared[one["target"]].pop(name, None)
                else:
                    self.shared[one["target"]][name] = value

    @property
    def satisfied(self) -> Known:
        """Whether it is met; by its measure where it says so."""
        if self.by_measure:
            measure = self.get("measure")
            if measure is None:
                return None
            activity = self.activity
            if (
                activity.active
                and not activity.told["considerations"]["measureSatisfactionIfActive"]
            ):
                return None
            return bool(measure >= self.least)
        found: Known = self.get("satisfied")
        return found

    @property
    def measure(self) -> float | None:
        found: float | None = self.get("measure")
        return found


class Activity:
    """A node of the activity tree, with its place, what the manifest says and what is known."""

    def __init__(
        self,
        told: Mapping[str, Any],
        parent: "Activity | None",
        states: dict[str, dict[str, Any]],
        shared: dict[str, dict[str, Any]],
    ) -> None:
        self.told = told
        self.id: str = told["id"]
        self.title: str = told["title"]
        self.parent = parent
        self.state = states.setdefault(self.id, {})
        self.objectives = [Objective(self, one, shared) for one in told["objectives"]]
        self.children = [Activity(one, self, states, shared) for one in told["children"]]

    # -- the tree ---------------------------------------------------------------------------------

    @property
    def is_leaf(self) -> bool:
        return not self.children

    @property
    def available(self) -> list["Activity"]:
        """The children that take part, in the order in which they do."""
        order = self.state.get("available")
        if order is None:
            return self.children
        by_id = {one.id: one for one in self.children}
        return [by_id[name] for name in order if name in by_id]

    def walk(self) -> Iterator["Activity"]:
        """Itself and all below it, in order."""
        yield self
        for one in self.children:
            yield from one.walk()

    def walk_available(self) -> Iterator["Activity"]:
        """The same, of what takes part."""
        yield self
        for one in self.available:
            yield from one.walk_available()

    def path(self) -> list["Activity"]:
        """From the root down to itself."""
        return [*(self.parent.path() if self.parent else []), self]

    # -- what is known ----------------------------------------------------------------------------

    @property
    def tracked(self) -> bool:
        return bool(self.told["delivery"]["tracked"])

    @property
    def primary(self) -> Objective:
        return self.objectives[0]

    def objective(self, name: str) -> Objective | None:
        """The objective of that name, or the primary one where no name is given."""
        if not name:
            return self.primary
        return next((one for one in self.objectives if one.id == name), None)

    @property
    def active(self) -> bool:
        return bool(self.state.get("active"))

    @active.setter
    def active(self, value: bool) -> None:
        self.state["active"] = value

    @property
    def suspended(self) -> bool:
        return bool(self.state.get("suspended"))

    @suspended.setter
    def suspended(self, value: bool) -> None:
        self.state["suspended"] = value

    @property
    def attempts(self) -> int:
        return int(self.state.get("attempts", 0))

    @property
    def completed(self) -> Known:
        """Whether this attempt is complete."""
        return self.completed_by(self.primary)

    def completed_by(self, objective: Objective) -> Known:
        """Whether it is complete as an objective has it: by progress where the manifest says so."""
        if objective is self.primary and self.told["threshold"]["by_measure"]:
            amount = self.amount
            return None if amount is None else bool(amount >= self.told["threshold"]["min"])
        if not self.tracked or self._is_stale(objective, "completed"):
            return None
        found: Known = objective.get("completed")
        return found

    @property
    def amount(self) -> float | None:
        """How far this attempt is, from 0 to 1."""
        if not self.tracked or self._is_stale(self.primary, "progress"):
            return None
        found: float | None = self.primary.get("progress")
        return found

    def satisfied(self, objective: Objective | None = None) -> Known:
        """Whether an objective (the primary one) is met, as others see it."""
        one = objective or self.primary
        return None if not self.tracked or self._is_stale(one, "satisfied") else one.satisfied

    def measure(self, objective: Objective | None = None) -> float | None:
        """The measure of an objective (the primary one), as others see it."""
        one = objective or self.primary
        return None if not self.tracked or self._is_stale(one, "measure") else one.measure

    def _is_stale(self, objective: Objective, name: str) -> bool:
        """Of an earlier attempt on what is above, and not read from a global objective."""
        part = "progress" if name in {"completed", "progress"} else "objectives"
        if not self.state.get(f"stale_{part}"):
            return False
        return not any(
            one.get(_READS[name]) and objective.shared.get(one["target"], {}).get(name) is not None
            for one in objective.maps
        )

    def begin_attempt(self) -> None:
        """A new attempt knows nothing yet; nor does it count what its children did before."""
        self.state["attempts"] = self.attempts + 1
        for name in ("objectives", "spoke"):
            self.state.pop(name, None)
        self.state["stale_progress"] = self.state["stale_objectives"] = False
        for one in self.children:
            one.go_stale(
                objectives=self.told["control"]["useCurrentAttemptObjectiveInfo"],
                progress=self.told["control"]["useCurrentAttemptProgressInfo"],
            )

    def go_stale(self, *, objectives: bool, progress: bool) -> None:
        """What is known here is of an earlier attempt on what is above."""
        if objectives:
            self.state["stale_objectives"] = True
        if progress:
            self.state["stale_progress"] = True
        for one in self.children:
            one.go_stale(
                objectives=objectives and self.told["control"]["useCurrentAttemptObjectiveInfo"],
                progress=progress and self.told["control"]["useCurrentAttemptProgressInfo"],
            )

    # -- rules ------------------------------------------------------------------------------------

    def rule(self, kind: str, *actions: str) -> str:
        """The action of the first rule of a kind that holds, or "" [UP.2]."""
        for rule in self.told["rules"][kind]:
            if rule["action"] in actions and self._holds(rule):
                return str(rule["action"])
        return ""

    def _holds(self, rule: Mapping[str, Any]) -> bool:
        """Whether a rule's conditions hold [UP.2.1]."""
        bag = [
            _turned(
                self.condition(one["condition"], self.objective(one["objective"]), one["measure"]),
                one["not"],
            )
            for one in rule["conditions"]
        ]
        return _combined(bag, rule["combination"]) is True

    def condition(self, name: str, objective: Objective | None, threshold: float = 0.0) -> Known:
        """A condition about this activity; None when it cannot be known."""
        if objective is None:
            return None
        measure = self.measure(objective)
        limit = self.told["limits"]["attempts"]
        answers: dict[str, Known] = {
            "always": True,
            "never": False,
            "satisfied": self.satisfied(objective),
            "objectiveStatusKnown": self.satisfied(objective) is not None,
            "objectiveMeasureKnown": measure is not None,
            "objectiveMeasureGreaterThan": None if measure is None else measure > threshold,
            "objectiveMeasureLessThan": None if measure is None else measure < threshold,
            "completed": self.completed_by(objective),
            "activityProgressKnown": self.completed_by(objective) is not None,
            "attempted": self.attempts > 0,
            "attemptLimitExceeded": limit is not None and self.attempts >= limit,
            "timeLimitExceeded": False,
            "outsideAvailableTimeRange": False,
        }
        return answers.get(name)

    @property
    def is_barred(self) -> bool:
        """Whether it may not be delivered: disabled, or its attempts are used up [UP.5, UP.1]."""
        if self.rule("pre", "disabled"):
            return True
        limit = self.told["limits"]["attempts"]
        if not self.tracked or limit is None or self.active or self.suspended:
            return False
        return self.attempts >= int(limit)

    # -- roll-up ----------------------------------------------------------------------------------

    def roll_up(self) -> None:
        """What is known here goes up to the root [RB.1.5]."""
        for one in reversed(self.path()):
            if one.is_leaf or not one.tracked:
                continue
            one.roll_up_measures()
            one.roll_up_objective()
            one.roll_up_progress()

    def roll_up_measures(self) -> None:
        """The weighed mean of what the children measure [RB.1.1 a and b]."""
        total = weights = 0.0
        amount = amounts = 0.0
        measured = known = False
        for one in self.available:
            if not one.tracked:
                continue
            weight = one.told["rollup"]["weight"]
            weights += weight
            if (measure := one.measure()) is not None:
                total += measure * weight
                measured = True
            weight = one.told["threshold"]["weight"]
            amounts += weight
            if (far := one.amount) is not None:
                amount += far * weight
                known = True
        self._rolled("measure", total / weights if measured and weights > 0 else None)
        self._rolled("progress", amount / amounts if known and amounts > 0 else None)

    def _rolled(self, name: str, value: Any) -> None:
        """What comes up from the children is of now."""
        self.primary.set(name, value)
        if value is not None:
            part = "progress" if name in {"completed", "progress"} else "objectives"
            self.state[f"stale_{part}"] = False

    def roll_up_objective(self) -> None:
        """Whether the primary objective is met [RB.1.2]."""
        if self.primary.by_measure:
            # Follows from the measure wherever it is asked; written down for the global ones.
            self._rolled("satisfied", self.primary.satisfied)
            return
        rules = self._rollup_rules("satisfied", "notSatisfied")
        if self._rolls_up(rules, "notSatisfied"):
            self._rolled("satisfied", False)
        if self._rolls_up(rules, "satisfied"):
            self._rolled("satisfied", True)

    def roll_up_progress(self) -> None:
        """Whether it is complete [RB.1.3]."""
        if self.told["threshold"]["by_measure"]:
            # Follows from the progress wherever it is asked; written down for the global ones.
            self._rolled("completed", self.completed)
            return
        rules = self._rollup_rules("completed", "incomplete")
        if self._rolls_up(rules, "incomplete"):
            self._rolled("completed", False)
        if self._rolls_up(rules, "completed"):
            self._rolled("completed", True)

    def _rollup_rules(self, *actions: str) -> list[Mapping[str, Any]]:
        """The rules with these actions, or the default ones where there are none [SN 4.6.3]."""
        found = [rule for rule in self.told["rollup"]["rules"] if rule["action"] in actions]
        return found or [rule for rule in _DEFAULT_RULES if rule["action"] in actions]

    def _rolls_up(self, rules: list[Mapping[str, Any]], action: str) -> bool:
        """Whether one of the rules for an action holds [RB.1.4]."""
        for rule in rules:
            if rule["action"] != action:
                continue
            bag = [
                one.rollup_conditions(rule)
                for one in self.available
                if one.tracked and one.counts_for(action)
            ]
            if bag and _enough(bag, rule):
                return True
        return False

    def rollup_conditions(self, rule: Mapping[str, Any]) -> Known:
        """Whether the conditions of a roll-up rule hold for this child [RB.1.4.1]."""
        bag = [
            _turned(self.condition(one["condition"], self.primary), one["not"])
            for one in rule["conditions"]
        ]
        return _combined(bag, rule["combination"])

    def counts_for(self, action: str) -> bool:
        """Whether this child takes part in a roll-up [RB.1.4.2]."""
        kind = {
            "satisfied": "requiredForSatisfied",
            "notSatisfied": "requiredForNotSatisfied",
            "completed": "requiredForCompleted",
            "incomplete": "requiredForIncomplete",
        }[action]
        part = "objective" if "atisfied" in action else "progress"
        if not self.told["rollup"][part]:
            return False
        when = self.told["considerations"][kind]
        if when == "ifNotSuspended":
            # What was never begun has no progress to be counted either [RB.1.4.2].
            return self.attempts > 0 and not self.suspended
        if when == "ifAttempted":
            return self.attempts > 0
        if when == "ifNotSkipped":
            return not self.rule("pre", "skip")
        return True


def _turned(value: Known, turn: bool) -> Known:
    return value if value is None or not turn else not value


def _combined(bag: list[Known], combination: str) -> Known:
    """All or any of some conditions; None when it hangs on what is not known."""
    if not bag:
        return None
    decisive = combination == "any"
    if any(one is decisive for one in bag):
        return decisive
    return None if None in bag else not decisive


def _enough(bag: list[Known], rule: Mapping[str, Any]) -> bool:
    """Whether as many children as a rule asks for hold."""
    yes = sum(one is True for one in bag)
    answers: dict[str, bool] = {
        "all": yes == len(bag),
        "any": yes > 0,
        "none": yes == 0 and None not in bag,
        "atLeastCount": yes >= int(rule["count"]),
        "atLeastPercent": yes / len(bag) >= float(rule["percent"]),
    }
    return answers.get(str(rule["children"]), False)


def _default(condition: str, action: str) -> Mapping[str, Any]:
    return {
        "children": "all",
        "count": 0,
        "percent": 0.0,
        "combination": "any",
        "conditions": [{"not": False, "condition": condition}],
        "action": action,
    }


_DEFAULT_RULES = (
    _default("objectiveStatusKnown", "notSatisfied"),
    _default("satisfied", "satisfied"),
    _default("activityProgressKnown", "incomplete"),
    _default("completed", "completed"),
)
