"""Calendars for tests: open weeks, rooms, kinds of visit, courses."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from scheduling.actions import bookings, courses
from scheduling.models import AppointmentKind, Room, WorkingHours
from tests.cast import NOON

LONG_AGO = date(2020, 1, 1)
MONDAY = date(2025, 2, 10)


def room(location: Any, name: str = "Room 1", position: int = 0) -> Room:
    """A room in use."""
    return Room.objects.create(clinic=location.clinic, location=location, name=name, position=position)


def open_week(
    location: Any, practitioner: Any, *, starts: time = time(9), ends: time = time(18), days: Any = range(1, 7)
):
    """Let a practitioner work on these weekdays (Monday is 1), by default all but Sunday from nine to six."""
    return WorkingHours.objects.bulk_create(
        WorkingHours(
            clinic=location.clinic,
            location=location,
            practitioner=practitioner,
            weekday=day,
            starts=starts,
            ends=ends,
            valid_from=LONG_AGO,
        )
        for day in days
    )


def kind(clinic: Any, slug: str = "follow-up", *, minutes: int = 30, **more: Any) -> AppointmentKind:
    """A sort of visit."""
    return AppointmentKind.objects.create(
        clinic=clinic, slug=slug, name=slug.replace("-", " ").capitalize(), minutes=minutes, **more
    )


def local(day: date, clock: str, zone: str = "Europe/Madrid") -> datetime:
    """A wall time at the clinic."""
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=ZoneInfo(zone))


def booked(clinic: Any, patient: Any, doctor: Any, sort: Any, starts_at: datetime, *, by: Any = None, **more: Any):
    """A visit, booked as the house books it."""
    more.setdefault("at", min(NOON, starts_at - timedelta(days=1)))
    return bookings.book(
        clinic,
        patient=patient,
        kind=sort,
        practitioner=doctor,
        starts_at=starts_at,
        by=by or User.objects.system(),
        **more,
    )


def course(
    patient: Any, sort: Any, *, start_on: date = MONDAY, intervals: Any = ((0, 0), (7, 10), (7, 10)), **more: Any
):
    """A course of visits: (earliest, latest) days after the one before."""
    label_bound = more.pop("label_bound", False)
    return courses.start(
        patient,
        label="Melasma, vitamin C and glutathione",
        page_url="/treatments/plans/1/",
        start_on=start_on,
        visits=[courses.Visit(n, sort, low, high, label_bound) for n, (low, high) in enumerate(intervals, start=1)],
        by=more.pop("by", None) or User.objects.system(),
        at=NOON,
        **more,
    )
