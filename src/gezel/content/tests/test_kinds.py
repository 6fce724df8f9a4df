"""The later kinds of block: what they hold, what answers them, what is refused, how they play."""

import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from conftest import PageOf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from gezel.content import actions, queries
from gezel.content.actions import Given, keep_answers, start
from gezel.content.models import ContentSettings
from gezel.content.rules import kinds, scoring
from gezel.content.rules.bodies import Malformed
from gezel.content.rules.uploads import file_kind
from gezel.content.tests import builders
from gezel.content.tests.builders import LATER_KINDS, a_module, answer_everything, fitting
from gezel.people.api import Organisation, Person

RAW: dict[str, dict[str, Any]] = {
    str(block["kind"]): {key: value for key, value in block.items() if key not in {"kind", "file"}}
    for block in LATER_KINDS
}
RAW["file"]["name"] = "checklist.pdf"
ASKED = ("order", "match", "number", "short")


def body(kind: str, **changes: Any) -> kinds.Body:
    return kinds.body_of(kind, RAW[kind] | changes)


# --- Bodies -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(RAW))
def test_what_is_kept_reads_back_as_it_was(kind: str) -> None:
    read = body(kind)

    assert kinds.body_of(kind, read.kept()) == read


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("audio", {"transcript": {}}),
        ("audio", {"captions": {}}),
        ("file", {"name": ""}),
        ("file", {"name": 3}),
        ("order", {"steps": [{"nl": "one"}]}),
        ("order", {"steps": [{"nl": "one"}, {"nl": "One"}]}),
        ("order", {"steps": "ab"}),
        ("match", {"pairs": [{"left": {"en": "a"}, "right": {}}] * 2}),
        ("match", {"pairs": [{"left": {"en": "a"}, "middle": {}}] * 2}),
        ("number", {"value": "ten"}),
        ("number", {"value": "NaN"}),
        ("number", {"value": "1e400"}),
        ("number", {"value": True}),
        ("number", {"off": "-1"}),
        ("short", {"accepted": []}),
        ("short", {"accepted": [" . "]}),
        ("short", {"accepted": ["x" * 201]}),
        ("practical", {"looker": "anyone"}),
        ("embed", {"url": "http://player.vimeo.com/video/1"}),
    ],
)
def test_what_cannot_be_played_is_refused_at_its_field(
    kind: str, changes: Mapping[str, Any]
) -> None:
    with pytest.raises(Malformed) as refused:
        body(kind, **changes)

    assert refused.value.field in {*changes, "middle"} | {"pairs"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(kind=st.sampled_from(sorted(RAW)), name=st.data(), value=json_values)
def test_any_json_in_any_field_is_a_body_or_malformed(
    kind: str, name: st.DataObject, value: Any
) -> None:
    field = name.draw(st.sampled_from(sorted(RAW[kind])))
    try:
        read = body(kind, **{field: value})
    except Malformed:
        return
    assert kinds.body_of(kind, read.kept()) == read


@pytest.mark.parametrize(
    ("given_address", "shown"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
        ("https://Player.Example.org/a?b=c", "https://player.example.org/a?b=c"),
        ("http://vimeo.com/1", None),
        ("javascript:alert(1)", None),
        ("https://localhost/x", None),
        ("https://127.0.0.1/x", None),
        ("https://[::1]/x", None),
        ("https://example.org:8443/x", None),
        ("https://noor@example.org/", None),
        ("https://example.org/a b", None),
        ("https://example.org/';script-src *", None),
        ("data:text/html,x", None),
    ],
)  # fmt: skip
def test_an_embed_is_one_https_page_of_one_host(given_address: str, shown: str | None) -> None:
    assert kinds.embed_address(given_address) == shown


@given(st.text())
def test_a_host_on_the_list_is_a_bare_name(text: str) -> None:
    host = kinds.host_of(text)

    assert host is None or (kinds.host_of(host) == host and not set(host) & set(" ;,'\"*/"))


# --- Answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ASKED)
def test_only_the_whole_right_answer_is_right(kind: str) -> None:
    asked = body(kind)

    assert scoring.right_of(asked, scoring.value_of(asked, fitting(asked))) is True
    assert scoring.right_of(asked, scoring.value_of(asked, fitting(asked, right=False))) is False


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("order", {"order": [0, 1]}),
        ("order", {"order": [0, 1, 1]}),
        ("order", {"order": [0, 1, True]}),
        ("order", {"order": None}),
        ("match", {"pairs": [0, 2]}),
        ("number", {"number": 10}),
        ("number", {"number": "__import__('os')"}),
        ("number", {"number": "1_0"}),
        ("number", {"number": "inf"}),
        ("short", {"short": "  "}),
        ("short", {"short": ["a"]}),
        ("short", {}),
    ],
)
def test_what_is_no_answer_is_refused(kind: str, value: Mapping[str, Any]) -> None:
    with pytest.raises(Malformed):
        scoring.value_of(body(kind), value)


