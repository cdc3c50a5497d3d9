"""Which way a message takes to a patient: the one they asked for, among those that are open."""

from django.conf import settings

from messaging.models import MessageKind
from patients.models import ContactChannel, ContactPurpose, Patient

LONG = (MessageKind.PREPARATION, MessageKind.AFTERCARE)


def way_to(patient: Patient, kind: str) -> tuple[str, str]:
    """Give the channel and the address of a message; both are empty when nobody can be reached.

    E-mail needs an address, a short message also the patient's permission. The permission that was given last says
    what the patient prefers; what is long goes by e-mail where it can.
    """
    given = list(
        patient.contact_consents.standing()
        .filter(purpose=ContactPurpose.CARE)
        .order_by("-given_at", "-id")
        .values_list("channel", flat=True)
    )
    open_ways: dict[str, str] = {}
    if patient.email:
        open_ways[ContactChannel.EMAIL] = patient.email
    if patient.phone and ContactChannel.SMS in given and can_send_short():
        open_ways[ContactChannel.SMS] = patient.phone
    wanted = [channel for channel in given if channel in open_ways]
    if kind in LONG:
        wanted.insert(0, ContactChannel.EMAIL)
    for channel in (*wanted, ContactChannel.EMAIL, ContactChannel.SMS):
        if channel in open_ways:
            return str(channel), open_ways[channel]
    return "", ""


def can_send_short() -> bool:
    """Say whether the house has a way for short messages; the demonstration writes them to its log."""
    return bool(settings.SMS_URL) or not settings.IN_PRODUCTION
