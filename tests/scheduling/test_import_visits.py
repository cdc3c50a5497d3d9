from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import User
from common.refused import Refused
from patients.actions import imports, patients
from patients.models import ImportState
from reminders import kinds
from scheduling.actions import bookings, changes
from scheduling.models import Appointment, AppointmentStatus
from tests.cast import NOON
from tests.factories.imports import checked, csv_of, ran, undone, worked

HEADER = "Date,Time,Doctor,Type,Last name,First name,Date of birth,File number"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON):
        yield


def visits(*lines: str) -> bytes:
    return csv_of(*lines, header=HEADER)


def born(patient) -> str:
    return f"{patient.family_name},{patient.given_name},{patient.born_on.isoformat()}"


@pytest.fixture
def read(clinic, owner, kind, hours):
    return lambda *lines, **said: checked(clinic, visits(*lines), by=owner, subject="visits", **said)


def test_booked_visits_come_in_with_their_person_their_hour_and_no_confirmation(
    read, clinic, owner, patient, other_patient, doctor, kind
):
    batch = read(
        f"2025-02-10,10:00,Paula Practitioner,{kind.name},,,,{patient.number}",
        f"2025-02-10,11h30,{doctor.membership.user.email},{kind.slug},{born(other_patient)},",
    )
    assert batch.rows.counts()["new"] == 2, list(batch.rows.values_list("problem", flat=True))

    ran(batch, by=owner)

    first, second = Appointment.objects.order_by("starts_at")
    assert (first.patient, first.starts_at) == (patient, datetime(2025, 2, 10, 9, tzinfo=UTC))
    assert (second.patient, second.starts_at) == (other_patient, datetime(2025, 2, 10, 10, 30, tzinfo=UTC))
    assert {each.announce for each in (first, second)} == {"reminders"}


def test_what_cannot_be_booked_says_why(read, clinic, owner, patient, kind, doctor):
    who = f"Paula Practitioner,{kind.name},,,,{patient.number}"
    batch = read(
        f"2025-02-01,10:00,{who}",  # past
        f"2025-03-30,02:30,{who}",  # the hour that does not exist
        f"2025-10-26,02:30,{who}",  # the hour that exists twice
        f"2025-02-10,10:00,Nobody,{kind.name},,,,{patient.number}",
        f"2025-02-10,10:00,Paula Practitioner,Astrology,,,,{patient.number}",
        f"2025-02-10,10:00,Paula Practitioner,{kind.name},,,,P-999999",
        f"2025-02-10,10:00,Paula Practitioner,{kind.name},Benali,Nora,1901-01-01,",
        f"2025-02-10,,{who}",
        f"2025-02-10,03:00,{who}",  # nobody works then
    )
    assert batch.rows.counts()["invalid"] == 9
    assert "twice" in batch.rows.get(line=4).problem
    assert "does not exist" in batch.rows.get(line=3).problem


def test_hours_are_passed_over_where_the_owner_says_so(read, owner, patient, kind):
    line = f"2025-02-10,03:00,Paula Practitioner,{kind.name},,,,{patient.number}"
    ran(read(line, outside_hours=True), by=owner)
    booked = Appointment.objects.get()
    assert booked.overrides.get().code == "outside_hours"


def test_a_time_that_was_given_away_meanwhile_refuses_one_row_and_the_others_go_on(
    read, clinic, owner, patient, other_patient, kind, doctor
):
    who = f"Paula Practitioner,{kind.name},,,,{patient.number}"
    batch = read(f"2025-02-10,10:00,{who}", f"2025-02-10,12:00,{who}")
    at = datetime(2025, 2, 10, 9, tzinfo=UTC)
    given = {"patient": other_patient, "kind": kind, "practitioner": doctor, "starts_at": at}
    bookings.book(clinic, **given, by=owner, at=NOON)

    batch = ran(batch, by=owner)

    counts = batch.rows.counts()
    assert (counts["created"], counts["failed"]) == (1, 1)
    assert patient.appointments.count() == 1


def test_a_visit_that_is_booked_already_is_left_out(read, owner, patient, kind):
    line = f"2025-02-10,10:00,Paula Practitioner,{kind.name},,,,{patient.number}"
    ran(read(line), by=owner)
    again = read(line, line.replace("10:00", "12:00"), line.replace("10:00", "12:00"))
    assert [row.likeness for row in again.rows.in_order()] == ["same_visit", "", "same_line"]
    with pytest.raises(Refused, match="left out"):
        imports.run(again, duplicates="create", by=owner, at=NOON)
    ran(again, by=owner)
    assert patient.appointments.count() == 2


def test_undone_visits_are_called_off_but_for_those_that_went_on(read, clinic, owner, patient, kind):
    who = f"Paula Practitioner,{kind.name},,,,{patient.number}"
    batch = ran(read(f"2025-02-10,10:00,{who}", f"2025-02-10,12:00,{who}"), by=owner)
    moved = Appointment.objects.order_by("starts_at").first()
    changes.move(moved, starts_at=datetime(2025, 2, 11, 9, tzinfo=UTC), by=owner, at=NOON)

    batch = undone(batch, by=owner)

    assert batch.state == ImportState.UNDONE
    assert sorted(Appointment.objects.values_list("status", flat=True)) == [
        AppointmentStatus.BOOKED,
        AppointmentStatus.CANCELLED,
    ]


@pytest.mark.parametrize(("announce", "told"), [("all", ["confirmation"]), ("reminders", []), ("nothing", [])])
def test_an_imported_visit_is_not_confirmed_again(read, clinic, owner, patient, kind, announce, told):
    patients.edit(patient, email="nora@example.org", by=owner, at=NOON)
    line = f"2025-02-10,10:00,Paula Practitioner,{kind.name},,,,{patient.number}"
    ran(read(line), by=owner, announce=announce)
    assert [item.kind for item in kinds.due(clinic, NOON)] == told


@pytest.mark.parametrize(("announce", "told"), [("reminders", ["reminder"]), ("nothing", [])])
def test_an_imported_visit_is_reminded_of_where_the_owner_wants_it(read, clinic, owner, patient, kind, announce, told):
    patients.edit(patient, email="nora@example.org", by=owner, at=NOON)
    line = f"2025-02-10,10:00,Paula Practitioner,{kind.name},,,,{patient.number}"
    ran(read(line), by=owner, announce=announce)
    later = datetime(2025, 2, 8, 12, tzinfo=UTC)
    assert [item.kind for item in kinds.due(clinic, later)] == told


def test_two_workers_book_each_visit_once(at_once, read, clinic, owner, patient, kind):
    who = f"Paula Practitioner,{kind.name},,,,{patient.number}"
    batch = read(*[f"2025-02-{day},10:00,{who}" for day in (10, 11, 12, 13)])
    batch = imports.run(batch, duplicates="skip", by=User.objects.get(pk=owner.pk), at=NOON)

    at_once(lambda _n: worked(type(batch).objects.get(pk=batch.pk)), range(2))

    assert worked(batch).rows.counts()["created"] == patient.appointments.count() == 4
