from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail

from messaging.models import Message, MessageState
from messaging.tasks import sweep
from patients.models import Patient
from reminders import kinds, tasks
from scheduling.actions import changes
from tests.cast import NOON
from tests.factories import scheduling as calendar
from tests.factories.patients import register

DAY = date(2025, 2, 10)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def visit(clinic, location, doctor):
    calendar.room(location)
    calendar.open_week(location, doctor)
    sort = calendar.kind(clinic, "melasma-session", minutes=60)
    patient = register(clinic, given_name="Ada", email="ada@example.org", language="en")
    return calendar.booked(clinic, patient, doctor, sort, calendar.local(DAY, "10:00"), at=NOON)


def pass_time(clock, moment):
    """Let the scan and the relay do their work at a moment."""
    clock.move_to(moment)
    tasks.scan()
    return tasks.relay()


def told():
    return [(letter.subject, letter.body) for letter in mail.outbox]


def test_a_booking_is_confirmed_once(visit, clock):
    assert pass_time(clock, NOON + MINUTE) == 1
    assert pass_time(clock, NOON + 2 * MINUTE) == 0

    [(subject, body)] = told()
    assert subject == "Your appointment at Test Clinic"
    assert "Monday 10 February 2025, 10:00 (Europe/Madrid time)" in body
    assert "Hello Ada" in body


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ["Votre rendez-vous", "lundi 10 février 2025, 10:00 (heure de Europe/Madrid)"]),
        ("es", ["Su cita", "lunes 10 febrero 2025, 10:00 (hora de Europe/Madrid)"]),
        ("pt-BR", ["Your appointment", "Monday 10 February 2025, 10:00"]),
    ],
)
def test_a_patient_is_written_to_in_their_language(visit, clock, language, words):
    Patient.objects.update(language=language)
    pass_time(clock, NOON + MINUTE)

    [letter] = mail.outbox
    [(page, _type)] = letter.alternatives
    for each in words:
        assert each in letter.subject + letter.body
        assert each in letter.subject + page
    assert f'lang="{language[:2] if language != "pt-BR" else "en"}"' in page


def test_no_mail_names_a_treatment(visit, clock, doctor):
    pass_time(clock, NOON + MINUTE)
    pass_time(clock, visit.starts_at - timedelta(hours=48))
    changes.cancel(visit, reason="Melasma flare", by=doctor.membership.user, at=visit.starts_at - timedelta(hours=40))
    pass_time(clock, visit.starts_at - timedelta(hours=39))

    assert len(mail.outbox) == 3
    for letter in mail.outbox:
        everything = (letter.subject + letter.body + letter.alternatives[0][0]).lower()
        assert "melasma" not in everything
        assert "session" not in everything


def test_a_visit_is_reminded_of_once_48_hours_before(visit, clock):
    pass_time(clock, NOON + MINUTE)
    before = visit.starts_at - timedelta(hours=48)

    assert pass_time(clock, before - MINUTE) == 0
    assert pass_time(clock, before + MINUTE) == 1
    assert pass_time(clock, before + 2 * MINUTE) == 0
    assert pass_time(clock, before + timedelta(hours=20)) == 0
    assert told()[1][0] == "Reminder: your appointment at Test Clinic"


def test_nobody_is_reminded_at_night(clinic, visit, clock, doctor):
    late = calendar.local(DAY, "22:30")
    assert kinds.after_quiet(late, "Europe/Madrid") == calendar.local(date(2025, 2, 11), "08:00")
    assert kinds.after_quiet(calendar.local(DAY, "03:00"), "Europe/Madrid") == calendar.local(DAY, "08:00")
    assert kinds.after_quiet(calendar.local(DAY, "08:00"), "Europe/Madrid") == calendar.local(DAY, "08:00")
    assert kinds.after_quiet(calendar.local(DAY, "20:59"), "Europe/Madrid") == calendar.local(DAY, "20:59")

    type(visit).objects.update(starts_at=late, ends_at=late + timedelta(hours=1))
    visit.refresh_from_db()
    Message.objects.all().delete()
    pass_time(clock, NOON + MINUTE)
    assert pass_time(clock, late - timedelta(hours=48) + MINUTE) == 0
    assert pass_time(clock, calendar.local(date(2025, 2, 9), "08:01")) == 1


