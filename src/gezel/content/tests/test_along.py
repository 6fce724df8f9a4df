# ruff: noqa: E501 # blocks as people write them
"""Taking modules along: what goes comes back equal, and what plays elsewhere plays here."""

import io
import json
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
from gezel.content.rules.along.whole import NAME as OURS
from gezel.content.rules.cartridge import CartridgeRefused
from gezel.content.rules.packages.readers import READERS
from gezel.content.tests.builders import EVERYTHING, FILES, a_module, a_picture, an_activity
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

# What a form of others holds otherwise, or not at all.
NOT_ELSEWHERE: list[dict[str, Any]] = [
    {"kind": "order", "prompt": {"nl": "Welke eerst?", "en": "Which first?"},
     "steps": [{"nl": "Uit", "en": "Off"}, {"nl": "Slot", "en": "Lock"}], "why": {"en": "So."}},
    {"kind": "practical", "prompt": {"nl": "Doe het", "en": "Do it"}, "looker": "author"},
    {"kind": "embed", "title": {"en": "Elsewhere"}, "url": "https://www.example.test/x"},
    {"kind": "audio", "file": "hum.mp3", "title": {"nl": "Brom", "en": "Hum"},
     "transcript": {"nl": "brom", "en": "hum"}},
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
        media={**FILES, "p.png": a_picture(), "form.pdf": b"%PDF-1.7 form"},
    )


@pytest.fixture
def module(van_dijk: Organisation) -> Module:
    return made_of(van_dijk, ROUND)


def changed(archive: bytes, **other: bytes) -> bytes:
    """As another system hands it on: without what only we read, or with other content in a file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if other or name != OURS:
                new.writestr(name, other.get(name.replace(".", "_"), old.read(name)))
    return out.getvalue()


def back_from(
    archive: bytes, by: Person, organisation: Organisation, tmp_path: Path
) -> tuple[Module, list[dict[str, Any]]]:
    """The module that comes of a package, and what was told to stay out."""
    path = tmp_path / "again.zip"
    path.write_bytes(archive)
    intake = look_at(
        path, organisation=organisation, by=by, name="again.zip", language="en", key=uuid.uuid4()
    )
    (back,) = take_over(intake)
    return back, intake.found["left"]


def all_of(module: Module) -> Any:
    """Everything of a module that is not its address."""
    activity = module.activity
    blocks = module.blocks.current().select_related("media")
    return (
        activity.title_nl, activity.title_en, module.goal_nl, module.goal_en, module.minutes,
        module.pass_percent,
        [(b.kind, b.content.kept(), b.media.digest if b.media else "") for b in blocks],
    )  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("form", FORMS)
def test_from_every_form_a_module_comes_back_as_it_went(
    van_dijk: Organisation, noor: Person, tmp_path: Path, form: str, language: str
) -> None:
    """Every kind of block, both languages, captions, what is right and why, how much is enough."""
    module = made_of(van_dijk, [*ROUND, *EVERYTHING, *NOT_ELSEWHERE])
    module.goal_nl, module.goal_en, module.pass_percent = "Handen thuis.", "Hands off.", 75
    module.save()
    assert {b.kind for b in module.blocks.all()} == set(Block.Kind.values)

    back, left = back_from(file_of(module, form, language), noor, van_dijk, tmp_path)

    assert back.pk != module.pk
    assert all_of(back) == all_of(module)
    assert left == []
    assert back.activity.state == "draft"


@pytest.mark.parametrize("form", ["scorm2004", "cmi5", "cartridge"])
def test_what_was_changed_elsewhere_is_read_as_it_is_now(
    module: Module, noor: Person, van_dijk: Organisation, tmp_path: Path, form: str
) -> None:
    """What lies in it for us no longer counts, whoever changed what stands beside it."""
    file = {"cartridge": "pages/1.html"}.get(form, "index.html")
    archive = changed(
        file_of(module, form), **{file.replace(".", "_"): b"<html><body><p>Other words</p></body>"}
    )
    if form != "cartridge":
        with pytest.raises(CartridgeRefused) as refused:
            back_from(archive, noor, van_dijk, tmp_path)
        assert refused.value.why == "package"
        return
    back, left = back_from(archive, noor, van_dijk, tmp_path)
    assert all_of(back) != all_of(module)
    assert "discussion" in {row["why"] for row in left}


@pytest.mark.parametrize(
    "wrong",
    [
        {"gezel": 2}, {"title": {}}, {"title": {"nl": 1, "en": ""}}, {"goal": None},
        {"minutes": 0}, {"minutes": True}, {"enough": 101}, {"blocks": []}, {"blocks": {}},
        {"blocks": [{"kind": "text", "body": {"body": {"en": "x" * 30_000}}}]},
        {"blocks": [{"kind": "evil", "body": {}}]}, {"beside": {}}, {"beside": {"../x": "y"}},
        {"blocks": [{"kind": "image", "body": {"alt": {"en": "x"}}, "file": "../../etc/passwd"}]},
        {"blocks": [{"kind": "image", "body": {"alt": {"en": "x"}}}]},
        {"blocks": [{"kind": "text", "body": {"body": {"en": "x"}}, "file": "index.html"}]},
        {"blocks": [{"kind": "embed", "body": {"title": {"en": "x"}, "url": "javascript:x"}}]},
    ],
    ids=str,
)  # fmt: skip
def test_what_lies_in_it_for_us_is_believed_no_more_than_a_form(
    module: Module, noor: Person, van_dijk: Organisation, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    archive = file_of(module, "cmi5")
    told = json.loads(zipfile.ZipFile(io.BytesIO(archive)).read(OURS)) | wrong
    with pytest.raises(CartridgeRefused):
        back_from(
            changed(archive, **{OURS.replace(".", "_"): json.dumps(told).encode()}),
            noor, van_dijk, tmp_path,
        )  # fmt: skip


def test_captions_go_along_with_their_film(van_dijk: Organisation) -> None:
    module = a_module(van_dijk, EVERYTHING)
    for form in FORMS:
        made = zipfile.ZipFile(io.BytesIO(file_of(module, form, "en")))
        captions = [name for name in made.namelist() if name.endswith(".vtt")]
        assert captions, form
        assert all(made.read(name).startswith(b"WEBVTT") for name in captions)
        pages = [made.read(n).decode() for n in made.namelist() if n.endswith(".html")]
        assert any(f'src="{"../" * (form == "cartridge")}{captions[0]}"' in page for page in pages)
        manifest = "cmi5.xml" if form == "cmi5" else "imsmanifest.xml"
        assert form == "cmi5" or captions[0] in made.read(manifest).decode()


def test_a_cartridge_comes_back_equal(
    module: Module, noor: Person, van_dijk: Organisation, tmp_path: Path
) -> None:
    archive = tmp_path / "c.imscc"
    archive.write_bytes(changed(file_of(module, "cartridge")))
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
