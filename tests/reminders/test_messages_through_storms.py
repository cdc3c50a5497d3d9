"""A thousand messages, four relays, two beats, a kill every two seconds, Redis emptied, a mail server that misbehaves.

Every message is attempted, none goes out twice, and one of which nobody knows is shown as such; none is sent about a
visit that was moved or cancelled, nor to an address that refused it.
"""

import os
import random
import signal
import sys
import time
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone
from redis import Redis

from clinic.embedded.postgres import APP
from clinic.embedded.processes import start_child
from clinic.mailbox import free_port
from clinic.testing import ROOT, TEST_CLUSTER, TEST_DATABASE
from messaging.models import Message, MessageState, OptOut
from patients.models import Patient
from reminders import kinds
from scheduling.models import Appointment
from tests.cast import NOON
from tests.factories import rows
from tests.factories.messages import queue

COUNT = 1000
MOVED, CANCELLED, REFUSED = slice(0, 20), slice(20, 40), slice(40, 60)
KEPT_BACK = 60
LONGEST_SECONDS = 240
STORM_KILLS = 20
WAITING = [MessageState.QUEUED, MessageState.HELD, MessageState.CLAIMED]


class BadPost:
    """A mail server that first refuses, then hangs up once on a letter that it has taken, then works."""

    def __init__(self):
        self.received, self.refused, self.dropped, self.is_up = [], 0, None, False
        self.port = free_port(0)

    async def handle_DATA(self, server, session, envelope):
        if not self.is_up:
            self.refused += 1
            return "451 Come back later"
        self.received.append(envelope.rcpt_tos[0])
        if self.dropped is None:
            self.dropped = envelope.rcpt_tos[0]
            server.transport.abort()
        return "250 Taken"


@pytest.fixture
def post():
    handler = BadPost()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, ready_timeout=10)
    controller.start()
    yield handler
    controller.stop()


def copies(made, **lists):
    """Write many rows like one that exists, each with its own values."""
    model = type(made)
    names = [field.attname for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
    like = {name: getattr(made, name) for name in names}
    many = [model(**{**like, **dict(zip(lists, values, strict=True))}) for values in zip(*lists.values(), strict=True)]
    return model.objects.bulk_create(many)


@pytest.fixture
def reminders_of_a_thousand(committed, clinic, doctor, owner):
    """Reminders that are due; meanwhile some visits were moved or cancelled, and some addresses refused."""
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=30)
    ada = rows.patient(clinic, email="ada@example.org")
    visit = rows.appointment(clinic, doctor, start, patient=ada)
    Appointment.objects.filter(pk=visit.pk).update(
        practitioner_busy=(), room_busy=(), device_busy=(), patient_busy=(), room=None
    )
    visit.refresh_from_db()
    message = queue(ada, subject=visit, kind="reminder", context=kinds.facts_of(visit), due_at=NOON)
    emails = [f"p{n}@example.org" for n in range(COUNT - 1)]
    people = copies(ada, email=emails, number=[f"S-{n}" for n in range(COUNT - 1)])
    visits = copies(visit, patient_id=[each.pk for each in people], uid=[uuid.uuid4() for _ in people])
    copies(
        message,
        patient_id=[each.pk for each in people],
        subject_id=[each.pk for each in visits],
        recipient=emails,
    )
    Appointment.objects.filter(pk__in=[each.pk for each in visits[MOVED]]).update(
        starts_at=start + timedelta(days=5), ends_at=start + timedelta(days=5, hours=1), sequence=1
    )
    Appointment.objects.filter(pk__in=[each.pk for each in visits[CANCELLED]]).update(
        status="cancelled", cancel_reason="ill", sequence=1
    )
    OptOut.objects.bulk_create(
        OptOut(clinic=clinic, patient_id=each.pk, channel="email", recipient=each.email, at=NOON, by=owner)
        for each in people[REFUSED]
    )
    return {each.email for part in (MOVED, CANCELLED, REFUSED) for each in people[part]}


