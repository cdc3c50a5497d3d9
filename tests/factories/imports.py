"""Files from another system, and a worker that goes through them."""

import io
from typing import Any

from openpyxl import Workbook

from accounts.models import Clinic, User
from patients.actions import imports
from patients.imports import work
from patients.models import ImportBatch
from scheduling.tables.imports import sort_of
from tests.cast import NOON

HEADER = "Last name,First name,Date of birth,Phone,Email,Sex,Patient ID"


def csv_of(*lines: str, header: str = HEADER, encoding: str = "utf-8") -> bytes:
    return "\n".join([header, *lines]).encode(encoding)


def people(count: int, start: int = 0) -> list[str]:
    """So many people of their own."""
    return [
        f"Family{n},Given{n},{1950 + n % 50}-{n % 12 + 1:02d}-{n % 28 + 1:02d},+34612{n:06d},p{n}@example.org,f,OLD-{n}"
        for n in range(start, start + count)
    ]


def workbook_of(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sent(clinic: Clinic, content: bytes, *, by: User, subject: str = "patients") -> ImportBatch:
    """A file that was sent."""
    fields = sort_of(subject).fields
    return imports.upload(clinic, subject=subject, title="list.csv", content=content, fields=fields, by=by, at=NOON)


def checked(clinic: Clinic, content: bytes, *, by: User, subject: str = "patients", **said: Any) -> ImportBatch:
    """A file that was sent, its columns taken as guessed, and checked."""
    batch = sent(clinic, content, by=by, subject=subject)
    named = {"mapping": batch.mapping, "day_first": batch.day_first, "phone_region": "ES", **said}
    batch = imports.name_columns(batch, sort=sort_of(subject), **named, by=by, at=NOON)
    return worked(batch)


def ran(batch: ImportBatch, *, by: User, duplicates: str = "skip", announce: str = "reminders") -> ImportBatch:
    """A checked file that was taken in."""
    return worked(imports.run(batch, duplicates=duplicates, announce=announce, by=by, at=NOON))


def undone(batch: ImportBatch, *, by: User) -> ImportBatch:
    return worked(imports.undo(batch, reason="The wrong list", by=by, at=NOON))


def worked(batch: ImportBatch) -> ImportBatch:
    """Let a worker go on until nothing is left to do."""
    for _turn in range(50):
        if not work.go_on(batch, sort_of(batch.subject)):
            return batch
    raise AssertionError(f"still {batch.state}")
