from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import members
from accounts.models import PractitionerCompetence
from accounts.tables.standing import NOTICE
from audit.models import Event
from common.dates import local_day
from common.refused import Refused

TEAM = "/accounts/team/"


@pytest.fixture
def boss(as_user, owner):
    return as_user(owner, confirmed=True)


@pytest.fixture
def today(clinic):
    return local_day(timezone.now(), clinic.time_zone)


@pytest.fixture
def held(doctor, owner):
    return members.grant_competence(doctor, slug="gun", name="Injection gun", by=owner, at=timezone.now())


def grant(doctor):
    return reverse("accounts:competence_grant", args=[doctor.pk])


def change(doctor):
    return reverse("accounts:member_change", args=[doctor.membership_id])


def end(held):
    return reverse("accounts:competence_end", args=[held.pk])


def test_a_competence_is_named_granted_renewed_and_ended(boss, doctor, second_doctor, today):
    assert "No competence is recorded" in boss.get(change(doctor)).content.decode()
    assert boss.post(grant(doctor), {"name": "Injection gun", "valid_until": str(today)}).url == change(doctor)
    held = PractitionerCompetence.objects.get()
    assert (held.competence.slug, held.competence.name, held.valid_until) == ("injection-gun", "Injection gun", today)
    assert "Injection gun" in boss.get(change(doctor)).content.decode()

    known = {"competence": held.competence_id, "valid_until": ""}
    assert boss.post(grant(doctor), known).status_code == 302
    held.refresh_from_db()
    assert held.valid_until is None
    assert boss.post(grant(second_doctor), known).status_code == 302
    assert held.competence.holders.count() == 2

    assert boss.get(end(held)).status_code == 200
    assert boss.post(end(held)).url == change(doctor)
    held.refresh_from_db()
    assert held.valid_until == today - timedelta(days=1)
    assert boss.post(end(held)).status_code == 422
    assert Event.objects.about(held).kinds() == [
        "practitioner.competence_granted",
        "practitioner.competence_granted",
        "practitioner.competence_ended",
    ]


def test_nothing_chosen_a_day_that_has_passed_and_a_bad_day_are_said(boss, doctor, today):
    assert "Choose one" in boss.post(grant(doctor), {"name": " "}).content.decode()
    gone = {"name": "Gun", "valid_until": str(today - timedelta(days=1))}
    assert "This day has passed" in boss.post(grant(doctor), gone).content.decode()
    assert boss.post(grant(doctor), {"name": "Gun", "valid_until": "soon"}).status_code == 422
    assert not PractitionerCompetence.objects.exists()


def test_who_has_left_is_granted_nothing(boss, doctor, owner):
    members.disable(doctor.membership, reason="left", by=owner, at=timezone.now())
    doctor.refresh_from_db()
    with pytest.raises(Refused, match="does not work here"):
        members.grant_competence(doctor, slug="gun", by=owner, at=timezone.now())


def test_what_ends_soon_is_seen_by_the_team_and_on_the_members_page(boss, doctor, held, owner, today):
    page = boss.get(TEAM).content.decode()
    assert "ends soon" not in page
    assert "Injection gun" not in page

    held.valid_until = today + NOTICE
    held.save()
    for address in (TEAM, change(doctor)):
        assert "ends soon" in boss.get(address).content.decode()
    held.valid_until = today - timedelta(days=1)
    held.save()
    for address in (TEAM, change(doctor)):
        assert "expired" in boss.get(address).content.decode()


def test_a_licence_that_ends_soon_is_seen(boss, doctor, today):
    assert "ends soon" not in boss.get(TEAM).content.decode()
    doctor.licence_expires_on = today + timedelta(days=30)
    doctor.save()
    for address in (TEAM, change(doctor)):
        assert "ends soon" in boss.get(address).content.decode()


@pytest.mark.parametrize("colleagues", [1, 6])
def test_the_team_is_listed_with_the_same_few_questions(boss, clinic, held, colleagues, django_assert_max_num_queries):
    from tests.cast import hire

    for number in range(colleagues):
        other = hire(clinic, f"Colleague {number}", "practitioner", licence=f"X-{number}").practitioner
        clinic.practitioner_competences.create(practitioner=other, competence=held.competence)
    boss.get(TEAM)
    with django_assert_max_num_queries(14):
        assert boss.get(TEAM).status_code == 200


@pytest.mark.parametrize("address", [grant, end])
def test_who_may_and_who_may_not(address, as_user, doctor, held, nurse, auditor, stranger, client, not_confirmed):
    page = address(doctor if address is grant else held)
    assert "reauthenticate" in not_confirmed.get(page)["Location"]
    assert [as_user(each, confirmed=True).get(page).status_code for each in (nurse, auditor)] == [403, 403]
    assert as_user(doctor.membership.user, confirmed=True).post(page).status_code == 403
    assert as_user(stranger, confirmed=True).post(page).status_code == 404
    assert client.get(page).status_code == 302


def test_the_machines_door_grants_lists_and_ends(api, owner, front_desk, doctor, stranger, practitioner):
    path, wish = f"/api/v1/practitioners/{doctor.pk}/competences/", {"slug": "gun", "name": "Injection gun"}
    assert api(owner).post(path, wish).json()["code"] == "step_up_required"
    assert api(practitioner, confirmed=True).post(path, wish).status_code == 403
    assert api(stranger, confirmed=True).post(path, wish).status_code == 404

    made = api(owner, confirmed=True).post(path, wish)

    assert made.status_code == 201, made.content
    said = {"id": made.json()["id"], "slug": "gun", "name": "Injection gun", "valid_until": None}
    assert made.json() == said
    assert api(front_desk).get(path).json()["results"] == [said]
    assert api(front_desk).get("/api/v1/practitioners/").json()["results"][0]["competences"] == [said]
    ending = f"/api/v1/competences/{said['id']}/end/"
    assert api(stranger, confirmed=True).post(ending, {}).status_code == 404
    assert api(owner, confirmed=True).post(ending, {}).status_code == 200
    assert api(owner, confirmed=True).post(ending, {}).json()["code"] == "already_done"
