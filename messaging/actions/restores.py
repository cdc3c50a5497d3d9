"""After the house was brought back from a backup: nothing that may have left already leaves again."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Clinic, Restoration, Role, User
from audit.actions import audited
from messaging.actions import outbox
from messaging.models import Message, MessageState
from patients.actions import tasks


@audited("message.held_back")
def hold_back(restoration: Restoration, *, by: User, at: datetime) -> int:
    """Mark what may have been sent between the backup and now: unsent is not sent, half sent is in doubt."""
    claimed = Message.objects.filter(state=MessageState.CLAIMED).order_by("id")
    for message in claimed:
        outbox.doubt(message, reason=_("It was being sent when the backup was taken."), by=by, at=at)
    due = Q() if restoration.is_rehearsal else Q(due_at__lte=restoration.restored_at)
    waiting = Message.objects.waiting().filter(due).order_by("id")
    held: dict[int, int] = {}
    for message in waiting:
        outbox.suppress(message, reason=_("It may have been sent before the clinic was restored."), by=by, at=at)
        held[message.clinic_id] = held.get(message.clinic_id, 0) + 1
    for clinic in Clinic.objects.order_by("pk"):
        _tell(clinic, restoration, held.get(clinic.pk, 0), by=by, at=at)
    return sum(held.values())


def _tell(clinic: Clinic, restoration: Restoration, count: int, *, by: User, at: datetime) -> None:
    words = _(
        "The clinic was restored from the backup of %(moment)s (UTC). What was entered after it is missing, and "
        "%(count)s messages that were waiting then are not sent by themselves: look at tomorrow's visits."
    )
    tasks.add(
        clinic,
        text=words % {"moment": f"{restoration.taken_at:%Y-%m-%d %H:%M}", "count": count},
        role=Role.OWNER,
        due_at=at,
        url=reverse("messaging:message_list"),
        is_red=True,
        reason_key=f"restoration:{restoration.pk}",
        by=by,
        at=at,
    )