@pytest.mark.parametrize(
    ("said", "right"),
    [("10", True), ("10,5", True), ("9.5", True), ("10,51", False), ("−10", False), ("1e1", True)],
)
def test_a_number_is_right_within_what_the_author_allows(said: str, right: bool) -> None:
    asked = body("number")

    assert scoring.right_of(asked, scoring.value_of(asked, {"number": said})) is right


def test_a_number_is_compared_exactly() -> None:
    asked = body("number", value="0.3", off="0.1")

    assert scoring.right_of(asked, {"number": str(Decimal("0.4"))}) is True


@pytest.mark.parametrize(
    "said", ["Service Plug", "  service   plug. ", "SERVICESTEKKER", "sérvice plug"]
)
def test_words_are_right_whatever_their_capitals_accents_and_spaces(said: str) -> None:
    asked = body("short")

    assert scoring.right_of(asked, scoring.value_of(asked, {"short": said})) is True


@given(st.integers(2, 10))
def test_steps_never_stand_in_the_right_order_at_once(many: int) -> None:
    asked = kinds.body_of(
        "order", {"prompt": {"en": "?"}, "steps": [{"en": f"step {n}"} for n in range(many)]}
    )
    assert isinstance(asked, kinds.Ordering)
    order = kinds.shown_order(asked)

    assert sorted(order) == list(range(many))
    assert order != tuple(range(many))
    assert order == kinds.shown_order(asked)


