"""Scoring, merging, bodies, captions, parts of files: as cases from practice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezel.content.rules.bodies import (
    Checklist,
    Malformed,
    Option,
    Question,
    Reflection,
    Text,
    Words,
    body_of,
)
from gezel.content.rules.captions import Cue, NotCaptions, cues_of, webvtt
from gezel.content.rules.scoring import (
    Grade,
    Said,
    counting,
    grade,
    held_between,
    is_news,
    state,
    time_spent,
    value_of,
)
from gezel.content.rules.uploads import NotADrawing, Span, check_drawing, kind_of, span_of
from gezel.content.tests.builders import DRAWING, QUESTION, WEBM, a_picture

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
TEXT = Text(Words(en="Cables"))


def a_question(*right: str, multiple: bool = True) -> Question:
    options = tuple(Option(k, Words(en=k), k in right, Words()) for k in "abcd")
    return Question(Words(en="Which?"), multiple, options)


def said(block: int, value: dict, *, minute: int = 0, key: str = "k") -> Said:  # type: ignore[type-arg]
    return Said(key, block, NINE + timedelta(minutes=minute), value)


@pytest.mark.parametrize(
    ("chosen", "expected", "right"),
    [
        ("ab", Grade(2, 0, 0), True),
        ("a", Grade(1, 1, 0), False),
        ("abc", Grade(2, 0, 1), False),
        ("cd", Grade(0, 2, 2), False),
    ],
)
def test_only_the_whole_set_is_right(chosen: str, expected: Grade, right: bool) -> None:
    found = grade(a_question("a", "b"), chosen)

    assert (found, found.right) == (expected, right)


def test_of_two_answers_the_newest_counts() -> None:
    early, late = said(1, {"chosen": ["b"]}), said(1, {"chosen": ["a"]}, minute=5, key="l")

    assert counting([late, early]) == {1: late}


def test_of_two_answers_at_one_moment_the_key_decides_everywhere_the_same() -> None:
    one, other = said(1, {"seen": True}, key="1"), said(1, {"seen": True}, key="2")

    assert counting([one, other]) == counting([other, one]) == {1: other}


def test_eighty_percent_of_four_questions_is_all_four() -> None:
    blocks = [(n, a_question("a", multiple=False)) for n in range(4)]
    three = [said(n, {"chosen": ["a"]}, key=str(n)) for n in range(3)]
    found = state(blocks, [*three, said(3, {"chosen": ["b"]}, key="3")])

    assert found.share_right == 0.75
    assert found.enough(80) is False
    assert found.enough(75) is True


def test_a_module_without_questions_is_never_failed() -> None:
    assert state([(1, TEXT)], []).enough(100) is None


def test_the_next_block_is_the_first_open_one_in_the_order_of_the_module() -> None:
    found = state([(7, TEXT), (3, TEXT), (9, TEXT)], [said(7, {"seen": True})])

    assert (found.next_block, found.done, found.whole, found.is_whole) == (3, 1, 3, False)


answers = st.lists(
    st.builds(
        said,
        block=st.integers(1, 4),
        value=st.sampled_from([{"chosen": ["a"]}, {"chosen": ["b"]}, {"chosen": ["a", "b"]}]),
        minute=st.integers(0, 5),
        key=st.uuids().map(str),
    ),
    max_size=20,
    unique_by=lambda a: a.key,
)


@given(answers, st.randoms(), st.integers(1, 3))
def test_any_order_and_any_number_of_times_give_the_same_state(found, random, times) -> None:  # type: ignore[no-untyped-def]
    blocks = [(n, a_question("a", "b") if n % 2 else a_question("a")) for n in range(1, 5)]
    shuffled = found * times
    random.shuffle(shuffled)

    assert state(blocks, shuffled) == state(blocks, found)
    assert counting(shuffled) == counting(found)


@given(answers, answers)
def test_two_devices_lose_nothing(phone: list[Said], desk: list[Said]) -> None:
    merged = counting(phone + desk)

    assert merged == counting([*counting(phone).values(), *counting(desk).values()])
    assert merged.keys() == {a.block for a in phone + desk}


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 5_000))
def test_a_wrong_clock_stays_between_start_and_arrival(given_at: datetime, minutes: int) -> None:
    arrived = NINE + timedelta(minutes=minutes)

    held = held_between(given_at, NINE, arrived)

    assert NINE <= held <= arrived
    assert held_between(held, NINE, arrived) == held


def test_a_lunch_is_not_learning_time() -> None:
    moments = [NINE, NINE + timedelta(minutes=4), NINE + timedelta(hours=2)]

    assert time_spent(moments) == timedelta(minutes=14)
    assert time_spent([]) == timedelta()


def test_the_same_module_is_news_again_after_a_year() -> None:
    assert is_news(None, date(2026, 11, 22))
    assert not is_news(date(2026, 11, 1), date(2026, 11, 22))
    assert is_news(date(2025, 11, 22), date(2026, 11, 22))


def test_a_body_reads_back_as_it_was_kept() -> None:
    raw = {k: v for k, v in QUESTION.items() if k not in {"kind", "option"}}
    body = body_of("question", raw | {"options": QUESTION["option"]})

    assert body_of("question", body.kept()) == body


@pytest.mark.parametrize(
    ("kind", "raw", "where"),
    [
        ("film", {}, "kind"),
        ("text", {}, "body"),
        ("text", {"body": {"nl": ""}}, "body"),
        ("text", {"body": "plain"}, "body"),
        ("text", {"body": {"de": "Kabel"}}, "body"),
        ("text", {"body": {"nl": 1}}, "body"),
        ("text", {"body": {"nl": "a" * 20_001}}, "body"),
        ("text", {"body": {"nl": "a"}, "bdoy": {}}, "bdoy"),
        ("image", {"caption": {"nl": "a"}}, "alt"),
        ("video", {"title": {"nl": "a"}}, "transcript"),
        ("question", {"prompt": {"nl": "a"}, "options": []}, "options"),
        ("question", {"prompt": {"nl": "a"}, "options": "ab"}, "options"),
        ("question", {"prompt": {"nl": "a"}, "options": [{"text": {"nl": "a"}}] * 2}, "options"),
        ("reflection", {}, "prompt"),
        ("checklist", {"items": {"nl": ["a"], "en": ["a", "b"]}}, "items"),
        ("checklist", {"items": {}}, "items"),
        ("checklist", {"items": {"nl": [""]}}, "items"),
    ],
)
def test_a_body_that_cannot_be_kept_says_where(kind: str, raw: dict, where: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(Malformed) as error:
        body_of(kind, raw)

    assert error.value.field == where


def test_two_right_answers_to_a_single_question_are_refused() -> None:
    options = [{"text": {"nl": "a"}, "right": True}] * 2
    raw = {
        "prompt": {"nl": "?"},
        "options": [o | {"key": k} for o, k in zip(options, "ab", strict=True)],
    }

    with pytest.raises(Malformed, match="multiple"):
        body_of("question", raw)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)  # fmt: skip
FIELDS = ["body", "prompt", "items", "options", "multiple", "alt", "title", "text", "nl", "en"]


@given(
    st.sampled_from(["text", "image", "video", "question", "reflection", "checklist", "x"]),
    st.dictionaries(st.sampled_from(FIELDS), json, max_size=4),
)
def test_any_json_is_a_body_or_malformed(kind: str, raw: dict) -> None:  # type: ignore[type-arg]
    try:
        body = body_of(kind, raw)
    except Malformed:
        return
    assert body_of(kind, body.kept()) == body


@given(
    st.sampled_from(
        [a_question("a"), TEXT, Reflection(Words(en="?")), Checklist(Words(), (Words(en="a"),) * 3)]
    ),
    json | st.dictionaries(st.sampled_from(["chosen", "text", "ticked", "seen"]), json),
)
def test_any_json_is_a_value_or_malformed(body, raw) -> None:  # type: ignore[no-untyped-def]
    try:
        value = value_of(body, raw)
    except Malformed:
        return
    assert value_of(body, value) == value
    str(value).encode()


def test_captions_are_written_anew() -> None:
    text = (
        "\ufeffWEBVTT - made by hand\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\nNOTE hello\r\n\r\n"
        "1\r\n00:01.000 --> 00:02.500 align:start\r\n<v Karim>Hold <b>on</b> & wait\r\n\r\n"
        "01:00:00.000 --> 01:00:01.000\r\n<script>alert(1)</script>ok\r\n"
    )

    cues = cues_of(text)

    assert cues == [
        Cue(1_000, 2_500, "Hold on & wait"),
        Cue(3_600_000, 3_601_000, "alert(1)ok"),
    ]
    assert cues_of(webvtt(cues)) == cues
    assert "<" not in webvtt(cues)


@pytest.mark.parametrize(
    "text", ["", "WEBVT", "WEBVTT", "hello", "WEBVTT\n\n00:02.000 --> 00:01.000\na", "<html>"]
)
def test_what_is_no_captions_is_refused(text: str) -> None:
    with pytest.raises(NotCaptions):
        cues_of(text)


@given(st.text(alphabet="WEBVT\n0123456789:.-> <&;abc\r"))
def test_any_text_is_captions_or_not(text: str) -> None:
    try:
        cues = cues_of("WEBVTT\n\n" + text)
    except NotCaptions:
        return
    assert cues_of(webvtt(cues)) == cues


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (a_picture("PNG"), "image/png"),
        (a_picture("JPEG"), "image/jpeg"),
        (a_picture("WEBP"), "image/webp"),
        (a_picture("GIF"), "image/gif"),
        (WEBM, "video/webm"),
        (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        (b"<svg xmlns='x'>", ""),
        (b"<!doctype html>", ""),
        (b"%PDF-1.7", ""),
        (b"MZ", ""),
        (b"", ""),
        (b"\x00\x00\x00\x20ftypheic", ""),
    ],
)
def test_a_file_is_what_its_first_bytes_say(head: bytes, kind: str) -> None:
    assert kind_of(head) == kind


SVG = '<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'


@pytest.mark.parametrize(
    "data",
    [
        SVG.format(attributes="", inside="<script>alert(1)</script>"),
        SVG.format(attributes='onload="alert(1)"', inside=""),
        SVG.format(attributes="", inside='<a href="javascript:alert(1)"/>'),
        SVG.format(attributes="", inside="<foreignObject/>"),
        SVG.format(attributes="", inside='<image href="https://example.test/x.png"/>'),
        SVG.format(attributes="", inside='<use href="https://example.test/x.svg#a"/>'),
        SVG.format(attributes='style="background:url(https://example.test/x)"', inside=""),
        SVG.format(attributes="", inside="<style>@import 'x'</style>"),
        SVG.format(attributes="", inside="<animate/>"),
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format(attributes="", inside="&a;"),
        "<html/>", "<svg/>", "not xml", "",
    ],
)  # fmt: skip
def test_a_drawing_only_draws(data: str) -> None:
    with pytest.raises(NotADrawing):
        check_drawing(data.encode())
    with pytest.raises(NotADrawing):
        check_drawing(data.encode("utf-16"))


def test_a_drawing_tells_its_measure() -> None:
    assert check_drawing(DRAWING) == (10, 10)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", Span(0, 0)),
        ("bytes=0-", Span(0, 99)),
        ("bytes=90-500", Span(90, 99)),
        ("bytes=-10", Span(90, 99)),
        ("bytes=-500", Span(0, 99)),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
        ("", None),
    ],
)
def test_a_part_of_a_file(header: str, expected: Span | None) -> None:
    assert span_of(header, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_part_beyond_the_file_is_refused(header: str) -> None:
    with pytest.raises(IndexError):
        span_of(header, 100)
