from decimal import Decimal

import pytest

from audit.models import Event
from patients.actions import statements, weights
from patients.models import Patient, StatementState
from tests.cast import NOON
from tests.factories.patients import register

pytestmark = pytest.mark.django_db
URL = "/api/v1/patients/"
BODY = {
    "given_name": "Amara",
    "family_name": "Okonkwo",
    "born_on": "1986-06-11",
    "sex": "female",
    "email": "amara@example.org",
    "phone": "+34 612 345 678",
    "language": "es",
    "weight_kg": "64",
    "phototype": 4,
    "allergies": ["soy"],
    "conditions": ["epilepsy"],
    "medicines": [{"class": "anticoagulants", "name": "apixaban", "prescribed": True}, "Kestine"],
}
HEALTH = ["weight_kg", "allergies", "conditions", "medicines", "not_checked"]
SECRETS = ["soy", "epilepsy", "apixaban", "Kestine", "anticoagulants", '"64"', "64.00"]


def test_a_patient_is_registered_with_all_that_was_said(clinic, practitioner, api):
    answer = api(practitioner).post(URL, BODY)

    assert answer.status_code == 201
    amara = answer.json()
    assert (amara["number"], amara["phone"], amara["weight_kg"]) == ("P-000001", "+34612345678", "64")
    assert [row["allergens"] for row in amara["allergies"]] == [["soy"]]
    assert [row["slug"] for row in amara["conditions"]] == ["epilepsy"]
    assert [(row["name"], row["classes"], row["checked"]) for row in amara["medicines"]] == [
        ("apixaban", ["anticoagulants"], True),
        ("Kestine", [], False),
    ]
    assert amara["not_checked"] == ["Kestine"]
    assert amara["flags"] == {"allergy": True, "blood_thinner": True, "pregnancy": False, "implant": False,
                              "not_checked": True, "to_review": False}  # fmt: skip
    assert clinic.patients.get().care_team.get().membership.user == practitioner


def test_the_front_desk_registers_but_reads_nothing_back_at_any_door(clinic, front_desk, api):
    desk = api(front_desk)
    answers = [desk.post(URL, BODY)]
    pk = answers[0].json()["id"]
    answers += [
        desk.get(f"{URL}{pk}/"),
        desk.get(URL),
        desk.get(URL, {"search": "amara"}),
        desk.patch(f"{URL}{pk}/", {"city": "Sevilla"}),
        desk.post(f"{URL}{pk}/statements/", {"kind": "allergy", "name": "soy"}),
        desk.post(f"{URL}{pk}/statements/", {"kind": "weight", "weight_kg": "64"}),
        desk.get("/api/v1/tasks/"),
    ]

    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200, 201, 201, 200]
    for answer in answers:
        for secret in SECRETS:
            assert secret not in answer.content.decode()
    assert all(answers[1].json()[name] is None for name in HEALTH)
    assert answers[1].json()["flags"]["allergy"] is True
    assert answers[5].json() == {"kind": "allergy", "waits_for_clinician": True}
    assert desk.get(f"{URL}{pk}/statements/").status_code == 403
    assert desk.get(URL, {"search": "apixaban"}).json()["results"] == []
    assert {row.state for row in clinic.medicines.all()} == {StatementState.UNREVIEWED}


