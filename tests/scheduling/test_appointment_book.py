"""Booking a visit: what is written, what refuses it, what asks for a reason."""

from datetime import timedelta

from audit.models import Event
from scheduling.actions import bookings
from scheduling.models import AppointmentStatus
from tests.cast import NOON
from tests.factories.scheduling import MONDAY, local

TEN = local(MONDAY, "10:00")


def test_a_booked_visit_takes_the_practitioner_the_room_and_the_patient(
    clinic, patient, doctor, kind, hours, room, front_desk
):
    visit = bookings.book(
        clinic, patient=patient, kind=kind, practitioner=doctor, starts_at=TEN, by=front_desk, at=NOON
    )

    visit.refresh_from_db()
    span = ((TEN, TEN + timedelta(minutes=30)),)
    assert (visit.practitioner_busy, visit.room_busy, visit.patient_busy, visit.device_busy) == (span, span, span, ())
    assert (visit.room, visit.status) == (room, AppointmentStatus.BOOKED)
    assert Event.objects.about(visit).kinds() == ["appointment.booked"]
    assert patient.care_team.standing().get().membership == doctor.membership
