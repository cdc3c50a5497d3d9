"""Visits as files for calendars (RFC 5545, 5546): the same visit keeps its UID, and each change raises its SEQUENCE."""

from datetime import datetime
from typing import Any

from icalendar import Calendar, Event, vCalAddress, vText

from common.dates import zone_of

PRODUCT = "-//Clinic//Appointments//EN"


def visit_file(
    *,
    uid: str,
    sequence: int,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    summary: str,
    place: str,
    organizer: str = "",
    organizer_name: str = "",
    attendee: str = "",
    stamp: datetime,
    method: str,
) -> bytes:
    """Write one visit: METHOD is REQUEST or CANCEL in a mail and PUBLISH in a download; no word says why one comes."""
    event = Event()
    local = zone_of(zone)
    values: dict[str, Any] = {
        "uid": uid,
        "sequence": sequence,
        "dtstamp": stamp.astimezone(zone_of("UTC")),
        "dtstart": starts_at.astimezone(local),
        "dtend": ends_at.astimezone(local),
        "summary": summary,
        "location": place,
        "status": "CANCELLED" if method == "CANCEL" else "CONFIRMED",
        "class": "PRIVATE",
        "transp": "OPAQUE",
    }
    for name, value in values.items():
        event.add(name, value)
    if organizer:
        event.add("organizer", _person(organizer, organizer_name))
    if attendee and organizer:
        event.add("attendee", _guest(attendee))
    calendar = Calendar()
    for name, value in (("prodid", PRODUCT), ("version", "2.0"), ("method", method)):
        calendar.add(name, value)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _person(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    if name:
        address.params["CN"] = vText(name)
    return address


def _guest(email: str) -> vCalAddress:
    address = _person(email, "")
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("NEEDS-ACTION")
    address.params["RSVP"] = vText("FALSE")
    return address
