"""When each practitioner and each room is there, over a few days: what a board of the day draws."""

from datetime import date
from typing import Any

from django.db import connection

from common.fields import Span
from scheduling.availability.hours import HOURS, moments, parameters
from scheduling.models import AppointmentKind

OPENING = (
    HOURS
    + """
SELECT 'practitioner', practitioner_id, lower(each), upper(each)
FROM work CROSS JOIN LATERAL unnest(hours * %(shown)s::tstzmultirange) each
UNION ALL
SELECT 'room', s.id, lower(each), upper(each)
FROM space s JOIN house h ON h.id = s.location_id
CROSS JOIN LATERAL unnest((s.hours * h.open - h.shut) * %(shown)s::tstzmultirange) each
ORDER BY 1, 2, 3
"""
)


def opening(clinic: Any, *, day_from: date, day_to: date, shown: Span) -> dict[tuple[str, int], list[Span]]:
    """The spans in which people work and rooms are open, whatever is booked in them, cut to what is shown."""
    asked = parameters(clinic, AppointmentKind(), day_from, day_to, at=shown[0])
    found: dict[tuple[str, int], list[Span]] = {}
    with connection.cursor() as cursor:
        cursor.execute(OPENING, {**asked, "shown": moments([shown])})
        for sort, pk, starts_at, ends_at in cursor.fetchall():
            found.setdefault((sort, pk), []).append((starts_at, ends_at))
    return found
