"""Between the data model of a unit and what is known of its activity.

Source: ADL SCORM 2004 4th edition, RTE chapter 4 (what the elements are and where they come from)
and SN 4.2; SCORM 1.2 RTE chapter 3 for what ends in 12.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from gezel.content.rules.packages.sequencing.tracking import Activity, Objective

_SPAN = re.compile(
    r"P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})D)?"
    r"(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d+)?)S)?)?"
)
_CLOCK = re.compile(r"(\d{2,4}):(\d{2}):(\d{2}(?:\.\d{1,2})?)")
_SECONDS = (365 * 86_400, 30 * 86_400, 86_400, 3_600, 60, 1)
# Nobody plays one unit longer; what claims more is wrong.
_MOST_SECONDS = 365 * 86_400
_COMPLETED = {"completed": True, "incomplete": False, "not attempted": False}
_SATISFIED = {"passed": True, "failed": False}
_SCORES = {"measure": "scaled", "raw": "raw", "min": "min", "max": "max"}


class Malformed(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """It is not shaped like a data model."""


def _part(data: Any, *names: str) -> Any:
    for name in names:
        if not isinstance(data, dict):
            raise Malformed(name)
        data = data.get(name)
        if data is None:
            return None
    return data


def _number(value: Any) -> float | None:
    if value is None or value == "":
        return None
    try:
        found = float(value)
    except (TypeError, ValueError) as error:
        raise Malformed("number") from error
    if not math.isfinite(found):
        raise Malformed("number")
    return found


def seconds_of(value: Any) -> int:
    """A length of time as SCORM 2004 or 1.2 writes it, in whole seconds."""
    text = str(value or "")
    if found := _CLOCK.fullmatch(text):
        total = int(found[1]) * 3_600 + int(found[2]) * 60 + float(found[3])
    elif (found := _SPAN.fullmatch(text)) and len(text) > 1:
        total = sum(
            float(amount) * unit for amount, unit in zip(found.groups(), _SECONDS, strict=True)
            if amount
        )  # fmt: skip
    else:
        total = 0
    return min(int(total), _MOST_SECONDS)


# ---- SCORM 2004 ---------------------------------------------------------------------------------


def told(data: Mapping[str, Any], rules: Mapping[str, Any]) -> dict[str, Any]:
    """What a unit reports of itself, as `players.Told` takes it.

    Args:
        rules: see `manifest_rules`.

    Raises:
        Malformed: it is no data model.
    """
    if not isinstance(data.get("cmi"), dict):
        raise Malformed("cmi")
    scaled = _number(_part(data, "cmi", "score", "scaled"))
    if scaled is not None and not -1 <= scaled <= 1:
        raise Malformed("score")
    if not isinstance(_part(data, "cmi", "objectives") or [], list):
        raise Malformed("objectives")
    return {
        "completed": _completion(data["cmi"], rules) is True,
        "passed": _success(data["cmi"], rules),
        "score": scaled,
        "seconds": seconds_of(_part(data, "cmi", "total_time"))
        + seconds_of(_part(data, "cmi", "session_time")),
    }


def _completion(cmi: Mapping[str, Any], rules: Mapping[str, Any]) -> bool | None:
    """Whether a unit is complete: by its progress where the manifest says so [RTE 4.2.4.1]."""
    if rules["threshold"] is not None:
        progress = _number(cmi.get("progress_measure"))
        return None if progress is None else progress >= float(rules["threshold"])
    return _COMPLETED.get(str(cmi.get("completion_status")))


def _success(cmi: Mapping[str, Any], rules: Mapping[str, Any]) -> bool | None:
    """Whether a unit is passed: by its score where the manifest says so [RTE 4.2.22.1]."""
    if rules["passing"] is not None:
        scaled = _number(_part(cmi, "score", "scaled"))
        return None if scaled is None else scaled >= float(rules["passing"])
    return _SATISFIED.get(str(cmi.get("success_status")))


def opened(
    kept: Mapping[str, Any],
    learner: Mapping[str, str],
    activity: Activity,
    extra: Mapping[str, Any],
) -> dict[str, Any]:
    """The data model with which a unit opens.

    Args:
        kept: what it kept in this attempt on it, empty at first.
        learner: "id" and "name".
        extra: what the manifest says for the unit.
    """
    cmi: dict[str, Any] = dict(kept.get("cmi") or {})
    cmi.pop("exit", None)
    if (session := cmi.pop("session_time", None)) is not None:
        # The unit was not ended: what it had told of this session counts all the same.
        cmi["total_time"] = _added(cmi.get("total_time"), session)
    cmi |= {"learner_id": learner["id"], "learner_name": learner["name"]}
    # What was kept is of this attempt only: it goes on, whatever way it was left.
    cmi["entry"] = "resume" if kept else "ab-initio"
    cmi["credit"], cmi["mode"] = "credit", "normal"
    if extra.get("launch_data"):
        cmi["launch_data"] = extra["launch_data"]
    if extra.get("time_limit_action"):
        cmi["time_limit_action"] = extra["time_limit_action"]
    if activity.told["limits"]["attempt_duration"]:
        cmi["max_time_allowed"] = activity.told["limits"]["attempt_duration"]
    cmi["objectives"] = _objectives(activity, cmi.get("objectives") or [])
    return cmi


def _added(one: Any, other: Any) -> str:
    total = seconds_of(one) + seconds_of(other)
    hours, rest = divmod(total, 3_600)
    return f"PT{hours}H{rest // 60}M{rest % 60}S"


def _objectives(activity: Activity, kept: list[Any]) -> list[Any]:
    """The objectives of the manifest, with what is known of them, and those a unit made itself."""
    found = {one.get("id"): dict(one) for one in kept if isinstance(one, dict)}
    for objective in activity.objectives:
        if objective.id:
            fresh = _objective_values(activity, objective)
            found[objective.id] = found.get(objective.id, {}) | fresh | {"id": objective.id}
    named = [one.id for one in activity.objectives if one.id]
    return [found[name] for name in named] + [
        one for name, one in found.items() if name not in named
    ]


def _objective_values(activity: Activity, objective: Objective) -> dict[str, Any]:
    """What is known of an objective, in the words of the data model."""
    told: dict[str, Any] = {}
    satisfied = objective.satisfied if objective.get("satisfied") is not None else None
    if satisfied is None and objective.by_measure:
        satisfied = objective.satisfied
    if satisfied is not None:
        told["success_status"] = "passed" if satisfied else "failed"
    score = {
        word: _text(value)
        for name, word in _SCORES.items()
        if (value := objective.get(name)) is not None
    }
    if score:
        told["score"] = score
    completed = objective.get("completed")
    if completed is not None:
        told["completion_status"] = "completed" if completed else "incomplete"
    if (progress := objective.get("progress")) is not None:
        told["progress_measure"] = _text(progress)
    return told


def _text(value: float) -> str:
    """A number as the data model writes it: 0.5, 1.0."""
    return repr(round(float(value), 7))


def manifest_rules(activity: Activity) -> dict[str, Any]:
    """What the manifest decides in the unit's stead: completion threshold and passing score."""
    threshold = activity.told["threshold"]
    primary = activity.primary
    return {
        "threshold": _text(threshold["min"]) if threshold["by_measure"] else None,
        "passing": _text(primary.least) if primary.by_measure else None,
    }


