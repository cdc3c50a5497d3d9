"""A practitioner lets a nurse record and inject by a protocol, until a day, and takes it back."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from audit.models import Event
from common.refused import Refused
from tests.cast import NOON
from tests.factories.orders import TODAY
from treatments.actions import delegations, sessions
from treatments.models import Delegation

SLUG = "melasma-vitc-gsh-6"


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(NOON, tick=False)


def give(doctor, nurse, **values):
    said = {
        "membership": nurse.memberships.get(),
        "protocol_slug": SLUG,
        "valid_until": TODAY + timedelta(days=90),
        "by": doctor.membership.user,
        "at": NOON,
    }
    return delegations.give(doctor, **{**said, **values})


def test_a_delegated_protocol_lets_the_nurse_open_a_session_until_it_ends(plan, doctor, nurse, practitioner):
    planned = plan.planned_sessions.get(ordinal=1)
    delegation = give(doctor, nurse)
    session = sessions.open_session(planned, by=nurse, at=NOON)
    sessions.abandon(session, reason="Not today", by=nurse, at=NOON)

    ended = delegations.end(delegation, by=practitioner, at=NOON)

    with pytest.raises(Refused, match="delegated"):
        sessions.open_session(planned, by=nurse, at=NOON)
    assert (ended.ended_by, ended.valid_from) == (practitioner, TODAY)
    assert Event.objects.about(delegation).kinds() == ["delegation.given", "delegation.ended"]


def test_nobody_delegates_in_another_s_name(house, doctor, nurse, colleague, second_doctor, owner):
    for person in (colleague, owner, nurse):
        with pytest.raises(Refused) as refused:
            give(doctor, nurse, by=person)
        assert refused.value.code == "not_allowed"
    assert not Delegation.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"valid_until": TODAY - timedelta(days=1)}, "valid from today"),
        ({"valid_until": TODAY + timedelta(days=400)}, "a year at most"),
        ({"protocol_slug": "no-such-protocol"}, "no such protocol"),
    ],
)
def test_a_delegation_names_a_protocol_of_the_clinic_and_a_day_within_a_year(house, doctor, nurse, change, words):
    with pytest.raises(Refused, match=words):
        give(doctor, nurse, **change)


def test_only_somebody_who_prepares_and_records_receives_one(house, doctor, front_desk, practitioner):
    for person in (front_desk, practitioner):
        with pytest.raises(Refused, match="prepares mixes and records"):
            give(doctor, person)


def test_an_expired_licence_delegates_nothing(house, doctor, nurse):
    type(doctor).objects.filter(pk=doctor.pk).update(licence_expires_on=date(2025, 1, 1))

    with pytest.raises(Refused) as refused:
        give(doctor, nurse)
    assert refused.value.code == "licence_expired"


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_delegate_once(house, doctor, nurse, at_once):
    results = at_once(lambda _n: give(doctor, nurse), range(4))

    assert sum(isinstance(each, Delegation) for each in results) == 1
    assert {each.code for each in results if isinstance(each, Refused)} == {"already_done"}
    assert Delegation.objects.count() == 1


def test_a_failure_in_the_middle_leaves_no_delegation(house, doctor, nurse, monkeypatch):
    def broken(*_args, **_values):
        raise RuntimeError("the power went")

    monkeypatch.setattr("treatments.models.Delegation.objects.create", broken)
    with pytest.raises(RuntimeError):
        give(doctor, nurse)
    assert not Delegation.objects.exists()


def test_who_delegated_ends_it_once_and_a_colleague_does_not(delegation, practitioner, colleague, second_doctor):
    with pytest.raises(Refused) as refused:
        delegations.end(delegation, by=colleague, at=NOON)
    assert refused.value.code == "not_allowed"

    delegations.end(delegation, by=practitioner, at=NOON)

    with pytest.raises(Refused) as again:
        delegations.end(delegation, by=practitioner, at=NOON)
    assert again.value.code == "already_done"


def test_it_is_given_shown_and_ended_on_its_pages(as_user, plan, doctor, practitioner, nurse):
    page = as_user(practitioner, confirmed=True)
    assert "Nothing is delegated" in page.get(reverse("treatments:delegation_list")).content.decode()
    typed = {
        "membership": nurse.memberships.get().pk,
        "protocol_slug": SLUG,
        "valid_until": "2025-05-01",
    }
    assert page.post(reverse("treatments:delegation_give"), {**typed, "valid_until": "2027-01-01"}).status_code == 422
    page.post(reverse("treatments:delegation_give"), typed)

    given = Delegation.objects.get()
    listed = as_user(nurse).get(reverse("treatments:delegation_list")).content.decode()
    assert nurse.display_name in listed
    assert reverse("treatments:delegation_end", args=[given.pk]) not in listed
    page.post(reverse("treatments:delegation_end", args=[given.pk]), {})
    given.refresh_from_db()
    assert given.ended_at == NOON


def test_it_is_given_and_ended_through_the_machines_door(api, plan, doctor, practitioner, nurse, stranger):
    door = api(practitioner, confirmed=True)
    body = {"membership": nurse.memberships.get().pk, "protocol": SLUG, "valid_until": "2025-05-01"}
    given = door.post("/api/v1/delegations/", body)
    assert (given.status_code, given.json()["protocol"], given.json()["ended_at"]) == (201, SLUG, None)
    again = door.post("/api/v1/delegations/", body)
    assert (again.status_code, again.json()["code"]) == (409, "already_done")
    address = f"/api/v1/delegations/{given.json()['id']}/end/"

    assert api(stranger, confirmed=True).post(address, {}).status_code == 404
    assert api(nurse, confirmed=True).post(address, {}).status_code == 403
    assert door.post(address, {}).json()["ended_at"] is not None
    assert door.get("/api/v1/delegations/").json()["results"] == []
