"""Who registers a patient names who will treat them, so that nobody waits at a closed chart."""

from django.urls import reverse

from tests.factories.plans import protocol
from treatments.models import TreatmentPlan

PRIYA = {"given_name": "Priya", "family_name": "Nair", "born_on": "1993-10-04", "sex": "female", "language": "en"}


def test_the_front_desk_names_who_will_treat_while_registering(as_user, front_desk, practitioner, doctor, clinic):
    page = as_user(front_desk).post(reverse("patients:patient_register"), {**PRIYA, "team": [doctor.membership_id]})

    patient = clinic.patients.get()
    assert page.headers["Location"] == reverse("patients:patient_detail", args=[patient.pk])
    assert patient.care_team.standing().get().membership == doctor.membership
    assert as_user(practitioner).get(reverse("treatments:plan_start", args=[patient.pk])).status_code == 200


def test_another_clinic_s_colleague_is_no_choice(as_user, front_desk, stranger, clinic):
    page = as_user(front_desk).post(
        reverse("patients:patient_register"), {**PRIYA, "team": [stranger.memberships.get().pk]}
    )

    assert page.status_code == 422
    assert not clinic.patients.exists()


def test_a_machine_names_the_care_team_and_the_plan_begins(api, front_desk, practitioner, doctor, house):
    patient = api(front_desk).post("/api/v1/patients/", {**PRIYA, "care_team": [doctor.pk]}).json()

    answer = api(practitioner).post(
        "/api/v1/plans/",
        {
            "patient": patient["id"],
            "protocol": protocol(house).slug,
            "start_on": "2027-01-04",
            "practitioner": doctor.pk,
        },
    )

    assert answer.status_code == 201, answer.json()
    assert TreatmentPlan.objects.count() == 1


def test_a_colleague_whom_nobody_knows_is_a_wrong_body(api, front_desk, doctor):
    answer = api(front_desk).post("/api/v1/patients/", {**PRIYA, "care_team": [10**9]})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_plan_names_colleagues_too(api, practitioner, doctor, second_doctor, house, patient):
    answer = api(practitioner).post(
        "/api/v1/plans/",
        {
            "patient": patient.pk,
            "protocol": protocol(house).slug,
            "start_on": "2027-01-04",
            "practitioner": doctor.pk,
            "price": "115.50",
            "care_team": [second_doctor.pk],
        },
    )

    assert answer.status_code == 201
    assert answer.json()["price_in_total"] == "693"
    assert api(second_doctor.membership.user).get(f"/api/v1/plans/{answer.json()['id']}/").status_code == 200
