"""The pages of the calendar: the list of the day, booking a time, moving and cancelling, the owner's set-up."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from audit.models import Event
from scheduling.models import Appointment, AppointmentKind, Closure, Room, WorkingHours
from tests.factories import patients as people
from tests.factories import scheduling as calendar
from tests.factories.scheduling import MONDAY, booked, local

TEN = local(MONDAY, "10:00")
DAY_QUERIES, PAGE_QUERIES = 8, 18


@pytest.fixture(autouse=True)
def early_that_monday():
    with time_machine.travel(local(MONDAY, "08:00"), tick=False):
        yield


def day_url(day=MONDAY, query=""):
    return reverse("scheduling:day_show", args=[day]) + query


def slot(at: datetime, doctor, room=None):
    return f"{at.isoformat()}|{doctor.pk}|{room.pk if room else ''}"


def test_the_start_of_the_calendar_is_today_at_the_clinic(as_user, front_desk, clinic):
    response = as_user(front_desk).get(reverse("scheduling:day_today"))
    assert response.url == reverse("scheduling:day_board", args=[MONDAY])


def test_the_list_of_the_day_shows_the_visits_in_order(as_user, front_desk, clinic, patient, doctor, kind, hours, room):
    booked(clinic, patient, doctor, kind, TEN)
    booked(clinic, people.register(clinic, given_name="Zoe"), doctor, kind, local(MONDAY, "09:00"))
    booked(clinic, people.register(clinic, given_name="Tom"), doctor, kind, TEN + timedelta(days=1))
    page = as_user(front_desk).get(day_url()).content.decode()
    assert page.index("Zoe") < page.index("Nora Benali")
    assert "Tom" not in page
    assert "Europe/Madrid" in page
    for grouping in ("practitioner", "room"):
        assert "Nora Benali" in as_user(front_desk).get(day_url(query=f"?by={grouping}")).content.decode()


@pytest.mark.parametrize("visits", [1, 16])
def test_the_list_of_the_day_asks_the_database_the_same_few_questions(
    as_user, front_desk, clinic, doctor, kind, hours, visits, django_assert_max_num_queries
):
    for number in range(visits):
        booked(clinic, people.register(clinic), doctor, kind, local(MONDAY, "09:00") + timedelta(minutes=30 * number))
    browser = as_user(front_desk)
    browser.get(day_url())
    with django_assert_max_num_queries(DAY_QUERIES):
        assert browser.get(day_url()).content.count(b"visit-line ") == visits


def test_one_tap_takes_a_visit_on_and_undo_takes_it_back(as_user, front_desk, clinic, patient, doctor, kind, hours):
    visit = booked(clinic, patient, doctor, kind, TEN)
    browser, url = as_user(front_desk), reverse("scheduling:appointment_status", args=[visit.pk])
    for status in ("arrived", "in_room", "done", "in_room"):
        assert browser.post(url, {"status": status, "next": day_url()}).url == day_url()
        visit.refresh_from_db()
        assert visit.status == status
    page = browser.post(url, {"status": "left", "next": day_url()}, follow=True).content.decode()
    assert "cannot become" in page


def test_the_auditor_sees_numbers_and_no_names(as_user, auditor, clinic, patient, doctor, kind, hours):
    visit = booked(clinic, patient, doctor, kind, TEN, note="Likes the window")
    browser = as_user(auditor)
    for url in (day_url(), reverse("scheduling:appointment_detail", args=[visit.pk])):
        page = browser.get(url).content.decode()
        assert patient.number in page
        assert "Nora" not in page
        assert "window" not in page
    assert browser.get(reverse("scheduling:appointment_book")).status_code == 403


def test_another_clinic_finds_nothing(as_user, stranger, clinic, patient, doctor, kind, hours):
    visit = booked(clinic, patient, doctor, kind, TEN)
    browser = as_user(stranger)
    for name in ("appointment_detail", "appointment_move", "appointment_cancel", "appointment_status"):
        assert browser.get(reverse(f"scheduling:{name}", args=[visit.pk])).status_code == 404
    for name in ("appointment_time", "appointment_confirm", "patient_visits"):
        url = reverse(f"scheduling:{name}", args=[patient.pk])
        assert browser.get(f"{url}?kind={kind.pk}&slot={slot(TEN, doctor)}").status_code == 404


def test_nobody_logged_in_is_sent_to_log_in(client, clinic):
    assert "login" in client.get(day_url()).url


def test_a_visit_is_booked_from_patient_to_time(as_user, front_desk, clinic, patient, doctor, kind, hours, room):
    browser = as_user(front_desk)
    assert b"Patient" in browser.get(reverse("scheduling:appointment_book")).content
    what = browser.get(reverse("scheduling:appointment_book"), {"patient": patient.pk}).content.decode()
    time_url = reverse("scheduling:appointment_time", args=[patient.pk]) + f"?kind={kind.pk}"
    assert time_url in what

    times = browser.get(time_url).content.decode()
    value = slot(TEN.astimezone(tz=None), doctor, room)
    shown = re.findall(r"(\d\d:\d\d)(?:<small>[^<]*</small>)?</button>", times)
    assert shown[0] == "09:00"  # the clock of the clinic, not that of the server
    assert "17:30" in shown
    assert "17:45" not in shown
    assert "Morning" in times
    assert "Europe/Madrid" in times

    url = reverse("scheduling:appointment_confirm", args=[patient.pk]) + f"?kind={kind.pk}"
    confirm = browser.get(f"{url}&slot={value.replace('+', '%2B')}")
    assert b"Book for Nora Benali" in confirm.content
    assert b'name="reason"' not in confirm.content
    response = browser.post(url, {"slot": value, "note": "First visit"})
    visit = Appointment.objects.get()
    assert response.url == reverse("scheduling:appointment_detail", args=[visit.pk])
    assert (visit.starts_at, visit.note, visit.booked_by) == (TEN, "First visit", front_desk)
    assert b"Nora Benali" in browser.get(response.url).content


def test_a_time_that_was_taken_meanwhile_gives_others_and_keeps_what_was_typed(
    as_user, front_desk, clinic, patient, other_patient, doctor, kind, hours, room
):
    booked(clinic, other_patient, doctor, kind, TEN)
    url = reverse("scheduling:appointment_confirm", args=[patient.pk]) + f"?kind={kind.pk}"
    response = as_user(front_desk).post(url, {"slot": slot(TEN, doctor, room), "note": "Needs the lift"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "is busy at this time" in page
    assert "Needs the lift" in page
    assert "Free instead" in page
    assert "Mon 10 Feb, 10:30" in page
    offered = page.split('name="slot" value="')[1:]
    free = next(part.split('"')[0] for part in offered if "T10:30" in part or "T09:30" in part)
    assert as_user(front_desk).post(url, {"slot": free, "note": "Needs the lift"}).status_code == 302


def test_the_reason_is_asked_where_a_finding_wants_one(as_user, front_desk, clinic, patient, doctor, visit_kind, hours):
    course = calendar.course(patient, visit_kind, intervals=((0, 0), (7, 10)))
    first, second = course.visits.order_by("ordinal")
    booked(clinic, patient, doctor, visit_kind, TEN, course_visit=first)
    browser, early = as_user(front_desk), TEN + timedelta(days=3)
    what = browser.get(reverse("scheduling:appointment_book"), {"patient": patient.pk}).content.decode()
    assert "Visit 2 of 2" in what

    url = reverse("scheduling:appointment_confirm", args=[patient.pk]) + f"?visit={second.pk}"
    value = slot(early, doctor)
    assert b'name="reason"' in browser.get(f"{url}&slot={value.replace('+', '%2B')}").content
    refused = browser.post(url, {"slot": value})
    assert refused.status_code == 422
    assert b"17 February 2025" in refused.content
    assert browser.post(url, {"slot": value, "reason": "Travels for work"}).status_code == 302
    second.refresh_from_db()
    assert second.appointment.overrides.get().reason == "Travels for work"


def test_a_time_typed_by_hand_that_does_not_exist_is_said(as_user, front_desk, clinic, patient, doctor, kind):
    url = reverse("scheduling:appointment_time", args=[patient.pk])
    asked = {"kind": kind.pk, "practitioner": doctor.pk, "typed": "2025-03-30T02:30"}
    response = as_user(front_desk).get(url, asked)
    assert response.status_code == 422
    assert b"does not exist in Europe/Madrid" in response.content


def test_moving_a_visit_asks_what_becomes_of_the_later_ones(
    as_user, front_desk, clinic, patient, doctor, visit_kind, hours
):
    course = calendar.course(patient, visit_kind)
    first, second, _third = course.visits.order_by("ordinal")
    one = booked(clinic, patient, doctor, visit_kind, TEN, course_visit=first)
    two = booked(clinic, patient, doctor, visit_kind, TEN + timedelta(days=7), course_visit=second)
    browser, url = as_user(front_desk), reverse("scheduling:appointment_move", args=[one.pk])
    assert b"Move the visit" in browser.get(url).content

    target = TEN + timedelta(days=4)
    refused = browser.post(url, {"slot": slot(target, doctor)})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "What becomes of the later visits?" in page
    assert "Friday 21 February 2025, 10:00" in page
    moved_to = page.split(f'name="later-{second.pk}-starts_at" value="')[1].split('"')[0]
    choice = {"later": second.pk, f"later-{second.pk}": "move", f"later-{second.pk}-starts_at": moved_to}
    assert browser.post(url, {"slot": slot(target, doctor), **choice}).status_code == 302
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.starts_at, two.starts_at) == (target, TEN + timedelta(days=11))


def test_cancelling_needs_a_reason(as_user, front_desk, clinic, patient, doctor, kind, hours):
    visit = booked(clinic, patient, doctor, kind, TEN)
    browser, url = as_user(front_desk), reverse("scheduling:appointment_cancel", args=[visit.pk])
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"reason": ""}).status_code == 422
    assert browser.post(url, {"reason": "ill"}).status_code == 302
    visit.refresh_from_db()
    assert (visit.status, visit.cancel_reason) == ("cancelled", "ill")
    assert Event.objects.about(visit).kinds()[-1] == "appointment.cancelled"
    page = browser.get(reverse("scheduling:appointment_detail", args=[visit.pk])).content.decode()
    assert "Undo" in page


def test_the_visits_of_a_patient_stand_in_their_chart(as_user, front_desk, clinic, patient, doctor, kind, hours):
    booked(clinic, patient, doctor, kind, TEN)
    assert b"10 Feb 2025, 10:00" in as_user(front_desk).get(
        reverse("scheduling:patient_visits", args=[patient.pk])
    ).content  # fmt: skip


@pytest.mark.parametrize("name", ["appointment_time", "appointment_move", "appointment_detail", "patient_visits"])
def test_pages_around_a_visit_stay_within_their_queries(
    as_user, front_desk, clinic, patient, doctor, kind, hours, name, django_assert_max_num_queries
):
    visit = booked(clinic, patient, doctor, kind, TEN)
    pk = visit.pk if name in ("appointment_move", "appointment_detail") else patient.pk
    browser, url = as_user(front_desk), reverse(f"scheduling:{name}", args=[pk]) + f"?kind={kind.pk}"
    browser.get(url)
    with django_assert_max_num_queries(PAGE_QUERIES):
        assert browser.get(url).status_code == 200


def test_the_owner_sets_the_calendar_up(as_user, owner, clinic, location, doctor):
    browser = as_user(owner)
    add = {
        "room_add": {"name": "Room A", "location": location.pk, "position": 0},
        "kind_add": {
            "name": "Check-up", "minutes": 20, "buffer_before_minutes": 0, "buffer_after_minutes": 5,
            "needs_room": "on", "position": 0,
        },
        "hours_add": {
            "location": location.pk, "practitioner": doctor.pk, "weekdays": [1, 2], "starts": "09:00",
            "ends": "13:00", "valid_from": "2025-01-01",
        },
        "exception_add": {"kind": "off", "day": "2025-02-14", "practitioner": doctor.pk, "reason": "Course"},
        "closure_add": {"name": "Carnival", "starts_on": "2025-03-03", "ends_on": "2025-03-04"},
    }  # fmt: skip
    for name, typed in add.items():
        url = reverse(f"scheduling:{name}")
        assert browser.get(url).status_code == 200
        assert browser.post(url, {"idempotency_key": "empty"}).status_code == 422
        assert browser.post(url, typed).status_code == 302, name
    page = browser.get(reverse("scheduling:calendar_show")).content.decode()
    assert all(word in page for word in ("Room A", "Check-up", "Monday", "Carnival", "Course"))
    assert WorkingHours.objects.count() == 2

    kind, room = AppointmentKind.objects.get(), Room.objects.get()
    edited = {**add["kind_add"], "minutes": 25, "rooms": [room.pk], "is_active": "on"}
    assert browser.post(reverse("scheduling:kind_edit", args=[kind.pk]), edited).status_code == 302
    kind.refresh_from_db()
    assert (kind.minutes, list(kind.rooms.all())) == (25, [room])
    closing = reverse("scheduling:closure_remove", args=[Closure.objects.get().pk])
    assert browser.post(closing).status_code == 302
    assert not Closure.objects.exists()
    assert browser.post(reverse("scheduling:hours_end", args=[WorkingHours.objects.first().pk])).status_code == 302


def test_only_the_owner_sets_the_calendar_up(as_user, practitioner, nurse, front_desk, auditor):
    for user in (practitioner, nurse, front_desk, auditor):
        assert as_user(user).get(reverse("scheduling:calendar_show")).status_code == 403
