"""A clinic says it in its own words: drafted, looked at, put in force; and the house notices its own silence."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, transaction
from django.urls import reverse

from messaging.models import Message, MessageTemplate
from reminders import kinds, tasks
from reminders.rules import wording
from tests.cast import NOON
from tests.factories import scheduling as calendar
from tests.factories.patients import register

DAY = date(2025, 2, 10)
MINUTE = timedelta(minutes=1)
URL = reverse("reminders:words_edit", args=["confirmation", "en"])
OWN = {
    "subject_line": "See you at {{ clinic }}",
    "text": "Booked\n\nDear {{ called }}: {{ when }} ({{ zone }}), {{ place }}\n\n{{ also }}",
    "sms": "{{ when_short }}",
}


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def visit(clinic, location, doctor, clock):
    calendar.room(location)
    calendar.open_week(location, doctor)
    patient = register(clinic, given_name="Ada", email="ada@example.org", language="en")
    sort = calendar.kind(clinic, "visit", minutes=60)
    return calendar.booked(clinic, patient, doctor, sort, calendar.local(DAY, "10:00"), at=NOON)


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("words", wording.KNOWN)
def test_the_words_of_the_house_have_no_flaws(words, language):
    said = wording.house_words(language)[words]

    assert wording.flaws_in(words, subject=said["subject"], text=said["text"], sms=said["sms"]) == []
    assert said["part" if words != "aftercare" else "text"]


def test_own_words_are_used_once_they_are_in_force(visit, clock, as_user, owner, practitioner):
    assert as_user(practitioner).post(URL, {**OWN, "publish": "1"}).status_code == 302  # drafts, may not publish
    assert MessageTemplate.objects.get().published_at is None
    page = as_user(owner).get(URL).content.decode()
    assert "See you at Test Clinic" in page
    assert as_user(owner).post(URL, {**OWN, "publish": "1"}).status_code == 302

    clock.move_to(NOON + MINUTE)
    tasks.scan()
    tasks.relay()
    [letter] = mail.outbox
    assert letter.subject == "See you at Test Clinic"
    assert "Dear Ada: Monday 10 February 2025, 10:00" in letter.body
    assert Message.objects.get().context["wording"] == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        MessageTemplate.objects.update(text="changed")


@pytest.mark.parametrize(
    ("instead", "flaw"),
    [
        ({"text": "Hello {{ diagnosis }} {{ when }} {{ zone }} {{ place }} {{ also }}"}, "diagnosis"),
        ({"text": "Hello"}, "when"),
        ({"subject_line": "Hello {{ called }}"}, "called"),
        ({"text": OWN["text"] + "{% load x %}"}, "placeholder"),
    ],
)
def test_words_with_flaws_are_not_kept(as_user, owner, instead, flaw):
    answer = as_user(owner).post(URL, {**OWN, **instead})

    assert answer.status_code == 422
    assert flaw in answer.content.decode()
    assert not MessageTemplate.objects.exists()


def test_who_may_look_and_who_may_write(as_user, front_desk, nurse, stranger, owner):
    assert as_user(front_desk).get(URL).status_code == 403
    assert as_user(front_desk).get(reverse("reminders:words_list")).status_code == 200
    assert as_user(owner).get(reverse("reminders:words_edit", args=["x", "en"])).status_code == 404
    as_user(owner).post(URL, {**OWN, "publish": "1"})
    assert "Own words" in as_user(nurse).get(reverse("reminders:words_list")).content.decode()
    assert "Own words" not in as_user(stranger).get(reverse("reminders:words_list")).content.decode()


def test_a_day_with_visits_and_nothing_sent_by_noon_is_put_before_the_owner_once(visit, clock, as_user, owner):
    clock.move_to(calendar.local(DAY, "11:59"))
    assert tasks.listen() == 0
    clock.move_to(calendar.local(DAY, "12:01"))
    assert tasks.listen() == 1
    assert tasks.listen() == 0

    [task] = visit.clinic.tasks.open()
    assert (task.role, task.is_red) == ("owner", True)
    assert "No message left the clinic today" in as_user(owner).get(task.link).content.decode()


def test_a_day_on_which_something_was_sent_is_no_worry(visit, clock):
    clock.move_to(NOON + MINUTE)
    tasks.scan()
    tasks.relay()
    type(visit).objects.update(starts_at=NOON + timedelta(hours=1), ends_at=NOON + timedelta(hours=2))
    clock.move_to(NOON + timedelta(hours=1))

    assert tasks.listen() == 0


def test_the_story_names_every_kind(visit, clock):
    clock.move_to(NOON + MINUTE)
    tasks.scan()
    tasks.relay()

    lines = kinds.story(visit, NOON + 2 * MINUTE)
    assert [str(line["label"]) for line in lines] == ["Confirmation", "Reminder"]
    assert lines[0]["message"].state == "sent"
    assert lines[1]["due_at"] == visit.starts_at - timedelta(hours=48)