def test_a_visit_booked_at_short_notice_is_confirmed_and_not_reminded_of(visit, clock):
    type(visit).objects.update(booked_at=visit.starts_at - timedelta(hours=20))
    at = visit.starts_at - timedelta(hours=20)

    assert pass_time(clock, at + MINUTE) == 1
    assert pass_time(clock, at + timedelta(hours=2)) == 0


def test_a_move_waits_three_minutes_and_is_told_once(visit, clock, practitioner):
    pass_time(clock, NOON + MINUTE)
    moved_at = NOON + timedelta(hours=1)
    changes.move(visit, starts_at=calendar.local(DAY, "11:00"), by=practitioner, at=moved_at)

    assert pass_time(clock, moved_at + MINUTE) == 0
    assert Message.objects.filter(state=MessageState.HELD).count() == 1
    assert pass_time(clock, moved_at + 4 * MINUTE) == 1
    assert pass_time(clock, moved_at + 5 * MINUTE) == 0
    subject, body = told()[1]
    assert subject == "Your appointment at Test Clinic has changed"
    assert "11:00" in body


def test_a_move_that_is_undone_within_the_pause_is_never_mentioned(visit, clock, practitioner):
    pass_time(clock, NOON + MINUTE)
    moved_at = NOON + timedelta(hours=1)
    changes.move(visit, starts_at=calendar.local(DAY, "11:00"), by=practitioner, at=moved_at)
    pass_time(clock, moved_at + MINUTE)
    changes.move(visit, starts_at=calendar.local(DAY, "10:00"), by=practitioner, at=moved_at + MINUTE)

    for minute in range(2, 12):
        assert pass_time(clock, moved_at + minute * MINUTE) == 0
    assert len(mail.outbox) == 1


def test_a_move_there_and_back_that_was_told_is_told_again(visit, clock, practitioner):
    pass_time(clock, NOON + MINUTE)
    for hours, hour in ((1, "11:00"), (2, "10:00")):
        at = NOON + timedelta(hours=hours)
        changes.move(visit, starts_at=calendar.local(DAY, hour), by=practitioner, at=at)
        pass_time(clock, at + MINUTE)
        assert pass_time(clock, at + 4 * MINUTE) == 1
    assert "10:00" in told()[2][1]


def test_a_move_before_the_confirmation_left_is_one_confirmation_of_the_new_time(visit, clock, practitioner):
    tasks.scan()
    changes.move(visit, starts_at=calendar.local(DAY, "11:00"), by=practitioner, at=NOON + MINUTE)
    pass_time(clock, NOON + 2 * MINUTE)
    pass_time(clock, NOON + 3 * MINUTE)

    [(subject, body)] = told()
    assert subject == "Your appointment at Test Clinic"
    assert "11:00" in body


def test_a_reminder_of_a_time_that_no_longer_holds_is_not_sent(visit, clock, practitioner):
    pass_time(clock, NOON + MINUTE)
    before = visit.starts_at - timedelta(hours=48)
    clock.move_to(before + MINUTE)
    tasks.scan()
    changes.cancel(visit, reason="ill", by=practitioner, at=before + MINUTE)

    assert tasks.relay() == 0
    reminder = Message.objects.get(kind="reminder")
    assert (reminder.state, reminder.state_reason) == (MessageState.SUPPRESSED, "The visit was cancelled.")
    assert pass_time(clock, before + 5 * MINUTE) == 1
    assert told()[-1][0] == "Your appointment at Test Clinic is cancelled"
    assert pass_time(clock, before + 6 * MINUTE) == 0


def test_a_moved_visit_is_reminded_of_at_its_new_time(visit, clock, practitioner):
    pass_time(clock, NOON + MINUTE)
    before = visit.starts_at - timedelta(hours=48)
    pass_time(clock, before + MINUTE)
    there = calendar.local(date(2025, 2, 14), "10:00")
    changes.move(visit, starts_at=there, by=practitioner, at=before + 2 * MINUTE)
    pass_time(clock, before + 3 * MINUTE)
    pass_time(clock, before + 6 * MINUTE)
    assert pass_time(clock, there - timedelta(hours=48) + MINUTE) == 1

    assert Message.objects.filter(kind="reminder", state=MessageState.SENT).count() == 2


