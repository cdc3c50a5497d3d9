"""How plans were kept: whether the sessions came when they were due, and how many patients stayed to the end."""

from collections import namedtuple
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.dates import local_day
from reports.charts import bars
from reports.tables.listed import asked
from reports.tables.shares import Share
from reports.tables.sheets import DAYS, PRACTITIONER, Asked, Column, Report, Sheet

# A visit's place in time is counted from the one done before it, as booking counts it; skipped ones are stepped over.
INTERVALS = """
WITH visit AS (
    SELECT n.protocol_id, n.state, v.course_id, v.ordinal, v.min_days, v.max_days, v.done_on, c.is_live,
        lag(v.done_on) OVER w AS before_on,
        row_number() OVER w AS place,
        count(*) FILTER (WHERE v.done_on IS NULL) OVER (w ROWS UNBOUNDED PRECEDING) AS not_done
    FROM treatments_treatmentplan n
    JOIN scheduling_course c ON c.id = n.course_id
    JOIN scheduling_coursevisit v ON v.course_id = c.id AND NOT v.skipped
    JOIN accounts_practitioner d ON d.id = n.practitioner_id
    JOIN accounts_membership m ON m.id = d.membership_id
    WHERE n.clinic_id = %(clinic)s
    AND (%(own)s::bigint IS NULL OR m.user_id = %(own)s)
    AND (%(practitioner)s::bigint IS NULL OR n.practitioner_id = %(practitioner)s)
    WINDOW w AS (PARTITION BY v.course_id ORDER BY v.ordinal)
), kept AS (
    SELECT protocol_id, done_on AS on_day, done_on - before_on AS days, min_days, max_days
    FROM visit WHERE done_on IS NOT NULL AND before_on IS NOT NULL
), missed AS (
    SELECT protocol_id, before_on + max_days AS on_day FROM visit
    WHERE done_on IS NULL AND not_done = 1 AND before_on IS NOT NULL AND is_live AND before_on + max_days < %(today)s
), every AS (
    SELECT protocol_id, on_day, days, min_days, max_days, false AS is_missed FROM kept
    UNION ALL SELECT protocol_id, on_day, NULL, NULL, NULL, true FROM missed
)
SELECT r.name AS protocol, count(*) FILTER (WHERE NOT is_missed)::int AS done,
    count(*) FILTER (WHERE days < min_days)::int AS early,
    count(*) FILTER (WHERE days BETWEEN min_days AND max_days)::int AS on_time,
    count(*) FILTER (WHERE days > max_days)::int AS late,
    count(*) FILTER (WHERE is_missed)::int AS missed,
    round(avg(min_days), 1) AS planned_from, round(avg(max_days), 1) AS planned_to, round(avg(days), 1) AS mean_days
FROM every e JOIN treatments_protocol r ON r.id = e.protocol_id
WHERE (%(since)s::date IS NULL OR on_day >= %(since)s) AND (%(until)s::date IS NULL OR on_day <= %(until)s)
GROUP BY GROUPING SETS ((r.slug, r.name), ()) ORDER BY GROUPING(r.slug), r.name, r.slug
"""
ENDS = """
SELECT r.name AS protocol, count(*)::int AS plans,
    count(*) FILTER (WHERE n.state IN ('active', 'review_due'))::int AS going,
    count(*) FILTER (WHERE n.state = 'paused')::int AS paused,
    count(*) FILTER (WHERE n.state = 'completed')::int AS completed,
    count(*) FILTER (WHERE n.state = 'discontinued')::int AS discontinued,
    coalesce(sum(v.planned), 0)::int AS planned, coalesce(sum(v.done), 0)::int AS done
FROM treatments_treatmentplan n
JOIN treatments_protocol r ON r.id = n.protocol_id
JOIN accounts_practitioner d ON d.id = n.practitioner_id
JOIN accounts_membership m ON m.id = d.membership_id
LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE NOT skipped) AS planned, count(done_on) AS done
    FROM scheduling_coursevisit v WHERE v.course_id = n.course_id) v ON true
WHERE n.clinic_id = %(clinic)s
    AND (%(since)s::date IS NULL OR n.start_on >= %(since)s) AND (%(until)s::date IS NULL OR n.start_on <= %(until)s)
    AND (%(own)s::bigint IS NULL OR m.user_id = %(own)s)
    AND (%(practitioner)s::bigint IS NULL OR n.practitioner_id = %(practitioner)s)
GROUP BY GROUPING SETS ((r.slug, r.name), ()) ORDER BY GROUPING(r.slug), r.name, r.slug
"""
SHARE = (
    Column("percent", gettext_lazy("%"), "number"),
    Column("percent_from", gettext_lazy("95 % from"), "number"),
    Column("percent_to", gettext_lazy("95 % to"), "number"),
)
INTERVAL_COLUMNS = (
    Column("protocol", gettext_lazy("Protocol")),
    Column("done", gettext_lazy("Intervals kept"), "count"),
    Column("planned_from", gettext_lazy("Planned, days from"), "number"),
    Column("planned_to", gettext_lazy("to"), "number"),
    Column("mean_days", gettext_lazy("Really, days"), "number"),
    Column("early", gettext_lazy("Too early"), "count"),
    Column("on_time", gettext_lazy("On time"), "count"),
    Column("late", gettext_lazy("Too late"), "count"),
    Column("missed", gettext_lazy("Overdue now"), "count"),
    Column("share", gettext_lazy("On time, of all due"), "code"),
    *SHARE,
)
END_COLUMNS = (
    Column("protocol", gettext_lazy("Protocol")),
    Column("plans", gettext_lazy("Plans started"), "count"),
    Column("going", gettext_lazy("Under way"), "count"),
    Column("paused", gettext_lazy("Paused"), "count"),
    Column("completed", gettext_lazy("Completed"), "count"),
    Column("discontinued", gettext_lazy("Broken off"), "count"),
    Column("planned", gettext_lazy("Sessions planned"), "count"),
    Column("done", gettext_lazy("Sessions done"), "count"),
    Column("share", gettext_lazy("Broken off, of all"), "code"),
    *SHARE,
)
Interval = namedtuple("Interval", [column.name for column in INTERVAL_COLUMNS])  # type: ignore[misc]
End = namedtuple("End", [column.name for column in END_COLUMNS])  # type: ignore[misc]


