"""What a letter holds that the outbox must not keep: the addresses of pages without a log-in, and the calendar file."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.defaultfilters import date as date_words
from django.utils import timezone, translation
from django.utils.html import escape

from common.dates import local_day, zone_of
from messaging import ics
from messaging.channels import Attachment, Letter
from messaging.models import Message, MessageKind
from reminders.rules import after, links, visits, wording
from reminders.rules.dues import AFTER
from safety.rules import links as report_links
from scheduling.models import Appointment, AppointmentStatus
from treatments.models import TreatmentSession

REPORT_LINK = "https://personal.link.invalid/"
VISIT_LINK = "https://visit.link.invalid/"
CHECK_LINK = "https://check.link.invalid/"
MARKS = re.compile(rf"{REPORT_LINK}(?P<told>\d+)/|{VISIT_LINK}(?P<visit>\d+)/|{CHECK_LINK}(?P<asked>\d+)/(?P<day>\d+)/")
WITH_FILE = (MessageKind.CONFIRMATION, MessageKind.CHANGE)


def finished(message: Message, letter: Letter, riders: Iterable[Message]) -> Letter:
    """Write the patient's own addresses in where their marks stand, and add the visits as calendar files."""
    together = [message, *riders]
    addresses = _addresses(together)
    letter = _without_old_news(message, letter)
    stop = ""
    if message.patient is not None and message.channel == "email":
        stop = links.stop_address(message.patient, message.channel)
    return replace(
        letter,
        text=_named(letter.text, addresses) + _stop_words(message, stop),
        html=_named(letter.html, addresses),
        attachments=tuple(_files(together)) if message.channel == "email" else (),
        unsubscribe=stop,
    )


def moments(starts_at: datetime | None, location: Any, language: str) -> dict[str, str]:
    """Say a moment and a place in the words of a language, by the clock of the place."""
    if starts_at is None:
        return {}
    local = starts_at.astimezone(zone_of(location.time_zone))
    with translation.override(language):
        return {
            "when": date_words(local, "l j F Y, H:i"),
            "when_short": date_words(local, "d/m/Y H:i"),
            "zone": location.time_zone,
            "place": f"{location.name}, {location.address}" if location.address else location.name,
        }


def next_words(session: Any, language: str, at: datetime) -> str:
    """Say when the patient comes again and, where no instructions of their own will follow, how to prepare."""
    appointment = after.next_visit_of(session, at)
    if appointment is None:
        return ""
    phrases = wording.house_words(language)["phrases"]
    zone = appointment.location.time_zone
    gap = local_day(appointment.starts_at, zone) - local_day(session.injection_ended_at, zone)
    wanted = ["next", *(["before_next"] if gap.days < visits.LONG_GAP_DAYS else [])]
    values = moments(appointment.starts_at, appointment.location, language)
    return " ".join(wording.filled(phrases[name], values) for name in wanted)


def _named(text: str, addresses: dict[tuple[str, int], str]) -> str:
    """Replace each mark by its address; a mark of something that is not in the letter leads nowhere."""

    def address(found: re.Match[str]) -> str:
        if found["visit"]:
            return addresses.get(("visit", int(found["visit"])), "")
        session = addresses.get(("session", int(found["told"] or found["asked"])), "")
        return session.replace("/tell/", "/check/") + f"{found['day']}/" if found["asked"] and session else session

    return MARKS.sub(address, text)


def _addresses(messages: list[Message]) -> dict[tuple[str, int], str]:
    visits = {each.subject_id for each in messages if each.kind not in AFTER}
    sessions = {each.subject_id for each in messages if each.kind in AFTER}
    clinic = messages[0].clinic_id
    found = {}
    for visit in Appointment.objects.filter(clinic=clinic, pk__in=visits):
        found["visit", visit.pk] = links.address_of(visit)
    for session in TreatmentSession.objects.filter(clinic=clinic, pk__in=sessions):
        found["session", session.pk] = report_links.address_of(session)
    return found


def _without_old_news(message: Message, letter: Letter) -> Letter:
    """Leave out when the patient comes next, if that has changed while the letter waited."""
    said = message.context.get("next")
    if not said:
        return letter
    session = TreatmentSession.objects.get(clinic=message.clinic_id, pk=message.subject_id)
    if next_words(session, message.language, timezone.now()) == said:
        return letter
    return replace(letter, text=letter.text.replace(said, ""), html=letter.html.replace(escape(said), ""))


def _stop_words(message: Message, stop: str) -> str:
    if not stop:
        return ""
    phrases = wording.house_words(wording.language_of(message.language, ""))["phrases"]
    return f"\n--\n{wording.filled(phrases['stop'], {'stop_url': stop})}\n"


def _files(messages: list[Message]) -> Iterable[Attachment]:
    for each in messages:
        if each.kind in WITH_FILE:
            visit = Appointment.objects.filter(clinic=each.clinic_id, pk=each.subject_id)
            for appointment in visit.select_related("location", "clinic"):
                yield calendar_file(appointment, each.language, recipient=each.recipient)


def calendar_file(appointment: Appointment, language: str, *, recipient: str = "") -> Attachment:
    """Write a visit as a file for a calendar: one that is asked for, or with a recipient one that is sent."""
    phrases = wording.house_words(wording.language_of(language, appointment.clinic.language))["phrases"]
    is_cancelled = appointment.status == AppointmentStatus.CANCELLED
    method = ("CANCEL" if is_cancelled else "REQUEST") if recipient else "PUBLISH"
    location = appointment.location
    content = ics.visit_file(
        uid=f"{appointment.uid}@{urlsplit(settings.PUBLIC_URL).hostname or 'clinic'}",
        sequence=appointment.sequence,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        zone=location.time_zone,
        summary=wording.filled(phrases["event"], {"clinic": appointment.clinic.name}),
        place=", ".join(filter(None, [location.name, location.address])),
        organizer=appointment.clinic.email,
        organizer_name=appointment.clinic.name,
        attendee=recipient,
        stamp=appointment.changed_at,
        method=method,
    )
    return Attachment(f"{phrases['file']}-{appointment.pk}.ics", content, f"text/calendar; method={method}")
