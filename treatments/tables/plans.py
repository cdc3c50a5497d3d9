"""Plans as rows: how far each has come, and what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from treatments import dates
from treatments.models import PLAN_LIVE, PlanState, TreatmentPlan
from treatments.rules.courses import Line, calendars_of, lines_of


@dataclass(frozen=True)
class Course:
    """A plan with its sessions, ready to be shown."""

    plan: TreatmentPlan
    lines: list[Line]

    @property
    def dots(self) -> list[str]:
        return [line.status for line in self.lines]

    @property
    def done(self) -> int:
        return self.dots.count("done")

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def is_new(self) -> bool:
        """Whether the plan goes on and no session of it was begun."""
        return self.plan.state in PLAN_LIVE and not any(line.session or line.visit.done_on for line in self.lines)

    @property
    def bookable(self) -> int:
        """How many sessions wait for a time, while the plan may be booked."""
        waits = [line for line in self.lines if line.is_open and line.appointment is None]
        return len(waits) if self.plan.state in PLAN_LIVE and not self.plan.course.is_blocked else 0

    @property
    def next(self) -> Line | None:
        """The first session that is still to be given."""
        return next((line for line in self.lines if line.is_open), None)


def courses_of(plans: Iterable[TreatmentPlan]) -> list[Course]:
    """Give plans with their sessions; the calendars of their places are read once."""
    plans = list(plans)
    calendars = calendars_of(plans)
    return [Course(plan, lines_of(plan, calendars)) for plan in plans]


def course_of(plan: TreatmentPlan) -> Course:
    """Give one plan with its sessions."""
    return courses_of([plan])[0]


def decision_due(plan: TreatmentPlan, course: Course) -> bool:
    """Say whether somebody must now decide if the plan moves on to its longer interval."""
    done = [line.ordinal for line in course.lines if line.status == "done"]
    if not done or plan.state not in PLAN_LIVE:
        return False
    decided = {each.after_ordinal: each.advance for each in plan.phase_decisions.all()}
    phases = dates.parse_phases(plan.protocol.phases)
    due = dates.decision_due(phases, done[-1], course.total, decided)
    return due and done[-1] not in decided


def history_of(plan: TreatmentPlan) -> list[dict[str, Any]]:
    """Tell what was decided about a plan, newest first: its states, its phases, what was set aside and why."""
    told = [{"at": plan.created_at, "title": _("Plan agreed"), "text": str(plan.created_by), "icon": "route"}]
    for change in plan.state_changes.select_related("by"):
        told.append(_entry(change, PlanState(change.state).label, change.reason, PILLS[change.state]["icon"]))
    for decision in plan.phase_decisions.select_related("by"):
        words = _("Longer interval after session %(n)s") if decision.advance else _("Interval kept after session %(n)s")
        told.append(_entry(decision, words % {"n": decision.after_ordinal}, decision.reason, "git-branch"))
    for waiver in plan.waivers.select_related("by"):
        told.append(_entry(waiver, waiver.message or waiver.code, waiver.reason, "triangle-alert"))
    return sorted(told, key=lambda entry: entry["at"], reverse=True)


def _entry(row: Any, title: Any, reason: str, icon: str) -> dict[str, Any]:
    return {"at": row.at, "title": title, "text": f"{reason} – {row.by}" if reason else str(row.by), "icon": icon}


def pill_of(state: str) -> dict[str, Any]:
    """Say how the state of a plan or a session is drawn."""
    return PILLS.get(state, {"tone": "info"})


PILLS: dict[str, dict[str, Any]] = {
    "active": {"tone": "ok", "icon": "route"},
    "paused": {"tone": "danger", "icon": "circle-pause"},
    "review_due": {"tone": "warn", "icon": "circle-help"},
    "completed": {"tone": "ok", "icon": "circle-check"},
    "discontinued": {"tone": "plain", "icon": "circle-x"},
    "presented": {"tone": "warn", "icon": "file-text"},
    "signed": {"tone": "warn", "icon": "signature"},
    "countersigned": {"tone": "ok", "icon": "file-check"},
    "withdrawn": {"tone": "danger", "icon": "file-x"},
    "done": {"tone": "ok", "icon": "circle-check"},
    "booked": {"tone": "info", "icon": "calendar-check"},
    "due": {"tone": "plain", "icon": "calendar-clock"},
    "missed": {"tone": "danger", "icon": "circle-x"},
    "skipped": {"tone": "plain", "icon": "circle-slash"},
}
