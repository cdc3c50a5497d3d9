"""How full the days were: the minutes that were taken, of those that people worked and rooms were open."""

from collections import namedtuple
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.dates import day_bounds, local_day
from common.decimals import half_up
from common.fields import Span
from common.refused import Refused
from reports.charts import bars
from reports.tables.listed import asked
from reports.tables.sheets import DAYS, Asked, Column, Report, Sheet
from scheduling.availability.opening import opening

WITHOUT_DAYS, MOST_DAYS = 28, 366
# What is taken: the visits that stand, each with the time before and after it that keeps the person or the room busy.
TAKEN = """
SELECT 'practitioner' AS sort, a.practitioner_id AS id, lower(each) AS starts, upper(each) AS ends
FROM scheduling_appointment a
CROSS JOIN LATERAL unnest(a.practitioner_busy * tstzmultirange(tstzrange(%(start)s, %(end)s))) each
WHERE a.clinic_id = %(clinic)s AND a.starts_at >= %(start)s - interval '36 hours' AND a.starts_at < %(end)s
    AND (a.held_until IS NULL OR a.held_until >= %(at)s)
UNION ALL
SELECT 'room', a.room_id, lower(each), upper(each)
FROM scheduling_appointment a
CROSS JOIN LATERAL unnest(a.room_busy * tstzmultirange(tstzrange(%(start)s, %(end)s))) each
WHERE a.clinic_id = %(clinic)s AND a.room_id IS NOT NULL
    AND a.starts_at >= %(start)s - interval '36 hours' AND a.starts_at < %(end)s
    AND (a.held_until IS NULL OR a.held_until >= %(at)s)
ORDER BY 1, 2, 3
"""
WHO = """
SELECT 'practitioner' AS sort, p.id, u.display_name AS name, m.user_id
FROM accounts_practitioner p
JOIN accounts_membership m ON m.id = p.membership_id
JOIN accounts_user u ON u.id = m.user_id
WHERE p.clinic_id = %(clinic)s
UNION ALL SELECT 'room', r.id, r.name, NULL FROM scheduling_room r WHERE r.clinic_id = %(clinic)s
ORDER BY 1, 3, 2
"""
COLUMNS = (
    Column("name", gettext_lazy("Practitioner or room")),
    Column("sort", gettext_lazy("Kind")),
    Column("open_minutes", gettext_lazy("Open, min"), "count"),
    Column("booked_minutes", gettext_lazy("Booked, min"), "count"),
    Column("percent", gettext_lazy("% booked"), "number"),
    Column("outside_minutes", gettext_lazy("Booked outside hours, min"), "count"),
)
Line = namedtuple("Line", [column.name for column in COLUMNS])  # type: ignore[misc]


def days_of(question: Asked, at: datetime) -> tuple[date, date]:
    """Give the days that are looked at: those asked for, else the last four weeks."""
    last = question.until or max(question.since or date.min, local_day(at, question.clinic.time_zone))
    first = question.since or last - timedelta(days=WITHOUT_DAYS - 1)
    if (last - first).days >= MOST_DAYS:
        raise Refused("too_long", _("Choose no more than a year: opening hours are looked at day by day."))
    return first, last


def sheet(question: Asked) -> Sheet:
    """Hold what was booked against what was open, for each person and each room."""
    at = timezone.now()
    first, last = days_of(question, at)
    zone = question.clinic.time_zone
    shown = (day_bounds(first, zone)[0], day_bounds(last, zone)[1])
    given = {"clinic": question.clinic.pk, "start": shown[0], "end": shown[1], "at": at}
    opened = opening(question.clinic, day_from=first, day_to=last, shown=shown)
    taken: dict[tuple[str, int], list[Span]] = {}
    for row in asked(TAKEN, given):
        taken.setdefault((row.sort, row.id), []).append((row.starts, row.ends))
    lines = [
        line_of(row, opened.get((row.sort, row.id), []), taken.get((row.sort, row.id), []))
        for row in asked(WHO, given)
        if question.own is None or row.user_id == question.own.pk
    ]
    return Sheet([line for line in lines if line.open_minutes or line.booked_minutes or line.outside_minutes])


def line_of(row: Any, opened: Sequence[Span], taken: Sequence[Span]) -> Any:
    """Say of one person or room how much was open, and how much of it was taken."""
    whole, inside, all_taken = minutes(opened), minutes(both(opened, taken)), minutes(taken)
    percent = half_up(Decimal(inside * 100) / whole, 1) if whole else None
    sort = _("Practitioner") if row.sort == "practitioner" else _("Room")
    return Line(row.name, sort, whole, inside, percent, all_taken - inside)


def minutes(spans: Sequence[Span]) -> int:
    """Add up spans that do not overlap."""
    return int(sum((end - start).total_seconds() for start, end in spans) // 60)


def both(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """Give what two ordered lists of spans have in common."""
    found: list[Span] = []
    i = k = 0
    while i < len(some) and k < len(others):
        start, end = max(some[i][0], others[k][0]), min(some[i][1], others[k][1])
        if start < end:
            found.append((start, end))
        if some[i][1] < others[k][1]:
            i += 1
        else:
            k += 1
    return found


def drawn(sheet: Sheet) -> Any:
    """Draw how full each person's and each room's time was."""
    return bars([(line.name, line.percent) for line in sheet.rows], most=100, unit=" %")


UTILISATION = Report(
    name="utilisation",
    title=gettext_lazy("Utilisation"),
    lead=gettext_lazy(
        "The minutes that visits took, with what each needs before and after, of those that people worked and rooms "
        "were open. Without days: the last four weeks. A room without hours of its own is open as its place is."
    ),
    columns=COLUMNS,
    filters=DAYS,
    sheet=sheet,
    chart=drawn,
    icon="timer",
)
