import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from PIL import Image

from audit.models import Event
from common.refused import Refused
from documents import rendering
from patients import papers
from patients.actions import received_files
from patients.models import ReceivedFile
from tests.cast import NOON
from tests.factories import rows, uploads

DB = pytest.mark.django_db


def stored(patient, by, content=None, **values):
    content = uploads.pdf() if content is None else content
    return received_files.add(patient, content=content, **{"title": "Letter", **values}, by=by, at=NOON)


@pytest.mark.parametrize("what", uploads.HOSTILE)
def test_what_is_not_a_harmless_paper_is_refused_with_a_sentence(what):
    content, code = uploads.HOSTILE[what]
    with pytest.raises(Refused) as refused:
        papers.accept(content)
    assert refused.value.code == code
    assert str(refused.value).endswith((".", "none."))


def test_half_a_picture_is_refused_after_a_pdf_was_made_too():
    rendering.press()
    with pytest.raises(Refused, match="damaged"):
        papers.accept(uploads.picture(size=(600, 400))[:700])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_of_every_usual_kind_are_taken(kind):
    paper = papers.accept(uploads.picture(kind))
    assert paper.media_type == ("image/png" if kind == "PNG" else "image/jpeg")
    assert Image.open(io.BytesIO(paper.content)).size == (60, 40)


def test_a_picture_of_an_iphone_is_kept_as_a_jpeg():
    paper = papers.accept(uploads.HEIC)
    assert paper.media_type == "image/jpeg"
    assert Image.open(io.BytesIO(paper.content)).size == (16, 16)


def test_of_a_photograph_only_the_dots_are_kept_upright():
    sent = uploads.photographed()
    assert uploads.SCRIPT in sent
    assert b"Camera of Amara" in sent
    kept = papers.accept(sent).content
    assert uploads.SCRIPT not in kept
    assert b"Camera of Amara" not in kept
    picture = Image.open(io.BytesIO(kept))
    assert picture.size == (40, 60)
    assert not picture.getexif()


def test_a_text_in_a_png_does_not_survive():
    kept = papers.accept(uploads.picture("PNG", icc_profile=b"profile of Amara")).content
    assert b"profile of Amara" not in kept


def test_a_pdf_is_kept_as_it_came():
    assert papers.accept(uploads.pdf()) == papers.Paper(uploads.pdf(), "application/pdf")


@DB
def test_a_paper_lies_privately_under_a_name_that_says_nothing(patient, front_desk, settings):
    paper = stored(patient, front_desk, title="Letter of Dr Ruiz", kind="letter")
    assert paper.file.name.startswith(f"received/{patient.clinic_id}/")
    assert "Ruiz" not in paper.file.path
    assert "Okonkwo" not in paper.file.path
    assert str(settings.FILES_DIR) in paper.file.path
    assert Event.objects.about(paper).kinds() == ["received_file.added"]


@DB
def test_the_same_file_lies_in_a_chart_once(patient, other_patient, front_desk):
    stored(patient, front_desk)
    with pytest.raises(Refused, match="already"):
        stored(patient, front_desk)
    assert stored(other_patient, front_desk).pk


@DB
def test_a_paper_from_tomorrow_is_refused_and_leaves_no_file(patient, front_desk):
    before = files_of(patient.clinic)
    with pytest.raises(Refused, match="future"):
        stored(patient, front_desk, dated_on=NOON.date() + timedelta(days=2))
    assert files_of(patient.clinic) == before


