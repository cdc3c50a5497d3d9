"""Once an hour, what is passing and past its time is dropped."""

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from patients.actions import drafts


@shared_task
def sweep() -> int:
    """Drop what was typed days ago and never saved."""
    return drafts.forget_old(by=User.objects.system(), at=timezone.now())
