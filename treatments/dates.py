"""When the sessions of a plan are due: calendar days only, no database, no clock."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from common.refused import Refused

FEWEST_SESSIONS, MOST_SESSIONS = 3, 15
LONGEST_SEARCH_DAYS = 400
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PHASE = re.compile(r"(\d{1,2})\s*[x×]\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*d\Z", re.IGNORECASE)

IsOpen = Callable[[date], bool]
Decisions = Mapping[int, bool]


class InvalidSchedule(ValueError):
    """Phases or a number of sessions that no plan can have; the text is a sentence for the person who typed it."""


@dataclass(frozen=True)
class Phase:
    """So many sessions, each due from `min_days` to `max_days` after the session before it."""

    sessions: int
    min_days: int
    max_days: int

    def __str__(self) -> str:
        return f"{self.sessions}x{self.min_days}-{self.max_days}d"


@dataclass(frozen=True)
class Window:
    """Where one session belongs: earliest and latest day, and the day aimed at; `hard_earliest` comes from a label."""

    earliest: date
    target: date
    latest: date
    hard_earliest: date | None = None
    reassess_after: date | None = None


class Timing(StrEnum):
    """How a day lies to its window, from refused to fine to needing a new assessment."""

    FORBIDDEN = "forbidden"
    EARLY = "early"
    INSIDE = "inside"
    LATE = "late"
    REASSESS = "reassess"


def default_max_days(min_days: int) -> int:
    """The latest day when a protocol names only the earliest: three days' tolerance, a week from 28 days on."""
    return min_days + (3 if min_days <= 27 else 7)


def parse_phases(text: str) -> tuple[Phase, ...]:
    """Read "4x7-10d;2x14d" into phases; InvalidSchedule with a sentence for anything else."""
    phases = tuple(_parse_phase(part.strip()) for part in text.split(";") if part.strip())
    if not phases:
        raise InvalidSchedule(_("A protocol needs at least one phase, written like 4x7-10d."))
    return phases


def _parse_phase(part: str) -> Phase:
    match = _PHASE.match(part)
    if not match:
        raise InvalidSchedule(_("“%(part)s” is not a phase. Write it like 4x7-10d.") % {"part": part})
    sessions, min_days = int(match[1]), int(match[2])
    max_days = int(match[3]) if match[3] else default_max_days(min_days)
    if sessions < 1 or min_days < 1 or max_days < min_days:
        raise InvalidSchedule(
            _("“%(part)s” needs at least one session and at least one day, the longer interval last.") % {"part": part}
        )
    return Phase(sessions, min_days, max_days)


def format_phases(phases: Sequence[Phase]) -> str:
    """Write phases the way `parse_phases` reads them."""
    return ";".join(str(phase) for phase in phases)


def total_sessions(phases: Sequence[Phase]) -> int:
    """How many sessions the phases hold by themselves."""
    return sum(phase.sessions for phase in phases)


def check_session_count(
    sessions: int, *, min_sessions: int = FEWEST_SESSIONS, max_sessions: int = MOST_SESSIONS
) -> int:
    """A plan has 3 to 15 sessions (InvalidSchedule), and no more than its protocol allows (Refused `session_count`)."""
    if not FEWEST_SESSIONS <= sessions <= MOST_SESSIONS:
        raise InvalidSchedule(
            _("A plan has from %(least)s to %(most)s sessions, not %(sessions)s.")
            % {"least": FEWEST_SESSIONS, "most": MOST_SESSIONS, "sessions": sessions}
        )
    if not min_sessions <= sessions <= max_sessions:
        raise Refused(
            "session_count",
            _("This protocol has from %(least)s to %(most)s sessions, not %(sessions)s.")
            % {"least": min_sessions, "most": max_sessions, "sessions": sessions},
        )
    return sessions


def open_days(closed_weekdays: Collection[str] = (), holidays: Collection[date] = ()) -> IsOpen:
    """The clinic's calendar as a question: is it open on this day? Weekdays by their English name."""
    closed, shut = {WEEKDAYS.index(name.strip().lower()) for name in closed_weekdays}, frozenset(holidays)
    return lambda day: day.weekday() not in closed and day not in shut


def always_open(day: date) -> bool:
    """A calendar without closures."""
    return True


def next_open_day(day: date, is_open: IsOpen) -> date:
    """The day itself if the clinic is open, else the first open day after it."""
    for ahead in range(LONGEST_SEARCH_DAYS):
        if is_open(day + timedelta(days=ahead)):
            return day + timedelta(days=ahead)
    raise InvalidSchedule(_("The clinic has no open day within a year of %(day)s.") % {"day": day.isoformat()})


def check_start(start: date, is_open: IsOpen) -> date:
    """A plan starts on an open day; a closed one is refused with the next open day named."""
    if is_open(start):
        return start
    opens = next_open_day(start, is_open)
    sentence = _("The clinic is closed on %(day)s. The next open day is %(opens)s.")
    raise Refused("outside_hours", sentence % {"day": start.isoformat(), "opens": opens.isoformat()}, next_open=opens)


