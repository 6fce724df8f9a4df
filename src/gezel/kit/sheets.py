"""Reading the tables people have: CSV in whatever form their spreadsheet saves it, and XLSX.

`read` gives a `Sheet` or raises a `SheetError` whose message says what is wrong and what to do;
no bytes make it crash. `as_text`, `as_day` and `as_number` say what a cell means.
"""

import csv
import io
import posixpath
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

import python_calamine
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from gezel.kit.inert import restored
from gezel.kit.markup import MarkupRefused, read_xml

Cell = str | int | float | date | None

MOST_ROWS = 250_000
MOST_COLUMNS = 200
MOST_CELLS = 12_000_000
MOST_BYTES = 100 * 1024 * 1024
# What a workbook may become once unpacked: a sheet of the most rows stays well below it.
MOST_UNPACKED = 600 * 1024 * 1024
MOST_ENTRIES = 2_000
LONGEST_CELL = 100_000

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Above a list may stand what it is a list of, each line in a cell of its own.
MOST_TITLES = 20

_CELL_ADDRESS = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]{1,4})([0-9]{1,10})\s*["']""")


class SheetError(Exception):
    """The file cannot be read; the message says why and what to do, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Line:
    """One filled row with the number it has in the spreadsheet."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the names above the columns, and the filled rows below."""

    header: list[str]
    lines: list[Line]


