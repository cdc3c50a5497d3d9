"""What beat asks of the house itself: the backup of the night, and whether it went well."""

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from clinic.backups import nightly

log = structlog.get_logger(__name__)


@shared_task(acks_late=False, soft_time_limit=3 * 3600, time_limit=3 * 3600 + 60)
def backup() -> str:
    """Take the backup of the night when it is due; answers its folder."""
    if not settings.BACKUP_NIGHTLY:
        return ""
    try:
        made = nightly.tonight(timezone.now())
    except Exception:
        log.exception("backup_failed")
        made = None
    nightly.watch(timezone.now())
    return made.folder if made else ""
