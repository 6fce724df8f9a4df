"""Whatever someone writes stays words: hostile texts in every field, on every page of the house.

The house is furnished with one of everything, and then each text that people write, in whichever
table it stands, is replaced by texts that try to become something else. What a module holds is
tried with five hundred of them in a real browser (`content/tests/test_hostile_kinds.py`).
"""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from conftest import PageOf
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.template import Context, Template
from django.test import Client
from pytest_django import Settings

from gezel.people.api import Organisation, Person
from tests.full_house import furnish
from tests.house import ROOMS, pages
from tests.test_who_may_enter import NO_PAGES, address_of

RAN = "gezel_ran"
EVIL = [
    f"<img src=x onerror={RAN}(1)>",
    f'"><svg onload={RAN}(1)>',
    f"' autofocus onfocus={RAN}(1) x='",
    f'" autofocus onfocus={RAN}(1) x="',
    f"</script><script>{RAN}(1)</script>",
    f"</title></textarea><img src=x onerror={RAN}(1)>",
    f"[x](javascript:{RAN}(1))",
    "{{ 7|add:70 }}/seven",
]
WORKED_OUT = "77/seven"
# What a field that people write in is called, whatever stands behind it (a language, a part).
WRITTEN = re.compile(
    r"^(own_)?(name|title|about|words|reason|text|note|why|story|label|line|remark|question|answer|"
    r"wish|goal|summary|place|location|issuer|criteria|origin|because|source|course|document|"
    r"decided_by|conditions|aim|intake|has|guest_name|first_name|last_name|part_title|filename|"
    r"file_name|what|needs|site|number|aliases|message|who)(_|$)"
)
# Read by machines, kept with a digest or a signature, or never written by anybody.
NOT_WRITTEN = frozenset({
    "records.Statement", "records.Document", "records.Activity", "records.Attachment",
    "kit.Task", "kit.SearchEntry", "trust.Event", "trust.Counted", "profile.Credential",
    "trust.Filled", "trust.SettingChange", "content.Upload",
})  # fmt: skip


def hostile(field: "models.CharField[Any, Any] | models.TextField[Any, Any]", place: int) -> str:
    """As many of them as the field holds, beginning with another one each time."""
    most = min(field.max_length or 1_500, 1_500)
    told = ""
    for number in range(len(EVIL)):
        text = EVIL[(place + number) % len(EVIL)]
        if len(told) + len(text) + 1 <= most:
            told = f"{told} {text}".strip()
    return told


def fields() -> Iterator[tuple[type[models.Model], list[Any]]]:
    """Each table in which people write, with the fields they write in."""
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            told = [
                field
                for field in model._meta.concrete_fields
                if isinstance(field, models.CharField | models.TextField)
                and not isinstance(field, models.EmailField | models.URLField)
                and not field.choices
                and not field.unique
                and (field.max_length or 999) >= 60
                and WRITTEN.match(field.name)
            ]
            if told and model._meta.label not in NOT_WRITTEN:
                yield model, told


def worded(value: Any, text: str) -> Any:
    """The same JSON with other words wherever words stand in a language."""
    if isinstance(value, dict):
        if value and value.keys() <= {"nl", "en"} and all(type(v) is str for v in value.values()):
            return dict.fromkeys(value, text)
        return {
            # Captions are read as such before they are kept.
            name: inner if name.startswith("captions") else worded(inner, text)
            for name, inner in value.items()
        }
    return [worded(inner, text) for inner in value] if isinstance(value, list) else value


def write_evil() -> set[str]:
    """Put hostile texts wherever people write; gives back where that was."""
    written = set()
    for place, (model, told) in enumerate(fields()):
        for row, (pk,) in enumerate(model._default_manager.order_by("pk").values_list("pk")):
            values = {f.name: hostile(f, place + row + at) for at, f in enumerate(told)}
            try:
                with transaction.atomic():
                    model._default_manager.filter(pk=pk).update(**values)
            except DatabaseError:  # facts that nobody can change are told from another table
                continue
            written |= {f"{model._meta.label}.{f.name}" for f in told}
    for model in (apps.get_model("content.Block"), apps.get_model("content.Card")):
        for one in model._default_manager.all():
            model._default_manager.filter(pk=one.pk).update(
                body=worded(one.body, " ".join(EVIL)[:900])
            )
    return written


