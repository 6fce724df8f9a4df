"""Tables to take along: CSV that Excel opens rightly, and XLSX. Both stream."""

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gezel.kit import late
from gezel.kit.inert import inert

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Limits of the form itself.
_MOST_ROWS = 1_048_575
_LONGEST_TEXT = 32_767


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _named(name: str, ending: str) -> str:
    return f"{slugify(name) or 'gezel'}-{timezone.localdate().isoformat()}.{ending}"


def csv_response(
    name: str, header: Sequence[object], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """Rows as a CSV download, sent while they are read.

    Semicolons and decimal commas in Dutch, commas and points in English, as Excel expects of
    either; UTF-8 with its mark. What looks like a formula stays text (`kit.inert`); our own
    reader gives the same text back.
    """
    dutch = (get_language() or "").startswith("nl")

    writer = csv.writer(_Echo(), delimiter=";" if dutch else ",")

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow([_told(cell, comma=dutch) for cell in header])
        for row in rows:
            yield writer.writerow([_told(cell, comma=dutch) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_named(name, "csv")}"'
    return response


def xlsx_response(
    name: str, header: Sequence[object], rows: Iterable[Sequence[object]]
) -> FileResponse:
    """Rows as an Excel workbook: real dates and numbers, every text a text, never a formula."""
    # The response closes it, which also removes it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write_xlsx(file, header, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=_named(name, "xlsx"), content_type=XLSX)


def _told(value: object, *, comma: bool) -> str:
    """A cell as CSV text; figures and dates are no risk, every text is made inert."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float | Decimal):
        return str(value).replace(".", ",") if comma else str(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else inert(str(value))


def write_xlsx(file: IO[bytes], header: Sequence[object], rows: Iterable[Sequence[object]]) -> None:
    """Write the workbook row by row, holding one row in memory."""
    book: Any = late.xlsxwriter.Workbook(
        file,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    as_day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    as_moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, max(1, len(header) - 1), 20)
    for column, cell in enumerate(header):
        sheet.write_string(0, column, str(cell), bold)
    for number, row in enumerate(rows, start=1):
        if number > _MOST_ROWS:
            break
        for column, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if isinstance(cell, bool):
                sheet.write_string(number, column, _("yes") if cell else _("no"))
            elif isinstance(cell, int | float | Decimal):
                sheet.write_number(number, column, cell)
            elif isinstance(cell, datetime):
                moment = timezone.localtime(cell).replace(tzinfo=None)
                sheet.write_datetime(number, column, moment, as_moment)
            elif isinstance(cell, date):
                sheet.write_datetime(number, column, datetime.combine(cell, time()), as_day)
            else:
                sheet.write_string(number, column, str(cell)[:_LONGEST_TEXT])
    book.close()


FORMS: dict[
    str, Callable[[str, Sequence[object], Iterable[Sequence[object]]], HttpResponseBase]
] = {"csv": csv_response, "xlsx": xlsx_response}
