from datetime import timedelta

from django.core import mail
from django.test import override_settings
from django.utils import timezone

from documents import tasks as paper_tasks
from messaging.models import Message
from reminders import tasks
from tests.cast import NOON
from tests.factories import documents as papers
from tests.factories import rows

NOWHERE = "redis+socket:///nowhere/redis.sock"


def test_papers_and_messages_are_kept_while_redis_is_away_and_made_when_it_is_back(
    clinic, doctor, practitioner, nurse, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    with override_settings(CELERY_BROKER_URL=NOWHERE, REDIS_URL=NOWHERE):
        patient = rows.patient(clinic, email="ada@example.org")
        start = timezone.now() + timedelta(days=9)
        visit = rows.appointment(clinic, doctor, start, patient=patient)
        type(visit).objects.update(booked_at=timezone.now(), changed_at=timezone.now())
        consent = papers.issue(clinic, patient, "consent", at=NOON)
        papers.sign(consent, "patient", nurse)
        papers.sign(consent, "practitioner", practitioner)
        assert tasks.scan() == 1
    assert Message.objects.count() == 1

    assert tasks.relay() == 1
    assert len(mail.outbox) == 1
    assert paper_tasks.due(timezone.now()) == [consent]
