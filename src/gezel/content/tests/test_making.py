"""Colleagues make modules in the browser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gezel.catalogue.api import Activity
from gezel.content.models import Block, Module
from gezel.content.rules.bodies import Checklist, Question, Words
from gezel.content.tests.builders import EVERYTHING, WEBM, WEBVTT, a_module
from gezel.people.api import Organisation, Person
from gezel.skills.tests.builders import a_skill

pytestmark = pytest.mark.django_db
Visit = Callable[[Person], Client]

ABOUT = {"title_nl": "Kabels", "title_en": "Cables", "minutes": 5, "pass_percent": 80}
ASK = {
    "prompt_en": "What first?", "text1_en": "Stop", "right1": "on", "why1_en": "Yes.",
    "text2_en": "Go", "why2_en": "No.",
}  # fmt: skip


def url(name: str, *args: Any) -> str:
    return reverse(f"content:{name}", args=args)


def test_a_colleague_makes_a_module_from_nothing_to_offer(
    visit: Visit, noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    skill = a_skill(organisation=van_dijk)
    client = visit(noor)
    made = client.post(url("new"), ABOUT | {"skill_1": skill.pk, "level_1": 2})
    module = Module.objects.get()
    assert made["Location"] == url("edit", module.pk)
    assert (module.activity.state, module.activity.shared_by) == ("draft", noor)
    taught = module.activity.teaches.get()
    assert (taught.skill, taught.from_level, taught.to_level) == (skill, 1, 2)
    assert visit(daan).get(url("play", module.pk)).status_code == 404

    empty = client.post(url("offer", module.pk), {"state": "open"}, follow=True)
    assert b"Add at least one block" in empty.content
    forms: dict[str, dict[str, Any]] = {
        "text": {"body_en": "## Cables\n\nOrange."},
        "question": ASK,
        "reflection": {"prompt_nl": "Wat neem je mee?"},
        "checklist": {"items_nl": "Slot\nKaart", "items_en": "Lock\nTag"},
        "video": {
            "title_en": "Steps", "transcript_en": "Off.",
            "file": SimpleUploadedFile("a.webm", WEBM),
            "captions_en": SimpleUploadedFile("a.vtt", WEBVTT.encode()),
        },
    }  # fmt: skip
    for version, (kind, fields) in enumerate(forms.items(), 1):
        answer = client.post(url("add_block", module.pk, kind), fields | {"version": version})
        assert answer.status_code == 302, (kind, answer.content)

    assert [b.kind for b in module.blocks.current()] == list(forms)
    question = module.blocks.get(kind="question").content
    assert isinstance(question, Question)
    assert question.right == {"a"}
    checklist = module.blocks.get(kind="checklist").content
    assert checklist == Checklist(Words(), (Words("Slot", "Lock"), Words("Kaart", "Tag")))
    assert client.get(url("preview", module.pk)).status_code == 200
    client.post(url("offer", module.pk), {"state": "open"})
    assert visit(daan).get(url("play", module.pk)).status_code == 200
    client.post(url("offer", module.pk), {"state": "closed"})
    assert Activity.objects.get().state == "closed"


def test_who_may_edit(
    visit: Visit, daan: Person, femke: Person, sam: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, shared_by=daan)
    block = module.blocks.current()[0]
    pages = [
        url("edit", module.pk), url("about", module.pk), url("preview", module.pk),
        url("add_block", module.pk, "text"), url("change_block", module.pk, block.pk),
    ]  # fmt: skip
    for page in pages:
        assert visit(daan).get(page).status_code == 200, page
        assert visit(femke).get(page).status_code == 200, page
        assert visit(sam).get(page).status_code == 404, page
    for name in ("move_block", "remove_block"):
        assert visit(sam).post(url(name, module.pk, block.pk)).status_code == 404


def test_a_colleague_cannot_edit_what_another_shares(
    visit: Visit, noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    module = a_module(van_dijk, shared_by=daan)

    assert visit(noor).get(url("edit", module.pk)).status_code == 404
    assert visit(noor).get(url("add_block", module.pk, "text")).status_code == 404
    page = visit(noor).get(url("panel_start", module.activity_id)).content
    assert url("edit", module.pk).encode() not in page


def test_a_block_of_another_module_is_not_changed_through_this_one(
    visit: Visit, femke: Person, van_dijk: Organisation
) -> None:
    one, other = a_module(van_dijk), a_module(van_dijk, title="Other")
    block = other.blocks.current()[0]

    assert visit(femke).get(url("change_block", one.pk, block.pk)).status_code == 404


@pytest.mark.parametrize(
    "bad",
    [
        ("text", {}, "Write this in at least one language."),
        ("text", {"body_nl": "a" * 20_001}, "at most 20000"),
        ("question", {"prompt_en": "?", "text1_en": "a"}, "Give at least two answers"),
        ("question", ASK | {"right1": ""}, "Tick which answer is right."),
        ("question", ASK | {"right2": "on"}, "You ticked more than one right answer"),
        ("reflection", {}, "Write this in at least one language."),
        ("checklist", {"items_nl": "a\nb", "items_en": "a"}, "as many points in both"),
        ("checklist", {"items_nl": "\n".join("a" * 31)}, "at most 30 points"),
        ("image", {"alt_en": "x"}, "Choose a file."),
        ("image", {"alt_en": "x", "file": b"<svg/>"}, "not a picture we can show"),
        ("video", {"title_en": "x", "transcript_en": "x", "file": b"GIF89a"}, "not a video"),
        (
            "video",
            {"title_en": "x", "transcript_en": "x", "file": WEBM, "captions_nl": b"<html>"},
            "not captions in WebVTT form",
        ),
    ],
)
def test_bad_input_is_told_at_its_place_and_kept(
    visit: Visit, femke: Person, van_dijk: Organisation, bad: tuple[str, dict[str, Any], str]
) -> None:
    kind, fields, told = bad
    module = a_module(van_dijk)
    data = {
        name: SimpleUploadedFile("file", value) if isinstance(value, bytes) else value
        for name, value in fields.items()
    }

    answer = visit(femke).post(url("add_block", module.pk, kind), data | {"version": 1})

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert module.blocks.count() == 2
    for value in fields.values():
        if isinstance(value, str) and value not in {"", "on"}:
            assert value.splitlines()[0] in answer.content.decode()


def test_two_who_edit_at_once(visit: Visit, femke: Person, van_dijk: Organisation) -> None:
    module = a_module(van_dijk)
    block = module.blocks.current()[0]
    client, here = visit(femke), url("change_block", module.pk, block.pk)
    client.post(here, {"version": 1, "body_en": "First"})

    late = client.post(here, {"version": 1, "body_en": "Second"})
    assert late.status_code == 422
    page = late.content.decode()
    assert "Someone changed this module while you were writing." in page
    assert "Second" in page
    assert 'name="version" value="2"' in page

    assert client.post(here, {"version": 2, "body_en": "Second"}).status_code == 302
    assert Block.objects.get(pk=block.pk).content.body.en == "Second"  # type: ignore[union-attr]


def test_changing_what_it_is_about(visit: Visit, femke: Person, van_dijk: Organisation) -> None:
    skill = a_skill(organisation=van_dijk)
    module = a_module(van_dijk, teaches={a_skill("Old", organisation=van_dijk): 3})
    client = visit(femke)
    page = client.get(url("about", module.pk)).content.decode()
    assert 'value="High-voltage safety"' in page

    fields = ABOUT | {"version": 1, "skill_1": skill.pk, "level_1": 1, "minutes": 90}
    assert client.post(url("about", module.pk), fields).status_code == 302

    module.refresh_from_db()
    assert (module.minutes, module.version, str(module.activity.hours)) == (90, 2, "1.50")
    assert [t.skill for t in module.activity.teaches.all()] == [skill]
    assert client.post(url("about", module.pk), fields).status_code == 422


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"title_nl": "", "title_en": ""}, "Give a title"),
        ({"minutes": 0}, "greater than or equal to 1"),
        ({"pass_percent": 101}, "less than or equal to 100"),
        ({"level_1": 2}, "Choose the skill this level belongs to."),
        ({"skill_1": 999_999, "level_1": 2}, "not one of the available choices"),
    ],
)
def test_an_incomplete_description_is_told(
    visit: Visit, noor: Person, fields: dict[str, Any], told: str
) -> None:
    answer = visit(noor).post(url("new"), ABOUT | fields)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Module.objects.exists()


def test_skills_of_another_organisation_are_not_offered(
    visit: Visit, noor: Person, de_linde: Organisation
) -> None:
    theirs = a_skill("Theirs alone", organisation=de_linde)

    assert b"Theirs alone" not in visit(noor).get(url("new")).content
    answer = visit(noor).post(url("new"), ABOUT | {"skill_1": theirs.pk, "level_1": 2})
    assert answer.status_code == 422


def test_the_list_asks_little(
    visit: Visit, femke: Person, van_dijk: Organisation, django_assert_max_num_queries: Any
) -> None:
    module = a_module(van_dijk, EVERYTHING * 5)
    client = visit(femke)

    with django_assert_max_num_queries(12):
        client.get(url("edit", module.pk))
