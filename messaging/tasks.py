"""The relay: claims a message and commits, sends it, records what came of it. What it cannot know it never repeats."""

import os
import socket
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from celery import shared_task
from django.utils import timezone

from accounts.models import User
from common.refused import Refused
from messaging import channels
from messaging.actions import outbox
from messaging.models import Message, MessageKind, MessageState
from messaging.rules import messages as rules
from messaging.rules.parts import joined

log = structlog.get_logger(__name__)
BATCH_SECONDS = 20.0
BATCH = 200
OWN_KINDS = (MessageKind.CONSENT, MessageKind.STAFF)
Check = Callable[[Message, datetime], str]
Finish = Callable[[Message, channels.Letter, list[Message]], channels.Letter]


@shared_task(soft_time_limit=100, time_limit=120)
def relay() -> int:
    """Send what is due of the messages that need no second look, and find those that a relay left behind."""
    sweep(timezone.now())
    return send_due(OWN_KINDS)


def send_due(kinds: Any, check: Check | None = None, finish: Finish | None = None) -> int:
    """Send the due messages of some kinds, for a while; answers how many went out.

    `finish` writes in what only the letter may hold and the outbox may not keep.
    """
    until = time.monotonic() + BATCH_SECONDS
    waiting = Message.objects.due(timezone.now()).filter(kind__in=list(kinds)).order_by("due_at", "id")
    gone = 0
    for message in waiting[:BATCH]:
        if time.monotonic() > until:
            break
        gone += deliver(message, check, finish)
    return gone


def deliver(message: Message, check: Check | None = None, finish: Finish | None = None) -> bool:
    """Send one message: claim and commit, ask once more whether it still holds, send, record."""
    system = User.objects.system()
    try:
        message = outbox.claim(message, worker=worker_name(), by=system, at=timezone.now())
    except Refused:
        return False
    reason = why_not(message, check)
    if reason:
        outbox.suppress(message, reason=reason, by=system, at=timezone.now())
        return False
    try:
        letter = written(message, check, finish)
    except Exception as error:  # it could not even be written: it certainly did not leave
        log.warning("message_not_written", message=message.pk, error=type(error).__name__)
        outbox.put_back(message, error=type(error).__name__, by=system, at=timezone.now())
        return False
    return hand_over(message, letter)


def written(message: Message, check: Check | None, finish: Finish | None) -> channels.Letter:
    """Write a letter out with what rides along in it, ready to leave."""
    riders = riding(message, check)
    letter = letter_of(message, riders)
    return finish(message, letter, riders) if finish else letter


def hand_over(message: Message, letter: channels.Letter) -> bool:
    """Let a letter leave the house, and record what came of it; answers whether it certainly left."""
    system = User.objects.system()
    try:
        provider_id = channels.send(message.channel, letter)
    except channels.NotTried as error:
        outbox.put_back(message, error=str(error), by=system, at=timezone.now())
    except channels.TurnedAway as error:
        outbox.failed(message, error=str(error), by=system, at=timezone.now())
    except Exception as error:  # anything else broke in the middle: nobody knows
        log.warning("message_in_doubt", message=message.pk, error=type(error).__name__)
        outbox.doubt(message, reason=type(error).__name__, by=system, at=timezone.now())
    else:
        outbox.sent(message, provider_id=provider_id, by=system, at=timezone.now())
        return True
    return False


def why_not(message: Message, check: Check | None) -> str:
    """Give the reason for which a message must not go out now; empty if it may."""
    against = rules.send.reasons_against(message)
    if against:
        return str(against[0].message)
    return check(message, timezone.now()) if check else ""


def riding(message: Message, check: Check | None) -> list[Message]:
    """Find what rides along in this letter; what no longer holds is left out of it."""
    held = []
    for rider in message.riders.filter(state=MessageState.QUEUED).select_related("patient", "clinic").order_by("id"):
        reason = why_not(rider, check)
        if reason:
            outbox.suppress(rider, reason=reason, by=User.objects.system(), at=timezone.now())
        else:
            held.append(rider)
    return held


def letter_of(message: Message, riders: Sequence[Message] = ()) -> channels.Letter:
    """Turn a message, and what rides along in it, into what goes out."""
    text, html = joined(message.body_text, message.body_html, [rider.body_text for rider in riders])
    return channels.Letter(
        key=f"message-{message.pk}-{message.rendered_sha256[:16]}",
        recipient=message.recipient,
        subject_line=message.subject_line,
        text=text,
        html=html,
        sender_name=message.clinic.name,
        reply_to=message.clinic.email,
    )


def sweep(at: datetime) -> int:
    """Mark what a dead relay had claimed as in doubt; answers how many."""
    system = User.objects.system()
    found = 0
    for message in Message.objects.abandoned(at - outbox.SILENT_AFTER)[:BATCH]:
        try:
            outbox.doubt(message, reason="The relay fell silent while it was sending.", by=system, at=at)
        except Refused:
            continue
        found += 1
    return found


def worker_name() -> str:
    """Name this process, so that a claim says who held it."""
    return f"{socket.gethostname()}:{os.getpid()}"