# --- Files ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("invoice.pdf.exe", b"MZ\x90"),
        ("invoice.pdf", b"MZ\x90"),
        ("page.html", b"<html>"),
        ("drawing.svg", b"<svg>"),
        ("note.txt", b"<script>alert(1)</script>"),
        ("note.txt", b"#!/bin/sh"),
        ("note.txt", b"a\x00b"),
        ("note.txt", b"\xef\xbb\xbf <svg onload=alert(1)>"),
        ("macro.docm", b"PK\x03\x04"),
        ("sheet.xlsx", b"\xd0\xcf\x11\xe0"),
        ("photo.png", b"GIF89a"),
        ("nothing", b"%PDF-1.7"),
        ("archive.tar.gz", b"\x1f\x8b"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(name: str, data: bytes) -> None:
    assert file_kind(name, data) == ""


@pytest.mark.django_db
def test_a_file_is_only_ever_a_download(
    van_dijk: Organisation, noor: Person, sam: Person, visit: Callable[[Person], Client]
) -> None:
    module = a_module(van_dijk, [builders.HANDOUT])
    block = module.blocks.get()
    address = reverse("content:take_along", args=[module.pk, block.pk])
    answer = visit(noor).get(address)

    assert answer.status_code == 200
    assert b"".join(answer) == builders.PDF
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="checklist.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert visit(noor).get(address, headers={"Range": "bytes=0-3"}).status_code == 206
    assert visit(sam).get(address).status_code == 404
    media = block.media
    assert media is not None
    shown = visit(noor).get(reverse("content:media", args=[module.pk, media.pk, media.name]))
    assert shown["Content-Disposition"].startswith("attachment")


# --- Making -----------------------------------------------------------------------------------

FORMS: dict[str, dict[str, Any]] = {
    "order": {"prompt_en": "In which order?", "steps_en": "Off\nLock\nMeasure"},
    "match": {"prompt_en": "What?", "left1_en": "a", "right1_en": "1", "left2_en": "b",
              "right2_en": "2"},
    "number": {"prompt_en": "How many?", "value": "12,5", "off": ""},
    "short": {"prompt_en": "What is it?", "accepted": "plug\nstekker"},
    "practical": {"prompt_en": "Lock out a car.", "looker": "author"},
    "embed": {"title_en": "The maker", "url": "https://vimeo.com/1"},
}  # fmt: skip


def _add(client: Client, module: Any, kind: str, data: Mapping[str, Any]) -> Any:
    return client.post(
        reverse("content:add_block", args=[module.pk, kind]), {"version": module.version, **data}
    )


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(FORMS))
def test_each_kind_is_made_changed_and_shown_again(
    van_dijk: Organisation, noor: Person, visit: Callable[[Person], Client], kind: str
) -> None:
    ContentSettings.objects.create(organisation=van_dijk, embed_hosts=["player.vimeo.com"])
    module = a_module(van_dijk, shared_by=noor)
    client = visit(noor)

    assert _add(client, module, kind, FORMS[kind]).status_code == 302
    block = module.blocks.current().get(kind=kind)
    page = client.get(reverse("content:change_block", args=[module.pk, block.pk]))
    form = page.context["form"]
    again = {f.html_name: f.value() for f in form if f.value() is not None}
    assert client.post(page.request["PATH_INFO"], again).status_code == 302
    assert module.blocks.current().get(kind=kind).content == block.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("order", {"steps_en": "Off"}, "steps_nl"),
        ("order", {"steps_nl": "Uit\nSlot"}, "steps_en"),
        ("order", {"steps_en": "\n".join("abcdefghijk")}, "steps_nl"),
        ("match", {"right2_en": ""}, "right2_nl"),
        ("match", {"left2_en": "", "right2_en": ""}, "left1_nl"),
        ("number", {"value": "a dozen"}, "value"),
        ("number", {"value": ""}, "value"),
        ("number", {"off": "-2"}, "off"),
        ("short", {"accepted": " \n."}, "accepted"),
        ("practical", {"looker": "everyone"}, "looker"),
        ("practical", {"prompt_en": ""}, "prompt_nl"),
        ("embed", {"url": "ftp://vimeo.com/1"}, "url"),
        ("embed", {"url": "https://evil.example/1"}, "url"),
    ],
)
def test_a_mistake_is_told_at_its_field(
    *,
    van_dijk: Organisation,
    noor: Person,
    visit: Callable[[Person], Client],
    kind: str,
    changes: Mapping[str, Any],
    field: str,
) -> None:
    ContentSettings.objects.create(organisation=van_dijk, embed_hosts=["player.vimeo.com"])
    module = a_module(van_dijk, shared_by=noor)
    answer = _add(visit(noor), module, kind, {**FORMS[kind], **changes})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not module.blocks.filter(kind=kind).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "name", "data", "made"),
    [
        ("audio", "hum.mp3", builders.MP3, "audio/mpeg"),
        ("audio", "hum.mp3", b"not a sound", None),
        ("file", "../list.pdf", builders.PDF, "application/pdf"),
        ("file", "list.pdf.exe", b"MZ", None),
        ("file", "list.pdf", b"<html>", None),
    ],
)
def test_files_of_blocks_are_taken_in_or_refused(
    *,
    van_dijk: Organisation,
    noor: Person,
    visit: Callable[[Person], Client],
    kind: str,
    name: str,
    data: bytes,
    made: str | None,
) -> None:
    module = a_module(van_dijk, shared_by=noor)
    told = {"title_en": "It", "transcript_en": "Words", "file": SimpleUploadedFile(name, data)}
    answer = _add(visit(noor), module, kind, told)
    block = module.blocks.current().filter(kind=kind).first()

    assert answer.status_code == (302 if made else 422)
    assert (block.media.kind if block and block.media else None) == made
    if kind == "file" and block:
        assert isinstance(block.content, kinds.Download)
        assert block.content.name == "list.pdf"


