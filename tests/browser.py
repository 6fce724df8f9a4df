"""A real headless Chromium for tests: pages of a person, and what must hold on every page."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from shutil import which
from typing import Any
from weakref import WeakKeyDictionary

import axe_playwright_python
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import override_settings
from django.test.testcases import QuietWSGIRequestHandler
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Dialog,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError

# Django's guard sees Playwright's event loop in this thread and would refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

# Both databases are tested side by side, so a page may wait its turn: as long as a click may.
expect.set_options(timeout=10_000)

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1360, "height": 900}
# The engine alone first: a whole Chromium makes a window with all around it for each page, unseen.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Chromium would look for its makers' servers at every start; there is nothing to find here.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # A page of a test lives for a second. Making its scripts quick, in threads beside it, took as
    # long as a quarter of what axe does (two fifths with what axe then saved).
    "--js-flags=--no-opt --no-maglev",
]
# Only what the field calls an error in WCAG 2.2 AA; best practices we follow by reading. What
# passes need not be told: gathering it and a selector for each piece took half of axe's time.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "selectors": False,
    # Fetching and reading all style sheets again serves one rule, on turning the screen, that axe
    # still calls an experiment and does not run.
    "preload": {"assets": ["media"]},
}
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
# Asked as a file of the house, so that the browser keeps it, and what it makes of it: half a
# million letters through three programs to each page were a quarter of what axe took.
AXE_ADDRESS = f"{settings.STATIC_URL}axe/{AXE.name}"
ASK_FOR_AXE = f"""async () => window.axe ? true : new Promise((told) => {{
  const script = document.createElement("script");
  script.src = {json.dumps(AXE_ADDRESS)};
  script.onload = () => {{ script.remove(); told(Boolean(window.axe)); }};
  script.onerror = () => {{ script.remove(); told(false); }};
  document.head.append(script);
}})"""

# One line to the engine per page, as long as the page lives: hanging up would take along what
# another line set up in it, such as a key to sign in with.
LINES: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()

# What sticks out sideways, told by its own markup: the innermost of it.
STICKS_OUT = """() => [...document.querySelectorAll("body *")]
  .filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .filter((e, _at, all) => !all.some((other) => other !== e && e.contains(other)))
  .slice(0, 3).map((e) => e.outerHTML.slice(0, 200))"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The installed Chromium; `./gezel test` has seen to it that there is one."""
    path = next(filter(None, map(which, CHROMIUM)), None)
    if path is None:
        raise FileNotFoundError("No Chromium: run ./gezel test, or apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class UnderWay:
    """How many requests are being answered now, by whatever thread.

    A browser that goes away leaves its last request to the server's thread. Whoever empties the
    tables under it gets a deadlock from PostgreSQL, and the next test the last one's people.
    """

    def __init__(self) -> None:
        self.count = 0
        self.changed = threading.Condition()
        request_started.connect(self.one_more, weak=False)
        request_finished.connect(self.one_less, weak=False)

    def one_more(self, **_: Any) -> None:
        with self.changed:
            self.count += 1

    def one_less(self, **_: Any) -> None:
        with self.changed:
            self.count -= 1
            self.changed.notify_all()

    def wait_for_none(self, seconds: float = 20) -> bool:
        """Whether all are answered within so many seconds."""
        with self.changed:
            return self.changed.wait_for(lambda: self.count <= 0, seconds)

    def forget(self) -> None:
        """Begin anew, as some tests call a view by hand and never close its answer."""
        with self.changed:
            self.count = 0


under_way = UnderWay()


class CutLines:
    """Whose line is cut: what they send, the server hangs up on.

    Chromium's own way of being offline lets through some of what a page sends while it loads (7 of
    60 times, measured), so a test that counts what arrived later counted it before.
    """

    def __init__(self) -> None:
        self.sessions: frozenset[str] = frozenset()  # a new one each time: threads read it
        hear = QuietWSGIRequestHandler.parse_request

        def unless_cut(handler: BaseHTTPRequestHandler) -> bool:
            if not hear(handler):
                return False
            cookies = SimpleCookie(handler.headers.get("Cookie", ""))
            told = cookies.get(settings.SESSION_COOKIE_NAME)
            if told is None or told.value not in self.sessions:
                return True
            handler.close_connection = True
            return False

        QuietWSGIRequestHandler.parse_request = unless_cut  # type: ignore[assignment, method-assign]

    def follow(self, context: BrowserContext) -> None:
        """Cut and mend along with `context.set_offline`."""
        set_offline = context.set_offline
        mine: set[str] = set()

        def with_the_line(offline: bool) -> None:
            if offline:
                mine.update(
                    cookie["value"]
                    for cookie in context.cookies()
                    if cookie["name"] == settings.SESSION_COOKIE_NAME
                )
                self.sessions |= mine
            else:
                self.sessions -= mine
            set_offline(offline)

        context.set_offline = with_the_line  # type: ignore[method-assign]

    def mend_all(self) -> None:
        """Begin a test with nobody cut off."""
        self.sessions = frozenset()


cut_lines = CutLines()


class Lent:
    """A page of a context of its own, which one test after another may have.

    A new one takes a fifth of a second of processor: a process, and all scripts read in anew. What
    a test leaves in it is cleared away; whoever did what cannot be taken back (listened to it,
    answered for the server, cut its line) has it thrown away.
    """

    # Of what is not here, `clear` takes back all that a test can do.
    NOT_TAKEN_BACK = (
        *("on", "once", "route", "add_init_script", "expose_function", "expose_binding"),
        *("emulate_media", "set_viewport_size", "set_default_timeout", "new_cdp_session"),
        *("grant_permissions", "set_offline", "set_extra_http_headers"),
    )

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.complaints: list[str] = []
        self.spoiled = False
        cut_lines.follow(context)
        self.page = context.new_page()
        self.page.set_default_timeout(10_000)
        complain_to(self.page, self.complaints)
        for thing in (context, self.page):
            for name in self.NOT_TAKEN_BACK:
                if hasattr(thing, name):
                    setattr(thing, name, self._spoiling(getattr(thing, name)))

    def _spoiling(self, does: Callable[..., Any]) -> Callable[..., Any]:
        def and_note(*args: Any, **named: Any) -> Any:
            self.spoiled = True
            return does(*args, **named)

        return and_note

    def clear(self, origin: str) -> bool:
        """Make it as it came; False where that cannot be."""
        if self.spoiled or self.page.is_closed():
            return False
        page, line = self.page, _line_to(self.page)
        for other in self.context.pages:
            if other != page:
                other.close()
        try:
            # A form that is not saved asks whether one is sure to leave.
            Page.on(page, "dialog", _accept)
            page.evaluate("() => { try { sessionStorage.clear(); window.name = '' } catch {} }")
            page.goto("about:blank")
            page.remove_listener("dialog", _accept)
            line.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
            # The cast has the same numbers in each test, and so has the address of a logo.
            line.send("Network.clearBrowserCache")
            line.send("Page.resetNavigationHistory")
            self.context.clear_cookies()
        except PlaywrightError:
            return False
        self.complaints.clear()
        return True


def _accept(dialog: Dialog) -> None:
    dialog.accept()


def complain_to(page: Page, complaints: list[str]) -> None:
    """Collect what the browser holds against a page: script errors and policy violations."""
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))

    def heard(message: object) -> None:
        if getattr(message, "type", "") == "error":
            text = str(getattr(message, "text", ""))
            # An answer of 404 or 422 that a test asked for is not an error of the page.
            if "Failed to load resource" not in text and "ERR_INTERNET_DISCONNECTED" not in text:
                complaints.append(f"console: {text}")

    page.on("console", heard)


