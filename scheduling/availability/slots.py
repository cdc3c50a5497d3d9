"""When somebody can be seen: hours minus what is busy, joined over people, rooms and devices, in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from common.prepared import ask
from scheduling.availability.hours import HOURS, parameters
from scheduling.availability.needs import Needs, Offsets, needs_of
from scheduling.models import AppointmentKind

STEP_POLICY = "scheduling.slot_step_minutes"
STEP_MINUTES = 15
LONGEST_SPAN_DAYS = 92


@dataclass(frozen=True)
class Slot:
    """A time at which a visit could be booked: with whom, in which room, where."""

    starts_at: datetime
    ends_at: datetime
    practitioner_id: int
    room_id: int | None
    location_id: int


SLOTS = """
, step AS MATERIALIZED (
    SELECT make_interval(mins => COALESCE((SELECT (value #>> '{}')::int FROM accounts_policy
        WHERE clinic_id = %(clinic)s AND key = %(step_policy)s ORDER BY version DESC LIMIT 1), %(step)s)) AS step
), free AS (
    SELECT w.*, COALESCE((SELECT range_agg(a.practitioner_busy) FROM scheduling_appointment a
        WHERE a.clinic_id = %(clinic)s::bigint AND a.practitioner_id = w.practitioner_id
        AND a.starts_at >= %(since)s AND a.starts_at < %(until)s AND a.id IS DISTINCT FROM %(leaving)s
        AND (a.held_until IS NULL OR a.held_until >= %(at)s)), '{}') AS busy
    FROM work w JOIN who ON who.id = w.practitioner_id
    WHERE NOT isempty(w.hours) AND who.is_active AND who.lacks = '{}'
<OWN>), candidate AS MATERIALIZED (
    SELECT t, f.practitioner_id, f.location_id
    FROM free f
    CROSS JOIN step
    <AND_OWN>
    CROSS JOIN LATERAL unnest(<SPANS>) AS span
    CROSS JOIN LATERAL generate_series(
        date_bin(step, lower(span) + step - interval '1 microsecond', '2001-01-01'::timestamp AT TIME ZONE f.time_zone),
        upper(span) - make_interval(mins => %(minutes)s), step) AS t
    WHERE t >= %(at)s AND (t AT TIME ZONE f.time_zone)::date <= f.able_until <WHERE>
), moment AS MATERIALIZED (
    SELECT DISTINCT t, location_id FROM candidate
), chosen AS MATERIALIZED (
    SELECT m.t, m.location_id, pick.room_id FROM moment m <PICK>
)
SELECT extract(epoch FROM t)::bigint, practitioner_id, room_id, location_id
FROM candidate JOIN chosen USING (t, location_id)
ORDER BY t, practitioner_id, location_id
"""

OWN = """), own AS MATERIALIZED (
    SELECT COALESCE(range_agg(a.patient_busy), '{}') AS busy FROM scheduling_appointment a
    WHERE a.clinic_id = %(clinic)s::bigint AND a.patient_id = %(patient)s::bigint
    AND a.patient_busy && %(around)s::tstzmultirange AND a.id IS DISTINCT FROM %(leaving)s
"""

PICK = """CROSS JOIN LATERAL (
    SELECT <ROOM> AS room_id FROM <FROM> WHERE <WHERE> ORDER BY <ORDER> LIMIT 1
) pick"""


def _overlaps(busy: str, offsets: Offsets, moment: str = "t") -> str:
    """SQL for "this resource is busy at some moment of the visit at t"; offsets are whole minutes of ours."""
    return " OR ".join(
        f"{busy} && tstzrange({moment} + interval '{int(low)} min', {moment} + interval '{int(high)} min')"
        for low, high in offsets
    )


def _choice(kind: AppointmentKind, needs: Needs) -> str:
    """SQL that takes the first free room, and with it a free device where the kind asks for one."""
    visit = f"tstzrange(m.t, m.t + interval '{int(needs.minutes)} min')"
    tables, where, order = [], [], []
    if kind.needs_room:
        tables.append("space s")
        taken = _overlaps("s.busy", needs.room, "m.t")
        where += [f"s.location_id = m.location_id AND (s.is_always_open OR s.hours @> {visit}) AND NOT ({taken})"]
        order += ["s.position", "s.id"]
    if kind.device_slug:
        tables.append("apparatus d")
        where += [f"d.location_id = m.location_id AND NOT ({_overlaps('d.busy', needs.device, 'm.t')})"]
        where += ["(d.room_id IS NULL OR d.room_id = s.id)"] if kind.needs_room else []
        order += ["d.id"]
    if not tables:
        return "CROSS JOIN (SELECT NULL::bigint AS room_id) pick"
    parts = {"ROOM": "s.id" if kind.needs_room else "NULL::bigint", "FROM": ", ".join(tables)}
    return _filled(PICK, **parts, WHERE=" AND ".join(where), ORDER=", ".join(order))


def _filled(template: str, **parts: str) -> str:
    for name, part in parts.items():
        template = template.replace(f"<{name}>", part)
    return template


def slots_sql(kind: AppointmentKind, needs: Needs, *, with_patient: bool) -> str:
    """The one query, shaped by what the kind takes."""
    whole = needs.practitioner == ((0, needs.minutes),)
    where = f"AND NOT ({_overlaps('own.busy', needs.patient)})" if with_patient else ""
    if not whole:
        where += f" AND NOT ({_overlaps('f.busy', needs.practitioner)})"
    return HOURS + _filled(
        SLOTS,
        OWN=OWN if with_patient else "",
        AND_OWN="CROSS JOIN own" if with_patient else "",
        SPANS="f.hours - f.busy" if whole else "f.hours",
        PICK=_choice(kind, needs),
        WHERE=where,
    )


def question(clinic: Any, kind: AppointmentKind, needs: Needs, **asked: Any) -> tuple[str, dict[str, Any]]:
    """The query and what it is asked with."""
    given = parameters(clinic, kind, **asked, minutes=kind.minutes, step=STEP_MINUTES, step_policy=STEP_POLICY)
    return slots_sql(kind, needs, with_patient=asked.get("patient") is not None), given


def slots(
    clinic: Any,
    *,
    kind: AppointmentKind,
    day_from: date,
    day_to: date,
    practitioners: Iterable[int | Any] | None = None,
    room: Any = None,
    location: Any = None,
    patient: Any = None,
    leaving: Any = None,
    longest: int = LONGEST_SPAN_DAYS,
    at: datetime,
) -> list[Slot]:
    """Every time at which this kind of visit can begin, local days included at both ends, nothing before `at`.

    Practitioners are ids or rows, None meaning all; `patient` leaves out the patient's own other visits; `leaving` is
    an appointment that is about to be moved and therefore does not stand in its own way; never over `longest` days.
    """
    sql, given = question(
        clinic,
        kind,
        needs_of(kind),
        day_from=day_from,
        day_to=min(day_to, day_from + timedelta(days=longest)),
        practitioners=None if practitioners is None else [getattr(each, "pk", each) for each in practitioners],
        room=getattr(room, "pk", room),
        location=getattr(location, "pk", location),
        patient=getattr(patient, "pk", patient),
        leaving=getattr(leaving, "pk", leaving),
        at=at,
    )
    length = timedelta(minutes=kind.minutes)
    found = []
    for seconds, practitioner_id, room_id, location_id in ask(sql, given):
        start = datetime.fromtimestamp(seconds, UTC)
        found.append(Slot(start, start + length, practitioner_id, room_id, location_id))
    return found