def read(content: bytes) -> Sheet:
    """The first table in a CSV or XLSX file, told apart by what is in it, not by its name.

    Raises:
        SheetError: it is neither, it is empty, broken, too large, or has no rows under its header.
    """
    if not content.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise SheetError(_("This file is empty. Save your list again and choose that file."))
    if len(content) > MOST_BYTES:
        raise SheetError(
            _("This file is larger than %(most)s MB. Split it and bring in the parts one by one.")
            % {"most": MOST_BYTES // (1024 * 1024)}
        )
    if content.startswith((_ZIP, _EMPTY_ZIP)):
        return _sheet(_workbook_rows(content))
    if content.startswith(_OLD_EXCEL):
        raise SheetError(
            _(
                "This is a workbook in an old form, or one locked with a password. "
                "Save it as an Excel workbook (.xlsx) without a password, or as CSV."
            )
        )
    return _sheet(_text_rows(_decoded(content)))


def _sheet(rows: Iterable[list[Cell]]) -> Sheet:
    """The first filled row is the header; empty rows fall away but keep their number.

    A title above the list is no header: it fills one cell, where the names fill three or more.
    """
    leading: list[Line] = []  # until it is known which of them is the header
    header: list[str] | None = None
    lines: list[Line] = []

    def begin(first: int) -> list[str]:
        names = [as_text(cell) for cell in leading[first].cells]
        while names and not names[-1]:
            names.pop()
        lines.extend(_fitted(one.number, one.cells, names) for one in leading[first + 1 :])
        return names

    for number, cells in _filled(rows):
        if header is not None:
            lines.append(_fitted(number, cells, header))
            if len(lines) > MOST_ROWS:
                raise SheetError(_too_many_rows())
            continue
        leading.append(Line(number, cells))
        width = sum(1 for cell in cells if cell not in (None, ""))
        if width > 1 or len(leading) > MOST_TITLES:
            header = begin(len(leading) - 1 if width > 2 else 0)
    if header is None and leading:
        header = begin(0)
    if len(lines) > MOST_ROWS:
        raise SheetError(_too_many_rows())
    if header is None:
        raise SheetError(_("This file is empty. Save your list again and choose that file."))
    if not lines or not header:
        raise SheetError(
            _("There are no rows under the first one, which should hold the column names.")
        )
    return Sheet(header, lines)


def _filled(rows: Iterable[list[Cell]]) -> Iterator[tuple[int, list[Cell]]]:
    """The rows with something in them, by their number."""
    for number, cells in enumerate(rows, start=1):
        if len(cells) > MOST_COLUMNS:
            raise SheetError(
                _("Row %(row)s has more than %(most)s columns. Is this the list you meant?")
                % {"row": number, "most": MOST_COLUMNS}
            )
        if any(cell not in (None, "") for cell in cells):
            yield number, cells


def _fitted(number: int, cells: list[Cell], header: list[str]) -> Line:
    """A row with a cell below each name, and what stands beyond."""
    return Line(number, (cells + [None] * len(header))[: max(len(header), len(cells))])


def _too_many_rows() -> str:
    return _("This list has more than %(most)s rows. Split it and bring in the parts.") % {
        "most": number_format(MOST_ROWS, force_grouping=True)
    }


# --- CSV ---------------------------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    """The text, whichever way it was written down: UTF-8, UTF-16, or Windows for the west."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content[1:200:2].count(0) > len(content[1:200:2]) * 0.6:
        encodings = ["utf-16-le"]
    elif content[:200:2].count(0) > len(content[:200:2]) * 0.6:
        encodings = ["utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding == "utf-8-sig":
                _refuse_mixed(content, error.start)
            continue
        if "\x00" not in text and not _looks_binary(text):
            _refuse_others(text)
            return text
    raise SheetError(
        _("This is not a list we can read. Save it as CSV (UTF-8) or as an Excel workbook (.xlsx).")
    )


# Two and more bytes that only UTF-8 writes: read as Windows' they are "Ã©" where "é" was meant.
_UTF_8_LETTER = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")


def _refuse_mixed(content: bytes, at: int) -> None:
    """A list pasted together from two encodings cannot be read as either without spoiling names.

    Raises:
        SheetError: UTF-8 stands in it beside a sign that is none.
    """
    if _UTF_8_LETTER.search(content):
        row = len(re.findall(rb"\r\n|\r|\n", content[:at])) + 1
        raise SheetError(
            _(
                "This file mixes two ways of writing letters like é and ë; the first that differs "
                "stands in line %(row)s. Open it in a spreadsheet, correct those names and save it "
                "as an Excel workbook (.xlsx)."
            )
            % {"row": row}
        )


def _refuse_others(text: str) -> None:
    """What is text, but no list: often a report that was only named .xls or .csv.

    Raises:
        SheetError: it is a page, a document or data for programs.
    """
    begin = text[:500].lstrip("\ufeff \t\r\n").lower()
    if begin.startswith(("<!doctype", "<html", "<table", "<?xml", "<workbook", "%pdf", "{\\rtf")):
        raise SheetError(
            _(
                "This is a page or a document, whatever its name says, and not a list. Open it in "
                "a spreadsheet and save it as an Excel workbook (.xlsx), or as CSV."
            )
        )


def _looks_binary(text: str) -> bool:
    """Pictures and programs decode to something; text has hardly any control characters."""
    sample = text[:4_000]
    odd = sum(1 for c in sample if c < " " and c not in "\t\r\n\x0b\x0c\x1a\x1c\x1d\x1e\x1f")
    return odd > len(sample) * 0.02


def _text_rows(text: str) -> Iterator[list[Cell]]:
    told = re.match(r"sep=(.)\r?\n", text)
    if told:  # Excel's own way to say it
        separator, text = told[1], text[told.end() :]
        yield []  # that line has a number too
    else:
        separator = _separator(text)
    number = 0
    try:
        # Line ends stay as they are, so that those inside quotation marks survive.
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            number += 1
            yield [restored(cell) for cell in row]
    except csv.Error as error:
        if "field larger" in str(error):
            told_why = _("Row %(row)s holds a text that is far too long; is a quotation mark open?")
        else:
            told_why = _(
                'In or after row %(row)s a quotation mark (") stands in a wrong place or is '
                "not closed."
            )
        raise SheetError(told_why % {"row": number + 1}) from None


def _separator(text: str) -> str:
    """The sign between the columns: the one that cuts the first rows into equally many."""
    sample = text[:20_000]
    best, best_score = ",", 0.0
    for sign in (";", ",", "\t", "|"):
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=sign)
        try:
            widths = [len(row) for row in islice(reader, 30) if row]
        except csv.Error:
            continue
        if len(sample) == 20_000 and len(widths) < 30:
            widths = widths[:-1]  # the last one may be cut off
        if not widths or widths[0] < 2:
            continue
        alike = sum(1 for width in widths if width == widths[0]) / len(widths)
        score = alike * 10 + min(widths[0], 9) / 10
        if score > best_score:
            best, best_score = sign, score
    return best


# --- XLSX --------------------------------------------------------------------------------------


def _workbook_rows(content: bytes) -> Iterator[list[Cell]]:
    seen = _inspect(content)
    broken = SheetError(
        _("This workbook is broken or not complete. Open it, save it again as .xlsx and retry.")
    )
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        name, rows, merged = "", [], []
        for name in visible:
            sheet = book.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False)
            if rows:
                merged = sheet.merged_cell_ranges or []
                break
        looked = seen.get(_part_of(content, name), _Looked()) if rows else _Looked()
    except SheetError:
        raise
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # a panic inside the reader is no Exception to Python
        raise broken from None
    if not visible:
        raise SheetError(
            _("Every sheet of this workbook is hidden. Show the one with the list and save it.")
        )
    if looked.unknown:
        raise SheetError(
            _(
                "Cell %(cell)s holds a formula of which no outcome was saved. Open the workbook in "
                "a spreadsheet, save it there, and bring it in again."
            )
            % {"cell": looked.unknown}
        )
    table: list[list[Any]] = rows
    for (row, column), told in looked.errors.items():
        if row < len(table) and column < len(table[row]):
            table[row][column] = told
    _fill_down(table, merged)
    for cells in table:
        yield [_plain(cell) for cell in cells]


