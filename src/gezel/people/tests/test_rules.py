"""What an import would do, as cases from practice; no database."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gezel.kit.incoming.columns import normal, remembered
from gezel.kit.sheets import Cell, Line
from gezel.people.rules import (
    Account,
    Known,
    Places,
    Plan,
    guess_columns,
    lines,
    loops,
    needs_brake,
    plan,
)
from gezel.people.rules.importing import split_name, unit_path

TODAY = date(2026, 11, 22)
HEADER = ["name", "email", "number", "unit", "lead", "job", "starts_on", "ends_on", "hours"]
COLUMNS = {name: number for number, name in enumerate(HEADER)}


def _row(**cells: Cell) -> list[Cell]:
    usual: dict[str, Cell] = {
        "name": "Noor Jansen",
        "email": "noor@example.test",
        "job": "Mechanic",
        "starts_on": "01-03-2024",
    }
    return [{**usual, **cells}.get(name) for name in HEADER]


def _noor(**changed: Any) -> Known:
    usual: dict[str, Any] = {
        "person": 1,
        "employment": 11,
        "email": "noor@example.test",
        "first_name": "Noor",
        "last_name": "Jansen",
        "unit": (),
        "job": "Mechanic",
        "starts_on": date(2024, 3, 1),
    }
    return Known(**{**usual, **changed})


def _daan(**changed: Any) -> Known:
    return _noor(
        **{
            "person": 2,
            "employment": 12,
            "email": "daan@example.test",
            "first_name": "Daan",
            "last_name": "Visser",
            "job": "Workshop manager",
            "number": "7",
            **changed,
        }
    )


def _plan(*rows: list[Cell], columns: dict[str, int] | None = None, **given: Any) -> Plan:
    usual: dict[str, Any] = {
        "known": [],
        "accounts": {},
        "places": Places("Van Dijk"),
        "everyone": False,
        "today": TODAY,
    }
    numbered = [Line(number, row) for number, row in enumerate(rows, start=2)]
    return plan(numbered, columns or COLUMNS, **{**usual, **given})


def _codes(found: Plan) -> list[tuple[int, str]]:
    return [(remark.row, remark.code) for remark in found.remarks]


def test_a_newcomer_is_told_with_all_that_would_be_written() -> None:
    found = _plan(_row(unit="Werkplaats/Utrecht", hours="32,0"))

    assert found.counts == {"new": 1}
    assert not found.blocked
    assert found.changes[0].what == (
        ("name", "", "Noor Jansen"),
        ("email", "", "noor@example.test"),
        ("unit", "", "Werkplaats / Utrecht"),
        ("job", "", "Mechanic"),
        ("starts_on", "", "2024-03-01"),
        ("hours", "", "32"),
    )


def test_the_same_list_again_changes_nothing() -> None:
    found = _plan(_row(hours=32), known=[_noor(hours=Decimal("32.0"))])

    assert found.changes == []
    assert found.unchanged == 1


def test_a_change_tells_what_it_was_and_becomes() -> None:
    found = _plan(_row(job="Planner", lead="7"), known=[_noor(), _daan()])

    assert found.counts == {"changed": 1}
    assert found.changes[0].what == (("job", "Mechanic", "Planner"), ("lead", "", "Daan Visser"))
    assert found.changes[0].lead == "p2"


def test_a_column_that_is_not_there_leaves_things_as_they_are() -> None:
    columns = {name: COLUMNS[name] for name in ("name", "email", "job")}
    found = _plan(_row(), columns=columns, known=[_noor(hours=Decimal(32), lead=2), _daan()])

    assert found.changes == []


def test_spelling_with_other_capitals_is_the_same_place() -> None:
    places = Places("Van Dijk", {("werkplaats",): ("Werkplaats",)}, {"mechanic": "Mechanic"}, {})
    found = _plan(
        _row(unit="van dijk > werkplaats", job="MECHANIC"),
        known=[_noor(unit=("Werkplaats",))],
        places=places,
    )

    assert found.changes == []


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"name": ""}, "no_name"),
        ({"name": "N" * 300}, "long_name"),
        ({"email": ""}, "no_email"),
        ({"email": "noor at example"}, "bad_email"),
        ({"job": " "}, "no_job"),
        ({"starts_on": ""}, "no_starts_on"),
        ({"starts_on": "31-02-2025"}, "bad_date"),
        ({"starts_on": "01-01-1802"}, "far_date"),
        ({"ends_on": "someday"}, "bad_date"),
        ({"starts_on": "01-01-2027", "ends_on": "31-12-2026"}, "end_before_start"),
        ({"hours": "full"}, "bad_hours"),
        ({"hours": 400}, "bad_hours"),
        ({"lead": "nobody@example.test"}, "unknown_lead"),
        ({"lead": "Noor Jansen"}, "own_lead"),
        ({"unit": "x" * 201}, "too_long"),
        ({"unit": "/".join("abcdefghijklmn")}, "too_deep"),
        ({"number": "9" * 61}, "too_long"),
    ],
)
def test_every_problem_is_told_once_at_its_row_and_blocks(cells: Any, code: str) -> None:
    found = _plan(_row(name="Daan Visser", email="daan@example.test"), _row(**cells))

    assert _codes(found) == [(3, code)]
    assert found.blocked


def test_all_there_is_to_say_about_a_row_is_said() -> None:
    found = _plan(_row(email="no address", lead="nobody", starts_on="31-02-2026", hours=99))

    assert {code for _row_, code in _codes(found)} == {
        "bad_email", "unknown_lead", "bad_date", "bad_hours",
    }  # fmt: skip


def test_an_empty_cell_takes_no_staff_number_away() -> None:
    assert _plan(_row(number=""), known=[_noor(number="5")]).changes == []


def test_a_formula_that_failed_takes_no_lead_away() -> None:
    here = [_noor(lead=2), _daan()]
    made = _plan(_row(lead="#N/B"), known=here)

    assert [(r.row, r.code, r.field, r.value) for r in made.remarks] == [
        (2, "failed", "lead", "#N/B")
    ]
    assert made.blocked
    for name in ("name", "email", "job", "starts_on", "hours"):
        assert [r.code for r in _plan(_row(**{name: "#N/A"})).remarks] == ["failed"]


def test_two_spellings_in_one_list_are_one_place() -> None:
    """As two they would be made both, and the same list again would move half of the people."""
    made = _plan(
        _row(unit="Werkplaats/Utrecht", job="Monteur"),
        _row(email="b@example.test", unit="WERKPLAATS/utrecht/Nacht", job="monteur"),
        _row(email="c@example.test", unit="werkplaats/Utrecht/nacht", job="MONTEUR"),
    )

    assert [change.wanted.unit for change in made.changes] == [
        ("Werkplaats", "Utrecht"),
        ("Werkplaats", "Utrecht", "Nacht"),
        ("Werkplaats", "Utrecht", "Nacht"),
    ]
    assert {change.wanted.job for change in made.changes} == {"Monteur"}


def test_an_address_is_known_whatever_was_copied_along() -> None:
    for told in ("mailto:NOOR@example.test", " noor@example.test\u200b", "\u200enoor@example.test"):
        assert _plan(_row(email=told), known=[_noor()]).changes == []


def test_a_name_whose_letters_were_lost_is_told() -> None:
    for told in ("Jos\N{REPLACEMENT CHARACTER} Smit", "JosÃ© Smit"):
        assert [(r.code, r.blocks) for r in _plan(_row(name=told)).remarks] == [("spoiled", False)]
    assert _plan(_row(name="José Ângela Smit")).remarks == []


def test_a_right_to_left_name_is_a_name() -> None:
    found = _plan(_row(name="نور الهاشمي"))

    assert found.changes[0].wanted.first_name == "نور"
    assert not found.remarks


def test_a_header_that_is_missing_is_told_before_anything_else() -> None:
    found = _plan(_row(), columns={"name": 0})

    assert _codes(found) == [(0, "no_column"), (0, "no_column")]
    assert [remark.field for remark in found.remarks] == ["email", "job"]


def test_a_row_that_stands_twice_is_told_and_taken_once() -> None:
    found = _plan(_row(), _row())

    assert _codes(found) == [(3, "doubled_same")]
    assert not found.blocked
    assert found.counts == {"new": 1}


def test_two_rows_that_differ_about_one_person_block() -> None:
    assert _codes(_plan(_row(), _row(job="Planner"))) == [(3, "doubled")]
    twins = _plan(
        _row(email="", number="7", name="Daan Visser"),
        _row(email="daan@example.test", name="Daan Visser"),
        known=[_daan()],
    )
    assert _codes(twins) == [(3, "doubled")]


def test_leads_are_found_by_address_number_and_exact_name() -> None:
    for lead in ("DAAN@example.test", "7", "daan  visser", "Visser, Daan"):
        found = _plan(_row(lead=lead), known=[_daan()])
        assert found.changes[0].lead == "p2", lead


def test_a_lead_further_down_the_list_is_found() -> None:
    found = _plan(_row(lead="Daan Visser"), _row(name="Daan Visser", email="daan@example.test"))

    assert found.changes[0].lead == "r3"


def test_two_people_of_one_name_are_no_lead_by_name() -> None:
    found = _plan(
        _row(lead="Daan Visser"), known=[_daan(), _daan(person=3, email="d@x.test", number="")]
    )

    assert _codes(found) == [(2, "two_leads")]


def test_a_circle_of_leads_is_told_at_each_of_its_rows() -> None:
    found = _plan(
        _row(lead="daan@example.test"),
        _row(name="Daan Visser", email="daan@example.test", lead="noor@example.test"),
    )

    assert _codes(found) == [(2, "loop"), (3, "loop")]
    assert found.remarks[0].value == "Noor Jansen → Daan Visser → Noor Jansen"


def test_a_circle_through_someone_not_in_the_list_is_found() -> None:
    found = _plan(_row(lead="7"), known=[_noor(), _daan(lead=1)])

    assert _codes(found) == [(2, "loop")]


def test_who_is_missing_from_a_whole_list_ends_today_and_is_counted() -> None:
    known = [_noor(), _daan(), _daan(person=3, email="later@example.test", number="",
                                     starts_on=date(2027, 1, 1))]  # fmt: skip
    found = _plan(_row(), known=known, everyone=True)

    assert found.leavers == 1
    assert found.changes[0].what == (("ends_on", "", "2026-11-22"),)
    assert found.changes[0].who == "Daan Visser"
    assert _plan(_row(), known=known, everyone=False).leavers == 0


def test_who_brings_the_list_cannot_end_themselves() -> None:
    found = _plan(_row(), known=[_noor(), _daan()], everyone=True, uploader=2)

    assert _codes(found) == [(0, "you_are_missing")]
    assert found.leavers == 0


def test_a_lead_who_leaves_by_this_list_is_unknown() -> None:
    found = _plan(_row(lead="7"), known=[_noor(), _daan()], everyone=True)

    assert _codes(found) == [(2, "unknown_lead")]


@pytest.mark.parametrize(
    ("leavers", "here", "brake"), [(0, 0, False), (1, 2, False), (3, 10, False), (4, 10, True)]
)
def test_the_brake_holds_above_three_in_ten(leavers: int, here: int, brake: bool) -> None:
    assert needs_brake(leavers, here) is brake


def test_a_last_day_in_the_list_ends_an_employment() -> None:
    found = _plan(_row(ends_on="30-11-2026"), known=[_noor()])

    assert found.counts == {"ended": 1}
    assert not found.changes[0].leaves_out


def test_who_left_long_ago_is_not_taken_in() -> None:
    found = _plan(_row(ends_on="31-12-2024"))

    assert found.changes == []
    assert _codes(found) == [(2, "already_left")]
    assert not found.blocked


def test_an_account_from_elsewhere_is_asked_and_not_taken() -> None:
    """Who may add anyone by address could otherwise read what that person showed elsewhere."""
    found = _plan(_row(), accounts={"noor@example.test": Account(9)})

    assert found.counts == {"asked": 1}
    assert found.changes[0].wanted.person == 9


def test_who_left_lately_returns_at_once() -> None:
    found = _plan(_row(), accounts={"noor@example.test": Account(9, returns=True)})

    assert found.counts == {"returns": 1}


def test_a_name_that_is_also_used_elsewhere_is_not_overwritten() -> None:
    found = _plan(_row(name="Noortje Bakker"), known=[_noor(our_name=False)])

    assert found.changes == []
    assert _codes(found) == [(2, "name_kept")]


def test_an_address_is_never_changed_by_a_list() -> None:
    found = _plan(
        _row(name="Daan Visser", email="new@example.test", number="7", job="Workshop manager"),
        known=[_daan()],
    )

    assert found.changes == []
    assert _codes(found) == [(2, "email_kept")]
    assert not found.blocked


def test_a_staff_number_given_to_someone_else_blocks() -> None:
    other = _plan(_row(number="7", email="new@example.test"), known=[_daan()])
    mixed = _plan(_row(number="7"), known=[_noor(), _daan()])

    assert _codes(other) == [(2, "number_taken")]
    assert _codes(mixed) == [(2, "number_of_other")]


def test_an_unknown_education_level_is_left_empty_and_told() -> None:
    columns = {**COLUMNS, "education": 9}
    found = _plan([*_row(), "MBO niveau 4"], [*_row(email="b@x.test"), "magic"], columns=columns)

    assert found.changes[0].wanted.education == "mbo4"
    assert _codes(found) == [(3, "left_empty")]
    assert not found.blocked


def test_the_digest_changes_with_the_plan_and_only_then() -> None:
    assert _plan(_row()).digest == _plan(_row()).digest
    assert _plan(_row()).digest != _plan(_row(job="Planner")).digest
    assert _plan(_row()).digest != _plan(_row(), known=[_noor(job="x")]).digest


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Noor Jansen", ("Noor", "Jansen")),
        ("Jan de Vries", ("Jan", "de Vries")),
        ("Vries, Jan de", ("Jan", "de Vries")),
        ("Cher", ("Cher", "")),
    ],
)
def test_a_name_in_one_cell_is_split(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


def test_a_unit_path_by_slash_or_arrow_with_or_without_the_top() -> None:
    for text in ("Werkplaats/Utrecht", "Werkplaats > Utrecht", "Van Dijk / Werkplaats/ Utrecht"):
        assert unit_path(text, "Van Dijk") == ("Werkplaats", "Utrecht")
    assert unit_path("", "Van Dijk") == ()


def test_columns_are_guessed_from_dutch_and_english_headers() -> None:
    header = ["Pers.nr", "Roepnaam", "Tussenvoegsel", "Achternaam", "E-mailadres", "Afdeling",
              "Functie", "Leidinggevende", "Datum in dienst", "Contracturen", "Naam"]  # fmt: skip
    assert guess_columns(header, {}) == {
        "number": 0, "first_name": 1, "infix": 2, "last_name": 3, "email": 4, "unit": 5,
        "job": 6, "lead": 7, "starts_on": 8, "hours": 9,
    }  # fmt: skip
    assert guess_columns(["Full name", "E-mail", "Job title"], {}) == {
        "name": 0, "email": 1, "job": 2,
    }  # fmt: skip


def test_what_was_chosen_before_is_chosen_again_wherever_it_stands() -> None:
    recipe = remembered(["Wie", "Post"], {"name": 0, "email": 1})

    assert recipe == {normal("Wie"): "name", normal("Post"): "email"}
    assert guess_columns(["POST", "E-mail", "wie "], recipe) == {"email": 0, "name": 2}


def test_lines_are_unrolled_and_circles_found() -> None:
    assert lines({1: 2, 2: 3, 3: None}) == [(2, 1, 1), (3, 1, 2), (3, 2, 1)]
    assert loops({"a": "b", "b": "c", "c": "a", "d": "a"}) == [["a", "b", "c"]]
