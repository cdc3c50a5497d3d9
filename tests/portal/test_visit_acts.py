from datetime import timedelta

import pytest
import time_machine
from icalendar import Calendar

from audit.models import Event
from patients.models import ContactConsent
from scheduling.actions import changes
from tests.cast import NOON
from tests.factories.scheduling import MONDAY, booked, kind, local, open_week, room
from tests.portal.conftest import enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(patient, doctor, location):
    """Amara's visit of next Monday at nine."""
    room(location)
    open_week(location, doctor)
    return booked(patient.clinic, patient, doctor, kind(patient.clinic), local(MONDAY, "09:00"))


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def phone(patient, noon):
    return enter(patient)


def status(visit):
    visit.refresh_from_db()
    return visit.status


def test_a_patient_says_that_they_come_once_or_twice(phone, visit, patient):
    assert "I am coming" in phone.get("/portal/home/").content.decode()
    for _ in range(2):
        assert phone.post(f"/portal/visits/{visit.pk}/confirm/").status_code == 302

    assert status(visit) == "confirmed"
    assert "You said that you come" in phone.get("/portal/home/").content.decode()
    by_patient = Event.objects.about(visit).filter(kind="appointment.confirmed_by_patient")
    assert {event.actor_id for event in by_patient} == {patient.portal_accesses.get().user_id}
    assert Event.objects.about(visit).filter(kind="appointment.status_changed").count() == 1


def test_what_was_called_off_or_has_begun_is_not_confirmed(phone, visit, practitioner):
    changes.cancel(visit, reason="ill", by=practitioner, at=NOON)
    phone.post(f"/portal/visits/{visit.pk}/confirm/")
    assert status(visit) == "cancelled"


def test_the_wish_for_another_time_is_one_task_of_the_front_desk_and_moves_nothing(phone, visit, patient):
    before = visit.starts_at
    page = phone.get(f"/portal/visits/{visit.pk}/move/").content.decode()
    assert "Or tell us what suits you" in page
    for words in ("not before ten", "again"):
        phone.post(f"/portal/visits/{visit.pk}/move/", {"days": ["tue", "thu"], "parts": ["morning"], "words": words})

    task = patient.tasks.open().get()
    assert task.text == "Asks in the portal for another time. Suits: Tuesday, Thursday; in the morning. not before ten"
    assert (task.role, task.link) == ("front_desk", f"/scheduling/visits/{visit.pk}/")
    assert status(visit) == "booked"
    assert visit.starts_at == before
    assert "You asked for another time" in phone.get("/portal/home/").content.decode()


def test_the_calendar_s_file_names_the_place_and_its_clock_and_no_treatment(phone, visit, location):
    answer = phone.get(f"/portal/visits/{visit.pk}/calendar/")
    calendar = Calendar.from_ical(answer.content)
    event = calendar.walk("VEVENT")[0]

    assert answer["Content-Type"].startswith("text/calendar")
    assert "Test Clinic" in str(event["summary"])
    assert event["dtstart"].params["TZID"] == "Europe/Madrid"
    assert event["dtstart"].dt.hour == 9
    assert str(event["uid"]).startswith(str(visit.uid))
    assert calendar.walk("VTIMEZONE")
    assert visit.kind.name not in answer.content.decode()


def test_answers_before_a_visit_count_at_once_and_a_red_one_is_a_task(phone, visit, patient):
    assert "Five short questions" in phone.get("/portal/home/").content.decode()
    answers = {"pregnancy": "yes", "infection": "no", "medicine": "Warfarin", "allergy": "", "condition": ""}
    assert phone.post(f"/portal/visits/{visit.pk}/questions/", answers).status_code == 302

    medicine = patient.medicines.get()
    assert (medicine.source, medicine.state, medicine.name) == ("patient", "unreviewed", "Warfarin")
    assert patient.conditions.get().slug == "pregnancy"
    assert patient.tasks.open().filter(kind="red_answer", is_red=True).count() == 1
    assert "Five short questions" not in phone.get("/portal/home/").content.decode()


def test_five_times_no_leave_no_task_and_no_statement(phone, visit, patient):
    phone.post(f"/portal/visits/{visit.pk}/questions/", {"pregnancy": "no", "infection": "no"})
    assert not patient.tasks.exists()
    assert not patient.conditions.exists()


