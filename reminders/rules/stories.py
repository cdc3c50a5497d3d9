"""The whole story of a visit: what was sent, what will be, and why the rest was not, each in words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Clinic
from common.dates import local_day
from messaging.models import Message, MessageKind
from reminders.rules import after, quiet
from reminders.rules.dues import DAY_MINUTES, LOOK_BACK, Due, says
from reminders.rules.few import MOST_A_WEEK, diaries_of, waits
from reminders.rules.visits import (
    REMINDER_BEFORE,
    facts_of,
    lies_ahead,
    needs_instructions,
    prepare_from,
)
from reminders.rules.ways import way_to
from scheduling.models import Appointment, CourseVisit
from treatments.models import TreatmentSession

Line = dict[str, Any]


def story(appointment: Appointment, at: datetime) -> list[Line]:
    """Tell, for one visit and its session, what was sent, what will be and what was not, each with its reason."""
    session = TreatmentSession.objects.given().filter(appointment=appointment.pk).select_related("location").first()
    messages = list(_about(appointment, session))
    messages.sort(key=lambda message: (message.due_at, message.pk))
    lines: list[Line] = [{"message": message, "label": label_of(message)} for message in messages]
    return lines + [{"message": None, **line} for line in _missing(appointment, session, messages, at)]


def _about(appointment: Appointment, session: TreatmentSession | None) -> Iterator[Message]:
    rows = Message.objects.filter(clinic=appointment.clinic_id).select_related("carried_by")
    yield from rows.about("appointment", appointment.pk)
    if session is not None:
        yield from rows.about("treatmentsession", session.pk)


def label_of(message: Message) -> str:
    """Name a message, and after how many days it asks."""
    day = message.context.get("day")
    kind = str(message.get_kind_display())
    return _("%(kind)s, day %(day)d") % {"kind": kind, "day": day} if day else kind


def _missing(
    appointment: Appointment, session: TreatmentSession | None, messages: list[Message], at: datetime
) -> Iterator[Line]:
    if not way_to(appointment.patient, MessageKind.CONFIRMATION)[0]:
        yield {"label": _("Nothing can be sent"), "reason": _no_way(appointment)}
        return
    kinds = {each.kind for each in messages}
    if MessageKind.CONFIRMATION not in kinds and not messages:
        yield from _confirmation(appointment, at)
    if MessageKind.PREPARATION not in kinds:
        yield from _preparation(appointment, at)
    if not any(each.kind == MessageKind.REMINDER and says(each, facts_of(appointment)) for each in messages):
        yield from _reminder(appointment, at)
    yield from _afterwards(appointment, session, messages, at)


def _no_way(appointment: Appointment) -> str:
    if appointment.patient.phone:
        return _("The patient has no e-mail address, and gave no permission for short messages.")
    return _("The patient has no e-mail address.")


def _confirmation(appointment: Appointment, at: datetime) -> Iterator[Line]:
    label = MessageKind.CONFIRMATION.label
    if facts_of(appointment)["cancelled"]:
        yield {"label": label, "reason": _("The visit was cancelled before anything was sent.")}
    elif appointment.booked_at < at - LOOK_BACK:
        yield {"label": label, "reason": _("The visit was booked before messages were sent from here.")}
    elif appointment.starts_at > at:
        yield {"label": label, "reason": "", "due_at": at}


def _place(appointment: Appointment) -> tuple[CourseVisit | None, list[CourseVisit]]:
    visit = CourseVisit.objects.filter(appointment=appointment.pk).first()
    if visit is None:
        return None, []
    return visit, list(CourseVisit.objects.filter(course=visit.course_id).select_related("appointment"))


def _preparation(appointment: Appointment, at: datetime) -> Iterator[Line]:
    visit, others = _place(appointment)
    label = MessageKind.PREPARATION.label
    if visit is None or facts_of(appointment)["cancelled"] or visit.done_on:
        return
    if _earlier(visit, others, at):
        yield {"label": label, "reason": _("Decided after the session before: it depends on the days between.")}
    elif not needs_instructions(appointment, others):
        reason = _("The session before is less than 14 days away: the letter after it says how to prepare.")
        yield {"label": label, "reason": reason}
    elif appointment.starts_at <= at:
        yield {"label": label, "reason": _("The visit was booked too late for it.")}
    else:
        yield from _planned(appointment, label, MessageKind.PREPARATION, prepare_from(appointment), at)


def _reminder(appointment: Appointment, at: datetime) -> Iterator[Line]:
    label = MessageKind.REMINDER.label
    visit, others = _place(appointment)
    wanted = appointment.starts_at - REMINDER_BEFORE
    if facts_of(appointment)["cancelled"]:
        return
    if appointment.booked_at > wanted:
        reason = _("The visit was booked less than 48 hours ahead; the confirmation stands for it.")
        yield {"label": label, "reason": reason}
    elif appointment.starts_at <= at:
        yield {"label": label, "reason": _reason_missed(appointment)}
    elif visit is not None and _earlier(visit, others, at):
        yield {"label": label, "reason": _("Nothing is sent before the earlier session of the course has happened.")}
    else:
        yield from _planned(appointment, label, MessageKind.REMINDER, wanted, at)


def _reason_missed(appointment: Appointment) -> str:
    diary = diaries_of(appointment.clinic, [appointment.patient_id], appointment.starts_at)[appointment.patient_id]
    if len(diary.written) >= MOST_A_WEEK:
        return _("The patient had been written to three times that week; the letter after the session before named it.")
    return _("It was not sent in time: nothing was sent from here in those hours, or the visit was moved late.")


def _earlier(visit: CourseVisit, others: list[CourseVisit], at: datetime) -> bool:
    return any(lies_ahead(each, at) for each in others if each.ordinal < visit.ordinal)


def _planned(appointment: Appointment, label: Any, kind: str, wanted: datetime, at: datetime) -> Iterator[Line]:
    zone = appointment.location.time_zone
    moment = quiet.after_quiet(max(wanted, at), zone, hours(appointment.clinic))
    if wanted > at:
        yield {"label": label, "reason": "", "due_at": moment}
        return
    diary = diaries_of(appointment.clinic, [appointment.patient_id], at)[appointment.patient_id]
    item = Due(
        kind=kind,
        words=kind,
        subject=appointment,
        patient=appointment.patient,
        location=appointment.location,
        context={},
        due_at=wanted,
    )
    if waits(item, diary, local_day(at, zone)):
        reason = _("Waits: a patient is written to once a day and three times a week at most.")
        yield {"label": label, "reason": reason}
    else:
        yield {"label": label, "reason": "", "due_at": moment}


def hours(clinic: Clinic) -> Any:
    """Read in which hours this clinic writes to nobody."""
    return quiet.hours_of(clinic.policies.newest(quiet.HOURS_KEY).values_list("value", flat=True).first())


def _afterwards(
    appointment: Appointment, session: TreatmentSession | None, messages: list[Message], at: datetime
) -> Iterator[Line]:
    if session is None:
        if _place(appointment)[0] is not None and not facts_of(appointment)["cancelled"]:
            text = _("Sent when the last injection is recorded.")
            yield {"label": MessageKind.AFTERCARE.label, "reason": text}
        return
    if session.injection_ended_at is None:
        return
    if not any(each.kind == MessageKind.AFTERCARE for each in messages):
        yield from _sheet(session, at)
    asked = {(each.kind, each.offset_minutes) for each in messages}
    for question in after.QUESTIONS:
        if (question.kind, question.day * DAY_MINUTES) not in asked:
            yield from _question(session, question, at)
    for answer in session.check_ins.order_by("day"):
        label = _("Answer of day %(day)d: all is well") % {"day": answer.day}
        yield {"label": label, "answered_at": answer.at}


def _sheet(session: TreatmentSession, at: datetime) -> Iterator[Line]:
    label = MessageKind.AFTERCARE.label
    if session.injection_ended_at and session.injection_ended_at < at - LOOK_BACK:
        reason = _("The session was recorded more than a day after it happened: the letter would have come too late.")
        yield {"label": label, "reason": reason}
    else:
        yield {"label": label, "reason": "", "due_at": at}


def _question(session: TreatmentSession, question: after.Question, at: datetime) -> Iterator[Line]:
    kind = MessageKind(question.kind).label
    label = _("%(kind)s, day %(day)d") % {"kind": kind, "day": question.day}
    rows = TreatmentSession.objects.filter(pk=session.pk)
    comes_at, until = after.span_of(session, question)
    if not rows.filter(after.asked_after(question)).exists():
        yield {"label": label, "reason": _why_unasked(question)}
    elif at < comes_at:
        yield {"label": label, "reason": "", "due_at": comes_at}
    elif at < until:
        yield {"label": label, "reason": _("Waits: a patient is written to once a day and three times a week at most.")}
    else:
        yield {"label": label, "reason": _("There was no free day for it in time.")}


def _why_unasked(question: after.Question) -> str:
    if question == after.CHECK_IN:
        return _("Asked only after the first session, a new product or a reaction.")
    if question == after.LAST_NODULES:
        return _("Asked after the last session of a course.")
    return _("Asked after the first session of a course.")
