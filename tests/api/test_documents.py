from datetime import timedelta

import pytest
from django.utils import timezone

from documents import tasks
from tests.factories import documents as papers
from tests.factories.patients import register


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_DIR = settings.MEDIA_ROOT = tmp_path
    options = {**settings.STORAGES["default"]["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": options}}


@pytest.fixture
def sheet(clinic):
    return papers.issue(clinic, register(clinic), at=timezone.now() - timedelta(seconds=1))


def test_a_paper_is_found_by_its_patient_and_its_file_when_it_is_made(sheet, clinic, api, nurse):
    other = papers.issue(clinic, register(clinic))
    door = api(nurse)

    [found] = door.get(f"/api/v1/documents/?patient={sheet.patient_id}").json()["results"]
    assert (found["id"], found["state"], found["file"], found["signatures"]) == (sheet.pk, "issued", None, [])
    assert door.get(f"/api/v1/documents/{sheet.pk}/file/").status_code == 404

    tasks.render_due()
    found = door.get(f"/api/v1/documents/{sheet.pk}/").json()
    assert found["state"] == "sealed"
    assert found["file_sha256"]
    answer = door.get(found["file"])
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert {row["id"] for row in door.get("/api/v1/documents/").json()["results"]} == {sheet.pk, other.pk}


def test_the_papers_of_another_clinic_do_not_exist(sheet, api, stranger, front_desk):
    for path in (f"/api/v1/documents/{sheet.pk}/", f"/api/v1/documents/{sheet.pk}/file/"):
        assert api(stranger).get(path).status_code == 404
        assert api(front_desk).get(path).status_code == 403
    assert api(stranger).get("/api/v1/documents/").json()["results"] == []


@pytest.mark.parametrize(
    "query", ["colour=red", "patient=abc", "patient=-1", "patient=99999999999999999999", "state=x"]
)
def test_a_question_that_is_not_understood_is_400(query, api, nurse):
    assert api(nurse).get(f"/api/v1/documents/?{query}").status_code == 400
