"""Files that are taken in are gone on with every two seconds; licences that end are looked for once an hour."""

from celery import shared_task
from django.utils import timezone

from accounts.models import Clinic, User
from patients.imports import work
from patients.models import ImportBatch
from scheduling.actions import licences
from scheduling.tables.imports import sort_of


@shared_task
def remind_of_licences() -> int:
    """Put on the worklists what ends soon, where something changed; answers in how many clinics."""
    at, system = timezone.now(), User.objects.system()
    due = [clinic for clinic in Clinic.objects.order_by("pk") if licences.is_due(clinic, at)]
    for clinic in due:
        licences.remind(clinic, by=system, at=at)
    return len(due)


@shared_task(soft_time_limit=240, time_limit=270)
def import_due() -> int:
    """Go on with each file that is being checked, taken in or undone; answers how many there were."""
    batches = list(ImportBatch.objects.at_work().select_related("clinic", "run_by", "undone_by").order_by("pk"))
    for batch in batches:
        work.go_on(batch, sort_of(batch.subject))
    return len(batches)
