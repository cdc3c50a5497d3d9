from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError

from scheduling.models import Appointment, StatusChange
from tests.cast import NOON
from tests.factories import rows

HOUR = timedelta(hours=1)


def collides(make):
    with pytest.raises(rows.REFUSED) as caught, transaction.atomic():
        make()
    return rows.refusal(caught)


def test_a_practitioner_is_in_one_place_at_a_time(clinic, doctor):
    rows.appointment(clinic, doctor, NOON)

    refused_by = collides(lambda: rows.appointment(clinic, doctor, NOON + timedelta(minutes=45)))

    assert refused_by == "appointment_practitioner_free"


def test_visits_may_touch(clinic, doctor):
    rows.appointment(clinic, doctor, NOON)
    rows.appointment(clinic, doctor, NOON + HOUR)

    assert Appointment.objects.live().count() == 2


def test_a_room_holds_one_visit(clinic, doctor, second_doctor):
    room = rows.room(clinic)
    rows.appointment(clinic, doctor, NOON, room=room)

    refused_by = collides(lambda: rows.appointment(clinic, second_doctor, NOON, room=room))

    assert refused_by == "appointment_room_free"


def test_a_patient_has_one_visit_at_a_time(clinic, doctor, second_doctor):
    patient = rows.patient(clinic)
    rows.appointment(clinic, doctor, NOON, patient=patient)

    refused_by = collides(lambda: rows.appointment(clinic, second_doctor, NOON, patient=patient))

    assert refused_by == "appointment_patient_free"


def test_a_visit_between_two_busy_parts_fits(clinic, doctor):
    busy = ((NOON, NOON + timedelta(minutes=10)), (NOON + timedelta(minutes=50), NOON + HOUR))
    rows.appointment(clinic, doctor, NOON, practitioner_busy=busy)
    gap = ((NOON + timedelta(minutes=10), NOON + timedelta(minutes=50)),)

    rows.appointment(clinic, doctor, NOON, practitioner_busy=gap)

    found = Appointment.objects.filter(practitioner_busy__overlaps=[(NOON, NOON + timedelta(minutes=5))]).get()
    assert found.practitioner_busy == busy


def test_a_cancelled_visit_takes_nobodys_time(clinic, doctor):
    visit = rows.appointment(clinic, doctor, NOON)
    visit.status, visit.cancel_reason = "cancelled", "Ill"

    assert collides(visit.save) == "appointment_not_live_is_not_busy"

    visit.practitioner_busy = visit.patient_busy = ()
    visit.save()
    rows.appointment(clinic, doctor, NOON)


def test_a_visit_stays_within_one_clinic(clinic, doctor, other_clinic):
    def book_a_stranger():
        rows.appointment(clinic, doctor, NOON, patient=rows.patient(other_clinic))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert collides(book_a_stranger) == "scheduling_appointment_patient_same_owner"


def test_moments_of_a_visit_are_only_added(clinic, doctor):
    visit = rows.appointment(clinic, doctor, NOON)
    StatusChange.objects.create(clinic=clinic, appointment=visit, status="booked", at=NOON, by=rows.system())

    with pytest.raises((*rows.REFUSED, InternalError)), transaction.atomic():
        StatusChange.objects.update(status="arrived")
    with pytest.raises((*rows.REFUSED, InternalError)), transaction.atomic():
        StatusChange.objects.all().delete()
