"""The steps of a visit: one on, one back, and nothing else."""

from datetime import timedelta

import pytest

from audit.models import Event
from common.refused import Refused
from scheduling.actions import changes
from scheduling.models import APPOINTMENT_TRANSITIONS, Appointment, AppointmentStatus
from tests.cast import NOON
from tests.factories import scheduling as calendar
from tests.factories.scheduling import MONDAY, booked, local

TEN = local(MONDAY, "10:00")
LATER = TEN + timedelta(hours=3)


@pytest.fixture
def visit(clinic, patient, doctor, kind, hours):
    return booked(clinic, patient, doctor, kind, TEN)


@pytest.fixture
def step(front_desk):
    def take(visit, status, at=LATER):
        return changes.set_status(visit, status=status, by=front_desk, at=at)

    return take


def test_a_visit_goes_from_booked_to_left_and_every_moment_is_kept(visit, step, front_desk):
    path = ["confirmed", "arrived", "in_room", "done", "left"]
    for status in path:
        visit = step(visit, status)
    assert [change.status for change in visit.status_changes.order_by("pk")] == ["booked", *path]
    assert set(visit.status_changes.exclude(status="booked").values_list("by", flat=True)) == {front_desk.pk}
    assert Event.objects.about(visit).kinds() == ["appointment.booked", *["appointment.status_changed"] * 5]


@pytest.mark.parametrize("start", ["booked", "confirmed", "arrived", "in_room", "done"])
def test_no_step_is_skipped(visit, step, start):
    Appointment.objects.filter(pk=visit.pk).update(status=start)
    for status in AppointmentStatus.values:
        allowed = status in APPOINTMENT_TRANSITIONS[start]
        if allowed or status == start or status == "cancelled":
            continue
        with pytest.raises(Refused) as refused:
            step(visit, status)
        assert refused.value.code == "wrong_state"


def test_a_step_is_taken_once(visit, step):
    step(visit, "arrived")
    with pytest.raises(Refused) as refused:
        step(visit, "arrived")
    assert refused.value.code == "already_done"


def test_one_step_back_and_not_two(visit, step):
    step(visit, "arrived")
    step(visit, "in_room")
    assert step(visit, "arrived").status == "arrived"
    with pytest.raises(Refused):
        step(visit, "booked")
    assert visit.status_changes.order_by("-pk").first().is_undo


def test_who_did_not_come_frees_the_time_but_only_after_the_hour(visit, step, clinic, other_patient, doctor, kind):
    with pytest.raises(Refused, match="has not begun"):
        step(visit, "no_show", at=TEN - timedelta(minutes=5))
    visit = step(visit, "no_show", at=TEN + timedelta(minutes=20))
    assert visit.practitioner_busy == ()
    assert booked(clinic, other_patient, doctor, kind, TEN)


def test_bringing_a_visit_back_needs_its_time_to_be_free(visit, step, clinic, other_patient, doctor, kind, front_desk):
    changes.cancel(visit, reason="ill", by=front_desk, at=NOON)
    assert step(visit, "booked").practitioner_busy == ((TEN, TEN + timedelta(minutes=30)),)

    changes.cancel(visit, reason="ill", by=front_desk, at=NOON)
    booked(clinic, other_patient, doctor, kind, TEN + timedelta(minutes=15))
    with pytest.raises(Refused) as refused:
        step(visit, "booked", at=NOON)
    assert refused.value.code == "slot_taken"
    assert refused.value.extra["alternatives"]


def test_a_visit_of_a_plan_that_was_booked_again_is_not_brought_back(
    clinic, patient, doctor, visit_kind, hours, step, front_desk
):
    first = calendar.course(patient, visit_kind).visits.get(ordinal=1)
    visit = booked(clinic, patient, doctor, visit_kind, TEN, course_visit=first)
    changes.cancel(visit, reason="ill", by=front_desk, at=NOON)
    booked(clinic, patient, doctor, visit_kind, TEN + timedelta(hours=2), course_visit=first)
    with pytest.raises(Refused, match="booked again"):
        step(visit, "booked", at=NOON)


def test_a_held_time_becomes_a_visit(clinic, patient, doctor, kind, hours, step):
    held = booked(clinic, patient, doctor, kind, TEN, held_until=NOON + timedelta(minutes=5), at=NOON)
    visit = step(held, "booked", at=NOON)
    assert (visit.status, visit.held_until) == ("booked", None)


def test_a_colleague_leaves_another_calendar_alone(visit, colleague, auditor, stranger):
    for user in (colleague, auditor, stranger):
        with pytest.raises(Refused) as refused:
            changes.set_status(visit, status="arrived", by=user, at=LATER)
        assert refused.value.code == "not_allowed"
        with pytest.raises(Refused):
            changes.cancel(visit, reason="x", by=user, at=LATER)
        with pytest.raises(Refused):
            changes.move(visit, starts_at=TEN + timedelta(hours=1), by=user, at=NOON)


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_take_one_step(visit, front_desk, at_once):
    taken = at_once(
        lambda _number: changes.set_status(
            Appointment.objects.get(pk=visit.pk), status="arrived", by=front_desk, at=LATER
        ),
        range(8),
    )
    assert sum(isinstance(each, Appointment) for each in taken) == 1
    assert {each.code for each in taken if not isinstance(each, Appointment)} == {"already_done"}
    assert visit.status_changes.filter(status="arrived").count() == 1
