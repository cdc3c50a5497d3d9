"""Moving or cancelling one visit of a course, and what becomes of the later ones: cases 3 and 5 of the reference."""

from datetime import date, timedelta

import pytest

from common.refused import Refused
from scheduling import rules
from scheduling.actions import changes, courses, series
from scheduling.models import Appointment, AppointmentOverride, Course
from tests.cast import NOON
from tests.factories import scheduling as calendar

CELLULITE = ((0, 0), *[(7, 10)] * 7, *[(14, 17)] * 4, *[(28, 35)] * 3)
PLANNED = [date.fromisoformat(text) for text in (
    "2025-03-03", "2025-03-10", "2025-03-17", "2025-03-24", "2025-03-31", "2025-04-07", "2025-04-14", "2025-04-21",
    "2025-05-05", "2025-05-19", "2025-06-02", "2025-06-16", "2025-07-14", "2025-08-11", "2025-09-08",
)]  # fmt: skip


@pytest.fixture
def course(patient, visit_kind, hours, location, doctor, room):
    course = calendar.course(
        patient, visit_kind, start_on=PLANNED[0], intervals=CELLULITE, practitioner=doctor, location=location
    )
    calendar.open_week(location, None)
    return book_all(course, doctor)


def book_all(course, doctor):
    proposal = rules.series.propose(course, wishes=rules.series.Wishes(), at=NOON)
    choices = [
        {"ordinal": row.ordinal, "starts_at": row.choice.starts_at, "practitioner": doctor} for row in proposal.choices
    ]
    series.book(course, choices=choices, by=doctor.membership.user, at=NOON)
    return Course.objects.get(pk=course.pk)


def booked_days(course):
    zone = course.location.time_zone
    visits = course.visits.select_related("appointment").order_by("ordinal")
    return [rules.windows.booked_day(visit, zone) for visit in visits]


def appointment(course, ordinal):
    return course.visits.select_related("appointment").get(ordinal=ordinal).appointment


def asked(change, *args, **values):
    with pytest.raises(Refused) as refused:
        change(*args, **values)
    assert refused.value.code == "later_visits_affected"
    return refused.value.extra["later"]


def test_a_visit_a_week_late_proposes_the_later_ones_a_week_later_and_takes_them_along(course, front_desk):
    late = calendar.local(date(2025, 6, 9), "09:00")
    eleventh = appointment(course, 11)

    later = asked(changes.move, eleventh, starts_at=late, by=front_desk, at=NOON)
    moved = changes.move(
        eleventh,
        starts_at=late,
        later=[
            {**each["proposal"], "starts_at": calendar.datetime.fromisoformat(each["proposal"]["starts_at"])}
            for each in later
        ],
        by=front_desk,
        at=NOON,
    )

    assert [each["ordinal"] for each in later] == [12, 13, 14, 15]
    assert booked_days(course)[:10] == PLANNED[:10]
    assert booked_days(course)[10:] == [day + timedelta(days=7) for day in PLANNED[10:]]
    assert [finding.code for finding in moved.findings] == ["interval_late"]


def test_a_cancelled_visit_lists_those_that_then_lie_wrong(course, front_desk):
    changes.cancel(appointment(course, 15), reason="Travels", by=front_desk, at=NOON)

    assert booked_days(course)[14] is None


def test_leaving_one_where_it_is_asks_for_a_reason_and_keeps_it(course, front_desk):
    late, twelfth = calendar.local(date(2025, 6, 9), "09:00"), appointment(course, 12)
    later = asked(changes.move, appointment(course, 11), starts_at=late, by=front_desk, at=NOON)
    left = [{"visit": each["visit"], "action": "leave", "reason": ""} for each in later]

    with pytest.raises(Refused, match="Say why"):
        changes.move(appointment(course, 11), starts_at=late, later=left, by=front_desk, at=NOON)
    assert booked_days(course) == PLANNED
    said = [{**each, "reason": "She can only come then"} for each in left]
    changes.move(appointment(course, 11), starts_at=late, later=said, by=front_desk, at=NOON)

    assert booked_days(course)[11] == PLANNED[11]
    waiver = AppointmentOverride.objects.get(appointment=twelfth)
    assert (waiver.code, waiver.reason, waiver.by) == ("interval_waived", "She can only come then", front_desk)


