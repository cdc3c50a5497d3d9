"""Visits as lists say them: the names of everybody and everything in them, read at once for one page of a list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from common.prepared import ask


class Line(NamedTuple):
    """One visit, with the names that a reader needs instead of numbers."""

    id: int
    patient: int
    patient_name: str
    kind: int
    kind_name: str
    practitioner: int
    practitioner_name: str
    room: int | None
    location: int
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    status: str
    planned_session: int | None
    overlap_reason: str
    note: str
    cancel_reason: str


# The numbers that are wanted come in the order in which they are shown.
LINES = """
SELECT a.id, a.patient_id, btrim(p.given_name || ' ' || p.family_name), a.kind_id, k.name, a.practitioner_id,
    btrim(w.title || ' ' || u.display_name), a.room_id, a.location_id, l.time_zone, a.starts_at, a.ends_at, a.status,
    (SELECT s.id FROM scheduling_coursevisit v JOIN treatments_plannedsession s ON s.visit_id = v.id
        WHERE v.appointment_id = a.id),
    a.overlap_reason, a.note, a.cancel_reason
FROM unnest(%(wanted)s::bigint[]) WITH ORDINALITY each (id, place)
JOIN scheduling_appointment a ON a.id = each.id AND a.clinic_id = %(clinic)s
JOIN patients_patient p ON p.id = a.patient_id
JOIN scheduling_appointmentkind k ON k.id = a.kind_id
JOIN accounts_practitioner w ON w.id = a.practitioner_id
JOIN accounts_membership m ON m.id = w.membership_id
JOIN accounts_user u ON u.id = m.user_id
JOIN accounts_location l ON l.id = a.location_id
ORDER BY each.place
"""


def lines(clinic: Any, wanted: Sequence[int]) -> list[Line]:
    """The lines of a page of visits, in the order in which they are wanted."""
    return [Line(*row) for row in ask(LINES, {"clinic": clinic.pk, "wanted": list(wanted)})] if wanted else []
