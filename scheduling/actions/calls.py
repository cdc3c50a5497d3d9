"""Telephone calls with patients: what was said, in a few words."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from common.refused import Refused
from scheduling.models import SAYS_ENOUGH, Appointment, CallNote


@audited("call.noted")
def note(
    patient: Any, *, outcome: str, text: str = "", appointment: Appointment | None = None, by: User, at: datetime
) -> CallNote:
    """Keep a call with a patient, about one visit or none; a call that reached somebody says what was said."""
    if not text.strip() and outcome not in SAYS_ENOUGH:
        raise Refused("invalid", _("Say in a few words what was said."))
    if appointment is not None and appointment.patient_id != patient.pk:
        raise Refused("invalid", _("This visit is another patient's."))
    return CallNote.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        appointment=appointment,
        outcome=outcome,
        text=text.strip()[:500],
        by=by,
        at=at,
    )
