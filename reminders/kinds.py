"""The catalogue of what patients are told without anybody asking: what is due, when, and whether it still holds.

It reads appointments and sessions and writes nothing. What a patient was told last is read from the messages
themselves, so a visit that is moved and moved back within the pause is never mentioned.
"""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from accounts.models import Clinic
from messaging.models import Message
from reminders.rules import after, few, letters, quiet, visits, wording
from reminders.rules.dues import AFTER, RELAYED, Due, says
from reminders.rules.letters import CHECK_LINK, REPORT_LINK, VISIT_LINK, moments
from reminders.rules.quiet import after_quiet
from reminders.rules.stories import story
from reminders.rules.visits import facts_of
from treatments.rules.emergencies import emergency_number

__all__ = ["RELAYED", "Due", "after_quiet", "due", "facts_of", "says", "still_holds", "story", "words_about"]


def due(clinic: Clinic, at: datetime) -> Iterator[Due]:
    """List what should be told to the patients of a clinic now and is not in the outbox yet."""
    decided = clinic.policies.newest(quiet.HOURS_KEY).values_list("value", flat=True).first()
    hours = quiet.hours_of(decided)
    gentle = [*visits.coming(clinic, at, hours), *after.following(clinic, at, hours)]
    yield from few.arranged(clinic, visits.news(clinic, at), gentle, at)


def still_holds(message: Message, at: datetime) -> str:
    """Look again just before a message goes out; answer the reason for which it must not, or nothing."""
    return after.holds(message) if message.kind in AFTER else visits.holds(message, at)


def words_about(item: Due, language: str, at: datetime) -> dict[str, str]:
    """Give what the words of a message may name: the clinic, the place, the time. Never a treatment or an illness."""
    clinic, location = item.patient.clinic, item.location
    phrases = wording.house_words(language)["phrases"]
    phone = clinic.phone or location.phone
    if item.kind in AFTER:
        phone = clinic.emergency_phone or phone
    values = {
        "clinic": clinic.name,
        "called": item.patient.called,
        "phone": phone,
        "call_us": wording.filled(phrases["call" if phone else "reply"], {"phone": phone}),
        "portal_url": settings.PUBLIC_URL.rstrip("/") + reverse("portal:home"),
        "emergency": emergency_number(clinic),
        "also": "",
        **moments(parse_datetime(item.context.get("starts_at", "")), location, language),
    }
    if item.kind in AFTER:
        values |= _after_a_session(item, language, at)
    else:
        values |= {"confirm_url": f"{VISIT_LINK}{item.subject.pk}/", "advice": _advice(item, language)}
    return values


def _advice(item: Due, language: str) -> str:
    return wording.house_words(language)["preparation"]["advice"].strip() if item.words == "preparation" else ""


def _after_a_session(item: Due, language: str, at: datetime) -> dict[str, str]:
    session, day = item.subject, item.context.get("day", 0)
    values = {"report_url": f"{REPORT_LINK}{session.pk}/", "check_url": f"{CHECK_LINK}{session.pk}/{day}/"}
    if item.words == "aftercare":
        values["next"] = letters.next_words(session, language, at)
    return values
