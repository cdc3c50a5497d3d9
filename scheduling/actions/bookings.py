"""Booking a visit: the rules say whether, the database says who was first."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited, note_fields
from common.refused import Refusal, Refused
from patients.actions import care_teams
from patients.models import CareTeamReason
from scheduling import rules
from scheduling.actions import occupation
from scheduling.actions.occupation import Taken
from scheduling.availability import look, needs_of
from scheduling.models import (
    LIVE,
    Announce,
    Appointment,
    AppointmentKind,
    AppointmentOverride,
    AppointmentStatus,
    Course,
    CourseVisit,
    StatusChange,
)
from scheduling.rules.bookings import Proposal, reasons_given

Overrides = Iterable[Mapping[str, str]]
MOST_ROOMS = 12


@audited("appointment.booked")
def book(
    clinic: Any,
    *,
    patient: Any,
    kind: AppointmentKind,
    practitioner: Any,
    starts_at: datetime,
    room: Any = None,
    location: Any = None,
    course_visit: CourseVisit | None = None,
    overrides: Overrides = (),
    note: str = "",
    held_until: datetime | None = None,
    announce: str = Announce.ALL,
    by: User,
    at: datetime,
) -> Appointment:
    """Give a patient a time with a practitioner, in the room asked for or the first suitable one that is free.

    With `held_until` the time is only held, and given back by itself afterwards.
    """
    visit = lock_visit(course_visit, at_booking=True)
    proposal = propose(
        clinic,
        patient=patient,
        kind=kind,
        practitioner=practitioner,
        starts_at=starts_at,
        room=room,
        location=location,
        visit=visit,
        overrides=overrides,
        by=by,
        at=at,
    )
    against = insist(proposal, by=by)
    if visit is not None and visit.label_bound:
        rules.bookings.before_label.check(by, proposal)
    appointment = Appointment(
        clinic=clinic,
        patient=patient,
        kind=kind,
        note=note,
        status=AppointmentStatus.HELD if held_until else AppointmentStatus.BOOKED,
        held_until=held_until,
        announce=announce,
        booked_by=by,
        booked_at=at,
    )
    place(appointment, proposal, by=by, at=at)
    write_reasons(appointment, against, proposal, by=by, at=at)
    note_status(appointment, by=by, at=at)
    if visit is None:
        Appointment._meta.get_field("course_visit").set_cached_value(appointment, None)
    else:
        visit.appointment = appointment
        visit.save(update_fields=["appointment"])
    if not proposal.sight.in_care_team:
        join_care_team(appointment, by=by, at=at)
    appointment.findings = [*against, *rules.bookings.notes.reasons_against(by, proposal)]  # type: ignore[attr-defined]
    return appointment


def propose(
    clinic: Any,
    *,
    patient: Any,
    kind: AppointmentKind,
    practitioner: Any,
    starts_at: datetime,
    room: Any = None,
    location: Any = None,
    visit: CourseVisit | None = None,
    leaving: Appointment | None = None,
    overrides: Overrides = (),
    by: User,
    at: datetime,
) -> Proposal:
    """Read all that the rules ask about one time; nothing is written, so a page can ask before it books."""
    somewhere = location or (room.location_id if room else None) or (visit.course.location_id if visit else None)
    sight = look(
        clinic,
        kind=kind,
        needs=needs_of(kind),
        practitioner=practitioner,
        patient=patient,
        starts_at=starts_at,
        room=room,
        location=somewhere,
        leaving=leaving,
        by=by,
        at=at,
    )
    return Proposal(
        clinic=clinic,
        patient=patient,
        kind=kind,
        practitioner=practitioner,
        starts_at=starts_at,
        at=at,
        sight=sight,
        room=room,
        location=location,
        visit=visit,
        window=rules.windows.of_visit(visit) if visit and not visit.skipped else None,
        reasons=reasons_given(overrides),
    )


def insist(proposal: Proposal, *, by: User) -> list[Refusal]:
    """Refuse with every reason at once; answer the findings that a given reason goes past."""
    rules.bookings.who.check(by, proposal)
    asked = rules.bookings.reasons_asked.reasons_against(by, proposal)
    missing = [reason for reason in asked if reason.code not in proposal.reasons]
    reasons = [*rules.bookings.book.reasons_against(by, proposal), *missing]
    if reasons:
        raise Refused.of(reasons)
    return asked


def lock_visit(visit: CourseVisit | None, *, at_booking: bool = False) -> CourseVisit | None:
    """Lock the course, so that two bookings of one visit follow one another, and read the visit again."""
    if visit is None:
        return None
    Course.objects.select_for_update().get(pk=visit.course_id)
    fresh = CourseVisit.objects.select_related("course__location", "appointment").get(pk=visit.pk)
    if at_booking and fresh.appointment is not None and fresh.appointment.status in LIVE:
        raise Refused("already_done", _("This visit of the plan is booked already."), url=fresh.course.page_url)
    return fresh


def place(appointment: Appointment, proposal: Proposal, *, by: User, at: datetime) -> None:
    """Write the visit into the first room that takes it; who is too late hears what is free instead."""
    if proposal.sight.expired_holds:
        occupation.forget_expired_holds(proposal.clinic, at)
    appointment.practitioner = proposal.practitioner
    appointment.location = proposal.place.location
    appointment.starts_at, appointment.ends_at = proposal.starts_at, proposal.ends_at
    appointment.changed_at = at
    taken = ""
    for room_id, device_id in pairs(proposal, prefer=appointment.room_id)[:MOST_ROOMS]:
        appointment.room_id, appointment.device_id = room_id, device_id
        try:
            with occupation.taking(appointment):
                _occupy(appointment, proposal, by=by, at=at)
                appointment.save(force_insert=appointment._state.adding)
            return
        except Taken as refused:
            taken = refused.resource
            if taken not in ("room", "device"):
                break
    raise occupation.slot_taken(appointment, taken, window=proposal.window, at=at)


def pairs(proposal: Proposal, *, prefer: int | None = None) -> list[tuple[int | None, int | None]]:
    """The rooms to try, each with a device that can stand in it; only where none looks free, one that does not."""
    rooms: list[int | None] = [None]
    if proposal.kind.needs_room:
        free = [room["id"] for room in proposal.place.rooms if room["free"] and room["in_hours"]]
        free.sort(key=lambda room: room != prefer)
        rooms = free or [room["id"] for room in proposal.rooms[:1]]
    if not proposal.kind.device_slug:
        return [(room, None) for room in rooms]
    devices = sorted(proposal.place.devices, key=lambda device: not device["free"])
    return [(room, each["id"]) for room in rooms for each in devices if each["room"] in (None, room) or room is None]


def _occupy(appointment: Appointment, proposal: Proposal, *, by: User, at: datetime) -> None:
    reason = proposal.reasons.get("slot_taken", "")
    overlaps = occupation.occupy(appointment, needs_of(proposal.kind), around_others=bool(reason))
    appointment.overlap_reason = reason if overlaps else ""
    appointment.overlap_by, appointment.overlap_at = (by, at) if overlaps else (None, None)


def write_reasons(
    appointment: Appointment, against: list[Refusal], proposal: Proposal, *, by: User, at: datetime
) -> None:
    """Keep each rule that this booking passes over, with the reason that was given for it."""
    rows = [(each.code, each.message) for each in against]
    if appointment.overlap_reason:
        rows.append(("slot_taken", _("Overlaps another visit on purpose.")))
    if rows:
        AppointmentOverride.objects.bulk_create(
            AppointmentOverride(
                clinic_id=appointment.clinic_id,
                appointment=appointment,
                code=code,
                message=str(message)[:500],
                reason=proposal.reasons[code][:300],
                by=by,
                at=at,
            )
            for code, message in rows
        )
        note_fields([code for code, _message in rows])


def note_status(appointment: Appointment, *, by: User, at: datetime, reason: str = "", is_undo: bool = False) -> None:
    """Keep the step itself, so that the day can be read afterwards."""
    StatusChange.objects.create(
        clinic_id=appointment.clinic_id,
        appointment=appointment,
        status=appointment.status,
        at=at,
        by=by,
        reason=reason[:300],
        is_undo=is_undo,
    )


def join_care_team(appointment: Appointment, *, by: User, at: datetime) -> None:
    """Who is booked with a patient may open the patient's chart."""
    care_teams.join(appointment.patient, appointment.practitioner, reason=CareTeamReason.BOOKING, by=by, at=at)
