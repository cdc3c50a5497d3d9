"""When two files may become one, and when they may be split again."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.fields import Span
from common.refused import Refusal
from common.rules import rule
from patients.models import Patient, PatientsMerge

Clauses = Iterator[tuple[bool, Refusal]]


@rule
def merge(
    user: Any, into: Patient, *, duplicate: Patient, reason: str, revisions: tuple[int, int] | None = None
) -> Clauses:
    """Two open files of one clinic become one, as they were when it was asked, and no two visits may then overlap."""
    yield (
        into.pk != duplicate.pk and into.clinic_id == duplicate.clinic_id,
        Refusal("same_file", _("A file cannot be merged with itself.")),
    )
    for patient in (into, duplicate):
        yield (
            patient.merged_into_id is None and not patient.entered_in_error and patient.erased_at is None,
            Refusal("wrong_state", _("The file %(number)s is closed.") % {"number": patient.number}),
        )
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why these are one and the same person."))
    yield (
        revisions is None or revisions == (into.revision, duplicate.revision),
        Refusal("stale_revision", _("One of the files has changed since this was asked. Look at both and ask again.")),
    )
    for mine, theirs in overlapping(into, duplicate):
        told = {"one": _visit(mine, into), "other": _visit(theirs, duplicate)}
        sentence = _("These visits are at the same time: %(one)s and %(other)s. Move or cancel one of them first.")
        url = reverse("scheduling:appointment_detail", args=[theirs.pk])
        yield False, Refusal("visits_overlap", sentence % told, url=url)


@rule
def split(user: Any, merge: PatientsMerge, *, reason: str) -> Clauses:
    """A merge is undone once, and the last one first."""
    yield merge.undone_at is None, Refusal("already_done", _("These files were split again already."))
    yield (
        merge.to_patient.merged_into_id is None,
        Refusal("wrong_state", _("The file that stayed was merged again since: undo that merge first.")),
    )
    yield (
        merge.to_patient.erased_at is None and merge.from_patient.erased_at is None,
        Refusal("wrong_state", _("One of the files was erased.")),
    )
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why these are two people."))


def overlapping(into: Patient, duplicate: Patient) -> list[tuple[Any, Any]]:
    """Give the live visits of two files that take the patient's time at once."""
    mine, theirs = (
        list(patient.appointments.live().select_related("kind", "location").order_by("starts_at"))
        for patient in (into, duplicate)
    )
    return [(one, other) for one in mine for other in theirs if _meet(one.patient_busy, other.patient_busy)]


def _meet(spans: Iterable[Span], others: Iterable[Span]) -> bool:
    return any(one[0] < other[1] and other[0] < one[1] for one in spans for other in others)


def _visit(visit: Any, patient: Patient) -> str:
    when = timezone.localtime(visit.starts_at, visit.zone)
    told = {"kind": visit.kind, "when": date_format(when, "j M Y H:i"), "number": patient.number}
    return _("%(kind)s on %(when)s (%(number)s)") % told
