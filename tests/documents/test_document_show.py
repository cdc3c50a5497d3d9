from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from documents import tasks
from documents.actions import documents
from documents.models import Document, DocumentState
from tests.factories import documents as papers
from tests.factories.patients import register


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_DIR = settings.MEDIA_ROOT = tmp_path
    options = {**settings.STORAGES["default"]["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": options}}


@pytest.fixture
def sheet(clinic):
    sheet = papers.issue(clinic, register(clinic), at=timezone.now() - timedelta(seconds=1))
    tasks.render_due()
    sheet.refresh_from_db()
    return sheet


PAGES = ["document_show", "document_file"]


@pytest.mark.parametrize("page", PAGES)
def test_who_may_open_a_paper(page, sheet, as_user, client, owner, nurse, front_desk, auditor, stranger):
    url = reverse(f"documents:{page}", args=[sheet.pk])

    assert client.get(url).status_code == 302
    assert as_user(stranger).get(url).status_code == 404
    assert as_user(front_desk).get(url).status_code == 403
    for reader in (owner, nurse, auditor):
        assert as_user(reader).get(url).status_code == 200


def test_a_practitioner_opens_the_papers_of_their_own_patients(sheet, as_user, practitioner, colleague):
    assert as_user(practitioner).get(reverse("documents:document_file", args=[sheet.pk])).status_code == 404


def test_a_file_is_handed_out_so_that_nothing_keeps_guesses_or_runs_it(sheet, as_user, nurse):
    answer = as_user(nurse).get(reverse("documents:document_file", args=[sheet.pk]))

    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"] == f'attachment; filename="{sheet.number}.pdf"'


def test_a_file_that_is_not_made_yet_is_not_there(clinic, as_user, nurse):
    consent = papers.issue(clinic, register(clinic), "consent")
    page = as_user(nurse).get(reverse("documents:document_show", args=[consent.pk]))

    assert as_user(nurse).get(reverse("documents:document_file", args=[consent.pk])).status_code == 404
    assert "nothing improves" in page.content.decode()
    assert "made when everybody has signed" in page.content.decode()


def test_a_paper_that_was_read_is_written_down(sheet, as_user, nurse):
    as_user(nurse).get(reverse("documents:document_show", args=[sheet.pk]))

    assert Event.objects.filter(kind="chart.viewed", patient_id=sheet.patient_id).exists()


def test_the_list_shows_the_papers_of_the_clinic_and_of_one_patient(sheet, clinic, as_user, nurse):
    other = papers.issue(clinic, register(clinic))
    everything = as_user(nurse).get(reverse("documents:document_list")).content.decode()
    mine = as_user(nurse).get(reverse("documents:document_list"), {"patient": sheet.patient_id}).content.decode()

    assert sheet.number in everything
    assert other.number in everything
    assert sheet.number in mine
    assert other.number not in mine


def test_the_list_asks_the_database_the_same_for_one_paper_and_for_twenty(
    sheet, clinic, as_user, nurse, django_assert_max_num_queries
):
    browser = as_user(nurse)
    url = reverse("documents:document_list")
    browser.get(url)
    with django_assert_max_num_queries(14) as one:
        browser.get(url)
    for _n in range(19):
        papers.issue(clinic, register(clinic))
    with django_assert_max_num_queries(len(one)):
        browser.get(url)


def test_staff_tries_again_what_could_not_be_made(clinic, as_user, nurse, auditor):
    paper = papers.issue(clinic, register(clinic))
    Document.objects.filter(pk=paper.pk).update(state=DocumentState.FAILED, attempts=3)
    url = reverse("documents:document_retry", args=[paper.pk])

    assert paper.number in as_user(nurse).get(reverse("documents:document_list")).content.decode()
    assert as_user(auditor).post(url).status_code == 403
    assert as_user(nurse).post(url).status_code == 302
    assert as_user(nurse).post(url).status_code == 422
    paper.refresh_from_db()
    assert (paper.state, paper.attempts) == (DocumentState.ISSUED, 0)


def test_the_words_can_be_read_by_who_reads_papers(clinic, as_user, nurse):
    version = papers.with_templates(clinic).template_versions.published().of("consent", "en").get()

    assert as_user(nurse).get(reverse("documents:template_list")).status_code == 200
    page = as_user(nurse).get(reverse("documents:template_show", args=[version.pk])).content.decode()
    assert "{{ protocol.evidence_note }}" in page


def test_a_released_paper_is_in_the_portal(clinic):
    patient = register(clinic)
    shown, kept = papers.issue(clinic, patient), papers.issue(clinic, patient, release=False)

    assert list(patient.documents.in_portal()) == [shown]
    documents.release(kept, by=shown.issued_by, at=timezone.now())
    assert patient.documents.in_portal().count() == 2
