import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from audit.models import Event
from documents import pdfs
from documents.models import Document, DocumentState
from tests.factories import documents as papers
from tests.factories.patients import register


@pytest.fixture
def long_paper(committed, clinic):
    """A paper that takes some seconds to draw."""
    products = [{"name": f"Product {n}", "lot": f"L-{n}", "ml": "0.05"} for n in range(700)]
    payload = papers.aftercare_payload(products=products)
    return papers.issue(clinic, register(clinic), payload=payload, at=timezone.now() - timedelta(seconds=1))


def claimed(paper):
    return Document.objects.filter(pk=paper.pk, claimed_at__isnull=False).exists()


def sealed(paper):
    return Document.objects.filter(pk=paper.pk, state=DocumentState.SEALED).exists()


@pytest.mark.parametrize("victim", ["worker", "pool process"])
def test_a_worker_killed_in_the_middle_of_a_pdf_leaves_one_pdf_in_the_end(
    long_paper, workers, eventually, victim, settings, monkeypatch
):
    worker = workers.start()
    workers.ask("documents.tasks.render_due")
    eventually(lambda: claimed(long_paper), what="nobody claimed the paper")
    if victim == "worker":
        workers.kill(worker)
    else:
        os.kill(workers.pool_process(worker), signal.SIGKILL)

    long_paper.refresh_from_db()
    assert (long_paper.state, long_paper.attempts) == (DocumentState.ISSUED, 1)
    assert not list(workers.home.rglob("*.pdf"))

    Document.objects.filter(pk=long_paper.pk).update(claimed_at=timezone.now() - timedelta(minutes=1))  # time passes
    if victim == "worker":
        workers.start()
    workers.ask("documents.tasks.render_due")
    eventually(lambda: sealed(long_paper), what="the paper was not made after the kill")

    long_paper.refresh_from_db()
    [file] = list(workers.home.rglob("*.pdf"))
    assert file == workers.home / "files" / long_paper.file.name
    assert Event.objects.filter(kind="document.sealed").count() == 1
    monkeypatch.setattr(long_paper.file.storage, "path", lambda name: str(Path(workers.home / "files" / name)))
    assert pdfs.flaws_of_document(long_paper) == []
