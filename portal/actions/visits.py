"""What a patient says about a visit of their own: it stands, it does not suit, and what changed before it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.actions import audited
from patients.actions import statements, tasks
from patients.models import CLINICIAN, Task, TaskKind
from portal.rules import visits as rules
from portal.rules.words import in_clinic_language
from scheduling.actions import changes
from scheduling.models import Appointment, AppointmentStatus


@audited("appointment.confirmed_by_patient")
def confirm(appointment: Appointment, *, by: User, at: datetime) -> Appointment:
    """Let a patient say that they come; said twice, it stands once."""
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if appointment.status == AppointmentStatus.CONFIRMED:
        return appointment
    rules.confirm.check(by, appointment, at=at)
    return changes.set_status(appointment, status=AppointmentStatus.CONFIRMED, by=User.objects.system(), at=at)


@audited("appointment.move_wished")
def ask_to_move(
    appointment: Appointment, *, days: list[str], parts: list[str], words: str = "", by: User, at: datetime
) -> Task:
    """Hand the front desk a patient's wish for another time; the visit stands until somebody has moved it."""
    appointment = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    rules.ask_to_move.check(by, appointment, at=at)
    with in_clinic_language(appointment.clinic):
        text = _("Asks in the portal for another time. Suits: %(when)s. %(words)s") % {
            "when": rules.spoken_wish(days, parts),
            "words": words,
        }
    return tasks.add(
        appointment.clinic,
        kind=TaskKind.CALL,
        patient=appointment.patient,
        text=text.strip(),
        due_at=at,
        role=Role.FRONT_DESK,
        url=reverse("scheduling:appointment_detail", args=[appointment.pk]),
        reason_key=f"portal-move:{appointment.pk}",
        by=by,
        at=at,
    )


@audited("visit_questions.answered")
def answer(appointment: Appointment, *, answers: Mapping[str, Any], by: User, at: datetime) -> Appointment:
    """Write down what changed before a visit: it counts in every check at once and waits for a clinician."""
    patient = appointment.patient
    rules.answer.check(by, appointment, at=at)
    if answers.get("medicine"):
        statements.state_medicine(patient, answers["medicine"], by=by, at=at)
    if answers.get("allergy"):
        statements.state_allergy(patient, answers["allergy"], by=by, at=at)
    if answers.get("condition"):
        statements.state_condition(patient, answers["condition"], by=by, at=at)
    if answers.get("pregnancy") == "yes":
        statements.state_condition(patient, "pregnancy", by=by, at=at)
    red = rules.red_words(appointment.clinic, answers)
    if red:
        tasks.add(
            appointment.clinic,
            kind=TaskKind.RED_ANSWER,
            patient=patient,
            text=red,
            is_red=True,
            due_at=at,
            role=CLINICIAN,
            url=reverse("scheduling:appointment_detail", args=[appointment.pk]),
            reason_key=f"portal-answer:{appointment.pk}",
            by=by,
            at=at,
        )
    return appointment
