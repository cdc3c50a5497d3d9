"""Moving, cancelling and marking a visit, with what that means for the later visits of its course."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited, note_fields
from common.dates import local_day
from common.refused import Refused
from scheduling import rules
from scheduling.actions import bookings, occupation
from scheduling.actions.bookings import Overrides
from scheduling.availability import needs_of
from scheduling.models import (
    APPOINTMENT_TRANSITIONS,
    BUSY_COLUMNS,
    NOT_LIVE,
    Appointment,
    AppointmentOverride,
    AppointmentStatus,
    CourseVisit,
)

Later = Iterable[Mapping[str, Any]]


def locked(appointment: Appointment) -> Appointment:
    """Lock the course, then the visit, and read it again with all that a change asks about."""
    visit = CourseVisit.objects.filter(appointment=appointment.pk).first()
    bookings.lock_visit(visit)
    return (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("clinic", "patient", "kind", "practitioner__membership__user", "location")
        .get(pk=appointment.pk)
    )


def visit_of(appointment: Appointment) -> CourseVisit | None:
    """The visit of a course that this appointment stands for, if any."""
    return CourseVisit.objects.select_related("course__location").filter(appointment=appointment.pk).first()


@audited("appointment.moved")
def move(
    appointment: Appointment,
    *,
    starts_at: datetime,
    practitioner: Any = None,
    room: Any = None,
    later: Later | None = None,
    overrides: Overrides = (),
    by: User,
    at: datetime,
) -> Appointment:
    """Give a visit another time; booked later visits of its course are settled in the same step, or it is refused."""
    appointment = locked(appointment)
    rules.bookings.keep.check(by, appointment)
    rules.bookings.move.check(by, appointment)
    visit = visit_of(appointment)
    _insist_on_choices(visit, starts_at=starts_at, later=later, at=at)
    _move(appointment, starts_at, practitioner=practitioner, room=room, visit=visit, overrides=overrides, by=by, at=at)
    _settle(visit, later or (), reason=_("An earlier visit of the plan was moved."), by=by, at=at)
    return appointment


def _move(
    appointment: Appointment,
    starts_at: datetime,
    *,
    practitioner: Any = None,
    room: Any = None,
    visit: CourseVisit | None,
    overrides: Overrides,
    by: User,
    at: datetime,
) -> None:
    proposal = bookings.propose(
        appointment.clinic,
        patient=appointment.patient,
        kind=appointment.kind,
        practitioner=practitioner or appointment.practitioner,
        starts_at=starts_at,
        room=room,
        location=None if room else appointment.location_id,
        visit=visit,
        leaving=appointment,
        overrides=overrides,
        by=by,
        at=at,
    )
    against = bookings.insist(proposal, by=by)
    squeezed = list(occupation.neighbours(appointment).values_list("pk", flat=True))
    note_fields(["starts_at", *(["practitioner"] if practitioner else []), *(["room"] if room else [])])
    appointment.sequence += 1
    bookings.place(appointment, proposal, by=by, at=at)
    occupation.widen(squeezed)
    bookings.write_reasons(appointment, against, proposal, by=by, at=at)
    if not proposal.sight.in_care_team:
        bookings.join_care_team(appointment, by=by, at=at)
    appointment.findings = [*against, *rules.bookings.notes.reasons_against(by, proposal)]  # type: ignore[attr-defined]


@audited("appointment.cancelled")
def cancel(appointment: Appointment, *, reason: str, later: Later | None = None, by: User, at: datetime) -> Appointment:
    """Call a visit off: its time is free again, and the visit of the plan is unbooked."""
    if not reason.strip():
        raise Refused("reason_needed", _("Say why the visit is cancelled."))
    appointment = locked(appointment)
    rules.bookings.keep.check(by, appointment)
    rules.bookings.cancel.check(by, appointment)
    visit = visit_of(appointment)
    _insist_on_choices(visit, starts_at=None, later=later, at=at)
    _call_off(appointment, AppointmentStatus.CANCELLED, reason=reason, by=by, at=at)
    _settle(visit, later or (), reason=_("An earlier visit of the plan was cancelled."), by=by, at=at)
    return appointment


def _call_off(appointment: Appointment, status: str, *, reason: str, by: User, at: datetime) -> None:
    squeezed = list(occupation.neighbours(appointment).values_list("pk", flat=True))
    occupation.vacate(appointment)
    appointment.status, appointment.held_until, appointment.changed_at = status, None, at
    appointment.sequence += 1
    if status == AppointmentStatus.CANCELLED:
        appointment.cancel_reason = reason[:300]
    appointment.overlap_reason, appointment.overlap_by, appointment.overlap_at = "", None, None
    appointment.save()
    occupation.widen(squeezed)
    bookings.note_status(appointment, reason=reason, by=by, at=at)


def _insist_on_choices(
    visit: CourseVisit | None, *, starts_at: datetime | None, later: Later | None, at: datetime
) -> None:
    """Refuse a change that pushes later booked visits out of their windows until each has a choice."""
    if visit is None or visit.done_on:
        return
    days = {int(choice["visit"]): _chosen_day(choice, visit) for choice in later or ()}
    left = rules.later.affected_by(visit, starts_at=starts_at, at=at, days=days)
    if left:
        raise Refused(
            "later_visits_affected",
            _("Later visits of the plan would lie outside their intervals: %(visits)s. Say what becomes of each.")
            % {"visits": ", ".join(str(each.visit.ordinal) for each in left)},
            later=[each.as_dict() for each in left],
        )


def _chosen_day(choice: Mapping[str, Any], visit: CourseVisit) -> date | None:
    zone = visit.course.location.time_zone
    if choice["action"] == "move":
        return local_day(choice["starts_at"], zone)
    if choice["action"] == "unbook":
        return None
    kept = Appointment.objects.filter(course_visit=choice["visit"], course_visit__course=visit.course_id).first()
    return local_day(kept.starts_at, zone) if kept else None


def _settle(moved: CourseVisit | None, later: Later, *, reason: str, by: User, at: datetime) -> None:
    """Do with each later visit what was chosen, in the order of the course, in the same transaction."""
    for choice, visit in _in_order(moved, later):
        if visit.appointment is None or visit.appointment.status in NOT_LIVE:
            continue
        appointment = locked(visit.appointment)
        rules.bookings.keep.check(by, appointment)
        said = str(choice.get("reason") or "").strip()
        if choice["action"] == "move":
            given = [{"code": "interval_early", "reason": said}] if said else []
            _move(appointment, choice["starts_at"], visit=visit, overrides=given, by=by, at=at)
        elif choice["action"] == "unbook":
            _call_off(appointment, AppointmentStatus.CANCELLED, reason=said or reason, by=by, at=at)
        else:
            _leave(appointment, visit, said, by=by, at=at)


def _in_order(moved: CourseVisit | None, later: Later) -> list[tuple[Mapping[str, Any], CourseVisit]]:
    """The choices with their visits, which are later ones of the same course; anything else is no choice."""
    choices = {int(choice["visit"]): choice for choice in later}
    if not choices:
        return []
    rows = CourseVisit.objects.select_related("course__location", "appointment").filter(pk__in=choices)
    rows = rows.filter(course=moved.course_id, ordinal__gt=moved.ordinal) if moved else rows.none()
    found = list(rows.order_by("ordinal"))
    if len(found) < len(choices):
        raise Refused("invalid", _("Only later visits of the same plan can be settled with this one."))
    return [(choices[visit.pk], visit) for visit in found]


def _leave(appointment: Appointment, visit: CourseVisit, reason: str, *, by: User, at: datetime) -> None:
    """A later visit stays where it is although it now lies outside its window: a waiver, with its reason."""
    day = local_day(appointment.starts_at, visit.course.location.time_zone)
    rules.later.leave.check(by, visit, window=rules.windows.of_visit(visit), day=day, reason=reason)
    AppointmentOverride.objects.create(
        clinic_id=appointment.clinic_id,
        appointment=appointment,
        code="interval_waived",
        message=_("Stays outside its interval after an earlier visit changed."),
        reason=reason[:300],
        by=by,
        at=at,
    )


@audited("appointment.status_changed")
def set_status(appointment: Appointment, *, status: str, reason: str = "", by: User, at: datetime) -> Appointment:
    """Take a visit one step on (confirmed, arrived, in the room, done, left, did not come), or one step back."""
    if status not in AppointmentStatus.values:
        raise Refused("invalid", _("“%(status)s” is not a status of a visit.") % {"status": status})
    appointment = locked(appointment)
    rules.bookings.keep.check(by, appointment)
    if status == appointment.status:
        raise Refused("already_done", _("This visit has this status already."))
    note_fields(["status"])
    if status in APPOINTMENT_TRANSITIONS[appointment.status]:
        return _step(appointment, status, reason=reason, by=by, at=at)
    if status == previous_status(appointment):
        return _step_back(appointment, status, by=by, at=at)
    raise Refused(
        "wrong_state",
        _("A visit that is “%(now)s” cannot become “%(then)s”.")
        % {"now": AppointmentStatus(appointment.status).label, "then": AppointmentStatus(status).label},
    )


def _step(appointment: Appointment, status: str, *, reason: str, by: User, at: datetime) -> Appointment:
    if status == AppointmentStatus.CANCELLED:
        raise Refused("reason_needed", _("Cancel the visit with its reason."))
    if status == AppointmentStatus.NO_SHOW:
        if appointment.starts_at > at:
            raise Refused("wrong_state", _("The visit has not begun: nobody can have missed it yet."))
        _call_off(appointment, status, reason=reason, by=by, at=at)
        return appointment
    appointment.status, appointment.held_until, appointment.changed_at = status, None, at
    appointment.save(update_fields=["status", "held_until", "changed_at"])
    bookings.note_status(appointment, reason=reason, by=by, at=at)
    return appointment


def previous_status(appointment: Appointment) -> str | None:
    """The status to which one step back leads; nothing after an undo, and never back to a hold."""
    last = list(appointment.status_changes.order_by("-pk").values_list("status", "is_undo")[:2])
    if len(last) < 2 or last[0][1] or last[1][0] == AppointmentStatus.HELD:
        return None
    return str(last[1][0])


def _step_back(appointment: Appointment, status: str, *, by: User, at: datetime) -> Appointment:
    """Undo the last step; a visit that was called off takes its time again, unless somebody has it."""
    was_off = appointment.status in NOT_LIVE
    if was_off and appointment.kind.needs_course and visit_of(appointment) is None:
        raise Refused("wrong_state", _("The visit of the plan has been booked again meanwhile."))
    appointment.status, appointment.changed_at, appointment.cancel_reason = status, at, ""
    if was_off:
        try:
            with occupation.taking(appointment):
                occupation.occupy(appointment, needs_of(appointment.kind))
                appointment.save(update_fields=["status", "changed_at", "cancel_reason", *BUSY_COLUMNS])
        except occupation.Taken as taken:
            raise occupation.slot_taken(appointment, taken.resource, at=at) from taken
    else:
        appointment.save(update_fields=["status", "changed_at", "cancel_reason"])
    bookings.note_status(appointment, is_undo=True, by=by, at=at)
    return appointment
