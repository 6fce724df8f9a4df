"""Who may not judge whom, what comes next, and when assessors see each other's judgement."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezel.assessment.rules import standards
from gezel.assessment.rules.dossier import (
    STAGES,
    Conflict,
    Next,
    Situation,
    Stage,
    Who,
    conflicts,
    instruments,
    matrix,
    may_hand_in,
    next_step,
)
from gezel.assessment.rules.judging import (
    CRITERIA,
    View,
    apart,
    lacking,
    opened,
    remaining,
    surety,
    unfinished,
)

people = st.integers(1, 8)


def test_a_lead_is_barred_also_through_others_and_so_is_whom_the_candidate_leads() -> None:
    lines = {(1, 9), (2, 9), (9, 4)}
    barred = {
        who: conflicts(who, 9, lines=lines, held={}, wanted="assessor") for who in (1, 2, 4, 5, 9)
    }

    assert barred == {
        1: [Conflict.LEADS], 2: [Conflict.LEADS], 4: [Conflict.LED], 5: [], 9: [Conflict.SELF],
    }  # fmt: skip


@given(
    person=people,
    candidate=people,
    lines=st.sets(st.tuples(people, people)),
    held=st.dictionaries(people, st.sampled_from(["guide", "assessor"])),
    wanted=st.sampled_from(["guide", "assessor"]),
)
def test_whoever_is_free_is_in_no_line_and_in_no_other_role(
    person: int, candidate: int, lines: set[tuple[int, int]], held: dict[int, str], wanted: str
) -> None:
    if not conflicts(person, candidate, lines=lines, held=held, wanted=wanted):
        assert person != candidate
        assert not {(person, candidate), (candidate, person)} & lines
        assert held.get(person, wanted) == wanted


@given(st.dictionaries(st.integers(0, 20), st.sets(st.integers(0, 9))), st.sets(st.integers(0, 9)))
def test_the_matrix_loses_no_tie_and_invents_none(
    tied: dict[int, set[int]], parts: set[int]
) -> None:
    found = {c.part: set(c.pieces) for c in matrix(sorted(parts), tied)}

    assert set(found) == parts
    assert {(p, part) for part, ps in found.items() for p in ps} == {
        (p, part) for p, about in tied.items() for part in about if part in parts
    }


def test_portfolio_pieces_are_one_instrument_and_a_visit_is_another() -> None:
    assert instruments(["document", "photo", "statement"]) == {"portfolio"}
    assert instruments(["document", "visit", "interview"]) == {"portfolio", "visit", "interview"}


@given(
    st.builds(
        Situation,
        stage=st.sampled_from(STAGES),
        has_guide=st.booleans(),
        assessors=st.integers(0, 2),
        asked_assessors=st.integers(1, 2),
        conflicted=st.booleans(),
        pieces=st.integers(0, 3),
        bare_parts=st.integers(0, 3),
        instruments=st.frozensets(st.sampled_from(["portfolio", "visit", "interview"])),
        finals=st.integers(0, 2),
        objection_open=st.booleans(),
        remaining=st.integers(0, 3),
        ended=st.booleans(),
    )
)
def test_there_is_always_one_next_thing_and_someone_to_do_it(situation: Situation) -> None:
    what, who = next_step(situation)

    assert (what == Next.DONE) == situation.ended == (who == Who.NOBODY)


def test_bare_parts_do_not_keep_a_portfolio_back_and_a_conflict_does() -> None:
    ready = Situation(
        Stage.PORTFOLIO, has_guide=True, pieces=1, bare_parts=4, assessors=2, asked_assessors=2
    )

    assert may_hand_in(ready) is None
    conflicted = Situation(
        Stage.PORTFOLIO, has_guide=True, pieces=1, assessors=2, asked_assessors=2, conflicted=True
    )
    assert may_hand_in(conflicted) == Next.REPLACE


def _view(part: int, result: str = "shown", **changes: tuple[str, str]) -> View:
    whole = {str(c): ("yes", "Because.") for c in CRITERIA}
    return View(part, result, "Seen.", whole | changes)


def test_a_judgement_is_whole_when_each_criterion_has_an_answer_and_a_reason() -> None:
    assert lacking(_view(1)) == []
    assert lacking(_view(1, recency=("yes", " "), quantity=("", "x"))) == ["recency", "quantity"]
    assert lacking(View(1, "", "", {})) == [*map(str, CRITERIA), "result", "why"]
    assert unfinished([3, 1, 2], {1: _view(1), 2: _view(2, result="")}) == [3, 2]


def test_assessors_see_each_other_only_when_all_who_were_asked_have_finished() -> None:
    assert not opened([], asked=1)
    assert not opened([True], asked=2)
    assert not opened([True, False], asked=2)
    assert opened([True, True], asked=2)


def test_where_they_differ_is_told_and_nothing_is_decided_of_it() -> None:
    views = [{1: _view(1), 2: _view(2)}, {1: _view(1), 2: _view(2, "not_yet")}]

    assert apart(views, [1, 2]) == [2]
    assert remaining([1, 2, 3], {1: "shown", 2: "partly"}) == [2, 3]
    assert surety([1, 2]) < surety([1])


# -- qualification files ---------------------------------------------------------------------------

GOOD = {
    "format": "gezel-standard-1",
    "code": "25171",
    "name": {"nl": "Autotechnicus"},
    "parts": [
        {"code": "K1", "name": {"nl": "Onderhoud", "en": "Maintenance"},
         "criteria": {"nl": ["Werkt  veilig", ""]}, "skill": "uri:1", "level": 4},
        {"name": {"en": "Diagnosis"}},
    ],
}  # fmt: skip


def _read(told: object) -> standards.StandardRead:
    return standards.read(json.dumps(told).encode())


def test_a_file_is_read_as_it_says() -> None:
    found = _read(GOOD)

    assert (found.name, found.code) == ({"nl": "Autotechnicus", "en": ""}, "25171")
    assert found.parts[0].criteria["nl"] == ("Werkt veilig",)
    assert [(p.name["en"], p.level) for p in found.parts] == [("Maintenance", 4), ("Diagnosis", 3)]


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"format": "other"}, "format", "format"),
        ({"parts": []}, "parts", "parts"),
        ({"parts": "x"}, "parts", "parts"),
        ({"parts": [{"name": {"nl": "x"}}] * 61}, "many", "parts"),
        ({"parts": [{"name": {"nl": "x"}, "level": 6}]}, "level", "parts[1].level"),
        ({"parts": [{"name": {"nl": "x"}, "level": True}]}, "level", "parts[1].level"),
        ({"parts": [{"name": {}}]}, "missing", "parts[1].name"),
        ({"parts": [{"name": {"nl": "x"}, "script": "y"}]}, "unknown", "parts[1].script"),
        ({"parts": [{"name": {"nl": "x" * 201}}]}, "long", "parts[1].name.nl"),
        ({"parts": [{"name": {"nl": "x\u202e"}}]}, "signs", "parts[1].name.nl"),
        ({"parts": [{"name": {"nl": 3}}]}, "shape", "parts[1].name.nl"),
        ({"parts": [{"code": "a", "name": {"nl": "x"}}] * 2}, "same_code", "parts"),
        ({"name": "x"}, "shape", "name"),
        ({"extra": 1}, "unknown", "extra"),
    ],
)
def test_what_is_wrong_is_told_where(change: dict[str, object], code: str, where: str) -> None:
    with pytest.raises(standards.Wrong) as found:
        _read(GOOD | change)

    assert (found.value.code, found.value.where) == (code, where)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json"),
        (b"\xff\xfe", "encoding"),
        (b"{", "json"),
        (b'{"a": NaN}', "json"),
        (b'{"name": 1, "name": 2}', "twice"),
        (b"[" * 50_000, "deep"),
        (b" " * (standards.LARGEST_FILE + 1), "large"),
        (b"[]", "shape"),
        (b'"\\ud800"', "shape"),
    ],
)
def test_a_hostile_file_is_refused_with_a_reason(data: bytes, code: str) -> None:
    with pytest.raises(standards.Wrong) as found:
        standards.read(data)

    assert found.value.code == code


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_file_does_anything_but_be_read_or_refused(data: bytes) -> None:
    with suppress(standards.Wrong):
        assert standards.read(data).parts
