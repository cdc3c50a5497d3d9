"""A file from another system is taken in: sent, its columns named, checked, run, and taken back.

Whatever a worker does happens in pieces, each in one transaction with the state of its rows: a worker that is killed
leaves whole pieces behind, and the next one goes on with the row after them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Clinic, User
from audit.actions import audited, note_fields
from common import phones
from common.refused import Refused
from patients import rules
from patients.imports import files
from patients.imports.fields import Field, Reading, clean, folded, guess, month_stands_first
from patients.imports.sorts import Sort
from patients.models import ImportBatch, ImportRow, ImportState, Patient

KEPT = timedelta(days=30)
SHORT = 2_000


@audited("import.uploaded")
def upload(
    clinic: Clinic, *, subject: str, title: str, content: bytes, fields: Sequence[Field], by: User, at: datetime
) -> ImportBatch:
    """Keep a file that was sent, and guess from its header what its columns mean; nothing is taken in yet."""
    seen = files.look(content)
    batch = ImportBatch(
        clinic=clinic,
        subject=subject,
        title=title.strip()[:200] or _("File"),
        format=seen.format.as_dict(),
        header=seen.header,
        mapping=_remembered(clinic, subject, seen.header) or guess(seen.header, fields),
        day_first=not month_stands_first(cell for row in seen.samples for cell in row),
        phone_region=phones.region_of(clinic.jurisdiction, clinic.phone) or "",
        uploaded_at=at,
        uploaded_by=by,
    )
    batch.file.save("file", ContentFile(content), save=False)
    try:
        batch.save()
    except BaseException:
        batch.file.delete(save=False)
        raise
    return batch


def _remembered(clinic: Clinic, subject: str, header: Sequence[str]) -> dict[str, int]:
    """Give the meanings that the same columns had the last time."""
    names = [folded(each) for each in header]
    for last in clinic.imports.filter(subject=subject, checked_at__isnull=False).order_by("-checked_at")[:20]:
        if [folded(each) for each in last.header] == names:
            return dict(last.mapping)
    return {}


@audited("import.columns_named")
def name_columns(
    batch: ImportBatch,
    *,
    sort: Sort,
    mapping: Mapping[str, int],
    day_first: bool,
    phone_region: str = "",
    outside_hours: bool = False,
    by: User,
    at: datetime,
) -> ImportBatch:
    """Say what the columns mean, and have the file checked from its first row."""
    batch = _locked(batch)
    rules.imports.name_columns.check(by, batch, mapping=mapping, fields=sort.fields)
    batch.rows.all().delete()
    batch.mapping, batch.day_first, batch.outside_hours = dict(mapping), day_first, outside_hours
    batch.phone_region = phone_region
    batch.state, batch.lines_read, batch.checked_at = ImportState.CHECKING, 0, None
    batch.save()
    return batch


@audited("import.rows_read")
def take_rows(
    batch: ImportBatch, *, rows: Sequence[files.Row], sort: Sort, reading: Reading, by: User, at: datetime
) -> ImportBatch:
    """Read the next rows of a file: what each says, and what is wrong with it."""
    batch = _claimed(batch, ImportState.CHECKING)
    if batch.lines_read >= rows[0][0]:
        raise _busy()
    made = []
    for line, cells in rows:
        cleaned, problems = clean(cells, batch.mapping, sort.fields, reading)
        short = [cell[:SHORT] for cell in cells[: len(batch.header)]]
        row = ImportRow(clinic_id=batch.clinic_id, batch=batch, line=line, cells=short, cleaned=cleaned)
        sort.judge(batch, row, problems, reading)
        made.append(row)
    ImportRow.objects.bulk_create(made)
    batch.lines_read = rows[-1][0]
    batch.save(update_fields=["lines_read"])
    return batch


@audited("import.checked")
def finish_check(batch: ImportBatch, *, sort: Sort, by: User, at: datetime) -> ImportBatch:
    """Look, over the whole file, who is here already; then it waits to be looked at."""
    batch = _claimed(batch, ImportState.CHECKING)
    batch.newest_patient = Patient.objects.filter(clinic=batch.clinic).aggregate(n=Max("pk"))["n"] or 0
    sort.mark(batch)
    batch.state, batch.checked_at = ImportState.CHECKED, at
    batch.save(update_fields=["newest_patient", "state", "checked_at"])
    return batch


@audited("import.failed")
def fail(batch: ImportBatch, *, sentence: str, by: User, at: datetime) -> ImportBatch:
    """Say why a file cannot be read to its end; what was read of it is forgotten."""
    batch = _claimed(batch, ImportState.CHECKING)
    batch.rows.all().delete()
    batch.state, batch.failure = ImportState.FAILED, sentence[:500]
    batch.save(update_fields=["state", "failure"])
    return batch


@audited("import.row_decided")
def decide(row: ImportRow, *, decision: str, by: User, at: datetime) -> ImportRow:
    """Decide on one line of somebody who is here already, past what is said for all."""
    batch = _locked(row.batch)
    row = ImportRow.objects.select_for_update().get(pk=row.pk)
    row.batch = batch
    rules.imports.decide.check(by, row, decision=decision)
    row.decision = decision
    row.save(update_fields=["decision"])
    return row


@audited("import.started")
def run(batch: ImportBatch, *, duplicates: str, announce: str = "reminders", by: User, at: datetime) -> ImportBatch:
    """Have a checked file taken in: new rows, and those who are here already as was decided."""
    batch = _locked(batch)
    rules.imports.run.check(by, batch, duplicates=duplicates)
    batch.state, batch.duplicates, batch.announce = ImportState.RUNNING, duplicates, announce
    batch.run_at, batch.run_by = at, by
    _save_alone(batch)
    return batch


@audited("import.rows_written")
def write_rows(batch: ImportBatch, *, sort: Sort, by: User, at: datetime) -> ImportBatch:
    """Take in the next rows; each is taken in with its own mark, so that none is taken in twice."""
    batch = _claimed(batch, ImportState.RUNNING)
    rows = list(batch.rows.pending().in_order()[: sort.at_once])
    if rows:
        sort.write(batch, rows, by=by, at=at)
    else:
        batch.state, batch.finished_at = ImportState.DONE, at
        batch.save(update_fields=["state", "finished_at"])
        _forget_file(batch)
    return batch


@audited("import.undo_asked")
def undo(batch: ImportBatch, *, reason: str, by: User, at: datetime) -> ImportBatch:
    """Have taken back what a file brought in; what was used since stays, and says why."""
    batch = _locked(batch)
    rules.imports.undo.check(by, batch, reason=reason)
    batch.state, batch.undone_at, batch.undone_by = ImportState.UNDOING, at, by
    _save_alone(batch)
    return batch


@audited("import.rows_taken_back")
def take_back_rows(batch: ImportBatch, *, sort: Sort, by: User, at: datetime) -> ImportBatch:
    """Take back the next rows, the last ones first."""
    batch = _claimed(batch, ImportState.UNDOING)
    rows = list(batch.rows.made().order_by("-line")[: sort.at_once])
    if rows:
        sort.take_back(batch, rows, by=by, at=at)
    else:
        batch.state = ImportState.UNDONE
        batch.save(update_fields=["state"])
    return batch


@audited("import.dropped")
def drop(batch: ImportBatch, *, by: User, at: datetime) -> ImportBatch:
    """Throw a file away of which nothing was taken in."""
    batch = _locked(batch)
    rules.imports.drop.check(by, batch)
    batch.rows.all().delete()
    batch.state, batch.purged_at = ImportState.DROPPED, at
    batch.save(update_fields=["state", "purged_at"])
    _forget_file(batch)
    return batch


@audited("import.rows_purged")
def purge(batch: ImportBatch, *, by: User, at: datetime) -> ImportBatch:
    """Forget the lines of a file after 30 days; that it was taken in, and how much of it, stays."""
    batch = _locked(batch)
    note_fields([f"{state}:{n}" for state, n in batch.rows.counts().items() if n])
    batch.rows.all().delete()
    if ImportState.DROPPED in rules.imports.IMPORT_TRANSITIONS[batch.state]:
        batch.state = ImportState.DROPPED
    batch.purged_at = at
    batch.save(update_fields=["state", "purged_at"])
    _forget_file(batch)
    return batch


def _locked(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=batch.pk)


def _claimed(batch: ImportBatch, state: str) -> ImportBatch:
    """Take the next piece of work on a file, unless another worker has it in hand."""
    rows = ImportBatch.objects.select_for_update(of=("self",), skip_locked=True).select_related("clinic", "run_by")
    found: ImportBatch | None = rows.filter(pk=batch.pk, state=state).first()
    if found is None:
        raise _busy()
    return found


def _busy() -> Refused:
    return Refused("busy", _("Somebody else is at work on this file."))


def _save_alone(batch: ImportBatch) -> None:
    try:
        with transaction.atomic():
            batch.save()
    except IntegrityError as error:
        raise Refused("busy", _("Another import is under way. Wait until it is done.")) from error


def _forget_file(batch: ImportBatch) -> None:
    """Delete the file itself once the transaction stands."""
    if batch.file:
        storage, name = batch.file.storage, str(batch.file.name)
        transaction.on_commit(lambda: storage.delete(name))
