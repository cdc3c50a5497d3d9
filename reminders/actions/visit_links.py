"""The link in a reminder: it opens one page, without a log-in, until the visit begins."""

from datetime import datetime

from accounts import tokens
from accounts.models import User
from audit.actions import audited
from patients.actions import portal
from patients.models import LinkPurpose, Patient, PortalLink
from reminders.rules import links
from scheduling.models import Appointment


@audited("visit_link.issued")
def issue(appointment: Appointment, *, by: User, at: datetime) -> PortalLink:
    """Let the patient say whether they come; asked again, it is the same link, and a moved visit has a new one."""
    patient = Patient.objects.select_for_update().get(pk=appointment.patient_id)
    digest = tokens.digest(links.secret_of(appointment))
    link = PortalLink.objects.filter(clinic=appointment.clinic, token_sha256=digest).first()
    return link or PortalLink.objects.create(
        clinic=appointment.clinic,
        patient=patient,
        access=portal.access_of(patient, by=by, at=at),
        purpose=LinkPurpose.CONFIRM,
        subject_kind="appointment",
        subject_id=appointment.pk,
        token_sha256=digest,
        created_at=at,
        created_by=by,
        expires_at=appointment.starts_at,
    )
