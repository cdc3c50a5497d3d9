"""Where each visit of a course belongs: the same days as the plan's own arithmetic, from whatever happened."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.refused import Refused
from scheduling.actions import changes, courses
from scheduling.models import Closure, WorkingHours
from scheduling.rules import windows
from tests.cast import NOON
from tests.factories import scheduling as calendar
from tests.factories.scheduling import MONDAY, booked, local
from treatments import dates


@given(
    previous=st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    low=st.integers(1, 92),
    more=st.integers(0, 30),
    label_bound=st.booleans(),
    closed=st.sets(st.sampled_from(dates.WEEKDAYS), max_size=6),
    holidays=st.sets(st.dates(date(2024, 1, 1), date(2031, 1, 1)), max_size=40),
    judged=st.integers(-5, 300),
)
def test_a_window_is_the_one_that_the_plan_computes(previous, low, more, label_bound, closed, holidays, judged):
    is_open = dates.open_days(closed, holidays)
    phase = dates.Phase(1, low, low + more)
    plan = dates.window(previous, phase, is_open, low if label_bound else None)
    ours = windows.after(previous, min_days=low, max_days=low + more, label_bound=label_bound, is_open=is_open)

    assert (ours.earliest_on, ours.target_on, ours.latest_on) == (plan.earliest, plan.target, plan.latest)
    day = previous + timedelta(days=judged)
    assert windows.judge(ours, day).value == dates.judge(plan, day).value


@pytest.fixture
def course(patient, visit_kind):
    return calendar.course(patient, visit_kind, intervals=((0, 0), (7, 10), (14, 17)))


def targets(course):
    return [window.target_on for window in windows.of_course(course).values()]


def test_a_course_counts_from_what_is_booked_and_then_from_what_was_done(
    course, clinic, patient, doctor, visit_kind, hours, practitioner
):
    assert targets(course) == [MONDAY, MONDAY + timedelta(days=7), MONDAY + timedelta(days=21)]

    first = course.visits.get(ordinal=1)
    booked(clinic, patient, doctor, visit_kind, local(MONDAY + timedelta(days=1), "10:00"), course_visit=first)
    assert targets(course)[1:] == [MONDAY + timedelta(days=8), MONDAY + timedelta(days=22)]

    courses.mark_done(first, on=MONDAY + timedelta(days=2), by=practitioner, at=NOON)
    assert targets(course)[1:] == [MONDAY + timedelta(days=9), MONDAY + timedelta(days=23)]


def test_a_cancelled_visit_no_longer_counts(course, clinic, patient, doctor, visit_kind, hours, practitioner):
    first = course.visits.get(ordinal=1)
    visit = booked(clinic, patient, doctor, visit_kind, local(MONDAY + timedelta(days=2), "10:00"), course_visit=first)
    changes.cancel(visit, reason="ill", by=practitioner, at=NOON)
    assert targets(course)[1] == MONDAY + timedelta(days=7)


def test_a_skipped_visit_is_stepped_over(course, practitioner):
    courses.skip(course.visits.get(ordinal=2), reason="Travels", by=practitioner, at=NOON)
    found = windows.of_course(course)
    assert set(found) == {1, 3}
    assert found[3].target_on == MONDAY + timedelta(days=14)
    with pytest.raises(Refused, match="skipped"):
        courses.mark_done(course.visits.get(ordinal=2), on=MONDAY, by=practitioner, at=NOON)


def test_a_closed_target_moves_to_the_next_open_day_of_the_window(course, clinic, location):
    eighth = MONDAY + timedelta(days=7)
    Closure.objects.create(clinic=clinic, name="Holiday", starts_on=eighth, ends_on=eighth)
    assert targets(course)[1] == eighth + timedelta(days=1)

    WorkingHours.objects.create(
        clinic=clinic, location=location, weekday=4, starts="09:00", ends="18:00", valid_from=date(2020, 1, 1)
    )
    assert targets(course)[1:] == [eighth + timedelta(days=3), eighth + timedelta(days=17)]  # open on Thursdays only


def test_the_day_of_a_visit_is_the_day_at_its_location(course, clinic, patient, doctor, visit_kind, location):
    calendar.open_week(location, doctor, starts=time(0), ends=time(3))
    first = course.visits.get(ordinal=1)
    night = local(MONDAY, "00:30")  # still Sunday in UTC
    assert night.utctimetuple().tm_mday == MONDAY.day - 1
    booked(clinic, patient, doctor, visit_kind, night, course_visit=first)
    assert targets(course)[1] == MONDAY + timedelta(days=7)


def test_moving_a_visit_lists_the_later_ones_that_would_not_fit(
    course, clinic, patient, doctor, visit_kind, hours, front_desk
):
    first, second, third = course.visits.order_by("ordinal")
    ten = local(MONDAY, "10:00")
    one = booked(clinic, patient, doctor, visit_kind, ten, course_visit=first)
    two = booked(clinic, patient, doctor, visit_kind, ten + timedelta(days=7), course_visit=second)
    three = booked(clinic, patient, doctor, visit_kind, ten + timedelta(days=21), course_visit=third)

    changes.move(one, starts_at=ten + timedelta(hours=1), by=front_desk, at=NOON)  # the same day: nothing to settle
    target = ten + timedelta(days=2)
    with pytest.raises(Refused) as refused:
        changes.move(one, starts_at=target, by=front_desk, at=NOON)
    assert refused.value.code == "later_visits_affected"
    two_left, three_left = refused.value.extra["later"]
    assert (two_left["visit"], two_left["code"]) == (second.pk, "interval_early")
    assert datetime.fromisoformat(two_left["proposal"]["starts_at"]) == ten + timedelta(days=9)
    assert three_left["visit"] == third.pk

    later = [
        {"visit": second.pk, "action": "move", "starts_at": ten + timedelta(days=9)},
        {"visit": third.pk, "action": "leave", "reason": "Flight booked"},
    ]
    with pytest.raises(Refused) as refused:
        changes.move(one, starts_at=target, later=later[:1], by=front_desk, at=NOON)
    assert [each["visit"] for each in refused.value.extra["later"]] == [third.pk]
    no_reason = [later[0], {**later[1], "reason": ""}]
    with pytest.raises(Refused, match="Say why"):
        changes.move(one, starts_at=target, later=no_reason, by=front_desk, at=NOON)
    one.refresh_from_db()
    assert one.starts_at == ten + timedelta(hours=1)  # nothing of a refused change stays

    changes.move(one, starts_at=target, later=later, by=front_desk, at=NOON)
    for visit, moment in ((one, target), (two, ten + timedelta(days=9)), (three, ten + timedelta(days=21))):
        visit.refresh_from_db()
        assert visit.starts_at == moment
    assert (three.overrides.get().code, three.overrides.get().reason) == ("interval_waived", "Flight booked")


def test_a_later_visit_may_be_unbooked_when_an_earlier_one_is_cancelled(
    course, clinic, patient, doctor, visit_kind, hours, front_desk
):
    first, second, _third = course.visits.order_by("ordinal")
    day = MONDAY + timedelta(days=4)
    one = booked(clinic, patient, doctor, visit_kind, local(day, "10:00"), course_visit=first)
    two = booked(clinic, patient, doctor, visit_kind, local(day + timedelta(days=7), "10:00"), course_visit=second)
    with pytest.raises(Refused) as refused:
        changes.cancel(one, reason="ill", by=front_desk, at=NOON)
    assert refused.value.code == "later_visits_affected"

    later = [{"visit": second.pk, "action": "unbook"}]
    changes.cancel(one, reason="ill", later=later, by=front_desk, at=NOON)
    two.refresh_from_db()
    assert (two.status, course.visits.unbooked().count()) == ("cancelled", 3)
