"""The outbox: one row per reason, claimed by one relay, sent at most once, and never again by itself."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Clinic, User
from audit.actions import audited
from common.refused import Refused
from messaging.models import DeliveryEvent, Message, MessageState
from messaging.rules import messages as rules
from patients.actions import tasks
from patients.models import Patient, TaskKind

SILENT_AFTER = timedelta(seconds=60)
MOST_ATTEMPTS = 5
LETTER_NOT_SENT = "letter_not_sent"
SETTLED = (MessageState.SENT, MessageState.FAILED, MessageState.SUPPRESSED, MessageState.UNKNOWN)


@audited("message.queued")
def queue(
    patient: Patient | None,
    *,
    subject: models.Model,
    kind: str,
    offset_minutes: int = 0,
    version: int = 1,
    channel: str = "email",
    recipient: str,
    subject_line: str,
    text: str,
    html: str = "",
    context: dict[str, Any] | None = None,
    language: str = "",
    due_at: datetime,
    held_until: datetime | None = None,
    carried_by: Message | None = None,
    clinic: Clinic | None = None,
    by: User,
    at: datetime,
) -> Message:
    """Put a message into the outbox; for the same reason it is there once, and the first one is given back.

    One that is `carried_by` another has no letter of its own: it goes out, waits and fails with that one.
    """
    owner = patient.clinic if patient else clinic
    reason = {
        "clinic": owner,
        "subject_kind": subject._meta.model_name,
        "subject_id": subject.pk,
        "kind": kind,
        "offset_minutes": offset_minutes,
        "version": version,
        "channel": channel,
        "recipient": recipient,
    }
    try:
        with transaction.atomic():
            return Message.objects.create(
                **reason,
                patient=patient,
                language=language or (patient.language if patient else ""),
                state=MessageState.HELD if held_until else MessageState.QUEUED,
                context=context or {},
                subject_line=subject_line.strip()[:200],
                body_text=text,
                body_html=html,
                rendered_sha256=hashlib.sha256("\0".join((subject_line, text, html)).encode()).hexdigest(),
                created_at=at,
                created_by=by,
                due_at=due_at,
                held_until=held_until,
                carried_by=carried_by,
            )
    except IntegrityError as error:
        first = Message.objects.filter(**reason).first()
        if first is None:
            raise error
        return first


@audited("message.claimed")
def claim(message: Message, *, worker: str, by: User, at: datetime) -> Message:
    """Take a message to send it; from here on it is never taken a second time."""
    due = Message.objects.due(at).select_for_update(skip_locked=True, of=("self",))
    taken = due.select_related("patient", "clinic").filter(pk=message.pk).first()
    if taken is None:
        raise Refused("already_done", _("Another relay has this message."))
    taken.state, taken.claimed_at, taken.claimed_by = MessageState.CLAIMED, at, worker[:80]
    taken.attempts += 1
    taken.save(update_fields=["state", "claimed_at", "claimed_by", "attempts"])
    return taken


@audited("message.sent")
def sent(message: Message, *, provider_id: str = "", by: User, at: datetime) -> Message:
    """Record that the mail server took a message."""
    message = _locked(message, MessageState.SENT)
    message.sent_at, message.provider_id = at, provider_id[:200]
    return _become(message, MessageState.SENT, at=at)


@audited("message.failed")
def failed(message: Message, *, error: str, by: User, at: datetime) -> Message:
    """Record that a message was turned away for good."""
    message = _locked(message, MessageState.FAILED)
    message.error = error[:500]
    return _become(message, MessageState.FAILED, at=at, detail=error)


@audited("message.put_back")
def put_back(message: Message, *, error: str, by: User, at: datetime) -> Message:
    """Put a message back that certainly did not leave the house; after the last try it has failed."""
    message = _locked(message, MessageState.QUEUED)
    message.error = error[:500]
    if message.attempts >= MOST_ATTEMPTS:
        return _become(message, MessageState.FAILED, at=at, detail=error)
    message.due_at = at + timedelta(seconds=30 * 2**message.attempts)
    return _become(message, MessageState.QUEUED, at=at, detail=error)


@audited("message.suppressed")
def suppress(message: Message, *, reason: str, by: User, at: datetime) -> Message:
    """Record that a message was not sent on purpose, and why."""
    message = _locked(message, MessageState.SUPPRESSED)
    message.state_reason = reason[:300]
    return _become(message, MessageState.SUPPRESSED, at=at, detail=reason)


@audited("message.doubted")
def doubt(message: Message, *, reason: str, by: User, at: datetime) -> Message:
    """Mark a message of which nobody knows whether it went out; it is shown to staff and never sent again by itself."""
    message = _locked(message, MessageState.UNKNOWN)
    message.state_reason = reason[:300]
    tasks.add(
        message.clinic,
        kind=TaskKind.MESSAGE_IN_DOUBT,
        text=_("A message may or may not have reached the patient. Decide whether it is sent again."),
        patient=message.patient,
        due_at=at,
        url=reverse("messaging:message_show", args=[message.pk]),
        reason_key=f"message:{message.pk}",
        by=by,
        at=at,
    )
    return _become(message, MessageState.UNKNOWN, at=at, detail=reason)


@audited("message.resent")
def resend(message: Message, *, by: User, at: datetime) -> Message:
    """Send a message in doubt once more, because somebody decided it: a new row for the same reason."""
    message = Message.objects.select_for_update(of=("self",)).select_related("patient", "clinic").get(pk=message.pk)
    rules.decide.check(by, message)
    about = Message.objects.about(message.subject_kind, message.subject_id).filter(
        clinic=message.clinic_id, kind=message.kind
    )
    version = about.aggregate(highest=Max("version"))["highest"] + 1
    again = Message.objects.get(pk=message.pk)
    again.pk, again.version, again.state, again.state_reason = None, version, MessageState.QUEUED, ""
    again.claimed_at, again.claimed_by, again.attempts, again.error, again.held_until = None, "", 0, "", None
    again.created_at, again.created_by, again.due_at = at, by, at
    again.save(force_insert=True)
    message.riders.filter(state=MessageState.UNKNOWN).update(state=MessageState.QUEUED, carried_by=again)
    message.state_reason = str(_("Sent again by decision of staff."))
    _become(message, MessageState.FAILED, at=at, detail=message.state_reason)
    _close_task(message, by=by, at=at)
    return again


@audited("message.dismissed")
def dismiss(message: Message, *, arrived: bool, by: User, at: datetime) -> Message:
    """Decide that a message in doubt is left alone: it arrived, or it is not worth sending again."""
    message = Message.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=message.pk)
    rules.decide.check(by, message)
    message.state_reason = str(_("It arrived, says staff.") if arrived else _("Not sent again, by decision of staff."))
    if arrived:
        message.sent_at = message.claimed_at or at
    _become(message, MessageState.SENT if arrived else MessageState.FAILED, at=at, detail=message.state_reason)
    _close_task(message, by=by, at=at)
    return message


def _locked(message: Message, wanted: str) -> Message:
    message = Message.objects.select_for_update(of=("self",)).select_related("clinic", "patient").get(pk=message.pk)
    if not rules.may_become(message, wanted):
        raise Refused("wrong_state", _("This message is already settled."))
    return message


def _become(message: Message, state: str, *, at: datetime, detail: str = "") -> Message:
    message.state = state
    message.save(update_fields=["state", "state_reason", "sent_at", "provider_id", "error", "due_at", "claimed_at"])
    DeliveryEvent.objects.create(clinic_id=message.clinic_id, message=message, state=state, at=at, detail=detail[:500])
    if state in SETTLED:
        _settle_riders(message, at=at)
    return message


def _settle_riders(message: Message, *, at: datetime) -> None:
    """What rode along shares the fate of its letter; of a letter that was not sent nothing was said."""
    for rider in message.riders.filter(state__in=[MessageState.QUEUED, MessageState.UNKNOWN]):
        rider.sent_at, rider.provider_id, rider.error = message.sent_at, message.provider_id, message.error
        rider.state, rider.state_reason = message.state, message.state_reason
        if message.state == MessageState.SUPPRESSED:
            rider.error = LETTER_NOT_SENT
        rider.save(update_fields=["state", "state_reason", "sent_at", "provider_id", "error"])
        DeliveryEvent.objects.create(clinic_id=rider.clinic_id, message=rider, state=rider.state, at=at)


def _close_task(message: Message, *, by: User, at: datetime) -> None:
    task = message.clinic.tasks.open().filter(reason_key=f"message:{message.pk}").first()
    if task:
        tasks.done(task, by=by, at=at)
