"""Papers and pictures that come from outside and are kept in the chart."""

import hashlib
from datetime import date, datetime

from django.core.files.base import ContentFile

from accounts.models import User
from audit.actions import audited
from patients import papers, rules
from patients.models import Patient, ReceivedFile, ReceivedFileKind


@audited("received_file.added")
def add(
    patient: Patient,
    *,
    content: bytes,
    title: str,
    kind: str = ReceivedFileKind.OTHER,
    dated_on: date | None = None,
    by: User,
    at: datetime,
) -> ReceivedFile:
    """Put a paper into a chart: what it is, is read from its content; pictures are made anew; it lies privately."""
    paper = papers.accept(content)
    sha256 = hashlib.sha256(paper.content).hexdigest()
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    rules.received_files.add.check(by, patient, title=title, dated_on=dated_on, file_sha256=sha256, at=at)
    kept = ReceivedFile(
        clinic=patient.clinic,
        patient=patient,
        kind=kind,
        title=title.strip()[:200],
        dated_on=dated_on,
        file_sha256=sha256,
        media_type=paper.media_type,
        size_bytes=len(paper.content),
        received_at=at,
        received_by=by,
    )
    kept.file.save("paper", ContentFile(paper.content), save=False)
    try:
        kept.save()
    except BaseException:
        kept.file.delete(save=False)
        raise
    return kept


@audited("received_file.entered_in_error")
def mark_error(paper: ReceivedFile, *, reason: str, by: User, at: datetime) -> ReceivedFile:
    """Say that a paper does not belong here; it stays, crossed out, with who said so in the log."""
    paper = ReceivedFile.objects.select_for_update().get(pk=paper.pk)
    rules.received_files.mark_error.check(by, paper, reason=reason)
    paper.entered_in_error, paper.error_reason = True, reason.strip()[:300]
    paper.save(update_fields=["entered_in_error", "error_reason"])
    return paper
