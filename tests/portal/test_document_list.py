from datetime import date

import pytest

from accounts.models import User
from documents.actions import documents
from documents.models import Document
from patients.actions import patients
from tests.cast import NOON
from tests.factories.documents import issue
from tests.portal.conftest import enter, now

pytestmark = pytest.mark.django_db
WEIRD = [0, -1, 10**18, 2**63]


def sealed(document):
    system = User.objects.system()
    documents.claim(document, by=system, at=now())
    return documents.seal(document, content=b"%PDF-1.7 the paper", by=system, at=now())


@pytest.fixture
def sheet(patient):
    return sealed(issue(patient.clinic, patient))


def test_a_patient_sees_reads_and_keeps_her_papers(phone, sheet):
    page = phone.get("/portal/documents/").content.decode()
    assert sheet.title in page
    assert f"/portal/documents/{sheet.pk}/file/" in page

    assert sheet.number in phone.get(f"/portal/documents/{sheet.pk}/").content.decode()
    file = phone.get(f"/portal/documents/{sheet.pk}/file/")
    assert b"".join(file.streaming_content) == b"%PDF-1.7 the paper"
    assert file["Content-Type"] == "application/pdf"
    assert (file["X-Content-Type-Options"], file["Cache-Control"]) == ("nosniff", "private, no-store")
    assert "sandbox" in file["Content-Security-Policy"]


def test_nobody_reads_another_patient_s_paper(patient, other_patient, sheet):
    bruno = enter(other_patient)
    for address in (f"/portal/documents/{sheet.pk}/", f"/portal/documents/{sheet.pk}/file/"):
        assert bruno.get(address).status_code == 404
    assert sheet.title not in bruno.get("/portal/documents/").content.decode()


def test_another_clinic_s_patient_reads_nothing_here(sheet, other_clinic):
    elsewhere = patients.register(
        other_clinic,
        given_name="Ewa",
        family_name="Else",
        born_on=date(1980, 1, 1),
        sex="female",
        by=User.objects.system(),
        at=NOON,
    )
    assert enter(elsewhere).get(f"/portal/documents/{sheet.pk}/file/").status_code == 404


@pytest.mark.parametrize("number", WEIRD)
def test_a_number_that_is_nobody_s_is_nothing(phone, number):
    for address in (f"/portal/documents/{number}/", f"/portal/documents/{number}/file/", f"/portal/consents/{number}/"):
        assert phone.get(address).status_code == 404


def test_what_was_not_released_does_not_exist_for_the_patient(phone, patient):
    kept = issue(patient.clinic, patient, release=False)

    assert phone.get(f"/portal/documents/{kept.pk}/").status_code == 404
    assert kept.number not in phone.get("/portal/documents/").content.decode()


def test_a_paper_without_a_file_is_read_on_screen_and_has_no_pdf_yet(phone, patient):
    paper = issue(patient.clinic, patient)

    assert phone.get(f"/portal/documents/{paper.pk}/").status_code == 200
    assert phone.get(f"/portal/documents/{paper.pk}/file/").status_code == 404
    assert "/file/" not in phone.get("/portal/documents/").content.decode()


def test_the_list_asks_as_much_for_one_paper_as_for_twenty(phone, patient, django_assert_max_num_queries):
    for _ in range(20):
        issue(patient.clinic, patient)
    phone.get("/portal/documents/")
    with django_assert_max_num_queries(14):
        phone.get("/portal/documents/")
    assert Document.objects.count() == 20


def test_without_papers_the_list_says_so(phone):
    assert "No documents yet" in phone.get("/portal/documents/").content.decode()
