"""A mail to oneself by the way that every mail takes: outbox, worker, mail server."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Clinic, User
from clinic.set_up import last_test
from common.refused import Refused
from messaging.actions import outbox
from messaging.models import Message, MessageKind, MessageState

UNDER_WAY = (MessageState.HELD, MessageState.QUEUED, MessageState.CLAIMED)


def send(clinic: Clinic, *, by: User, at: datetime) -> Message:
    """Put a test mail to the person who asks for it into the outbox; one at a time."""
    last = last_test(clinic)
    if last is not None and last.state in UNDER_WAY:
        raise Refused("already_done", _("A test mail is under way."))
    message: Message = outbox.queue(
        None,
        clinic=clinic,
        subject=clinic,
        kind=MessageKind.STAFF,
        version=last.version + 1 if last else 1,
        recipient=str(by.email),
        subject_line=_("Test mail from %(clinic)s") % {"clinic": clinic.name},
        text=_("This mail was sent by %(clinic)s to find out whether its mail arrives. Nothing has to be done.\n")
        % {"clinic": clinic.name},
        language=clinic.language,
        due_at=at,
        by=by,
        at=at,
    )
    return message
