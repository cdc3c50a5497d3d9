"""Visits: one line each, and how many of each status; a visit's day is that of its place."""

import json
from collections import namedtuple
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.charts import bars
from reports.tables.listed import Listed, asked
from reports.tables.shares import Share
from reports.tables.sheets import DAYS, PRACTITIONER, Asked, Column, Filter, Report, Sheet
from scheduling.models import AppointmentStatus

S = AppointmentStatus
STATUS = Filter("status", gettext_lazy("Status"), lambda clinic: list(S.choices), gettext_lazy("All of them"))
ROWS = """
SELECT a.id, a.starts_at, (a.starts_at AT TIME ZONE l.time_zone)::date AS day,
    to_char(a.starts_at AT TIME ZONE l.time_zone, 'HH24:MI') AS begins,
    (extract(epoch FROM a.ends_at - a.starts_at) / 60)::int AS minutes,
    %(statuses)s::jsonb ->> a.status AS status, u.display_name AS practitioner, k.name AS kind,
    coalesce(r.name, '') AS room, l.name AS location, p.number AS patient_number
FROM scheduling_appointment a
JOIN accounts_location l ON l.id = a.location_id
JOIN accounts_practitioner d ON d.id = a.practitioner_id
JOIN accounts_membership m ON m.id = d.membership_id
JOIN accounts_user u ON u.id = m.user_id
JOIN scheduling_appointmentkind k ON k.id = a.kind_id
JOIN patients_patient p ON p.id = a.patient_id
LEFT JOIN scheduling_room r ON r.id = a.room_id
WHERE a.clinic_id = %(clinic)s
"""
WHEN = {  # the rough edge lets the index find the days, the fine one says them in the place's own time
    "since": "a.starts_at >= %(since)s::timestamp AT TIME ZONE 'UTC' - interval '14 hours' "
    "AND (a.starts_at AT TIME ZONE l.time_zone)::date >= %(since)s",
    "until": "a.starts_at < %(until)s::timestamp AT TIME ZONE 'UTC' + interval '38 hours' "
    "AND (a.starts_at AT TIME ZONE l.time_zone)::date <= %(until)s",
    "own": "m.user_id = %(own)s",
    "practitioner": "a.practitioner_id = %(practitioner)s",
    "status": "a.status = %(status)s",
}
COLUMNS = (
    Column("day", gettext_lazy("Day"), "day"),
    Column("begins", gettext_lazy("Begins"), "code"),
    Column("minutes", gettext_lazy("Minutes"), "count"),
    Column("status", gettext_lazy("Status")),
    Column("practitioner", gettext_lazy("Practitioner")),
    Column("kind", gettext_lazy("Kind")),
    Column("room", gettext_lazy("Room")),
    Column("location", gettext_lazy("Place")),
    Column("patient_number", gettext_lazy("File"), "code"),
)
COUNTS = """
SELECT d.id, u.display_name AS practitioner, a.status, count(*) AS visits
FROM scheduling_appointment a
JOIN accounts_location l ON l.id = a.location_id
JOIN accounts_practitioner d ON d.id = a.practitioner_id
JOIN accounts_membership m ON m.id = d.membership_id
JOIN accounts_user u ON u.id = m.user_id
WHERE a.clinic_id = %(clinic)s
"""


def narrowed(sql: str, parameters: dict[str, Any]) -> str:
    """Add the conditions for what was asked, and only those."""
    return " AND ".join([sql, *(words for name, words in WHEN.items() if parameters.get(name) is not None)])


def parameters_of(question: Asked) -> dict[str, Any]:
    """Give what both queries are asked with."""
    words = {value: str(label) for value, label in S.choices}
    return {**question.parameters, "status": question.chosen.get("status"), "statuses": json.dumps(words)}


def listed(question: Asked) -> Sheet:
    """List the visits, in the order of time."""
    given = parameters_of(question)
    return Sheet(Listed(COLUMNS, narrowed(ROWS, given), given, order="starts_at, id"))


def counted(question: Asked) -> Sheet:
    """Count the visits of each practitioner by status."""
    given = parameters_of(question)
    found: dict[int, tuple[str, dict[str, int]]] = {}
    for row in asked(f"{narrowed(COUNTS, given)} GROUP BY 1, 2, 3 ORDER BY 2, 1", given):
        found.setdefault(row.id, (row.practitioner, dict.fromkeys(S.values, 0)))[1][row.status] += row.visits
    every = {status: sum(counts[status] for _name, counts in found.values()) for status in S.values}
    return Sheet([_line(name, counts) for name, counts in found.values()], _line(_("Total"), every))


def _line(name: str, counts: dict[str, int]) -> Any:
    here, done = counts[S.ARRIVED] + counts[S.IN_ROOM], counts[S.DONE] + counts[S.LEFT]
    missed = Share(counts[S.NO_SHOW], counts[S.NO_SHOW] + here + done)
    ahead = (counts[S.HELD], counts[S.BOOKED], counts[S.CONFIRMED])
    return Counts(name, sum(counts.values()), *ahead, here, done, counts[S.CANCELLED], missed.x, *missed.cells)


COUNTED = (
    Column("practitioner", gettext_lazy("Practitioner")),
    Column("visits", gettext_lazy("Visits"), "count"),
    Column("held", gettext_lazy("Held"), "count"),
    Column("booked", gettext_lazy("Booked"), "count"),
    Column("confirmed", gettext_lazy("Confirmed"), "count"),
    Column("here", gettext_lazy("In the house"), "count"),
    Column("done", gettext_lazy("Done"), "count"),
    Column("cancelled", gettext_lazy("Cancelled"), "count"),
    Column("no_show", gettext_lazy("Did not come"), "count"),
    Column("share", gettext_lazy("Of those expected"), "code"),
    Column("percent", gettext_lazy("%"), "number"),
    Column("percent_from", gettext_lazy("95 % from"), "number"),
    Column("percent_to", gettext_lazy("95 % to"), "number"),
)
Counts = namedtuple("Counts", [column.name for column in COUNTED])  # type: ignore[misc]
CHARTED = ("booked", "confirmed", "here", "done", "cancelled", "no_show")


def drawn(sheet: Sheet) -> Any:
    """Draw how many visits stand at which status."""
    labels = {column.name: column.label for column in COUNTED}
    return bars([(labels[name], getattr(sheet.totals, name)) for name in CHARTED])


VISITS = Report(
    name="visits",
    title=gettext_lazy("Visits, one by one"),
    lead=gettext_lazy(
        "Every visit with its status, whom it was booked with and where. Patients stand by their number."
    ),
    columns=COLUMNS,
    filters=(*DAYS, PRACTITIONER, STATUS),
    sheet=listed,
    icon="calendar-days",
)
STATUSES = Report(
    name="visits-by-status",
    title=gettext_lazy("Visits by status"),
    lead=gettext_lazy(
        "How many visits each practitioner had, and what became of them. Those who did not come are counted "
        "among the visits whose time had come; from ten of those on with a percentage and its 95 % interval."
    ),
    columns=COUNTED,
    filters=(*DAYS, PRACTITIONER),
    sheet=counted,
    chart=drawn,
)
