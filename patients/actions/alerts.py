"""Warnings that stand on top of every page of a patient."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from common.refused import Refused
from patients.models import Alert, AlertKind, Patient


@audited("alert.raised")
def raise_alert(patient: Patient, *, text: str, kind: str = AlertKind.CLINICAL, by: User, at: datetime) -> Alert:
    """Put a warning on top of every page of a patient."""
    return Alert.objects.create(
        clinic=patient.clinic, patient=patient, kind=kind, text=text.strip()[:300], raised_at=at, raised_by=by
    )


@audited("alert.lifted")
def lift(alert: Alert, *, by: User, at: datetime) -> Alert:
    """Take a warning off; it stays on record."""
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if alert.ended_at is not None:
        raise Refused("already_done", _("This alert was lifted already."))
    alert.ended_at, alert.ended_by = at, by
    alert.save(update_fields=["ended_at", "ended_by"])
    return alert
