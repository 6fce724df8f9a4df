"""What an item holds, and when an answer to it is right."""

from typing import Any

import pytest

from gezel.assessment.rules.bodies import (
    Choose,
    Malformed,
    Order,
    body_of,
    is_right,
    lines,
    places,
    value_of,
)
from gezel.kit.questions import number_in


def said(text: str) -> dict[str, str]:
    return {"nl": text, "en": f"{text} (en)"}


ONE: dict[str, Any] = {
    "prompt": said("Wat eerst?"),
    "options": [
        {"text": said("Uit"), "right": True},
        {"text": said("Meten"), "right": False},
        {"text": said("Bellen"), "right": False},
    ],
}
SEVERAL: dict[str, Any] = {**ONE, "options": [{"text": said(t), "right": t != "c"} for t in "abc"]}
ORDER: dict[str, Any] = {
    "prompt": said("Volgorde"),
    "steps": [said("een"), said("twee"), said("drie")],
}
NUMBER = {"prompt": said("Hoeveel?"), "value": "100", "off": "2,5", "unit": said("ohm")}
ALL = [("one", ONE), ("several", SEVERAL), ("order", ORDER), ("number", NUMBER)]


@pytest.mark.parametrize(("kind", "raw"), ALL)
def test_what_is_kept_reads_the_same_again(kind: str, raw: dict[str, Any]) -> None:
    body = body_of(kind, raw)

    assert body_of(kind, body.kept()) == body


@pytest.mark.parametrize(
    ("kind", "raw", "field", "code"),
    [
        ("one", {**ONE, "prompt": {}}, "prompt", "missing"),
        ("one", {**ONE, "prompt": {"nl": " ", "en": ""}}, "prompt", "missing"),
        ("one", {**ONE, "options": ONE["options"][:1]}, "options", "two_options"),
        ("one", {**ONE, "options": [{"text": said(t)} for t in "abc"]}, "options", "none_right"),
        ("one", SEVERAL, "options", "one_right"),
        ("one", {**ONE, "options": [{"text": said("a"), "right": True}] * 2}, "options", "twice"),
        ("one", {**ONE, "options": ONE["options"] * 3}, "options", "many"),
        ("one", {**ONE, "points": 3}, "points", "unknown"),
        ("one", {**ONE, "prompt": {"de": "Was?"}}, "prompt", "type"),
        ("one", {**ONE, "prompt": {"nl": "x" * 2_001}}, "prompt", "long"),
        ("order", {**ORDER, "steps": ORDER["steps"][:1]}, "steps", "two_steps"),
        ("order", {**ORDER, "steps": "abc"}, "steps", "type"),
        ("number", {**NUMBER, "off": None}, "off", "missing"),
        ("number", {**NUMBER, "off": ""}, "off", "missing"),
        ("number", {**NUMBER, "off": "-1"}, "off", "negative"),
        ("number", {**NUMBER, "value": "{{7*7}}"}, "value", "number"),
        ("number", {**NUMBER, "value": "1e400"}, "value", "number"),
        ("number", {**NUMBER, "value": "nan"}, "value", "number"),
        ("essay", ONE, "kind", "kind"),
    ],
)
def test_what_cannot_be_answered_says_where(
    kind: str, raw: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Malformed) as refused:
        body_of(kind, raw)

    assert (refused.value.field, refused.value.code) == (field, code)


def test_only_the_whole_of_what_is_right_is_right() -> None:
    one, several = body_of("one", ONE), body_of("several", SEVERAL)

    assert is_right(one, {"chosen": ["a"]})
    assert not is_right(one, {"chosen": ["b"]})
    assert is_right(several, {"chosen": ["a", "b"]})
    assert not is_right(several, {"chosen": ["a"]})
    assert not is_right(several, {"chosen": ["a", "b", "c"]})
    assert not is_right(one, {"unknown": True})


def test_a_number_is_right_within_what_is_allowed_and_reads_commas() -> None:
    body = body_of("number", NUMBER)

    for told, right in (("100", True), ("102,5", True), ("97.5", True), ("102.6", False),
                        ("−100", False)):  # fmt: skip
        assert is_right(body, value_of(body, {"number": told}, ())) is right
    for nonsense in ("", "abc", "1e999", "Infinity", "9" * 60):
        assert number_in(nonsense) is None
        with pytest.raises(Malformed):
            value_of(body, {"number": nonsense}, ())


def test_the_page_shuffles_and_the_answer_finds_its_way_back() -> None:
    one = body_of("one", ONE)
    assert isinstance(one, Choose)
    orders = {places(one, seed, 5) for seed in range(30)}
    assert len(orders) > 3
    for order in orders:
        shown = lines(one, order)
        place = next(line.place for line in shown if line.text.nl == "Uit")
        assert is_right(one, value_of(one, {"places": [place]}, order))
    assert places(one, 3, 5) == places(one, 3, 5)


def test_steps_never_stand_in_the_right_order_at_once() -> None:
    order = body_of("order", {**ORDER, "steps": ORDER["steps"][:2]})
    assert isinstance(order, Order)

    for seed in range(20):
        shown = places(order, seed, 1)
        assert shown == (1, 0)
        assert is_right(order, value_of(order, {"places": [1, 0]}, shown))
        assert not is_right(order, value_of(order, {"places": [0, 1]}, shown))


@pytest.mark.parametrize(
    "raw",
    [None, [], "a", {}, {"places": []}, {"places": [9]}, {"places": [-1]}, {"places": ["0"]},
     {"places": [0, 0]}, {"places": [0, 1]}, {"places": [True]}, {"number": "3"}],
)  # fmt: skip
def test_what_is_no_answer_is_refused(raw: Any) -> None:
    with pytest.raises(Malformed):
        value_of(body_of("one", ONE), raw, (2, 0, 1))


def test_an_order_needs_every_step() -> None:
    with pytest.raises(Malformed) as refused:
        value_of(body_of("order", ORDER), {"places": [0, 1]}, (1, 2, 0))

    assert refused.value.code == "all_steps"
