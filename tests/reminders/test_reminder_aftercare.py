from datetime import timedelta

import time_machine
from django.core import mail

from messaging.models import Message
from patients.models import Patient
from reminders import tasks


def test_the_sheet_of_advice_is_announced_once_when_the_last_injection_is_done(ended_session, practitioner):
    Patient.objects.update(email="ada@example.org")
    ended_session.refresh_from_db()
    ended = ended_session.injection_ended_at
    with time_machine.travel(ended + timedelta(minutes=2), tick=False) as clock:
        tasks.scan()
        assert tasks.relay() == 1
        clock.move_to(ended + timedelta(hours=3))
        tasks.scan()
        assert tasks.relay() == 0

    [letter] = mail.outbox
    assert letter.subject == "After your visit to Test Clinic"
    assert "112" in letter.body
    assert Message.objects.get().context["ended_at"] == ended.isoformat()
