"""Dates for all visits of a course that wait for one: what is free, the cheapest way through it, what does not fit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.dates import local_day, zone_of
from common.refused import Refused
from scheduling import series
from scheduling.availability import Slot, open_days, slots
from scheduling.models import LIVE, Course, CourseVisit, TimeWish
from scheduling.rules.windows import Timing, Window, after, first, in_sequence, judge
from scheduling.series import Candidate, Wishes

LONGEST_SERIES_DAYS = 560
LOOK_BEYOND_DAYS = 14


@dataclass(frozen=True)
class Proposed:
    """One visit of the series: where it belongs, the time proposed, or why there is none."""

    visit: CourseVisit
    window: Window
    choice: Candidate | None
    is_booked: bool = False
    is_pinned: bool = False
    code: str = ""
    message: str = ""

    @property
    def ordinal(self) -> int:
        return int(self.visit.ordinal)

    @property
    def timing(self) -> Timing | None:
        return judge(self.window, self.choice.day) if self.choice else None

    @property
    def ends_at(self) -> datetime | None:
        return self.choice.starts_at + timedelta(minutes=self.visit.kind.minutes) if self.choice else None


@dataclass(frozen=True)
class Proposal:
    """The proposal for a whole course, and the calendar that it was read from."""

    outlook: "Outlook"
    rows: list[Proposed]

    @property
    def course(self) -> Course:
        return self.outlook.course

    @property
    def choices(self) -> list[Proposed]:
        return [row for row in self.rows if row.choice is not None and not row.is_booked]

    @property
    def unplaced(self) -> list[Proposed]:
        return [row for row in self.rows if row.choice is None]


class Outlook:
    """What a series must know of its course, read once: windows, calendar, free times."""

    def __init__(self, course: Course, *, people: Iterable[int] | None = None, at: datetime) -> None:
        self.course, self.people, self.at = course, people, at
        self.location = course.location
        self.zone = zone_of(self.location.time_zone)
        self.today = local_day(at, self.zone)
        visits = course.visits.select_related("appointment", "kind").prefetch_related("kind__segments")
        self.visits = [visit for visit in visits.order_by("ordinal") if not visit.skipped]
        self.is_open = open_days(self.location, since=min(course.start_on, self.today))

    def window_after(self, visit: CourseVisit, previous: date | None) -> Window:
        """Where a visit belongs once the day of the one before it is known."""
        if previous is None:
            return first(self.course.start_on)
        low, high, bound = visit.min_days, visit.max_days, visit.label_bound
        return after(previous, min_days=low, max_days=high, label_bound=bound, is_open=self.is_open)

    def day_before(self, ordinal: int) -> date | None:
        """The day of the visit before one: done, booked, else its target; nothing before the first."""
        earlier = [visit for visit in self.visits if visit.ordinal < ordinal]
        if not earlier:
            return None
        found = in_sequence(earlier, start_on=self.course.start_on, zone=self.zone.key, is_open=self.is_open)
        last = earlier[-1]
        return last.done_on or self.booked(last) or found[last.ordinal].target_on

    def booked(self, visit: CourseVisit) -> date | None:
        """The day on which a visit is booked, if it is."""
        held = visit.appointment
        return local_day(held.starts_at, self.zone) if held is not None and held.status in LIVE else None

    def candidate(self, starts_at: datetime, practitioner: int, room: int | None) -> Candidate:
        """A time by the clock of the place."""
        return Candidate(starts_at.astimezone(self.zone), practitioner, room)

    def reach(self, waiting: list[CourseVisit]) -> tuple[date, date]:
        """The first and the last day on which anything of the series could lie, and a little beyond."""
        previous = self.day_before(waiting[0].ordinal)
        window = self.window_after(waiting[0], previous)
        latest = window.latest_on
        for visit in waiting[1:]:
            latest = (self.booked(visit) or latest) + timedelta(days=visit.max_days)
        start = max(window.earliest_on, self.today)
        return start, min(max(latest, start), start + timedelta(days=LONGEST_SERIES_DAYS)) + timedelta(LOOK_BEYOND_DAYS)

    @cached_property
    def free(self) -> dict[int, list[Candidate]]:
        """The free times by kind of visit: one question to the calendar for each kind, however many visits."""
        waiting = [visit for visit in self.visits if visit.done_on is None]
        if not waiting:
            return {}
        day_from, day_to = self.reach(waiting)
        kinds = {visit.kind_id: visit.kind for visit in waiting if not self.booked(visit)}
        return {pk: [self._of(slot) for slot in self._slots(kind, day_from, day_to)] for pk, kind in kinds.items()}

    def _slots(self, kind: Any, day_from: date, day_to: date) -> list[Slot]:
        return slots(
            self.course.clinic,
            kind=kind,
            day_from=day_from,
            day_to=day_to,
            practitioners=self.people,
            location=self.location,
            patient=self.course.patient_id,
            longest=LONGEST_SERIES_DAYS + LOOK_BEYOND_DAYS,
            at=self.at,
        )

    def _of(self, slot: Slot) -> Candidate:
        return self.candidate(slot.starts_at, slot.practitioner_id, slot.room_id)


def wishes_of(course: Course, wish: TimeWish | None, *, practitioner: int | None = None) -> Wishes:
    """What the patient would rather have: what they said, and the person who looks after them."""
    usual = practitioner or course.practitioner_id
    if wish is None:
        return Wishes(practitioner=usual)
    return Wishes(frozenset(wish.weekdays), wish.not_before, wish.not_after, usual)


def insist_on_bookable(course: Course) -> None:
    """Refuse dates for a course that has ended or that something stops, with its own code and sentence."""
    if not course.is_live:
        raise Refused("not_bookable", _("This plan has ended."), url=course.page_url)
    if course.is_blocked:
        raise Refused(course.blocked_code, course.blocked_sentence, url=course.blocked_url or course.page_url)


def propose(
    course: Course,
    *,
    wishes: Wishes,
    from_ordinal: int | None = None,
    pins: Mapping[int, Candidate] | None = None,
    people: Iterable[int] | None = None,
    at: datetime,
) -> Proposal:
    """Propose a time for every visit of a course that is neither done nor booked, from one visit on.

    What is booked stays and is counted from; a pinned visit has the time that somebody picked for it.
    """
    insist_on_bookable(course)
    outlook = Outlook(course, people=people, at=at)
    waiting = [visit for visit in outlook.visits if visit.done_on is None and visit.ordinal >= (from_ordinal or 1)]
    while waiting and outlook.booked(waiting[0]):
        waiting = waiting[1:]
    if not waiting:
        return Proposal(outlook, [])
    pins = pins or {}
    found = series.propose(
        [_asked(outlook, visit, pins.get(visit.ordinal)) for visit in waiting],
        wishes,
        after=outlook.day_before(waiting[0].ordinal),
    )
    return Proposal(
        outlook,
        [_proposed(outlook, visit, row, visit.ordinal in pins) for visit, row in zip(waiting, found.rows, strict=True)],
    )


def _asked(outlook: Outlook, visit: CourseVisit, pin: Candidate | None) -> series.Visit:
    held = visit.appointment if outlook.booked(visit) else None
    fixed = outlook.candidate(held.starts_at, held.practitioner_id, held.room_id) if held else pin
    free = () if fixed else outlook.free.get(visit.kind_id, ())
    return series.Visit(visit.ordinal, lambda previous: outlook.window_after(visit, previous), free, fixed)


def _proposed(outlook: Outlook, visit: CourseVisit, row: series.Row, pinned: bool) -> Proposed:
    window: Any = row.window
    booked = outlook.booked(visit) is not None
    if row.choice is None:
        code, message = no_time(outlook, visit, window)
        return Proposed(visit, window, None, code=code, message=message)
    return Proposed(visit, window, row.choice, booked, pinned and not booked)


def no_time(outlook: Outlook, visit: CourseVisit, window: Window) -> tuple[str, str]:
    """Say honestly why a visit finds no time in its window, and when the next one would be free."""
    days = {"first": _day(window.earliest_on), "last": _day(window.latest_on)}
    length = (window.latest_on - window.earliest_on).days + 1
    is_open = any(outlook.is_open(window.earliest_on + timedelta(days=n)) for n in range(length))
    one_day = length == 1
    if window.latest_on < outlook.today:
        code, said = "interval_late", _("It belonged between %(first)s and %(last)s, and that has passed.")
    elif not is_open:
        code, said = "outside_hours", _("The clinic is closed from %(first)s to %(last)s.")
    elif one_day:
        code, said = "slot_taken", _("Nothing is free on %(first)s.")
    else:
        code, said = "slot_taken", _("Nothing is free between %(first)s and %(last)s.")
    later = (each for each in outlook.free.get(visit.kind_id, ()) if each.day > window.latest_on)
    following = min(later, key=lambda each: each.starts_at, default=None)
    if following is None:
        return code, f"{said % days} {_('No later time is free in the calendar either.')}"
    upcoming = _("The next free time is %(when)s.") % {"when": date_format(following.starts_at, "l j F Y, H:i")}
    return code, f"{said % days} {upcoming}"


def _day(day: date) -> str:
    return date_format(day, "j F Y")
