"""Reading the tables people have: CSV in whatever form their spreadsheet saves it, and XLSX.

`read` gives a `Sheet` or raises a `SheetError` whose message says what is wrong and what to do;
no bytes make it crash. `as_text`, `as_day` and `as_number` say what a cell means.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import islice

import python_calamine
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from gezel.kit.inert import restored

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
    """The first filled row is the header; empty rows fall away but keep their number."""
    header: list[str] = []
    lines: list[Line] = []
    for number, cells in enumerate(rows, start=1):
        if len(cells) > MOST_COLUMNS:
            raise SheetError(
                _("Row %(row)s has more than %(most)s columns. Is this the list you meant?")
                % {"row": number, "most": MOST_COLUMNS}
            )
        if not any(cell not in (None, "") for cell in cells):
            continue
        if not header:
            header = [as_text(cell) for cell in cells]
            while header and not header[-1]:
                header.pop()
            continue
        if len(lines) >= MOST_ROWS:
            raise SheetError(_too_many_rows())
        lines.append(Line(number, (cells + [None] * len(header))[: max(len(header), len(cells))]))
    if not header:
        raise SheetError(_("This file is empty. Save your list again and choose that file."))
    if not lines:
        raise SheetError(
            _("There are no rows under the first one, which should hold the column names.")
        )
    return Sheet(header, lines)


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
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and not _looks_binary(text):
            return text
    raise SheetError(
        _("This is not a list we can read. Save it as CSV (UTF-8) or as an Excel workbook (.xlsx).")
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
    _inspect(content)
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
        if not visible:
            raise broken
        sheet = book.get_sheet_by_name(visible[0])
        rows = sheet.to_python(skip_empty_area=False)
    except SheetError:
        raise
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # a panic inside the reader is no Exception to Python
        raise broken from None
    for row in rows:
        yield [_plain(cell) for cell in row]


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


def _inspect(content: bytes) -> None:
    """Unpack nothing that would not fit: a small file can hold a very large one.

    The sizes a package tells of itself may lie, so each part is unpacked piece by piece and
    counted; and two cells in far corners would make a reader set aside a sheet of billions.
    """
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
                room -= _measured(content, part, room, refused)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, zlib.error):
        raise no_workbook from None


def _measured(content: bytes, part: zipfile.ZipInfo, room: int, refused: SheetError) -> int:
    """How large one part of the package really is, never holding more than a piece of it."""
    start = part.header_offset
    names = int.from_bytes(content[start + 26 : start + 28], "little")
    extra = int.from_bytes(content[start + 28 : start + 30], "little")
    packed = content[start + 30 + names + extra :][: part.compress_size]
    corner = _Corner() if "worksheets" in part.filename.lower() else None
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


class _Corner:
    """The farthest row and column a sheet names, kept while it passes by in pieces."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self.tail = b""

    def look(self, piece: bytes) -> None:
        seen = _CELL_ADDRESS.findall(self.tail + piece)
        self.tail = piece[-64:]  # an address may be cut in two
        for letters in {letters.upper() for letters, _digits in seen}:
            number = 0
            for letter in letters:
                number = number * 26 + letter - 64
            self.column = max(self.column, number)
        self.row = max(self.row, max((int(digits) for _letters, digits in seen), default=0))
        if self.row > MOST_ROWS + 1_000:
            raise SheetError(_too_many_rows())
        if self.column * self.row > MOST_CELLS:
            raise SheetError(
                _("This sheet is far wider than a list would be. Save only the list and try again.")
            )


# --- What a cell means ---------------------------------------------------------------------------


def as_text(cell: Cell) -> str:
    """The cell as one line of text; a staff number that Excel made a number stays whole."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return " ".join(str(cell).split())


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
_IN_WORDS = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})\.?[- ,]+(\d{4})")
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
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
    text = _TIME.sub("", as_text(cell))
    return _day_in(text) if text else None


def _day_in(text: str) -> date:
    if m := _DAY_FIRST.fullmatch(text):
        year = int(m[3]) + (0 if len(m[3]) == 4 else 2000 if int(m[3]) < 70 else 1900)
        return date(year, int(m[2]), int(m[1]))
    if m := _YEAR_FIRST.fullmatch(text):
        return date(int(m[1]), int(m[2]), int(m[3]))
    if (m := _IN_WORDS.fullmatch(text)) and (month := _MONTHS.get(m[2].lower())):
        return date(int(m[3]), month, int(m[1]))
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and (day := as_day(float(text))):
        return day
    raise ValueError(text)


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
