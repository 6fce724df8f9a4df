"""How a profile is arranged, and what a link lets through: the rules, without a database."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gezel.profile.rules import sharing
from gezel.profile.rules.arranging import (
    PARTS,
    Item,
    Placed,
    in_order,
    is_whole_order,
    moves,
    pinned_first,
)

TODAY = date(2026, 11, 27)


def an_item(key: str) -> Item:
    return Item(key, key.title())


def test_what_nobody_touched_stands_as_usual() -> None:
    assert [part.code for part in in_order({})] == list(PARTS)


def test_a_part_that_came_later_has_a_place_on_a_profile_of_before() -> None:
    kept = {code: (at, Placed(code, story=code)) for at, code in enumerate(("goals", "can", "did"))}

    order = [part.code for part in in_order(kept)]
    assert sorted(order) == sorted(PARTS)
    assert [code for code in order if code in kept] == ["goals", "can", "did"]


@given(st.permutations(PARTS), st.sampled_from(PARTS))
def test_up_and_down_undo_each_other_and_lose_no_part(order: list[str], code: str) -> None:
    up, down = moves(order, code)

    for moved, back in ((up, 1), (down, 0)):
        if moved is not None:
            assert is_whole_order(moved)
            assert moves(moved, code)[back] == list(order)
    assert (up is None) == (order[0] == code)
    assert (down is None) == (order[-1] == code)


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.lists(st.sampled_from("abcxyz")))
def test_pins_come_first_and_nothing_comes_or_goes(keys: list[str], pins: list[str]) -> None:
    found = pinned_first([an_item(key) for key in keys], pins)

    assert sorted(item.key for item in found) == sorted(keys)
    first = [item.key for item in found if item.pinned]
    assert first == [item.key for item in found][: len(first)]
    assert set(first) == set(keys) & set(pins)


def test_only_what_was_chosen_comes_through() -> None:
    items = [an_item("skill:1"), an_item("skill:2")]
    part = Placed("can")

    assert sharing.lets_through(part, items, {"skill:2", "skill:9"}) == items[1:]
    assert sharing.lets_through(part, items, {"story:can", "all:did"}) == []
    assert sharing.lets_through(part, items, {"all:can"}) == items


def test_a_share_after_its_end_leads_nowhere() -> None:
    for days, withdrawn, leads in ((0, False, True), (-1, False, False), (9, True, False)):
        until = TODAY + timedelta(days=days)
        assert sharing.is_open(until=until, withdrawn=withdrawn, today=TODAY) is leads


def test_a_last_day_lies_between_today_and_a_year() -> None:
    assert [
        sharing.may_be_until(TODAY + timedelta(days=days), TODAY) for days in (-1, 0, 366, 367)
    ] == [False, True, True, False]


def test_no_mark_steers_what_is_read() -> None:
    assert sharing.plain_text("abc\u202eevil\u202c\u0000\u0007 ok") == "abcevil ok"
    assert sharing.plain_text("two\r\nlines\tand 👩‍🔧") == "two\nlines\tand 👩‍🔧"
