"""The board of some days: who and which rooms are there, which visits they have, when they are not there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.access import Permission, Scope, reach
from common.dates import day_bounds, zone_of
from common.fields import Span
from scheduling.availability.opening import opening
from scheduling.models import NOT_LIVE, Appointment, AppointmentStatus
from scheduling.rules.bookings import MOVABLE

PRACTITIONER, ROOM = "practitioner", "room"
MODES = (PRACTITIONER, ROOM)
NOWHERE = 0  # the column of visits that take no room
EXPECTED = (AppointmentStatus.BOOKED, AppointmentStatus.CONFIRMED)
Row = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """Some days at a place, as moments and on its clocks."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def moments(self) -> Span:
        """From the first moment of the first day to the first one after the last day."""
        return day_bounds(self.first, self.zone)[0], day_bounds(self.last, self.zone)[1]

    def clock(self, moment: datetime) -> str:
        """What the clock of the place shows at a moment, without a zone, so that no browser shifts it."""
        return moment.astimezone(self.zone).replace(tzinfo=None, microsecond=0).isoformat()

    @property
    def offset(self) -> str:
        """How far the place is from UTC at noon of the first day."""
        noon = datetime.combine(self.first, datetime.min.time().replace(hour=12), tzinfo=self.zone)
        return f"{noon:%z}"[:3] + ":" + f"{noon:%z}"[3:]


@dataclass(frozen=True)
class Board:
    """What a board draws: columns, the visits in them, the hours in which nobody is there."""

    shown: Shown
    columns: list[Row]
    visits: list[Row]
    closed: list[Row]
    at: datetime

    def as_dict(self) -> Row:
        """Say it as the page and the API do."""
        opens, shuts = self._hours()
        return {
            "time_zone": self.shown.zone.key,
            "utc_offset": self.shown.offset,
            "now": self.shown.clock(self.at),
            "opens": opens,
            "shuts": shuts,
            "columns": self.columns,
            "visits": self.visits,
            "closed": self.closed,
        }

    def _hours(self) -> tuple[str, str]:
        """The hours that the board shows: as far as anybody is there, by whole hours; eight to six where nobody is."""
        starts = [each["start"][11:13] for column in self.columns for each in column["hours"]]
        ends = [each["end"] for column in self.columns for each in column["hours"]]
        until = [24 if end[11:16] == "00:00" else int(end[11:13]) + (end[14:16] > "00") for end in ends]
        return f"{min(starts, default='08')}:00", f"{max(until, default=18):02d}:00"


def board_of(
    clinic: Any,
    *,
    first: date,
    last: date,
    mode: str = PRACTITIONER,
    only: int | None = None,
    with_called_off: bool = False,
    is_masked: bool = False,
    moves: Callable[[Appointment], bool],
    reader: Any,
    at: datetime,
) -> Board:
    """The board of some days, in three questions to the database however full they are.

    `only` keeps one practitioner or one room; `moves` says of a visit whether the reader may move it.
    """
    shown = Shown(first, last, zone_of(clinic.time_zone))
    spans = opening(clinic, day_from=first, day_to=last, shown=shown.moments)
    rows = _visits(clinic, shown, mode, only, with_called_off)
    visits = [_visit(row, shown, mode=mode, is_masked=is_masked, is_movable=moves(row), at=at) for row in rows]
    used = {each["column"] for each in visits}
    columns = [
        {
            "id": pk,
            "name": name,
            "is_mine": is_mine,
            "is_there": (mode, pk) in spans or pk in used,
            "hours": _said(spans, mode, pk, shown),
        }
        for pk, name, is_mine in _columns(clinic, mode, only, used, reader)
    ]
    closed = [each for column in columns for each in _closed(spans.get((mode, column["id"]), []), column["id"], shown)]
    return Board(shown, columns, visits, closed, at)


def movable_by(membership: Any) -> Callable[[Appointment], bool]:
    """The question whether a member may move a visit: on everybody's calendar, or only on their own."""
    wide = reach(membership, Permission.BOOK_APPOINTMENTS)

    def moves(row: Appointment) -> bool:
        return wide == Scope.ALL or (wide == Scope.OWN and row.practitioner.membership_id == membership.pk)

    return moves


def _visits(clinic: Any, shown: Shown, mode: str, only: int | None, with_called_off: bool) -> Iterable[Appointment]:
    ours = Q(course_visit__course__visits__skipped=False)
    found = clinic.appointments.between(*shown.moments)
    found = found if with_called_off else found.live()
    found = found.filter(**{mode: only}) if only else found
    counted = found.annotate(visits_in_all=Count("course_visit__course__visits", filter=ours))
    return list(counted.with_day_list().order_by("starts_at", "pk"))


def _columns(clinic: Any, mode: str, only: int | None, used: set[int], reader: Any) -> list[tuple[int, str, bool]]:
    """Who is here now, and whoever else has a visit in these days."""
    if mode == ROOM:
        rows = clinic.rooms.filter(Q(is_active=True) | Q(pk__in=used)).order_by("location", "position", "name")
    else:
        here = Q(membership__is_active=True, membership__user__is_active=True) | Q(pk__in=used)
        rows = clinic.practitioners.with_person().filter(here).order_by("membership__user__display_name", "pk")
    kept = rows.filter(pk=only) if only else rows
    named = [(row.pk, str(row), mode == PRACTITIONER and row.membership_id == reader.pk) for row in kept]
    return [*named, (NOWHERE, str(_("Without a room")), False)] if NOWHERE in used else named


def _visit(row: Appointment, shown: Shown, *, mode: str, is_masked: bool, is_movable: bool, at: datetime) -> Row:
    visit = getattr(row, "course_visit", None)
    is_late = row.status in EXPECTED and row.starts_at < at
    return {
        "id": row.pk,
        "column": row.practitioner_id if mode == PRACTITIONER else row.room_id or NOWHERE,
        "start": shown.clock(row.starts_at),
        "end": shown.clock(max(row.ends_at, row.starts_at)),
        "practitioner": row.practitioner_id,
        "practitioner_name": str(row.practitioner),
        "room": row.room_id,
        "room_name": str(row.room) if row.room else None,
        "who": str(row.patient.number) if is_masked else str(row.patient),
        "kind_name": row.kind.name,
        "ordinal": visit.ordinal if visit else None,
        "visits_in_all": row.visits_in_all if visit else None,  # type: ignore[attr-defined]
        "status": row.status,
        "status_name": str(row.get_status_display()),
        "minutes_late": int((at - row.starts_at).total_seconds() // 60) if is_late else 0,
        "cancel_reason": "" if is_masked else row.cancel_reason,
        "is_called_off": row.status in NOT_LIVE,
        "is_movable": row.status in MOVABLE and is_movable,
    }


def _said(spans: dict[tuple[str, int], list[Span]], mode: str, pk: int, shown: Shown) -> list[Row]:
    return [{"start": shown.clock(each[0]), "end": shown.clock(each[1])} for each in spans.get((mode, pk), [])]


def _closed(open_spans: list[Span], column: int, shown: Shown) -> Iterable[Row]:
    """The hours of the shown days in which a column is not there."""
    if column == NOWHERE:
        return
    since, until = shown.moments
    for opens, shuts in [*sorted(open_spans), (until, until)]:
        if opens > since:
            yield {"column": column, "start": shown.clock(since), "end": shown.clock(opens)}
        since = max(since, shuts)
