"""Who is in the house: waiting since when, in which room since when, and who should be here and is not."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from common.dates import local_day
from scheduling.models import AppointmentStatus, StatusChange

PRESENT = (AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM)
EXPECTED = (AppointmentStatus.BOOKED, AppointmentStatus.CONFIRMED)


@dataclass(frozen=True)
class Guest:
    """Somebody who waits, is treated or is missed, and since when."""

    visit: Any
    who: str
    since: datetime
    minutes: int


@dataclass
class Waiting:
    """The people of the moment: those who wait, those in a room, those who are late."""

    waiting: list[Guest] = field(default_factory=list)
    inside: list[Guest] = field(default_factory=list)
    late: list[Guest] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.waiting) + len(self.inside) + len(self.late)


def waiting_of(clinic: Any, *, is_masked: bool, at: datetime) -> Waiting:
    """Who of today's visits is here or late, longest first, in one question to the database."""
    changed = StatusChange.objects.filter(appointment=OuterRef("pk")).order_by("-pk").values("at")[:1]
    today = clinic.appointments.on(local_day(at, clinic.time_zone), clinic.time_zone)
    here = today.filter(Q(status__in=PRESENT) | Q(status__in=EXPECTED, starts_at__lt=at))
    found = Waiting()
    for visit in here.with_day_list().annotate(changed_last=Subquery(changed)).order_by("starts_at", "pk"):
        is_late = visit.status in EXPECTED
        since = visit.starts_at if is_late else visit.changed_last or visit.changed_at
        who = str(visit.patient.number) if is_masked else str(visit.patient)
        guest = Guest(visit, who, since, max(0, int((at - since).total_seconds() // 60)))
        group = found.late if is_late else found.inside if visit.status == AppointmentStatus.IN_ROOM else found.waiting
        group.append(guest)
    for group in (found.waiting, found.inside, found.late):
        group.sort(key=lambda each: each.since)
    return found
