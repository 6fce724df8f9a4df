"""ADL's own test cases for SCORM 2004, read from their files.

A case is a package and a row of visits to its units, each with calls, the answers and error codes
they must give, and what the learner does after it. The files use short words; here they become
the real ones.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_ELEMENTS = {
    "c": "cmi", "a": "adl", "n": "nav", "r": "request", "rv": "request_valid", "LOC": "location",
    "MAXTA": "max_time_allowed", "X": "exit", "SPS": "scaled_passing_score", "OB": "objectives",
    "CNT": "_count", "CHIL": "_children", "ID": "id", "SS": "success_status",
    "CS": "completion_status", "S": "score", "SCA": "scaled", "PM": "progress_measure",
    "RW": "raw", "MN": "min", "MX": "max", "DA": "data", "STR": "store", "E": "entry",
    "TT": "total_time", "SD": "suspend_data", "ST": "session_time", "CT": "completion_threshold",
    "V": "_version", "CDT": "credit", "LD": "launch_data", "LI": "learner_id",
    "LN": "learner_name", "M": "mode", "D": "description", "TLA": "time_limit_action",
    "CFLRNR": "comments_from_learner", "COM": "comment", "TS": "timestamp",
    "CFLMS": "comments_from_lms", "INTR": "interactions", "TY": "type",
    "CR": "correct_responses", "P": "pattern", "W": "weighting", "LR": "learner_response",
    "R": "result", "LAT": "latency", "LP": "learner_preference", "AL": "audio_level",
    "LANG": "language", "DS": "delivery_speed", "AC": "audio_captioning",
}  # fmt: skip
_TYPES = {
    "c": "choice", "f": "fill-in", "lf": "long-fill-in", "l": "likert", "m": "matching",
    "n": "numeric", "o": "other", "p": "performance", "s": "sequencing", "tf": "true-false",
}  # fmt: skip
_REQUESTS = {
    "c": "continue", "p": "previous", "ea": "exitAll", "e": "exit", "sa": "suspendAll",
    "a": "abandon", "aa": "abandonAll", "j": "jump", "n": "_none_",
}  # fmt: skip
_VALUES = {
    "comp": "completed", "incomp": "incomplete", "notatt": "not attempted", "unk": "unknown",
    "pass": "passed", "fail": "failed", "M.n": "normal", "M.b": "browse", "M.r": "review",
    "X.s": "suspend", "X.t": "time-out", "X.l": "logout", "E.a": "ab-initio", "E.r": "resume",
    "CDT.c": "credit", "CDT.n": "no-credit", "R.c": "correct", "R.i": "incorrect",
    "R.u": "unanticipated", "R.n": "neutral",
    **{f"TY.{key}": value for key, value in _TYPES.items()},
    **{f"N.{key}": value for key, value in _REQUESTS.items()},
}  # fmt: skip
_TRUTH = {"t": "true", "f": "false"}


# An answer of which anything will do, an error too.
ANY = "Returned a valid value or error code"


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what is asked, the answer it must give ("" matches any for some), the code."""

    kind: str
    element: str = ""
    value: str | None = None
    answer: str = ""
    code: str = ""


@dataclass(slots=True)
class Visit:
    """One visit to a unit: its number, the calls, what the page must show, what is done after."""

    name: str
    unit: str
    calls: list[Call] = field(default_factory=list)
    after: str = ""
    questions: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Case:
    """A case: how it is begun ("." where it begins by itself), and its visits in order."""

    name: str
    start: str
    visits: list[Visit]


def read(path: Path) -> Case:
    """A case from its `.properties`."""
    start = "."
    visits: list[Visit] = []
    at: dict[str, Visit] = {}
    numbered: dict[int, list[tuple[int, Call]]] = {}
    for key, value in _properties(path.read_text(encoding="latin-1")):
        if key == "start":
            start = value
        found = re.match(r"(Act(\w+?)V\d+)\.(.*)$", key)
        if not found:
            continue
        name, unit, what = found.groups()
        number = int(what.split(".")[1]) if what.startswith("commands.") else None
        again = name in at and number == 0 and id(at[name]) in numbered
        # One file calls the first and the second visit by the same name.
        if name not in at or again:
            at[name] = Visit(name, unit)
            visits.append(at[name])
        visit = at[name]
        if number is not None:
            numbered.setdefault(id(visit), []).append((number, _call(value)))
        elif what == "CUI":
            visit.after = value
        elif what == "UIQ":
            visit.questions = value.split("~")
        elif what == "UIA":
            visit.answers = value.split("~")
    for visit in visits:
        calls = numbered.get(id(visit), [])
        visit.calls = [call for _number, call in sorted(calls, key=lambda one: one[0])]
    return Case(path.stem, start, visits)


