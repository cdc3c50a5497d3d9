"""What may be put into a chart from outside, and when it may be marked as wrong."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from common.dates import local_day
from common.refused import Refusal
from common.rules import rule
from patients.models import Patient, ReceivedFile

Clauses = Iterator[tuple[bool, Refusal]]


@rule
def add(user: Any, patient: Patient, *, title: str, dated_on: date | None, file_sha256: str, at: datetime) -> Clauses:
    """A paper has a title and a date that is not to come, and lies in a chart once."""
    yield bool(title.strip()), Refusal("title_missing", _("Say what this paper is."))
    yield (
        dated_on is None or dated_on <= local_day(at, patient.clinic.time_zone),
        Refusal("dated_in_future", _("The date on the paper lies in the future.")),
    )
    same = patient.received_files.standing().filter(file_sha256=file_sha256).first()
    yield (
        same is None,
        Refusal("already_done", _("The same file is in this chart already, as “%(title)s”.") % {"title": same}),
    )


@rule
def mark_error(user: Any, paper: ReceivedFile, *, reason: str) -> Clauses:
    """What was put into the wrong chart is marked once, with a reason; it is not thrown away."""
    yield not paper.entered_in_error, Refusal("already_done", _("This paper is marked as entered in error already."))
    yield bool(reason.strip()), Refusal("reason_needed", _("Say what is wrong with it."))
