"""Where each visit of a course belongs: computed at every question from the visit before it, never stored."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from common.dates import local_day
from common.refused import Refused
from scheduling.availability import open_days
from scheduling.models import LIVE, Course, CourseVisit

LONGEST_SEARCH_DAYS = 400
IsOpen = Callable[[date], bool]
Days = Mapping[int, date | None]


@dataclass(frozen=True)
class Window:
    """Earliest, intended and latest day of a visit, in the calendar of its location."""

    earliest_on: date
    target_on: date
    latest_on: date
    hard_earliest_on: date | None = None
    reassess_after: date | None = None


class Timing(StrEnum):
    """How a day lies to its window, hardest first."""

    FORBIDDEN = "forbidden"
    EARLY = "early"
    INSIDE = "inside"
    LATE = "late"
    REASSESS = "reassess"


def first(start_on: date) -> Window:
    """The window of the visit with which a course begins: its start day."""
    return Window(start_on, start_on, start_on)


def after(previous: date, *, min_days: int, max_days: int, label_bound: bool, is_open: IsOpen) -> Window:
    """The window of a visit that follows a day; calendar days, a label's minimum is never undercut."""
    earliest, latest = previous + timedelta(days=min_days), previous + timedelta(days=max_days)
    floor = earliest if label_bound else previous + timedelta(days=1)
    return Window(
        earliest_on=earliest,
        target_on=_open_target(max(earliest, floor), latest, floor, is_open),
        latest_on=latest,
        hard_earliest_on=earliest if label_bound else None,
        reassess_after=previous + timedelta(days=2 * max_days),
    )


def _open_target(aimed: date, latest: date, floor: date, is_open: IsOpen) -> date:
    """The next open day inside the window, else the open day before it, else the first one after it."""
    inside = (aimed + timedelta(days=ahead) for ahead in range((latest - aimed).days + 1))
    before = (aimed - timedelta(days=back) for back in range(1, (aimed - floor).days + 1))
    behind = (max(latest, aimed) + timedelta(days=ahead) for ahead in range(1, LONGEST_SEARCH_DAYS))
    for days in (inside, before, behind):
        for day in days:
            if is_open(day):
                return day
    return aimed


def judge(window: Window, day: date) -> Timing:
    """How a day lies to its window: forbidden by a label, early, inside, late, or so late that a look comes first."""
    if window.hard_earliest_on and day < window.hard_earliest_on:
        return Timing.FORBIDDEN
    if day < window.earliest_on:
        return Timing.EARLY
    if day <= window.latest_on:
        return Timing.INSIDE
    if window.reassess_after and day > window.reassess_after:
        return Timing.REASSESS
    return Timing.LATE


def booked_day(visit: CourseVisit, zone: str) -> date | None:
    """The day on which a visit was done, else the day of its live appointment."""
    if visit.done_on:
        return visit.done_on
    if visit.appointment is not None and visit.appointment.status in LIVE:
        return local_day(visit.appointment.starts_at, zone)
    return None


def in_sequence(
    visits: Iterable[CourseVisit], *, start_on: date, zone: str, is_open: IsOpen, days: Days | None = None
) -> dict[int, Window]:
    """Give each visit that is not skipped its window, by ordinal; `days` says "suppose it were on that day instead"."""
    found: dict[int, Window] = {}
    previous: date | None = None
    for visit in sorted(visits, key=lambda visit: visit.ordinal):
        if visit.skipped:
            continue
        window = (
            first(start_on)
            if previous is None
            else after(
                previous,
                min_days=visit.min_days,
                max_days=visit.max_days,
                label_bound=visit.label_bound,
                is_open=is_open,
            )
        )
        found[visit.ordinal] = window
        day = days[visit.pk] if days and visit.pk in days else booked_day(visit, zone)
        previous = day or window.target_on
    return found


def visits_of(course: Course) -> list[CourseVisit]:
    """The visits of a course in order, with their appointments."""
    return list(CourseVisit.objects.filter(course=course).select_related("appointment", "kind").order_by("ordinal"))


def of_course(
    course: Course, *, visits: Iterable[CourseVisit] | None = None, days: Days | None = None
) -> dict[int, Window]:
    """The windows of a course by ordinal, from what was done and what is booked now."""
    location = course.location
    return in_sequence(
        visits_of(course) if visits is None else visits,
        start_on=course.start_on,
        zone=location.time_zone,
        is_open=open_days(location, since=course.start_on),
        days=days,
    )


def of_visit(visit: CourseVisit) -> Window:
    """The window of one visit."""
    windows = of_course(visit.course)
    if visit.ordinal not in windows:
        raise Refused("wrong_state", "This visit was skipped.")
    return windows[visit.ordinal]
