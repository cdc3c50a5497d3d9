"""The facts of a plan that booking must know: written by whoever owns the plan, read at every booking."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited, note_fields
from common.refused import Refused
from scheduling.models import LIVE, AppointmentKind, Course, CourseVisit


@dataclass(frozen=True)
class Visit:
    """One visit as a plan describes it: its number, its kind, and how many days after the one before."""

    ordinal: int
    kind: AppointmentKind
    min_days: int
    max_days: int
    label_bound: bool = False


def _locked(course: Course) -> Course:
    return Course.objects.select_for_update().select_related("location").get(pk=course.pk)


def _locked_visit(visit: CourseVisit) -> CourseVisit:
    """Lock the course first, then its visit."""
    Course.objects.select_for_update().get(pk=visit.course_id)
    return CourseVisit.objects.select_related("course__location", "appointment").get(pk=visit.pk)


@audited("course.started")
def start(
    patient: Any,
    *,
    label: str,
    page_url: str,
    start_on: date,
    visits: Iterable[Visit],
    practitioner: Any = None,
    location: Any = None,
    by: User,
    at: datetime,
) -> Course:
    """Tell booking of a plan: when it may start and how its visits follow one another."""
    course = Course.objects.create(
        clinic=patient.clinic,
        patient=patient,
        practitioner=practitioner,
        location=location or patient.clinic.locations.filter(is_active=True).order_by("pk").first(),
        label=label,
        page_url=page_url,
        start_on=start_on,
    )
    CourseVisit.objects.bulk_create(
        CourseVisit(
            clinic=patient.clinic,
            course=course,
            ordinal=visit.ordinal,
            kind=visit.kind,
            min_days=visit.min_days,
            max_days=visit.max_days,
            label_bound=visit.label_bound,
        )
        for visit in visits
    )
    return course


@audited("course.linked")
def link(course: Course, *, page_url: str, by: User, at: datetime) -> Course:
    """Tell where the plan behind a course can be read."""
    course.page_url = page_url
    course.save(update_fields=["page_url"])
    return course


@audited("course.interval_changed")
def set_interval(visit: CourseVisit, *, min_days: int, max_days: int, by: User, at: datetime) -> CourseVisit:
    """Change how long after the one before a visit belongs, as a phase decision asks."""
    visit = _locked_visit(visit)
    visit.min_days, visit.max_days = min_days, max_days
    visit.save(update_fields=["min_days", "max_days"])
    note_fields(["min_days", "max_days"])
    return visit


@audited("course_visit.done")
def mark_done(visit: CourseVisit, *, on: date, by: User, at: datetime) -> CourseVisit:
    """Write down the day on which a visit really happened; later windows count from it."""
    visit = _locked_visit(visit)
    if visit.skipped:
        raise Refused("wrong_state", _("This visit was skipped."), url=visit.course.page_url)
    visit.done_on = on
    visit.save(update_fields=["done_on"])
    return visit


@audited("course_visit.skipped")
def skip(visit: CourseVisit, *, reason: str, by: User, at: datetime) -> CourseVisit:
    """Leave a visit out; the next one then follows the visit before it."""
    visit = _locked_visit(visit)
    if visit.done_on:
        raise Refused("already_done", _("This visit is done and cannot be skipped."), url=visit.course.page_url)
    if visit.appointment is not None and visit.appointment.status in LIVE:
        raise Refused("wrong_state", _("This visit is booked. Cancel its appointment first."))
    visit.skipped = True
    visit.save(update_fields=["skipped"])
    return visit


@audited("course_visit.reassessed")
def reassess(visit: CourseVisit, *, reason: str, by: User, at: datetime) -> CourseVisit:
    """Record that a practitioner looked again after a long gap, so that the visit may be booked."""
    visit = _locked_visit(visit)
    visit.reassessed_at, visit.reassessed_by, visit.reassessment_reason = at, by, reason
    visit.save(update_fields=["reassessed_at", "reassessed_by", "reassessment_reason"])
    return visit


@audited("course.blocked")
def block(course: Course, *, code: str, sentence: str, url: str = "", by: User, at: datetime) -> Course:
    """Stop all booking of a course, with the code, the sentence and the link that explain it."""
    course = _locked(course)
    course.blocked_code, course.blocked_sentence, course.blocked_url = code, sentence, url
    course.save(update_fields=["blocked_code", "blocked_sentence", "blocked_url"])
    return course


@audited("course.unblocked")
def unblock(course: Course, *, by: User, at: datetime) -> Course:
    """Let a course be booked again."""
    course = _locked(course)
    course.blocked_code = course.blocked_sentence = course.blocked_url = ""
    course.save(update_fields=["blocked_code", "blocked_sentence", "blocked_url"])
    return course


@audited("course.ended")
def end(course: Course, *, by: User, at: datetime) -> Course:
    """Close a course: nothing more of it can be booked."""
    course = _locked(course)
    course.is_live = False
    course.save(update_fields=["is_live"])
    return course