def test_a_repeated_post_with_one_key_registers_once(clinic, nurse, api):
    client = api(nurse)
    first = client.post(URL, BODY, HTTP_IDEMPOTENCY_KEY="k1")
    again = client.post(URL, BODY, HTTP_IDEMPOTENCY_KEY="k1")

    assert first.json() == again.json()
    assert Patient.objects.count() == 1
    assert client.post(URL, {**BODY, "sex": "male"}, HTTP_IDEMPOTENCY_KEY="k1").json()["code"] == "idempotency_mismatch"


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"number": "P-9"}, "unknown_field", "number"),
        ({"clinic": 2}, "unknown_field", "clinic"),
        ({"born_on": "1986-02-30"}, "invalid", "born_on"),
        ({"phone": "12"}, "invalid", "phone"),
        ({"weight_kg": 64.5}, "invalid", "weight_kg"),
        ({"weight_kg": "1"}, "invalid", "weight_kg"),
        ({"phototype": 7}, "invalid", "phototype"),
        ({"medicines": [{"name": "x", "class": "nonsense"}]}, "invalid", "medicines"),
        ({"medicines": [{"name": "x", "taken": 1}]}, "unknown_field", "medicines"),
        ({"medicines": [7]}, "invalid", "medicines"),
        ({"given_name": "a\x00b"}, "invalid", "given_name"),
        ({"country": "Spain"}, "invalid", "country"),
    ],
)
def test_a_wrong_body_is_explained(clinic, nurse, api, wrong, code, field):
    answer = api(nurse).post(URL, {**BODY, **wrong})

    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert any(reason["field"].startswith(field) for reason in answer.json()["reasons"])
    assert not Patient.objects.exists()


def test_a_refusal_has_its_code(clinic, nurse, api):
    answer = api(nurse).post(URL, {**BODY, "born_on": "2999-01-01"})

    assert (answer.status_code, answer.json()["code"]) == (409, "born_in_future")


def test_a_file_is_changed_and_added_to(patient, nurse, api):
    client = api(nurse)
    answer = client.patch(f"{URL}{patient.pk}/", {"city": "Sevilla", "weight_kg": "60,5", "medicines": ["warfarin"]})

    assert answer.status_code == 200
    assert (answer.json()["city"], answer.json()["weight_kg"], answer.json()["revision"]) == ("Sevilla", "60.5", 2)
    assert [row["name"] for row in answer.json()["medicines"]] == ["warfarin"]
    assert client.patch(f"{URL}{patient.pk}/", {"city": "Cádiz", "revision": 1}).json()["code"] == "stale_revision"
    assert client.patch(f"{URL}{patient.pk}/", {"entered_in_error": True}).json()["code"] == "unknown_field"


def test_a_look_at_a_file_is_on_record(patient, nurse, api):
    api(nurse).get(f"{URL}{patient.pk}/")

    assert "chart.viewed" in Event.objects.of_patient(patient).kinds()


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("get", ""),
        ("patch", ""),
        ("get", "statements/"),
        ("post", "statements/"),
        ("get", "contact-consents/"),
        ("post", "contact-consents/"),
    ],
)
def test_another_clinics_patient_does_not_exist(patient, stranger, api, method, url):
    assert getattr(api(stranger), method)(f"{URL}{patient.pk}/{url}", {}).status_code == 404


def test_anonymous_and_auditor(patient, auditor, api, client):
    assert client.get(URL).status_code == 401
    reader = api(auditor)
    assert reader.post(URL, BODY).status_code == 403
    assert reader.patch(f"{URL}{patient.pk}/", {}).status_code == 403
    assert reader.get("/api/v1/tasks/").status_code == 403
    seen = reader.get(f"{URL}{patient.pk}/").json()
    assert (seen["given_name"], seen["born_year"], seen["born_on"], seen["email"], seen["flags"]) == (
        "Amara",
        1986,
        None,
        None,
        None,
    )


