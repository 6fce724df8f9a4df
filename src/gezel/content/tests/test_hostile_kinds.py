"""Five hundred hostile texts in every text field of a module, in real Chromium: nothing runs."""

import uuid
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from conftest import PageOf
from django.urls import reverse
from playwright.sync_api import Dialog, Page

from gezel.content import actions
from gezel.content.models import ContentSettings, Module
from gezel.content.tests import builders
from gezel.content.tests.builders import an_activity
from gezel.content.tests.test_hostile_text import PAYLOADS
from gezel.people.api import Organisation, Person

# What stands around a payload: ends of elements and attributes it might break out of.
AROUND = (
    ("", ""), ('">', ""), ("'>", "<!--"), ("</p></div>", ""), ("</script>", "<script>"),
    ("\\", "\\"), ("]]>", "<![CDATA["),
)  # fmt: skip
LONGEST = 900


def hostile() -> list[str]:
    """Over five hundred: each payload in each surrounding."""
    return [before + text + after for (before, after), text in product(AROUND, PAYLOADS)]


def packed(texts: list[str]) -> Iterator[str]:
    """As many together as fit in one line of a form; escaping knows no neighbours."""
    line = ""
    for text in texts:
        flat = " ".join(text.split())[:LONGEST]
        if len(line) + len(flat) + 1 > LONGEST:
            yield line
            line = ""
        line = f"{line} {flat}".strip()
    yield line


def blocks_with(line: str, place: int) -> list[dict[str, Any]]:
    """A block of each kind with this text in all its fields."""
    told = {"nl": line, "en": line}
    option = {"text": told, "why": told}
    return [
        {"kind": "image", "file": "parts.svg", "alt": told, "caption": told},
        {"kind": "video", "file": "isolate.webm", "title": told, "transcript": told},
        {"kind": "audio", "file": "hum.mp3", "title": told, "transcript": told},
        {"kind": "file", "file": "checklist.pdf", "title": told},
        {"kind": "question", "prompt": told, "option": [option | {"right": True}, option]},
        {"kind": "reflection", "prompt": told},
        {"kind": "checklist", "prompt": told, "items": {"nl": [line], "en": [line]}},
        {"kind": "order", "prompt": told, "why": told,
         "steps": [told, {"nl": f"{place} {line}", "en": f"{place} {line}"}]},
        {"kind": "match", "prompt": told, "why": told,
         "pairs": [{"left": told, "right": told}, {"left": {"en": f"{place} {line}"},
                                                   "right": {"en": f"{place} {line}"}}]},
        {"kind": "number", "prompt": told, "why": told, "value": "1",
         "unit": {"en": line[:40]}},
        {"kind": "short", "prompt": told, "why": told, "accepted": [f"x{line[:150]}"]},
        {"kind": "embed", "title": told, "url": "https://player.vimeo.com/video/1"},
    ]  # fmt: skip


@pytest.fixture
def module(van_dijk: Organisation, noor: Person, daan: Person) -> Module:
    """Every kind of block with all of it, and the same in what colleagues write around it."""
    ContentSettings.objects.create(organisation=van_dijk, embed_hosts=["player.vimeo.com"])
    texts = hostile()
    lines = list(packed(texts))
    prose = "\n\n".join(texts)
    made = [block for place, line in enumerate(lines) for block in blocks_with(line, place)]
    for at in range(0, len(prose), 19_000):
        told = {"en": prose[at : at + 19_000]}
        made += [{"kind": "text", "body": told},
                 {"kind": "practical", "prompt": told, "looker": "lead"}]  # fmt: skip
    found = actions.make_module(
        an_activity(van_dijk, lines[0][:250], shared_by=noor),
        goal={"nl": lines[0][:500], "en": lines[0][:500]},
        minutes=5,
        blocks=made,
        media=builders.FILES,
    )
    for number, line in enumerate(lines[:20]):
        actions.ask(found, daan, text=line, key=uuid.uuid4())
        if number == 0:
            actions.thank(found, daan, line=line[:300])
    actions.add_block(found, kind="text", body=found.blocks.filter(kind="text")[0].content, by=noor)
    return found


def what_runs(page: Page) -> list[str]:
    """Elements that could do something and are not ours."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("*")].flatMap((e) => [
          ...[...e.attributes]
            .filter((a) => a.name.startsWith("on") || /^\\s*javascript:/i.test(a.value))
            .map((a) => `${e.tagName} ${a.name}`),
          ...(e.matches("script:not([src]), iframe, object, embed, base, meta[http-equiv=refresh]")
            ? [e.outerHTML.slice(0, 100)] : [])])"""
    )
    return found


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.timeout(400)
@pytest.mark.django_db(transaction=True)
def test_nothing_anyone_writes_runs_anywhere(
    module: Module, noor: Person, femke: Person, page_of: PageOf
) -> None:
    """Page after page: no dialog, no handler, no element of theirs; a violation fails by itself."""
    assert len(hostile()) >= 500
    review = actions.ask_review(module, by=noor, reviewer=femke)
    blocks = {kind: module.blocks.filter(kind=kind)[0].pk for kind in ("text", "order")}
    opened: list[str] = []

    def note(dialog: Dialog) -> None:
        opened.append(dialog.message)
        dialog.dismiss()

    for person, address in (
        (noor, reverse("content:preview", args=[module.pk])),
        (noor, reverse("content:edit", args=[module.pk])),
        (noor, reverse("content:version", args=[module.pk, 1])),
        (noor, reverse("content:change_block", args=[module.pk, blocks["order"]])),
        (noor, reverse("content:change_block", args=[module.pk, blocks["text"]])),
        (noor, reverse("catalogue:activity", args=[module.activity_id])),
        (femke, reverse("content:review", args=[review.pk])),
    ):
        page = page_of(person)
        page.set_default_timeout(60_000)
        page.on("dialog", note)
        page.goto(address)
        assert what_runs(page) == [], address
    assert opened == []
