"""That figures left the house is written down: which report, in which form, of which days, and by whom it was taken."""

import hashlib
import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Approval, Clinic, User
from audit.actions import audited, note_fields
from common.refused import Refused
from reports.models import Export, ExportState

KEPT = timedelta(days=7)
SILENT_AFTER = timedelta(minutes=12)  # longer than any worker is let run
MOST_ATTEMPTS = 3
ONE_AT_A_TIME = 7_421_500_000_001


@audited("report.exported")
def export(clinic: Clinic, *, report: str, form: str, filters: Sequence[str], by: User, at: datetime) -> Clinic:
    """Note who takes a report out of the clinic, before the first line is given."""
    note_fields([report, form, *filters])
    return clinic


@audited("export.asked")
def ask(
    clinic: Clinic,
    *,
    report: str,
    form: str,
    filters: Mapping[str, Any],
    is_own: bool = False,
    approval: Approval | None = None,
    by: User,
    at: datetime,
) -> Export:
    """Have a long file written outside the request; asking for the same again while it is under way gives that one."""
    given = {name: str(value) for name, value in filters.items()}
    note_fields([report, form, *(f"{name}={value}" for name, value in given.items())])
    wanted = {"report": report, "form": form, "filters": given, "is_own": is_own, "language": by.language}
    under_way = Export.objects.filter(clinic=clinic, state__in=(ExportState.WAITING, ExportState.RUNNING))
    same = under_way.filter(asked_by=by, approval=approval, **wanted).first()
    return same or Export.objects.create(clinic=clinic, asked_by=by, asked_at=at, approval=approval, **wanted)


@audited("export.claimed")
def claim(export: Export, *, by: User, at: datetime) -> Export:
    """Take a file to write it; one at a time, so that reminders never wait for figures."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    stale = at - SILENT_AFTER
    taken = Export.objects.to_write(stale).select_for_update(skip_locked=True).filter(pk=export.pk).first()
    if taken is None or Export.objects.running(stale).exists():
        raise Refused("already_done", _("A file is being written already."))
    if taken.attempts >= MOST_ATTEMPTS:
        raise Refused("wrong_state", _("This file was tried often enough."))
    taken.state, taken.claimed_at, taken.attempts = ExportState.RUNNING, at, taken.attempts + 1
    taken.save(update_fields=["state", "claimed_at", "attempts"])
    return taken


@audited("export.finished")
def finish(export: Export, *, file: str, lines: int, by: User, at: datetime) -> Export:
    """Keep a file that was written, for seven days, unless it was cancelled or taken over meanwhile."""
    kept = Export.objects.select_for_update().get(pk=export.pk)
    if kept.state != ExportState.RUNNING or kept.attempts != export.attempts:
        raise Refused("wrong_state", _("Nobody waits for this file any more."))
    path = Path(default_storage.path(file))
    with path.open("rb") as content:
        kept.file_sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    kept.file, kept.bytes, kept.line_count = file, path.stat().st_size, lines
    kept.state, kept.settled_at, kept.keep_until, kept.error = ExportState.READY, at, at + KEPT, ""
    kept.save()
    return kept


@audited("export.stumbled")
def stumble(export: Export, *, error: str, by: User, at: datetime) -> Export:
    """Note that writing a file went wrong: it is tried again, and after the last try said to have failed."""
    kept = Export.objects.select_for_update().get(pk=export.pk)
    if not kept.is_under_way or kept.attempts != export.attempts:
        raise Refused("wrong_state", _("Nobody waits for this file any more."))
    is_last = kept.attempts >= MOST_ATTEMPTS
    kept.state = ExportState.FAILED if is_last else ExportState.WAITING
    kept.error, kept.claimed_at, kept.settled_at = error[:300], None, at if is_last else None
    kept.save(update_fields=["state", "error", "claimed_at", "settled_at"])
    return kept


@audited("export.cancelled")
def cancel(export: Export, *, by: User, at: datetime) -> Export:
    """Let a file be: who writes it stops at the next breath, and what was written goes."""
    kept = Export.objects.select_for_update().get(pk=export.pk)
    if not kept.is_under_way:
        raise Refused("wrong_state", _("This file is not being written any more."))
    kept.state, kept.settled_at, kept.seen_at = ExportState.CANCELLED, at, at
    kept.save(update_fields=["state", "settled_at", "seen_at"])
    cache.set(f"export:{kept.pk}:stop", True, 3600)
    return kept


@audited("export.taken")
def take(export: Export, *, by: User, at: datetime) -> Export:
    """Note who takes a finished file out of the house, before its first byte is given."""
    kept = Export.objects.select_for_update().get(pk=export.pk)
    if kept.state != ExportState.READY or (kept.keep_until and kept.keep_until < at):
        raise Refused("wrong_state", _("This file is not kept any more. Ask for it again."))
    note_fields([kept.report, kept.form])
    kept.seen_at = kept.seen_at or at
    kept.save(update_fields=["seen_at"])
    return kept


@audited("export.seen")
def see(export: Export, *, by: User, at: datetime) -> Export:
    """Take the mark off the bell: whoever asked has seen what became of the file."""
    kept = Export.objects.select_for_update().get(pk=export.pk)
    kept.seen_at = kept.seen_at or at
    kept.save(update_fields=["seen_at"])
    return kept


@audited("export.dropped")
def drop(export: Export, *, by: User, at: datetime) -> Export:
    """Remove a file whose days are over; that it was asked for and taken stays in the trail."""
    kept = Export.objects.select_for_update().get(pk=export.pk)
    if kept.state != ExportState.READY or not kept.keep_until or kept.keep_until >= at:
        raise Refused("wrong_state", _("This file is still kept."))
    Path(default_storage.path(kept.file)).unlink(missing_ok=True)
    kept.state, kept.file, kept.file_sha256 = ExportState.DROPPED, "", ""
    kept.save(update_fields=["state", "file", "file_sha256"])
    return kept


def place_for(export: Export) -> str:
    """Name a place for a file that cannot be guessed; every attempt has its own."""
    name = f"exports/{export.clinic_id}/{export.pk}-{secrets.token_hex(16)}"
    path = Path(default_storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return name
