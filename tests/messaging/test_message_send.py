import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from audit.models import Event
from common.refused import Refused
from messaging import channels, tasks
from messaging.actions import opt_outs, outbox
from messaging.models import DeliveryEvent, Message, MessageState
from patients.actions import consents_to_contact
from tests.cast import NOON
from tests.factories.messages import queue
from tests.factories.patients import register


@pytest.fixture
def ada(clinic):
    return register(clinic, given_name="Ada", email="ada@example.org")


class Line:
    """A mail server that behaves as it is told."""

    def __init__(self, *, opening=None, sending=None):
        self.opening, self.sending, self.taken = opening, sending, []

    def open(self):
        if self.opening:
            raise self.opening

    def send_messages(self, letters):
        if self.sending:
            raise self.sending
        self.taken += letters

    def close(self):
        pass


@pytest.fixture
def line(monkeypatch):
    def put(**trouble):
        made = Line(**trouble)
        monkeypatch.setattr(channels, "get_connection", lambda: made)
        return made

    return put


def test_the_same_reason_is_one_message(ada):
    first, second = queue(ada), queue(ada)

    assert first == second
    assert queue(ada, version=2) != first
    assert Message.objects.count() == 2


def test_ten_at_once_queue_one(committed, ada, at_once):
    found = at_once(lambda _n: queue(ada), range(10))

    assert {each.pk for each in found} == {Message.objects.get().pk}


def test_a_due_message_goes_out_once_and_is_recorded(ada):
    message = queue(ada)

    assert tasks.relay() == 1
    assert tasks.relay() == 0
    message.refresh_from_db()
    [letter] = mail.outbox
    assert message.state == MessageState.SENT
    assert letter.to == ["ada@example.org"]
    assert letter.extra_headers["Message-ID"] == message.provider_id
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert Event.objects.about(message).kinds() == ["message.queued", "message.claimed", "message.sent"]


def test_what_is_not_due_or_still_held_stays(ada):
    later = timezone.now() + timedelta(hours=1)
    queue(ada, due_at=later)
    queue(ada, version=2, held_until=later)

    assert tasks.relay() == 0
    assert not mail.outbox


def test_ten_relays_at_once_send_each_message_once(committed, ada, at_once):
    for version in range(1, 21):
        queue(ada, version=version)

    sent = at_once(lambda _n: tasks.relay(), range(10))

    assert sum(sent) == 20
    assert len(mail.outbox) == 20
    assert Message.objects.filter(state=MessageState.SENT).count() == 20


def test_a_server_that_is_away_is_tried_again_later_and_not_for_ever(ada, line):
    line(opening=ConnectionRefusedError())
    message = queue(ada)
    for attempt in range(1, outbox.MOST_ATTEMPTS + 1):
        Message.objects.update(due_at=NOON)
        assert tasks.relay() == 0
        message.refresh_from_db()
        assert message.attempts == attempt
        if attempt < outbox.MOST_ATTEMPTS:
            assert message.state == MessageState.QUEUED
            assert message.due_at > timezone.now() + timedelta(seconds=30)
    assert message.state == MessageState.FAILED


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"ada@example.org": (550, b"no such person")}), MessageState.FAILED),
        (smtplib.SMTPRecipientsRefused({"ada@example.org": (451, b"later")}), MessageState.QUEUED),
        (smtplib.SMTPDataError(554, b"refused"), MessageState.FAILED),
        (smtplib.SMTPSenderRefused(421, b"busy", "x@example.org"), MessageState.QUEUED),
        (smtplib.SMTPServerDisconnected("gone"), MessageState.UNKNOWN),
        (TimeoutError(), MessageState.UNKNOWN),
        (ValueError("a bug"), MessageState.UNKNOWN),
    ],
)
def test_what_the_server_says_decides_what_is_known(ada, line, answer, state):
    line(sending=answer)
    message = queue(ada)
    tasks.relay()

    message.refresh_from_db()
    assert message.state == state
    assert message.clinic.tasks.open().filter(kind="message_in_doubt").exists() == (state == MessageState.UNKNOWN)


