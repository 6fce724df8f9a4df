"""A hostile package in a real Chromium: what it tries comes to nothing, with and without a star.

Attack 12 of our list: a package is a program of a stranger, played by someone with an account.
"""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django import Settings

from gezel.content.actions import begin_package, open_package
from gezel.content.addresses import address_of
from gezel.content.models import Package, PackageAttempt, UnitState
from gezel.content.tests.builders import a_package
from gezel.people.api import Organisation, Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]

# Each attempt writes down what it got; "nothing" is what all of them should get.
HOSTILE = """<!doctype html><title>Hostile</title><script>
const got = {};
const said = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const attempt = async (name, what) => {
  try { got[name] = String(await what()); } catch (error) { got[name] = "nothing"; }
};
(async () => {
  await attempt("cookie", () => document.cookie || "nothing");
  await attempt("top document", () => top.document.title);
  await attempt("top storage", () => top.localStorage.length);
  await attempt("top location", () => top.location.href);
  await attempt("our api", async () => {
    const answer = await fetch(`${said.ours}/account/`, { credentials: "include" });
    return answer.status;
  });
  await attempt("our commit", async () => {
    const answer = await fetch(said.commit, {
      method: "POST", credentials: "include", mode: "no-cors",
      body: JSON.stringify({ unit: "one", session: said.session, sequence: 99, data: { cmi: {} } }),
    });
    return answer.type;
  });
  await attempt("elsewhere", async () => (await fetch(said.elsewhere, { mode: "no-cors" })).type);
  await attempt("picture elsewhere", () => new Promise((done, failed) => {
    const picture = new Image();
    picture.onload = () => done("loaded");
    picture.onerror = failed;
    picture.src = `${said.elsewhere}/pixel.svg`;
  }));
  await attempt("worker", async () => {
    await navigator.serviceWorker.register("worker.js");
    return "registered";
  });
  await attempt("top goes", () => { top.location = `${said.elsewhere}/phish`; return "nothing"; });
  await attempt("our page in a frame", () => new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.src = `${said.ours}/`;
    frame.onload = () => {
      try { done(frame.contentDocument.body.innerText || "nothing"); } catch { done("nothing"); }
    };
    document.body.append(frame);
    setTimeout(() => done("nothing"), 1500);
  }));
  await attempt("our page in a window", async () => {
    const opened = window.open(`${said.ours}/`);
    await new Promise((done) => setTimeout(done, 1200));
    const seen = opened ? opened.document.title : "nothing";
    return seen || "nothing";
  });
  await attempt("form to us", () => new Promise((done) => {
    const form = document.createElement("form");
    form.action = `${said.ours}/account/logout/`;
    form.method = "post";
    form.target = "_blank";
    document.body.append(form);
    form.submit();
    setTimeout(() => done("nothing"), 800);
  }));
  // Messages to our page: without the nonce, and with a guess of it.
  for (const gezel of [undefined, "", "0".repeat(32)]) {
    (parent === top ? parent : parent.parent).postMessage(
      { gezel, say: "commit", data: { cmi: { core: { lesson_status: "passed" } } }, end: true },
      "*");
  }
  await attempt("another attempt", async () => {
    const answer = await fetch(said.other);
    return answer.status === 200 ? (await answer.text()).slice(0, 20) : "nothing";
  });
  document.title = "done";
  document.body.dataset.got = JSON.stringify(got);
})();
</script><body></body>"""


@pytest.fixture(params=["star", "alone"])
def mode(request: pytest.FixtureRequest, settings: Settings, live_server: Any) -> str:
    port = live_server.url.rpartition(":")[2]
    settings.BASE_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    # Without a star, another name of this machine is the other host.
    name = "*.localhost" if request.param == "star" else "content.localhost"
    settings.CONTENT_URL = f"http://{name}:{port}"
    return str(request.param)


class _Heard(BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - the name the server looks for

    def log_message(self, *_told: object) -> None:
        """Quiet."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another host, which must never be asked for anything."""
    _Heard.asked.clear()
    server = HTTPServer(("127.0.0.1", 0), _Heard)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    assert not _Heard.asked, f"the package reached {_Heard.asked}"


def hostile(organisation: Organisation) -> Package:
    return a_package(
        organisation,
        units=[
            {
                "identifier": "one",
                "title": "One",
                "path": "index.html",
                "tracked": True,
                "extra": {},
            }
        ],
        extra={"tree": {"id": "root", "children": [{"id": "one", "children": []}]}},
        files={"index.html": HOSTILE.encode(), "worker.js": b"self.onfetch = () => {};"},
    )


def got(page: Page) -> dict[str, str]:
    """What the package wrote down of what it got."""
    for _try in range(200):
        for frame in page.frames:
            if frame.url.partition("#")[0].endswith("/index.html"):
                found = frame.evaluate("document.body?.dataset.got || ''")
                if found:
                    answer: dict[str, str] = json.loads(found)
                    return answer
        page.wait_for_timeout(100)
    raise AssertionError([frame.url for frame in page.frames])


@pytest.fixture
def signed_in(browser: Browser, live_server: Any) -> Iterator[Callable[[Person], Page]]:
    """A page of someone, where what the browser refuses may be told on the console."""
    contexts = []

    def opened(person: Person) -> Page:
        context = browser.new_context(base_url=live_server.url)
        client = Client()
        client.force_login(person)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_a_hostile_package_gets_nothing(  # noqa: PLR0917 - the whole scene
    signed_in: Callable[[Person], Page],
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    mode: str,
    elsewhere: str,
) -> None:
    package = hostile(van_dijk)
    theirs = open_package(begin_package(daan, package, organisation=van_dijk)).attempt
    attempt = begin_package(noor, package, organisation=van_dijk)
    told = {
        "ours": settings.BASE_URL,
        "elsewhere": elsewhere,
        "commit": settings.BASE_URL
        + reverse("content:package_commit", args=[attempt.registration]),
        "session": "00000000-0000-0000-0000-000000000000",
        # Who does not know the key of another attempt cannot ask for it.
        "other": address_of("0" * 32, "index.html"),
    }
    manifest = package.current.manifest  # type: ignore[union-attr] # it has one
    manifest["units"][0]["path"] += f"#{quote(json.dumps(told))}"
    package.current.save()  # type: ignore[union-attr]

    page = signed_in(noor)
    page.goto(reverse("content:package", args=[package.pk]))
    answers = got(page)

    assert {name: answer for name, answer in answers.items() if answer != "nothing"} == {}
    assert page.url.endswith(reverse("content:package", args=[package.pk]))
    assert page.evaluate("document.querySelector('[data-package]') !== null")
    theirs.refresh_from_db()
    assert theirs.completed_at is None
    # It may speak for its own attempt through its run time, and for nothing else.
    assert not UnitState.objects.filter(attempt=theirs).exists()
    mine = PackageAttempt.objects.get(pk=attempt.pk)
    assert mine.passed is None
