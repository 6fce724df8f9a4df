"""Five hundred hostile texts in every field that people write in, in real Chromium: the drill of
`./gezel drill texts`. No part of the suite, whose `test_every_text.py` does the same with eight.

In each round every such field of every row holds a hundred of them, the next round the next
hundred; and each row begins with another one, since a page may show only the beginning. What the
house then answers to the author, to their lead, to HR and to nobody is opened in Chromium as if
there were no content policy, so that what would run, runs:

- as it was served, without our scripts: all five hundred on every page that shows one;
- with our scripts, once, with the texts of the last round: what a script writes into a page;
- as files that someone opens from disk: pictures (SVG), pages, archives, what is taken along;
- as mail: the HTML of every letter that waits.

Fields that are kept with a digest, addresses that are checked as such, and what lies in modules
(`content/tests/test_hostile_kinds.py` has its own five hundred there) are not written over.
"""

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Route
from playwright.sync_api import Page as Tab
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from gezel.connect.actions.sending import deliver
from gezel.content.actions.along import FORMS, take_along
from gezel.content.models import Module
from gezel.content.tests.test_hostile_kinds import hostile as all_of_them
from gezel.people.api import Organisation, Person
from gezel.profile.actions.leaving import write_archive
from tests.full_house import furnish
from tests.house import pages
from tests.test_every_text import RAN, WORKED_OUT, fields, write_evil
from tests.test_who_may_enter import NO_PAGES, address_of

ROUNDS = 5
OUTSIDE = "outside-of-here.test"
SERVED = "http://served.test/"
# What Chromium made of a page: whatever would run on a click, or lead elsewhere.
WOULD_RUN = """([ran, outside]) => {
  const found = [];
  const leads = /^(href|src|action|formaction|data|srcdoc|poster|xlink:href|style|hx-.*)$/;
  for (const e of document.querySelectorAll("*")) for (const a of e.attributes) {
    const told = a.value.replace(/[\\u0000-\\u0020]/g, "").toLowerCase();
    const runs = /^(javascript|vbscript|data|blob|file):/.test(told) && told.includes(ran);
    const calls = e.tagName != "A" && told.includes(outside) && !told.startsWith("/");
    if (a.name.startsWith("on") ? told.includes(ran) : leads.test(a.name) && (runs || calls))
      found.push(e.outerHTML.slice(0, 160));
  }
  return found.slice(0, 5);
}"""


def texts() -> list[str]:
    """The five hundred, calling what we hear and reaching for a host that is nowhere."""
    said = [
        text.replace("alert(", f"{RAN}(").replace("example.test", OUTSIDE) for text in all_of_them()
    ]
    return [*said, "{{ 7|add:70 }}/seven"]


def write_all(lot: list[str]) -> int:
    """Put these texts in every field of every row; gives back how many fields hold them."""
    written = set()
    for place, (model, told) in enumerate(fields()):
        for row, (pk,) in enumerate(model._default_manager.order_by("pk").values_list("pk")):
            values = {}
            for at, field in enumerate(told):
                first = (place + 3 * row + at) % len(lot)
                values[field.name] = " ".join([*lot[first:], *lot[:first]])
            try:
                with transaction.atomic():
                    model._default_manager.filter(pk=pk).update(**values)
            except DatabaseError:  # facts that nobody can change are told from another table
                continue
            written |= {f"{model._meta.label}.{f.name}" for f in told}
    return len(written)


