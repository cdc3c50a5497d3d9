"""What the clinic has written to a patient, as it left the house."""

from typing import Any

from messaging.models import Message, MessageKind, MessageState
from patients.models import Patient
from reminders.rules.letters import MARKS

LEFT = (MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN, MessageState.BOUNCED)


def letters_of(patient: Patient) -> Any:
    """List the letters to a patient that left, newest first; codes are no letters."""
    rows = patient.messages.filter(state__in=LEFT).exclude(kind=MessageKind.PORTAL_LINK).exclude(body_text="")
    return rows.latest_first()


def readable(message: Message) -> str:
    """Give the text of a letter without the mark for an address that only the letter itself held."""
    return MARKS.sub("…", message.body_text)
