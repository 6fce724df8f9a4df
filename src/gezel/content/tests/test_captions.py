"""Captions as a person writes them, from files of both kinds, and the page beside the film."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gezel.content.actions import start
from gezel.content.api import Module
from gezel.content.models import Block
from gezel.content.rules import captions
from gezel.content.rules.captions import Cue, WrongLine
from gezel.content.tests import builders
from gezel.people.api import Organisation, Person

SRT = (
    "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Switch</i> off.\r\nNow.\r\n\r\n"
    "2\r\n00:01:00,000 --> 00:01:02,000\r\nLock.\r\n"
)


def test_lines_become_cues_until_the_next_or_for_a_while() -> None:
    told = captions.cues_of_lines(
        "0:03.5 Switch off.\n0:06\n\n0:08 - 0:09.25 Lock -- a < b.\nboth doors\n1:00:00 Done."
    )
    assert told == [
        Cue(3_500, 6_000, "Switch off."),
        Cue(8_000, 9_250, "Lock -- a < b.\nboth doors"),
        Cue(3_600_000, 3_607_000, "Done."),
    ]
    assert captions.cues_of(captions.webvtt(told)) == told
    assert captions.cues_of_lines(" \n") == []


@pytest.mark.parametrize(
    ("text", "number", "why"),
    [
        ("Switch off.", 1, "time"), ("0:05 a\n\n0:04 b", 3, "order"), ("0:05 - 0:05 a", 1, "ends"),
        ("0:05 a\n0:05 b", 1, "ends"), ("0:75 a", 1, "time"),
        ("\n".join(f"{n // 60}:{n % 60:02} a" for n in range(5_002)), 5_002, "many"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_is_named(text: str, number: int, why: str) -> None:
    with pytest.raises(WrongLine) as told:
        captions.cues_of_lines(text)
    assert (told.value.number, told.value.why) == (number, why)


_word = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=8).filter(
    lambda text: "-->" not in text
)
_words = st.lists(_word, min_size=1, max_size=5).map(" ".join)


@given(st.lists(st.tuples(st.integers(1, 90_000), st.integers(1, 9_000), _words), max_size=8))
def test_what_is_written_out_reads_back_the_same(told: list[tuple[int, int, str]]) -> None:
    at, cues = 0, []
    for pause, long, words in told:
        at += pause
        cues.append(Cue(at, at + long, words))
    assert captions.cues_of_lines(captions.lines_of(cues)) == cues


def test_subrip_is_read_like_webvtt() -> None:
    assert captions.cues_of(SRT) == [
        Cue(1_000, 2_500, "Switch off.\nNow."), Cue(60_000, 62_000, "Lock."),
    ]  # fmt: skip
    for none in ("", "1\n2\n3", "00:01 --> 00:02\nx", "<html>"):
        with pytest.raises(captions.NotCaptions):
            captions.cues_of(none)


def test_running_text_breaks_at_a_silence() -> None:
    cues = [Cue(0, 1_000, "Switch\noff."), Cue(2_000, 3_000, "Wait."), Cue(9_000, 9_500, "Lock.")]
    assert captions.running_text(cues) == "Switch off. Wait.\nLock."


# --- The page ------------------------------------------------------------------------------------


@pytest.fixture
def module(van_dijk: Organisation, settings: Any, tmp_path: Any) -> Module:
    settings.MEDIA_ROOT = tmp_path
    return builders.a_module(van_dijk, (builders.FILM,))


def address(module: Module, language: str = "en") -> str:
    block = module.blocks.current().get()
    return reverse(f"content:edit_captions_{language}", args=[module.pk, block.pk])


def spoken(module: Module, language: str = "en") -> str:
    block = Block.objects.get(module=module, retired_in=None)
    return str(block.body["captions"].get(language, ""))


@pytest.mark.django_db
def test_captions_are_written_changed_and_taken_away(
    module: Module, visit: Callable[[Person], Client], femke: Person
) -> None:
    client = visit(femke)
    page = client.get(address(module)).content.decode()
    assert "0:00 - 0:02 Switch off.\n0:02 - 0:04 Lock." in page

    told = {"version": module.version, "lines": "0:01 Aan.\n0:02 Uit & <weg>.", "transcript": "on"}
    assert client.post(address(module, "nl"), told).status_code == 302
    assert "00:00:02.000 --> 00:00:09.000\nUit &amp; &lt;weg&gt;." in spoken(module, "nl")
    assert module.blocks.current().get().body["transcript"]["nl"] == "Aan. Uit & <weg>."
    assert "Switch off." in spoken(module)  # the other language stays

    module.refresh_from_db()
    told = {"version": module.version, "lines": ""}
    assert client.post(address(module), told).status_code == 302
    assert spoken(module) == ""
    assert spoken(module, "nl")


@pytest.mark.django_db
def test_a_file_takes_the_place_of_the_lines(
    module: Module, visit: Callable[[Person], Client], femke: Person, noor: Person,
    van_dijk: Organisation,
) -> None:  # fmt: skip
    start(noor, module, organisation=van_dijk)  # so that what changes is a new block
    old = module.blocks.get()
    file = SimpleUploadedFile("x.srt", SRT.encode())
    told = {"version": module.version, "lines": "nonsense", "file": file}
    answer = visit(femke).post(address(module), told)
    assert answer.status_code == 302
    assert answer["Location"] == address(module)
    assert "Switch off.\nNow." in spoken(module)
    old.refresh_from_db()
    assert "Lock" in old.body["captions"]["en"]
    assert old.retired_in


@pytest.mark.django_db
def test_what_is_wrong_is_said_at_the_field_and_nothing_changes(
    module: Module, visit: Callable[[Person], Client], femke: Person, noor: Person
) -> None:
    before, client = spoken(module), visit(femke)
    for told, words in (
        ({"lines": "0:03 a\n0:01 b"}, "Line 2 is earlier than the line above it."),
        ({"lines": "a"}, "Line 1 does not begin with a time"),
        ({"file": SimpleUploadedFile("x.srt", b"\x00\xff")}, "These are not captions we can read."),
        ({"lines": "0:01 b", "version": module.version - 1}, "Someone changed this module"),
    ):
        answer = client.post(
            address(module), {"version": module.version} | told, headers={"Accept-Language": "en"}
        )
        assert answer.status_code == 422
        assert words in answer.content.decode(), words
    assert spoken(module) == before
    assert visit(noor).get(address(module)).status_code == 404
