import re
from datetime import timedelta

import pytest

from common.refused import Refused
from patients.actions import consents_to_contact, portal
from patients.models import PortalLink
from tests.cast import NOON

pytestmark = pytest.mark.django_db


def test_a_link_opens_the_portal_once(patient, front_desk):
    link = portal.invite(patient, by=front_desk, at=NOON)

    entered = portal.enter(link.secret, at=NOON)
    assert (entered.patient, entered.access.user.kind, entered.access.patient) == (patient, "patient", patient)

    with pytest.raises(Refused, match="used already"):
        portal.enter(link.secret, at=NOON)


def test_two_who_hold_one_link_do_not_both_enter(at_once, patient, front_desk):
    link = portal.invite(patient, by=front_desk, at=NOON)

    answers = at_once(lambda _: portal.enter(link.secret, at=NOON), range(5))

    assert sorted(getattr(answer, "code", "in") for answer in answers) == ["in", *["link_spent"] * 4]


def test_a_link_runs_out_and_a_new_one_ends_the_one_before(patient, front_desk):
    first = portal.invite(patient, by=front_desk, at=NOON)
    second = portal.invite(patient, by=front_desk, at=NOON)

    for secret, at in [(first.secret, NOON), (second.secret, NOON + timedelta(days=7)), ("guess", NOON), ("", NOON)]:
        with pytest.raises(Refused):
            portal.enter(secret, at=at)
    assert first.access == second.access


def test_only_the_hash_of_a_secret_is_kept_anywhere(patient, front_desk, as_user):
    page = as_user(front_desk).post(f"/patients/{patient.pk}/portal/").content.decode()
    secret = re.search(r"/([A-Za-z0-9_-]{43})/", page)[1]

    assert portal.enter(secret, at=PortalLink.objects.get().created_at).patient == patient
    again = as_user(front_desk).get(f"/patients/{patient.pk}/portal/").content.decode()
    assert secret not in again
    assert not any(secret in str(row.response) for row in patient.clinic.idempotency_keys.all())


def test_the_auditor_and_the_stranger_invite_nobody(patient, auditor, stranger, as_user):
    assert as_user(auditor).post(f"/patients/{patient.pk}/portal/").status_code == 403
    assert as_user(stranger).post(f"/patients/{patient.pk}/portal/").status_code == 404
    assert not PortalLink.objects.exists()


def test_a_permission_is_given_once_and_taken_back_once(patient, front_desk):
    once = consents_to_contact.give(patient, channel="email", purpose="care", by=front_desk, at=NOON)
    twice = consents_to_contact.give(patient, channel="email", purpose="care", by=front_desk, at=NOON)
    assert once == twice

    consents_to_contact.withdraw(patient, channel="email", purpose="care", by=front_desk, at=NOON)
    with pytest.raises(Refused) as refusal:
        consents_to_contact.withdraw(patient, channel="email", purpose="care", by=front_desk, at=NOON)
    assert refusal.value.code == "already_done"
    assert not patient.contact_consents.standing().exists()


def test_permissions_are_given_and_withdrawn_on_their_page(patient, front_desk, as_user):
    browser = as_user(front_desk)
    url = f"/patients/{patient.pk}/contact/"

    assert browser.post(url, {"channel": "sms", "purpose": "care", "given": "on"}).status_code == 302
    assert "Withdraw" in browser.get(url).content.decode()
    assert browser.post(url, {"channel": "sms", "purpose": "care"}).status_code == 302
    assert browser.post(url, {"channel": "sms", "purpose": "care"}).status_code == 422
    assert browser.post(url, {"channel": "pigeon", "purpose": "care", "given": "on"}).status_code == 422
