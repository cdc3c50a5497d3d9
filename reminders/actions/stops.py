"""A patient says which messages are not wanted any more; bookings, changes and the sheet after a session still come."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from audit.actions import audited
from messaging.actions import opt_outs
from messaging.models import MessageKind
from patients.actions import portal
from patients.models import Patient

OPTIONAL = (MessageKind.REMINDER, MessageKind.PREPARATION, MessageKind.CHECK_IN, MessageKind.NODULE_CHECK)


def address_of(patient: Patient, channel: str) -> str:
    """Give the address of a patient by one channel."""
    return patient.phone if channel == "sms" else patient.email


def stopped(patient: Patient, channel: str) -> list[str]:
    """List the sorts of messages that this address refused."""
    rows = patient.clinic.opt_outs.standing().filter(channel=channel, recipient=address_of(patient, channel))
    return list(rows.exclude(kind="").values_list("kind", flat=True))


@audited("messages.chosen")
def choose(patient: Patient, *, channel: str, kinds: Iterable[str], by: User | None = None, at: datetime) -> Patient:
    """Refuse the sorts that are named, and take back the refusal of those that are not."""
    patient = Patient.objects.select_for_update().select_related("clinic").get(pk=patient.pk)
    access = portal.access_of(patient, by=User.objects.system(), at=at)
    person, wanted = by or access.user, set(kinds) & set(OPTIONAL)
    address = address_of(patient, channel)
    for kind in wanted if address else ():
        opt_outs.record(
            patient.clinic, channel=channel, recipient=address, kind=kind, patient=patient, by=person, at=at
        )
    standing = patient.clinic.opt_outs.standing().filter(channel=channel, recipient=address, patient=patient)
    for refusal in standing.filter(kind__in=set(OPTIONAL) - wanted):
        opt_outs.lift(refusal, by=person, at=at)
    return patient
