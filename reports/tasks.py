"""Long files are written outside the request: claimed, written without a transaction, and kept for some days."""

import time
from pathlib import Path

import structlog
from celery import shared_task
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from common.refused import Refused
from reports.actions import exports
from reports.models import Export
from reports.tables.writing import Stopped, write_file

log = structlog.get_logger(__name__)
BATCH_SECONDS = 60.0


@shared_task(soft_time_limit=600, time_limit=660)
def write_due() -> int:
    """Write the files that are waited for, one after the other; answers how many were written."""
    until = time.monotonic() + BATCH_SECONDS
    written = 0
    for export in Export.objects.to_write(timezone.now() - exports.SILENT_AFTER).select_related("clinic", "asked_by"):
        if time.monotonic() > until:
            break
        written += make(export)
    return written


@shared_task
def drop_past() -> int:
    """Remove the files whose days are over."""
    at = timezone.now()
    dropped = 0
    for export in Export.objects.past(at):
        try:
            exports.drop(export, by=User.objects.system(), at=at)
            dropped += 1
        except Refused:
            continue
    return dropped


def make(export: Export) -> bool:
    """Write one file: claim and commit, write, keep; a failure is noted and tried again."""
    system = User.objects.system()
    try:
        if export.attempts >= exports.MOST_ATTEMPTS:
            exports.stumble(export, error="The worker fell silent.", by=system, at=timezone.now())
            return False
        claimed = exports.claim(export, by=system, at=timezone.now())
    except Refused:
        return False
    place = exports.place_for(claimed)
    try:
        lines = write_file(claimed, place)
        exports.finish(claimed, file=place, lines=lines, by=system, at=timezone.now())
        return True
    except Exception as error:  # whatever it is: it must not take the other files along
        Path(default_storage.path(place)).unlink(missing_ok=True)
        if not isinstance(error, Stopped):
            log.warning("export_stumbled", export=claimed.pk, error=type(error).__name__)
            _note(claimed, error)
    return False


def _note(export: Export, error: Exception) -> None:
    said = str(error.detail) if isinstance(error, Refused) else type(error).__name__
    try:
        exports.stumble(export, error=said, by=User.objects.system(), at=timezone.now())
    except Refused:  # cancelled, or taken over by another worker, while it failed
        return
