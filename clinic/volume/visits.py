"""Visits by the hundred thousand: the same full days at any size, more of them into the past."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clinic.volume.copying import bare, copy, line
from clinic.volume.house import ZONE, House

AHEAD_DAYS = 28
HALF_HOURS = [time(8 + half // 2, 30 * (half % 2)) for half in range(20)]
FREE_EVERY = 5  # one half-hour in five stays free
COLUMNS = (
    "clinic_id", "patient_id", "kind_id", "practitioner_id", "room_id", "location_id", "starts_at", "ends_at",
    "status", "practitioner_busy", "room_busy", "device_busy", "patient_busy", "overlap_reason", "note",
    "cancel_reason", "uid", "sequence", "booked_at", "booked_by_id", "changed_at",
)  # fmt: skip


def write(cursor: Any, house: House, patients: list[int], count: int, today: date) -> int:
    """Fill the calendar backwards from four weeks ahead until so many visits stand in it."""
    with bare(cursor, "scheduling_appointment"):
        return copy(cursor, "scheduling_appointment", COLUMNS, rows(house, patients, count, today))


def rows(house: House, patients: list[int], count: int, today: date) -> Iterator[str]:
    """Each half-hour of each practitioner, except every fifth; at one moment no patient is at two places."""
    written, hour = 0, 0
    day = today + timedelta(days=AHEAD_DAYS)
    while written < count:
        if day.isoweekday() < 7:
            for half, clock in enumerate(HALF_HOURS):
                hour += len(house.practitioners)
                for who in range(len(house.practitioners)):
                    if (half + who + day.toordinal()) % FREE_EVERY and written < count:
                        patient = patients[(hour + who) % len(patients)]
                        yield visit(house, patient, who, day, clock, today)
                        written += 1
        day -= timedelta(days=1)


def visit(house: House, patient: int, who: int, day: date, clock: time, today: date) -> str:
    """One row: a practitioner in the room of their own."""
    starts = datetime.combine(day, clock, tzinfo=ZoneInfo(ZONE)).astimezone(ZoneInfo("UTC"))
    ends = starts + timedelta(minutes=30)
    busy = f"{{[{starts.isoformat()},{ends.isoformat()})}}"
    booked = starts - timedelta(days=20)
    status = "left" if day < today else "booked"
    return line(
        house.clinic.pk, patient, house.kind, house.practitioners[who], house.rooms[who], house.places[who],
        starts.isoformat(), ends.isoformat(), status, busy, busy, "{}", busy, "", "", "", uuid.uuid4(), 0,
        booked.isoformat(), house.system, booked.isoformat(),
    )  # fmt: skip