def _fill_down(
    rows: list[list[Any]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    """What stands once beside several rows counts for each of them, as who merged them reads it."""
    for (top, column), (bottom, _right) in merged:
        for row in rows[top + 1 : bottom + 1]:
            if top < len(rows) and column < len(row):
                row[column] = rows[top][column]


def _part_of(content: bytes, name: str) -> str:
    """In which part of the package a sheet lies; empty where the workbook does not say."""
    office = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            at = {part.filename.lower().lstrip("/"): part.filename for part in package.infolist()}
            book = read_xml(package.read(at["xl/workbook.xml"]))
            tied = read_xml(package.read(at["xl/_rels/workbook.xml.rels"]))
    except (KeyError, MarkupRefused, zipfile.BadZipFile, OSError, zlib.error):
        return ""
    which = {sheet.get("name"): sheet.get(office) for sheet in book.iter("{*}sheet")}
    where = {one.get("Id"): one.get("Target") or "" for one in tied.iter("{*}Relationship")}
    target = where.get(which.get(name), "")
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").lower() if target else ""


def _plain(cell: object) -> Cell:
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date | int | str):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    return str(cell)


def _inspect(content: bytes) -> "dict[str, _Looked]":
    """Unpack nothing that would not fit: a small file can hold a very large one.

    The sizes a package tells of itself may lie, so each part is unpacked piece by piece and
    counted; and two cells in far corners would make a reader set aside a sheet of billions.

    Returns:
        what was seen in passing of each sheet, by the part it lies in.
    """
    seen: dict[str, _Looked] = {}
    refused = SheetError(
        _("This file unpacks to far more than a list would. Save only the list and try again.")
    )
    no_workbook = SheetError(
        _(
            "This is a packed file (zip), not a list. Unpack it, or save the list as CSV or as "
            "an Excel workbook (.xlsx)."
        )
    )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_ENTRIES:
                raise refused
            if not any(part.filename.lower().lstrip("/") == "xl/workbook.xml" for part in parts):
                raise no_workbook
            if sum(part.compress_size for part in parts) > len(content):
                raise refused
            room = MOST_UNPACKED
            for part in parts:
                if part.flag_bits & 1:
                    raise SheetError(_("This workbook has a password. Save it without one."))
                looked = _Looked() if "worksheets" in part.filename.lower() else None
                room -= _measured(content, part, room, refused, looked)
                if looked:
                    seen[part.filename.lower().lstrip("/")] = looked
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, zlib.error):
        raise no_workbook from None
    return seen


