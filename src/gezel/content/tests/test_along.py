# ruff: noqa: E501 # blocks as people write them
"""Taking modules along: what goes comes back equal, and what plays elsewhere plays here."""

import io
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gezel.content.actions import look_at, make_module, take_over
from gezel.content.actions.along import FORMS, take_along
from gezel.content.models import Block, Module
from gezel.content.rules.along.course import SAID
from gezel.content.rules.packages.readers import READERS
from gezel.content.tests.builders import EVERYTHING, a_module, a_picture, an_activity
from gezel.kit.archives import unpack
from gezel.kit.markup import read_xml
from gezel.people.api import Organisation, Person

HARD = "## Cables & <b>more</b>\n\n1. one\n   - deep *it* `a*b`\n\n> said\n\n| A | B |\n|---|---|\n| 1 | 2 |"
ROUND: list[dict[str, Any]] = [
    {"kind": "text", "body": {"en": HARD, "nl": "## Kabels"}},
    {"kind": "image", "file": "p.png", "alt": {"en": 'A "cable" & more'}, "caption": {"en": "Orange"}},
    {"kind": "question", "prompt": {"en": "What <first>?"}, "option": [
        {"text": {"en": "Off & out"}, "right": True, "why": {"en": "Yes."}},
        {"text": {"en": "On"}, "right": False, "why": {"en": "Later."}}]},
    {"kind": "question", "multiple": True, "prompt": {"en": "Which?"}, "option": [
        {"text": {"en": "Date"}, "right": True}, {"text": {"en": "Class"}, "right": True},
        {"text": {"en": "Colour"}, "right": False}]},
    {"kind": "short", "prompt": {"en": "Colour?"}, "accepted": ["orange", "oranje"],
     "why": {"en": "See the cable."}},
    {"kind": "number", "prompt": {"en": "How much?"}, "value": "12.6", "off": "0.2",
     "unit": {"en": "V"}, "why": {"en": "At rest."}},
    {"kind": "match", "prompt": {"en": "Match"}, "pairs": [
        {"left": {"en": "L1"}, "right": {"en": "brown"}},
        {"left": {"en": "N"}, "right": {"en": "blue"}}], "why": {"en": "Look."}},
    {"kind": "reflection", "prompt": {"en": "What do you take along & why?"}},
    {"kind": "text", "body": {"en": "Only words."}},
    {"kind": "file", "file": "form.pdf", "title": {"en": "The form"}, "name": "form (1).pdf"},
]  # fmt: skip


def in_one(kept: Any, language: str) -> Any:
    """A body as it is in one language alone."""
    if isinstance(kept, dict):
        if set(kept) == {"nl", "en"}:
            return kept[language] or kept["nl" if language == "en" else "en"]
        return {name: in_one(told, language) for name, told in kept.items()}
    if isinstance(kept, list):
        return [in_one(told, language) for told in kept]
    return kept


def told(module: Module, language: str = "en") -> list[tuple[str, Any, str]]:
    return [
        (b.kind, in_one(b.content.kept(), language), b.media.digest if b.media else "")
        for b in module.blocks.current().select_related("media")
    ]


def file_of(module: Module, form: str, language: str = "en") -> bytes:
    out = io.BytesIO()
    take_along(module, form, language=language, into=out)
    return out.getvalue()


def made_of(organisation: Organisation, blocks: list[dict[str, Any]]) -> Module:
    return make_module(
        an_activity(organisation, "Cables"),
        goal={"en": "Hands off."},
        minutes=5,
        pass_percent=60,
        blocks=blocks,
        media={"p.png": a_picture(), "form.pdf": b"%PDF-1.7 form"},
    )


@pytest.fixture
def module(van_dijk: Organisation) -> Module:
    return made_of(van_dijk, ROUND)


def test_a_cartridge_comes_back_equal(
    module: Module, noor: Person, van_dijk: Organisation, tmp_path: Path
) -> None:
    archive = tmp_path / "c.imscc"
    archive.write_bytes(file_of(module, "cartridge"))
    intake = look_at(
        archive, organisation=van_dijk, by=noor, name="c.imscc", language="en", key=uuid.uuid4()
    )
    (back,) = take_over(intake)

    assert told(back) == told(module)
    assert {row["why"] for row in intake.found["left"]} == {"discussion"}
    # And once more: what came back goes along as the same file, but for which module it is.
    again = zipfile.ZipFile(io.BytesIO(file_of(back, "cartridge")))
    first = zipfile.ZipFile(io.BytesIO(archive.read_bytes()))
    assert {n: first.read(n) for n in first.namelist() if n.startswith("pages/")} == {
        n: again.read(n) for n in again.namelist() if n.startswith("pages/")
    }


