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


def _office(
    data: str, *, after: str = "", before: str = "", hidden: tuple[bool, ...] = (False,)
) -> bytes:
    """A workbook as Excel writes it, its rows in the last of its sheets."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    last = len(hidden)
    sheets_told = "".join(
        f'<sheet name="S{n}" sheetId="{n}" state="{"hidden" if shut else "visible"}" r:id="r{n}"/>'
        for n, shut in enumerate(hidden, start=1)
    )
    ties = "".join(
        f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="/xl/worksheets/sheet{n}.xml"/>'
        for n in range(1, last + 1)
    )
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{sheets_told}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">{ties}</Relationships>',
    }
    for n in range(1, last + 1):
        rows, rest = (data, after) if n == last else ("", "")
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'{before}<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{rest}</worksheet>'
        )
    return _zip(**{name: part.encode() for name, part in parts.items()})


def _row(number: int, *cells: str) -> str:
    """A row of texts; a cell that begins with < is written as it is, with its address filled in."""
    told = [
        cell.replace("@", f"{letter}{number}", 1)
        if cell.startswith("<")
        else f'<c r="{letter}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        for letter, cell in zip("ABCDEF", cells, strict=False)
        if cell
    ]
    return f'<row r="{number}">{"".join(told)}</row>'


NAMES = _row(1, "Naam", "E-mail", "Afdeling", "Leidinggevende")


def test_what_is_merged_over_rows_counts_for_each_of_them() -> None:
    rows = NAMES + _row(2, "Noor", "n@x.nl", "Werkplaats") + _row(3, "Daan", "d@x.nl")
    merged = '<mergeCells count="1"><mergeCell ref="C2:C3"/></mergeCells>'

    assert [line.cells[2] for line in read(_office(rows, after=merged)).lines] == ["Werkplaats"] * 2


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="@" t="e"><v>#N/A</v></c>',
        '<c r="@" s="3" t="e"><f>VLOOKUP(A2,Blad2!A:B,2,FALSE)</f><v>#N/A</v></c>',
        "<c t='e' r='@'><v>#N/A</v></c>",
    ],
)
def test_a_formula_that_failed_is_no_empty_cell(cell: str) -> None:
    """Taken for empty, a failed look-up of someone's lead would take the lead away."""
    sheet = read(_office(NAMES + _row(2, "Noor", "n@x.nl", "", cell)))

    assert sheet.lines[0].cells[3] == "#N/A"
    assert sheets.has_failed(sheet.lines[0].cells[3])


def test_a_formula_that_was_never_worked_out_is_told_with_its_cell() -> None:
    unknown = '<c r="@"><f>VLOOKUP(A2,Blad2!A:B,2,FALSE)</f><v></v></c>'
    with pytest.raises(SheetError, match="Cell D2 holds a formula"):
        read(_office(NAMES + _row(2, "Noor", "n@x.nl", "", unknown)))


def test_what_a_formula_came_out_as_is_read_also_when_that_is_nothing() -> None:
    came_out = '<c r="@" t="str"><f>B2</f><v>d@x.nl</v></c>'
    nothing = '<c r="@" t="str"><f>IF(A2="","",1)</f><v></v></c>'
    sheet = read(_office(NAMES + _row(2, "Noor", "n@x.nl", nothing, came_out)))

    assert sheet.lines[0].cells == ["Noor", "n@x.nl", None, "d@x.nl"]


def test_failures_in_pieces_of_a_large_sheet_are_all_found(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = sheets._Looked()
    data = "".join(
        _row(n, "Noor", "", "", '<c r="@" t="e"><f>VLOOKUP(1,2,3)</f><v>#N/A</v></c>')
        for n in range(1, 60)
    ).encode()
    for at in range(0, len(data), 37):
        looked.look(data[at : at + 37])

    assert sorted(looked.errors) == [(n, 3) for n in range(59)]


def test_the_first_sheet_with_something_in_it_that_is_not_hidden_is_read() -> None:
    rows = NAMES + _row(2, "Noor", "n@x.nl", "", '<c r="@" t="e"><v>#N/A</v></c>')

    assert read(_office(rows, hidden=(False, False))).lines[0].cells[3] == "#N/A"
    assert read(_office(rows, hidden=(True, False))).lines[0].cells[0] == "Noor"
    with pytest.raises(SheetError, match="is hidden"):
        read(_office(rows, hidden=(True, True)))


def test_a_workbook_that_points_elsewhere_is_not_followed() -> None:
    outside = '<!DOCTYPE x [<!ENTITY out SYSTEM "file:///etc/hostname">]>'
    with pytest.raises(SheetError, match="broken"):
        read(_office(NAMES + _row(2, "&out;", "n@x.nl"), before=outside))


def test_a_title_above_a_list_is_no_header() -> None:
    sheet = read(
        b"Personeelslijst;;\n\nper 1 november;;\nNaam;E-mail;Functie\nNoor;n@x.nl;Monteur\n"
    )

    assert sheet.header == ["Naam", "E-mail", "Functie"]
    assert [line.number for line in sheet.lines] == [5]
    assert read(b"wie\na@x.nl\nb@x.nl, Noor\n").header == ["wie"]


@pytest.mark.parametrize("first", ["utf-8", "cp1252"])
def test_two_encodings_in_one_file_are_told_with_the_line(first: str) -> None:
    other = "cp1252" if first == "utf-8" else "utf-8"
    content = b"Naam;E-mail\n" + "José;j@x.nl\n".encode(first) + "Zoë;z@x.nl\n".encode(other)
    with pytest.raises(SheetError, match=f"line {3 if first == 'utf-8' else 2}"):
        read(content)


@pytest.mark.parametrize(
    "content",
    [
        b"<html><table><tr><td>Naam</td></tr></table></html>",
        b"%PDF-1.4\n1 0 obj\n<<>>\n",
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<Workbook>\n</Workbook>",
    ],
)
def test_a_page_named_as_a_list_is_told(content: bytes) -> None:
    with pytest.raises(SheetError, match="page or a document"):
        read(content)


def test_what_nobody_sees_is_not_part_of_a_text() -> None:
    assert as_text("No\x00or\u202e Jan\u200bsen\x07\r") == "Noor Jansen"
    assert as_text("Zoe\u0308") == "Zoë"
    # What joins signs stays: without it these are other words and another picture.
    assert as_text("می\u200cخواهم 👩\u200d🔧") == "می\u200cخواهم 👩\u200d🔧"


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
        ("3-mrt-25", date(2025, 3, 3)),
        ("maandag 3 maart 2025", date(2025, 3, 3)),
        ("ma 3-3-2025", date(2025, 3, 3)),
        ("Mar 3, 2025", date(2025, 3, 3)),
        ("2025-3-3", date(2025, 3, 3)),
        ("3-3-2025 10:00 AM", date(2025, 3, 3)),
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
