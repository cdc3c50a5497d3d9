"""Once a minute what is due is looked for, in UTC; every two seconds what waits is looked at again and sent."""

import structlog
from celery import shared_task
from django.utils import timezone

from accounts.models import Clinic, User
from messaging.tasks import send_due
from reminders import kinds
from reminders.actions import heartbeat, reminders
from reminders.rules import letters

log = structlog.get_logger(__name__)


@shared_task(soft_time_limit=100, time_limit=120)
def scan() -> int:
    """Put what is due into the outbox of each clinic; answers how many messages are there for it."""
    at, system = timezone.now(), User.objects.system()
    found = 0
    for clinic in Clinic.objects.order_by("pk"):
        for item in kinds.due(clinic, at):
            found += reminders.prepare(item, by=system, at=at) is not None
    return found


@shared_task(soft_time_limit=100, time_limit=120)
def relay() -> int:
    """Send what waits about visits and sessions, each after a second look; answers how many went out."""
    return send_due(kinds.RELAYED, kinds.still_holds, letters.finished)


@shared_task(soft_time_limit=100, time_limit=120)
def listen() -> int:
    """Tell the owner of each clinic in which nothing was sent on a day with visits; answers how many there are."""
    at, system = timezone.now(), User.objects.system()
    return sum(heartbeat.note_silence(clinic, by=system, at=at) is not None for clinic in Clinic.objects.order_by("pk"))
