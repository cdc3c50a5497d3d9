"""Plans as rows: how far each has come, and what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from treatments.models import TreatmentPlan
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