def test_who_has_no_address_is_not_written_to_and_the_story_says_why(visit, clock):
    Patient.objects.update(email="")

    assert pass_time(clock, NOON + MINUTE) == 0
    visit.patient.refresh_from_db()
    [line] = kinds.story(visit, NOON)
    assert "no e-mail address" in line["reason"]


def test_an_address_that_refused_is_not_tried_every_minute(visit, clock, owner):
    from messaging.actions import opt_outs

    opt_outs.record(visit.clinic, channel="email", recipient="ada@example.org", by=owner, at=NOON)
    for minute in range(1, 6):
        assert pass_time(clock, NOON + minute * MINUTE) == 0

    assert Message.objects.count() == 1


def test_a_message_in_doubt_is_not_followed_by_a_second_one(visit, clock, owner):
    from messaging.actions import outbox

    tasks.scan()
    outbox.claim(Message.objects.get(), worker="dead:1", by=owner, at=NOON)
    clock.move_to(NOON + 5 * MINUTE)
    assert sweep(NOON + 5 * MINUTE) == 1

    assert pass_time(clock, NOON + 6 * MINUTE) == 0
    assert Message.objects.get().state == MessageState.UNKNOWN


def test_ten_scans_at_once_find_each_reason_once(committed, visit, clock, at_once):
    at_once(lambda _n: tasks.scan(), range(10))

    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    "day",
    [date(2025, 3, 31), date(2025, 10, 27)],  # the reminder's two days cross a change of clocks
)
def test_a_reminder_comes_once_across_a_change_of_clocks(visit, clock, day):
    start = datetime.combine(day, time(10), tzinfo=ZoneInfo("Europe/Madrid"))
    type(visit).objects.update(starts_at=start, ends_at=start + timedelta(hours=1))
    Message.objects.all().delete()
    sent = 0
    for hours in range(60, 0, -1):
        sent += pass_time(clock, start - timedelta(hours=hours) + MINUTE)

    assert sent == 1
    assert "10:00" in told()[0][1]


def test_a_scan_asks_the_database_the_same_for_one_visit_and_for_twenty(
    clinic, visit, clock, doctor, django_assert_max_num_queries
):
    at = NOON + MINUTE
    pass_time(clock, at)
    with django_assert_max_num_queries(8) as one:
        list(kinds.due(clinic, at))
    sort = calendar.kind(clinic, "other", minutes=10)
    for hour in range(11, 14):
        for minute in range(0, 60, 10):
            start = calendar.local(DAY, f"{hour}:{minute:02}")
            calendar.booked(clinic, register(clinic, email="x@example.org"), doctor, sort, start, at=NOON)
    with django_assert_max_num_queries(len(one)):
        assert len(list(kinds.due(clinic, at))) == 18


def test_the_story_of_a_visit(visit, clock, as_user, front_desk, stranger):
    from django.urls import reverse

    pass_time(clock, NOON + MINUTE)
    url = reverse("reminders:appointment_story", args=[visit.pk])
    page = as_user(front_desk).get(url).content.decode()

    assert "ada@example.org" in page
    assert "will be sent" in page
    assert as_user(stranger).get(url).status_code == 404
    part = as_user(front_desk).get(url, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part
    assert "will be sent" in part


def test_the_machine_s_door_tells_the_messages_of_a_visit(visit, clock, api, nurse, stranger):
    pass_time(clock, NOON + MINUTE)
    [found] = api(nurse).get(f"/api/v1/messages/?appointment={visit.pk}").json()["results"]

    assert (found["kind"], found["state"], found["subject"]) == ("confirmation", "sent", visit.pk)
    assert "body" not in str(found)
    assert api(nurse).get("/api/v1/messages/?appointment=999999").json()["results"] == []
    assert api(stranger).get("/api/v1/messages/").json()["results"] == []
    assert api(nurse).get("/api/v1/messages/?appointment=x").status_code == 400
