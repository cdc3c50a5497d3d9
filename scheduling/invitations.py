"""A visit as calendars understand it: one identity for good, a number that grows with each change."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from common.dates import zone_of
from scheduling.models import NOT_LIVE, Appointment

TYPE = "text/calendar; charset=utf-8"


def calendar_file(appointment: Appointment, *, method: str = "PUBLISH", at: datetime) -> bytes:
    """Write the visit as an .ics file, by the clock of its place; a visit that was called off takes itself out."""
    zone = zone_of(appointment.location.time_zone)
    clinic, place = appointment.clinic, appointment.location
    visit = Event()
    visit.add("uid", f"{appointment.uid}@{urlsplit(settings.PUBLIC_URL).hostname or 'clinic'}")
    visit.add("sequence", appointment.sequence)
    visit.add("dtstamp", at)
    visit.add("dtstart", appointment.starts_at.astimezone(zone))
    visit.add("dtend", appointment.ends_at.astimezone(zone))
    visit.add("summary", _("Appointment at %(clinic)s") % {"clinic": clinic.name})
    visit.add("location", ", ".join(filter(None, (place.name, place.address.replace("\n", ", ")))))
    visit.add("status", "CANCELLED" if appointment.status in NOT_LIVE else "CONFIRMED")
    if clinic.email:
        visit.add("organizer", f"mailto:{clinic.email}")
    calendar = Calendar()
    calendar.add("prodid", "-//Mesotherapy Clinic//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(visit)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