def test_the_questions_wait_until_two_weeks_before(phone, patient, doctor, location):
    room(location)
    open_week(location, doctor)
    booked(patient.clinic, patient, doctor, kind(patient.clinic), local(MONDAY + timedelta(days=21), "09:00"))
    assert "Five short questions" not in phone.get("/portal/home/").content.decode()


@pytest.mark.parametrize("act", ["confirm", "move", "questions", "calendar"])
def test_another_s_visit_is_nowhere(visit, other_patient, act):
    stranger = enter(other_patient)
    for method in ("get", "post"):
        assert getattr(stranger, method)(f"/portal/visits/{visit.pk}/{act}/").status_code in (404, 405)
    assert status(visit) == "booked"


# -- wishes ------------------------------------------------------------------------------------------------------------


def test_a_patient_chooses_how_to_be_reached_and_a_no_is_kept(phone, patient):
    page = phone.get("/portal/me/wishes/").content.decode()
    assert page.count("checked") == 2  # care, by letter and call, until somebody says no
    phone.post("/portal/me/wishes/", {"care": ["email"], "follow_up": ["sms"]})

    rows = ContactConsent.objects.values_list("purpose", "channel", "withdrawn_at")
    assert {(purpose, channel, ended is None) for purpose, channel, ended in rows} == {
        ("care", "phone", False), ("follow_up", "sms", True),
    }  # fmt: skip
    count = ContactConsent.objects.count()
    phone.post("/portal/me/wishes/", {"care": ["email"], "follow_up": ["sms"]})
    assert ContactConsent.objects.count() == count


def test_a_correction_is_a_task_and_changes_no_address(phone, patient):
    email = patient.email
    phone.post("/portal/me/contact/", {"words": "New number: 600 000 000"})
    patient.refresh_from_db()
    assert patient.email == email
    assert "600 000 000" in patient.tasks.get().text


def test_after_a_year_the_address_is_asked_about_and_a_look_is_enough(patient):
    with time_machine.travel(NOON + timedelta(days=400), tick=False):
        phone = enter(patient)
        assert "still right" in phone.get("/portal/home/").content.decode()
        phone.post("/portal/me/contact/", {"words": ""})
        assert "still right" not in phone.get("/portal/home/").content.decode()
        assert not patient.tasks.exists()


def test_the_wish_to_take_a_consent_back_reaches_the_practitioner_and_the_consent_stands(
    phone, consent, patient, practitioner, other_patient
):
    before = consent.state
    address = f"/portal/consents/{consent.pk}/withdraw/"
    assert enter(other_patient).post(address).status_code == 404

    assert phone.post(address, {"words": "I am afraid"}).status_code == 302

    task = patient.tasks.get(reason_key=f"portal-withdraw:{consent.pk}")
    assert task.is_red
    assert task.assignee.user == practitioner
    assert "I am afraid" in task.text
    consent.refresh_from_db()
    assert consent.state == before


# -- the days after a session ------------------------------------------------------------------------------------------


def card(patient, days):
    with time_machine.travel(NOON + timedelta(days=days, hours=1), tick=False):
        return enter(patient).get("/portal/home/").content.decode()


def test_the_card_says_what_counts_on_each_of_eight_days(signed_session, patient):
    first, third, last = card(patient, 0), card(patient, 3), card(patient, 7)

    assert "Today, after your session" in first
    assert "for 6 hours" in first
    assert "Day 3 after your session" in third
    assert "for 6 hours" not in third
    assert "No sport" in third
    assert "No sport" not in last
    assert "No sun" in last
    assert "tinted sun cream" in last  # melasma: the pigment's own advice
    assert "when to get help" not in card(patient, 8)


def test_what_cannot_wait_stands_before_all_else(signed_session, patient):
    page = card(patient, 1)
    assert page.index("when to get help") < page.index("Day 1 after") < page.index("sessions done")
    assert "sudden loss of sight" in page
    assert "/portal/report/" in page


def test_the_card_closes_with_the_clinical_pages(signed_session, patient):
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        phone = enter(patient)
    with time_machine.travel(NOON + timedelta(hours=3), tick=False):
        assert "Today, after your session" not in phone.get("/portal/home/").content.decode()
