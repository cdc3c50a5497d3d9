"""The list of patients: an owner asks with a fresh confirmation, a second owner agrees, whoever asked takes it."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Approval
from audit.models import Event
from common.cells import BOM
from common.refused import Refused
from reports import tasks
from reports.actions import patient_lists
from reports.models import Export
from tests.cast import hire

pytestmark = pytest.mark.django_db
PAGE = "/reports/patient-list/"


@pytest.fixture
def second_owner(clinic):
    return hire(clinic, "Otto Second", "owner").user


def ask(clinic, owner):
    return patient_lists.ask(clinic, form="csv", reason="Moving to another town", by=owner, at=timezone.now())


def test_it_leaves_the_house_when_a_second_owner_agrees(clinic, patient, owner, second_owner, as_user):
    browser = as_user(owner, confirmed=True)
    asked = browser.post(PAGE, {"form": "csv", "reason": "Moving to another town"})
    approval = Approval.objects.get(kind="patients.export")
    assert asked["Location"] == f"{PAGE}{approval.pk}/"
    assert clinic.tasks.open().filter(reason_key=f"export:{approval.pk}").count() == 1
    assert tasks.write_due() == 0

    other = as_user(second_owner, confirmed=True)
    assert "Moving to another town" in other.get(asked["Location"]).content.decode()
    other.post(f"{PAGE}{approval.pk}/agree/")

    assert tasks.write_due() == 1
    export = Export.objects.get()
    answer = browser.get(f"/reports/files/{export.pk}/file/")
    text = b"".join(answer.streaming_content).decode().removeprefix(BOM)
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert [line[:3] for line in lines[1:]] == [[patient.number, patient.family_name, patient.given_name]]
    assert other.get(f"/reports/files/{export.pk}/file/").status_code == 404
    assert not clinic.tasks.open().filter(reason_key=f"export:{approval.pk}").exists()
    kinds = set(Event.objects.filter(chain=clinic.pk).values_list("kind", flat=True))
    assert {"patient_list.asked", "approval.given", "patient_list.agreed", "export.taken"} <= kinds


def test_it_asks_for_a_fresh_confirmation_also_when_it_is_taken(clinic, patient, owner, second_owner, as_user):
    approval = ask(clinic, owner)
    export = patient_lists.agree(approval, by=second_owner, at=timezone.now())
    tasks.write_due()
    browser = as_user(owner)
    for page in (PAGE, f"{PAGE}{approval.pk}/", f"/reports/files/{export.pk}/file/"):
        assert "/accounts/" in browser.get(page)["Location"]
    assert not Event.objects.filter(kind="export.taken").exists()


def test_nobody_agrees_with_themselves_and_an_agreement_is_used_once(clinic, owner, second_owner):
    approval = ask(clinic, owner)
    with pytest.raises(Refused):
        patient_lists.agree(approval, by=owner, at=timezone.now())
    with pytest.raises(Refused, match="Nobody else"):
        patient_lists.carry_out(approval, by=owner, at=timezone.now())
    patient_lists.agree(approval, by=second_owner, at=timezone.now())
    with pytest.raises(Refused):
        patient_lists.carry_out(approval, by=owner, at=timezone.now())
    assert Export.objects.count() == 1


def test_an_owner_alone_waits_a_day(clinic, owner):
    approval = ask(clinic, owner)
    with pytest.raises(Refused):
        patient_lists.carry_out(approval, by=owner, at=timezone.now())
    later = timezone.now() + timedelta(hours=25)
    with time_machine.travel(later, tick=False):
        assert patient_lists.carry_out(approval, by=owner, at=later).asked_by == owner


def test_a_request_that_is_refused_gives_nothing(clinic, owner, second_owner):
    approval = ask(clinic, owner)
    patient_lists.refuse(approval, by=second_owner, at=timezone.now())
    with pytest.raises(Refused):
        patient_lists.agree(approval, by=second_owner, at=timezone.now())
    assert not Export.objects.exists()


@pytest.mark.parametrize("who", ["practitioner", "nurse", "front_desk", "auditor"])
def test_nobody_but_an_owner_asks(request, clinic, who, as_user):
    browser = as_user(request.getfixturevalue(who), confirmed=True)
    assert browser.get(PAGE).status_code == 403
    assert browser.get("/reports/patients/csv/").status_code in (403, 404)


def test_it_does_not_leave_by_any_other_door(clinic, patient, owner, as_user, api):
    browser = as_user(owner, confirmed=True)
    assert browser.get("/reports/patients/").status_code == 404
    assert browser.get("/reports/patients/csv/").status_code == 404
    assert browser.post("/reports/patients/file/", {"form": "csv"}).status_code == 404
    assert api(owner, confirmed=True).get("/api/v1/reports/patients/").status_code == 404
