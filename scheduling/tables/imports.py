"""What is shown of a file that is being taken in, and what must be known of its sort."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from common.cells import BOM, written
from patients.actions import imported_patients
from patients.imports.sorts import Sort
from patients.models import ImportBatch, ImportState, ImportSubject, RowState
from scheduling.actions import imported_visits

SORTS = {ImportSubject.PATIENTS: imported_patients.SORT, ImportSubject.VISITS: imported_visits.SORT}
SETTLED = (RowState.CREATED, RowState.UPDATED, RowState.SKIPPED, RowState.FAILED)


def sort_of(subject: str) -> Sort:
    """Give the acts for one sort of file."""
    return SORTS[ImportSubject(subject)]


def progress_of(batch: ImportBatch, counts: dict[str, int]) -> dict[str, Any]:
    """Say how far a worker has come: rows done, rows in all; none in all while a file is still read."""
    total = sum(counts.values())
    waiting = counts[RowState.NEW] + counts[RowState.DUPLICATE]
    if batch.state == ImportState.RUNNING:
        every = total - counts[RowState.INVALID]
        return {"done": every - waiting, "total": every}
    if batch.state == ImportState.UNDOING:
        made = counts[RowState.CREATED] + counts[RowState.UPDATED]
        back = counts[RowState.UNDONE] + counts[RowState.KEPT]
        return {"done": back, "total": made + back}
    return {"done": total, "total": 0}


def wrong_lines(batch: ImportBatch) -> Iterator[str]:
    """Give the rows that were not taken in as a file of the same columns, with the reason in one more."""
    yield BOM + _line([_("Line"), *batch.header, _("Reason")])
    for row in batch.rows.wrong().in_order().iterator(chunk_size=1000):
        missing = len(batch.header) - len(row.cells)
        yield _line([row.line, *row.cells, *[""] * missing, row.problem])


def _line(cells: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([written(cell) for cell in cells])
    return text.getvalue()
