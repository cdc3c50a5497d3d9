from datetime import date

import pytest

from audit.models import Event
from patients.actions import statements
from patients.models import Patient
from tests.cast import NOON
from tests.factories.patients import register

pytestmark = pytest.mark.django_db
NEW = "/patients/register/"
FORM = {"given_name": "Amara", "family_name": "Okonkwo", "born_on": "11/06/1986", "sex": "female", "language": "es"}
CHART = ["/patients/{pk}/", "/patients/{pk}/history/", "/patients/{pk}/edit/", "/patients/{pk}/contact/",
         "/patients/{pk}/portal/", "/patients/{pk}/alerts/", "/patients/{pk}/team/", "/patients/{pk}/log/"]  # fmt: skip


def test_a_patient_is_registered_on_one_page(clinic, front_desk, as_user):
    health = {"allergies": "soy\npeanuts; latex", "medicines": "apixaban 5 mg", "weight_kg": "64,5", "phototype": "4"}

    answer = as_user(front_desk).post(NEW, {**FORM, **health, "phone": "+34 612 345 678"})

    amara = Patient.objects.get()
    assert answer["Location"] == f"/patients/{amara.pk}/"
    assert (amara.number, amara.born_on, amara.phone) == ("P-000001", date(1986, 6, 11), "+34612345678")
    assert [row.name for row in amara.allergies.order_by("pk")] == ["soy", "peanuts", "latex"]
    assert str(amara.current_weight_kg) == "64.50"
    assert amara.tasks.open().count() == 1


def test_two_clicks_register_once(clinic, front_desk, as_user):
    browser = as_user(front_desk)
    sent = {**FORM, "idempotency_key": "one-form"}

    first, second = browser.post(NEW, sent), browser.post(NEW, sent)

    assert first["Location"] == second["Location"]
    assert Patient.objects.count() == 1


def test_two_clicks_at_once_register_once(at_once, clinic, front_desk, as_user):
    browsers = [as_user(front_desk) for _ in range(4)]

    answers = at_once(lambda browser: browser.post(NEW, {**FORM, "idempotency_key": "k"}), browsers)

    assert {answer.status_code for answer in answers} == {302}
    assert Patient.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"born_on": "31/02/1986"}, "is not a day"),
        ({"born_on": "2999-01-01"}, "in the future"),
        ({"given_name": "", "family_name": " "}, "Write a given name or a family name"),
        ({"phone": "12"}, "is not a telephone number"),
        ({"email": "amara@"}, "valid email"),
        ({"weight_kg": "6 4"}, None),
        ({"weight_kg": "0.5"}, "The smallest value here is 2"),
        ({"phototype": "9"}, "not one of the available choices"),
        ({"allergies": "x" * 201}, "at most 200"),
    ],
)
def test_bad_input_is_explained_and_nothing_typed_is_lost(clinic, front_desk, as_user, wrong, says):
    typed = {**FORM, "given_name": "Zoë <b>", "city": "São Paulo", **wrong}

    answer = as_user(front_desk).post(NEW, typed)
    page = answer.content.decode()

    if says is None:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert says in page
    assert 'value="São Paulo"' in page
    for name, value in wrong.items():
        assert answer.context["form"][name].value() == value
    assert not Patient.objects.exists()


def test_somebody_who_may_be_here_already_is_shown_and_asked_about(patient, front_desk, as_user):
    browser = as_user(front_desk)
    twin = {**FORM, "given_name": "Okonkwo", "family_name": "Amara"}

    answer = browser.post(NEW, twin)
    assert answer.status_code == 422
    assert "P-000001" in answer.content.decode()
    assert Patient.objects.count() == 1

    assert browser.post(NEW, {**twin, "is_somebody_else": "on"}).status_code == 302
    assert Patient.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "warned"),
    [
        ({"given_name": "amara", "family_name": "okonkwo"}, True),
        ({"family_name": "Okonkwa", "born_on": "1986-06-11"}, True),
        ({"given_name": "Amara", "born_on": "1986-06-11"}, True),
        ({"phone": "+34 612 345 678"}, True),
        ({"email": "AMARA@example.org"}, True),
        ({"given_name": "Amara"}, False),
        ({"born_on": "1986-06-11"}, False),
        ({"given_name": "Bruno", "born_on": "1986-06-11"}, False),
        ({"born_on": "19"}, False),
        ({}, False),
    ],
)
def test_the_warning_comes_while_typing(clinic, front_desk, as_user, typed, warned):
    register(
        clinic,
        given_name="Amara",
        family_name="Okonkwo",
        born_on=date(1986, 6, 11),
        phone="+34612345678",
        email="amara@example.org",
    )

    answer = as_user(front_desk).get("/patients/alike/", typed)

    assert answer.status_code == 200
    assert ("Perhaps here already" in answer.content.decode()) is warned