# --- Playing ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_all_kinds_are_played_and_counted(van_dijk: Organisation, noor: Person) -> None:
    module = a_module(van_dijk, (*builders.EVERYTHING, *LATER_KINDS))
    attempt = start(noor, module, organisation=van_dijk)
    answer_everything(attempt)
    playing = queries.play(attempt)

    assert playing.state.questions == 6
    assert playing.state.right == 6
    assert actions.finish(attempt, organisation=van_dijk).passed is True


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("raw", "posted", "right"),
    [
        (builders.ORDER, {"place_0": "1", "place_1": "2", "place_2": "3"}, True),
        (builders.ORDER, {"place_0": "3", "place_1": "2", "place_2": "1"}, False),
        (builders.MATCH, {"pair_0": "0", "pair_1": "1"}, True),
        (builders.NUMBER, {"number": "10,2"}, True),
        (builders.SHORT, {"short": "Servicestekker"}, True),
    ],
)
def test_without_scripts_a_question_is_a_form(
    *,
    van_dijk: Organisation,
    noor: Person,
    visit: Callable[[Person], Client],
    raw: Mapping[str, Any],
    posted: Mapping[str, str],
    right: bool,
) -> None:
    module = a_module(van_dijk, [raw])
    attempt = start(noor, module, organisation=van_dijk)
    client = visit(noor)
    block = module.blocks.get()
    client.post(
        reverse("content:step", args=[attempt.registration]),
        {"block": block.pk, "key": str(uuid.uuid4()), **posted},
    )

    assert attempt.answers.get().right is right
    page = client.get(reverse("content:play", args=[module.pk]) + "?step=1").content.decode()
    assert ("That is right." if right else "Not quite.") in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "posted",
    [{"place_0": "1", "place_1": "1", "place_2": "2"}, {"place_0": "x"}, {},
     {"place_0": "1", "place_1": "2", "place_2": "3", "place_3": "4"}],
)  # fmt: skip
def test_a_form_that_is_no_answer_keeps_nothing(
    van_dijk: Organisation,
    noor: Person,
    visit: Callable[[Person], Client],
    posted: Mapping[str, str],
) -> None:
    module = a_module(van_dijk, [builders.ORDER])
    attempt = start(noor, module, organisation=van_dijk)
    answer = visit(noor).post(
        reverse("content:step", args=[attempt.registration]),
        {"block": module.blocks.get().pk, "key": str(uuid.uuid4()), **posted},
    )

    assert answer.status_code == 302
    assert not attempt.answers.exists()