def test_the_same_module_is_the_same_file(module: Module) -> None:
    for form in FORMS:
        assert file_of(module, form) == file_of(module, form)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("form", ["scorm2004", "scorm12", "cmi5"])
def test_what_plays_elsewhere_is_read_here(
    module: Module, tmp_path: Path, form: str, language: str
) -> None:
    archive = tmp_path / "in.zip"
    archive.write_bytes(file_of(module, form, language))
    names = unpack(archive, tmp_path / "into")
    reader = next((r for r in READERS if r.claims(names)), None)
    assert reader, f"nothing reads {form}"
    manifest = reader.read(tmp_path / "into", names)
    if manifest.form == "pages":
        pytest.skip(f"nothing here reads {form} yet")
    assert manifest.form == form
    assert [unit.path.partition("?")[0] for unit in manifest.units] == ["index.html"]
    assert not manifest.warnings

    page = (tmp_path / "into/index.html").read_text()
    assert f'<html lang="{language}">' in page
    assert SAID[language]["check"] in page
    assert "<b>more</b>" not in page
    for name in names:
        if name.endswith(".xml"):
            read_xml((tmp_path / "into" / name).read_bytes())


def test_nothing_in_a_module_runs_in_what_is_taken_along(van_dijk: Organisation) -> None:
    evil = '</script><script>alert(1)</script>"><img src=x onerror=alert(1)>{{7*7}}]]>'
    module = made_of(
        van_dijk,
        [
            {"kind": "text", "body": {"en": evil}},
            {"kind": "image", "file": "p.png", "alt": {"en": evil}, "caption": {"en": evil}},
            {"kind": "question", "prompt": {"en": evil}, "option": [
                {"text": {"en": evil}, "right": True, "why": {"en": evil}},
                {"text": {"en": "b"}, "right": False}]},
            {"kind": "short", "prompt": {"en": evil}, "accepted": [evil[:90]]},
            {"kind": "match", "prompt": {"en": evil}, "pairs": [
                {"left": {"en": evil}, "right": {"en": evil + "1"}},
                {"left": {"en": "b"}, "right": {"en": "c"}}]},
            {"kind": "checklist", "prompt": {"en": evil}, "items": {"en": [evil]}},
            {"kind": "reflection", "prompt": {"en": evil}},
        ],
    )  # fmt: skip
    module.activity.title_en = evil
    module.activity.save()
    module.goal_en = evil
    module.save()
    for form in FORMS:
        made = zipfile.ZipFile(io.BytesIO(file_of(module, form)))
        for name in made.namelist():
            text = made.read(name).decode("utf-8", "replace")
            if name.endswith(".html"):
                assert "<img src=x" not in text, name
                assert text.lower().count("<script") == (2 if form != "cartridge" else 0), name
            elif name.endswith(".xml"):
                read_xml(text.encode())


def test_every_kind_of_block_goes_along_or_is_named(
    van_dijk: Organisation, visit: Any, femke: Person, daan: Person,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    module = a_module(van_dijk, EVERYTHING)
    assert {b.kind for b in Block.objects.filter(module=module)} >= {"text", "checklist"}
    for form in FORMS:
        assert file_of(module, form, "nl")
    client = visit(femke)
    with django_assert_max_num_queries(14):
        page = client.get(reverse("content:along", args=[module.pk])).content.decode()
    assert "SCORM 2004" in page
    assert "checklist" in page
    with django_assert_max_num_queries(16):
        answer = client.get(
            reverse("content:along_file", args=[module.pk, "cartridge"]) + "?language=nl"
        )
    assert answer.headers["Content-Disposition"].endswith('-cartridge-nl.imscc"')
    assert answer.getvalue().startswith(b"PK")
    for address in ("scorm9?language=nl", "cmi5?language=fr"):
        form, _mark, query = address.partition("?")
        where = reverse("content:along_file", args=[module.pk, form])
        assert client.get(f"{where}?{query}").status_code == 404
    assert visit(daan).get(reverse("content:along", args=[module.pk])).status_code == 404
