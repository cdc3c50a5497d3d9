"""Once an hour, what is technical and past its time is dropped."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts import devices, idempotency
from accounts.models import StepUp


@shared_task
def sweep() -> int:
    """Drop keys that no retry can still carry, log-ins that have ended and confirmations that have expired."""
    at = timezone.now()
    SessionStore.clear_expired()
    expired, _tables = StepUp.objects.filter(expires_at__lt=at).delete()
    return idempotency.forget_old(at) + devices.forget_old(at) + expired