class Watched:
    """Chromium with an ear for what runs, and for who calls outside."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self.wrong: list[str] = []
        self.where = ""
        self.opened = 0
        self.body = b""
        self.kind = ""
        self.context = browser.new_context(
            base_url=base_url, bypass_csp=True, service_workers="block"
        )
        self.context.expose_function(RAN, self.hear)
        self.context.on("request", self.look)
        self.tab = self.context.new_page()
        self.tab.on("dialog", lambda dialog: (self.hear(dialog.message), dialog.dismiss()))

    def hear(self, said: object) -> None:
        self.wrong.append(f"{self.where}: ran ({said})")

    def look(self, request: Any) -> None:
        if OUTSIDE in request.url.partition("?")[0]:
            self.wrong.append(f"{self.where}: asked for {request.url[:80]}")

    def checked(self, tab: Tab) -> None:
        self.opened += 1
        for told in tab.evaluate(WOULD_RUN, [RAN, OUTSIDE]):
            self.wrong.append(f"{self.where}: {told}")

    def served(self, where: str, body: bytes, kind: str) -> None:
        """As it was answered, with nothing of ours around it."""
        self.where, self.body, self.kind = where, body, kind
        self.tab.goto(SERVED, wait_until="load")
        self.checked(self.tab)

    def answer(self, route: Route) -> None:
        if route.request.url == SERVED:
            route.fulfill(body=self.body, content_type=self.kind)
        else:
            route.abort()

    def from_disk(self, where: str, path: Path) -> None:
        self.where = where
        self.tab.goto(path.as_uri(), wait_until="load")
        self.tab.wait_for_timeout(50)
        self.checked(self.tab)


def answers(
    clients: dict[str, Client], addresses: dict[str, str]
) -> Iterator[tuple[str, str, Any, bytes]]:
    """Everything the house answers, to each of them: who, which page, and what."""
    for name, address in addresses.items():
        if name.startswith("api:") or name in NO_PAGES:
            continue
        for who, client in clients.items():
            answer = client.get(address)
            assert answer.status_code < 500, (who, name, answer.status_code)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if answer.status_code in {200, 410, 422}:
                yield who, name, answer, body


def from_files(body: bytes, into: Path) -> Iterator[Path]:
    """The pages and pictures of a ZIP file, laid down with all that is beside them."""
    with zipfile.ZipFile(io.BytesIO(body)) as made:
        made.extractall(into)
    yield from (p for p in sorted(into.rglob("*")) if p.suffix in {".html", ".svg", ".xhtml"})


@pytest.mark.timeout(7_200)
@pytest.mark.django_db(transaction=True)
def test_five_hundred_texts_in_every_field(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    visit: Callable[[Person], Client],
    browser: Browser,
    live_server: LiveServer,
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = None
    things = furnish(van_dijk, noor, daan, femke)
    addresses = {page.name: address_of(page, things) for page in pages() if page.is_ours}
    clients = {p.first_name: visit(p) for p in (noor, daan, femke)} | {"nobody": Client()}
    watched = Watched(browser, live_server.url)
    watched.context.route("**/*", watched.answer)
    write_evil()  # what stands in modules and on cards
    told: dict[str, Any] = {"payloads": len(texts())}
    shown = _as_served(watched, clients, addresses, told)
    watched.context.unroute_all()
    watched.opened = 0
    for where, path in _files(tmp_path, noor, clients, addresses):
        watched.from_disk(where, path)
    told["from_disk"], watched.opened = watched.opened, 0
    for where, path in _letters(tmp_path, settings):
        watched.from_disk(where, path)
    told["mails"], watched.opened = watched.opened, 0
    _with_scripts(watched, clients, {name: addresses[name] for name in shown}, live_server.url)
    told |= {"with_scripts": watched.opened, "pages": len(shown), "executions": len(watched.wrong)}
    wrong = list(watched.wrong)
    if out := os.environ.get("GEZEL_TEXTS"):
        Path(out).write_text(json.dumps(told | {"wrong": wrong[:50]}))
    # The ear hears, else nothing of this says anything.
    evil = tmp_path / "control.html"
    evil.write_text(f"<img src=x onerror={RAN}(7)><p onclick={RAN}(7)>x</p>")
    watched.from_disk("control", evil)
    assert len(watched.wrong) - len(wrong) >= 2
    assert wrong == [], "\n".join(wrong[:20])
    assert told["fields"] > 100
    assert told["pages"] > 80
    assert told["mails"]


def _as_served(
    watched: Watched, clients: dict[str, Client], addresses: dict[str, str], told: dict[str, Any]
) -> set[str]:
    """All of the texts, lot by lot, on every page that shows one; which pages did."""
    shown: set[str] = set()
    told["fields"] = 0
    for number in range(ROUNDS):
        told["fields"] = max(told["fields"], write_all(texts()[number::ROUNDS]))
        for who, name, answer, body in answers(clients, addresses):
            kind = answer.get("Content-Type", "")
            where = f"{who} {name} (round {number + 1})"
            if WORKED_OUT.encode() in body:
                watched.wrong.append(f"{where}: a template was worked out")
            if RAN.encode() not in body:
                continue
            if kind.startswith("text/html"):
                shown.add(name)
            if kind.startswith("text/html") or "svg" in kind or "xml" in kind:
                watched.served(where, body, kind)
    told["served"] = watched.opened
    return shown


def _letters(room: Path, settings: Settings) -> Iterator[tuple[str, Path]]:
    """The HTML of every letter that waits to be sent."""
    mail.outbox = []
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    deliver(timezone.now() + timedelta(days=30))
    for letter in mail.outbox:
        assert isinstance(letter, EmailMultiAlternatives)
        for number, (content, kind) in enumerate(letter.alternatives):
            if kind == "text/html":
                path = room / f"mail-{id(letter)}-{number}.html"
                path.write_text(str(content))
                yield f"mail {letter.subject[:40]}", path


def _files(
    room: Path, noor: Person, clients: dict[str, Client], addresses: dict[str, str]
) -> Iterator[tuple[str, Path]]:
    """What someone takes along or downloads, as it lies on their disk."""
    archive = room / "archive.zip"
    write_archive(noor.email, archive)
    yield from (("archive", p) for p in from_files(archive.read_bytes(), room / "archive"))
    for module in Module.objects.all()[:3]:
        for form in FORMS:
            out = io.BytesIO()
            take_along(module, form, language="en", into=out)
            into = room / f"along-{module.pk}-{form}"
            yield from ((f"along {form}", p) for p in from_files(out.getvalue(), into))
    for number, (who, name, answer, body) in enumerate(answers(clients, addresses)):
        if "attachment" not in answer.get("Content-Disposition", ""):
            continue
        if body.startswith(b"PK") and "sheet" not in answer["Content-Type"]:
            into = room / f"zip-{number}"
            yield from ((f"{who} {name}", p) for p in from_files(body, into))
        elif "html" in answer["Content-Type"] or "svg" in answer["Content-Type"]:
            path = room / f"file-{number}{'.svg' if 'svg' in answer['Content-Type'] else '.html'}"
            path.write_bytes(body)
            yield f"{who} {name}", path


def _with_scripts(
    watched: Watched, clients: dict[str, Client], addresses: dict[str, str], base_url: str
) -> None:
    """Each page that shows one, once more as a person has it, with all that our scripts do."""
    cookie = django_settings.SESSION_COOKIE_NAME
    for who in ("Noor", "Daan", "Femke"):
        watched.context.clear_cookies()
        value = clients[who].cookies[cookie].value
        watched.context.add_cookies([{"name": cookie, "value": value, "url": base_url}])
        for name, address in sorted(addresses.items()):
            answer = clients[who].get(address)
            if answer.status_code != 200 or RAN.encode() not in getattr(answer, "content", b""):
                continue
            watched.where = f"{who} {name}, with scripts"
            watched.tab.goto(address, wait_until="load")
            watched.tab.wait_for_timeout(150)
            watched.checked(watched.tab)
