from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import members
from accounts.models import Approval
from audit.models import Event
from common.refused import Refused
from tests.cast import NOON, hire


def page(name, user, **more):
    return reverse(f"accounts:member_{name}", args=[user.memberships.get().pk])


@pytest.fixture
def boss(as_user, owner):
    return as_user(owner, confirmed=True)


@pytest.fixture
def second_owner(clinic):
    return hire(clinic, "Oscar Owner", "owner").user


def test_other_roles_hold_from_the_next_log_in(boss, nurse, as_user):
    working = as_user(nurse)
    assert boss.post(page("change", nurse), {"roles": ["front_desk"]}).status_code == 302
    member = nurse.memberships.get()
    assert member.roles == ["front_desk"]
    assert working.get("/accounts/team/").status_code == 302
    assert "member.roles_changed" in Event.objects.about(member).kinds()


def test_the_director_is_marked(boss, practitioner):
    boss.post(page("change", practitioner), {"roles": ["practitioner"]})
    assert not practitioner.memberships.get().is_medical_director


def test_the_disabled_one_is_out_and_the_reason_is_kept(boss, nurse, as_user, api):
    working, program = as_user(nurse), api(nurse)
    assert boss.post(page("disable", nurse), {"reason": ""}).status_code == 422
    assert boss.post(page("disable", nurse), {"reason": "moved away"}).status_code == 302
    assert working.get("/accounts/team/").status_code == 302
    assert program.get("/api/v1/me/").status_code == 401
    event = Event.objects.about(nurse.memberships.get()).get(kind="member.disabled")
    assert event.reason == "moved away"


def test_who_left_comes_back(boss, nurse):
    boss.post(page("disable", nurse), {"reason": "leave"})
    assert nurse.display_name in boss.get("/accounts/team/").content.decode()
    assert boss.post(page("enable", nurse), {"reason": "returned"}).status_code == 302
    assert nurse.memberships.get().is_active


def test_the_last_owner_stays(boss, owner):
    for answer in (
        boss.post(page("disable", owner), {"reason": "tired"}),
        boss.post(page("change", owner), {"roles": ["nurse"]}),
    ):
        assert answer.status_code == 422
        assert "last owner" in answer.content.decode()
    assert owner.memberships.get().is_active


def test_an_owner_is_not_changed_by_one_person_alone(second_owner, owner):
    with pytest.raises(Refused, match="two people"):
        members.disable(second_owner.memberships.get(), reason="x", by=owner, at=NOON)


def test_a_second_owner_agrees_and_then_it_happens_once(boss, owner, second_owner, nurse, as_user):
    assert boss.post(page("change", nurse), {"roles": ["owner", "nurse"]}).status_code == 302
    assert nurse.memberships.get().roles == ["nurse"]
    asked = Approval.objects.get()
    agree = reverse("accounts:approval_approve", args=[asked.pk])

    own = boss.post(agree)
    assert own.status_code == 422
    assert "another person" in own.content.decode()
    other = as_user(second_owner, confirmed=True)
    assert "Agree" in other.get(reverse("accounts:approval_list")).content.decode()
    assert other.post(agree).status_code == 302
    assert nurse.memberships.get().roles == ["owner", "nurse"]
    assert other.post(reverse("accounts:approval_carry_out", args=[asked.pk])).status_code == 422
    assert {"approval.given", "approval.carried_out"} <= set(Event.objects.about(asked).kinds())


def test_an_owner_leaves_when_another_agrees(boss, second_owner, as_user, clinic):
    third = hire(clinic, "Otto Owner", "owner").user
    boss.post(page("disable", second_owner), {"reason": "sold their share"})
    assert second_owner.memberships.get().is_active
    agree = reverse("accounts:approval_approve", args=[Approval.objects.get().pk])
    assert as_user(third, confirmed=True).post(agree).status_code == 302
    assert not second_owner.memberships.get().is_active


def test_alone_an_owner_waits_a_day(boss, nurse, owner, as_user, time_machine):
    boss.post(page("change", nurse), {"roles": ["owner"]})
    now = reverse("accounts:approval_carry_out", args=[Approval.objects.get().pk])
    assert boss.post(now).status_code == 422
    time_machine.move_to(timezone.now() + timedelta(hours=25), tick=False)
    assert as_user(owner, confirmed=True).post(now).status_code == 302
    assert nurse.memberships.get().roles == ["owner"]


def test_a_request_is_taken_back(boss, nurse):
    boss.post(page("change", nurse), {"roles": ["owner"]})
    asked = Approval.objects.get()
    assert boss.post(reverse("accounts:approval_cancel", args=[asked.pk])).status_code == 302
    asked.refresh_from_db()
    assert asked.cancelled_at
    assert "Nothing waits" in boss.get(reverse("accounts:approval_list")).content.decode()


def test_a_licence_is_renewed_and_recorded(boss, practitioner, doctor, nurse, front_desk):
    words = {
        "title": "Dr",
        "profession": "Physician",
        "licence_number": "T-1",
        "licence_issuer": "Test Board",
        "licence_expires_on": "2033-05-01",
    }
    assert boss.post(page("license", practitioner), words).status_code == 302
    doctor.refresh_from_db()
    assert str(doctor.licence_expires_on) == "2033-05-01"
    assert Event.objects.about(doctor).get(kind="practitioner.licence_changed").fields == ["licence_expires_on"]
    assert boss.post(page("license", nurse), words).status_code == 422
    assert boss.post(page("license", nurse), {**words, "licence_number": "N-9"}).status_code == 302
    assert boss.post(page("license", front_desk), {**words, "licence_number": "F-9"}).status_code == 422


@pytest.mark.parametrize("name", ["change", "license", "disable", "enable"])
def test_who_may_and_who_may_not(name, as_user, owner, nurse, stranger, client, not_confirmed):
    address = page(name, nurse)
    assert as_user(owner, confirmed=True).get(address).status_code == 200
    assert "reauthenticate" in not_confirmed.get(address)["Location"]
    assert as_user(nurse, confirmed=True).get(address).status_code == 403
    assert as_user(stranger, confirmed=True).get(address).status_code == 404
    assert client.get(address).status_code == 302
