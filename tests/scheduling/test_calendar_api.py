"""The calendar at the machine's door: what goes in, what comes out, what is refused and how."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.models import Appointment
from tests.factories import patients as people
from tests.factories import scheduling as calendar
from tests.factories.scheduling import MONDAY, booked, local

TEN = local(MONDAY, "10:00")
BOOKING_QUERIES = 18
PATH = "/api/v1/appointments/"


@pytest.fixture(autouse=True)
def early_that_monday():
    with time_machine.travel(local(MONDAY, "08:00"), tick=False):
        yield


@pytest.fixture
def body(patient, kind, doctor, hours):
    return {"patient": patient.pk, "kind": kind.pk, "practitioner": doctor.pk, "starts_at": "2025-02-10T10:00:00+01:00"}


def test_a_visit_is_booked_and_read_again(api, front_desk, body, patient, kind, doctor, room, location):
    client = api(front_desk)
    made = client.post(PATH, body)
    assert made.status_code == 201
    said = made.json()
    assert (said["starts_at"], said["ends_at"]) == ("2025-02-10T10:00:00+01:00", "2025-02-10T10:30:00+01:00")
    assert (said["room"], said["location"], said["status"]) == (room.pk, location.pk, "booked")
    assert client.get(f"{PATH}{said['id']}/").json() == said
    listed = client.get(PATH, {"on": "2025-02-10", "patient": patient.pk, "practitioner": doctor.pk}).json()
    assert [each["id"] for each in listed["results"]] == [said["id"]]
    assert client.get(PATH, {"on": "2025-02-11"}).json()["results"] == []
    assert client.get("/api/v1/appointment-kinds/").json()["results"][0]["id"] == kind.pk
    assert client.get("/api/v1/rooms/").json()["results"] == [
        {"id": room.pk, "name": "Room 1", "location": location.pk}
    ]


@pytest.mark.parametrize("key", ["", "one-key"])
def test_booking_stays_within_its_queries(api, front_desk, body, key):
    client = api(front_desk)
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    with CaptureQueriesContext(connection) as captured:
        assert client.post(PATH, body, **headers).status_code == 201
    asked = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= BOOKING_QUERIES, asked


def test_a_taken_time_is_409_with_alternatives(api, front_desk, body, clinic):
    client = api(front_desk)
    client.post(PATH, body)
    refused = client.post(PATH, {**body, "patient": people.register(clinic).pk})
    assert refused.status_code == 409
    assert refused["Content-Type"] == "application/problem+json"
    said = refused.json()
    assert said["code"] == "slot_taken"
    again = client.post(PATH, {**body, "patient": people.register(clinic).pk, **pick(said["alternatives"][0])})
    assert again.status_code == 201


def pick(slot):
    return {"starts_at": slot["starts_at"], "practitioner": slot["practitioner"], "room": slot["room"]}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"starts_at": "2025-03-30T02:30:00"}, "invalid_local_time"),
        ({"starts_at": "2025-10-26T02:30:00"}, "invalid_local_time"),
        ({"starts_at": "tomorrow"}, "invalid_local_time"),
        ({"colour": "blue"}, "unknown_field"),
        ({"starts_at": None}, "invalid"),
        ({"overrides": [{"code": "interval_early"}]}, "invalid"),
    ],
)
def test_malformed_bodies_are_400_with_a_sentence(api, front_desk, body, change, code):
    response = api(front_desk).post(PATH, {**body, **change})
    assert response.status_code == 400
    assert response.json()["code"] == code
    assert response.json()["detail"]
    assert not Appointment.objects.exists()


def test_a_finding_that_asks_for_a_reason_is_409_until_it_is_given(api, front_desk, nurse, body):
    late = {**body, "starts_at": "2025-02-10T20:00:00+01:00"}
    assert api(front_desk).post(PATH, late).json()["code"] == "outside_hours"
    late["overrides"] = [{"code": "outside_hours", "reason": "Only time she has"}]
    assert api(nurse).post(PATH, late).status_code == 403
    made = api(front_desk).post(PATH, late)
    assert made.status_code == 201
    assert [finding["code"] for finding in made.json()["findings"]] == ["outside_hours"]


def test_moving_and_cancelling_settle_the_later_visits(api, front_desk, clinic, patient, doctor, visit_kind, hours):
    first, second, _third = calendar.course(patient, visit_kind).visits.order_by("ordinal")
    one = booked(clinic, patient, doctor, visit_kind, TEN, course_visit=first)
    booked(clinic, patient, doctor, visit_kind, TEN + timedelta(days=7), course_visit=second)
    client, body = api(front_desk), {"starts_at": "2025-02-13T10:00:00+01:00"}
    refused = client.post(f"{PATH}{one.pk}/move/", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "later_visits_affected")
    proposal = refused.json()["later"][0]["proposal"]
    assert proposal["action"] == "move"
    moved = client.post(f"{PATH}{one.pk}/move/", {**body, "later": [proposal]})
    assert moved.status_code == 200
    assert moved.json()["starts_at"] == "2025-02-13T10:00:00+01:00"

    assert client.post(f"{PATH}{one.pk}/cancel/", {}).status_code == 400
    unbook = [{"visit": second.pk, "action": "unbook"}]
    cancelled = client.post(f"{PATH}{one.pk}/cancel/", {"reason": "ill", "later": unbook})
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert not Appointment.objects.live().exists()


def test_a_step_and_its_undo(api, front_desk, body):
    client = api(front_desk)
    url = f"{PATH}{client.post(PATH, body).json()['id']}/status/"
    assert client.post(url, {"status": "arrived"}).json()["status"] == "arrived"
    assert client.post(url, {"status": "done"}).json()["code"] == "wrong_state"
    assert client.post(url, {"status": "booked"}).json()["status"] == "booked"
    assert client.post(url, {"status": "asleep"}).status_code == 400


def test_free_times_are_said_with_their_zone(api, front_desk, kind, doctor, hours, room, location):
    client = api(front_desk)
    found = client.get("/api/v1/slots/", {"kind": kind.pk, "from": "2025-02-11", "to": "2025-02-12"}).json()
    assert found["time_zone"] == "Europe/Madrid"
    assert len(found["slots"]) == 70
    assert found["slots"][0] == {
        "starts_at": "2025-02-11T09:00:00+01:00",
        "ends_at": "2025-02-11T09:30:00+01:00",
        "practitioner": doctor.pk,
        "room": room.pk,
        "location": location.pk,
    }
    for wrong in ({"to": "2025-02-01"}, {"to": "2026-02-01"}, {"from": "soon"}):
        asked = {"kind": kind.pk, "from": "2025-02-11", "to": "2025-02-12", **wrong}
        assert client.get("/api/v1/slots/", asked).status_code == 400


def test_things_of_another_clinic_do_not_exist(api, stranger, front_desk, body, clinic, patient, doctor, kind, room):
    visit = booked(clinic, patient, doctor, kind, TEN)
    client = api(stranger)
    assert client.post(PATH, body).status_code == 404
    for name in ("", "move/", "cancel/", "status/"):
        send = client.post if name else client.get
        answer = send(f"{PATH}{visit.pk}/{name}", {"starts_at": body["starts_at"]} if name == "move/" else {})
        assert answer.status_code in (404, 400)
    theirs = stranger.memberships.get().clinic
    own = calendar.kind(theirs)
    days = {"kind": own.pk, "from": "2025-02-11", "to": "2025-02-12"}
    assert client.get("/api/v1/slots/", days).status_code == 200
    for name, thing in (("practitioner", doctor), ("room", room), ("patient", patient), ("kind", kind)):
        assert client.get("/api/v1/slots/", {**days, name: thing.pk}).status_code == 404
    assert client.get(PATH).json()["results"] == []


def test_the_auditor_reads_no_names(api, auditor, clinic, patient, doctor, kind, hours):
    booked(clinic, patient, doctor, kind, TEN, note="Fears needles")
    said = api(auditor).get(PATH).json()["results"][0]
    assert (said["patient"], said["patient_name"], said["note"]) == (patient.pk, None, "")


@pytest.mark.parametrize("visits", [1, 15])
def test_a_list_asks_the_same_few_questions(
    api, front_desk, clinic, doctor, kind, hours, visits, django_assert_max_num_queries
):
    for number in range(visits):
        booked(clinic, people.register(clinic), doctor, kind, local(MONDAY, "09:00") + timedelta(minutes=30 * number))
    client = api(front_desk)
    with django_assert_max_num_queries(4):
        assert len(client.get(PATH, {"on": "2025-02-10"}).json()["results"]) == visits
