"""A plan's sessions in a row, each with its window, its visit and what became of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from scheduling.availability import open_days
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
    def ordinal(self) -> int:
        return int(self.planned.ordinal)

    @property
    def is_open(self) -> bool:
        """Whether this session is still to be given."""
        return self.status in ("due", "booked", "missed")

    @property
    def appointment_id(self) -> int | None:
        return self.appointment.pk if self.appointment else None

    @property
    def session_id(self) -> int | None:
        return self.session.pk if self.session else None


Calendars = dict[int, Callable[[date], bool]]


def calendars_of(plans: Iterable[TreatmentPlan]) -> Calendars:
    """Read once on which days each place of several plans is open."""
    places: dict[int, Any] = {}
    since: dict[int, date] = {}
    for plan in plans:
        place = plan.course.location
        places[place.pk] = place
        since[place.pk] = min(plan.start_on, since.get(place.pk, plan.start_on))
    return {pk: open_days(place, since=since[pk]) for pk, place in places.items()}


def lines_of(plan: TreatmentPlan, calendars: Calendars | None = None) -> list[Line]:
    """List the sessions of a plan with windows computed from what was done and what is booked."""
    calendars = calendars_of([plan]) if calendars is None else calendars
    course = plan.course
    planned = sorted(plan.planned_sessions.all(), key=lambda each: each.ordinal)
    places = windows.in_sequence(
        [each.visit for each in planned],
        start_on=course.start_on,
        zone=course.location.time_zone,
        is_open=calendars[course.location_id],
    )
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