def _measured(
    content: bytes,
    part: zipfile.ZipInfo,
    room: int,
    refused: SheetError,
    corner: "_Looked | None",
) -> int:
    """How large one part of the package really is, never holding more than a piece of it."""
    start = part.header_offset
    names = int.from_bytes(content[start + 26 : start + 28], "little")
    extra = int.from_bytes(content[start + 28 : start + 30], "little")
    packed = content[start + 30 + names + extra :][: part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        if len(packed) > room:
            raise refused
        if corner:
            corner.look(packed)
        return len(packed)
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile
    unpacker, total = zlib.decompressobj(-15), 0
    while not unpacker.eof:
        piece = unpacker.decompress(packed, 1024 * 1024)
        packed = unpacker.unconsumed_tail
        if not piece and not packed:
            break
        total += len(piece)
        if total > room:
            raise refused
        if corner:
            corner.look(piece)
    return total


_ERROR = re.compile(
    rb"""<(?:\w+:)?c(?=\s[^<>]*?(?<=\s)t\s*=\s*["']e["'])[^<>]*?\sr\s*=\s*["']([A-Za-z]{1,4})([0-9]{1,10})"""
    rb"""["'][^<>]*>(?:(?!</(?:\w+:)?c>).){0,9000}?<(?:\w+:)?v>([^<>]{1,40})<""",
    re.DOTALL,
)
# A formula without outcome: not one that came out as an empty text, which says so (t="str").
_UNKNOWN = re.compile(
    rb"""<(?:\w+:)?c(?=\s)(?![^<>]*\st\s*=)[^<>]*?\sr\s*=\s*["']([A-Za-z]{1,4}[0-9]{1,10})["'][^<>]*>\s*"""
    rb"""<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<>]{0,8200}</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_MOST_ERRORS = 100_000


class _Looked:
    """What there is to know of a sheet, kept while it passes by in pieces: the farthest row and
    column it names, and the cells whose formula failed or was never worked out. The reader of
    workbooks gives all of these as empty cells; taken so, a failed look-up of someone's lead
    would take the lead away."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self.tail = b""
        self.errors: dict[tuple[int, int], str] = {}
        self.unknown = ""

    def look(self, piece: bytes) -> None:
        text = self.tail + piece
        self.tail = text[-64:]  # an address may be cut in two
        seen = _CELL_ADDRESS.findall(text)
        for letters in {letters.upper() for letters, _digits in seen}:
            self.column = max(self.column, _column(letters))
        self.row = max(self.row, max((int(digits) for _letters, digits in seen), default=0))
        if self.row > MOST_ROWS + 1_000:
            raise SheetError(_too_many_rows())
        if self.column * self.row > MOST_CELLS:
            raise SheetError(
                _("This sheet is far wider than a list would be. Save only the list and try again.")
            )
        if b'="e"' in text or b"='e'" in text or b"<f" in text or b":f" in text:
            self.tail = text[-10_000:]  # so may a cell be, with the formula in it
            self._look_for_failures(text)

    def _look_for_failures(self, text: bytes) -> None:
        for letters, digits, told in _ERROR.findall(text):
            if len(self.errors) < _MOST_ERRORS:
                at = (int(digits) - 1, _column(letters.upper()) - 1)
                self.errors[at] = told.decode("utf-8", "replace")
        if not self.unknown and (found := _UNKNOWN.search(text)):
            self.unknown = found[1].decode()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


# --- What a cell means ---------------------------------------------------------------------------


def as_text(cell: Cell) -> str:
    """The cell as one line of text; a staff number that Excel made a number stays whole."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    text = str(cell)
    if not text.isascii() or not text.isprintable():
        # One spelling for letters with a sign on them (a Mac writes them in two), and without what
        # nobody sees: controls, turns of the writing direction, breaks without width.
        text = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    return " ".join(text.split())


_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060-\u2064\u202a-\u202e\u2066-\u206f\ufeff]"
)
# As Excel writes them, in English and in Dutch.
_FAILED = {
    "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
    "#N/B", "#VERW!", "#WAARDE!", "#NAAM?", "#DEEL/0!", "#GETAL!", "#LEEG!", "#OVERLOOP!",
}  # fmt: skip


def has_failed(cell: Cell) -> bool:
    """Whether the spreadsheet could not work this cell out: it says an error, not a value."""
    return isinstance(cell, str) and cell.strip().upper() in _FAILED


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january", "feb februari february", "mrt maa maart mar march",
            "apr april", "mei may", "jun juni june", "jul juli july",
            "aug augustus august", "sep sept september", "okt oktober oct october",
            "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})")
_YEAR_FIRST_APART = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_IN_WORDS = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})\.?[- ,]+(\d{4}|\d{2})")
_MONTH_IN_FRONT = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
# "maandag 2 maart 2026", as Excel writes a long date.
_DAY_OF_WEEK = re.compile(
    r"(ma|di|wo|do|vr|za|zo|mon|tue|wed|thu|fri|sat|sun)([a-z]*dag|[a-z]*day)?[., ]+", re.IGNORECASE
)
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?(Z|[+-]\d{2}:?\d{2})?$")
_EXCEL_DAY_ZERO = date(1899, 12, 30)
# 1 January 1930 to 31 December 2099: a number outside is no date someone meant.
_FIRST_SERIAL, _LAST_SERIAL = 10_959, 73_050


def as_day(cell: Cell) -> date | None:
    """The date a cell holds, as a Dutch reader means it (day first); None when it is empty.

    Raises:
        ValueError: there is something, but no date.
    """
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float):
        if not _FIRST_SERIAL <= cell <= _LAST_SERIAL:
            raise ValueError(str(cell))
        return _EXCEL_DAY_ZERO + timedelta(days=int(cell))
    text = _DAY_OF_WEEK.sub("", _TIME.sub("", as_text(cell)), count=1)
    return _day_in(text) if text else None


def _day_in(text: str) -> date:
    if m := _DAY_FIRST.fullmatch(text):
        return date(_year(m[3]), int(m[2]), int(m[1]))
    if m := _YEAR_FIRST.fullmatch(text) or _YEAR_FIRST_APART.fullmatch(text):
        return date(int(m[1]), int(m[2]), int(m[3]))
    if (m := _IN_WORDS.fullmatch(text)) and (month := _MONTHS.get(m[2].lower())):
        return date(_year(m[3]), month, int(m[1]))
    if (m := _MONTH_IN_FRONT.fullmatch(text)) and (month := _MONTHS.get(m[1].lower())):
        return date(int(m[3]), month, int(m[2]))
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and (day := as_day(float(text))):
        return day
    raise ValueError(text)


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 70 else 1900)


def as_number(cell: Cell) -> Decimal | None:
    """The number a cell holds, with a comma or a point; None when it is empty.

    Raises:
        ValueError: there is something, but no number.
    """
    if isinstance(cell, date):
        raise ValueError(cell.isoformat())
    text = as_text(cell).replace(" ", "").replace("\u00a0", "")
    if not text:
        return None
    if "," in text and "." in text:  # the last of the two is the decimal one
        group, point = (".", ",") if text.rfind(",") > text.rfind(".") else (",", ".")
        text = text.replace(group, "").replace(point, ".")
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise ValueError(text) from None
    if not number.is_finite():
        raise ValueError(text)
    return number
