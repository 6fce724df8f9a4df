"""The reader of CSV and XLSX: every form people save in, and nothing that makes it crash."""

import contextlib
import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezel.kit import sheets
from gezel.kit.export import csv_response, write_xlsx
from gezel.kit.inert import inert, restored
from gezel.kit.sheets import Sheet, SheetError, as_day, as_number, as_text, read

TEXT = "Naam;E-mail\r\nZoë Çelik;zoe@example.test\r\n"


def _cells(sheet: Sheet) -> list[list[sheets.Cell]]:
    return [line.cells for line in sheet.lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_every_encoding_a_spreadsheet_saves_in(encoding: str) -> None:
    sheet = read(TEXT.encode(encoding))

    assert sheet.header == ["Naam", "E-mail"]
    assert _cells(sheet) == [["Zoë Çelik", "zoe@example.test"]]


@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
def test_every_separator(sign: str) -> None:
    sheet = read(f"name{sign}job\nNoor{sign}Mechanic\nDaan{sign}Lead".encode())

    assert sheet.header == ["name", "job"]
    assert _cells(sheet) == [["Noor", "Mechanic"], ["Daan", "Lead"]]


def test_a_comma_in_a_name_does_not_hide_the_semicolons() -> None:
    sheet = read(b"name;job\nJansen, Noor;Mechanic\nVisser, Daan;Lead\n")

    assert _cells(sheet)[0] == ["Jansen, Noor", "Mechanic"]


def test_a_line_break_inside_quotation_marks_stays_in_its_cell() -> None:
    sheet = read(b'name,note\nNoor,"first\nsecond"\nDaan,x\n')

    assert _cells(sheet) == [["Noor", "first\nsecond"], ["Daan", "x"]]


def test_rows_keep_the_number_they_have_in_the_spreadsheet() -> None:
    sheet = read(b"sep=,\nname,job\n\n,\nNoor,Mechanic\n")

    assert [line.number for line in sheet.lines] == [5]


def test_short_rows_are_filled_up_to_the_header() -> None:
    assert _cells(read(b"a,b,c\n1,2\n")) == [["1", "2", None]]


def test_an_open_quotation_mark_is_told_with_its_row() -> None:
    with pytest.raises(SheetError, match="row 3"):
        read(b'name,job\nNoor,Mechanic\nDaan,"Lead\nx,y\n')


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"name;job\n", "no rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old form"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "not a list"),
        (b"PK\x03\x04 cut off", "packed file"),
    ],
)
def test_what_is_no_list_is_told_clearly(content: bytes, told: str) -> None:
    with pytest.raises(SheetError, match=told):
        read(content)


