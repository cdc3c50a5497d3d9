"""A file of rows from another system: read whatever it was written with, and never run."""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from common import cells
from common.refused import Refused

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_SHARED = 50 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 100
LONGEST = 2_000
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SEPARATORS = (",", ";", "\t")
ZIP, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
BROKEN = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, csv.Error, SyntaxError, KeyError, ValueError, TypeError,
    AttributeError, IndexError, OSError, EOFError, RuntimeError, OverflowError,
)  # fmt: skip
Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Format:
    """How a file is written: a workbook, or a text with its encoding and separator."""

    kind: str
    encoding: str = ""
    separator: str = ""

    def as_dict(self) -> dict[str, str]:
        """Give what is kept with the import."""
        return {"kind": self.kind, "encoding": self.encoding, "separator": self.separator}


@dataclass(frozen=True)
class Look:
    """What the beginning of a file says."""

    format: Format
    header: list[str]
    samples: list[list[str]]


def look(content: bytes, *, most: int = 20) -> Look:
    """Look into a file that somebody sent; say in a sentence why it cannot be read."""
    if not content.strip():
        raise Refused("file_empty", _("The file is empty."))
    if len(content) > MOST_BYTES:
        raise Refused("file_too_large", _("The file is larger than 20 MB. Send it in parts."))
    if content.startswith(OLD_WORKBOOK):
        raise Refused("file_unknown", _("This is an old or a locked workbook. Save it as .xlsx without a password."))
    form = Format("workbook") if content.startswith(ZIP) else _text_format(content)
    every = lines(io.BytesIO(content), form)
    try:
        header = _named(next(every)[1])
    except StopIteration:
        raise Refused("file_empty", _("The file has no rows.")) from None
    samples = [row[: len(header)] for _place, (_line, row) in zip(range(most), every, strict=False)]
    if not samples:
        raise Refused("file_empty", _("The file has a header and no rows."))
    return Look(form, header, samples)


def rows(stream: Any, form: Format) -> Iterator[Row]:
    """Give the rows below the header that say something, each with its line in the file."""
    every = lines(stream, form)
    next(every, None)
    for place, row in enumerate(every):
        if place >= MOST_ROWS:
            raise Refused("file_too_large", _("The file has more than 100,000 rows. Send it in parts."))
        yield row


def lines(stream: IO[bytes], form: Format) -> Iterator[Row]:
    """Give every row that says something, each with its line in the file, the header first."""
    read = _of_workbook if form.kind == "workbook" else _of_text
    try:
        for line, row in read(stream, form):
            if any(row):
                yield line, row
    except BROKEN as error:
        raise Refused("file_broken", _("This file is damaged, locked or not a table. Save it again.")) from error


def _named(names: list[str]) -> list[str]:
    while names and not names[-1]:
        names = names[:-1]
    return [name[:100] or _("Column %(n)s") % {"n": place} for place, name in enumerate(names, 1)]


def _text_format(content: bytes) -> Format:
    encoding = _encoding(content)
    beginning = content[: 1024 * 1024].decode(encoding, errors="ignore").splitlines()[:20]
    if any("\x00" in each for each in beginning):
        raise Refused("file_unknown", _("This is not a table. Save it as CSV or XLSX."))
    first = next((each for each in beginning if each.strip()), "")
    widths = {each: len(next(csv.reader([first], delimiter=each), [])) for each in SEPARATORS}
    return Format("text", encoding, max(SEPARATORS, key=widths.__getitem__))


def _encoding(content: bytes) -> str:
    """Say how a text is written: by its mark, by the zeros of a wide encoding, else UTF-8 where it is that."""
    for mark, name in BOMS:
        if content.startswith(mark):
            return name
    beginning = content[:4096]
    for name, zeros in (("utf-16-le", beginning[1::2]), ("utf-16-be", beginning[::2])):
        if zeros and zeros.count(0) > len(zeros) * 0.7:
            return name
    for name in ("utf-8", "cp1252"):
        try:
            content.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    return "latin-1"


def _of_text(stream: IO[bytes], form: Format) -> Iterator[Row]:
    text = stream.read().decode(form.encoding)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=form.separator)
    for row in reader:
        if len(row) > MOST_COLUMNS:
            raise Refused("file_too_large", _("The file has more than 100 columns."))
        yield reader.line_num, [cells.read(_tidy(cell)) for cell in row]


def _of_workbook(stream: IO[bytes], form: Format) -> Iterator[Row]:
    _insist_on_measure(stream)
    book = load_workbook(stream, read_only=True, keep_links=False)  # formulas are given as they are written
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size is not believed
        most = MOST_ROWS * 2
        for line, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS, max_row=most), 1):
            yield line, [_said(value) for value in row]
    finally:
        book.close()


def _insist_on_measure(stream: IO[bytes]) -> None:
    """Refuse what unpacks to more than a clinic's list can be."""
    stream.seek(0)
    with zipfile.ZipFile(stream) as packed:
        parts = packed.infolist()
    shared = sum(part.file_size for part in parts if "sharedstrings" in part.filename.lower())
    if len(parts) > 1000 or sum(part.file_size for part in parts) > MOST_UNPACKED or shared > MOST_SHARED:
        raise Refused("file_too_large", _("This workbook unpacks to too much. Save the one sheet as CSV."))
    stream.seek(0)


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    return _tidy(str(value))


def _tidy(text: str) -> str:
    """Drop what no database keeps and nobody sees: control characters and halves of characters; lines stay lines."""
    if not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        text = "".join(each for each in text if each >= " " or each == "\n")
        text = text.encode("utf-8", "replace").decode()
    return text.strip()
