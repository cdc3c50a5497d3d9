"""By which way, and for what, a patient may be reached."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from common.refused import Refused
from patients.models import ContactConsent, Patient


@audited("contact_consent.given")
def give(patient: Patient, *, channel: str, purpose: str, by: User, at: datetime) -> ContactConsent:
    """Write down that a patient allows one channel for one purpose; said twice, it stands once."""
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    standing = patient.contact_consents.standing().filter(channel=channel, purpose=purpose).first()
    return standing or ContactConsent.objects.create(
        clinic=patient.clinic, patient=patient, channel=channel, purpose=purpose, given_at=at, given_by=by
    )


@audited("contact_consent.withdrawn")
def withdraw(patient: Patient, *, channel: str, purpose: str, by: User, at: datetime) -> ContactConsent:
    """Take back a permission; it counts from now on, and stays on record."""
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    standing = patient.contact_consents.standing().filter(channel=channel, purpose=purpose).first()
    if standing is None:
        raise Refused("already_done", _("This permission was not given, or is already withdrawn."))
    standing.withdrawn_at, standing.withdrawn_by = at, by
    standing.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return standing


@audited("contact_consent.refused")
def refuse(patient: Patient, *, channel: str, purpose: str, by: User, at: datetime) -> ContactConsent:
    """Write down a patient's no: a permission that stood is withdrawn, and one that was never given cannot be taken."""
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    if patient.contact_consents.standing().filter(channel=channel, purpose=purpose).exists():
        return withdraw(patient, channel=channel, purpose=purpose, by=by, at=at)
    said = {"given_at": at, "given_by": by, "withdrawn_at": at, "withdrawn_by": by}
    return ContactConsent.objects.create(
        clinic=patient.clinic, patient=patient, channel=channel, purpose=purpose, **said
    )