def test_only_later_visits_of_the_same_plan_are_settled(course, front_desk, other_patient, visit_kind, doctor):
    foreign = calendar.course(other_patient, visit_kind, start_on=date(2025, 3, 4), practitioner=doctor)
    book_all(foreign, doctor)
    stray = [{"visit": foreign.visits.get(ordinal=2).pk, "action": "unbook", "reason": "x"}]

    for choice in (stray, [{"visit": 10**9, "action": "unbook"}]):
        with pytest.raises(Refused, match="Only later visits of the same plan"):
            changes.cancel(appointment(course, 15), reason="Travels", later=choice, by=front_desk, at=NOON)

    assert Appointment.objects.live().count() == 18


def test_a_failure_while_settling_leaves_every_visit_where_it_was(course, front_desk, monkeypatch):
    late = calendar.local(date(2025, 6, 9), "09:00")
    later = asked(changes.move, appointment(course, 11), starts_at=late, by=front_desk, at=NOON)
    real = changes._move

    def breaks(*args, **values):
        if values["visit"].ordinal == 14:
            raise RuntimeError("the power went")
        return real(*args, **values)

    monkeypatch.setattr("scheduling.actions.changes._move", breaks)
    with pytest.raises(RuntimeError):
        changes.move(
            appointment(course, 11),
            starts_at=late,
            later=[
                {**each["proposal"], "starts_at": calendar.datetime.fromisoformat(each["proposal"]["starts_at"])}
                for each in later
            ],
            by=front_desk,
            at=NOON,
        )

    assert booked_days(course) == PLANNED


@pytest.fixture
def labelled(patient, visit_kind, hours, location, doctor, room):
    calendar.open_week(location, None)
    course = calendar.course(
        patient, visit_kind, start_on=date(2025, 3, 3), intervals=((0, 0), *[(30, 56)] * 3), label_bound=True,
        practitioner=doctor, location=location,
    )  # fmt: skip
    return book_all(course, doctor)


def test_a_visit_below_the_minimum_of_a_label_may_not_stay(labelled, front_desk):
    third = appointment(labelled, 3)
    near = calendar.local(date(2025, 4, 10), "09:00")
    later = asked(changes.move, appointment(labelled, 2), starts_at=near, by=front_desk, at=NOON)
    assert later[0]["code"] == "outside_window"

    with pytest.raises(Refused, match="product's label") as refused:
        changes.move(
            appointment(labelled, 2),
            starts_at=near,
            later=[{"visit": each["visit"], "action": "leave", "reason": "She insists"} for each in later],
            by=front_desk,
            at=NOON,
        )

    assert refused.value.code == "outside_window"
    assert Appointment.objects.get(pk=third.pk).starts_at == third.starts_at


def test_nothing_is_booked_too_near_before_a_labelled_visit(labelled, front_desk, doctor):
    changes.cancel(
        appointment(labelled, 2), reason="Ill", later=[
            {"visit": labelled.visits.get(ordinal=n).pk, "action": "leave", "reason": "Keep them"} for n in (3, 4)
        ], by=front_desk, at=NOON,
    )  # fmt: skip
    choice = {"ordinal": 2, "starts_at": calendar.local(date(2025, 4, 10), "09:00"), "practitioner": doctor}

    with pytest.raises(Refused, match="30 days between") as refused:
        series.book(labelled, choices=[choice], by=front_desk, at=NOON)

    assert refused.value.code == "outside_window"


def test_what_was_done_late_moves_the_windows_after_it(course, practitioner):
    courses.mark_done(course.visits.get(ordinal=1), on=date(2025, 3, 5), by=practitioner, at=NOON)

    assert rules.windows.of_course(course)[2].target_on == date(2025, 3, 12)
