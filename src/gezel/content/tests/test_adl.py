"""ADL's test suite for SCORM 2004, 4th edition: every given case is replayed.

The run time is the real one, in a real Chromium; the server's side is that of the product: state
between visits, sequencing, roll-up. The cases are not ours to keep here: without them this skips.
"""

import base64
import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from gezel.content import queries
from gezel.content.actions import (
    Opened,
    begin_package,
    go_elsewhere,
    keep_state,
    open_package,
)
from gezel.content.models import PackageAttempt
from gezel.content.rules.packages.scorm import Scorm
from gezel.content.tests import adl
from gezel.content.tests.builders import a_package
from gezel.people.api import Organisation, Person

FOLDER = (
    Path(os.environ.get("GEZEL_SHARED_DATA", Path(__file__).parents[5] / "shared/data"))
    / "conformance/adl-scorm2004-4ed"
)
CASES = sorted(path.stem for path in FOLDER.glob("*.properties"))
RUN_TIME = Path(__file__).parents[1] / "static/content/frames/scorm2004.js"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db,
    pytest.mark.skipif(
        not CASES, reason="ADL's cases are not on this machine: nothing is replayed"
    ),
]

# Runs the calls of one visit; an element may name a list's item by its id: "cmi.objectives.&a&.id".
VISIT = """async ([code, told, calls]) => {
  const { Scorm2004 } = await import(code);
  const committed = [];
  const api = new Scorm2004(told, {
    commit: (data) => committed.push({ data, end: false }),
    terminate: (data, request) => committed.push({ data, end: true, request }),
  });
  const place = (list, id) => {
    const whole = Number(api.GetValue(`${list}._count`));
    for (let at = 0; at < whole; at++) if (api.GetValue(`${list}.${at}.id`) === id) return at;
    return `no ${id}`;
  };
  const answers = [];
  for (const { kind, element, value } of calls) {
    const named = /^(.*)\\.&(.*)&(\\..*)$/.exec(element);
    const name = named ? `${named[1]}.${place(named[1], named[2])}${named[3]}` : element;
    const call = {
      I: () => api.Initialize(name), T: () => api.Terminate(name), C: () => api.Commit(name),
      GET: () => api.GetValue(name), SET: () => api.SetValue(name, value),
      GLE: () => api.GetLastError(),
      GES: () => api.GetErrorString(name), GeDi: () => api.GetDiagnostic(name),
      COI: () => element.split(",")
        .filter((id) => typeof place("cmi.objectives", id) !== "number").join(),
    }[kind];
    answers.push([String(call()), api.GetLastError()]);
  }
  const running = api.state === "running";
  if (running) api.Terminate("");
  return { answers, committed };
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Any:
    made = browser.new_page()
    yield made
    made.close()


def package_of(name: str, organisation: Organisation) -> Any:
    manifest = (FOLDER / f"{name}.imsmanifest.xml").read_bytes()
    hrefs = re.findall(rb'href\s*=\s*"([^"]+\.html?)"', manifest)
    names = ["imsmanifest.xml", *(f"resources/{href.decode()}" for href in hrefs)]
    into = Path(os.environ.get("TMPDIR", "/tmp")) / f"adl-{os.getpid()}"
    into.mkdir(exist_ok=True)
    (into / "imsmanifest.xml").write_bytes(manifest)
    told = Scorm().read(into, names)
    kept = told.as_json()
    return a_package(
        organisation, form="scorm2004", units=kept["units"], extra=kept["extra"], title=name
    )


class Replay:
    """One learner going through one case."""

    def __init__(self, page: Page, attempt: PackageAttempt, case: adl.Case) -> None:
        self.page = page
        self.attempt = attempt
        self.case = case
        self.wrong: list[str] = []
        tree = attempt.edition.manifest["extra"]["tree"]
        self.titles = adl.titles(tree)
        root = (
            f'the activity that corresponds to the root of "LMS Test Content Package {case.name}"'
        )
        self.titles[root] = tree["id"]
        code = base64.b64encode(RUN_TIME.read_bytes()).decode()
        self.code = f"data:text/javascript;base64,{code}"
        self.opened: Opened | None = None

    def open(self, unit: str = "") -> None:
        opened = open_package(self.attempt, unit=unit, session=self.attempt.session)
        self.attempt = opened.attempt
        self.opened = opened if opened.unit else None

    def go(self, where: str) -> None:
        assert self.attempt.session is not None
        goal = go_elsewhere(self.attempt, where, session=self.attempt.session)
        if goal:
            self.open(goal)
        else:
            self.opened = None

    def unit_of(self, visit: adl.Visit) -> str:
        for unit in self.attempt.edition.manifest["units"]:
            if unit["path"].endswith(f"act={visit.unit}"):
                return str(unit["identifier"])
        return f"activity_{visit.unit}"

    def run(self) -> None:
        if self.case.start == ".":
            self.open()
        else:
            self.open()
            if self.opened is None or self.opened.unit != self.titles[self.case.start]:
                self.go(f"{{target={self.titles[self.case.start]}}}choice")
        for visit in self.case.visits:
            self.visit(visit)

    def visit(self, visit: adl.Visit) -> None:
        want = self.unit_of(visit)
        if self.opened is None or self.opened.unit != want:
            there = self.opened.unit if self.opened else "nothing"
            self.wrong.append(f"{visit.name}: {there} opened, and not {want}")
            return
        self.look(visit)
        unit = self.opened.unit
        assert self.opened.launch is not None
        told = dict(self.opened.launch.told)
        if not told["tracked"]:
            self.keep(unit, {"cmi": {}, "opened": True}, 1, end=True)
            self.after(visit, "_none_")
            return
        calls = [{"kind": c.kind, "element": c.element, "value": c.value} for c in visit.calls]
        result = self.page.evaluate(VISIT, [self.code, told, calls])
        for call, (answer, code) in zip(visit.calls, result["answers"], strict=True):
            fine = answer == "" if call.kind == "COI" else (
                adl.same(call, answer) and (code == call.code or call.answer.startswith(adl.ANY))
            )  # fmt: skip
            if not fine:
                self.wrong.append(
                    f"{visit.name}: {call.kind} {call.element} {str(call.value)[:60]} gave "
                    f"{answer[:60]!r} {code}, and not {call.answer[:60]!r} {call.code}"
                )
        request = "_none_"
        sequence = self.opened.sequence
        for number, one in enumerate(result["committed"], sequence + 1):
            self.keep(unit, one["data"], number, end=one["end"])
            request = one.get("request") or "_none_"
            if one["end"] and one["data"]["cmi"].get("exit") in {"time-out", "logout"}:
                request = "exitAll"
        self.after(visit, request)

    def keep(self, unit: str, data: Any, sequence: int, *, end: bool) -> None:
        assert self.attempt.session is not None
        kept = keep_state(
            self.attempt, unit, session=self.attempt.session, sequence=sequence, data=data, end=end
        )
        if kept.state != "kept":
            self.wrong.append(f"{unit}: the commit was {kept.state}")

    def after(self, visit: adl.Visit, request: str) -> None:
        """What the learner does then, or what the unit asked; the learner comes first."""
        done = visit.after
        place = self.case.visits.index(visit) + 1
        following = self.case.visits[place] if place < len(self.case.visits) else None
        if "Choice" in done:
            self.go(f"{{target={self.titles[done.partition('~')[2]]}}}choice")
        elif done.startswith(("Continue", "Previous")):
            self.go("continue" if done.startswith("Continue") else "previous")
        elif done.startswith("Suspend"):
            self.go("suspendAll")
        elif "Exit" in done:
            self.go("exitAll")
        elif request != "_none_":
            self.go(request)
        elif done.startswith(("Relaunch", "DMB")):
            self.go("exitAll")
        if following is None:
            return
        if self.opened is None:
            # Out of the package, and in again.
            self.open()
        by_hand = done and not done.startswith(
            ("Choice", "Continue", "Previous", "Exit", "Suspend")
        )
        want = self.unit_of(following)
        if by_hand and (self.opened is None or self.opened.unit != want):
            self.go(f"{{target={want}}}choice")

    def look(self, visit: adl.Visit) -> None:
        """What the page offers is what ADL's tester is asked to see there."""
        assert self.opened is not None
        ways = self.opened.ways
        for question, answer in zip(visit.questions, visit.answers, strict=False):
            what, _dot, how = question.partition(".")
            if what == "toc":
                title = how.partition("@")[2]
                unit = f"{{target={self.titles.get(title)}}}choice"
                seen = (
                    any(e.unit == unit and e.open for e in ways.entries)
                    if title
                    else any(e.open for e in ways.entries)
                )
            else:
                seen = bool(ways.on if what == "continue" else ways.back)
                seen = seen if how == "enabled" else not seen
            if seen is not (answer == "Y"):
                self.wrong.append(f"{visit.name}: {question} is {seen}, and not {answer}")