class Reader(HTMLParser):
    """What in a page would run, or lead to something that does."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag == "script" and ("type", "application/json") not in attrs else ""
        for name, value in attrs:
            told = (value or "").strip()
            if RAN in told and (
                name.startswith("on") or re.match(r"\w*script:", told, re.IGNORECASE)
            ):
                self.wrong.append(f"<{tag} {name}={told[:60]}>")

    def handle_data(self, data: str) -> None:
        if self.inside and RAN in data:
            self.wrong.append(f"script: {data[:60]}")


def wrong_in(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    return reader.wrong + (["a template was worked out"] if WORKED_OUT in html else [])


def test_the_reader_sees_what_would_run() -> None:
    """Each of them does, where nobody escapes it."""
    for evil in EVIL[:6]:
        assert wrong_in(f"<p title=\"x{evil}\">{evil}</p><p title='{evil}'></p>"), evil
    assert wrong_in(Template(EVIL[7]).render(Context()))
    assert wrong_in(f'<a href="javascript:{RAN}(1)">x</a>')
    assert not wrong_in(f"<p title='&lt;img onerror={RAN}(1)&gt;'>&lt;script&gt;{RAN}(1)</p>")


@pytest.mark.once  # what a template makes of it, no database changes
@pytest.mark.timeout(420)
def test_every_text_stays_words_on_every_page(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    visit: Callable[[Person], Client],
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    things = furnish(van_dijk, noor, daan, femke)
    addresses = {page.name: address_of(page, things) for page in pages() if page.is_ours}
    written = write_evil()
    assert {
        "content.Waiver.words", "content.Waiver.part_title", "gatherings.Gathering.about",
        "paths.Path.about_en", "paths.Path.name_nl", "plans.Step.title", "skills.Evidence.note",
    } <= written  # fmt: skip
    found: dict[str, list[str]] = {}
    seen = 0
    clients = {person.first_name: visit(person) for person in (noor, daan, femke)}
    for (who, client), (name, address) in product(clients.items(), addresses.items()):
        if name.startswith("api:") or name in NO_PAGES:
            continue
        answer = client.get(address)
        assert answer.status_code < 500, (name, answer.status_code)
        if answer.status_code != 200 or not answer.get("Content-Type", "").startswith("text/html"):
            continue
        html = answer.content.decode()
        seen += RAN in html
        if wrong := wrong_in(html):
            found[f"{who} {name}"] = wrong[:3]
    assert found == {}
    assert seen > 100, "hardly a page shows what was written"


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.timeout(420)
@pytest.mark.django_db(transaction=True)
def test_and_in_a_real_browser_nothing_runs(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    page_of: PageOf,
    settings: Settings,
    tmp_path: Path,
) -> None:
    """Where people write about each other and to each other: paths, sessions, who is let off.
    What the policy of a page stops fails too: see `page_of`."""
    settings.MEDIA_ROOT = tmp_path
    things = furnish(van_dijk, noor, daan, femke)
    write_evil()
    tab = page_of(femke)
    ran: list[object] = []

    def hear(said: object) -> None:
        ran.append(said)

    tab.expose_function(RAN, hear)
    told = 0
    for page in pages():
        if not page.name.startswith(("paths:", "gatherings:", "content:waivers")):
            continue
        address = address_of(page, things)
        answer = tab.request.get(address, max_redirects=0)
        kind = answer.headers.get("content-type", "")
        if answer.status != 200 or "text/html" not in kind or RAN not in answer.text():
            continue
        tab.goto(address)
        tab.wait_for_load_state("networkidle")
        told += 1
    assert ran == []
    assert told > 10
    tab.evaluate(f"{RAN}(7)")
    assert ran == [7], "it would have been heard"
