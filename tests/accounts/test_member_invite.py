import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import Membership, User
from audit.models import Event
from tests.cast import PASSWORD

PAGE = "/accounts/team/invite/"
NURSE = {"display_name": "Nina New", "email": "Nina@Test.Example", "language": "en", "roles": ["nurse"]}
DOCTOR = {
    **NURSE,
    "roles": ["practitioner"],
    "is_medical_director": "on",
    "title": "Dr",
    "profession": "Physician",
    "licence_number": "L-77",
    "licence_issuer": "Board",
    "licence_expires_on": "31/03/2031",
}


def test_the_owner_invites_somebody_who_can_then_log_in(as_user, owner, clinic):
    answer = as_user(owner, confirmed=True).post(PAGE, {**NURSE, "password": PASSWORD})

    assert answer.status_code == 302
    member = Membership.objects.get(user__email="nina@test.example")
    assert (member.clinic, member.roles, member.user.display_name) == (clinic, ["nurse"], "Nina New")
    assert authenticate(RequestFactory().post("/"), username="nina@test.example", password=PASSWORD) == member.user
    assert "member.invited" in Event.objects.about(member).kinds()


def test_somebody_who_treats_needs_a_licence(as_user, owner, clinic):
    browser = as_user(owner, confirmed=True)
    without = browser.post(PAGE, {**NURSE, "roles": ["practitioner"]})
    assert without.status_code == 422
    assert not User.objects.filter(email="nina@test.example").exists()

    assert browser.post(PAGE, DOCTOR).status_code == 302
    treats = clinic.practitioners.get(licence_number="L-77")
    assert treats.membership.is_medical_director
    assert str(treats.licence_expires_on) == "2031-03-31"


def test_a_licence_that_is_somebody_else_s_is_refused_and_nobody_joins(as_user, owner, doctor):
    taken = {**DOCTOR, "licence_number": "T-1", "licence_issuer": "Test Board"}
    assert as_user(owner, confirmed=True).post(PAGE, taken).status_code == 422
    assert not User.objects.filter(email="nina@test.example").exists()


@pytest.mark.parametrize("password", ["short", "elevenchars", "nina@test.example"])
def test_a_weak_first_password_is_refused(as_user, owner, password):
    answer = as_user(owner, confirmed=True).post(PAGE, {**NURSE, "password": password})
    assert answer.status_code == 422
    assert f'value="{password}"' not in answer.content.decode()


def test_an_address_joins_once(as_user, owner, nurse):
    answer = as_user(owner, confirmed=True).post(PAGE, {**NURSE, "email": nurse.email.upper()})
    assert answer.status_code == 422
    assert "of the team already" in answer.content.decode()


def test_somebody_of_another_clinic_keeps_their_password(as_user, owner, stranger, clinic):
    before = stranger.password
    answer = as_user(owner, confirmed=True).post(PAGE, {**NURSE, "email": stranger.email, "password": PASSWORD})
    stranger.refresh_from_db()
    assert answer.status_code == 302
    assert stranger.password == before
    assert clinic.memberships.filter(user=stranger).exists()


def test_nobody_is_invited_as_an_owner(as_user, owner):
    assert as_user(owner, confirmed=True).post(PAGE, {**NURSE, "roles": ["owner"]}).status_code == 422


def test_who_has_not_confirmed_is_sent_to_confirm_and_the_password_is_kept_nowhere(not_confirmed):
    browser = not_confirmed
    assert "reauthenticate" in browser.get(PAGE)["Location"]
    answer = browser.post(PAGE, {**NURSE, "password": PASSWORD})
    assert "reauthenticate" in answer["Location"]
    assert PASSWORD not in str(dict(browser.session))
    assert not User.objects.filter(email="nina@test.example").exists()


def test_only_the_owner_invites(as_user, client, nurse, auditor):
    assert as_user(nurse, confirmed=True).get(PAGE).status_code == 403
    assert as_user(auditor, confirmed=True).post(PAGE, NURSE).status_code == 403
    assert client.get(PAGE).status_code == 302


def test_the_list_offers_changes_to_those_who_may(as_user, owner, nurse):
    invite = reverse("accounts:member_invite")
    assert invite in as_user(owner).get("/accounts/team/").content.decode()
    assert invite not in as_user(nurse).get("/accounts/team/").content.decode()
