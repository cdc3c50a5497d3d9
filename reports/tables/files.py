"""A report as a file: CSV for programs and spreadsheets alike, XLSX with numbers and days as such."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.http import FileResponse
from django.utils.translation import gettext as _

from accounts.models import Clinic
from common.cells import BOM, written
from common.refused import Refused
from reports.tables.listed import Listed
from reports.tables.sheets import Column, Report, Sheet

FORMS = ("csv", "csv-semicolon", "xlsx")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "csv-semicolon": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
AT_ONCE = 20_000  # what is longer is written outside the request
MOST_LINES = 1_048_570  # a sheet of XLSX ends a little later
LONGEST_CELL = 32_767
PLAIN_WORKBOOK = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
PACE = 4_095  # how many lines pass, less one, before somebody is told

Told = Callable[[int], None]


def is_long(sheet: Sheet) -> bool:
    """Say whether a file takes too long to wait for."""
    return len(sheet.rows) > AT_ONCE


def check_fits(sheet: Sheet, form: str) -> None:
    """Refuse a list that this form of file cannot hold."""
    if form == "xlsx" and len(sheet.rows) > MOST_LINES:
        raise Refused("too_long", _("A sheet of XLSX holds no more than a million lines. Take CSV."))


def name_of(report_name: str, form: str) -> str:
    """Name a file for whoever saves it."""
    return f"{report_name}.{'xlsx' if form == 'xlsx' else 'csv'}"


def write(report: Report, sheet: Sheet, file: IO[bytes], *, form: str, clinic: Clinic, tell: Told | None = None) -> int:
    """Write a report into a file and give its number of lines; `tell` hears now and then how many are written."""
    if form == "xlsx":
        return write_xlsx(report, sheet, file, clinic=clinic, tell=tell)
    return write_csv(report, sheet, file, clinic=clinic, tell=tell, semicolon=form == "csv-semicolon")


class Counted:
    """Passes lines on to a file and counts them."""

    def __init__(self, file: IO[bytes], tell: Told | None) -> None:
        self.into, self.tell, self.lines = file.write, tell, 0

    def write(self, line: bytes) -> None:
        self.into(line)
        self.lines += 1
        if not self.lines & PACE and self.tell:
            self.tell(self.lines)


def write_csv(
    report: Report, sheet: Sheet, file: IO[bytes], *, clinic: Clinic, tell: Told | None = None, semicolon: bool = False
) -> int:
    """Write the lines of the screen as CSV; with semicolons decimals have a comma, as such spreadsheets read them."""
    delimiter = ";" if semicolon else ","
    file.write(BOM.encode())
    file.write(_line([written(str(column.label)) for column in report.columns], delimiter))
    counted = Counted(file, tell)
    if isinstance(sheet.rows, Listed):
        sheet.rows.copy(counted, delimiter=delimiter, comma=semicolon)
        return counted.lines
    zone = ZoneInfo(clinic.time_zone)
    for row in _every(sheet):
        counted.write(_line([_cell(column, value, zone, semicolon) for column, value in report.cells(row)], delimiter))
    return counted.lines


def _every(sheet: Sheet) -> Iterator[Any]:
    yield from sheet.rows
    if sheet.totals is not None:
        yield sheet.totals


def _cell(column: Column, value: Any, zone: ZoneInfo, comma: bool) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None, microsecond=0).isoformat()
    text = written(value)
    return text.replace(".", ",") if comma and column.kind == "number" else text


def _line(cells: Iterable[str], delimiter: str) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=delimiter).writerow(cells)
    return line.getvalue().removesuffix("\r\n").encode() + b"\n"  # ends as the database ends its lines


def write_xlsx(report: Report, sheet: Sheet, file: IO[bytes], *, clinic: Clinic, tell: Told | None = None) -> int:
    """Write the lines of the screen as one sheet of XLSX, in little memory; a text is never taken for a formula."""
    check_fits(sheet, "xlsx")
    with xlsxwriter.Workbook(file, PLAIN_WORKBOOK) as book:
        page = book.add_worksheet(str(report.title)[:31].translate(dict.fromkeys(map(ord, "[]:*?/\\"))))
        strong = book.add_format({"bold": True})
        page.freeze_panes(1, 0)
        for place, column in enumerate(report.columns):
            page.set_column(place, place, 12 if column.is_number else 20)
        for place, column in enumerate(report.columns):
            page.write_string(0, place, str(column.label), strong)
        put = _writers(book, page, report, ZoneInfo(clinic.time_zone))
        line = 0
        for line, row in enumerate(_every(sheet), start=1):
            for write_cell, value in zip(put, _in_order(report, row), strict=True):
                if value is not None and value != "":
                    write_cell(line, value)
            if not line & PACE and tell:
                tell(line)
    return line


def _in_order(report: Report, row: Any) -> Iterable[Any]:
    return row if isinstance(row, tuple) else [value for _column, value in report.cells(row)]


def _writers(book: Any, page: Any, report: Report, zone: ZoneInfo) -> list[Callable[[int, Any], None]]:
    """Give for each column how one of its cells is written."""
    day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def number(place: int) -> Callable[[int, Any], None]:
        return lambda line, value: page.write_number(line, place, value)

    def on(place: int) -> Callable[[int, date], None]:
        return lambda line, value: page.write_datetime(line, place, value, day)

    def at(place: int) -> Callable[[int, datetime], None]:
        return lambda line, value: page.write_datetime(
            line, place, value.astimezone(zone).replace(tzinfo=None, microsecond=0), moment
        )

    def text(place: int) -> Callable[[int, Any], None]:
        return lambda line, value: page.write_string(line, place, value[:LONGEST_CELL])

    kinds = {"count": number, "number": number, "day": on, "moment": at}
    return [kinds.get(column.kind, text)(place) for place, column in enumerate(report.columns)]


def answer_with(report: Report, sheet: Sheet, *, form: str, clinic: Clinic) -> FileResponse:
    """Hand out a report as a file, written before the first byte is given; whoever hands it out notes it first."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the answer closes it when it is given
    write(report, sheet, file, form=form, clinic=clinic)
    file.seek(0)
    return handed_out(file, report.name, form)


def handed_out(file: IO[bytes], report_name: str, form: str) -> FileResponse:
    """Answer with a file, under a name that no browser guesses at."""
    answer = FileResponse(file, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{name_of(report_name, form)}"'
    return answer
