"""When a place, its people and its rooms are open: weekly lines, days that differ, and closures, as moments."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from common.fields import MomentsField, Span
from scheduling.models import AppointmentKind

FARTHEST_ZONE = timedelta(hours=14)
LONGEST_VISIT = timedelta(hours=36)  # from the start of a visit to the end of the last thing that it keeps busy

# Hours as moments. A wall time that does not exist that night counts as the moment the clock jumped to.
HOURS = """
WITH place AS MATERIALIZED (
    SELECT l.id, l.name, l.time_zone, EXISTS (
        SELECT FROM scheduling_workinghours h
        WHERE h.clinic_id = %(clinic)s AND h.location_id = l.id AND h.practitioner_id IS NULL AND h.room_id IS NULL
    ) AS has_hours
    FROM accounts_location l
    WHERE l.clinic_id = %(clinic)s AND l.is_active AND (%(location)s::bigint IS NULL OR l.id = %(location)s)
), line AS MATERIALIZED (
    SELECT h.practitioner_id, h.room_id, h.location_id, range_agg(tstzrange(
        (d + h.starts) AT TIME ZONE p.time_zone,
        greatest((d + h.ends) AT TIME ZONE p.time_zone, (d + h.starts) AT TIME ZONE p.time_zone))) AS spans
    FROM scheduling_workinghours h
    JOIN place p ON p.id = h.location_id
    JOIN generate_series(%(first)s::date, %(last)s::date, interval '1 day') g ON extract(isodow FROM g) = h.weekday
    CROSS JOIN LATERAL (SELECT g::date AS d) day
    WHERE h.clinic_id = %(clinic)s AND h.valid_from <= d AND (h.valid_until IS NULL OR h.valid_until >= d)
    AND (h.practitioner_id IS NULL OR %(practitioners)s::bigint[] IS NULL
        OR h.practitioner_id = ANY (%(practitioners)s::bigint[]))
    GROUP BY 1, 2, 3
), exception AS MATERIALIZED (
    SELECT e.practitioner_id, e.room_id, p.id AS location_id,
        COALESCE(range_agg(span) FILTER (WHERE e.kind = 'extra'), '{}') AS extra,
        COALESCE(range_agg(span) FILTER (WHERE e.kind = 'off'), '{}') AS missing
    FROM scheduling_hoursexception e
    JOIN place p ON e.location_id IS NULL OR e.location_id = p.id
    CROSS JOIN LATERAL (SELECT (e.day + COALESCE(e.starts, '00:00')) AT TIME ZONE p.time_zone AS opens,
        COALESCE(e.day + e.ends, (e.day + 1)::timestamp) AT TIME ZONE p.time_zone AS shuts) each
    CROSS JOIN LATERAL tstzrange(opens, greatest(opens, shuts)) AS span
    WHERE e.clinic_id = %(clinic)s AND e.day BETWEEN %(first)s AND %(last)s
    GROUP BY 1, 2, 3
), closed AS MATERIALIZED (
    SELECT p.id AS location_id, range_agg(tstzrange(
        c.starts_on::timestamp AT TIME ZONE p.time_zone,
        (c.ends_on + 1)::timestamp AT TIME ZONE p.time_zone)) AS spans
    FROM scheduling_closure c
    JOIN place p ON c.location_id IS NULL OR c.location_id = p.id
    WHERE c.clinic_id = %(clinic)s AND c.ends_on >= %(first)s AND c.starts_on <= %(last)s
    GROUP BY 1
), house AS MATERIALIZED (
    SELECT p.id, p.name, p.time_zone,
        (CASE WHEN p.has_hours THEN COALESCE(l.spans, '{}') ELSE '{(,)}' END) + COALESCE(x.extra, '{}') AS open,
        COALESCE(x.missing, '{}') + COALESCE(c.spans, '{}') AS shut, COALESCE(c.spans, '{}') AS closed
    FROM place p
    LEFT JOIN line l ON l.location_id = p.id AND l.practitioner_id IS NULL AND l.room_id IS NULL
    LEFT JOIN exception x ON x.location_id = p.id AND x.practitioner_id IS NULL AND x.room_id IS NULL
    LEFT JOIN closed c ON c.location_id = p.id
), who AS MATERIALIZED (
    SELECT p.id, p.licence_expires_on, m.is_active AND u.is_active AS is_active,
        (SELECT min(COALESCE(c.valid_until, 'infinity'::date)) FROM scheduling_kindneed n
            JOIN accounts_practitionercompetence c ON c.competence_id = n.competence_id AND c.practitioner_id = p.id
            WHERE n.clinic_id = %(clinic)s AND n.kind_id = %(kind)s) AS trained_until,
        ARRAY(SELECT k.name FROM scheduling_kindneed n JOIN accounts_competence k ON k.id = n.competence_id
            WHERE n.clinic_id = %(clinic)s AND n.kind_id = %(kind)s AND NOT EXISTS (
                SELECT FROM accounts_practitionercompetence c WHERE c.competence_id = n.competence_id
                AND c.practitioner_id = p.id AND COALESCE(c.valid_until, 'infinity') >= %(on)s)) AS lacks
    FROM accounts_practitioner p
    JOIN accounts_membership m ON m.id = p.membership_id
    JOIN accounts_user u ON u.id = m.user_id
    WHERE p.clinic_id = %(clinic)s AND (%(practitioners)s::bigint[] IS NULL OR p.id = ANY (%(practitioners)s::bigint[]))
), work AS MATERIALIZED (
    SELECT w.id AS practitioner_id, h.id AS location_id, h.time_zone,
        least(w.licence_expires_on, w.trained_until) AS able_until,
        COALESCE(l.spans, '{}') * h.open - h.shut - COALESCE(x.missing, '{}')
            + (COALESCE(x.extra, '{}') - h.closed) AS hours
    FROM who w
    CROSS JOIN house h
    LEFT JOIN line l ON l.practitioner_id = w.id AND l.location_id = h.id
    LEFT JOIN exception x ON x.practitioner_id = w.id AND x.location_id = h.id
), used AS MATERIALIZED (
    SELECT DISTINCT location_id AS id FROM work WHERE %(visit)s::tstzrange IS NULL AND NOT isempty(hours)
    UNION ALL (
        SELECT location_id FROM work WHERE %(visit)s::tstzrange IS NOT NULL
        ORDER BY NOT hours @> %(visit)s::tstzrange, isempty(hours), location_id LIMIT 1)
), space AS MATERIALIZED (
    SELECT r.id, r.name, r.location_id, r.position, own.has_hours IS FALSE AND x.missing IS NULL AS is_always_open,
        (CASE WHEN own.has_hours THEN COALESCE(l.spans, '{}') ELSE '{(,)}' END)
            - COALESCE(x.missing, '{}') + COALESCE(x.extra, '{}') AS hours,
        COALESCE((SELECT range_agg(a.room_busy) FROM scheduling_appointment a
            WHERE a.clinic_id = %(clinic)s::bigint AND a.room_id = r.id
            AND a.starts_at >= %(since)s AND a.starts_at < %(until)s
            AND a.id IS DISTINCT FROM %(leaving)s AND (a.held_until IS NULL OR a.held_until >= %(at)s)), '{}') AS busy
    FROM scheduling_room r
    JOIN used p ON p.id = r.location_id
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM scheduling_workinghours h WHERE h.room_id = r.id) AS has_hours) own
    LEFT JOIN line l ON l.room_id = r.id
    LEFT JOIN exception x ON x.room_id = r.id AND x.location_id = r.location_id
    WHERE r.clinic_id = %(clinic)s AND r.is_active AND (%(room)s::bigint IS NULL OR r.id = %(room)s)
    AND (NOT EXISTS (SELECT FROM scheduling_kindroom k WHERE k.clinic_id = %(clinic)s AND k.kind_id = %(kind)s)
        OR EXISTS (SELECT FROM scheduling_kindroom k
            WHERE k.clinic_id = %(clinic)s AND k.kind_id = %(kind)s AND k.room_id = r.id))
), apparatus AS MATERIALIZED (
    SELECT d.id, d.location_id, d.room_id,
        COALESCE((SELECT range_agg(a.device_busy) FROM scheduling_appointment a
            WHERE a.clinic_id = %(clinic)s::bigint AND a.device_id = d.id
            AND a.device_busy && %(around)s::tstzmultirange
            AND a.id IS DISTINCT FROM %(leaving)s AND (a.held_until IS NULL OR a.held_until >= %(at)s)), '{}') AS busy
    FROM scheduling_device d
    JOIN used p ON p.id = d.location_id
    WHERE d.clinic_id = %(clinic)s AND d.is_active AND d.slug = %(device)s AND %(device)s <> ''
)
"""


def moments(spans: Iterable[Span]) -> str:
    """Spans as the database writes them."""
    return str(MomentsField().get_prep_value(tuple(spans)))


def parameters(clinic: Any, kind: AppointmentKind, day_from: date, day_to: date, **more: Any) -> dict[str, Any]:
    """What the query is asked with."""
    start = datetime.combine(day_from, datetime.min.time(), tzinfo=UTC) - FARTHEST_ZONE
    end = datetime.combine(day_to + timedelta(days=1), datetime.min.time(), tzinfo=UTC) + FARTHEST_ZONE
    return {
        **dict.fromkeys(("location", "room", "practitioners", "patient", "leaving", "visit")),
        "clinic": clinic.pk,
        "kind": kind.pk,
        "first": day_from,
        "last": day_to,
        "around": moments([(start, end)]),
        "since": start - LONGEST_VISIT,
        "until": end + LONGEST_VISIT,
        "device": kind.device_slug,
        "on": day_from,
        **more,
    }


OPEN_DAYS = """
SELECT 'closed', NULL, starts_on, ends_on FROM scheduling_closure
WHERE clinic_id = %(clinic)s AND (location_id IS NULL OR location_id = %(location)s) AND ends_on >= %(since)s
UNION ALL
SELECT 'hours', weekday, valid_from, valid_until FROM scheduling_workinghours
WHERE clinic_id = %(clinic)s AND location_id = %(location)s AND practitioner_id IS NULL AND room_id IS NULL
UNION ALL
SELECT kind, NULL, day, day FROM scheduling_hoursexception
WHERE clinic_id = %(clinic)s AND (location_id IS NULL OR location_id = %(location)s) AND practitioner_id IS NULL
AND room_id IS NULL AND day >= %(since)s AND (kind = 'extra' OR starts IS NULL)
"""


def open_days(location: Any, *, since: date) -> Callable[[date], bool]:
    """The calendar of a place as a question: is it open on this day? Without hours it is, unless closed."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_DAYS, {"clinic": location.clinic_id, "location": location.pk, "since": since})
        rows = cursor.fetchall()
    pattern = [row for row in rows if row[0] == "hours"]
    off = [row for row in rows if row[0] in ("closed", "off")]
    extra = {row[2] for row in rows if row[0] == "extra"}

    def is_open(day: date) -> bool:
        if any(start <= day <= end for _kind, _weekday, start, end in off):
            return False
        if day in extra or not pattern:
            return True
        return any(
            weekday == day.isoweekday() and start <= day and (end is None or day <= end)
            for _kind, weekday, start, end in pattern
        )

    return is_open