def intervals(question: Asked) -> Sheet:
    """Hold the days between sessions against those that were planned."""
    today = local_day(timezone.now(), question.clinic.time_zone)
    rows = asked(INTERVALS, {**question.parameters, "today": today})
    return _sheet([_interval(row) for row in rows])


def _interval(row: Any) -> Any:
    share = Share(row.on_time, row.done + row.missed)
    days = (row.planned_from, row.planned_to, row.mean_days)
    counts = (row.early, row.on_time, row.late, row.missed)
    return Interval(row.protocol or _("Total"), row.done, *days, *counts, *share.cells)


def ends(question: Asked) -> Sheet:
    """Say how the plans that began in these days have gone on; whoever broke off counts against all that began."""
    return _sheet([_end(row) for row in asked(ENDS, question.parameters)])


def _end(row: Any) -> Any:
    share = Share(row.discontinued, row.plans)
    counts = (row.plans, row.going, row.paused, row.completed, row.discontinued, row.planned, row.done)
    return End(row.protocol or _("Total"), *counts, *share.cells)


def _sheet(lines: list[Any]) -> Sheet:
    """The last line is that of all together; it stands alone where there is nothing to add up."""
    return Sheet(lines[:-1], lines[-1])


def intervals_drawn(sheet: Sheet) -> Any:
    """Draw how many sessions came when."""
    labels = {column.name: column.label for column in INTERVAL_COLUMNS}
    return bars([(labels[name], getattr(sheet.totals, name)) for name in ("early", "on_time", "late", "missed")])


def ends_drawn(sheet: Sheet) -> Any:
    """Draw what became of the plans."""
    labels = {column.name: column.label for column in END_COLUMNS}
    return bars(
        [(labels[name], getattr(sheet.totals, name)) for name in ("going", "paused", "completed", "discontinued")]
    )


ADHERENCE = Report(
    name="plan-adherence",
    title=gettext_lazy("Plan adherence"),
    lead=gettext_lazy(
        "The days between sessions, against those that the plan allowed: on time, too early, too late, and overdue "
        "today. The days asked for are those of the session, or the last one on which it would have been on time."
    ),
    columns=INTERVAL_COLUMNS,
    filters=(*DAYS, PRACTITIONER),
    sheet=intervals,
    chart=intervals_drawn,
    icon="route",
)
DROP_OUT = Report(
    name="plan-drop-out",
    title=gettext_lazy("Plans kept and broken off"),
    lead=gettext_lazy(
        "What became of the plans that began in these days. Those broken off count against all that began, so that "
        "nobody is left out."
    ),
    columns=END_COLUMNS,
    filters=(*DAYS, PRACTITIONER),
    sheet=ends,
    chart=ends_drawn,
    icon="flag",
)
