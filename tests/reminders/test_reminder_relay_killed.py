import os
import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from messaging.models import Message, MessageState
from reminders import kinds
from tests.cast import NOON
from tests.factories import rows
from tests.factories.messages import queue

COUNT = 12
HELD_LETTER = 5


@pytest.fixture
def batch(committed, clinic, doctor):
    """Reminders that are due, of visits that still hold."""
    first = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=6)
    for n in range(COUNT):
        patient = rows.patient(clinic, email=f"patient{n}@example.org")
        visit = rows.appointment(clinic, doctor, first + timedelta(hours=n), patient=patient)
        queue(patient, subject=visit, kind="reminder", context=kinds.facts_of(visit), due_at=NOON)
    return Message.objects.all()


def states():
    return list(Message.objects.values_list("state", flat=True))


@pytest.mark.parametrize("victim", ["worker", "pool process"])
def test_a_worker_killed_in_the_middle_of_a_batch_sends_no_reminder_twice(batch, workers, post, eventually, victim):
    post.hold_at = HELD_LETTER
    worker = workers.start()
    workers.ask("reminders.tasks.relay")
    assert post.holding.wait(60), "the batch did not begin"
    if victim == "worker":
        workers.kill(worker)
    else:
        os.kill(workers.pool_process(worker), signal.SIGKILL)
    post.go_on.set()

    eventually(lambda: states().count(MessageState.SENT) == HELD_LETTER - 1 or victim != "worker")
    [doubtful] = batch.filter(state=MessageState.CLAIMED)[:1]
    if victim == "worker":
        workers.start()
    workers.ask("reminders.tasks.relay")
    eventually(lambda: states().count(MessageState.SENT) == COUNT - 1, what="the rest was not sent")

    batch.filter(pk=doubtful.pk).update(claimed_at=timezone.now() - timedelta(minutes=2))  # time passes
    workers.ask("messaging.tasks.relay")
    eventually(lambda: MessageState.UNKNOWN in states(), what="nobody noticed what is in doubt")
    workers.ask("reminders.tasks.relay")
    workers.ask("messaging.tasks.relay")
    workers.ask("reminders.tasks.scan")
    eventually(lambda: workers.nothing_left(lost=1), what="the queue did not empty")

    doubtful.refresh_from_db()
    assert doubtful.state == MessageState.UNKNOWN
    assert doubtful.clinic.tasks.open().filter(kind="message_in_doubt", patient=doubtful.patient).count() == 1
    assert set(post.received.values()) == {1}
    assert len(post.received) == COUNT
    assert post.received[doubtful.recipient] == 1  # it had been taken, and is not sent again by itself


def test_a_letter_arrives_whole(batch, workers, post, eventually):
    Message.objects.exclude(pk=batch.first().pk).delete()
    Message.objects.update(subject_line="Rappel : à bientôt", body_text="Bonjour Zoë,\n", body_html="<p>Zoë</p>")
    workers.start()
    workers.ask("reminders.tasks.relay")
    eventually(lambda: states() == [MessageState.SENT])

    [(_recipient, letter)] = post.letters
    text, page = letter.get_payload()
    assert str(letter["Message-ID"]) == Message.objects.get().provider_id
    assert text.get_payload(decode=True).decode().split()[:2] == ["Bonjour", "Zoë,"]
    assert page.get_content_type() == "text/html"
