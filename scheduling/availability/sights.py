"""What booking must see of one time before it says yes."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS

from accounts.models import Location
from common.dates import local_day
from common.prepared import ask
from scheduling.availability.hours import HOURS, moments, parameters
from scheduling.availability.needs import Needs
from scheduling.models import AppointmentKind


@dataclass(frozen=True)
class Place:
    """A location as one visit finds it: whether the practitioner works then; rooms and devices where it would be."""

    id: int
    name: str
    time_zone: str
    in_hours: bool
    has_hours: bool
    rooms: list[dict[str, Any]] = field(default_factory=list)
    devices: list[dict[str, Any]] = field(default_factory=list)

    @property
    def location(self) -> Location:
        """The place as a row; what else it says is read when somebody asks."""
        values = {"id": self.id, "name": self.name, "time_zone": self.time_zone}
        return Location.from_db(DEFAULT_DB_ALIAS, list(values), list(values.values()))


@dataclass(frozen=True)
class Sight:
    """All that booking must see of the calendar at one time, read at once."""

    places: list[Place]
    licence_expires_on: date | None
    is_active: bool
    lacks: list[str]
    roles: list[str] | None
    in_care_team: bool
    expired_holds: bool


LOOK = """
SELECT who.licence_expires_on, who.is_active, who.lacks,
    (SELECT roles FROM accounts_membership m WHERE m.clinic_id = %(clinic)s AND m.user_id = %(by)s AND m.is_active),
    EXISTS (SELECT FROM patients_careteam c JOIN accounts_practitioner p ON p.membership_id = c.membership_id
        WHERE c.clinic_id = %(clinic)s AND c.patient_id = %(patient)s AND p.id = who.id AND c.ended_at IS NULL),
    EXISTS (SELECT FROM scheduling_appointment a
        WHERE a.clinic_id = %(clinic)s::bigint AND a.status = 'held' AND a.held_until < %(at)s),
    (SELECT json_agg(json_build_object('id', w.location_id, 'name', h.name, 'time_zone', w.time_zone,
        'in_hours', w.hours @> %(visit)s::tstzrange, 'has_hours', NOT isempty(w.hours),
        'rooms', (SELECT json_agg(json_build_object('id', s.id, 'name', s.name,
                'in_hours', s.hours @> %(visit)s::tstzrange,
                'free', NOT s.busy && %(room_busy)s::tstzmultirange) ORDER BY s.position, s.id)
            FROM space s WHERE s.location_id = w.location_id),
        'devices', (SELECT json_agg(json_build_object('id', d.id, 'room', d.room_id,
                'free', NOT d.busy && %(device_busy)s::tstzmultirange) ORDER BY d.id)
            FROM apparatus d WHERE d.location_id = w.location_id)) ORDER BY w.location_id)
    FROM work w JOIN house h ON h.id = w.location_id)
FROM who
"""


def look(
    clinic: Any,
    *,
    kind: AppointmentKind,
    needs: Needs,
    practitioner: Any,
    patient: Any,
    starts_at: datetime,
    room: Any = None,
    location: Any = None,
    leaving: Any = None,
    by: Any,
    at: datetime,
) -> Sight:
    """Read at once what speaks for and against one time: hours, licence, training, rooms, devices, roles."""
    ends_at = starts_at + timedelta(minutes=kind.minutes)
    given = parameters(
        clinic,
        kind,
        (starts_at - timedelta(days=1)).date(),
        (ends_at + timedelta(days=1)).date(),
        at=at,
        on=local_day(starts_at, clinic.time_zone),
        practitioners=[practitioner.pk],
        patient=patient.pk,
        room=getattr(room, "pk", room),
        location=getattr(location, "pk", location),
        leaving=getattr(leaving, "pk", leaving),
        by=by.pk,
        visit=f"[{starts_at.isoformat()},{ends_at.isoformat()})",
        room_busy=moments(needs.spans("room", starts_at)),
        device_busy=moments(needs.spans("device", starts_at)),
    )
    [(licence, active, lacks, roles, known, holds, places)] = ask(HOURS + LOOK, given)
    found = [
        Place(**place | {"rooms": place["rooms"] or [], "devices": place["devices"] or []}) for place in places or []
    ]
    return Sight(found, licence, active, lacks, roles, known, holds)