def test_a_nurse_settles_what_the_front_desk_stated(patient, nurse, front_desk, api):
    soap = statements.state_allergy(patient, "soap", by=front_desk, at=NOON)
    weight = weights.record(patient, weight_kg=Decimal(64), by=front_desk, at=NOON)
    url = f"{URL}{patient.pk}/statements/"
    client = api(nurse)

    assert [row["kind"] for row in client.get(url).json()["results"]] == ["allergy", "weight"]
    named = client.post(f"{url}allergy/{soap.pk}/review/", {"state": "confirmed", "slugs": ["soy"]})
    assert (named.json()["state"], named.json()["allergens"], named.json()["checked"]) == ("confirmed", ["soy"], True)
    assert client.post(f"{url}weight/{weight.pk}/review/", {"state": "refuted"}).json()["code"] == "reason_needed"
    assert client.post(f"{url}weight/{weight.pk}/review/", {"state": "refuted", "reason": "boots"}).status_code == 200
    assert client.post(f"{url}weight/{weight.pk}/review/", {"state": "ended"}).json()["code"] == "wrong_state"
    assert client.post(f"{url}weight/{weight.pk}/review/", {"slugs": []}).status_code == 400
    assert client.post(f"{url}allergy/{soap.pk}/review/", {}).status_code == 400
    assert client.post(f"{url}alert/{soap.pk}/review/", {"state": "ended"}).status_code == 404
    assert api(front_desk).post(f"{url}allergy/{soap.pk}/review/", {"state": "ended"}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "allergy"},
        {"kind": "weight", "name": "x"},
        {"kind": "allergy", "name": "x", "dose": "1"},
        {"kind": "alert", "name": "x"},
        {"kind": "medicine", "name": "x", "classes": ["nonsense"]},
    ],
)
def test_a_wrong_statement_is_explained(patient, nurse, api, body):
    assert api(nurse).post(f"{URL}{patient.pk}/statements/", body).status_code == 400


def test_permissions_to_be_reached(patient, front_desk, api):
    client, url = api(front_desk), f"{URL}{patient.pk}/contact-consents/"
    body = {"channel": "sms", "purpose": "care", "given": True}

    assert client.post(url, body).status_code == 201
    assert client.post(url, {**body, "given": False}).json()["withdrawn_at"]
    assert client.post(url, {**body, "given": False}).json()["code"] == "already_done"
    assert len(client.get(url).json()["results"]) == 1


def test_tasks_through_the_api(clinic, patient, other_clinic, nurse, front_desk, stranger, api):
    client = api(nurse)
    elsewhere = register(other_clinic)
    body = {"text": "call", "kind": "call", "patient": patient.pk, "due_on": "2025-02-10", "role": "clinician"}

    task = client.post("/api/v1/tasks/", body).json()
    assert (task["patient"], task["due_on"], task["done_at"]) == (patient.pk, "2025-02-10", None)
    assert client.post("/api/v1/tasks/", {**body, "patient": elsewhere.pk}).status_code == 400
    assert client.post("/api/v1/tasks/", {**body, "done_at": "2025-01-01T00:00:00Z"}).json()["code"] == "unknown_field"
    assert [row["id"] for row in client.get("/api/v1/tasks/").json()["results"]] == [task["id"]]
    assert api(front_desk).get("/api/v1/tasks/").json()["results"] == []
    assert api(stranger).post(f"/api/v1/tasks/{task['id']}/done/", {}).status_code == 404

    done = client.post(f"/api/v1/tasks/{task['id']}/done/", {"outcome": "well"})
    assert (done.status_code, done.json()["outcome"], done.json()["done_by"]) == (200, "well", nurse.pk)
    assert client.post(f"/api/v1/tasks/{task['id']}/done/", {}).json()["code"] == "already_done"
    assert client.post(f"/api/v1/tasks/{task['id']}/reopen/", {}).json()["done_at"] is None


def test_the_list_asks_as_many_questions_for_many_as_for_few(
    clinic, nurse, api, django_assert_num_queries, django_assert_max_num_queries
):
    client = api(nurse)
    register(clinic, family_name="Smith")
    with django_assert_max_num_queries(6) as few:
        client.get(URL, {"search": "smith"})

    for _ in range(20):
        register(clinic, family_name="Smithson")

    with django_assert_num_queries(len(few)):
        client.get(URL, {"search": "smith"})
    page = client.get(URL, {"limit": 5}).json()
    assert len(page["results"]) == 5
    assert page["next"]