@pytest.mark.parametrize("name", CASES)
def test_a_case_of_adl(name: str, page: Page, van_dijk: Organisation, noor: Person) -> None:
    if not (FOLDER / f"{name}.imsmanifest.xml").exists():
        pytest.skip("this case has no manifest of its own")
    # What "b" finds was left by the same learner in "a": objectives are global to the system.
    for one in [f"{name[:-1]}a"] * (name[-1] == "b" and f"{name[:-1]}a" in CASES) + [name]:
        attempt = begin_package(noor, package_of(one, van_dijk), organisation=van_dijk)
        replay = Replay(page, attempt, adl.read(FOLDER / f"{one}.properties"))
        replay.run()

    assert not replay.wrong, f"{len(replay.wrong)} wrong:\n" + "\n".join(replay.wrong[:25])
    assert queries.unit_states(attempt)


# ADL's case DDM comes without its manifests; what they must say follows from the calls. The data
# of the first package outlives an attempt, that of the second does not.
TWO_PACKAGES = {
    "a": ("true", {"1a": [(n, True) for n in range(1, 5)], "2a": [(n, True) for n in range(1, 5)]}),
    "b": (
        "false",
        {"1b": [(n, True) for n in range(1, 4)], "2b": [(n, False) for n in range(1, 6)]},
    ),
}


