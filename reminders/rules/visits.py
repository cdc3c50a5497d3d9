"""What is due about a visit: that it is booked, that it changed, how to prepare, that it is near."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Clinic
from common.dates import local_day
from messaging.models import Message, MessageKind, MessageState
from reminders.rules.dues import DAY_MINUTES, LOOK_BACK, PLANNED, TOLD, Due, says
from reminders.rules.quiet import after_quiet, morning_of
from scheduling.models import Announce, Appointment, AppointmentStatus, CourseVisit

CHANGE_PAUSE = timedelta(minutes=3)
REMINDER_OFFSET_MINUTES = -48 * 60
REMINDER_BEFORE = timedelta(minutes=-REMINDER_OFFSET_MINUTES)
REMINDER_TOO_LATE = timedelta(hours=4)
PREPARATION_DAYS = 7
PREPARATION_TOO_LATE = timedelta(hours=24)
LONG_GAP_DAYS = 14
UNDER_WAY = (AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM)
LETTER_NOT_SENT = "letter_not_sent"


def facts_of(appointment: Appointment) -> dict[str, Any]:
    """Give what a patient is told about a visit, to be compared with what they were told before."""
    return {
        "starts_at": appointment.starts_at.isoformat(),
        "location": appointment.location_id,
        "cancelled": appointment.status == AppointmentStatus.CANCELLED,
    }


def news(clinic: Clinic, at: datetime) -> Iterator[Due]:
    """List the bookings and changes of which the patient does not know yet."""
    recent = Q(changed_at__gte=at - LOOK_BACK) | Q(booked_at__gte=at - LOOK_BACK)
    rows = clinic.appointments.filter(recent, starts_at__gt=at).exclude(status=AppointmentStatus.HELD)
    rows = rows.exclude(announce=Announce.NOTHING)
    for appointment in _with_messages(rows):
        yield from _about_booking(appointment, at)


def coming(clinic: Clinic, at: datetime, hours: Any) -> Iterator[Due]:
    """List the reminders and the instructions that are due before a visit; nothing before the one before it is over."""
    last = at + timedelta(days=PREPARATION_DAYS + 1)
    soon = Q(starts_at__lte=at + REMINDER_BEFORE)
    treated = Q(starts_at__lte=last, course_visit__isnull=False)
    prepared = Message.objects.filter(kind=MessageKind.PREPARATION, subject_kind="appointment", clinic=clinic).exclude(
        state=MessageState.SUPPRESSED
    )
    rows = clinic.appointments.filter(
        soon | treated & ~Q(pk__in=prepared.values("subject_id")),
        status__in=PLANNED,
        starts_at__gt=at + REMINDER_TOO_LATE,
        starts_at__lte=last,
    ).exclude(announce=Announce.NOTHING)
    appointments = _with_messages(rows.select_related("course_visit"))
    courses = _visits_of(appointments)
    for appointment in appointments:
        visit, others = _place_in(appointment, courses)
        if not any(lies_ahead(each, at) for each in others if each.ordinal < visit.ordinal):
            yield from _reminder(appointment, at, hours)
            if visit is not None and needs_instructions(appointment, others):
                yield from _preparation(appointment, at, hours)


def _place_in(appointment: Any, courses: dict[int, list[CourseVisit]]) -> tuple[Any, list[CourseVisit]]:
    visit = getattr(appointment, "course_visit", None)
    return visit, courses.get(visit.course_id, []) if visit else []


def _visits_of(appointments: Iterable[Any]) -> dict[int, list[CourseVisit]]:
    wanted = {each.course_visit.course_id for each in appointments if getattr(each, "course_visit", None)}
    found: dict[int, list[CourseVisit]] = {course: [] for course in wanted}
    for visit in CourseVisit.objects.filter(course__in=wanted).select_related("appointment") if wanted else ():
        found[visit.course_id].append(visit)
    return found


def lies_ahead(visit: CourseVisit, at: datetime) -> bool:
    """Say whether this visit of a course is booked and has not happened yet."""
    booked = visit.appointment
    if visit.done_on or visit.skipped or booked is None:
        return False
    return booked.status in UNDER_WAY or (booked.status in PLANNED and booked.ends_at > at)


def needs_instructions(appointment: Appointment, visits: Iterable[CourseVisit]) -> bool:
    """Say whether the full instructions belong before this visit: the first of its course, or after a gap."""
    done = [each.done_on for each in visits if each.done_on]
    day = local_day(appointment.starts_at, appointment.location.time_zone)
    return not done or (day - max(done)).days >= LONG_GAP_DAYS


def _with_messages(rows: Any) -> list[Appointment]:
    appointments = list(rows.select_related("patient", "location", "clinic").order_by("starts_at", "id"))
    told: dict[int, list[Message]] = {appointment.pk: [] for appointment in appointments}
    about = Message.objects.filter(subject_kind="appointment", subject_id__in=list(told)).order_by("id")
    for message in about.defer("body_text", "body_html"):
        told[message.subject_id].append(message)
    for appointment in appointments:
        appointment.told = told[appointment.pk]
    return appointments


def _about_booking(appointment: Any, at: datetime) -> Iterator[Due]:
    now = facts_of(appointment)
    spoken = _counting(appointment, MessageKind.CONFIRMATION, MessageKind.CHANGE)
    told = [each for each in spoken if each.state in TOLD]
    if any(says(each, now) for each in (*spoken[-1:], *told[-1:])):
        return
    if told and (now["cancelled"] or appointment.status in PLANNED):
        words = "cancellation" if now["cancelled"] else "change"
        held_until = appointment.changed_at + CHANGE_PAUSE
        yield _told(appointment, MessageKind.CHANGE, words, now, due_at=appointment.changed_at, held_until=held_until)
    elif told or appointment.status not in PLANNED:
        return
    elif appointment.announce == Announce.REMINDERS:
        yield from _about_one_taken_over(appointment, now)
    elif appointment.booked_at >= at - LOOK_BACK:
        yield _told(appointment, MessageKind.CONFIRMATION, "confirmation", now, due_at=appointment.booked_at)


def _about_one_taken_over(appointment: Any, now: dict[str, Any]) -> Iterator[Due]:
    """Of a visit that came from another system the patient knows; only what changed since is told."""
    if appointment.sequence:
        held_until = appointment.changed_at + CHANGE_PAUSE
        yield _told(
            appointment, MessageKind.CHANGE, "change", now, due_at=appointment.changed_at, held_until=held_until
        )


def _counting(appointment: Any, *kinds: str) -> list[Message]:
    """Leave out what was held back before the last change, and what rode along in a letter that never went out."""
    return [each for each in appointment.told if each.kind in kinds and counts(each, appointment)]


def counts(message: Message, appointment: Appointment) -> bool:
    """Say whether a message still says something about the visit as it is now."""
    if message.state != MessageState.SUPPRESSED:
        return True
    return message.created_at >= appointment.changed_at and message.error != LETTER_NOT_SENT


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


def _reminder(appointment: Any, at: datetime, hours: Any) -> Iterator[Due]:
    now = facts_of(appointment)
    wanted = appointment.starts_at - REMINDER_BEFORE
    if wanted > at or appointment.booked_at > wanted:
        return
    if any(says(each, now) for each in _counting(appointment, MessageKind.REMINDER)):
        return
    if after_quiet(at, appointment.location.time_zone, hours) > at:
        return
    yield _told(
        appointment, MessageKind.REMINDER, "reminder", now, due_at=wanted, offset_minutes=REMINDER_OFFSET_MINUTES
    )


def prepare_from(appointment: Appointment) -> datetime:
    """Give the moment from which the instructions for a visit are due: in the morning, seven days before it."""
    zone = appointment.location.time_zone
    day = local_day(appointment.starts_at, zone) - timedelta(days=PREPARATION_DAYS)
    return morning_of(day, zone)


def _preparation(appointment: Any, at: datetime, hours: Any) -> Iterator[Due]:
    wanted = prepare_from(appointment)
    if wanted > at or appointment.starts_at <= at + PREPARATION_TOO_LATE:
        return
    if _counting(appointment, MessageKind.PREPARATION) or after_quiet(at, appointment.location.time_zone, hours) > at:
        return
    offset = -PREPARATION_DAYS * DAY_MINUTES
    now = facts_of(appointment)
    yield _told(appointment, MessageKind.PREPARATION, "preparation", now, due_at=wanted, offset_minutes=offset)


def holds(message: Message, at: datetime) -> str:
    """Look again just before a message about a visit goes out; answer why it must not, or nothing."""
    appointment = Appointment.objects.filter(clinic=message.clinic_id, pk=message.subject_id).first()
    if appointment is None:
        return _("The visit does not exist any more.")
    now = facts_of(appointment)
    if now["cancelled"] and not message.context.get("cancelled"):
        return _("The visit was cancelled.")
    if not says(message, now):
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
    return last is not None and last.context.get("starts_at") is not None and says(last, _facts_in(message))


def _facts_in(message: Message) -> dict[str, Any]:
    return {key: message.context.get(key) for key in ("starts_at", "location", "cancelled")}