def phase_number(phases: Sequence[Phase], ordinal: int) -> int:
    """The phase (counted from 1) a session belongs to by its number; sessions past the end stay in the last phase."""
    if ordinal < 1:
        raise InvalidSchedule(_("Sessions are counted from 1."))
    last = 0
    for number, phase in enumerate(phases, start=1):
        last += phase.sessions
        if ordinal <= last:
            return number
    return len(phases)


def phase_in_force(phases: Sequence[Phase], ordinal: int, decisions: Decisions | None = None) -> int:
    """The phase (from 1) whose interval a session has, given the decisions taken after earlier sessions.

    `decisions` maps the number of the session after which it was asked to whether to move on. A longer interval is
    reached one phase at a time; while nobody has decided, the plan is drawn as if it moved on.
    """
    current = 1
    for number in range(2, ordinal + 1):
        if phase_number(phases, number) > current:
            current += 1 if (decisions or {}).get(number - 1, True) else 0
    return current


def decision_due(phases: Sequence[Phase], ordinal: int, sessions: int, decisions: Decisions | None = None) -> bool:
    """Whether, once this session is done, someone must say if the plan moves on to its next phase."""
    return ordinal < sessions and phase_number(phases, ordinal + 1) > phase_in_force(phases, ordinal, decisions)


def interval(phases: Sequence[Phase], ordinal: int, decisions: Decisions | None = None) -> Phase:
    """The phase whose interval separates this session from the one before it."""
    return phases[phase_in_force(phases, ordinal, decisions) - 1]


def window(previous: date, phase: Phase, is_open: IsOpen = always_open, hard_min_days: int | None = None) -> Window:
    """Where the session after `previous` belongs. All days are calendar days in the location's zone."""
    hard = previous + timedelta(days=hard_min_days) if hard_min_days else None
    return Window(
        earliest=previous + timedelta(days=phase.min_days),
        target=_target(previous, phase, is_open, hard),
        latest=previous + timedelta(days=phase.max_days),
        hard_earliest=hard,
        reassess_after=previous + timedelta(days=2 * phase.max_days),
    )


def _target(previous: date, phase: Phase, is_open: IsOpen, hard: date | None) -> date:
    """The earliest day, else the next open one in the window, else one before it, else the first later."""
    floor = max(previous + timedelta(days=1), hard or previous)
    aimed = max(previous + timedelta(days=phase.min_days), floor)
    latest = previous + timedelta(days=phase.max_days)
    inside = [aimed + timedelta(days=ahead) for ahead in range((latest - aimed).days + 1)]
    before = [aimed - timedelta(days=back) for back in range(1, (aimed - floor).days + 1)]
    for day in inside + before:
        if is_open(day):
            return day
    return next_open_day(max(latest, aimed), is_open)


def judge(place: Window, day: date) -> Timing:
    """How a day lies to its window: forbidden by a label, early (asks for a reason), inside, late, or too late."""
    if place.hard_earliest and day < place.hard_earliest:
        return Timing.FORBIDDEN
    if day < place.earliest:
        return Timing.EARLY
    if day <= place.latest:
        return Timing.INSIDE
    if place.reassess_after and day > place.reassess_after:
        return Timing.REASSESS
    return Timing.LATE


def plan_windows(
    start: date,
    phases: Sequence[Phase],
    *,
    sessions: int | None = None,
    is_open: IsOpen = always_open,
    hard_min_days: int | None = None,
    known: Mapping[int, date] | None = None,
    decisions: Decisions | None = None,
) -> list[Window]:
    """A window for every session of a plan, the first on its start day.

    `known` holds the days that are already facts (done, else booked), by session number: a later target counts from
    the known day before it, otherwise from the target before it.
    """
    count = check_session_count(total_sessions(phases) if sessions is None else sessions)
    known = known or {}
    windows = [Window(start, start if 1 in known else check_start(start, is_open), start)]
    for ordinal in range(2, count + 1):
        previous = known.get(ordinal - 1, windows[-1].target)
        windows.append(window(previous, interval(phases, ordinal, decisions), is_open, hard_min_days))
    return windows


def plan_dates(
    start: date,
    phases: Sequence[Phase],
    *,
    sessions: int | None = None,
    is_open: IsOpen = always_open,
    hard_min_days: int | None = None,
    known: Mapping[int, date] | None = None,
    decisions: Decisions | None = None,
) -> list[date]:
    """The day of every session: the known day where there is one, else the target."""
    windows = plan_windows(
        start,
        phases,
        sessions=sessions,
        is_open=is_open,
        hard_min_days=hard_min_days,
        known=known,
        decisions=decisions,
    )
    return [(known or {}).get(ordinal, place.target) for ordinal, place in enumerate(windows, start=1)]