def test_what_a_dead_relay_had_claimed_is_in_doubt_and_never_sent_again(ada, owner):
    message = queue(ada)
    long_ago = timezone.now() - timedelta(minutes=5)
    outbox.claim(message, worker="dead:1", by=owner, at=long_ago)

    assert tasks.relay() == 0
    assert tasks.relay() == 0
    message.refresh_from_db()
    assert message.state == MessageState.UNKNOWN
    assert not mail.outbox
    assert message.clinic.tasks.open().get().link == f"/messages/{message.pk}/".replace("messages", "messaging")


def test_a_message_that_is_just_being_sent_is_not_in_doubt(ada, owner):
    outbox.claim(queue(ada), worker="alive:1", by=owner, at=timezone.now())

    assert tasks.sweep(timezone.now()) == 0


def test_staff_sends_a_message_in_doubt_again_as_a_new_one(ada, owner):
    message = queue(ada)
    outbox.claim(message, worker="dead:1", by=owner, at=timezone.now() - timedelta(minutes=5))
    tasks.relay()

    again = outbox.resend(message, by=owner, at=timezone.now() - timedelta(seconds=1))
    message.refresh_from_db()
    assert (message.state, again.state, again.version) == (MessageState.FAILED, MessageState.QUEUED, 2)
    assert tasks.relay() == 1
    assert len(mail.outbox) == 1
    assert not message.clinic.tasks.open().exists()
    with pytest.raises(Refused, match="not in doubt"):
        outbox.resend(message, by=owner, at=timezone.now())


def test_two_people_who_decide_at_once_decide_once(committed, ada, owner, at_once):
    message = queue(ada)
    outbox.claim(message, worker="dead:1", by=owner, at=timezone.now() - timedelta(minutes=5))
    tasks.sweep(timezone.now())

    results = at_once(lambda _n: outbox.resend(message, by=owner, at=timezone.now()), range(4))
    assert sum(isinstance(each, Message) for each in results) == 1
    assert Message.objects.count() == 2


@pytest.mark.parametrize(("arrived", "state"), [(True, MessageState.SENT), (False, MessageState.FAILED)])
def test_staff_leaves_a_message_in_doubt_alone(ada, owner, arrived, state):
    message = queue(ada)
    outbox.claim(message, worker="dead:1", by=owner, at=timezone.now() - timedelta(minutes=5))
    tasks.relay()
    outbox.dismiss(message, arrived=arrived, by=owner, at=timezone.now())

    message.refresh_from_db()
    assert message.state == state
    assert tasks.relay() == 0
    assert not mail.outbox


def refused_address(ada, owner):
    opt_outs.record(ada.clinic, channel="email", recipient="ADA@example.org", by=owner, at=NOON)


def refused_kind(ada, owner):
    opt_outs.record(ada.clinic, channel="email", recipient="ada@example.org", kind="consent", by=owner, at=NOON)


def withdrew_permission(ada, owner):
    consents_to_contact.give(ada, channel="email", purpose="care", by=owner, at=NOON)
    consents_to_contact.withdraw(ada, channel="email", purpose="care", by=owner, at=NOON)


def has_another_address(ada, owner):
    type(ada).objects.filter(pk=ada.pk).update(email="new@example.org")


def was_entered_in_error(ada, owner):
    type(ada).objects.filter(pk=ada.pk).update(entered_in_error=True, error_reason="twice")


@pytest.mark.parametrize(
    "happened", [refused_address, refused_kind, withdrew_permission, has_another_address, was_entered_in_error]
)
def test_nothing_goes_to_who_must_not_be_written_to_and_the_reason_is_kept(ada, owner, happened):
    message = queue(ada)
    happened(ada, owner)

    assert tasks.relay() == 0
    message.refresh_from_db()
    assert message.state == MessageState.SUPPRESSED
    assert message.state_reason
    assert not mail.outbox


def test_another_kind_that_was_refused_does_not_matter(ada, owner):
    opt_outs.record(ada.clinic, channel="email", recipient="ada@example.org", kind="reminder", by=owner, at=NOON)
    queue(ada)

    assert tasks.relay() == 1


def test_what_happened_to_a_message_is_only_added(ada):
    queue(ada)
    tasks.relay()

    assert list(DeliveryEvent.objects.values_list("state", flat=True)) == [MessageState.SENT]