class Storm:
    """Four workers and two beats, one pool process or worker of which is killed every two seconds."""

    def __init__(self, workers, port):
        self.workers = workers
        self.chance = random.Random(7)
        self.relays = [workers.start() for _ in range(4)]
        self.beats = [self.beat() for _ in range(2)]
        self.kills = 0

    def beat(self):
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "clinic.settings",
            "CLINIC_ENV": "demo",
            "DATA_DIR": str(self.workers.home),
            "DATABASE_URL": TEST_CLUSTER.url(APP, TEST_DATABASE),
            "REDIS_URL": self.workers.broker.url,
        }
        command = [sys.executable, "-m", "celery", "-A", "clinic.celery", "-q", "beat", "-l", "WARNING", "--pidfile="]
        beat = start_child(command, log=self.workers.home / "beat.log", on_death=signal.SIGKILL, env=env, cwd=ROOT)
        self.workers.alive.append(beat)
        return beat

    def kill_one(self):
        """Kill a process that is relaying, as the kernel does: mostly in the pool, each fifth time a whole worker."""
        self.kills += 1
        if self.kills == 4:
            self.workers.kill(self.beats[0])  # the other one takes over
            return
        place = self.chance.randrange(4)
        worker = self.relays[place]
        if self.kills % 5 == 0:
            self.workers.kill(worker)
            self.relays[place] = self.workers.start()
            return
        try:
            os.kill(self.workers.pool_process(worker), signal.SIGKILL)
        except (ProcessLookupError, IndexError, FileNotFoundError):
            return  # it is just being started again

    def empty_redis(self):
        with Redis(unix_socket_path=str(self.workers.broker.socket)) as redis:
            redis.flushall()


def states():
    return Counter(Message.objects.values_list("state", flat=True))


def time_passes():
    """What a server put off becomes due, and what a dead relay claimed has been silent for long."""
    ago = timezone.now() - timedelta(minutes=2)
    Message.objects.filter(state=MessageState.QUEUED, due_at__gt=timezone.now()).update(due_at=ago)
    Message.objects.filter(state=MessageState.CLAIMED, claimed_at__lt=timezone.now() - timedelta(seconds=15)).update(
        claimed_at=ago
    )


def test_a_thousand_messages_through_storms(reminders_of_a_thousand, workers, post):
    storm = Storm(workers, post.port)
    until = time.monotonic() + LONGEST_SECONDS
    while post.refused < 5:
        assert time.monotonic() < until, (workers.home / "worker.log").read_text()[-3000:]
        time.sleep(0.1)
    post.is_up = True
    emptied = False
    while any(states()[state] for state in WAITING):
        assert time.monotonic() < until, (states(), storm.kills, (workers.home / "worker.log").read_text()[-2000:])
        time.sleep(2)
        if storm.kills < STORM_KILLS:
            storm.kill_one()
        if not emptied and len(post.received) > COUNT // 3:
            storm.empty_redis()
            emptied = True
        time_passes()

    received = Counter(post.received)
    by_state = {state: set() for state in MessageState}
    for state, recipient in Message.objects.values_list("state", "recipient"):
        by_state[state].add(recipient)
    in_doubt = by_state[MessageState.UNKNOWN]
    assert emptied
    assert storm.kills >= 5
    assert Message.objects.count() == COUNT
    assert by_state[MessageState.SUPPRESSED] == reminders_of_a_thousand
    assert len(reminders_of_a_thousand) == KEPT_BACK
    assert not received.keys() & reminders_of_a_thousand
    assert not Message.objects.filter(attempts=0).exists()
    assert set(received.values()) == {1}
    assert by_state[MessageState.SENT] <= received.keys() <= by_state[MessageState.SENT] | in_doubt
    assert by_state[MessageState.SENT] | in_doubt == set(
        Patient.objects.exclude(email__in=reminders_of_a_thousand).values_list("email", flat=True)
    )
    assert post.dropped in in_doubt
    assert len(in_doubt) <= storm.kills + 1
    shown = {task.patient.email for task in Message.objects.first().clinic.tasks.open().select_related("patient")}
    assert in_doubt <= shown