def _zip(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def test_a_zip_named_csv_is_told() -> None:
    with pytest.raises(SheetError, match="packed file"):
        read(_zip(**{"list.csv": TEXT.encode()}))


def test_too_many_rows_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    with pytest.raises(SheetError, match="more than 3 rows"):
        read(b"name\n" + b"x\n" * 4)


def _workbook(rows: list[list[object]]) -> bytes:
    file = io.BytesIO()
    write_xlsx(file, [str(cell) for cell in rows[0]], rows[1:])
    return file.getvalue()


def test_a_workbook_gives_text_dates_and_numbers() -> None:
    sheet = read(
        _workbook([["name", "start", "hours"], ["Noor", date(2025, 12, 31), Decimal("32.5")]])
    )

    assert _cells(sheet) == [["Noor", date(2025, 12, 31), 32.5]]


def test_a_packed_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 1_000_000)
    bomb = _zip(xl__workbook_xml=b"")
    bomb = _zip(**{"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"0" * 3_000_000})
    with pytest.raises(SheetError, match="unpacks to far more"):
        read(bomb)


def test_a_size_that_lies_does_not_help_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 1_000_000)
    bomb = _zip(**{"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"0" * 3_000_000})
    lying = bomb.replace((3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != bomb
    with pytest.raises(SheetError, match="unpacks to far more"):
        read(lying)


@pytest.mark.parametrize("corner", ["XFD1048576", "XFD900", "GR249000", "A999999"])
def test_two_cells_in_far_corners_are_refused(corner: str) -> None:
    """A reader that sets aside the whole sheet between them would need all memory there is."""
    small = _workbook([["a"], ["b"]])
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(small)) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if "worksheets/sheet1.xml" in part.filename:
                content = content.replace(b'r="A2"', f'r="{corner}"'.encode())
            new.writestr(part.filename, content)
    with pytest.raises(SheetError, match=r"far wider|more than 250,000 rows"):
        read(file.getvalue())


def test_a_workbook_cut_in_half_is_told() -> None:
    whole = _workbook([["a"], ["b"]])
    with pytest.raises(SheetError):
        read(whole[: len(whole) // 2])


@given(st.binary(max_size=2_000))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_rows_or_a_clear_error(content: bytes) -> None:
    with contextlib.suppress(SheetError):
        sheet = read(content)
        assert sheet.header
        assert sheet.lines


@given(st.integers(0, 4_000), st.binary(min_size=1, max_size=40))
@settings(max_examples=150, deadline=None)
def test_a_damaged_workbook_gives_rows_or_a_clear_error(at: int, damage: bytes) -> None:
    whole = _workbook([["name", "start"], ["Noor", date(2025, 1, 1)], ["Daan", None]])
    at %= len(whole)
    with contextlib.suppress(SheetError):
        read(whole[:at] + damage + whole[at + len(damage) :])


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("31-12-2025", date(2025, 12, 31)),
        ("31/12/2025", date(2025, 12, 31)),
        ("1.2.2025", date(2025, 2, 1)),
        ("2025-12-31", date(2025, 12, 31)),
        ("20251231", date(2025, 12, 31)),
        ("2025-12-31T00:00:00", date(2025, 12, 31)),
        ("31-12-25 00:00", date(2025, 12, 31)),
        ("1-1-98", date(1998, 1, 1)),
        ("31 december 2025", date(2025, 12, 31)),
        ("3 mrt. 2025", date(2025, 3, 3)),
        (46022, date(2025, 12, 31)),
        ("46022", date(2025, 12, 31)),
        (date(2025, 12, 31), date(2025, 12, 31)),
        ("", None),
        (None, None),
    ],
)
def test_dates_as_people_write_them(cell: sheets.Cell, meant: date | None) -> None:
    assert as_day(cell) == meant


@pytest.mark.parametrize("cell", ["31-02-2025", "soon", "12-31-2025", 4, "1234", 9e9])
def test_what_is_no_date_is_no_date(cell: sheets.Cell) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says, it is not taken for a date
        as_day(cell)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("32,5", "32.5"), ("1.024,50", "1024.50"), ("1,024.50", "1024.50"), (36, "36"), (" 8 ", "8")],
)
def test_numbers_with_a_comma_or_a_point(cell: sheets.Cell, meant: str) -> None:
    assert as_number(cell) == Decimal(meant)


@pytest.mark.parametrize("cell", ["many", "NaN", "Infinity", date(2025, 1, 1)])
def test_what_is_no_number_is_no_number(cell: sheets.Cell) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        as_number(cell)


def test_a_staff_number_that_became_a_number_stays_whole() -> None:
    assert as_text(1042.0) == "1042"


@given(st.text())
def test_what_is_made_inert_comes_back_the_same(text: str) -> None:
    assert restored(inert(text)) == text
    assert not inert(text).startswith(("=", "+", "-", "@", "\t", "\r"))


HOSTILE = ["=1+1", "+31612345678", "-1", "@SUM(A1)", "\tx", "\rx", "'=1", "''-x", 'a"b;c,d\ne', "ẞ"]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_exported_csv_reads_back_equal_and_holds_no_formula(language: str) -> None:
    from django.utils import translation

    with translation.override(language):
        response = csv_response("x", ["a", "b"], [[text, "x"] for text in HOSTILE])
        content = response.getvalue()

    assert [line.cells[0] for line in read(content).lines] == HOSTILE
    for line in content.decode("utf-8-sig").splitlines()[1:]:
        assert not line.lstrip('"').startswith(("=", "+", "-", "@"))


def test_an_exported_workbook_reads_back_equal_and_holds_no_formula() -> None:
    rows: list[list[object]] = [["a", "b"]]
    rows += [[text, "x"] for text in HOSTILE]
    content = _workbook(rows)

    assert [line.cells[0] for line in read(content).lines] == HOSTILE
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")
