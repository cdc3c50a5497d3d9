from datetime import timedelta

import pytest
import time_machine

from scheduling.actions import changes, courses
from tests.cast import NOON
from tests.factories.scheduling import MONDAY, booked, course, kind, local, open_week, room
from tests.portal.conftest import enter
from treatments.actions import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(patient, location):
    """What Amara's first page says at noon."""
    location.phone, location.address = "+34 910 555 010", "Calle Mayor 1"
    location.save(update_fields=["phone", "address"])

    def read(at=NOON):
        with time_machine.travel(at, tick=False):
            return enter(patient).get("/portal/home/").content.decode()

    return read


def test_with_nothing_planned_the_page_says_so(home):
    page = home()
    assert "Nothing is planned yet" in page
    assert "No visit is booked" not in page


def test_the_next_visit_says_when_by_whose_clock_where_with_whom_and_whom_to_call(home, patient, doctor, location):
    room(location)
    open_week(location, doctor)
    sort = kind(patient.clinic)
    booked(patient.clinic, patient, doctor, sort, local(MONDAY + timedelta(days=7), "16:30"))
    booked(patient.clinic, patient, doctor, sort, local(MONDAY, "09:00"))

    page = home()

    assert "Monday 10 February 2025" in page
    assert ">09:00</time>" in page
    assert "by the clock in Madrid (CET)" in page
    assert "Calle Mayor 1" in page
    assert "Paula Practitioner" in page
    assert 'href="tel:+34910555010"' in page
    assert page.index("10 February") < page.index("17 February")


def test_cancelled_past_held_and_other_people_s_visits_are_not_the_next_one(
    home, patient, other_patient, doctor, location
):
    room(location)
    open_week(location, doctor)
    sort = kind(patient.clinic)
    gone = booked(patient.clinic, patient, doctor, sort, local(MONDAY, "09:00"))
    changes.cancel(gone, reason="ill", by=doctor.membership.user, at=NOON)
    booked(patient.clinic, other_patient, doctor, sort, local(MONDAY, "11:00"))

    page = home()
    assert "10 February" not in page
    assert "Nothing is planned yet" in page


def test_a_first_course_names_no_illness(home, plan):
    page = home()
    assert "0 of 6 sessions done" in page
    assert "Your first session lies ahead" in page
    assert "melasma" not in page.lower()
    assert "No visit is booked" in page


def test_mid_course_it_says_how_far_and_when_the_next_one_is_best(home, plan, practitioner):
    first = plan.planned_sessions.get(ordinal=1).visit
    courses.mark_done(first, on=NOON.date(), by=practitioner, at=NOON)

    page = home()

    assert "1 of 6 sessions done" in page
    assert "Session 2 has no date yet" in page
    assert page.count("dot-done") == 1
    assert page.count("dot-due") == 5
    assert "10 February" in page


def test_a_paused_course_says_so_without_the_reason(home, plan, practitioner):
    plans.pause(plan, reason="Suspected infection", by=practitioner, at=NOON)

    page = home()
    assert "Your course is paused" in page
    assert "infection" not in page
    assert "has no date yet" not in page


def test_a_course_that_booking_holds_back_is_paused_for_the_patient_too(home, plan, practitioner):
    courses.block(plan.course, code="open_side_effect", sentence="A nodule", url="", by=practitioner, at=NOON)

    page = home()
    assert "Your course is paused" in page
    assert "nodule" not in page


def test_a_finished_course_stays_in_sight(home, plan, practitioner):
    for planned in plan.planned_sessions.select_related("visit"):
        courses.mark_done(planned.visit, on=NOON.date(), by=practitioner, at=NOON)
    plans.complete(plan, reason="All given", by=practitioner, at=NOON)

    page = home()
    assert "6 of 6 sessions done" in page
    assert "All done" in page


def test_after_ten_minutes_only_the_visit_is_left(patient, plan, doctor, location):
    booked(patient.clinic, patient, doctor, kind(patient.clinic), local(MONDAY, "09:00"))
    with time_machine.travel(NOON, tick=False):
        phone = enter(patient)
    with time_machine.travel(NOON + timedelta(minutes=11), tick=False):
        page = phone.get("/portal/home/").content.decode()

    assert "10 February" in page
    assert "sessions done" not in page
    assert "The rest is closed" in page


def test_the_home_page_asks_as_much_for_one_plan_as_for_many(
    patient, plan, doctor, location, django_assert_max_num_queries
):
    sort = kind(patient.clinic, "control")
    for week in range(1, 4):
        booked(patient.clinic, patient, doctor, sort, local(MONDAY + timedelta(days=7 * week), "09:00"))
    course(patient, sort)
    with time_machine.travel(NOON, tick=False):
        phone = enter(patient)
        phone.get("/portal/home/")
        with django_assert_max_num_queries(22):
            phone.get("/portal/home/")
