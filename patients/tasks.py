"""Once an hour, what is passing and past its time is dropped."""

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from patients.actions import drafts, imports
from patients.models import ImportBatch


@shared_task
def sweep() -> int:
    """Drop what was typed days ago and never saved."""
    return drafts.forget_old(by=User.objects.system(), at=timezone.now())


@shared_task
def forget_imports() -> int:
    """Forget the lines of the files that were taken in more than 30 days ago."""
    at, system = timezone.now(), User.objects.system()
    stale = list(ImportBatch.objects.stale(at - imports.KEPT))
    for batch in stale:
        imports.purge(batch, by=system, at=at)
    return len(stale)
