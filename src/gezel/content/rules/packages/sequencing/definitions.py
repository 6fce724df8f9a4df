"""What a manifest says about the sequencing of an activity, with every default filled in.

Source: IMS Simple Sequencing 1.0, and ADL SCORM 2004 4th edition CAM chapter 5 for what ADL adds
(adlseq, adlcp, adlnav) and for the defaults.
"""

from collections.abc import Mapping
from typing import Any

from lxml import etree

_CONTROL = {
    "choice": True,
    "choiceExit": True,
    "flow": False,
    "forwardOnly": False,
    "useCurrentAttemptObjectiveInfo": True,
    "useCurrentAttemptProgressInfo": True,
}
_MAPS = {
    "readSatisfiedStatus": True,
    "readNormalizedMeasure": True,
    "writeSatisfiedStatus": False,
    "writeNormalizedMeasure": False,
}
_ADL_MAPS = {
    "readRawScore": True,
    "readMinScore": True,
    "readMaxScore": True,
    "readCompletionStatus": True,
    "readProgressMeasure": True,
    "writeRawScore": False,
    "writeMinScore": False,
    "writeMaxScore": False,
    "writeCompletionStatus": False,
    "writeProgressMeasure": False,
}
_CONSIDERATIONS = ("requiredForSatisfied", "requiredForNotSatisfied", "requiredForCompleted",
                   "requiredForIncomplete")  # fmt: skip
# Elements of which a manifest's own stand beside those of a shared set they refer to.
_RULE_KINDS = {"pre": "preConditionRule", "exit": "exitConditionRule", "post": "postConditionRule"}


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _all(element: etree._Element | None, name: str) -> list[etree._Element]:
    if element is None:
        return []
    return [one for one in element if isinstance(one.tag, str) and _name(one) == name]


def _one(element: etree._Element | None, name: str) -> etree._Element | None:
    return next(iter(_all(element, name)), None)


def _said(element: etree._Element | None, name: str, otherwise: str = "") -> str:
    value = None if element is None else element.get(name)
    return otherwise if value is None else str(value).strip()


def _flag(element: etree._Element | None, name: str, *, otherwise: bool) -> bool:
    value = _said(element, name).lower()
    return value in {"true", "1"} if value else otherwise


def _number(value: str, otherwise: float) -> float:
    try:
        found = float(value)
    except ValueError:
        return otherwise
    return found if -1e6 < found < 1e6 else otherwise


