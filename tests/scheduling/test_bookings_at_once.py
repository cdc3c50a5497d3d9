"""Fifty people want one time: the database lets one through, and tells the others what is free."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from accounts.actions import members
from scheduling.models import Appointment
from tests.cast import NOON, hire
from tests.factories import patients as people
from tests.factories import scheduling as calendar

pytestmark = pytest.mark.django_db(transaction=True)
FAR = NOON.date().replace(year=2031, month=3, day=3)  # a Monday that lies ahead of every clock
CROWD = 50


@pytest.fixture
def crowd(clinic):
    return [people.register(clinic) for _ in range(CROWD)]


@pytest.fixture
def licensed(doctor, second_doctor):
    type(doctor).objects.update(licence_expires_on=FAR + timedelta(days=400))


@pytest.fixture
def token(front_desk):
    return members.issue_token(front_desk.memberships.get(), name="test", by=front_desk, at=NOON).secret


@pytest.fixture
def knock(token):
    """Send one POST over a client, as a program of its own would."""

    def send(request):
        path, body, key = request
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}", HTTP_IDEMPOTENCY_KEY=key)
        response = client.post(path, json.dumps(body), content_type="application/json")
        return response.status_code, response.json()

    return send


def booking(patient, kind, doctor, starts_at, **more):
    body = {"patient": patient.pk, "kind": kind.pk, "practitioner": doctor.pk, "starts_at": starts_at.isoformat()}
    return ("/api/v1/appointments/", {**body, **more}, f"{patient.pk}-{starts_at:%H%M}")


def one_wins(answers):
    """One 201; everybody else 409 slot_taken with alternatives; nothing broken."""
    assert all(isinstance(answer, tuple) for answer in answers), answers
    assert Counter(status for status, _body in answers) == {201: 1, 409: len(answers) - 1}
    for status, body in answers:
        if status == 409:
            assert body["code"] == "slot_taken"
            assert body["alternatives"]
            assert set(body["alternatives"][0]) == {"starts_at", "ends_at", "practitioner", "room", "location"}
    assert Appointment.objects.live().count() == 1


def test_of_fifty_bookings_of_one_time_one_goes_through(at_once, knock, crowd, kind, doctor, hours, location, licensed):
    for number in range(2, 5):
        calendar.room(location, f"Room {number}", position=number)
    ten = calendar.local(FAR, "10:00")
    one_wins(at_once(knock, [booking(patient, kind, doctor, ten) for patient in crowd]))


def test_of_fifty_bookings_that_overlap_by_a_quarter_one_goes_through(
    at_once, knock, crowd, kind, doctor, hours, location, licensed
):
    calendar.room(location, "Room 2", position=2)
    times = [calendar.local(FAR, clock) for clock in ("10:00", "10:15")]
    one_wins(at_once(knock, [booking(patient, kind, doctor, times[n % 2]) for n, patient in enumerate(crowd)]))


def test_two_practitioners_do_not_share_the_one_room(
    at_once, knock, crowd, kind, doctor, second_doctor, hours, location, room, licensed
):
    calendar.open_week(location, second_doctor)
    ten = calendar.local(FAR, "10:00")
    doctors = (doctor, second_doctor)
    one_wins(at_once(knock, [booking(patient, kind, doctors[n % 2], ten) for n, patient in enumerate(crowd)]))


def test_two_practitioners_do_not_share_the_one_device(
    at_once, knock, crowd, clinic, doctor, second_doctor, hours, location, room, licensed
):
    calendar.open_week(location, second_doctor)
    calendar.room(location, "Room 2", position=2)
    clinic.devices.create(location=location, slug="gun", name="Injection gun")
    kind = calendar.kind(clinic, "with-gun", device_slug="gun")
    ten = calendar.local(FAR, "10:00")
    doctors = (doctor, second_doctor)
    one_wins(at_once(knock, [booking(patient, kind, doctors[n % 2], ten) for n, patient in enumerate(crowd)]))


def test_of_twenty_visits_moved_to_one_time_one_arrives(
    at_once, knock, crowd, clinic, kind, doctor, hours, location, licensed
):
    days = [FAR + timedelta(days=7 * n) for n in range(1, 21)]
    visits = [
        calendar.booked(clinic, patient, doctor, kind, calendar.local(day, "11:00"), at=NOON)
        for patient, day in zip(crowd, days, strict=False)
    ]
    target = calendar.local(FAR, "10:00").isoformat()
    answers = at_once(
        knock, [(f"/api/v1/appointments/{visit.pk}/move/", {"starts_at": target}, str(visit.pk)) for visit in visits]
    )
    assert Counter(status for status, _body in answers) == {200: 1, 409: 19}
    assert {body["code"] for status, body in answers if status == 409} == {"slot_taken"}
    assert Appointment.objects.filter(starts_at=target).count() == 1


def test_a_double_click_books_once(at_once, knock, patient, kind, doctor, hours, licensed):
    ten = calendar.local(FAR, "10:00")
    answers = at_once(knock, [booking(patient, kind, doctor, ten)] * 4)
    assert [status for status, _body in answers] == [201] * 4
    assert len({body["id"] for _status, body in answers}) == 1
    assert Appointment.objects.count() == 1


def test_four_rooms_take_four_at_once(at_once, knock, crowd, clinic, kind, hours, location, licensed):
    doctors = []
    for number in range(2, 6):
        calendar.room(location, f"Room {number}", position=number)
        doctors.append(hire(clinic, f"Doctor {number}", "practitioner", licence=f"R-{number}").practitioner)
        calendar.open_week(location, doctors[-1])
    type(doctors[0]).objects.update(licence_expires_on=FAR + timedelta(days=400))
    ten = calendar.local(FAR, "10:00")
    answers = at_once(
        knock, [booking(patient, kind, doctor, ten) for patient, doctor in zip(crowd, doctors, strict=False)]
    )
    assert [status for status, _body in answers] == [201] * 4
    assert len({body["room"] for _status, body in answers}) == 4
