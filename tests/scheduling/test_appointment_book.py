"""Booking a visit: what is written, what refuses it, what asks for a reason."""

from datetime import date, timedelta

import pytest

from accounts.actions import members
from accounts.models import Role
from audit.models import Event
from common.refused import Refused
from scheduling.actions import bookings, changes, courses
from scheduling.models import Appointment, AppointmentStatus, Closure
from tests.cast import NOON, hire
from tests.factories import patients as people
from tests.factories import scheduling as calendar
from tests.factories.scheduling import MONDAY, booked, local

TEN = local(MONDAY, "10:00")
WHY = "The patient travels"


def because(code):
    return [{"code": code, "reason": WHY}]


def codes(refused):
    return [reason.code for reason in refused.value.reasons]


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


def test_a_time_is_given_once_and_the_second_hears_what_is_free(
    clinic, patient, other_patient, doctor, kind, hours, room
):
    booked(clinic, patient, doctor, kind, TEN)

    with pytest.raises(Refused) as refused:
        booked(clinic, other_patient, doctor, kind, TEN + timedelta(minutes=15))

    assert codes(refused) == ["slot_taken"]
    starts = [each["starts_at"] for each in refused.value.extra["alternatives"]]
    assert starts[0] == "2025-02-10T10:30:00+01:00"
    assert len(starts) == 6
    assert Appointment.objects.count() == 1


def test_buffers_keep_the_room_but_not_the_practitioner(clinic, patient, other_patient, doctor, location, hours, room):
    kind = calendar.kind(clinic, "treatment", buffer_after_minutes=15)
    booked(clinic, patient, doctor, kind, TEN)
    with pytest.raises(Refused, match="room is taken"):
        booked(clinic, other_patient, doctor, kind, TEN + timedelta(minutes=30))

    calendar.room(location, "Room 2", position=1)
    second = booked(clinic, other_patient, doctor, kind, TEN + timedelta(minutes=30))
    assert second.room.name == "Room 2"


def test_segments_leave_the_practitioner_free_while_the_numbing_cream_works(
    clinic, patient, other_patient, doctor, kind, location, hours
):
    calendar.room(location, "Room 2", position=1)
    long = calendar.kind(clinic, "with-numbing", minutes=60)
    for start, end in ((0, 10), (40, 60)):
        long.segments.create(clinic=clinic, resource="practitioner", from_minute=start, to_minute=end)
    booked(clinic, patient, doctor, long, TEN)

    between = booked(clinic, other_patient, doctor, kind, TEN + timedelta(minutes=10))
    assert between.room.name == "Room 2"
    with pytest.raises(Refused, match="is busy"):
        changes.move(between, starts_at=TEN + timedelta(minutes=15), by=doctor.membership.user, at=NOON)


def test_a_cancelled_visit_frees_its_time_and_says_why(clinic, patient, other_patient, doctor, kind, hours, front_desk):
    visit = booked(clinic, patient, doctor, kind, TEN)
    with pytest.raises(Refused, match="Say why"):
        changes.cancel(visit, reason=" ", by=front_desk, at=NOON)

    visit = changes.cancel(visit, reason="ill", by=front_desk, at=NOON)

    assert (visit.status, visit.practitioner_busy, visit.cancel_reason) == ("cancelled", (), "ill")
    assert booked(clinic, other_patient, doctor, kind, TEN).pk
    with pytest.raises(Refused, match="cancelled any more"):
        changes.cancel(visit, reason="ill", by=front_desk, at=NOON)


def test_moving_takes_the_new_time_and_gives_back_the_old(clinic, patient, other_patient, doctor, kind, hours):
    visit = booked(clinic, patient, doctor, kind, TEN)
    by = doctor.membership.user

    visit = changes.move(visit, starts_at=TEN + timedelta(minutes=15), by=by, at=NOON)
    assert (visit.starts_at, visit.sequence) == (TEN + timedelta(minutes=15), 1)
    assert Event.objects.about(visit).kinds()[-1] == "appointment.moved"
    booked(clinic, other_patient, doctor, kind, TEN - timedelta(minutes=30))
    with pytest.raises(Refused, match="busy"):
        changes.move(visit, starts_at=TEN - timedelta(minutes=15), by=by, at=NOON)
    visit.refresh_from_db()
    assert visit.starts_at == TEN + timedelta(minutes=15)


def test_outside_the_hours_asks_for_a_reason_of_those_who_may_give_one(
    clinic, patient, doctor, kind, hours, nurse, front_desk
):
    evening = local(MONDAY, "20:00")
    with pytest.raises(Refused) as refused:
        booked(clinic, patient, doctor, kind, evening, by=front_desk)
    assert codes(refused) == ["outside_hours"]
    with pytest.raises(Refused) as refused:
        booked(clinic, patient, doctor, kind, evening, by=nurse, overrides=because("outside_hours"))
    assert codes(refused) == ["not_allowed"]

    visit = booked(clinic, patient, doctor, kind, evening, by=front_desk, overrides=because("outside_hours"))
    assert [(each.code, each.reason, each.by) for each in visit.overrides.all()] == [("outside_hours", WHY, front_desk)]


