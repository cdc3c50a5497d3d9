"""The day at the front desk: the board, the sheet of a visit, who waits, calls, and the one way to another time."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse

from audit.models import Event
from patients.actions import tasks
from scheduling.actions import calls, changes
from scheduling.models import CallNote
from tests.factories import patients as people
from tests.factories import scheduling as calendar
from tests.factories.scheduling import MONDAY, booked, local

TEN = local(MONDAY, "10:00")
PART = {"HTTP_HX_REQUEST": "true"}
BOARD_QUERIES = 8


@pytest.fixture(autouse=True)
def that_morning():
    with time_machine.travel(local(MONDAY, "10:12"), tick=False):
        yield


@pytest.fixture
def visit(clinic, patient, doctor, kind, hours):
    return booked(clinic, patient, doctor, kind, TEN)


def board_url(query=""):
    return reverse("scheduling:day_board", args=[MONDAY]) + query


def url(name, visit):
    return reverse(f"scheduling:{name}", args=[visit.pk])


def page_of(response):
    return response.content.decode()


def test_the_board_says_who_is_late_who_waits_and_who_is_in_a_room(
    as_user, front_desk, clinic, patient, other_patient, doctor, kind, hours, room
):
    late = booked(clinic, patient, doctor, kind, TEN)
    here = booked(clinic, other_patient, doctor, kind, local(MONDAY, "09:00"))
    changes.set_status(here, status="arrived", by=front_desk, at=local(MONDAY, "08:52"))
    browser = as_user(front_desk)
    page = page_of(browser.get(board_url()))
    assert [page.index(words) for words in ("Late", "Nora Benali", "Waiting", "Paul Verne")]
    assert ">12</span> min" in page
    assert ">80</span> min" in page
    changes.set_status(here, status="in_room", by=front_desk, at=local(MONDAY, "10:02"))
    changes.set_status(late, status="arrived", by=front_desk, at=local(MONDAY, "10:12"))
    panel = page_of(browser.get(reverse("scheduling:day_waiting"), **PART))
    assert "Late" not in panel
    assert "Room 1" in panel
    assert ">10</span> min" in panel


def test_red_tasks_stand_first_on_the_board(as_user, front_desk, clinic, hours):
    tasks.add(clinic, text="Order saline", by=front_desk, at=TEN)
    tasks.add(clinic, text="Ring about a red answer", is_red=True, by=front_desk, at=TEN)
    page = page_of(as_user(front_desk).get(board_url()))
    assert page.index("Ring about a red answer") < page.index("Order saline")


@pytest.mark.parametrize("visits", [1, 16])
def test_the_board_asks_the_database_the_same_few_questions(
    as_user, front_desk, clinic, doctor, kind, hours, visits, django_assert_max_num_queries
):
    for number in range(visits):
        booked(clinic, people.register(clinic), doctor, kind, local(MONDAY, "09:00") + timedelta(minutes=30 * number))
        tasks.add(clinic, text=f"Task {number}", by=front_desk, at=TEN)
    browser = as_user(front_desk)
    browser.get(board_url())
    with django_assert_max_num_queries(BOARD_QUERIES):
        assert browser.get(board_url()).status_code == 200
    with django_assert_max_num_queries(BOARD_QUERIES):
        assert browser.get(reverse("scheduling:week_board", args=[MONDAY])).status_code == 200


def test_a_day_that_is_chosen_is_gone_to_with_all_that_was_chosen(as_user, front_desk, clinic):
    response = as_user(front_desk).get(board_url("?on=2025-02-12&by=room&off=1"))
    assert response.url == reverse("scheduling:day_board", args=["2025-02-12"]) + "?by=room&off=1"


def test_the_sheet_of_a_visit_has_its_steps_and_is_written_down_as_seen(as_user, front_desk, visit):
    page = page_of(as_user(front_desk).get(url("appointment_sheet", visit), **PART))
    assert all(words in page for words in ("Nora Benali", "Arrived", "Did not come", "Move", "Cut", "no answer"))
    assert as_user(front_desk).get(url("appointment_sheet", visit)).url == url("appointment_detail", visit)


def test_a_step_from_the_sheet_can_be_taken_back_for_ten_seconds(as_user, front_desk, visit):
    browser = as_user(front_desk)
    answer = browser.post(url("appointment_status", visit), {"status": "arrived"}, **PART)
    told = json.loads(answer["HX-Trigger"])
    assert (answer.status_code, told["visit-changed"]["visit"]) == (204, visit.pk)
    toast = told["toast"]
    assert toast["text"] == "Nora Benali: Arrived"
    browser.post(toast["undo_url"], {"status": toast["undo_status"]}, **PART)
    visit.refresh_from_db()
    assert visit.status == "booked"
    assert Event.objects.about(visit).kinds()[-2:] == ["appointment.status_changed"] * 2


def test_a_step_that_is_refused_says_so_in_the_sheet(as_user, front_desk, visit):
    answer = as_user(front_desk).post(url("appointment_status", visit), {"status": "left"}, **PART)
    assert answer.status_code == 422
    assert "cannot become" in page_of(answer)


def test_a_visit_is_moved_by_time_person_and_room(
    as_user, front_desk, clinic, location, visit, doctor, second_doctor, room
):
    calendar.open_week(location, second_doctor)
    other = calendar.room(location, "Room 2", 1)
    browser = as_user(front_desk)
    assert "2025-02-10T10:00" in page_of(browser.get(url("appointment_place", visit)))
    typed = {"starts": "2025-02-10T14:30", "practitioner": second_doctor.pk, "room": other.pk}
    moved = browser.post(url("appointment_place", visit), typed)
    assert moved.url == board_url()
    visit.refresh_from_db()
    assert (visit.starts_at, visit.practitioner, visit.room) == (local(MONDAY, "14:30"), second_doctor, other)
    event = Event.objects.about(visit).order_by("seq").last()
    assert (event.kind, event.fields) == ("appointment.moved", ["starts_at", "practitioner", "room"])


def test_only_what_changes_is_written_down(as_user, front_desk, visit, doctor):
    typed = {"starts": "2025-02-10T14:30", "practitioner": doctor.pk, "room": ""}
    answer = as_user(front_desk).post(url("appointment_place", visit), typed, **PART)
    assert (answer.status_code, json.loads(answer["HX-Trigger"])["visit-changed"]["close"]) == (204, True)
    assert Event.objects.about(visit).order_by("seq").last().fields == ["starts_at"]


def test_a_taken_time_is_said_with_what_is_free_instead(
    as_user, front_desk, clinic, other_patient, visit, doctor, kind
):
    booked(clinic, other_patient, doctor, kind, local(MONDAY, "14:00"))
    browser, typed = as_user(front_desk), {"starts": "2025-02-10T14:00", "practitioner": doctor.pk}
    refused = browser.post(url("appointment_place", visit), typed, **PART)
    assert refused.status_code == 422
    assert "Free instead" in page_of(refused)
    visit.refresh_from_db()
    assert visit.starts_at == TEN
    browser.post(url("appointment_place", visit), {**typed, "slot": f"2025-02-10T16:00|{doctor.pk}|"}, **PART)
    visit.refresh_from_db()
    assert visit.starts_at == local(MONDAY, "16:00")


def test_moving_asks_what_becomes_of_the_later_visits(as_user, front_desk, clinic, patient, doctor, visit_kind, hours):
    course = calendar.course(patient, visit_kind)
    first, second = course.visits.order_by("ordinal")[:2]
    visit = booked(clinic, patient, doctor, visit_kind, TEN + timedelta(hours=3), course_visit=first)
    later = booked(clinic, patient, doctor, visit_kind, TEN + timedelta(days=7), course_visit=second)
    browser, typed = as_user(front_desk), {"starts": "2025-02-12T10:00", "practitioner": doctor.pk}
    asked = browser.post(url("appointment_place", visit), typed, **PART)
    assert asked.status_code == 422
    assert "What becomes of the later visits?" in page_of(asked)
    choice = {"later": second.pk, f"later-{second.pk}": "unbook"}
    assert browser.post(url("appointment_place", visit), typed | choice, **PART).status_code == 204
    later.refresh_from_db()
    assert later.status == "cancelled"


@pytest.mark.parametrize("typed", ["2025-03-30T02:30", "2025-10-26T02:30"])
def test_an_hour_that_does_not_exist_or_exists_twice_is_said(as_user, front_desk, visit, doctor, typed):
    body = {"starts": typed, "practitioner": doctor.pk}
    answer = as_user(front_desk).post(url("appointment_place", visit), body)
    assert answer.status_code == 422
    assert "the clocks go" in page_of(answer)


def test_a_call_without_answer_is_noted_with_one_tap(as_user, front_desk, visit):
    answer = as_user(front_desk).post(url("call_note", visit), {"outcome": "no_answer"}, **PART)
    assert "Called, no answer" in page_of(answer)
    note = CallNote.objects.get()
    assert (note.patient_id, note.appointment, note.by, note.text) == (visit.patient_id, visit, front_desk, "")
    assert Event.objects.about(note).kinds() == ["call.noted"]
    assert "Fred Frontdesk" in page_of(as_user(front_desk).get(url("appointment_detail", visit)))


def test_a_call_that_reached_somebody_says_what_was_said(as_user, front_desk, visit):
    browser = as_user(front_desk)
    refused = browser.post(url("call_note", visit), {"outcome": "spoke"}, **PART)
    assert (refused.status_code, CallNote.objects.count()) == (422, 0)
    said = browser.post(url("call_note", visit), {"outcome": "spoke", "text": "Comes ten minutes later"})
    assert said.url == url("appointment_detail", visit)
    found = browser.get(reverse("scheduling:call_list"), {"q": "benali ten MINUTES"})
    assert "Comes ten minutes later" in page_of(found)
    assert "No call says this" in page_of(browser.get(reverse("scheduling:call_list"), {"q": "benali tomorrow"}))


def test_a_call_is_noted_and_found_through_the_api(api, front_desk, auditor, stranger, visit, other_patient):
    client, body = api(front_desk), {"patient": visit.patient_id, "appointment": visit.pk, "outcome": "spoke"}
    assert client.post("/api/v1/calls/", body).status_code == 400
    made = client.post("/api/v1/calls/", {**body, "text": "Asks for a later hour"})
    assert made.status_code == 201
    assert client.get("/api/v1/calls/", {"q": "later"}).json()["results"] == [made.json()]
    wrong = client.post("/api/v1/calls/", {**body, "patient": other_patient.pk, "text": "Asks"})
    assert (wrong.status_code, CallNote.objects.count()) == (400, 1)
    assert api(auditor).get("/api/v1/calls/").status_code == 403
    assert api(stranger).get("/api/v1/calls/").json()["results"] == []
    assert api(stranger).post("/api/v1/calls/", {**body, "text": "Asks"}).status_code == 400


def test_a_noted_call_stands(front_desk, patient):
    noted = calls.note(patient, outcome="left_message", by=front_desk, at=TEN)
    for change in (lambda: CallNote.objects.update(text="other"), lambda: CallNote.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    noted.refresh_from_db()
    assert noted.text == ""


def test_what_was_called_off_is_shown_on_the_list_when_asked_for(as_user, front_desk, visit):
    browser = as_user(front_desk)
    answer = browser.post(url("appointment_cancel", visit), {"cause": "The patient is ill", "reason": "flu"})
    assert answer.status_code == 302
    day = reverse("scheduling:day_show", args=[MONDAY])
    assert "Nora Benali" not in page_of(browser.get(day))
    assert "The patient is ill: flu" in page_of(browser.get(day, {"off": "1"}))


def test_a_time_tapped_on_the_board_is_booked_for_whoever_is_chosen(
    as_user, front_desk, clinic, patient, doctor, kind, hours, room
):
    browser, book = as_user(front_desk), reverse("scheduling:appointment_book")
    tapped = {"at": "2025-02-10T11:15", "with": doctor.pk}
    assert 'name="at" value="2025-02-10T11:15"' in page_of(browser.get(book, tapped))
    page = page_of(browser.get(book, {**tapped, "patient": patient.pk}))
    slot = f"2025-02-10T11%3A15%7C{doctor.pk}%7C"
    assert slot in page
    confirm = f"{reverse('scheduling:appointment_confirm', args=[patient.pk])}?kind={kind.pk}&slot={slot}"
    assert "11:15" in page_of(browser.get(confirm))
    by_room = browser.get(book, {"at": "2025-02-10T11:15", "in": room.pk, "patient": patient.pk})
    assert 'name="with"' in page_of(by_room)


def test_another_clinic_finds_nothing_and_the_auditor_changes_nothing(as_user, stranger, auditor, visit):
    for name in ("appointment_sheet", "appointment_place", "call_note"):
        assert as_user(stranger).get(url(name, visit), **PART).status_code == 404
    page = page_of(as_user(auditor).get(url("appointment_sheet", visit), **PART))
    assert "Benali" not in page
    assert "Arrived" not in page
    for name in ("appointment_place", "call_note"):
        assert as_user(auditor).get(url(name, visit)).status_code == 403
