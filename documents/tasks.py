"""Papers are made outside the request: claimed, drawn without a transaction, and kept once."""

import time
from datetime import datetime

import structlog
from celery import shared_task
from django.utils import timezone

from accounts.models import User
from common.refused import Refused
from documents import pdfs
from documents.actions import documents
from documents.models import Document

log = structlog.get_logger(__name__)
BATCH_SECONDS = 20.0


@shared_task(soft_time_limit=100, time_limit=120)
def render_due() -> int:
    """Make the files of the papers that are due, for a while; answers how many were made."""
    until = time.monotonic() + BATCH_SECONDS
    made = 0
    for document in due(timezone.now()):
        if time.monotonic() > until:
            break
        made += render(document)
    return made


def due(at: datetime) -> list[Document]:
    """List the papers to make, also those whose last worker fell silent once too often."""
    waiting = Document.objects.to_render(
        at, attempts=documents.MOST_ATTEMPTS + 1, stale_before=at - documents.SILENT_AFTER
    )
    return list(waiting.order_by("render_after")[:50])


def render(document: Document) -> bool:
    """Make one paper: claim and commit, draw, keep; a failure is noted and tried again."""
    system = User.objects.system()
    try:
        if document.attempts >= documents.MOST_ATTEMPTS:
            documents.stumble(document, error="The worker fell silent.", by=system, at=timezone.now())
            return False
        documents.claim(document, by=system, at=timezone.now())
    except Refused:
        return False
    try:
        content = pdfs.file_of(document)
    except Exception as error:  # whatever it is: it must not take the other papers along
        log.warning("document_stumbled", document=document.pk, error=type(error).__name__)
        documents.stumble(document, error=type(error).__name__, by=system, at=timezone.now())
        return False
    try:
        documents.seal(document, content=content, by=system, at=timezone.now())
    except Refused:
        return False
    return True
