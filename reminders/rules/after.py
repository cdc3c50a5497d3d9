"""What is due after a session: the sheet at once, and the questions on the days after; all count from the injection."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import Clinic
from common.dates import local_day
from formulations.models import PreparationComponent
from messaging.models import Message, MessageKind
from reminders.rules.dues import DAY_MINUTES, LOOK_BACK, PLANNED, Due
from reminders.rules.quiet import after_quiet, morning_of
from safety.models import Reporter, SideEffectCase
from scheduling.models import CourseVisit
from treatments.models import PLAN_LIVE, SessionState, TreatmentSession


@dataclass(frozen=True)
class Question:
    """A question some days after a session: of which kind, after how many days, and how late it may still come."""

    kind: str
    day: int
    late_days: int


CHECK_IN = Question(MessageKind.CHECK_IN, 1, 2)
NODULES = (Question(MessageKind.NODULE_CHECK, 7, 5), Question(MessageKind.NODULE_CHECK, 21, 7))
LAST_NODULES = Question(MessageKind.NODULE_CHECK, 90, 14)
QUESTIONS = (CHECK_IN, *NODULES, LAST_NODULES)


def following(clinic: Clinic, at: datetime, hours: Any) -> Iterator[Due]:
    """List what is due after the sessions of a clinic."""
    yield from _sheets(clinic, at)
    yield from _questions(clinic, at, hours)


def _sheets(clinic: Clinic, at: datetime) -> Iterator[Due]:
    spoken = Message.objects.filter(clinic=clinic, kind=MessageKind.AFTERCARE, subject_id=OuterRef("pk"))
    given = clinic.treatment_sessions.given().filter(
        ~Exists(spoken), injection_ended_at__gte=at - LOOK_BACK, injection_ended_at__lte=at
    )
    for session in given.select_related("patient", "location", "clinic").order_by("id"):
        yield Due(
            kind=MessageKind.AFTERCARE,
            words="aftercare",
            subject=session,
            patient=session.patient,
            location=session.location,
            context={"ended_at": session.injection_ended_at.isoformat()},
            due_at=session.injection_ended_at,
        )


def _questions(clinic: Clinic, at: datetime, hours: Any) -> Iterator[Due]:
    """One query finds every session of which a question is open; the day is then counted at its own place."""
    wanted = Q(pk__in=[])
    for question in QUESTIONS:
        asked = Message.objects.filter(
            clinic=clinic,
            kind=question.kind,
            subject_id=OuterRef("pk"),
            offset_minutes=question.day * DAY_MINUTES,
        )
        newest = at - timedelta(days=question.day) + timedelta(days=1)
        oldest = at - timedelta(days=question.day + question.late_days + 1)
        wanted |= Q(injection_ended_at__range=(oldest, newest)) & ~Exists(asked) & asked_after(question)
    rows = clinic.treatment_sessions.given().filter(wanted)
    for session in rows.select_related("patient", "location", "clinic").order_by("id"):
        for question in _open_questions(session, at):
            item = question_of(session, question)
            if after_quiet(at, item.location.time_zone, hours) <= at:
                yield item


def asked_after(question: Question) -> Q:
    """Choose the sessions after which a question is asked at all."""
    if question == CHECK_IN:
        return Q(_is_first()) | Q(reaction__none_observed=False) | Q(_has_new_product())
    if question == LAST_NODULES:
        return Q(_is_last())
    return Q(_is_first())


def _is_first() -> Any:
    earlier = TreatmentSession.objects.given().filter(
        plan=OuterRef("plan"), injection_ended_at__lt=OuterRef("injection_ended_at")
    )
    return ~Exists(earlier)


def _is_last() -> Any:
    later = TreatmentSession.objects.given().filter(
        plan=OuterRef("plan"), injection_ended_at__gt=OuterRef("injection_ended_at")
    )
    still_to_come = CourseVisit.objects.open().filter(
        course=OuterRef("plan__course"), planned_session__plan__state__in=PLAN_LIVE
    )
    return ~Exists(later) & ~Exists(still_to_come)


def _has_new_product() -> Any:
    session = "preparation__session_preparation__session"
    before = PreparationComponent.objects.filter(
        **{
            "pack__lot__product": OuterRef("pack__lot__product"),
            f"{session}__patient": OuterRef(f"{session}__patient"),
            f"{session}__injection_ended_at__lt": OuterRef(f"{session}__injection_ended_at"),
        }
    )
    used = PreparationComponent.objects.filter(**{session: OuterRef("pk")})
    return Exists(used.filter(~Exists(before)))


def _open_questions(session: Any, at: datetime) -> Iterator[Question]:
    rows = TreatmentSession.objects.filter(pk=session.pk)
    asked = set(
        Message.objects.about("treatmentsession", session.pk)
        .filter(clinic=session.clinic_id)
        .values_list("kind", "offset_minutes")
    )
    for question in QUESTIONS:
        asks_at, until = span_of(session, question)
        is_open = asks_at <= at < until and (question.kind, question.day * DAY_MINUTES) not in asked
        if is_open and rows.filter(asked_after(question)).exists():
            yield question


def span_of(session: Any, question: Question) -> tuple[datetime, datetime]:
    """Give the moment at which a question comes, and the one from which it comes too late."""
    zone = session.location.time_zone
    day = local_day(session.injection_ended_at, zone) + timedelta(days=question.day)
    latest = day + timedelta(days=question.late_days)
    return morning_of(day, zone), morning_of(latest, zone).replace(hour=time.max.hour)


def question_of(session: Any, question: Question) -> Due:
    """Turn a question after a session into a message that is due."""
    return Due(
        kind=question.kind,
        words=str(question.kind),
        subject=session,
        patient=session.patient,
        location=session.location,
        context={"ended_at": session.injection_ended_at.isoformat(), "day": question.day},
        due_at=span_of(session, question)[0],
        offset_minutes=question.day * DAY_MINUTES,
    )


def next_visit_of(session: TreatmentSession, at: datetime) -> Any:
    """Find the visit of the same course that is booked next, if one is."""
    rows = CourseVisit.objects.open().filter(
        course__visits__planned_session__sessions=session.pk, appointment__status__in=PLANNED
    )
    row = rows.filter(appointment__starts_at__gt=at).select_related("appointment__location").order_by("ordinal").first()
    return row.appointment if row else None


def holds(message: Message) -> str:
    """Look again just before a message about a session goes out; answer why it must not, or nothing."""
    session = TreatmentSession.objects.filter(clinic=message.clinic_id, pk=message.subject_id).first()
    if session is None or session.state == SessionState.ABANDONED or session.injection_ended_at is None:
        return _("Nothing was injected in that session.")
    if message.kind == MessageKind.CHECK_IN and _has_told(session):
        return _("The patient told us of a trouble since; whoever treats answers that.")
    return ""


def _has_told(session: TreatmentSession) -> bool:
    told = SideEffectCase.objects.filter(clinic=session.clinic_id, patient=session.patient_id)
    return told.filter(reporter=Reporter.PATIENT, reported_at__gte=session.injection_ended_at).exists()
