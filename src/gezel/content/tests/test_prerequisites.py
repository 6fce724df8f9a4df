"""What aicc_script asks, with the examples of AICC's own document and what people make of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezel.content.rules.packages.prerequisites import Unreadable, open_units, read

STANDS = {
    "A1": "passed", "A2": "completed", "A3": "failed", "A4": "incomplete", "A5": "browsed",
    "A6": "not attempted", "les-1.b": "passed",
}  # fmt: skip
NAMES = frozenset(STANDS)


@pytest.mark.parametrize(
    ("script", "holds"),
    [
        ("A1", True), ("A2", True), ("A3", False), ("A4", False), ("A5", False), ("A6", False),
        ("les-1.b", True),
        ("A1 & A2", True), ("A1&A3", False), ("A3|A2", True), ("A3 | A4", False),
        ("~A3", True), ("~A1", False), ("~(A1&A3)", True), ("~~A1", True),
        ('A3 = "failed"', True), ('A3="F"', True), ('A1<>"passed"', False),
        ('A4 <> "passed"', True),
        ('A2 = "complete"', True), ("A6=\"n\"", True), ("A5 = browsed", True),
        # "&" binds more than "|".
        ("A1 | A3 & A4", True), ("(A1 | A3) & A4", False),
        ("2*{A1, A2, A3}", True), ("3*{A1,A2,A3}", False), ("1*{A3, A1 & A2}", True),
        ("0*{A3}", True), ("2 * { A1, 1*{A3, A2} } & A1", True),
        ('A1 & ~A3 & A3 = "failed" | A6', True),
    ],
)  # fmt: skip
def test_a_script_holds_or_not(script: str, holds: bool) -> None:
    assert read(script, NAMES)(STANDS.__getitem__) is holds


@pytest.mark.parametrize(
    "script",
    ["", "&", "A1 &", "A1 A2", "(A1", "A1)", "2*{A1", "2*A1", "B9", 'A1 = "great"', "A1 =", '"A1"',
     "{A1}", "A1 < A2", "(" * 60 + "A1" + ")" * 60, "~" * 60 + "A1"],
)  # fmt: skip
def test_what_is_no_script_is_said_to_be_none(script: str) -> None:
    with pytest.raises(Unreadable):
        read(script, NAMES)


@given(st.text(alphabet='A123&|~=<>(){},*" "pF', max_size=30))
def test_whatever_stands_there_is_read_or_refused(script: str) -> None:
    try:
        asked = read(script, NAMES)
    except Unreadable:
        return
    assert asked(lambda name: STANDS[name]) in {True, False}


TREE = {"root": ["block", "exam"], "block": ["one", "two"]}
NEW = {"one": "not attempted", "two": "not attempted", "exam": "not attempted"}


def test_a_unit_opens_when_what_comes_first_is_done() -> None:
    asked = {"two": "one", "exam": "block"}

    assert open_units(asked, TREE, NEW) == {"one"}
    assert open_units(asked, TREE, NEW | {"one": "passed"}) == {"one", "two"}
    done = NEW | {"one": "passed", "two": "completed"}
    assert open_units(asked, TREE, done) == {"one", "two", "exam"}


def test_what_a_block_asks_goes_for_all_in_it() -> None:
    asked = {"block": "exam"}

    assert open_units(asked, TREE, NEW) == {"exam"}
    assert open_units(asked, TREE, NEW | {"exam": "passed"}) == set(NEW)


def test_what_cannot_be_read_asks_nothing() -> None:
    assert open_units({"exam": "block &&"}, TREE, NEW) == set(NEW)
    assert open_units({"exam": "elsewhere"}, TREE, NEW) == set(NEW)


def test_nobody_is_shut_in_by_a_circle() -> None:
    asked = {"one": "two", "two": "one", "exam": "block"}
    assert open_units(asked, TREE, NEW) == set(NEW)


def test_what_is_done_does_not_hide_that_the_rest_is_shut() -> None:
    asked = {"two": "exam", "exam": "two"}
    assert open_units(asked, TREE, NEW | {"one": "passed"}) == set(NEW)