def stores(activity: Activity, kept: Mapping[str, str]) -> list[dict[str, Any]]:
    """The shared data buckets of a unit (adl.data)."""
    return [
        {"id": one["target"], "read": one["read"], "write": one["write"]}
        | ({"store": kept[one["target"]]} if one["target"] in kept else {})
        for one in activity.told["stores"]
    ]


def keep_stores(activity: Activity, data: Mapping[str, Any], kept: dict[str, str]) -> None:
    """What a unit put into the buckets it may write."""
    said = data.get("stores")
    if not isinstance(said, list):
        return
    writes = {one["target"] for one in activity.told["stores"] if one["write"]}
    for one in said:
        if isinstance(one, dict) and one.get("id") in writes and isinstance(one.get("store"), str):
            kept[one["id"]] = one["store"][:64_000]


def track(activity: Activity, data: dict[str, Any], *, end: bool) -> None:
    """What a unit says goes into its activity and, through their maps, into global objectives."""
    cmi = data["cmi"]
    if not activity.tracked:
        return
    primary = activity.primary
    rules = manifest_rules(activity)
    # Who says "unknown" has spoken: nothing is presumed for it then [UP.4].
    activity.state["spoke"] = [
        name for name in ("completion_status", "success_status") if name in cmi
    ]
    said = cmi
    for one in cmi.get("objectives") or []:
        if not isinstance(one, dict):
            raise Malformed("objectives")
        objective = activity.objective(str(one.get("id") or "")) if one.get("id") else None
        if objective is primary:
            # The unit may speak of its primary objective by name; what it says of itself counts.
            scores = {**(one.get("score") or {}), **(cmi.get("score") or {})}
            said = {**one, **cmi, **({"score": scores} if scores else {})}
        elif objective is not None:
            _track_objective(objective, one)
    _track_objective(primary, said)
    primary.set("completed", _completion(said, rules))
    if primary.by_measure:
        primary.set("satisfied", _success(said, rules))
    if end:
        activity.suspended = cmi.get("exit") == "suspend"


