"""What the run time of SCORM 1.2 answers to each call, with the error code it leaves.

Source: ADL SCORM 1.2 Run-Time Environment, 3.3 (the API and its codes) and 3.4 (the data model).
Where it is milder than the letter, real packages need it: suspend data beyond 4,096 characters, an
identifier with a space, "incorrect" for "wrong".
"""

import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.browser_once]
HOUSE = Path(__file__).parents[2]
RUN_TIME = HOUSE / "content/static/content/frames/scorm12-api.js"
LIBRARY = HOUSE / "kit/static/kit/vendor/scorm12.min.js"
SAID = {
    "core": {
        "student_id": "7", "student_name": "Visser, Noor", "credit": "credit",
        "lesson_mode": "normal", "entry": "ab-initio", "lesson_status": "not attempted",
        "total_time": "0000:10:00",
    },
    "student_data": {"mastery_score": "60"},
    "launch_data": "begin",
}  # fmt: skip

# Element, value to set (None: it is asked), answer, error code.
Call = tuple[str, str | None, str, str]
READ_ONLY = (
    "cmi.core.student_id", "cmi.core.student_name", "cmi.core.credit", "cmi.core.entry",
    "cmi.core.total_time", "cmi.core.lesson_mode", "cmi.launch_data", "cmi.comments_from_lms",
    "cmi.student_data.mastery_score", "cmi.student_data.max_time_allowed",
    "cmi.student_data.time_limit_action",
)  # fmt: skip
KEYWORDS = (
    "cmi._version", "cmi.core._children", "cmi.core.score._children", "cmi.objectives._children",
    "cmi.objectives._count", "cmi.student_data._children", "cmi.student_preference._children",
    "cmi.interactions._children", "cmi.interactions._count",
)  # fmt: skip
WRITE_ONLY = (
    "cmi.core.exit", "cmi.core.session_time", "cmi.interactions.0.id", "cmi.interactions.0.time",
    "cmi.interactions.0.type", "cmi.interactions.0.weighting", "cmi.interactions.0.result",
    "cmi.interactions.0.student_response", "cmi.interactions.0.latency",
    "cmi.interactions.0.objectives.0.id", "cmi.interactions.0.correct_responses.0.pattern",
)  # fmt: skip
TYPES = ("true-false", "choice", "fill-in", "matching", "performance", "sequencing", "likert",
         "numeric")  # fmt: skip