def _whole(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else None


def _words(element: etree._Element | None) -> str:
    return (
        ""
        if element is None
        else " ".join("".join(str(part) for part in element.itertext()).split())
    )


class _Sequencing:
    """The sequencing of an activity, and behind it the shared set it refers to [CAM 5.1.1]: what
    stands on the spot comes first."""

    def __init__(
        self, element: etree._Element | None, collection: Mapping[str, etree._Element]
    ) -> None:
        shared = collection.get(_said(element, "IDRef"))
        self.layers = [one for one in (element, shared) if one is not None]

    def one(self, name: str) -> etree._Element | None:
        return next((found for layer in self.layers if (found := _one(layer, name)) is not None),
                    None)  # fmt: skip


def sequencing_of(item: etree._Element, collection: Mapping[str, etree._Element]) -> dict[str, Any]:
    """All that an item or organisation says about its sequencing, presentation and data."""
    told = _Sequencing(_one(item, "sequencing"), collection)
    threshold = _one(item, "completionThreshold")
    control = told.one("controlMode")
    limits = told.one("limitConditions")
    delivery = told.one("deliveryControls")
    random = told.one("randomizationControls")
    constrained = told.one("constrainedChoiceConsiderations")
    considerations = told.one("rollupConsiderations")
    navigation = _one(_one(item, "presentation"), "navigationInterface")
    return {
        "control": {
            name: _flag(control, name, otherwise=value) for name, value in _CONTROL.items()
        },
        "rules": _rules(told.one("sequencingRules")),
        "limits": {
            "attempts": _whole(_said(limits, "attemptLimit")),
            "attempt_duration": _said(limits, "attemptAbsoluteDurationLimit") or None,
        },
        "rollup": _rollup(told.one("rollupRules")),
        "objectives": _objectives(told.one("objectives"), _adl_maps(told)),
        "random": {
            "randomize": _said(random, "randomizationTiming", "never"),
            "select": _said(random, "selectionTiming", "never"),
            "count": _whole(_said(random, "selectCount")),
            "reorder": _flag(random, "reorderChildren", otherwise=False),
        },
        "delivery": {
            "tracked": _flag(delivery, "tracked", otherwise=True),
            "completion_by_content": _flag(delivery, "completionSetByContent", otherwise=False),
            "objective_by_content": _flag(delivery, "objectiveSetByContent", otherwise=False),
        },
        "choice": {
            "prevent_activation": _flag(constrained, "preventActivation", otherwise=False),
            "constrain": _flag(constrained, "constrainChoice", otherwise=False),
        },
        "considerations": {
            **{name: _said(considerations, name, "always") for name in _CONSIDERATIONS},
            "measureSatisfactionIfActive": _flag(
                considerations, "measureSatisfactionIfActive", otherwise=True
            ),
        },
        "threshold": _threshold(threshold),
        "hide": [_words(one) for one in _all(navigation, "hideLMSUI")],
        "stores": [
            {
                "target": _said(one, "targetID"),
                "read": _flag(one, "readSharedData", otherwise=True),
                "write": _flag(one, "writeSharedData", otherwise=True),
            }
            for one in _all(_one(item, "data"), "map")
        ],
    }


def _threshold(element: etree._Element | None) -> dict[str, Any]:
    """4th edition: three attributes. 3rd edition: the measure as text, and that it counts."""
    if element is None:
        return {"by_measure": False, "min": 1.0, "weight": 1.0}
    words = _words(element)
    least = _said(element, "minProgressMeasure") or words
    return {
        "by_measure": _flag(element, "completedByMeasure", otherwise=bool(words)),
        "min": _number(least, 1.0),
        "weight": _number(_said(element, "progressWeight"), 1.0),
    }


def _rules(element: etree._Element | None) -> dict[str, list[dict[str, Any]]]:
    return {kind: [_rule(one) for one in _all(element, name)] for kind, name in _RULE_KINDS.items()}


def _rule(element: etree._Element) -> dict[str, Any]:
    conditions = _one(element, "ruleConditions")
    return {
        "combination": _said(conditions, "conditionCombination", "all"),
        "conditions": [
            {
                "objective": _said(one, "referencedObjective"),
                "measure": _number(_said(one, "measureThreshold"), 0.0),
                "not": _said(one, "operator") == "not",
                "condition": _said(one, "condition"),
            }
            for one in _all(conditions, "ruleCondition")
        ],
        "action": _said(_one(element, "ruleAction"), "action"),
    }


def _rollup(element: etree._Element | None) -> dict[str, Any]:
    return {
        "objective": _flag(element, "rollupObjectiveSatisfied", otherwise=True),
        "progress": _flag(element, "rollupProgressCompletion", otherwise=True),
        "weight": _number(_said(element, "objectiveMeasureWeight"), 1.0),
        "rules": [
            {
                "children": _said(one, "childActivitySet", "all"),
                "count": _whole(_said(one, "minimumCount")) or 0,
                "percent": _number(_said(one, "minimumPercent"), 0.0),
                "combination": _said(_one(one, "rollupConditions"), "conditionCombination", "any"),
                "conditions": [
                    {
                        "not": _said(condition, "operator") == "not",
                        "condition": _said(condition, "condition"),
                    }
                    for condition in _all(_one(one, "rollupConditions"), "rollupCondition")
                ],
                "action": _said(_one(one, "rollupAction"), "action"),
            }
            for one in _all(element, "rollupRule")
        ],
    }


def _adl_maps(told: _Sequencing) -> dict[tuple[str, str], dict[str, bool]]:
    """What ADL's own objectives element adds, by local objective and target."""
    for layer in told.layers:
        for one in _all(layer, "objectives"):
            if "adlseq" not in str(etree.QName(one).namespace):
                continue
            return {
                (_said(objective, "objectiveID"), _said(info, "targetObjectiveID")): {
                    name: _flag(info, name, otherwise=value) for name, value in _ADL_MAPS.items()
                }
                for objective in _all(one, "objective")
                for info in _all(objective, "mapInfo")
            }
    return {}


def _objectives(
    element: etree._Element | None, adl: Mapping[tuple[str, str], Mapping[str, bool]]
) -> list[dict[str, Any]]:
    """The objectives, the primary first; without one, there is one without a name."""
    if element is not None and "adlseq" in str(etree.QName(element).namespace):
        element = next(
            (
                one
                for one in element.itersiblings()
                if isinstance(one.tag, str) and _name(one) == "objectives"
            ),
            None,
        )
    found = []
    for one in element if element is not None else ():
        if not isinstance(one.tag, str) or _name(one) not in {"primaryObjective", "objective"}:
            continue
        identifier = _said(one, "objectiveID")
        least = _words(_one(one, "minNormalizedMeasure"))
        maps = [
            {"target": _said(info, "targetObjectiveID")}
            | {name: _flag(info, name, otherwise=value) for name, value in _MAPS.items()}
            | dict(_ADL_DEFAULTS)
            | dict(adl.get((identifier, _said(info, "targetObjectiveID")), {}))
            for info in _all(one, "mapInfo")
        ]
        known = {m["target"] for m in maps}
        maps += [
            {"target": target} | dict.fromkeys(_MAPS, False) | dict(extra)
            for (objective, target), extra in adl.items()
            if objective == identifier and target not in known
        ]
        found.append(
            {
                "id": identifier,
                "primary": _name(one) == "primaryObjective",
                "by_measure": _flag(one, "satisfiedByMeasure", otherwise=False),
                "min": _number(least, 1.0),
                "maps": maps,
            }
        )
    if not any(one["primary"] for one in found):
        found.insert(0, {"id": "", "primary": True, "by_measure": False, "min": 1.0, "maps": []})
    return sorted(found, key=lambda one: not one["primary"])


# Without ADL's own element nothing but the two of IMS is mapped.
_ADL_DEFAULTS: Mapping[str, bool] = dict.fromkeys(_ADL_MAPS, False)
