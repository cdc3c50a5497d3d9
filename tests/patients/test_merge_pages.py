import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Approval
from patients.actions import merges
from patients.models import PatientsMerge
from tests.cast import NOON, hire
from tests.factories import files, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def twin(clinic):
    return rows.patient(
        clinic, given_name="Amara", family_name="Okonkwo", born_on="1986-06-11", phone="+34612345678"
    )  # fmt: skip


@pytest.fixture
def merged(patient, twin, owner):
    return merges.merge(patient, duplicate=twin, reason="One person", by=owner, at=NOON)


def preview(into, other):
    return reverse("patients:merge_preview", args=[into.pk, other.pk])


def test_the_front_desk_finds_the_twin_compares_and_asks_and_an_owner_merges_and_undoes(
    as_user, front_desk, owner, clinic, patient, twin, doctor
):
    files.MADE["allergies"](twin, doctor)
    desk, boss = as_user(front_desk), as_user(owner, confirmed=True)
    chart = desk.get(f"/patients/{patient.pk}/").content.decode()
    assert reverse("patients:merge_choose", args=[patient.pk]) in chart
    assert preview(patient, twin) in desk.get(reverse("patients:merge_choose", args=[patient.pk])).content.decode()

    page = desk.get(preview(patient, twin)).content.decode()
    assert "Allergies" in page
    assert desk.post(preview(patient, twin), {"reason": ""}).status_code == 422
    answer = desk.post(preview(patient, twin), {"reason": "Same telephone", "phone": "theirs"})
    asked = Approval.objects.get()
    assert answer.url == reverse("patients:merge_request", args=[asked.pk])
    assert "on their worklist" in desk.get(answer.url).content.decode()
    assert desk.post(reverse("patients:merge_agree", args=[asked.pk])).status_code == 403

    assert "Look at it" in boss.get(reverse("accounts:approval_list")).content.decode()
    assert boss.post(reverse("accounts:approval_approve", args=[asked.pk])).status_code == 422
    assert "Agree and merge" in boss.get(answer.url).content.decode()
    done = boss.post(reverse("patients:merge_agree", args=[asked.pk]))
    merge = PatientsMerge.objects.get()
    assert done.url == reverse("patients:merge_detail", args=[merge.pk])
    patient.refresh_from_db()
    assert patient.phone == "+34612345678"
    assert boss.post(reverse("patients:merge_agree", args=[asked.pk])).status_code == 422

    split = desk.post(done.url, {"reason": "Sisters"})
    assert split.status_code == 302
    request = Approval.objects.latest("pk")
    assert "Agree and split" in boss.get(split.url).content.decode()
    boss.post(reverse("patients:merge_agree", args=[request.pk]))
    assert set(clinic.patients.live()) == {patient, twin}
    assert "Split again" in boss.get(reverse("patients:merge_list")).content.decode()


def test_overlapping_visits_are_shown_before_anybody_is_asked(
    as_user, front_desk, patient, twin, doctor, second_doctor
):
    files.visit(patient, doctor, files.LATER)
    files.visit(twin, second_doctor, files.LATER)
    page = as_user(front_desk).get(preview(patient, twin)).content.decode()
    assert "at the same time" in page
    assert "Ask a second person" not in page
    assert as_user(front_desk).post(preview(patient, twin), {"reason": "x", "phone": "ours"}).status_code == 422


def test_other_birth_dates_are_pointed_at(as_user, owner, patient, other_patient):
    assert "The birth dates differ" in as_user(owner).get(preview(patient, other_patient)).content.decode()


def test_a_request_is_taken_back(as_user, front_desk, patient, twin):
    asked = merges.ask(patient, duplicate=twin, reason="x", by=front_desk, at=timezone.now())
    assert as_user(front_desk).post(reverse("patients:merge_cancel", args=[asked.pk])).status_code == 302
    assert not patient.clinic.tasks.open().exists()


def test_an_owner_alone_does_it_a_day_later(as_user, owner, patient, twin, time_machine):
    as_user(owner).post(preview(patient, twin), {"reason": "x", "phone": "ours"})
    now = reverse("patients:merge_carry_out", args=[Approval.objects.get().pk])
    assert as_user(owner).post(now).status_code == 422
    time_machine.move_to(timezone.now() + timedelta(hours=25), tick=False)
    assert as_user(owner).post(now).status_code == 302
    assert PatientsMerge.objects.exists()


@pytest.mark.parametrize("who", ["practitioner", "nurse", "auditor"])
def test_others_neither_ask_nor_look(as_user, request, who, patient, twin):
    browser = as_user(request.getfixturevalue(who))
    assert browser.get(preview(patient, twin)).status_code == 403
    assert browser.get(reverse("patients:merge_list")).status_code == 403


