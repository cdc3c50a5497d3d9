"""Messages for tests, queued the way the house queues them."""

from typing import Any

from accounts.models import User
from messaging.actions import outbox
from messaging.models import Message
from tests.cast import NOON


def queue(patient: Any, **more: Any) -> Message:
    """Put a message about the patient into the outbox, due now."""
    values = {
        "subject": patient,
        "kind": "consent",
        "recipient": patient.email or "ada@example.org",
        "subject_line": "Your documents",
        "text": "Hello Ada,\n\nyour documents are ready.\n",
        "due_at": NOON,
        "by": User.objects.system(),
        "at": NOON,
        **more,
    }
    return outbox.queue(patient, **values)
