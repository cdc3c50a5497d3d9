"""Booking all visits of a course in one step: every one of them, or none."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from common.refused import Refusal, Refused
from patients.models import Patient
from scheduling.actions import bookings, occupation
from scheduling.models import LIVE, Appointment, Course, CourseVisit, TimeWish

Choice = Mapping[str, Any]


@audited("course.booked")
def book(course: Course, *, choices: Iterable[Choice], by: User, at: datetime) -> Course:
    """Give several visits of a course their times in one transaction; if one cannot be had, none is booked.

    A choice is {ordinal, starts_at, practitioner, room?, overrides?}. The course answers with `booked`, its new visits
    in order. The windows are those that the chosen days make, each asked as for a single booking.
    """
    wanted = sorted(choices, key=lambda choice: choice["ordinal"])
    course = Course.objects.select_for_update(of=("self",)).select_related("clinic", "patient").get(pk=course.pk)
    visits = {visit.ordinal: visit for visit in course.visits.select_related("appointment", "kind")}
    _insist_on_sense(wanted, visits)
    occupation.queue_for_all(
        patients=[course.patient_id],
        practitioners=[choice["practitioner"].pk for choice in wanted],
        rooms=[choice["room"].pk for choice in wanted if choice.get("room")],
    )
    course.booked = [_book(course, visits[choice["ordinal"]], choice, by=by, at=at) for choice in wanted]  # type: ignore[attr-defined]
    return course


def _insist_on_sense(wanted: list[Choice], visits: dict[int, CourseVisit]) -> None:
    if not wanted:
        raise Refused("invalid", _("Choose a time for at least one visit."))
    ordinals = [choice["ordinal"] for choice in wanted]
    doubled = next((number for number in ordinals if ordinals.count(number) > 1), None)
    if doubled is not None:
        raise Refused("invalid", _("Visit %(n)s is named twice.") % {"n": doubled})
    foreign = next((number for number in ordinals if number not in visits), None)
    if foreign is not None:
        raise Refused("invalid", _("This plan has no visit %(n)s.") % {"n": foreign})
    for number in ordinals:
        held = visits[number].appointment
        if held is not None and held.status in LIVE:
            raise Refused("already_done", _("Visit %(n)s is booked already.") % {"n": number}, ordinal=number)


def _book(course: Course, visit: CourseVisit, choice: Choice, *, by: User, at: datetime) -> Appointment:
    try:
        return bookings.book(
            course.clinic,
            patient=course.patient,
            kind=visit.kind,
            practitioner=choice["practitioner"],
            starts_at=choice["starts_at"],
            room=choice.get("room"),
            course_visit=visit,
            overrides=choice.get("overrides") or (),
            by=by,
            at=at,
        )
    except Refused as refused:
        raise _named(visit, refused) from refused


def _named(visit: CourseVisit, refused: Refused) -> Refused:
    """Say of which visit a refusal speaks; the code stays what it was."""
    said = Refused.of(
        [
            Refusal(
                each.code,
                _("Visit %(n)s: %(sentence)s") % {"n": visit.ordinal, "sentence": each.message},
                severity=each.severity,
                source=each.source,
                url=each.url,
            )
            for each in refused.reasons
        ]
    )
    said.extra = {**refused.extra, "ordinal": visit.ordinal}
    return said


@audited("time_wish.said")
def wish(
    patient: Patient,
    *,
    weekdays: Iterable[int] = (),
    not_before: time | None = None,
    not_after: time | None = None,
    by: User,
    at: datetime,
) -> TimeWish:
    """Remember when a patient would rather come; the same wish said again is not kept twice."""
    said = {"weekdays": sorted(set(weekdays)), "not_before": not_before, "not_after": not_after}
    known = patient.time_wishes.newest()
    if known is not None and {name: getattr(known, name) for name in said} == said:
        return known
    return TimeWish.objects.create(clinic=patient.clinic, patient=patient, said_at=at, said_by=by, **said)
