import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common.cells import BOM, read
from patients.models import ImportBatch
from tests.factories.imports import HEADER, checked, csv_of, people, ran, worked

pytestmark = pytest.mark.django_db


def test_an_owner_sends_a_file_names_its_columns_looks_and_takes_it_in(as_user, clinic, owner, patient):
    browser = as_user(owner, confirmed=True)
    content = csv_of(*people(2), f"{patient.family_name},{patient.given_name},{patient.born_on},,,,", "Bad,Ann,,,,,")
    file = SimpleUploadedFile("old patients.csv", content)

    sent = browser.post("/scheduling/imports/send/", {"subject": "patients", "file": file})
    batch = ImportBatch.objects.get()
    assert sent.url == f"/scheduling/imports/{batch.pk}/columns/"
    asked = browser.get(sent.url)
    assert "Last name (Family0)" in asked.content.decode()
    chosen = {f"column_{name}": place for name, place in batch.mapping.items()}
    browser.post(sent.url, {**chosen, "order": "day", "phone_region": "ES"})
    one = f"/scheduling/imports/{batch.pk}/"
    assert "A worker is busy" in browser.get(one).content.decode()
    worked(ImportBatch.objects.get())
    assert browser.get(f"{one}progress/")["HX-Refresh"] == "true"
    page = browser.get(f"{one}?show=duplicate").content.decode()
    assert patient.number in page
    assert "Take in 2 new patients" in page
    assert browser.post(f"{one}lines/4/", {"decision": "create"}).status_code == 302
    assert browser.post(f"{one}run/", {"duplicates": "skip"}).status_code == 302
    worked(ImportBatch.objects.get())
    assert clinic.patients.count() == 4
    assert browser.post(f"{one}undo/", {"reason": ""}).status_code == 422
    assert browser.post(f"{one}undo/", {"reason": "The wrong list"}).status_code == 302
    worked(ImportBatch.objects.get())
    assert clinic.patients.live().count() == 1
    assert "What was undone" in browser.get(one).content.decode()


def test_the_lines_that_were_not_taken_in_come_back_as_a_file_that_can_be_mended_and_sent(as_user, clinic, owner):
    bad = ["=1+1,Ann,,,,,", "'t Hooft,An,yesterday,,,,"]
    batch = checked(clinic, csv_of(*people(1), *bad), by=owner)

    answer = as_user(owner).get(f"/scheduling/imports/{batch.pk}/wrong/")

    text = b"".join(answer.streaming_content).decode().removeprefix(BOM)
    header, *rows = csv.reader(io.StringIO(text))
    assert header == ["Line", *HEADER.split(","), "Reason"]
    assert [row[0] for row in rows] == ["3", "4"]
    assert rows[0][1].startswith("'=")
    assert [read(row[1]) for row in rows] == ["=1+1", "'t Hooft"]
    assert "missing" in rows[0][-1]
    again = checked(clinic, text.encode(), by=owner)
    assert [row.cleaned["family_name"] for row in again.rows.in_order()] == ["=1+1", "'t Hooft"]


def test_a_file_that_is_no_table_is_refused_above_the_form(as_user, owner):
    browser = as_user(owner, confirmed=True)
    answer = browser.post(
        "/scheduling/imports/send/", {"subject": "patients", "file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04")}
    )
    assert answer.status_code == 422
    assert "damaged" in answer.content.decode()


def test_a_file_of_which_nothing_was_taken_in_is_thrown_away(as_user, clinic, owner):
    batch = checked(clinic, csv_of(*people(1)), by=owner)
    browser = as_user(owner, confirmed=True)
    browser.post(f"/scheduling/imports/{batch.pk}/drop/")
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == ("dropped", 0)
    taken = ran(checked(clinic, csv_of(*people(1)), by=owner), by=owner)
    browser.post(f"/scheduling/imports/{taken.pk}/drop/")
    taken.refresh_from_db()
    assert taken.state == "done"


def test_others_neither_see_nor_send_files(as_user, clinic, owner, front_desk, auditor, stranger):
    batch = checked(clinic, csv_of(*people(1)), by=owner)
    for user, status in ((front_desk, 403), (auditor, 403), (stranger, 404)):
        assert as_user(user).get(f"/scheduling/imports/{batch.pk}/").status_code == status
    assert as_user(owner).get("/scheduling/imports/send/").status_code == 302, "asks for the password first"
