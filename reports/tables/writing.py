"""Writing a long file: what was asked is asked again, in the language of whoever asked; how far it is is told."""

from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.utils.translation import override

from reports.forms import ReportForm
from reports.models import Export
from reports.tables.catalogue import REPORTS
from reports.tables.files import write
from reports.tables.sheets import Asked

AN_HOUR = 3600


class Stopped(Exception):
    """Whoever asked for the file does not want it any more."""


def question_of(export: Export) -> Asked:
    """Ask again what was asked, with the filters as they stood in the address."""
    report = REPORTS[export.report]
    own = export.asked_by if export.is_own else None
    form = ReportForm(export.filters, report=report, clinic=export.clinic)
    if not form.is_valid():
        raise ValueError("The filters of this file do not fit any more.")
    return Asked.of(export.clinic, own, form.cleaned_data)


def write_file(export: Export, place: str) -> int:
    """Write the file of an export and give its number of lines; it stops when it is cancelled."""
    report = REPORTS[export.report]
    with override(export.language), Path(default_storage.path(place)).open("wb") as file:
        sheet = report.sheet(question_of(export))
        tell_length(export, len(sheet.rows))
        return write(
            report, sheet, file, form=export.form, clinic=export.clinic, tell=lambda lines: heard(export, lines)
        )


def tell_length(export: Export, lines: int) -> None:
    """Say how long the file will be."""
    cache.set(f"export:{export.pk}:lines", lines, AN_HOUR)


def heard(export: Export, lines: int) -> None:
    """Say how far the file is, and stop when nobody wants it any more."""
    cache.set(f"export:{export.pk}:done", lines, AN_HOUR)
    if cache.get(f"export:{export.pk}:stop"):
        raise Stopped


def progress_of(export: Export) -> dict[str, Any]:
    """Say how far a file is: lines written, of how many; nothing is known before the first ones."""
    found = cache.get_many([f"export:{export.pk}:done", f"export:{export.pk}:lines"])
    return {"done": found.get(f"export:{export.pk}:done", 0), "lines": found.get(f"export:{export.pk}:lines")}
