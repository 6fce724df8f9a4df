# ruff: noqa: E501 # a small system in a string
"""A module taken along, in Chromium, under a learning system of a few lines."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from gezel.content.rules.along import Piece, Whole
from gezel.content.rules.along.course import SAID, as_scorm2004
from gezel.content.rules.kinds import body_of

pytestmark = [pytest.mark.browser, pytest.mark.browser_once]

# As SCORM's run time is found: in the page around the frame. It keeps what it is told.
SYSTEM = """<!doctype html><html lang="en"><title>System</title><h1>System</h1><script>
window.kept = JSON.parse(sessionStorage.getItem("kept") || "{}"); window.calls = [];
window.API_1484_11 = {
  Initialize() { return "true"; },
  GetValue(name) { return name.endsWith("_count") ? String(Object.keys(kept).filter((k) => /interactions.*id$/.test(k)).length) : kept[name] ?? ""; },
  SetValue(name, value) { kept[name] = value; return "true"; },
  Commit() { sessionStorage.setItem("kept", JSON.stringify(kept)); return "true"; },
  Terminate() { calls.push("Terminate"); return "true"; },
  GetLastError() { return "0"; },
};
</script><iframe title="Course" src="/course/index.html" width="380" height="700"></iframe></html>"""


def said(**words: Any) -> dict[str, Any]:
    return {name: {"nl": told, "en": told} if isinstance(told, str) else told
            for name, told in words.items()}  # fmt: skip


BLOCKS: list[tuple[str, dict[str, Any]]] = [
    ("text", said(body="## Cables\n\nStay away from **orange**.")),
    ("question", said(prompt="What first?") | {"options": [
        {"text": {"en": "Off"}, "right": True, "why": {"en": "Exactly."}},
        {"text": {"en": "On"}, "right": False, "why": {"en": "That is later."}}]}),
    ("question", said(prompt="Which?") | {"multiple": True, "options": [
        {"text": {"en": "Date"}, "right": True}, {"text": {"en": "Class"}, "right": True},
        {"text": {"en": "Colour"}, "right": False}]}),
    ("short", said(prompt="Colour?") | {"accepted": ["Orange"]}),
    ("number", said(prompt="Volt?", unit="V") | {"value": "12.6", "off": "0.2"}),
    ("match", said(prompt="Match") | {"pairs": [
        {"left": {"en": "L1"}, "right": {"en": "brown"}},
        {"left": {"en": "N"}, "right": {"en": "blue"}}]}),
    ("order", said(prompt="In order") | {"steps": [{"en": "Lock"}, {"en": "Measure"}]}),
    ("reflection", said(prompt="What do you take along?")),
    ("checklist", said(prompt="Go through this") | {"items": {"en": ["Padlock", "Tag"]}}),
]  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
def test_it_checks_reports_keeps_and_goes_on(  # noqa: PLR0915 - one journey
    browser: Browser, accessible: Any, language: str
) -> None:
    pieces = tuple(Piece(kind, body_of(kind, body)) for kind, body in BLOCKS)
    whole = Whole("k", "Orange cables", "Hands off.", language, 10, 80, pieces)
    files = {name: data if isinstance(data, bytes) else data()
             for name, data in as_scorm2004(whole).files.items()}  # fmt: skip
    kinds = {"html": "text/html", "js": "text/javascript", "css": "text/css"}

    def serve(route: Route) -> None:
        path = route.request.url.partition("://")[2].partition("/")[2]
        if not path:
            route.fulfill(body=SYSTEM, content_type="text/html")
            return
        name = path.removeprefix("course/")
        if name not in files:
            route.fulfill(status=404)
            return
        route.fulfill(body=files[name], content_type=kinds[name.rpartition(".")[2]])

    say = SAID[language]
    context = browser.new_context(viewport={"width": 390, "height": 800})
    try:
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.route("**/*", serve)
        page.goto("http://course.test/")
        frame = page.frame_locator("iframe")
        expect(frame.get_by_role("heading", name="Orange cables")).to_be_visible()

        frame.get_by_role("button", name=say["finish"]).click()
        expect(frame.locator("#result")).to_have_text(say["open"])

        def check(block: str) -> Any:
            frame.locator(f"#{block} button").click()
            return frame.locator(f"#{block} .verdict")

        frame.get_by_label("On", exact=True).check()
        expect(check("b2")).to_have_text(f"{say['wrong']}\nThat is later.")
        frame.get_by_label("Off", exact=True).check()
        expect(check("b2")).to_contain_text(say["right"])
        frame.get_by_label("Date").check()
        frame.get_by_label("Class").check()
        expect(check("b3")).to_have_attribute("data-tone", "good")
        frame.locator("#b4 input").fill("  oRange ")
        expect(check("b4")).to_have_attribute("data-tone", "good")
        frame.locator("#b5 input").fill("12,7")
        expect(check("b5")).to_have_attribute("data-tone", "good")
        frame.locator("#b6 select").nth(0).select_option(label="brown")
        frame.locator("#b6 select").nth(1).select_option(label="brown")
        expect(check("b6")).to_have_attribute("data-tone", "bad")
        frame.get_by_label("Padlock").check()

        # The page goes and comes back: everything stands as it was.
        page.reload()
        expect(frame.locator("#b5 input")).to_have_value("12,7")
        expect(frame.get_by_label("Class")).to_be_checked()
        expect(frame.get_by_label("Padlock")).to_be_checked()
        frame.locator("#b6 select").nth(1).select_option(label="blue")
        expect(check("b6")).to_have_attribute("data-tone", "good")
        frame.locator("#b7 select").nth(0).select_option(label="2")
        frame.locator("#b7 select").nth(1).select_option(label="1")
        expect(check("b7")).to_have_attribute("data-tone", "bad")
        frame.get_by_role("button", name=say["finish"]).click()
        expect(frame.locator("#result")).to_contain_text("5")

        kept = json.loads(page.evaluate("() => JSON.stringify(window.kept)"))
        assert kept["cmi.completion_status"] == "completed"
        assert kept["cmi.success_status"] == "passed"
        assert abs(float(kept["cmi.score.scaled"]) - 5 / 6) < 1e-9
        assert {kept[k] for k in kept if k.endswith(".type")} >= {
            "choice", "fill-in", "numeric", "matching", "sequencing",
        }  # fmt: skip
        assert not wrong
        page.goto("http://course.test/course/index.html")
        expect(page.locator("#result")).to_have_text(say["alone"])
        accessible(page)
    finally:
        context.close()
