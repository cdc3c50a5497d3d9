"""Visits that were agreed in another system: booked as any other visit, each refused for its own reason."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Window
from django.db.models.fields.json import KT
from django.db.models.functions import FirstValue
from django.utils.translation import gettext as _

from accounts.models import User
from common.refused import Refused
from patients.actions.imported_patients import settle
from patients.imports.fields import Reading
from patients.imports.sorts import Sort
from patients.models import ImportBatch, ImportRow, Likeness, RowState
from scheduling.actions import bookings, changes
from scheduling.models import AppointmentStatus
from scheduling.rules.imports import VISIT_FIELDS, patient_of, reading_of, start_of

UNTOUCHED = (AppointmentStatus.BOOKED,)


def judge(batch: ImportBatch, row: ImportRow, problems: list[str], reading: Reading) -> None:
    """Say whether a visit could be booked as things are now, and whether it is booked already."""
    row.state = RowState.NEW
    if not problems:
        try:
            _look(batch, row, at=reading.more["at"])
        except ValueError as error:
            problems = [str(error)]
        except Refused as refused:
            problems = [refused.detail]
    if problems:
        row.state, row.problem = RowState.INVALID, " ".join(problems)[:1000]


def _look(batch: ImportBatch, row: ImportRow, *, at: datetime) -> None:
    said = row.cleaned
    row.patient = patient_of(batch.clinic, said)
    visit = _visit(batch, said)
    row.cleaned = {**said, "starts_at": visit["starts_at"].isoformat()}
    same = row.patient.appointments.live().filter(starts_at=visit["starts_at"])
    if same.exists():
        row.state, row.likeness = RowState.DUPLICATE, Likeness.SAME_VISIT
        return
    by = batch.uploaded_by
    proposal = bookings.propose(batch.clinic, patient=row.patient, **visit, overrides=_overrides(batch), by=by, at=at)
    bookings.insist(proposal, by=by)
    taken = batch.clinic.appointments.live().filter(practitioner=visit["practitioner"])
    if taken.filter(starts_at__lt=proposal.ends_at, ends_at__gt=proposal.starts_at).exists():
        raise ValueError(_("%(name)s has another visit at this time.") % {"name": visit["practitioner"]})


def _visit(batch: ImportBatch, said: dict[str, Any]) -> dict[str, Any]:
    clinic = batch.clinic
    place = clinic.locations.filter(pk=said["location"]).first() if said.get("location") else None
    zone = (place or clinic.locations.order_by("pk").first() or clinic).time_zone
    doctor = clinic.practitioners.select_related("membership__user").get(pk=said["practitioner"])
    kind = clinic.appointment_kinds.with_needs().get(pk=said["kind"])
    return {"kind": kind, "practitioner": doctor, "starts_at": start_of(said, zone), "location": place}


def _overrides(batch: ImportBatch) -> list[dict[str, str]]:
    reason = _("Agreed before, in another system")
    return [{"code": "outside_hours", "reason": reason}] if batch.outside_hours else []


def mark(batch: ImportBatch) -> None:
    """Mark the visits that stand in the file twice."""
    new = batch.rows.filter(state=RowState.NEW)
    first = Window(FirstValue("line"), partition_by=[F("patient"), KT("cleaned__starts_at")], order_by="line")
    twice = [row for row in new.annotate(first=first) if row.first < row.line]
    for row in twice:
        row.state, row.likeness, row.twin_line = RowState.DUPLICATE, Likeness.SAME_LINE, row.first
    ImportRow.objects.bulk_update(twice, ["state", "likeness", "twin_line"], batch_size=500)


def write(batch: ImportBatch, rows: Sequence[ImportRow], *, by: User, at: datetime) -> None:
    """Book the visits one by one; what is refused says why, and the others go on."""
    for row in rows:
        if row.state == RowState.DUPLICATE:
            row.state = RowState.SKIPPED
            continue
        try:
            with transaction.atomic():
                row.made_id = _book(batch, row, by=by, at=at)
            row.state = RowState.CREATED
        except (Refused, ValueError) as refused:
            row.state, row.problem = RowState.FAILED, str(refused)[:1000]
        row.save(update_fields=["made_id"])
    settle(rows)


def _book(batch: ImportBatch, row: ImportRow, *, by: User, at: datetime) -> int:
    patient = batch.clinic.patients.live().filter(pk=row.patient_id).first()
    if patient is None:
        raise ValueError(_("The patient's file is no longer in use."))
    appointment = bookings.book(
        batch.clinic,
        patient=patient,
        **_visit(batch, row.cleaned),
        overrides=_overrides(batch),
        note=row.cleaned.get("note", ""),
        announce=batch.announce,
        by=by,
        at=at,
    )
    return int(appointment.pk)


def take_back(batch: ImportBatch, rows: Sequence[ImportRow], *, by: User, at: datetime) -> None:
    """Cancel the visits that nobody has touched since they were booked; the others stay as they are."""
    found = batch.clinic.appointments.in_bulk([row.made_id for row in rows if row.made_id])
    reason = _("The import “%(title)s” was undone.") % {"title": batch.title}
    for row in rows:
        appointment = found[row.made_id] if row.made_id else None
        if appointment is None or appointment.status not in UNTOUCHED or appointment.sequence:
            row.state, row.problem = RowState.KEPT, _("The visit was moved or went on since.")
            continue
        try:
            with transaction.atomic():
                changes.cancel(appointment, reason=reason, by=by, at=at)
            row.state = RowState.UNDONE
        except Refused as refused:
            row.state, row.problem = RowState.KEPT, refused.detail[:1000]
    settle(rows)


SORT = Sort(
    fields=VISIT_FIELDS,
    reading=reading_of,
    judge=judge,
    mark=mark,
    write=write,
    take_back=take_back,
    at_once=20,
)
