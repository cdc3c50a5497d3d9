"""What a message that is due consists of, and which sorts of messages there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from messaging.models import Message, MessageKind, MessageState
from scheduling.models import AppointmentStatus

RELAYED = (
    MessageKind.CONFIRMATION,
    MessageKind.CHANGE,
    MessageKind.PREPARATION,
    MessageKind.REMINDER,
    MessageKind.AFTERCARE,
    MessageKind.CHECK_IN,
    MessageKind.NODULE_CHECK,
)
# These are few: one a day and three a week. What is booked and changed is told at once.
GENTLE = (
    MessageKind.AFTERCARE,
    MessageKind.REMINDER,
    MessageKind.CHECK_IN,
    MessageKind.NODULE_CHECK,
    MessageKind.PREPARATION,
)
AFTER = (MessageKind.AFTERCARE, MessageKind.CHECK_IN, MessageKind.NODULE_CHECK)
PLANNED = (AppointmentStatus.BOOKED, AppointmentStatus.CONFIRMED)
TOLD = (MessageState.CLAIMED, MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN, MessageState.BOUNCED)
LOOK_BACK = timedelta(hours=24)
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Due:
    """One message that should be in the outbox: about what, of which kind, in which words, from when.

    Its riders have no letter of their own: they are paragraphs of this one.
    """

    kind: str
    words: str
    subject: Any
    patient: Any
    location: Any
    context: dict[str, Any]
    due_at: datetime
    held_until: datetime | None = None
    offset_minutes: int = 0
    version: int = 1
    riders: tuple["Due", ...] = ()


def says(message: Message, facts: dict[str, Any]) -> bool:
    """Say whether a message tells just these facts, whatever else is noted beside them."""
    return {key: message.context.get(key) for key in facts} == facts
