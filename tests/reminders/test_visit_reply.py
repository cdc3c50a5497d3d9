"""Links in messages: looking changes nothing, an answer acts, and each ends when its reason ends."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from icalendar import Calendar

from messaging.models import Message, MessageState, OptOut
from patients.models import Patient, PortalLink
from reminders import tasks
from reminders.rules import links
from safety.models import CheckIn
from safety.rules import links as report_links
from scheduling.actions import changes
from tests.cast import NOON
from tests.factories import scheduling as calendar
from tests.factories.patients import register
from tests.factories.safety import days

DAY = date(2025, 2, 10)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def visit(clinic, location, doctor, clock):
    clinic.email = "desk@example.org"
    clinic.save(update_fields=["email"])
    calendar.room(location)
    calendar.open_week(location, doctor)
    patient = register(clinic, given_name="Ada", email="ada@example.org", language="en", phone="+34600000001")
    sort = calendar.kind(clinic, "visit", minutes=60)
    return calendar.booked(clinic, patient, doctor, sort, calendar.local(DAY, "10:00"), at=NOON)


def look(clock, moment):
    clock.move_to(moment)
    tasks.scan()
    return tasks.relay()


def page_of(visit):
    address = links.address_of(visit)
    return address[address.index("/portal/") :]


@pytest.fixture
def reminded(visit, clock):
    look(clock, NOON + MINUTE)
    look(clock, visit.starts_at - timedelta(hours=48))
    return visit


def test_the_reminder_asks_whether_the_patient_comes_and_the_outbox_does_not_know_the_address(reminded):
    letter, message = mail.outbox[-1], Message.objects.get(kind="reminder")
    secret = links.secret_of(reminded)

    assert len(secret) == 22  # 128 bits
    assert secret in letter.body
    assert secret in letter.alternatives[0][0]
    assert secret not in message.body_text + message.body_html + str(message.context)
    assert not PortalLink.objects.filter(token_sha256=secret).exists()
    assert "link.invalid" not in letter.body + letter.alternatives[0][0]


def test_looking_changes_nothing_and_yes_confirms(reminded):
    phone = Client()
    assert "Will you come?" in phone.get(page_of(reminded)).content.decode()
    reminded.refresh_from_db()
    assert reminded.status == "booked"

    answer = phone.post(page_of(reminded), {"answer": "yes"}, follow=True)

    reminded.refresh_from_db()
    assert reminded.status == "confirmed"
    assert "we expect you" in answer.content.decode()
    assert phone.post(page_of(reminded), {"answer": "yes"}).status_code == 302  # said twice, it stands once
    assert phone.post(page_of(reminded), {"answer": "x"}).status_code == 200


def test_i_cannot_come_is_a_task_and_a_number_and_the_visit_stands(reminded, clinic):
    clinic.phone = "+34910000000"
    clinic.save(update_fields=["phone"])
    page = Client().post(page_of(reminded), {"answer": "no"}, follow=True).content.decode()
    Client().post(page_of(reminded), {"answer": "no"})

    [task] = clinic.tasks.open().filter(reason_key=f"cannot-come:{reminded.pk}")
    assert (task.role, task.patient) == ("front_desk", reminded.patient)
    assert "tel:" in page
    reminded.refresh_from_db()
    assert reminded.status == "booked"


def test_a_link_ends_with_its_visit_and_with_a_move(reminded, clock, practitioner):
    before = page_of(reminded)
    changes.move(reminded, starts_at=calendar.local(DAY, "12:00"), by=practitioner, at=reminded.starts_at - MINUTE)
    assert "another time now" in Client().get(before).content.decode()
    assert Client().post(before, {"answer": "yes"}).status_code == 404

    clock.move_to(reminded.starts_at + MINUTE)
    assert Client().get(before).status_code == 404
    assert Client().get("/portal/visit/AAAAAAAAAAAAAAAAAAAAAA/").status_code == 404


def calendar_in(letter):
    [(_name, content, mimetype)] = [each for each in letter.attachments if each[0].endswith(".ics")]
    parsed = Calendar.from_ical(content)
    [event] = parsed.walk("VEVENT")
    return parsed, event, mimetype


def test_a_booking_comes_with_a_calendar_file_that_follows_the_visit(visit, clock, practitioner):
    look(clock, NOON + MINUTE)
    first, event, mimetype = calendar_in(mail.outbox[-1])
    assert str(first["method"]) == "REQUEST"
    assert "method=REQUEST" in mimetype
    assert str(event["summary"]) == "Appointment at Test Clinic"
    assert event.decoded("dtstart") == visit.starts_at
    assert list(first.walk("VTIMEZONE"))
    assert "visit" not in str(event["summary"]).lower()
    assert not Message.objects.filter(body_text__contains="BEGIN:VCALENDAR").exists()

    at = NOON + timedelta(hours=1)
    changes.move(visit, starts_at=calendar.local(DAY, "11:00"), by=practitioner, at=at)
    look(clock, at + MINUTE)
    look(clock, at + 4 * MINUTE)
    _moved, second, _mimetype = calendar_in(mail.outbox[-1])
    visit.refresh_from_db()
    changes.cancel(visit, reason="ill", by=practitioner, at=at + 10 * MINUTE)
    look(clock, at + 11 * MINUTE)
    look(clock, at + 14 * MINUTE)
    off, third, _mimetype = calendar_in(mail.outbox[-1])

    assert len({str(each["uid"]) for each in (event, second, third)}) == 1
    assert int(event["sequence"]) < int(second["sequence"]) < int(third["sequence"])
    assert (str(off["method"]), str(third["status"])) == ("CANCEL", "CANCELLED")


def test_a_patient_chooses_which_messages_come(visit, clock):
    look(clock, NOON + MINUTE)
    [letter] = mail.outbox
    address = letter.extra_headers["List-Unsubscribe"].strip("<>")
    page = address[address.index("/portal/") :]
    assert address in letter.body

    Patient.objects.update(language="fr")
    assert "Moins de messages" in Client().get(page).content.decode()
    Patient.objects.update(language="en")
    assert not OptOut.objects.exists()
    assert Client().post(page, {"kinds": ["reminder"]}).status_code == 200
    look(clock, visit.starts_at - timedelta(hours=48))

    message = Message.objects.get(kind="reminder")
    assert (message.state, message.state_reason) == (
        MessageState.SUPPRESSED,
        "This address asked not to receive such messages.",
    )
    assert Client().post(page, {"kinds": []}).status_code == 200
    assert not OptOut.objects.standing().exists()
    assert Client().get("/portal/stop/forged/").status_code == 404


def test_all_is_well_is_one_tap_and_something_wrong_leads_to_the_report(signed_session, clock):
    address = report_links.address_of(signed_session).replace("/tell/", "/check/") + "1/"
    page = address[address.index("/portal/") :]
    signed_session.patient.email = "amara@example.org"
    signed_session.patient.save(update_fields=["email"])
    look(clock, days(0, hours=1))
    assert Client().post(page).status_code == 422  # not before it was asked
    look(clock, calendar.local(days(1).date(), "10:00"))
    asked = Message.objects.get(kind="check_in")
    assert asked.state == MessageState.SENT
    assert address in mail.outbox[-1].body

    shown = Client().get(page).content.decode()
    assert "/portal/tell/" in shown
    assert not CheckIn.objects.exists()
    assert Client().post(page).status_code == 302
    assert Client().post(page).status_code == 302
    assert CheckIn.objects.get().session == signed_session
    assert "all is well" in Client().get(page).content.decode()
    assert Client().post(page.replace("/1/", "/5/")).status_code == 422
