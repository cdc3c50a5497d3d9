"""Every two seconds whoever is free goes on with the files that are being taken in."""

from celery import shared_task

from patients.imports import work
from patients.models import ImportBatch
from scheduling.tables.imports import sort_of


@shared_task(soft_time_limit=240, time_limit=270)
def import_due() -> int:
    """Go on with each file that is being checked, taken in or undone; answers how many there were."""
    batches = list(ImportBatch.objects.at_work().select_related("clinic", "run_by", "undone_by").order_by("pk"))
    for batch in batches:
        work.go_on(batch, sort_of(batch.subject))
    return len(batches)