TAKEN: dict[str, tuple[str, ...]] = {
    "cmi.core.lesson_status": ("passed", "completed", "failed", "incomplete", "browsed"),
    "cmi.core.lesson_location": ("page 4", "x" * 255, ""),
    "cmi.core.exit": ("time-out", "suspend", "logout", ""),
    "cmi.core.session_time": ("0000:01:30", "00:01:30.5"),
    "cmi.core.score.raw": ("0", "0.5", "100", ""),
    "cmi.core.score.min": ("0", "100"),
    "cmi.core.score.max": ("0", "100"),
    "cmi.suspend_data": ("a" * 4096,),
    "cmi.objectives.0.id": ("o1",),
    "cmi.objectives.0.score.raw": ("10",),
    "cmi.objectives.0.status": ("passed", "not attempted"),
    "cmi.interactions.0.id": ("i1",),
    "cmi.interactions.0.objectives.0.id": ("o1",),
    "cmi.interactions.0.time": ("10:00:00",),
    "cmi.interactions.0.type": TYPES,
    "cmi.interactions.0.correct_responses.0.pattern": ("1",),
    "cmi.interactions.0.weighting": ("1.5",),
    "cmi.interactions.0.student_response": ("1",),
    "cmi.interactions.0.result": ("correct", "wrong", "unanticipated", "neutral", "0.5"),
    "cmi.interactions.0.latency": ("00:00:05.2",),
    "cmi.student_preference.audio": ("-1", "0", "100"),
    "cmi.student_preference.speed": ("-100", "100"),
    "cmi.student_preference.text": ("-1", "0", "1"),
    "cmi.student_preference.language": ("Dutch",),
}
NOT_TAKEN: dict[str, tuple[str, ...]] = {
    "cmi.core.lesson_status": ("not attempted", "Passed", ""),
    "cmi.core.lesson_location": ("x" * 256,),
    "cmi.core.exit": ("away",),
    "cmi.core.session_time": ("1:30", "PT1M", ""),
    "cmi.core.score.raw": ("101", "-1", "many"),
    "cmi.core.score.max": ("101",),
    "cmi.objectives.0.score.raw": ("many",),
    "cmi.objectives.0.status": ("done",),
    "cmi.interactions.0.time": ("25:00:00", "noon"),
    "cmi.interactions.0.type": ("essay",),
    "cmi.interactions.0.weighting": ("heavy",),
    "cmi.interactions.0.result": ("good",),
    "cmi.interactions.0.latency": ("5",),
    "cmi.student_preference.audio": ("-2", "101"),
    "cmi.student_preference.speed": ("-101", "101"),
    "cmi.student_preference.text": ("2",),
}
CALLS: list[Call] = [
    ("cmi._version", None, "3.4", "0"),
    ("cmi.core.student_id", None, "7", "0"),
    ("cmi.core.entry", None, "ab-initio", "0"),
    ("cmi.core.lesson_status", None, "not attempted", "0"),
    ("cmi.core.lesson_location", None, "", "0"),
    ("cmi.launch_data", None, "begin", "0"),
    ("cmi.student_data.mastery_score", None, "60", "0"),
    ("cmi.core.score._children", None, "raw,min,max", "0"),
    ("cmi.objectives._count", None, "0", "0"),
    ("cmi.objectives.1.id", "late", "false", "201"),
    *((name, "x", "false", "402") for name in KEYWORDS),
    *((name, "x", "false", "403") for name in READ_ONLY),
    *((name, value, "true", "0") for name, values in TAKEN.items() for value in values),
    *((name, value, "false", "405") for name, values in NOT_TAKEN.items() for value in values),
    *((name, None, "", "404") for name in WRITE_ONLY),
    ("cmi.objectives._count", None, "1", "0"),
    ("cmi.interactions._count", None, "1", "0"),
    ("cmi.interactions.0.correct_responses._count", None, "1", "0"),
    ("cmi.objectives.4.id", None, "", "201"),
    # What is no element: a group, a name too short, something else.
    *((name, None, "", "201") for name in ("", "cmi", "cmi.core", "cmi.objectives", "x")),
    *((name, "x", "false", "201") for name in ("", "cmi", "cmi.core", "cmi.objectives", "x")),
    *(
        (name, "x", "false", "201")
        for name in (
            "cmi.core.score",
            "cmi.objectives.0.score",
            "cmi.interactions.0.objectives",
            "cmi.interactions.0.correct_responses",
            "cmi.interactions.0",
        )
    ),
    ("cmi.core.lesson_status._children", None, "", "202"),
    ("cmi.core._count", None, "", "203"),
]
RUN = """async ([code, said, calls]) => {
  const { scorm12 } = await import(code);
  const kept = [];
  const api = scorm12({ cmi: said }, {
    changed: () => {}, commit: (data) => kept.push(["commit", data]),
    terminate: (data) => kept.push(["end", data]),
  });
  const answers = [];
  const ask = (name, ...told) => answers.push([name, String(api[name](...told)), api.LMSGetLastError()]);
  const all = () => {
    ask("LMSGetValue", "cmi.core.lesson_status");
    ask("LMSSetValue", "cmi.core.lesson_status", "passed");
    ask("LMSCommit", ""); ask("LMSFinish", "");
  };
  all();
  ask("LMSInitialize", "x"); ask("LMSInitialize", ""); ask("LMSInitialize", "");
  ask("LMSCommit", "x"); ask("LMSFinish", "x"); ask("LMSCommit", "");
  const inside = calls.map(([name, value]) => [
    String(value === null ? api.LMSGetValue(name) : api.LMSSetValue(name, value)), api.LMSGetLastError(),
  ]);
  api.LMSSetValue("cmi.core.lesson_status", "incomplete");
  api.LMSSetValue("cmi.core.score.raw", "80");
  ask("LMSFinish", "");
  all();
  return { answers, inside, kept };
}"""  # noqa: E501 # JavaScript


@pytest.fixture(scope="module")
def answered(browser: Browser) -> Any:
    page = browser.new_page()
    page.add_script_tag(path=LIBRARY)
    code = base64.b64encode(RUN_TIME.read_bytes()).decode()
    told = page.evaluate(RUN, [f"data:text/javascript;base64,{code}", SAID, CALLS])
    page.close()
    return told


def test_each_element_answers_as_the_standard_has_it(answered: Any) -> None:
    wrong = [
        f"{name} {'?' if value is None else value[:20]}: {got[0][:40]} {got[1]}, not {want} {code}"
        for (name, value, want, code), got in zip(CALLS, answered["inside"], strict=True)
        if got != [want, code]
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_goes_before_the_beginning_or_after_the_end(answered: Any) -> None:
    shut = [
        ["LMSGetValue", "", "301"], ["LMSSetValue", "false", "301"], ["LMSCommit", "false", "301"],
        ["LMSFinish", "false", "301"],
    ]  # fmt: skip
    assert answered["answers"] == [
        *shut,
        ["LMSInitialize", "false", "201"], ["LMSInitialize", "true", "0"],
        ["LMSInitialize", "false", "101"], ["LMSCommit", "false", "201"],
        ["LMSFinish", "false", "201"], ["LMSCommit", "true", "0"],
        ["LMSFinish", "true", "0"],
        *shut,
    ]  # fmt: skip
    assert [kind for kind, _data in answered["kept"]] == ["commit", "end"]
    last = answered["kept"][-1][1]["cmi"]["core"]
    # 80 of 100 is enough where 60 was asked.
    assert (last["lesson_status"], last["score"]["raw"]) == ("passed", "80")
