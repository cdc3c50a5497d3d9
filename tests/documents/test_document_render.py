import io
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import Event
from common.refused import Refused
from documents import pdfs, tasks
from documents.actions import documents
from documents.models import Document, DocumentState
from tests.factories import documents as papers
from tests.factories.patients import register


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_DIR = settings.MEDIA_ROOT = tmp_path
    options = {**settings.STORAGES["default"]["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": options}}
    return tmp_path


@pytest.fixture
def sheet(clinic):
    return papers.issue(clinic, register(clinic), at=timezone.now() - timedelta(seconds=1))


def test_a_due_paper_is_made_once_and_sealed(sheet, files):
    assert tasks.render_due() == 1
    assert tasks.render_due() == 0

    sheet.refresh_from_db()
    [file] = [path for path in files.rglob("*") if path.is_file()]
    assert sheet.state == DocumentState.SEALED
    assert Path(sheet.file.path) == file
    assert file.stat().st_mode & 0o777 == 0o600
    assert sheet.patient.family_name not in str(file)
    assert sheet.number not in str(file)
    assert Event.objects.about(sheet).kinds() == ["document.issued", "document.claimed", "document.sealed"]


def test_a_consent_is_made_when_both_have_signed_and_shows_both_hands(clinic, nurse, practitioner):
    consent = papers.issue(clinic, register(clinic), "consent", at=timezone.now())
    assert tasks.render_due() == 0
    papers.sign(consent, "patient", nurse, signer_name="Amara Okonkwo")
    assert tasks.render_due() == 0
    papers.sign(consent, "practitioner", practitioner)
    assert tasks.render_due() == 1

    consent.refresh_from_db()
    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO(consent.file.read())).pages
    last = " ".join(pages[-1].extract_text().split())
    assert "I have read this paper" in last  # nobody signs an empty page
    assert "Amara Okonkwo Patient" in last
    assert "Paula Practitioner Practitioner" in last
    assert pages[-1].get_contents().get_data().count(b" l\n") > 150  # the strokes, drawn as lines


def test_a_paper_that_cannot_be_drawn_is_tried_three_times_then_shown_to_staff(sheet, monkeypatch, owner):
    monkeypatch.setattr(pdfs, "file_of", lambda document: 1 / 0)
    for _attempt in range(documents.MOST_ATTEMPTS):
        Document.objects.filter(pk=sheet.pk).update(render_after=timezone.now() - timedelta(minutes=5))
        assert tasks.render_due() == 0

    sheet.refresh_from_db()
    assert (sheet.state, sheet.attempts, sheet.last_error) == (DocumentState.FAILED, 3, "ZeroDivisionError")
    task = sheet.clinic.tasks.open().get()
    assert task.link == f"/documents/{sheet.pk}/"

    monkeypatch.undo()
    documents.retry(sheet, by=owner, at=timezone.now() - timedelta(seconds=1))
    assert tasks.render_due() == 1
    assert not sheet.clinic.tasks.open().exists()


def test_one_paper_that_fails_does_not_take_the_others_along(sheet, clinic, monkeypatch):
    other = papers.issue(clinic, register(clinic), at=timezone.now() - timedelta(seconds=1))
    draw = pdfs.file_of
    monkeypatch.setattr(pdfs, "file_of", lambda document: 1 / 0 if document.pk == sheet.pk else draw(document))

    assert tasks.render_due() == 1
    other.refresh_from_db()
    assert other.state == DocumentState.SEALED


def test_a_paper_whose_worker_falls_silent_again_and_again_is_given_up_and_shown(sheet):
    long_ago = timezone.now() - timedelta(minutes=5)
    Document.objects.filter(pk=sheet.pk).update(claimed_at=long_ago, attempts=documents.MOST_ATTEMPTS)

    assert tasks.render_due() == 0
    sheet.refresh_from_db()
    assert sheet.state == DocumentState.FAILED


def test_a_paper_in_another_worker_s_hands_is_passed_by(sheet, owner):
    documents.claim(sheet, by=owner, at=timezone.now())

    with pytest.raises(Refused):
        documents.claim(sheet, by=owner, at=timezone.now())
    assert tasks.render_due() == 0


def test_a_second_file_of_one_paper_is_refused(sheet, owner):
    tasks.render_due()

    with pytest.raises(Refused, match="already made"):
        documents.seal(sheet, content=b"other", by=owner, at=timezone.now())
    assert pdfs.flaws_of_document(Document.objects.get()) == []


def test_many_workers_at_once_make_each_paper_once(committed, clinic, at_once, files):
    patient = register(clinic)
    for _n in range(6):
        papers.issue(clinic, patient, at=timezone.now() - timedelta(seconds=1))

    made = at_once(lambda _n: tasks.render_due(), range(4))

    assert sum(made) == 6
    assert Event.objects.filter(kind="document.sealed").count() == 6
    assert len(list(files.rglob("*.pdf"))) == 6


def test_nothing_is_locked_while_a_paper_is_drawn(committed, sheet, monkeypatch):
    from django.db import connection

    seen = []
    draw = pdfs.file_of
    monkeypatch.setattr(pdfs, "file_of", lambda paper: (seen.append(connection.in_atomic_block), draw(paper))[1])
    tasks.render_due()

    assert seen == [False]


def test_verify_documents_names_what_was_changed_behind_our_back(committed, clinic, superuser):
    for _n in range(4):
        papers.issue(clinic, register(clinic), at=timezone.now() - timedelta(seconds=1))
    tasks.render_due()
    call_command("verify_documents", stdout=io.StringIO())

    words, file, missing, whole = Document.objects.order_by("pk")
    Path(file.file.path).write_bytes(b"%PDF forged")
    Path(missing.file.path).unlink()
    with superuser() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE documents_document SET payload = payload || '{\"sessions\": 99}' WHERE id = %s", [words.pk]
        )
    said = io.StringIO()
    with pytest.raises(CommandError, match="3 broken"):
        call_command("verify_documents", stderr=said, stdout=io.StringIO())

    assert f"{words.number} of clinic {clinic.pk}: what fills it is not what was issued" in said.getvalue()
    assert f"{file.number} of clinic {clinic.pk}: its file was changed" in said.getvalue()
    assert f"{missing.number} of clinic {clinic.pk}: its file is missing" in said.getvalue()
    assert whole.number not in said.getvalue()


def test_a_warm_page_takes_well_under_a_second(sheet):
    pdfs.file_of(sheet)
    began = time.perf_counter()
    pdfs.file_of(sheet)

    assert time.perf_counter() - began < 2
    assert settings.FILES_DIR
