"""All visits of a course at once: proposed from what is free, booked together or not at all."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from common.refused import Refused
from scheduling import rules
from scheduling.actions import bookings, changes, courses, series
from scheduling.models import Appointment, Closure, Course
from scheduling.series import Candidate, Wishes
from tests.cast import NOON
from tests.factories import scheduling as calendar

MADRID = ZoneInfo("Europe/Madrid")
SIX = ((0, 0), (7, 10), (7, 10), (7, 10), (14, 17), (14, 17))
CASE_1 = [date(2025, 2, 10) + timedelta(days=n) for n in (0, 7, 14, 21, 35, 49)]


@pytest.fixture
def course(patient, visit_kind, hours, location, doctor, room):
    return calendar.course(patient, visit_kind, intervals=SIX, practitioner=doctor, location=location)


def proposed(course, **asked):
    wishes = asked.pop("wishes", None) or rules.series.wishes_of(course, course.patient.time_wishes.newest())
    return rules.series.propose(course, wishes=wishes, at=NOON, **asked)


def choices_of(proposal, doctor):
    return [
        {"ordinal": row.ordinal, "starts_at": row.choice.starts_at, "practitioner": doctor, "room": None}
        for row in proposal.choices
    ]


def close(clinic, first, last):
    Closure.objects.create(clinic=clinic, starts_on=first, ends_on=last, name="Holiday")


def test_the_whole_course_finds_its_target_days(course):
    proposal = proposed(course)

    assert [row.choice.day for row in proposal.choices] == CASE_1
    assert proposal.unplaced == []
    assert {row.choice.starts_at.time() for row in proposal.choices} == {time(9)}


def test_it_asks_the_calendar_as_often_for_three_visits_as_for_fifteen(patient, visit_kind, hours, location, doctor):
    counts = []
    for number in (3, 15):
        course = calendar.course(
            patient, visit_kind, intervals=[(0, 0), *[(7, 10)] * (number - 1)], practitioner=doctor, location=location
        )
        course = Course.objects.select_related("location", "clinic", "patient").get(pk=course.pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(proposed(course).choices) == number
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


def test_days_and_hours_that_the_patient_said_are_remembered_and_followed(course, patient, front_desk):
    series.wish(patient, weekdays=[3], not_before=time(15), by=front_desk, at=NOON)

    chosen = [row.choice for row in proposed(course).choices]

    assert [each.day.isoweekday() for each in chosen] == [1, 3, 3, 3, 3, 3]
    assert {each.starts_at.hour for each in chosen} == {15}


def test_the_same_wish_is_kept_once(patient, front_desk):
    first = series.wish(patient, weekdays=[3, 1], by=front_desk, at=NOON)

    assert series.wish(patient, weekdays=[1, 3], by=front_desk, at=NOON) == first
    assert series.wish(patient, weekdays=[2], by=front_desk, at=NOON) != first
    assert patient.time_wishes.newest().weekdays == [2]


def test_a_visit_for_which_nothing_is_free_says_so_and_when_something_is(course, clinic, hours, doctor):
    close(clinic, date(2025, 2, 16), date(2025, 2, 22))

    proposal = proposed(course)

    assert [(row.ordinal, row.code) for row in proposal.unplaced] == [(2, "outside_hours")]
    sentence = proposal.unplaced[0].message
    assert "closed from 17 February 2025 to 20 February 2025" in sentence
    assert "next free time is Monday 24 February 2025, 09:00" in sentence
    assert [row.ordinal for row in proposal.choices] == [1, 3, 4, 5, 6]


def test_a_full_calendar_is_not_called_closed(course, clinic, doctor, visit_kind, kind, other_patient):
    for day in (17, 18, 19, 20):
        for hour in range(9, 18):
            moment = calendar.local(date(2025, 2, day), f"{hour:02}:00")
            calendar.booked(clinic, other_patient, doctor, kind, moment)
            calendar.booked(clinic, other_patient, doctor, kind, moment + timedelta(minutes=30))

    row = proposed(course).unplaced[0]

    assert row.code == "slot_taken"
    assert row.message.startswith("Nothing is free between 17 February 2025 and 20 February 2025.")


def test_a_window_that_has_passed_is_not_stretched(course):
    later = datetime(2025, 2, 20, 11, tzinfo=MADRID)

    proposal = rules.series.propose(course, wishes=Wishes(), at=later)

    assert (proposal.rows[0].code, proposal.rows[0].choice) == ("interval_late", None)


def test_what_is_booked_stays_and_the_rest_follows_it(course, clinic, patient, doctor, visit_kind):
    first = course.visits.get(ordinal=1)
    bookings.book(
        clinic, patient=patient, kind=visit_kind, practitioner=doctor, course_visit=first,
        starts_at=calendar.local(date(2025, 2, 12), "10:00"), by=doctor.membership.user, at=NOON,
    )  # fmt: skip

    proposal = proposed(course)

    assert [row.ordinal for row in proposal.choices] == [2, 3, 4, 5, 6]
    assert proposal.choices[0].choice.day == date(2025, 2, 19)


def test_one_pinned_row_carries_the_later_ones_with_it(course, doctor, room):
    pin = Candidate(calendar.local(date(2025, 2, 20), "16:00"), doctor.pk, room.pk)

    proposal = proposed(course, from_ordinal=2, pins={2: pin})

    assert [row.ordinal for row in proposal.choices] == [2, 3, 4, 5, 6]
    assert [row.choice.day for row in proposal.choices][:2] == [date(2025, 2, 20), date(2025, 2, 27)]


def test_a_course_that_is_stopped_proposes_nothing(course, practitioner):
    courses.block(course, code="plan_paused", sentence="Wait for the swelling to go.", by=practitioner, at=NOON)

    with pytest.raises(Refused, match="swelling") as refused:
        proposed(Course.objects.get(pk=course.pk))

    assert refused.value.code == "plan_paused"


def test_all_are_booked_in_one_step(course, doctor, front_desk):
    booked = series.book(course, choices=choices_of(proposed(course), doctor), by=front_desk, at=NOON).booked

    assert [visit.starts_at.astimezone(MADRID).date() for visit in booked] == CASE_1
    assert [visit.appointment_id for visit in course.visits.order_by("ordinal")] == [each.pk for each in booked]
    assert Event.objects.about(course).kinds()[-1] == "course.booked"
    assert Event.objects.filter(kind="appointment.booked").count() == 6


def test_one_time_that_is_taken_books_none_and_is_named(course, clinic, doctor, front_desk, other_patient, kind):
    choices = choices_of(proposed(course), doctor)
    calendar.booked(clinic, other_patient, doctor, kind, choices[3]["starts_at"])

    with pytest.raises(Refused, match="Visit 4") as refused:
        series.book(course, choices=choices, by=front_desk, at=NOON)

    assert refused.value.code == "slot_taken"
    assert refused.value.extra["ordinal"] == 4
    assert refused.value.extra["alternatives"]
    assert Appointment.objects.filter(patient=course.patient).count() == 0
    assert not course.visits.filter(appointment__isnull=False).exists()
    assert not Event.objects.filter(kind="course.booked").exists()


def test_a_failure_in_the_middle_leaves_nothing(course, doctor, front_desk, monkeypatch):
    choices, real = choices_of(proposed(course), doctor), bookings.book

    def breaks(*args, **values):
        if values["course_visit"].ordinal == 5:
            raise RuntimeError("the power went")
        return real(*args, **values)

    monkeypatch.setattr("scheduling.actions.series.bookings.book", breaks)
    with pytest.raises(RuntimeError):
        series.book(course, choices=choices, by=front_desk, at=NOON)

    assert not Appointment.objects.exists()
    assert not Event.objects.filter(kind="appointment.booked").exists()


def test_windows_of_a_series_follow_its_own_choices(course, doctor, front_desk):
    choices = choices_of(proposed(course), doctor)[:2]
    choices[0]["starts_at"] = calendar.local(date(2025, 2, 14), "10:00")

    with pytest.raises(Refused, match=r"Visit 2.*21 February 2025") as refused:
        series.book(course, choices=choices, by=front_desk, at=NOON)

    assert refused.value.code == "interval_early"
    choices[1]["overrides"] = [{"code": "interval_early", "reason": "She travels"}]
    assert len(series.book(course, choices=choices, by=front_desk, at=NOON).booked) == 2


def test_the_minimum_of_a_label_refuses_in_a_series_too(patient, visit_kind, hours, location, doctor, front_desk):
    bound = calendar.course(
        patient, visit_kind, intervals=((0, 0), (30, 56)), label_bound=True, practitioner=doctor, location=location
    )
    early = [
        {"ordinal": 1, "starts_at": calendar.local(date(2025, 2, 10), "10:00"), "practitioner": doctor},
        {
            "ordinal": 2,
            "starts_at": calendar.local(date(2025, 3, 11), "10:00"),
            "practitioner": doctor,
            "overrides": [{"code": "interval_early", "reason": "x"}, {"code": "outside_window", "reason": "x"}],
        },
    ]

    with pytest.raises(Refused, match="12 March 2025") as refused:
        series.book(bound, choices=early, by=front_desk, at=NOON)

    assert refused.value.code == "outside_window"
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(("numbers", "words"), [([], "at least one"), ([1, 1], "named twice"), ([9], "no visit 9")])
def test_choices_make_sense(course, doctor, front_desk, numbers, words):
    moment = calendar.local(date(2025, 2, 10), "10:00")

    with pytest.raises(Refused, match=words):
        series.book(
            course,
            choices=[{"ordinal": n, "starts_at": moment, "practitioner": doctor} for n in numbers],
            by=front_desk,
            at=NOON,
        )


def test_two_who_book_overlapping_series_at_once_one_has_all_and_one_has_nothing(
    committed, at_once, patient, other_patient, visit_kind, hours, location, doctor, room, front_desk
):
    both = [
        calendar.course(each, visit_kind, intervals=SIX, practitioner=doctor, location=location)
        for each in (patient, other_patient)
    ]
    wanted = [choices_of(proposed(course), doctor) for course in both]
    wanted[1] = [{**choice, "starts_at": choice["starts_at"] + timedelta(minutes=15)} for choice in wanted[1]]

    results = at_once(
        lambda n: series.book(Course.objects.get(pk=both[n].pk), choices=wanted[n], by=front_desk, at=NOON), [0, 1]
    )

    won = [each for each in results if isinstance(each, Course)]
    lost = [each for each in results if isinstance(each, Refused)]
    assert [len(won), len(lost)] == [1, 1], results
    assert lost[0].code == "slot_taken"
    assert Appointment.objects.filter(patient=won[0].patient_id).count() == 6
    assert Appointment.objects.count() == 6


def test_two_clicks_at_once_book_one_series(committed, at_once, course, doctor, front_desk):
    choices = choices_of(proposed(course), doctor)

    results = at_once(lambda _n: series.book(course, choices=choices, by=front_desk, at=NOON), range(3))

    assert sum(isinstance(each, Course) for each in results) == 1
    assert {each.code for each in results if isinstance(each, Refused)} == {"already_done"}
    assert Appointment.objects.count() == 6


def test_a_cancelled_visit_is_proposed_again(course, doctor, front_desk):
    series.book(course, choices=choices_of(proposed(course), doctor), by=front_desk, at=NOON)
    last = course.visits.select_related("appointment").get(ordinal=6)
    changes.cancel(last.appointment, reason="Travels", by=front_desk, at=NOON)

    assert [(row.ordinal, row.choice.day) for row in proposed(course).choices] == [(6, CASE_1[5])]