@pytest.mark.django_db
def test_only_allowed_hosts_come_into_the_policy_of_that_page(
    van_dijk: Organisation, noor: Person, visit: Callable[[Person], Client]
) -> None:
    module = a_module(van_dijk, [builders.EMBED])
    plain = a_module(van_dijk, title="Without")
    for one in (module, plain):
        start(noor, one, organisation=van_dijk)
    address = reverse("content:play", args=[module.pk])
    before = visit(noor).get(address)

    assert "frame-src" not in before["Content-Security-Policy"]
    assert "does not show player.vimeo.com" in before.content.decode()
    ContentSettings.objects.create(organisation=van_dijk, embed_hosts=["player.vimeo.com"])
    after = visit(noor).get(address)
    assert "frame-src https://player.vimeo.com" in after["Content-Security-Policy"]
    assert (
        "frame-src"
        not in visit(noor).get(reverse("content:play", args=[plain.pk]))["Content-Security-Policy"]
    )


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.django_db(transaction=True)
def test_the_sorts_of_question_are_answered_on_a_phone(
    van_dijk: Organisation,
    noor: Person,
    page_of: PageOf,
    accessible: Callable[[Page], None],
) -> None:
    asked = (builders.ORDER, builders.MATCH, builders.NUMBER, builders.SHORT)
    attempt = start(noor, a_module(van_dijk, asked), organisation=van_dijk)
    page = page_of(noor, phone=True)
    page.goto(reverse("content:play", args=[attempt.module_id]))
    step = page.locator(".play-step:not([hidden])")
    check = step.get_by_role("button", name="Check")

    def judged(words: str) -> None:
        accessible(page)
        check.click()
        expect(step.get_by_text(words)).to_be_visible()
        accessible(page)
        step.get_by_role("link", name="Next").click()

    for wanted, name in enumerate(("Off", "Lock", "Measure")):
        names = step.locator(".play-what").all_inner_texts()
        for _time in range(names.index(name) - wanted):
            step.get_by_role("button", name=f"Up: {name}").press("Enter")
    judged("That is right.")
    check.click()
    expect(step.get_by_text("Answer this first.")).to_be_visible()
    step.get_by_label("Orange").select_option(label="12 volt")
    step.get_by_label("Black").select_option(label="High voltage")
    judged("Orange → High voltage")
    step.get_by_label("How many minutes do you wait?").fill("10,5")
    judged("That is right.")
    step.get_by_label("What is the plug called?").fill("SERVICE plug.")
    judged("That is right.")
    expect(page.locator("[data-state][data-now=saved]")).to_be_visible()

    playing = queries.play(attempt)
    assert [s.right for s in playing.steps] == [True, False, True, True]


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.django_db(transaction=True)
def test_sound_files_practice_and_embeds_are_there_on_a_phone(
    van_dijk: Organisation,
    noor: Person,
    page_of: PageOf,
    accessible: Callable[[Page], None],
) -> None:
    ContentSettings.objects.create(organisation=van_dijk, embed_hosts=["player.vimeo.com"])
    shown = (builders.RECORDING, builders.HANDOUT, builders.PRACTICAL, builders.EMBED)
    attempt = start(noor, a_module(van_dijk, shown), organisation=van_dijk)
    page = page_of(noor, phone=True, dark=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("https://player.vimeo.com/**", lambda route: route.fulfill(body="<p>film</p>"))
    page.goto(reverse("content:play", args=[attempt.module_id]))
    step = page.locator(".play-step:not([hidden])")
    for there in ("What it sounds like", "checklist.pdf", "Photo and a line", "The maker explains"):
        expect(step.get_by_text(there).first).to_be_visible()
        accessible(page)
        if there != "The maker explains":
            step.get_by_role("button", name="Next").click()
    assert not any("vimeo" in url for url in asked)
    step.get_by_role("button", name="Load it here").click()
    expect(page.frame_locator("iframe").get_by_text("film")).to_be_visible()
    step.get_by_role("button", name="Next").click()
    expect(page.locator("[data-state][data-now=saved]")).to_be_visible()

    assert queries.play(attempt).state.is_whole


@pytest.mark.django_db
def test_an_answer_of_a_phone_to_a_later_kind_is_graded_by_us(
    van_dijk: Organisation, noor: Person
) -> None:
    module = a_module(van_dijk, [builders.NUMBER])
    attempt = start(noor, module, organisation=van_dijk)
    block = module.blocks.get()
    kept = keep_answers(
        attempt,
        [
            Given(uuid.uuid4(), block.pk, attempt.started_at, {"number": "ten"}),
            Given(uuid.uuid4(), block.pk, attempt.started_at, {"number": "10"}),
        ],
    )

    assert [k.state for k in kept] == ["refused", "kept"]
    assert attempt.answers.get().right is True
