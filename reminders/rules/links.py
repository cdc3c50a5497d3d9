"""The secrets in the messages, and the addresses that they make; the database keeps only hashes."""

import base64
import hashlib
import hmac

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts import tokens
from patients.models import LinkPurpose, Patient, PortalLink
from scheduling.models import Appointment

STOP_SALT = "reminders.stop"


def secret_of(appointment: Appointment) -> str:
    """Derive the 128 bits of a visit's link from the house's own key; a visit that is moved has another one."""
    meant = f"visit link {appointment.clinic_id} {appointment.pk} {appointment.starts_at.timestamp():.0f}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), meant, hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def whole(path: str) -> str:
    """Give the full address of a page."""
    return settings.PUBLIC_URL.rstrip("/") + path


def address_of(appointment: Appointment) -> str:
    """Give the address at which a patient says whether they come."""
    return whole(reverse("portal:visit_reply", args=[secret_of(appointment)]))


def found(secret: str) -> tuple[PortalLink | None, Appointment | None]:
    """Find the link of a secret and the visit it is about, which has this link only while it is not moved."""
    rows = PortalLink.objects.select_related("clinic", "patient__clinic", "access__user")
    link = rows.filter(token_sha256=tokens.digest(secret), purpose=LinkPurpose.CONFIRM).first()
    if link is None or link.subject_id is None:
        return None, None
    visits = Appointment.objects.select_related("location", "clinic", "patient", "practitioner__membership__user")
    visit = visits.filter(clinic=link.clinic_id, pk=link.subject_id, patient=link.patient_id).first()
    return link, visit if visit and hmac.compare_digest(secret_of(visit), secret) else None


def stop_address(patient: Patient, channel: str) -> str:
    """Give the address at which a patient says which messages are not wanted any more."""
    return whole(reverse("portal:messages_stop", args=[signing.dumps([patient.pk, channel], salt=STOP_SALT)]))


def stopping(token: str) -> tuple[Patient | None, str]:
    """Find the patient and the channel of such an address."""
    try:
        pk, channel = signing.loads(token, salt=STOP_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None, ""
    return Patient.objects.select_related("clinic").filter(pk=pk, erased_at__isnull=True).first(), str(channel)
