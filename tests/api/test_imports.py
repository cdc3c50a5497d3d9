import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from patients.models import ImportBatch
from tests.factories.imports import csv_of, people, worked

pytestmark = pytest.mark.django_db


def send(door, content: bytes):
    file = SimpleUploadedFile("list.csv", content)
    return door.post("/api/v1/imports/", {"subject": "patients", "file": file}, format="multipart")


def test_a_program_sends_a_file_has_it_checked_taken_in_and_taken_back(api, clinic, owner):
    door = api(owner, confirmed=True)

    sent = send(door, csv_of(*people(3), "Nodate,Ann,,,,,")).json()
    assert (sent["state"], sent["columns"]["born_on"]) == ("uploaded", 2)
    one = f"/api/v1/imports/{sent['id']}/"
    named = door.post(f"{one}columns/", {"columns": sent["columns"], "phone_region": "es"}).json()
    assert named["state"] == "checking"
    worked(ImportBatch.objects.get())
    assert door.get(one).json()["counts"]["invalid"] == 1
    wrong = door.get(f"{one}rows/?state=invalid").json()["results"]
    assert [(row["line"], row["problem"]) for row in wrong] == [(5, "Date of birth is missing.")]
    assert door.post(f"{one}run/", {}).json()["state"] == "running"
    worked(ImportBatch.objects.get())
    assert clinic.patients.live().count() == 3
    assert door.post(f"{one}undo/", {"reason": "The wrong list"}).json()["state"] == "undoing"
    worked(ImportBatch.objects.get())
    assert clinic.patients.live().count() == 0


def test_only_the_owner_sends_files_and_only_after_confirming(api, owner, practitioner, front_desk, stranger):
    assert send(api(owner), csv_of(*people(1))).status_code == 403
    assert send(api(front_desk, confirmed=True), csv_of(*people(1))).status_code == 403
    assert send(api(practitioner, confirmed=True), csv_of(*people(1))).status_code == 403
    pk = send(api(owner, confirmed=True), csv_of(*people(1))).json()["id"]
    assert api(stranger).get(f"/api/v1/imports/{pk}/").status_code == 404
    assert api(front_desk).get(f"/api/v1/imports/{pk}/").status_code == 403


def test_what_is_no_table_is_refused_with_a_code(api, owner):
    door = api(owner, confirmed=True)
    answer = send(door, b"\xd0\xcf\x11\xe0 old")
    assert (answer.status_code, answer.json()["code"]) == (409, "file_unknown")
    pk = send(door, csv_of(*people(1))).json()["id"]
    answer = door.post(f"/api/v1/imports/{pk}/columns/", {"columns": {"family_name": 0, "given_name": 0}})
    assert answer.status_code == 409
    assert {reason["code"] for reason in answer.json()["reasons"]} == {"column_missing", "column_twice"}
    assert door.post(f"/api/v1/imports/{pk}/run/", {}).status_code == 409