def test_a_closed_day_is_outside_the_hours(clinic, patient, doctor, kind, hours):
    Closure.objects.create(clinic=clinic, name="Holiday", starts_on=MONDAY, ends_on=MONDAY)
    with pytest.raises(Refused) as refused:
        booked(clinic, patient, doctor, kind, TEN)
    assert codes(refused) == ["outside_hours"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"licence_expires_on": date(2025, 2, 9)}, "licence_expired"),
        ({"licence_expires_on": date(2025, 2, 10)}, None),
    ],
)
def test_a_licence_must_hold_on_the_day_of_the_visit(clinic, patient, doctor, kind, hours, change, code):
    type(doctor).objects.filter(pk=doctor.pk).update(**change)
    if code is None:
        assert booked(clinic, patient, doctor, kind, TEN)
        return
    with pytest.raises(Refused) as refused:
        booked(clinic, patient, doctor, kind, TEN)
    assert codes(refused) == [code]


def test_who_was_not_trained_for_a_kind_is_not_booked_for_it(clinic, patient, doctor, kind, hours, owner):
    held = members.grant_competence(doctor, slug="device:gun", name="Injection gun", by=owner, at=NOON)
    kind.kind_needs.create(clinic=clinic, competence=held.competence)
    assert booked(clinic, patient, doctor, kind, TEN)

    held.valid_until = MONDAY
    held.save()
    with pytest.raises(Refused, match="not been trained"):
        booked(clinic, patient, doctor, kind, TEN + timedelta(days=1))


def test_a_time_that_has_passed_is_not_booked(clinic, patient, doctor, kind, hours):
    with pytest.raises(Refused, match="has passed"):
        booked(clinic, patient, doctor, kind, TEN, at=TEN + timedelta(hours=1))


def test_a_practitioner_books_on_their_own_calendar_only(
    clinic, patient, doctor, practitioner, colleague, kind, hours, auditor
):
    for user in (colleague, auditor):
        with pytest.raises(Refused) as refused:
            booked(clinic, patient, doctor, kind, TEN, by=user)
        assert codes(refused) == ["not_allowed"]
    assert booked(clinic, patient, doctor, kind, TEN, by=practitioner)


def test_a_visit_of_a_plan_needs_the_plan(clinic, patient, other_patient, doctor, visit_kind, hours):
    with pytest.raises(Refused) as refused:
        booked(clinic, patient, doctor, visit_kind, TEN)
    assert codes(refused) == ["not_bookable"]
    first = calendar.course(other_patient, visit_kind).visits.get(ordinal=1)
    with pytest.raises(Refused, match="another patient"):
        booked(clinic, patient, doctor, visit_kind, TEN, course_visit=first)


def test_a_visit_of_a_plan_is_booked_once(clinic, patient, doctor, visit_kind, hours):
    first = calendar.course(patient, visit_kind).visits.get(ordinal=1)
    visit = booked(clinic, patient, doctor, visit_kind, TEN, course_visit=first)
    first.refresh_from_db()
    assert first.appointment == visit
    with pytest.raises(Refused, match="booked already"):
        booked(clinic, patient, doctor, visit_kind, TEN + timedelta(hours=1), course_visit=first)


def test_a_stopped_plan_says_why_in_its_own_words(clinic, patient, doctor, visit_kind, hours, practitioner):
    course = calendar.course(patient, visit_kind)
    courses.block(
        course, code="open_side_effect", sentence="A nodule is open.", url="/safety/7/", by=practitioner, at=NOON
    )
    with pytest.raises(Refused, match="nodule") as refused:
        booked(clinic, patient, doctor, visit_kind, TEN, course_visit=course.visits.get(ordinal=1))
    assert (refused.value.code, refused.value.reasons[0].url) == ("open_side_effect", "/safety/7/")

    courses.unblock(course, by=practitioner, at=NOON)
    assert booked(clinic, patient, doctor, visit_kind, TEN, course_visit=course.visits.get(ordinal=1))


def test_an_early_visit_asks_for_a_reason_and_a_late_one_is_noted(clinic, patient, doctor, visit_kind, hours):
    course = calendar.course(patient, visit_kind, intervals=((0, 0), (7, 10)))
    first, second = course.visits.order_by("ordinal")
    booked(clinic, patient, doctor, visit_kind, TEN, course_visit=first)

    with pytest.raises(Refused) as refused:
        booked(clinic, patient, doctor, visit_kind, TEN + timedelta(days=5), course_visit=second)
    assert codes(refused) == ["interval_early"]
    early = booked(
        clinic, patient, doctor, visit_kind, TEN + timedelta(days=5), course_visit=second,
        overrides=because("interval_early"),
    )  # fmt: skip
    assert early.overrides.get().code == "interval_early"

    late = changes.move(early, starts_at=TEN + timedelta(days=12), by=doctor.membership.user, at=NOON)
    assert [finding.code for finding in late.findings] == ["interval_late"]


