"""The link in the letter after a visit: it opens one page, without a log-in, for half a year."""

from datetime import datetime, timedelta

from accounts import tokens
from accounts.models import User
from audit.actions import audited
from patients.actions import portal
from patients.models import LinkPurpose, Patient, PortalLink
from safety.rules import links
from treatments.models import TreatmentSession

LASTS = timedelta(days=180)


@audited("report_link.issued")
def issue(session: TreatmentSession, *, by: User, at: datetime) -> PortalLink:
    """Let the patient tell of a side effect after this session; asked again, it is the same link."""
    patient = Patient.objects.select_for_update().get(pk=session.patient_id)
    digest = tokens.digest(links.secret_of(session))
    link = PortalLink.objects.filter(clinic=session.clinic, token_sha256=digest).first()
    return link or PortalLink.objects.create(
        clinic=session.clinic,
        patient=patient,
        access=portal.access_of(patient, by=by, at=at),
        purpose=LinkPurpose.REPORT,
        subject_kind="session",
        subject_id=session.pk,
        token_sha256=digest,
        created_at=at,
        created_by=by,
        expires_at=(session.injection_ended_at or at) + LASTS,
    )