def test_duplicates_of_another_clinic_are_not_shown(patient, stranger, as_user):
    answer = as_user(stranger).get("/patients/alike/", {"given_name": "Amara", "family_name": "Okonkwo"})

    assert "Perhaps" not in answer.content.decode()


def test_a_file_is_corrected_and_the_names_of_what_changed_are_kept(patient, front_desk, as_user):
    form = {**FORM, "family_name": "Okonkwo-D'Arcy", "former_names": "Okonkwo, Eze", "revision": patient.revision}

    answer = as_user(front_desk).post(f"/patients/{patient.pk}/edit/", form)

    patient.refresh_from_db()
    assert answer["Location"] == f"/patients/{patient.pk}/"
    assert (patient.family_name, patient.former_names, patient.revision) == ("Okonkwo-D'Arcy", ["Okonkwo", "Eze"], 2)
    event = Event.objects.about(patient).get(kind="patient.edited")
    assert set(event.fields) == {"family_name", "former_names", "language"}


def test_a_file_that_somebody_else_changed_meanwhile_is_not_overwritten(patient, front_desk, as_user):
    browser = as_user(front_desk)
    browser.post(f"/patients/{patient.pk}/edit/", {**FORM, "city": "Sevilla", "revision": 1})

    answer = browser.post(f"/patients/{patient.pk}/edit/", {**FORM, "city": "Cádiz", "revision": 1})

    assert answer.status_code == 422
    assert "Somebody else has changed this file" in answer.content.decode()
    assert 'value="Cádiz"' in answer.content.decode()
    patient.refresh_from_db()
    assert patient.city == "Sevilla"


@pytest.mark.parametrize("url", [*CHART, NEW, "/patients/tasks/", "/patients/alike/", "/patients/find/"])
def test_anonymous_is_sent_to_log_in(client, patient, url):
    answer = client.get(url.format(pk=patient.pk))

    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("url", CHART)
def test_another_clinics_patient_does_not_exist(patient, stranger, as_user, url):
    assert as_user(stranger).get(url.format(pk=patient.pk)).status_code == 404


@pytest.mark.parametrize("pk", [0, 10**6, 10**30])
@pytest.mark.parametrize("url", CHART)
def test_a_patient_who_is_not_there_is_not_found(nurse, as_user, url, pk):
    assert as_user(nurse).get(url.format(pk=pk)).status_code == 404


@pytest.mark.parametrize("url", [*CHART[1:7], NEW, "/patients/tasks/", "/patients/alike/"])
def test_the_auditor_is_kept_out_of_what_is_not_theirs(patient, auditor, as_user, url):
    assert as_user(auditor).get(url.format(pk=patient.pk)).status_code == 403


def test_the_auditor_sees_a_masked_file(patient, auditor, practitioner, as_user):
    statements.state_allergy(patient, "soy", by=practitioner, at=NOON)
    Patient.objects.filter(pk=patient.pk).update(phone="+34612345678", email="amara@example.org", city="Sevilla")

    page = as_user(auditor).get(f"/patients/{patient.pk}/").content.decode()

    assert "Amara Okonkwo" in page
    for hidden in ["612", "amara@", "Sevilla", "soy", "Allergy", "11 Jun"]:
        assert hidden not in page


def test_every_look_at_a_chart_is_on_record_and_the_log_shows_it(patient, owner, nurse, as_user):
    as_user(nurse).get(f"/patients/{patient.pk}/")

    page = as_user(owner).get(f"/patients/{patient.pk}/log/").content.decode()

    assert "Chart viewed" in page
    assert "Nora Nurse" in page
    assert "Patient registered" in page


def test_staff_see_of_the_log_only_their_own_acts(patient, nurse, front_desk, as_user):
    as_user(nurse).get(f"/patients/{patient.pk}/")
    as_user(front_desk).get(f"/patients/{patient.pk}/")

    page = as_user(front_desk).get(f"/patients/{patient.pk}/log/").content.decode()

    assert "Fred Frontdesk" in page
    assert "Nora Nurse" not in page


@pytest.mark.parametrize("url", CHART)
def test_the_chart_asks_as_many_questions_for_much_as_for_little(
    patient, practitioner, as_user, url, django_assert_max_num_queries, django_assert_num_queries
):
    browser = as_user(practitioner)
    url = url.format(pk=patient.pk)
    browser.get(url)
    is_overview = url == f"/patients/{patient.pk}/"  # it draws from every part of the house, one question each
    with django_assert_max_num_queries(32 if is_overview else 22) as little:
        browser.get(url)

    for place in range(12):
        statements.state_allergy(patient, f"thing {place}", by=practitioner, at=NOON)
        statements.state_medicine(patient, f"drug {place}", by=practitioner, at=NOON)

    with django_assert_num_queries(len(little)):
        browser.get(url)
