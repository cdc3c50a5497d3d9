from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from patients.actions import portal
from patients.models import LinkPurpose, PortalAccess, PortalLink
from tests.portal.conftest import enter, link_for, now

pytestmark = pytest.mark.django_db


def test_looking_at_a_link_changes_nothing_however_often(patient, client):
    address = link_for(patient)

    for _ in range(3):
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200

    assert PortalLink.objects.get().used_at is None
    assert client.get("/portal/home/").status_code == 302
    assert client.post(address)["Location"] == "/portal/home/"


def test_a_link_opens_one_phone_and_no_second(patient):
    address = link_for(patient)
    assert Client().post(address).status_code == 302

    for again in (Client().post(address), Client().get(address)):
        assert again.status_code == 404
        assert "used already" in again.content.decode()


@pytest.mark.parametrize("days", [7, 400])
def test_a_link_that_ran_out_opens_nothing_and_says_whom_to_ask(patient, client, days):
    patient.clinic.phone = "+34 910 555 010"
    patient.clinic.save(update_fields=["phone"])
    address = link_for(patient)

    with time_machine.travel(now() + timedelta(days=days)):
        answer = client.post(address)

    assert answer.status_code == 404
    assert "tel:+34910555010" in answer.content.decode()


def test_a_replaced_a_guessed_and_a_misused_link_open_nothing(patient, client):
    replaced = link_for(patient)
    link_for(patient)
    confirm = link_for(patient, purpose=LinkPurpose.CONFIRM, subject_kind="appointment", subject_id=1)

    for address in (replaced, confirm, "/portal/enter/guess/", "/portal/enter/" + "A" * 43 + "/"):
        assert client.post(address).status_code == 404
        assert client.get(address).status_code == 404
    assert client.get("/portal/home/").status_code == 302


def test_a_link_of_an_ended_access_or_an_erased_patient_opens_nothing(patient, other_patient, client, owner):
    ended, erased = link_for(patient), link_for(other_patient)
    PortalAccess.objects.filter(patient=patient).update(ended_at=now(), ended_by=owner)
    other_patient.erased_at, other_patient.erased_by = now(), owner
    other_patient.save(update_fields=["erased_at", "erased_by"])

    assert client.post(ended).status_code == 404
    assert client.post(erased).status_code == 404


def test_ending_the_access_ends_the_session_too(phone, patient, owner):
    assert phone.get("/portal/home/").status_code == 200
    PortalAccess.objects.filter(patient=patient).update(ended_at=now(), ended_by=owner)

    assert phone.get("/portal/home/")["Location"] == "/portal/"
    assert phone.get("/portal/documents/")["Location"] == "/portal/"


def test_staff_do_not_enter_as_a_patient_and_do_not_spend_the_link(patient, owner, as_user):
    address = link_for(patient)
    browser = as_user(owner)

    assert browser.get(address).status_code == 403
    assert browser.post(address).status_code == 403
    assert PortalLink.objects.get().used_at is None
    assert browser.get("/portal/home/").status_code == 403


def test_the_link_speaks_the_patient_s_language(patient, client):
    patient.language = "es"
    patient.save(update_fields=["language"])

    page = client.get(link_for(patient)).content.decode()

    assert '<html lang="es"' in page
    assert "Abrir mis páginas" in page


def test_another_patient_s_link_on_the_same_phone_ends_the_first_one_s_session(patient, other_patient):
    phone = enter(patient)
    enter(other_patient, phone)

    page = phone.get("/portal/me/").content.decode()
    assert "Bruno" in page
    assert "Amara" not in page


def test_who_speaks_for_several_is_asked_for_whom_by_birth_date(patient, other_patient, owner):
    link = portal.invite(patient, by=owner, at=now())
    both = link.access.user
    second = PortalAccess.objects.create(
        clinic=patient.clinic, user=both, patient=other_patient, relation="partner", given_at=now(), given_by=owner
    )
    phone = Client()
    phone.post(f"/portal/enter/{link.secret}/")

    assert phone.get("/portal/home/")["Location"] == "/portal/person/"
    asked = phone.get("/portal/person/").content.decode()
    assert "11 June 1986" in asked
    assert "2 March 1971" in asked
    assert phone.post("/portal/person/", {"access": second.pk})["Location"] == "/portal/home/"
    assert "Bruno" in phone.get("/portal/me/").content.decode()


def test_nobody_chooses_somebody_else_s_patient(phone, other_patient, owner):
    foreign = portal.invite(other_patient, by=owner, at=now()).access

    for guess in (foreign.pk, other_patient.pk, 0, -1, "x", 10**30):
        assert phone.post("/portal/person/", {"access": guess}).status_code == 422
    assert "Amara" in phone.get("/portal/me/").content.decode()


def test_leaving_ends_the_session(phone):
    assert phone.get("/portal/leave/").status_code == 405
    assert phone.post("/portal/leave/")["Location"] == "/portal/"
    assert phone.get("/portal/home/")["Location"] == "/portal/"
