"""What a worker does with a file: piece by piece, until it is done, somebody else has it, or the time is up."""

import time
from collections.abc import Callable
from itertools import islice

import structlog
from django.utils import timezone, translation

from accounts.models import User
from common.refused import Refused
from patients.actions import imports
from patients.imports import files
from patients.imports.sorts import Sort
from patients.models import ImportBatch, ImportState

log = structlog.get_logger(__name__)
READ_AT_ONCE = 2_000
LONGEST = 60.0


def go_on(batch: ImportBatch, sort: Sort, *, seconds: float = LONGEST) -> bool:
    """Go on with a file for a while; answers whether a worker has still something to do on it."""
    until = time.monotonic() + seconds
    steps: dict[str, Callable[[ImportBatch, Sort, float], None]] = {
        ImportState.CHECKING: _check,
        ImportState.RUNNING: _run,
        ImportState.UNDOING: _undo,
    }
    if step := steps.get(batch.state):
        with translation.override(batch.clinic.language):
            try:
                step(batch, sort, until)
            except Refused as refused:
                if refused.code != "busy":
                    raise
    batch.refresh_from_db()
    return batch.is_at_work


def _check(batch: ImportBatch, sort: Sort, until: float) -> None:
    by = User.objects.system()
    try:
        reading = sort.reading(batch, timezone.now())
        with batch.file.open("rb") as stream:
            every = files.rows(stream, files.Format(**batch.format))
            ahead = (row for row in every if row[0] > batch.lines_read)
            while rows := list(islice(ahead, READ_AT_ONCE)):
                batch = imports.take_rows(batch, rows=rows, sort=sort, reading=reading, by=by, at=timezone.now())
                if time.monotonic() > until:
                    return
        imports.finish_check(batch, sort=sort, by=by, at=timezone.now())
    except Refused as refused:
        if refused.code == "busy":
            raise
        imports.fail(batch, sentence=refused.detail, by=by, at=timezone.now())
    except FileNotFoundError:
        log.exception("import_file_missing", batch=batch.pk)
        imports.fail(batch, sentence=str(_gone()), by=by, at=timezone.now())


def _gone() -> str:
    return translation.gettext("The file is not there any more. Send it again.")


def _run(batch: ImportBatch, sort: Sort, until: float) -> None:
    while batch.state == ImportState.RUNNING and time.monotonic() < until:
        batch = imports.write_rows(batch, sort=sort, by=_person(batch.run_by), at=timezone.now())


def _undo(batch: ImportBatch, sort: Sort, until: float) -> None:
    while batch.state == ImportState.UNDOING and time.monotonic() < until:
        batch = imports.take_back_rows(batch, sort=sort, by=_person(batch.undone_by), at=timezone.now())


def _person(user: User | None) -> User:
    return user or User.objects.system()
