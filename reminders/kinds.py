"""The catalogue of what patients are told without anybody asking: what is due, when, and whether it still holds.

It reads appointments and sessions and writes nothing. What a patient was told last is read from the messages
themselves, so a visit that is moved and moved back within the pause is never mentioned.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import Clinic
from common.dates import zone_of
from messaging.models import Message, MessageKind, MessageState
from reminders.rules.letters import REPORT_LINK
from scheduling.models import Appointment, AppointmentStatus
from treatments.models import SessionState, TreatmentSession

LOOK_BACK = timedelta(hours=24)
CHANGE_PAUSE = timedelta(minutes=3)
REMINDER_OFFSET_MINUTES = -48 * 60
REMINDER_BEFORE = timedelta(minutes=-REMINDER_OFFSET_MINUTES)
REMINDER_TOO_LATE = timedelta(hours=4)
QUIET_FROM, QUIET_UNTIL = time(21), time(8)
RELAYED = (MessageKind.CONFIRMATION, MessageKind.CHANGE, MessageKind.REMINDER, MessageKind.AFTERCARE)
PLANNED = (AppointmentStatus.BOOKED, AppointmentStatus.CONFIRMED)
TOLD = (MessageState.CLAIMED, MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN, MessageState.BOUNCED)


@dataclass(frozen=True)
class Due:
    """One message that should be in the outbox: about what, of which kind, in which words, from when."""

    kind: str
    words: str
    subject: Any
    patient: Any
    location: Any
    context: dict[str, Any]
    due_at: datetime
    held_until: datetime | None = None
    offset_minutes: int = 0
    version: int = 1


def due(clinic: Clinic, at: datetime) -> Iterator[Due]:
    """List what should be told to the patients of a clinic now and is not in the outbox yet."""
    for appointment in _changed(clinic, at):
        yield from _about_booking(appointment, at)
    for appointment in _coming(clinic, at):
        yield from _reminder(appointment, at)
    yield from _aftercare(clinic, at)


def _changed(clinic: Clinic, at: datetime) -> Any:
    recent = Q(changed_at__gte=at - LOOK_BACK) | Q(booked_at__gte=at - LOOK_BACK)
    rows = clinic.appointments.filter(recent, starts_at__gt=at).exclude(status=AppointmentStatus.HELD)
    return _with_messages(rows)


def _coming(clinic: Clinic, at: datetime) -> Any:
    rows = clinic.appointments.filter(
        status__in=PLANNED, starts_at__gt=at + REMINDER_TOO_LATE, starts_at__lte=at + REMINDER_BEFORE
    )
    return _with_messages(rows)


def _with_messages(rows: Any) -> list[Appointment]:
    appointments = list(rows.select_related("patient", "location", "clinic").order_by("starts_at", "id"))
    told: dict[int, list[Message]] = {appointment.pk: [] for appointment in appointments}
    about = Message.objects.filter(subject_kind="appointment", subject_id__in=list(told)).order_by("id")
    for message in about.defer("body_text", "body_html"):
        told[message.subject_id].append(message)
    for appointment in appointments:
        appointment.told = told[appointment.pk]  # type: ignore[attr-defined]
    return appointments


def facts_of(appointment: Appointment) -> dict[str, Any]:
    """Give what a patient is told about a visit, to be compared with what they were told before."""
    return {
        "starts_at": appointment.starts_at.isoformat(),
        "location": appointment.location_id,
        "cancelled": appointment.status == AppointmentStatus.CANCELLED,
    }


def _about_booking(appointment: Any, at: datetime) -> Iterator[Due]:
    now = facts_of(appointment)
    spoken = _counting(appointment, MessageKind.CONFIRMATION, MessageKind.CHANGE)
    told = [each for each in spoken if each.state in TOLD]
    if any(each.context == now for each in (*spoken[-1:], *told[-1:])):
        return
    if told and (now["cancelled"] or appointment.status in PLANNED):
        words = "cancellation" if now["cancelled"] else "change"
        held_until = appointment.changed_at + CHANGE_PAUSE
        yield _told(appointment, MessageKind.CHANGE, words, now, due_at=appointment.changed_at, held_until=held_until)
    elif not told and appointment.status in PLANNED and appointment.booked_at >= at - LOOK_BACK:
        yield _told(appointment, MessageKind.CONFIRMATION, "confirmation", now, due_at=appointment.booked_at)


def _counting(appointment: Any, *kinds: str) -> list[Message]:
    """Leave out what was held back before the last change: it says nothing about the visit as it is now."""
    return [
        each
        for each in appointment.told
        if each.kind in kinds and (each.state != MessageState.SUPPRESSED or each.created_at >= appointment.changed_at)
    ]


def _told(appointment: Any, kind: str, words: str, now: dict[str, Any], **when: Any) -> Due:
    versions = [each.version for each in appointment.told if each.kind == kind]
    return Due(
        kind=kind,
        words=words,
        subject=appointment,
        patient=appointment.patient,
        location=appointment.location,
        context=now,
        version=max(versions, default=0) + 1,
        **when,
    )


def _reminder(appointment: Any, at: datetime) -> Iterator[Due]:
    now = facts_of(appointment)
    if any(each.context == now for each in _counting(appointment, MessageKind.REMINDER)):
        return
    wanted = appointment.starts_at - REMINDER_BEFORE
    if appointment.booked_at > wanted:
        return
    moment = after_quiet(max(wanted, at), appointment.location.time_zone)
    if moment > at:
        return
    yield _told(
        appointment, MessageKind.REMINDER, "reminder", now, due_at=wanted, offset_minutes=REMINDER_OFFSET_MINUTES
    )


def after_quiet(moment: datetime, zone: str) -> datetime:
    """Move a moment out of the night of a place: nobody is reminded between nine in the evening and eight."""
    local = moment.astimezone(zone_of(zone))
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return moment
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return datetime.combine(day, QUIET_UNTIL, tzinfo=zone_of(zone)).astimezone(moment.tzinfo)


def _aftercare(clinic: Clinic, at: datetime) -> Iterator[Due]:
    given = clinic.treatment_sessions.given().filter(injection_ended_at__gte=at - LOOK_BACK, injection_ended_at__lte=at)
    spoken = set(
        clinic.messages.filter(kind=MessageKind.AFTERCARE, created_at__gte=at - 2 * LOOK_BACK).values_list(
            "subject_id", flat=True
        )
    )
    for session in given.select_related("patient", "location", "clinic").order_by("id"):
        if session.pk not in spoken:
            yield Due(
                kind=MessageKind.AFTERCARE,
                words="aftercare",
                subject=session,
                patient=session.patient,
                location=session.location,
                context={"ended_at": session.injection_ended_at.isoformat()},
                due_at=session.injection_ended_at,
            )


def still_holds(message: Message, at: datetime) -> str:
    """Look again just before a message goes out; answer the reason for which it must not, or nothing."""
    if message.kind == MessageKind.AFTERCARE:
        return _session_holds(message)
    appointment = Appointment.objects.filter(clinic=message.clinic_id, pk=message.subject_id).first()
    if appointment is None:
        return _("The visit does not exist any more.")
    now = facts_of(appointment)
    if now["cancelled"] and not message.context.get("cancelled"):
        return _("The visit was cancelled.")
    if now != message.context:
        return _("The visit was changed since; the patient is told the new time.")
    if not now["cancelled"] and appointment.status not in PLANNED:
        return _("The visit is over or under way.")
    if appointment.starts_at <= at:
        return _("The time of the visit has passed.")
    if _is_known(message):
        return _("The change was undone; the patient knows this time already.")
    return ""


def _is_known(message: Message) -> bool:
    if message.kind != MessageKind.CHANGE:
        return False
    spoken = Message.objects.about("appointment", message.subject_id).filter(
        clinic=message.clinic_id, kind__in=[MessageKind.CONFIRMATION, MessageKind.CHANGE], state__in=TOLD
    )
    last = spoken.exclude(pk=message.pk).order_by("-id").first()
    return last is not None and last.context == message.context


def _session_holds(message: Message) -> str:
    session = TreatmentSession.objects.filter(clinic=message.clinic_id, pk=message.subject_id).first()
    if session is None or session.state == SessionState.ABANDONED or session.injection_ended_at is None:
        return _("Nothing was injected in that session.")
    return ""


def words_about(item: Due) -> dict[str, Any]:
    """Give what the words of a message may name: the clinic, the place, the time. Never a treatment or an illness."""
    starts_at = parse_datetime(item.context.get("starts_at", ""))
    zone = item.location.time_zone
    return {
        "clinic": item.patient.clinic,
        "location": item.location,
        "called": item.patient.called,
        "starts_at": starts_at.astimezone(zone_of(zone)) if starts_at else None,
        "zone": zone,
        "portal_url": settings.PUBLIC_URL.rstrip("/") + reverse("portal:home"),
        "report_url": REPORT_LINK,
    }


def story(appointment: Appointment, at: datetime) -> list[dict[str, Any]]:
    """Tell, for one visit, what was sent, what will be and what was not, each with its reason."""
    messages = list(Message.objects.about("appointment", appointment.pk).filter(clinic=appointment.clinic_id))
    messages.sort(key=lambda message: (message.due_at, message.pk))
    lines = [{"message": message, "label": message.get_kind_display()} for message in messages]
    return lines + [{"message": None, **line} for line in _missing(appointment, messages, at)]


def _missing(appointment: Appointment, messages: list[Message], at: datetime) -> Iterator[dict[str, Any]]:
    now = facts_of(appointment)
    if not appointment.patient.email:
        yield {"label": _("Nothing can be sent"), "reason": _("The patient has no e-mail address.")}
        return
    if not messages and appointment.booked_at < at - LOOK_BACK:
        reason = _("The visit was booked before messages were sent from here.")
        yield {"label": MessageKind.CONFIRMATION.label, "reason": reason}
    reminded = any(each.kind == MessageKind.REMINDER and each.context == now for each in messages)
    if reminded or now["cancelled"]:
        return
    wanted = appointment.starts_at - REMINDER_BEFORE
    if appointment.booked_at > wanted:
        reason = _("The visit was booked less than 48 hours ahead; the confirmation stands for it.")
        yield {"label": MessageKind.REMINDER.label, "reason": reason}
    elif appointment.starts_at > at:
        moment = after_quiet(max(wanted, at), appointment.location.time_zone)
        yield {"label": MessageKind.REMINDER.label, "reason": "", "due_at": moment}