@DB
def test_a_failure_while_it_is_written_leaves_no_file(patient, front_desk, monkeypatch):
    before = files_of(patient.clinic)
    monkeypatch.setattr(ReceivedFile, "save", lambda *given, **more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        stored(patient, front_desk)
    assert files_of(patient.clinic) == before


def files_of(clinic):
    folder = f"received/{clinic.pk}"
    return set(default_storage.listdir(folder)[1]) if default_storage.exists(folder) else set()


@DB
def test_a_paper_is_crossed_out_and_never_changed_or_thrown_away(patient, front_desk):
    paper = stored(patient, front_desk)
    with pytest.raises(Refused, match="what is wrong"):
        received_files.mark_error(paper, reason=" ", by=front_desk, at=NOON)
    received_files.mark_error(paper, reason="Another patient's", by=front_desk, at=NOON)
    with pytest.raises(Refused, match="already"):
        received_files.mark_error(paper, reason="Again", by=front_desk, at=NOON)
    for change in ({"title": "Other"}, {"file": "x"}, {"entered_in_error": False}):
        with pytest.raises(rows.REFUSED) as refused, transaction.atomic():
            ReceivedFile.objects.filter(pk=paper.pk).update(**change)
        assert rows.refusal(refused) == "received_file_frozen"


@DB
def test_a_paper_is_not_deleted(patient, front_desk):
    paper = stored(patient, front_desk)
    with pytest.raises(rows.REFUSED):
        ReceivedFile.objects.filter(pk=paper.pk)._raw_delete("default")


@DB
def test_the_front_desk_puts_a_letter_into_the_chart_and_the_nurse_reads_it(as_user, front_desk, nurse, patient):
    desk, reader = as_user(front_desk), as_user(nurse)
    add = reverse("patients:received_file_add", args=[patient.pk])
    assert add in desk.get(f"/patients/{patient.pk}/").content.decode()
    sent = SimpleUploadedFile("x.exe", uploads.photographed(), content_type="text/html")
    answer = desk.post(add, {"file": sent, "title": "Picture of the scar", "kind": "picture", "dated_on": "2025-01-20"})
    assert answer.url == f"/patients/{patient.pk}/"

    listed = reader.get(f"/documents/?patient={patient.pk}").content.decode()
    paper = ReceivedFile.objects.get()
    show = reverse("patients:received_file_show", args=[paper.pk])
    assert "Picture of the scar" in listed
    assert show in listed
    assert desk.get(show).status_code == 403
    shown = reader.get(show)
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in shown["Cache-Control"]
    assert "sandbox" in shown["Content-Security-Policy"]
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")
    viewed = Event.objects.of_patient(patient).filter(kind="chart.viewed", actor_id=nurse.pk)
    assert "patients:received_file_show" in viewed.latest("seq").fields


@DB
def test_a_pdf_is_handed_out_to_be_kept_and_not_to_be_run(as_user, nurse, patient):
    paper = stored(patient, nurse)
    shown = as_user(nurse).get(reverse("patients:received_file_show", args=[paper.pk]))
    assert shown["Content-Disposition"].startswith("attachment")


@DB
def test_a_hostile_file_is_said_above_the_form(as_user, front_desk, patient):
    add = reverse("patients:received_file_add", args=[patient.pk])
    sent = SimpleUploadedFile("letter.pdf", uploads.SVG, content_type="application/pdf")
    answer = as_user(front_desk).post(add, {"file": sent, "title": "Letter", "kind": "letter"})
    assert answer.status_code == 422
    assert "Only PDF, JPEG" in answer.content.decode()
    assert as_user(front_desk).post(add, {"title": "Letter"}).status_code == 422


@DB
def test_what_is_crossed_out_is_still_listed_with_the_reason(as_user, nurse, patient):
    paper = stored(patient, nurse, title="Wrong letter")
    page = reverse("patients:received_file_mark_error", args=[paper.pk])
    assert as_user(nurse).post(page, {"reason": "Another patient's"}).status_code == 302
    listed = as_user(nurse).get(f"/documents/?patient={patient.pk}").content.decode()
    assert "Entered in error" in listed
    assert "Another patient&#x27;s" in listed


@DB
def test_papers_of_others_do_not_exist(as_user, stranger, colleague, practitioner, patient):
    paper = stored(patient, practitioner)
    show = reverse("patients:received_file_show", args=[paper.pk])
    assert as_user(stranger).get(show).status_code == 404
    assert as_user(colleague).get(show).status_code == 404
    assert as_user(practitioner).get(show).status_code == 200


@DB
def test_through_the_machine_s_door(api, nurse, front_desk, patient):
    client, url = api(nurse), f"/api/v1/patients/{patient.pk}/received-files/"
    body = {"file": SimpleUploadedFile("a.pdf", uploads.pdf()), "title": "Result", "kind": "result"}
    made = client.post(url, body, format="multipart")
    assert made.status_code == 201, made.json()
    assert made.json()["media_type"] == "application/pdf"
    assert [each["title"] for each in client.get(url).json()["results"]] == ["Result"]
    assert client.get(made.json()["file"]).status_code == 200
    assert api(front_desk).get(url).status_code == 403
    bad = {"file": SimpleUploadedFile("a.pdf", uploads.HTML), "title": "Result"}
    refused = client.post(url, bad, format="multipart")
    assert (refused.status_code, refused.json()["code"]) == (409, "file_unknown")
    assert client.post(url, {**bad, "owner": 1}, format="multipart").status_code == 400
    error = client.post(made.json()["file"] + "error/", {"reason": "Not hers"})
    assert error.json()["entered_in_error"] is True
