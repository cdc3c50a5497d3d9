"""When a message may leave the house, and when staff decides about one that is in doubt."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Restoration
from common.refused import Refusal
from common.rules import rule
from messaging.models import MESSAGE_TRANSITIONS, Message, MessageKind, MessageState
from patients.models import ContactPurpose, Patient

Clauses = Iterator[tuple[bool, Refusal]]
ASKED_FOR = (MessageKind.PORTAL_LINK,)  # by the person at the address, a moment ago


@rule
def send(message: Message) -> Clauses:
    """Nothing goes to an address that refused it, that is no longer the patient's, or of a file that is closed.

    Nor does anything go that was due before the house was restored: it may have left before the house was lost.
    """
    restoration = Restoration.objects.newest()
    yield (
        restoration is None or not (restoration.is_rehearsal or message.due_at <= restoration.restored_at),
        Refusal("restored", _("It may have been sent before the clinic was restored.")),
    )
    refused = message.clinic.opt_outs.standing().filter(
        channel=message.channel, recipient__iexact=message.recipient, kind__in=["", message.kind]
    )
    yield (
        message.kind in ASKED_FOR or not refused.exists(),
        Refusal("opted_out", _("This address asked not to receive such messages.")),
    )
    patient = message.patient
    if patient is None:
        return
    yield (
        patient.merged_into_id is None and patient.erased_at is None and not patient.entered_in_error,
        Refusal("file_closed", _("The patient's file is closed.")),
    )
    yield (
        message.channel != "email" or patient.email.lower() == message.recipient.lower(),
        Refusal("address_changed", _("The patient has another e-mail address now.")),
    )
    yield (
        message.channel != "sms" or patient.phone == message.recipient,
        Refusal("address_changed", _("The patient has another telephone number now.")),
    )
    yield (
        message.kind in ASKED_FOR or not _withdrawn(patient, message.channel),
        Refusal("contact_withdrawn", _("The patient withdrew the permission to be reached this way.")),
    )


def _withdrawn(patient: Patient, channel: str) -> bool:
    asked = patient.contact_consents.filter(channel=channel, purpose=ContactPurpose.CARE)
    latest = asked.order_by("-given_at", "-id").first()
    return latest is not None and latest.withdrawn_at is not None


@rule
def decide(user: Any, message: Message) -> Clauses:
    """Only a message in doubt waits for a decision, and for one only."""
    yield (
        message.state == MessageState.UNKNOWN,
        Refusal("wrong_state", _("This message is not in doubt; somebody may have decided already.")),
    )
    yield (
        message.carried_by_id is None,
        Refusal("wrong_state", _("This was part of another letter: decide about that one.")),
    )


def may_become(message: Message, state: str) -> bool:
    """Say whether a message may go from its state to another."""
    return state in MESSAGE_TRANSITIONS[message.state]
