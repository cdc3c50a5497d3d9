from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from messaging import tasks
from messaging.actions import outbox
from messaging.models import Message, MessageState
from tests.factories.messages import queue
from tests.factories.patients import register


@pytest.fixture
def doubtful(clinic, owner):
    message = queue(register(clinic, given_name="Ada", email="ada@example.org"))
    outbox.claim(message, worker="dead:1", by=owner, at=timezone.now() - timedelta(minutes=5))
    tasks.sweep(timezone.now())
    return message


def test_messages_in_doubt_are_shown_until_somebody_decides(doubtful, as_user, front_desk):
    desk = as_user(front_desk)

    assert "1 message is in doubt" in desk.get(reverse("messaging:message_list")).content.decode()
    assert "ada@example.org" in desk.get(reverse("messaging:doubt_list")).content.decode()
    decide = reverse("messaging:message_decide", args=[doubtful.pk])
    assert desk.post(decide, {}).status_code == 422
    assert desk.post(decide, {"decision": "resend"}).status_code == 302
    assert "Nothing in doubt" in desk.get(reverse("messaging:doubt_list")).content.decode()
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 1
    again = desk.post(decide, {"decision": "resend"})
    assert again.status_code == 422
    assert "somebody may have decided already" in again.content.decode()


@pytest.mark.parametrize(("decision", "state"), [("arrived", "sent"), ("dismiss", "failed")])
def test_a_message_can_be_left_alone(doubtful, as_user, nurse, decision, state):
    as_user(nurse).post(reverse("messaging:message_decide", args=[doubtful.pk]), {"decision": decision})

    doubtful.refresh_from_db()
    assert doubtful.state == state


@pytest.mark.parametrize("page", ["message_show", "message_decide"])
def test_who_may_look_and_who_may_decide(page, doubtful, as_user, client, front_desk, auditor, stranger):
    url = reverse(f"messaging:{page}", args=[doubtful.pk])

    assert client.get(url).status_code == 302
    assert as_user(stranger).get(url).status_code == 404
    assert as_user(front_desk).get(url).status_code == 200
    assert as_user(auditor).get(url).status_code == (200 if page == "message_show" else 403)


def test_an_auditor_does_not_see_addresses(doubtful, as_user, auditor):
    for url in (
        reverse("messaging:message_list"),
        reverse("messaging:doubt_list"),
        reverse("messaging:message_show", args=[doubtful.pk]),
    ):
        assert "ada@example.org" not in as_user(auditor).get(url).content.decode()


def test_the_list_asks_the_database_the_same_for_one_message_and_for_twenty(
    doubtful, clinic, as_user, front_desk, django_assert_max_num_queries
):
    desk = as_user(front_desk)
    url = reverse("messaging:message_list")
    desk.get(url)
    with django_assert_max_num_queries(14) as one:
        desk.get(url)
    for _n in range(19):
        queue(register(clinic, email="x@example.org"))
    with django_assert_max_num_queries(len(one)):
        desk.get(url)


def test_the_messages_of_one_patient(doubtful, clinic, as_user, nurse):
    queue(register(clinic, family_name="Otherperson", email="x@example.org"))
    page = as_user(nurse).get(reverse("messaging:message_list"), {"patient": doubtful.patient_id}).content.decode()

    assert "ada@example.org" in page
    assert "x@example.org" not in page
