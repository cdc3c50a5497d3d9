"""A plan's sessions in a row, each with its window, its visit and what became of it."""

from dataclasses import dataclass
from typing import Any

from scheduling.models import LIVE
from scheduling.rules import windows
from treatments.models import PlannedSession, SessionState, TreatmentPlan


@dataclass(frozen=True)
class Line:
    """One session of a plan as its page and the API show it."""

    planned: PlannedSession
    window: Any
    visit: Any
    appointment: Any
    session: Any
    status: str

    @property
    def appointment_id(self) -> int | None:
        return self.appointment.pk if self.appointment else None

    @property
    def session_id(self) -> int | None:
        return self.session.pk if self.session else None


def lines_of(plan: TreatmentPlan) -> list[Line]:
    """List the sessions of a plan with windows computed from what was done and what is booked."""
    planned = sorted(plan.planned_sessions.all(), key=lambda each: each.ordinal)
    places = windows.of_course(plan.course, visits=[each.visit for each in planned])
    return [_line(each, places.get(each.ordinal)) for each in planned]


def _line(planned: PlannedSession, window: Any) -> Line:
    visit = planned.visit
    booked = visit.appointment if visit.appointment and visit.appointment.status in LIVE else None
    given = next((each for each in planned.sessions.all() if each.state != SessionState.ABANDONED), None)
    return Line(planned, window, visit, booked, given, _status(visit, booked))


def _status(visit: Any, booked: Any) -> str:
    if visit.done_on:
        return "done"
    if visit.skipped:
        return "skipped"
    if booked:
        return "booked"
    missed = visit.appointment is not None and visit.appointment.status == "no_show"
    return "missed" if missed else "due"
