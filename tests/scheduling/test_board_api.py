"""The board of the day at the machine's door: columns, visits, the clinic's clock, and few questions."""

from datetime import date, time, timedelta

import pytest
import time_machine

from scheduling.actions import changes
from scheduling.models import WorkingHours
from tests.factories import patients as people
from tests.factories import scheduling as calendar
from tests.factories.scheduling import MONDAY, booked, local

TEN = local(MONDAY, "10:00")
PATH = "/api/v1/calendar/"
QUERIES = 4
DAY = {"start": MONDAY.isoformat(), "end": (MONDAY + timedelta(days=1)).isoformat()}


@pytest.fixture(autouse=True)
def late_that_morning():
    with time_machine.travel(local(MONDAY, "10:12"), tick=False):
        yield


def test_a_day_has_a_column_for_each_who_works_and_the_time_of_the_clinic(
    api, front_desk, clinic, patient, doctor, second_doctor, kind, hours, room
):
    visit = booked(clinic, patient, doctor, kind, TEN)
    said = api(front_desk).get(PATH, DAY).json()
    assert (said["time_zone"], said["utc_offset"], said["now"]) == ("Europe/Madrid", "+01:00", "2025-02-10T10:12:00")
    assert (said["opens"], said["shuts"]) == ("09:00", "18:00")
    assert {each["id"]: each["is_there"] for each in said["columns"]} == {doctor.pk: True, second_doctor.pk: False}
    (shown,) = said["visits"]
    assert (shown["id"], shown["column"], shown["room"]) == (visit.pk, doctor.pk, room.pk)
    assert (shown["start"], shown["end"]) == ("2025-02-10T10:00:00", "2025-02-10T10:30:00")
    assert (shown["who"], shown["minutes_late"], shown["is_movable"]) == ("Nora Benali", 12, True)
    closed = [(each["start"][11:16], each["end"][11:16]) for each in said["closed"] if each["column"] == doctor.pk]
    assert closed == [("00:00", "09:00"), ("18:00", "00:00")]


def test_rooms_are_columns_too(api, front_desk, clinic, patient, other_patient, doctor, kind, hours, room):
    booked(clinic, patient, doctor, kind, TEN)
    by_phone = calendar.kind(clinic, "by-phone", needs_room=False)
    booked(clinic, other_patient, doctor, by_phone, local(MONDAY, "11:00"))
    said = api(front_desk).get(PATH, {**DAY, "resource": "room"}).json()
    assert [each["id"] for each in said["columns"]] == [room.pk, 0]
    assert [each["column"] for each in said["visits"]] == [room.pk, 0]


def test_the_week_of_one_practitioner(api, front_desk, clinic, patient, doctor, second_doctor, kind, hours):
    booked(clinic, patient, doctor, kind, TEN + timedelta(days=2))
    week = {"start": "2025-02-10", "end": "2025-02-17", "only": doctor.pk}
    said = api(front_desk).get(PATH, week).json()
    assert [each["id"] for each in said["columns"]] == [doctor.pk]
    assert [each["start"] for each in said["visits"]] == ["2025-02-12T10:00:00"]


def test_what_was_called_off_is_shown_with_its_reason_when_asked_for(
    api, front_desk, clinic, patient, doctor, kind, hours
):
    visit = booked(clinic, patient, doctor, kind, TEN)
    changes.cancel(visit, reason="Patient ill", by=front_desk, at=local(MONDAY, "09:00"))
    client = api(front_desk)
    assert client.get(PATH, DAY).json()["visits"] == []
    (shown,) = client.get(PATH, {**DAY, "called_off": "true"}).json()["visits"]
    assert (shown["is_called_off"], shown["cancel_reason"], shown["is_movable"]) == (True, "Patient ill", False)


def test_a_practitioner_moves_only_on_their_own_calendar(
    api, practitioner, clinic, patient, other_patient, doctor, second_doctor, location, kind, hours
):
    calendar.open_week(location, second_doctor)
    booked(clinic, patient, doctor, kind, TEN)
    calendar.room(location, "Room 2")
    booked(clinic, other_patient, second_doctor, kind, TEN)
    said = api(practitioner).get(PATH, DAY).json()
    assert {each["column"]: each["is_movable"] for each in said["visits"]} == {doctor.pk: True, second_doctor.pk: False}


def test_the_auditor_reads_numbers_and_no_names(api, auditor, clinic, patient, doctor, kind, hours):
    booked(clinic, patient, doctor, kind, TEN)
    (shown,) = api(auditor).get(PATH, DAY).json()["visits"]
    assert (shown["who"], shown["is_movable"]) == (str(patient.number), False)


@pytest.mark.parametrize(
    ("day", "offset", "clock"), [(date(2025, 3, 30), "+02:00", "10:00"), (date(2025, 10, 26), "+01:00", "10:00")]
)
def test_the_days_on_which_the_clocks_change_keep_their_hours(
    api, front_desk, clinic, patient, doctor, location, kind, day, offset, clock
):
    calendar.open_week(location, doctor, days=[7])
    booked(clinic, patient, doctor, kind, local(day, clock))
    said = api(front_desk).get(PATH, {"start": day, "end": day + timedelta(days=1)}).json()
    assert said["utc_offset"] == offset
    assert said["visits"][0]["start"] == f"{day}T{clock}:00"
    assert [(each["start"][11:16], each["end"][11:16]) for each in said["columns"][0]["hours"]] == [("09:00", "18:00")]


def test_a_break_at_noon_is_closed(api, front_desk, clinic, doctor, location, room):
    for starts, ends in ((9, 13), (15, 19)):
        calendar.open_week(location, doctor, starts=time(starts), ends=time(ends))
    assert WorkingHours.objects.count() == 12
    said = api(front_desk).get(PATH, DAY).json()
    assert (said["opens"], said["shuts"]) == ("09:00", "19:00")
    assert [each["start"][11:16] for each in said["closed"]] == ["00:00", "13:00", "19:00"]


@pytest.mark.parametrize("query", [{"end": "2025-02-10"}, {"end": "2025-04-10"}, {"resource": "moon"}, {"start": ""}])
def test_what_cannot_be_shown_is_refused(api, front_desk, query):
    assert api(front_desk).get(PATH, {**DAY, **query}).status_code == 400


def test_another_clinics_practitioner_does_not_exist(api, stranger, doctor):
    assert api(stranger).get(PATH, {**DAY, "only": doctor.pk}).status_code == 404


@pytest.mark.parametrize("visits", [0, 1, 16])
def test_a_full_day_asks_the_database_no_more_than_an_empty_one(
    api, front_desk, clinic, doctor, kind, hours, visits, django_assert_num_queries
):
    for number in range(visits):
        booked(clinic, people.register(clinic), doctor, kind, local(MONDAY, "09:00") + timedelta(minutes=30 * number))
    client = api(front_desk)
    client.get(PATH, DAY)
    with django_assert_num_queries(QUERIES):
        assert len(client.get(PATH, DAY).json()["visits"]) == visits
