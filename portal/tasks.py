"""Every two seconds codes that wait are sent; nobody waits at a log-in for the next minute."""

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from messaging.models import MessageKind
from messaging.tasks import send_due
from patients.actions import portal_phones
from portal.actions import codes
from portal.rules import codes as rules


@shared_task(soft_time_limit=100, time_limit=120)
def relay() -> int:
    """Send the codes that are due, each after a second look; answers how many went out."""
    return send_due((MessageKind.PORTAL_LINK,), rules.still_holds, rules.finished)


@shared_task
def sweep() -> int:
    """Drop codes and phones that are of no use any more."""
    by, at = User.objects.system(), timezone.now()
    return codes.forget_old(by=by, at=at) + portal_phones.forget_old(by=by, at=at)