def test_beyond_twice_the_interval_a_practitioner_looks_first(clinic, patient, doctor, visit_kind, hours, practitioner):
    second = calendar.course(patient, visit_kind, intervals=((0, 0), (7, 10))).visits.get(ordinal=2)
    too_late = TEN + timedelta(days=22)
    with pytest.raises(Refused) as refused:
        booked(clinic, patient, doctor, visit_kind, too_late, course_visit=second)
    assert codes(refused) == ["reassessment_needed"]

    courses.reassess(second, reason="Seen today", by=practitioner, at=NOON)
    assert booked(clinic, patient, doctor, visit_kind, too_late, course_visit=second)


def test_the_minimum_of_a_label_refuses_whatever_the_reason(clinic, patient, doctor, visit_kind, hours, owner):
    course = calendar.course(patient, visit_kind, intervals=((0, 0), (30, 56)), label_bound=True)
    second = course.visits.get(ordinal=2)
    for user in (owner, doctor.membership.user):
        with pytest.raises(Refused) as refused:
            booked(
                clinic, patient, doctor, visit_kind, TEN + timedelta(days=29), course_visit=second, by=user,
                overrides=because("interval_early"),
            )  # fmt: skip
        assert refused.value.code == "outside_window"
    assert booked(clinic, patient, doctor, visit_kind, TEN + timedelta(days=30), course_visit=second)


def test_all_reasons_are_said_at_once(clinic, patient, doctor, visit_kind):
    type(doctor).objects.filter(pk=doctor.pk).update(licence_expires_on=date(2025, 1, 1))
    with pytest.raises(Refused) as refused:
        booked(clinic, patient, doctor, visit_kind, TEN)
    assert set(codes(refused)) == {"not_bookable", "licence_expired", "outside_hours"}


def test_an_overlap_on_purpose_leaves_no_hole_for_a_third(
    clinic, patient, other_patient, doctor, kind, location, hours, front_desk, owner
):
    calendar.room(location, "Room 2", position=1)
    calendar.room(location, "Room 3", position=2)
    first = booked(clinic, patient, doctor, kind, TEN)
    squeezed = booked(
        clinic, other_patient, doctor, kind, TEN + timedelta(minutes=15), by=front_desk,
        overrides=because("slot_taken"),
    )  # fmt: skip
    squeezed.refresh_from_db()
    assert squeezed.practitioner_busy == ((TEN + timedelta(minutes=30), TEN + timedelta(minutes=45)),)
    assert (squeezed.overlap_reason, squeezed.overlap_by) == (WHY, front_desk)

    third = people.register(clinic)
    for minutes in (0, 15, 30):
        with pytest.raises(Refused) as refused:
            booked(clinic, third, doctor, kind, TEN + timedelta(minutes=minutes))
        assert refused.value.code == "slot_taken"

    changes.cancel(first, reason="ill", by=owner, at=NOON)
    squeezed.refresh_from_db()
    assert squeezed.practitioner_busy == ((TEN + timedelta(minutes=15), TEN + timedelta(minutes=45)),)
    assert squeezed.overlap_reason == ""
    assert booked(clinic, third, doctor, kind, TEN - timedelta(minutes=15))


def test_a_hold_that_ran_out_gives_its_time_back(clinic, patient, other_patient, doctor, kind, hours):
    booked(clinic, patient, doctor, kind, TEN, held_until=NOON + timedelta(minutes=5), at=NOON)
    with pytest.raises(Refused, match="busy"):
        booked(clinic, other_patient, doctor, kind, TEN, at=NOON)
    visit = booked(clinic, other_patient, doctor, kind, TEN, at=NOON + timedelta(minutes=6))
    assert list(Appointment.objects.live()) == [visit]


def test_a_failure_in_the_middle_leaves_nothing_behind(clinic, patient, doctor, kind, hours, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(bookings, "join_care_team", broken)
    events = Event.objects.count()
    with pytest.raises(RuntimeError):
        booked(clinic, patient, doctor, kind, TEN)
    assert (Appointment.objects.count(), Event.objects.count()) == (0, events)


def test_a_member_with_two_roles_has_the_wider_one(clinic, patient, doctor, kind, hours):
    both = hire(clinic, "Bea Both", Role.PRACTITIONER, Role.FRONT_DESK).user
    assert booked(clinic, patient, doctor, kind, TEN, by=both)