def manifest_of_data(letter: str) -> bytes:
    outlives, units = TWO_PACKAGES[letter]
    items = "".join(
        f'<item identifier="activity_{unit}" identifierref="sco" parameters="?act={unit}">'
        f"<title>Activity {unit}</title><adlcp:data>"
        + "".join(
            f'<adlcp:map targetID="tarID_{n}" writeSharedData="{str(write).lower()}"/>'
            for n, write in maps
        )
        + "</adlcp:data></item>"
        for unit, maps in units.items()
    )
    return f"""<manifest identifier="DDM{letter}" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
        xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
        xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3"
        xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
      <metadata><schemaversion>2004 4th Edition</schemaversion></metadata>
      <organizations default="o"><organization identifier="o"
        adlcp:sharedDataGlobalToSystem="{outlives}"><title>DDM{letter}</title>{items}
        <imsss:sequencing><imsss:controlMode flow="true"/></imsss:sequencing>
      </organization></organizations>
      <resources><resource identifier="sco" adlcp:scormType="sco" href="resources/sco.html"/>
      </resources></manifest>""".encode()


def test_shared_data_of_two_packages(
    page: Page, van_dijk: Organisation, noor: Person, tmp_path: Path
) -> None:
    case = adl.read(FOLDER / "DDM.properties")
    replays = {}
    for letter in TWO_PACKAGES:
        (tmp_path / "imsmanifest.xml").write_bytes(manifest_of_data(letter))
        kept = Scorm().read(tmp_path, ["imsmanifest.xml", "resources/sco.html"]).as_json()
        package = a_package(
            van_dijk, form="scorm2004", units=kept["units"], extra=kept["extra"], title=letter
        )
        visits = [v for v in case.visits if v.unit.endswith(letter)]
        attempt = begin_package(noor, package, organisation=van_dijk)
        replays[letter] = Replay(page, attempt, adl.Case("DDM", ".", visits))
    last = ""
    for visit in case.visits:
        letter = visit.unit[-1]
        if letter != last:
            replays[letter].open()
        replays[letter].visit(visit)
        if visit.after.startswith("exitlaunch"):
            replays[letter].go("exitAll")
        last = letter if replays[letter].opened else ""

    wrong = [one for replay in replays.values() for one in replay.wrong]
    assert not wrong, "\n".join(wrong)