def assert_accessible(page: Page, *, where: str = "") -> None:
    """axe finds nothing against WCAG 2.2 AA, and nothing sticks out sideways."""
    # A click returns once the next page has answered, which may be before it has a first element.
    page.wait_for_load_state()
    if not os.environ.get("GEZEL_TEST_AGAIN"):  # else it said so already: no database changes it
        _assert_no_violation(page, where or page.url)
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    if wide > 1:
        raise AssertionError(
            f"{where or page.url} is {wide} px wider than the screen: {page.evaluate(STICKS_OUT)}"
        )


def _line_to(page: Page) -> CDPSession:
    """The line to the engine that this page has, or gets."""
    line = LINES.get(page)
    if line is None:
        # The class's own, which spoils no page that is lent.
        line = LINES[page] = BrowserContext.new_cdp_session(page.context, page)
    return line


def _assert_no_violation(page: Page, where: str) -> None:
    # In one go and violations alone: each word between here and the page goes through three
    # programs, and axe tells a thousand of what is in order.
    line = _line_to(page)
    asked = f"axe.run({json.dumps(RULES)}).then((all) => all.violations)"
    found = _told(line, f"({ASK_FOR_AXE})().then((here) => here && {asked})")
    if found is False:  # a page from elsewhere, or one that takes no script of ours
        _told(line, f"{AXE.read_text()}\n;true")
        found = _told(line, asked)
    told = [f"{v['id']}: {v['help']} — {[n['html'][:160] for n in v['nodes'][:3]]}" for v in found]
    assert not told, f"{where}: " + "\n".join(told)


def _told(line: CDPSession, expression: str) -> Any:
    """What this expression comes to in the page, once it is there."""
    asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
    answer = line.send("Runtime.evaluate", asked)
    assert "exceptionDetails" not in answer, f"axe itself failed: {answer}"
    return answer["result"]["value"]


def axe_at_its_address() -> override_settings:
    """Within it the server of the tests gives axe where `ASK_FOR_AXE` looks for it."""
    return override_settings(
        STATICFILES_DIRS=[*settings.STATICFILES_DIRS, ("axe", str(AXE.parent))]
    )
