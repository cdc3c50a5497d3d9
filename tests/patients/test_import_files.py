import io
import zipfile

import pytest

from common.refused import Refused
from patients.imports import files
from tests.factories.imports import workbook_of


def altered(content: bytes, name: str, change) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return made.getvalue()


BOOK = workbook_of(["Name", "Born"], ["Ann", "1980-01-01"])
SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
READS = b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n\n",
        b"Name,Born\n",
        b"PK\x03\x04 and nothing behind it",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00",
        b"a,b\n" + b'"' + b"x" * 200_000,
        BOOK[: len(BOOK) // 2],
        altered(BOOK, SHEET, lambda text: text.replace(b"<worksheet", BOMB + b"<worksheet", 1)),
        altered(BOOK, SHEET, lambda text: text.replace(b"<worksheet", READS + b"<worksheet", 1)),
        altered(BOOK, "xl/workbook.xml", lambda text: b"<workbook/>"),
        altered(BOOK, SHEET, lambda text: text + b" " * (files.MOST_UNPACKED + 1)),
    ],
    ids=[
        "nothing", "blank", "no_rows", "no_zip", "old", "picture", "open_quote", "cut", "entities", "outside",
        "no_sheet", "bomb",
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused_in_a_sentence(content):
    with pytest.raises(Refused) as refused:
        files.look(content)
    assert refused.value.code in ("file_empty", "file_unknown", "file_broken", "file_too_large")
    assert str(refused.value)


def test_a_workbook_that_lies_about_its_size_is_read_no_further_than_a_list_can_be():
    far = altered(BOOK, SHEET, lambda text: text.replace(b'r="2"', b'r="1048576"').replace(b'r="A2"', b'r="A1048576"'))
    with pytest.raises(Refused):
        files.look(far)


def test_a_workbook_gives_dates_and_numbers_as_people_write_them():
    day = files.datetime(1980, 5, 6)
    seen = files.look(workbook_of(["Born", "Phone", "At", "Yes"], [day, 612345678.0, files.time(9, 30), True]))
    assert seen.samples == [["1980-05-06", "612345678", "09:30", "true"]]


def test_characters_that_no_database_keeps_are_dropped():
    assert files.look(b"Name,Born\nA\x0bn\x07n,1980").samples == [["Ann", "1980"]]