def _properties(text: str) -> list[tuple[str, str]]:
    """A Java properties file: continued lines, escapes. In order, also what is said twice."""
    found: list[tuple[str, str]] = []
    lines = iter(text.split("\n"))
    for raw in lines:
        line = raw.lstrip(" \t\f").rstrip("\r")
        if not line or line[0] in "#!":
            continue
        while (len(line) - len(line.rstrip("\\"))) % 2:
            line = line[:-1] + next(lines, "").lstrip(" \t\f").rstrip("\r")
        key, value = re.match(
            r"((?:\\.|[^\\=: \t])*)[ \t]*[=:]?[ \t]*(.*)$", line, re.DOTALL
        ).groups()  # type: ignore[union-attr] # matches anything
        found.append((_unescaped(key), _unescaped(value)))
    return found


def _unescaped(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        said = found[1]
        if len(said) == 5:
            return chr(int(said[1:], 16))
        return {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}.get(said, said)

    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", one, text, flags=re.DOTALL)


def _call(said: str) -> Call:
    parts = said.split("->")
    if len(parts) == 2:
        return Call(parts[0], parts[1])
    if len(parts) == 3:
        parts = ["GET", *parts]
    if len(parts) > 4:  # one line of ADL's says "->0" once too often
        parts = [*parts[:2], *parts[-2:]]
    kind, argument, answer, code = parts
    if kind not in {"GET", "SET"}:
        return Call(kind, argument, None, _TRUTH.get(answer, answer), code)
    name, _sign, value = argument.partition("!")
    element = _element(name)
    if kind == "SET":
        return Call(kind, element, _value(value), _TRUTH.get(answer, answer), code)
    truth = _VALUES.get(value) == "true-false" or "request_valid" in element
    return Call(
        kind,
        element,
        _VALUES.get(value),
        _TRUTH.get(answer, answer) if truth else _VALUES.get(answer, answer),
        code,
    )


def _element(short: str) -> str:
    if short.startswith("a~n~rv~"):
        asked = re.match(r"(TY\.c|N\.j)~tar~(.*)$", short[7:])
        if asked:
            kind = "choice" if asked[1] == "TY.c" else "jump"
            return f"adl.nav.request_valid.{kind}.{{target={asked[2]}}}"
        return f"adl.nav.request_valid.{_VALUES[short[7:]]}"
    return ".".join(_ELEMENTS.get(part, part) for part in short.split("~"))


def _value(short: str) -> str:
    targeted = re.match(r"tar~(.*)~(TY\.c|N\.j)$", short)
    if targeted:
        return f"{{target={targeted[1]}}}{'choice' if targeted[2] == 'TY.c' else 'jump'}"
    return _VALUES.get(short, short)


def same(call: Call, got: str) -> bool:  # noqa: PLR0911 - a row of cases
    """Whether an answer is the one that was asked, as ADL compares it: by what it means."""
    want = call.answer
    if call.kind in {"GES", "GeDi"}:
        return got == "" if want == "emptyCS" else len(got) <= 255
    if want == got or want.startswith(ANY):
        return True
    name = call.element.rpartition(".")[2]
    if "&" in call.element and name == "id":
        return bool(got)  # only asked to be there
    if name in {"learner_id", "learner_name"}:
        return bool(got)
    if name == "_children":
        return sorted(want.split(",")) == sorted(got.split(","))
    if name in {"learner_response", "pattern"} and _TRUTH.get(want, want) == got:
        return True
    if name in {"pattern", "learner_response"}:
        return _bare(want) == _bare(got)
    try:
        return float(want) == float(got)
    except ValueError:
        return False


def _bare(text: str) -> tuple[list[str], str]:
    """A pattern without what it would mean anyhow, its signs in one order."""
    signs = re.match(r"(\{(?:order_matters|case_matters|lang)=[^}]*\})*", text)
    said = signs[0] if signs else ""
    usual = {"{order_matters=true}", "{case_matters=false}", "{lang=en}"}
    return sorted(set(re.findall(r"\{[^}]*\}", said)) - usual), text[len(said) :]


def titles(tree: dict[str, Any]) -> dict[str, str]:
    """The activities of a tree by their titles."""
    found = {tree["title"]: tree["id"]}
    for child in tree["children"]:
        found |= titles(child)
    return found