def _track_objective(objective: Objective, said: Mapping[str, Any]) -> None:
    score = said.get("score") or {}
    if not isinstance(score, dict):
        raise Malformed("score")
    satisfied = _SATISFIED.get(str(said.get("success_status")))
    if objective.by_measure:
        # Its score decides, also for who reads it from a global objective.
        scaled = _number(score.get("scaled"))
        satisfied = None if scaled is None else scaled >= objective.least
    objective.set("satisfied", satisfied)
    objective.set("completed", _COMPLETED.get(str(said.get("completion_status"))))
    objective.set("progress", _number(said.get("progress_measure")))
    for name, word in _SCORES.items():
        objective.set(name, _number(score.get(word)))


# ---- SCORM 1.2 ----------------------------------------------------------------------------------


def opened12(
    kept: Mapping[str, Any],
    learner: Mapping[str, str],
    rules: Mapping[str, str],
    *,
    ended: bool,
) -> dict[str, Any]:
    """The data model with which a unit of SCORM 1.2 opens."""
    cmi: dict[str, Any] = dict(kept.get("cmi") or {})
    core: dict[str, Any] = dict(cmi.get("core") or {})
    exited = core.pop("exit", "")
    core.pop("session_time", None)
    core |= {
        "student_id": learner["id"],
        "student_name": learner["name"],
        "credit": "credit",
        "lesson_mode": "normal",
        "entry": "ab-initio" if not kept else "resume" if exited == "suspend" or not ended else "",
    }
    core.setdefault("lesson_status", "not attempted")
    core.setdefault("total_time", "0000:00:00")
    data = {
        name: rules[key]
        for name, key in (
            ("mastery_score", "mastery_score"),
            ("max_time_allowed", "max_time"),
            ("time_limit_action", "time_limit_action"),
        )
        if rules.get(key)
    }
    return cmi | {"core": core, "student_data": data, "launch_data": rules.get("launch_data", "")}


def told12(data: Mapping[str, Any], rules: Mapping[str, str]) -> dict[str, Any]:
    """What a unit of SCORM 1.2 reports of itself.

    "passed", "completed" and "failed" all say that it was done; with a mastery score, the score
    says whether it was enough.

    Raises:
        Malformed: it is no data model.
    """
    core = _part(data, "cmi", "core")
    if not isinstance(core, dict):
        raise Malformed("core")
    status = core.get("lesson_status")
    raw = _number(_part(core, "score", "raw"))
    most = _number(_part(core, "score", "max"))
    scaled = (
        None if raw is None else max(-1.0, min(1.0, raw / (most if most and most > 0 else 100)))
    )
    passed = _SATISFIED.get(str(status))
    try:
        mastery = float(rules.get("mastery_score") or "nan")
    except ValueError:
        mastery = math.nan
    if raw is not None and not math.isnan(mastery) and status in {"completed", "passed", "failed"}:
        passed = raw >= mastery
    return {
        "completed": status in {"completed", "passed", "failed"},
        "passed": passed,
        "score": scaled,
        "seconds": seconds_of(core.get("total_time")),
    }
