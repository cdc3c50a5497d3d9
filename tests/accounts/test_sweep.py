from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import tasks
from accounts.models import IdempotencyKey


def test_what_is_past_its_time_is_dropped_and_the_rest_is_kept(clinic):
    now = timezone.now()
    for age in (47, 49):
        IdempotencyKey.objects.create(
            clinic=clinic,
            principal="user:1",
            key=f"{age} h",
            route="/",
            body_sha256="",
            created_at=now - timedelta(hours=age),
        )
    for name, ends in (("over", now - timedelta(minutes=1)), ("open", now + timedelta(hours=1))):
        Session.objects.create(session_key=name, session_data="", expire_date=ends)

    tasks.sweep()

    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["47 h"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]
