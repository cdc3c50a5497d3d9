"""What is shown of a file that is being taken in, and what must be known of its sort."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from common.cells import BOM, written
from patients.actions import imported_patients
from patients.imports import files
from patients.imports.sorts import Sort
from patients.models import Decision, ImportBatch, ImportRow, ImportState, ImportSubject, RowState
from scheduling.actions import imported_visits

SORTS = {ImportSubject.PATIENTS: imported_patients.SORT, ImportSubject.VISITS: imported_visits.SORT}
SHOWN = (
    RowState.INVALID, RowState.DUPLICATE, RowState.FAILED, RowState.KEPT, RowState.UPDATED, RowState.SKIPPED,
    RowState.CREATED, RowState.NEW, RowState.UNDONE,
)  # fmt: skip
PER_PAGE = 50
MOST_CELLS = 6


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


def beginning_of(batch: ImportBatch) -> list[list[str]]:
    """Give the first rows of a file, as they are written there."""
    if not batch.file:
        return []
    try:
        with batch.file.open("rb") as stream:
            every = files.rows(stream, files.Format(**batch.format))
            return [row for _place, (_line, row) in zip(range(20), every, strict=False)]
    except FileNotFoundError:
        return []


def told_of(batch: ImportBatch) -> dict[str, Any]:
    """Say how a file stands: how many rows are in which state, and how far a worker has come."""
    counts = batch.rows.counts()
    return {"batch": batch, "counts": counts, "progress": progress_of(batch, counts)}


def page_of(batch: ImportBatch, *, show: str = "", page: Any = None) -> dict[str, Any]:
    """Give what the page of a file shows: its figures, and the rows of one state, what needs eyes first."""
    told = told_of(batch)
    states = [state for state in SHOWN if told["counts"][state]]
    state = RowState(show) if show in states else next(iter(states), None)
    tabs = [
        {"state": each, "label": each.label, "count": told["counts"][each], "current": each == state} for each in states
    ]
    rows = batch.rows.filter(state=state).select_related("patient").in_order() if state else batch.rows.none()
    shown = Paginator(rows, PER_PAGE).get_page(page)
    for row in shown:
        row.said = _said(batch, row)
    return {**told, "tabs": tabs, "shown_state": state, "page": shown, "decisions": Decision.choices}


def _said(batch: ImportBatch, row: ImportRow) -> str:
    """What a line says of itself, shortly: the columns that were named, in the order of the fields."""
    places = [batch.mapping[each.name] for each in sort_of(batch.subject).fields if each.name in batch.mapping]
    cells = [row.cells[place] for place in places[:MOST_CELLS] if place < len(row.cells)]
    return " · ".join(cell for cell in cells if cell)


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