def test_every_old_link_leads_to_the_file_that_stayed(as_user, owner, patient, twin, merged):
    boss = as_user(owner)
    for name in ("patient_detail", "statement_list", "patient_log", "contact_consent_list"):
        answer = boss.get(reverse(f"patients:{name}", args=[twin.pk]))
        assert answer.status_code == 302
        assert answer.url == reverse(f"patients:{name}", args=[patient.pk])
    assert boss.get(f"/documents/?patient={twin.pk}").url == f"/documents/?patient={patient.pk}"
    assert boss.post(reverse("patients:alert_raise", args=[twin.pk]), {"text": "x"}).url == f"/patients/{patient.pk}/"
    assert not patient.alerts.exists()
    page = boss.get(f"/patients/{patient.pk}/").content.decode()
    assert twin.number in page
    assert f"{twin.number} was merged" in page


def test_the_list_finds_the_old_number(as_user, owner, patient, twin, merged):
    page = as_user(owner).get("/patients/", {"q": twin.number}).content.decode()
    assert re.search(rf'href="/patients/{patient.pk}/"', page)


def test_the_log_of_the_file_tells_both_stories(as_user, owner, patient, twin, merged):
    page = as_user(owner).get(f"/patients/{patient.pk}/log/").content.decode()
    assert "closed as duplicate" in page


def test_another_clinic_s_merge_does_not_exist(as_user, stranger, patient, twin, merged):
    browser = as_user(stranger)
    assert browser.get(reverse("patients:merge_detail", args=[merged.pk])).status_code == 404
    assert browser.get(preview(patient, twin)).status_code == 404


def test_the_preview_asks_the_same_number_of_questions_however_full_the_files_are(
    as_user, owner, patient, twin, doctor, django_assert_max_num_queries
):
    browser = as_user(owner)
    files.fill(twin, doctor)
    files.MADE["allergies"](twin, doctor)
    with django_assert_max_num_queries(110):
        assert browser.get(preview(patient, twin)).status_code == 200


def test_through_the_machine_s_door_two_people_merge_and_split(api, front_desk, owner, patient, twin):
    desk, boss = api(front_desk), api(owner)
    url, body = f"/api/v1/patients/{twin.pk}/merge/", {"into": patient.pk, "taking": ["phone"], "reason": "One person"}
    waits = desk.post(url, body)
    assert (waits.status_code, waits.json()["code"]) == (202, "second_person_required")
    number = waits.json()["approval"]
    assert desk.post(url, {**body, "approval": number}).status_code == 403
    assert boss.post(url, {**body, "taking": [], "approval": number}).status_code == 409
    done = boss.post(url, {**body, "approval": number})
    assert done.status_code == 201, done.json()
    assert (done.json()["into"], done.json()["merged"]) == (patient.pk, twin.pk)
    gone = boss.get(f"/api/v1/patients/{twin.pk}/")
    assert (gone.status_code, gone.json()["code"], gone.json()["into"]) == (409, "merged_away", patient.pk)

    undo = f"/api/v1/merges/{done.json()['id']}/undo/"
    waits = desk.post(undo, {"reason": "Sisters"})
    assert waits.status_code == 202
    assert boss.post(undo, {"reason": "Sisters", "approval": waits.json()["approval"]}).status_code == 201
    assert boss.get(f"/api/v1/patients/{twin.pk}/").status_code == 200


def test_the_machine_s_door_refuses_unknown_fields(api, owner, patient, twin):
    url = f"/api/v1/patients/{twin.pk}/merge/"
    assert api(owner).post(url, {"into": patient.pk, "reason": "x", "taking": ["number"]}).status_code == 400
    assert api(owner).post(url, {"into": patient.pk, "reason": "x", "force": True}).status_code == 400


def test_somebody_working_alone_is_told_when(as_user, owner, patient, twin):
    asked = merges.ask(patient, duplicate=twin, reason="x", by=owner, at=timezone.now())
    assert "may be done from" in as_user(owner).get(reverse("patients:merge_request", args=[asked.pk])).content.decode()


def test_with_two_owners_the_other_one_agrees(as_user, clinic, owner, patient, twin):
    other = hire(clinic, "Oscar Owner", "owner").user
    asked = merges.ask(patient, duplicate=twin, reason="x", by=owner, at=timezone.now())
    assert (
        "Agree and merge" not in as_user(owner).get(reverse("patients:merge_request", args=[asked.pk])).content.decode()
    )
    assert as_user(other).post(reverse("patients:merge_agree", args=[asked.pk])).status_code == 302
