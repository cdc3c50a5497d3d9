"""What a patient answers to a reminder, without a log-in."""

from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.actions import audited
from patients.actions import tasks
from patients.models import Task, TaskKind
from reminders.rules import answers as rules
from scheduling.models import Appointment


@audited("appointment.declined_by_patient")
def cannot_come(appointment: Appointment, *, by: User, at: datetime) -> Task:
    """Hand the front desk that a patient cannot come; the visit stands until somebody has spoken with them."""
    appointment = Appointment.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=appointment.pk)
    rules.answer.check(by, appointment, at=at)
    with translation.override(appointment.clinic.language):
        text = _("Answered the reminder: cannot come. Call, and move or cancel the visit.")
    return tasks.add(
        appointment.clinic,
        kind=TaskKind.CALL,
        patient=appointment.patient,
        text=text,
        due_at=at,
        role=Role.FRONT_DESK,
        url=reverse("scheduling:appointment_detail", args=[appointment.pk]),
        reason_key=f"cannot-come:{appointment.pk}",
        by=by,
        at=at,
    )
