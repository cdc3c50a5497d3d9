import pytest

from accounts.models import Role
from common.refused import Refused
from patients.actions import alerts, care_teams
from tests.cast import NOON, hire

pytestmark = pytest.mark.django_db


def test_an_alert_stands_on_every_page_until_it_is_lifted(patient, front_desk, as_user):
    browser, url = as_user(front_desk), f"/patients/{patient.pk}/alerts/"
    assert browser.post(url, {"text": " ", "kind": "access"}).status_code == 422
    assert browser.post(url, {"text": "Deaf: write <b>", "kind": "access"}).status_code == 302
    assert "Deaf: write &lt;b&gt;" in browser.get(f"/patients/{patient.pk}/edit/").content.decode()

    alert = patient.alerts.get()
    assert browser.post(f"{url}{alert.pk}/lift/").status_code == 302
    assert browser.post(f"{url}{alert.pk}/lift/").status_code == 404
    assert "Deaf" not in browser.get(f"/patients/{patient.pk}/edit/").content.decode()
    with pytest.raises(Refused, match="lifted already"):
        alerts.lift(alert, by=front_desk, at=NOON)


def test_the_front_desk_neither_reads_nor_lifts_a_clinical_alert(patient, nurse, front_desk, as_user):
    alert = alerts.raise_alert(patient, text="violent when hypoglycaemic", by=nurse, at=NOON)
    browser = as_user(front_desk)

    page = browser.get(f"/patients/{patient.pk}/").content.decode()
    assert "Clinical" in page
    assert "violent" not in page
    assert browser.post(f"/patients/{patient.pk}/alerts/{alert.pk}/lift/").status_code == 404
    assert as_user(nurse).post(f"/patients/{patient.pk}/alerts/{alert.pk}/lift/").status_code == 302


def test_a_colleague_is_put_on_the_team_by_somebody_else(
    clinic, other_patient, colleague, practitioner, front_desk, as_user
):
    place = clinic.memberships.get(user=colleague)
    url = f"/patients/{other_patient.pk}/team/"
    mine = other_patient.clinic.patients.visible_to(colleague)

    own = as_user(colleague).post(url, {"membership": place.pk})
    assert own.status_code == 422
    assert "Ask a colleague" in own.content.decode()
    assert not mine.exists()

    assert as_user(front_desk).post(url, {"membership": place.pk}).status_code == 302
    assert mine.get() == other_patient

    team = other_patient.care_team.get()
    assert as_user(front_desk).post(f"{url}{team.pk}/leave/").status_code == 302
    assert not mine.exists()
    with pytest.raises(Refused, match="left the team already"):
        care_teams.leave(team, by=front_desk, at=NOON)


def test_somebody_of_another_clinic_cannot_be_put_on_the_team(patient, other_clinic, front_desk, as_user):
    elsewhere = hire(other_clinic, "Ona Outside", Role.NURSE)

    answer = as_user(front_desk).post(f"/patients/{patient.pk}/team/", {"membership": elsewhere.pk})

    assert answer.status_code == 422
    assert not patient.care_team.filter(membership=elsewhere).exists()


def test_another_clinics_alerts_and_teams_do_not_exist(patient, nurse, stranger, as_user):
    alert = alerts.raise_alert(patient, text="x", by=nurse, at=NOON)
    team = patient.care_team.get()

    assert as_user(stranger).post(f"/patients/{patient.pk}/alerts/{alert.pk}/lift/").status_code == 404
    assert as_user(stranger).post(f"/patients/{patient.pk}/team/{team.pk}/leave/").status_code == 404
