"""The lines of a day and of a patient's visits, each with the taps that are possible now."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scheduling.models import APPOINTMENT_TRANSITIONS, Appointment, AppointmentStatus, StatusChange

_S = AppointmentStatus
STEP_WORDS: dict[str, str | Promise] = {
    _S.BOOKED: _("Book"),
    _S.CONFIRMED: _("Confirmed"),
    _S.ARRIVED: _("Arrived"),
    _S.IN_ROOM: _("In the room"),
    _S.DONE: _("Done"),
    _S.LEFT: _("Left"),
    _S.NO_SHOW: _("Did not come"),
}
FORWARD = (_S.CONFIRMED, _S.ARRIVED, _S.IN_ROOM, _S.DONE, _S.LEFT)
TONES = {
    _S.HELD: ("unchecked", "clock"),
    _S.BOOKED: ("plain", "calendar"),
    _S.CONFIRMED: ("ok", "calendar-check"),
    _S.ARRIVED: ("info", "armchair"),
    _S.IN_ROOM: ("accent", "door-open"),
    _S.DONE: ("ok", "circle-check"),
    _S.LEFT: ("ok", "log-out"),
    _S.CANCELLED: ("danger", "calendar-x"),
    _S.NO_SHOW: ("warn", "user-x"),
}


@dataclass(frozen=True)
class Step:
    """One tap on a line of the day."""

    status: str
    label: str | Promise
    is_main: bool = False
    is_undo: bool = False


def steps_of(appointment: Appointment, *, at: datetime) -> list[Step]:
    """The next step of a visit, did not come where that can be said, and the step back."""
    allowed = APPOINTMENT_TRANSITIONS[appointment.status]
    onward = next((status for status in FORWARD if status in allowed and status != _S.CONFIRMED), None)
    steps = [Step(onward, STEP_WORDS[onward], is_main=True)] if onward else []
    if _S.NO_SHOW in allowed and appointment.starts_at <= at:
        steps.append(Step(_S.NO_SHOW, STEP_WORDS[_S.NO_SHOW]))
    back = _one_back(appointment)
    return [*steps, Step(back, _("Undo"), is_undo=True)] if back else steps


def _one_back(appointment: Appointment) -> str | None:
    changes = sorted(appointment.status_changes.all(), key=lambda change: change.pk)[-2:]
    if len(changes) < 2 or changes[-1].is_undo or changes[0].status == _S.HELD:
        return None
    return str(changes[0].status)


@dataclass
class Line:
    """One visit of the day as the list shows it."""

    appointment: Appointment
    steps: list[Step]
    is_masked: bool

    @property
    def who(self) -> str:
        patient = self.appointment.patient
        return str(patient.number) if self.is_masked else str(patient)


@dataclass
class Day:
    """The visits of one day at the clinic, in groups."""

    day: date
    zone: str
    groups: list[tuple[str, list[Line]]] = field(default_factory=list)
    count: int = 0

    @property
    def before(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def after(self) -> date:
        return self.day + timedelta(days=1)


def visits_with_lines(appointments: Any) -> Any:
    """Bring along all that lines show, in the order of the day."""
    changes = Prefetch("status_changes", queryset=StatusChange.objects.order_by("pk"))
    ours = Q(course_visit__course__visits__skipped=False)
    counted = appointments.annotate(visits_in_all=Count("course_visit__course__visits", filter=ours))
    return counted.with_day_list().prefetch_related(changes).order_by("starts_at", "pk")


def day_of(
    appointments: Any, *, day: date, zone: str, by: str = "", at: datetime, is_masked: bool, with_steps: bool
) -> Day:
    """The list of a day: by the clock, or in groups by practitioner or room."""
    shown = Day(day, zone)
    groups: dict[str, list[Line]] = {}
    for appointment in visits_with_lines(appointments.on(day, zone)):
        steps = steps_of(appointment, at=at) if with_steps else []
        name = {"practitioner": appointment.practitioner, "room": appointment.room or "–"}.get(by, "")
        groups.setdefault(str(name), []).append(Line(appointment, steps, is_masked))
        shown.count += 1
    shown.groups = sorted(groups.items())
    return shown


def visits_of_patient(patient: Any) -> Any:
    """The visits of one patient, latest first."""
    return visits_with_lines(patient.appointments.all()).order_by("-starts_at", "-pk")


CALL_ICONS = {"spoke": "phone", "called_us": "phone-incoming", "no_answer": "phone-missed", "left_message": "voicemail"}


def calls_of(appointment: Appointment) -> list[dict[str, Any]]:
    """The calls about a visit, as its story tells them."""
    return [
        {
            "at": call.at,
            "icon": CALL_ICONS[call.outcome],
            "title": call.get_outcome_display(),
            "text": " · ".join(part for part in (call.by.display_name, call.text) if part),
        }
        for call in appointment.call_notes.select_related("by").newest_first()
    ]


def history_of(appointment: Appointment, *, with_calls: bool = True) -> list[dict[str, Any]]:
    """What happened to a visit, latest first: each step, each reason given, each call, with who and when."""
    steps = [
        {
            "at": change.at,
            "icon": TONES[AppointmentStatus(change.status)][1],
            "title": _("Undone: %(status)s") % {"status": change.get_status_display()}
            if change.is_undo
            else change.get_status_display(),
            "text": " · ".join(part for part in (change.by.display_name, change.reason) if part),
        }
        for change in appointment.status_changes.select_related("by")
    ]
    reasons = [
        {
            "at": override.at,
            "icon": "message-square-warning",
            "title": override.message or override.code,
            "text": f"{override.by.display_name} · {override.reason}",
        }
        for override in appointment.overrides.select_related("by")
    ]
    calls = calls_of(appointment) if with_calls else []
    return sorted([*steps, *reasons, *calls], key=lambda entry: entry["at"], reverse=True)
