"""The words of the messages as the clinic sees them: which are its own, and how they read to a patient."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.models import Clinic
from messaging.models import MessageTemplate
from messaging.rules.segments import counted
from reminders.actions.reminders import composed
from reminders.rules import letters, wording
from reminders.rules.words_known import NAMES


def lines_of(clinic: Clinic) -> list[dict[str, Any]]:
    """List each message with the versions in force and the drafts of its languages."""
    rows = list(MessageTemplate.objects.filter(clinic=clinic).order_by("version"))
    lines = []
    for words, name in NAMES.items():
        languages = []
        for language in wording.LANGUAGES:
            mine = [each for each in rows if (each.words, each.language) == (words, language)]
            published = [each for each in mine if each.published_at]
            languages.append(
                {
                    "language": language,
                    "in_force": published[-1] if published else None,
                    "draft": next((each for each in mine if not each.published_at), None),
                }
            )
        lines.append({"words": words, "name": name, "languages": languages})
    return lines


def shown_to(clinic: Clinic, words: str, language: str, said: dict[str, str], at: datetime) -> dict[str, Any]:
    """Write a message with these words to a patient who does not exist."""
    location = clinic.locations.filter(is_active=True).order_by("pk").first()
    values = {**sample_of(clinic, location, words, language, at), "also": ""}
    subject_line, text, _page = composed(said, values, clinic=clinic, location=location, language=language)
    sms = wording.filled(said.get("sms", ""), values)
    return {"subject_line": subject_line, "text": text, "sms": sms, "count": counted(sms)}


def sample_of(clinic: Clinic, location: Any, words: str, language: str, at: datetime) -> dict[str, str]:
    """Give values for a preview."""
    phrases = wording.house_words(language)["phrases"]
    phone = clinic.phone or (location.phone if location else "")
    soon = (at + timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    moments = letters.moments(soon, location, language) if location else {}
    address = settings.PUBLIC_URL.rstrip("/")
    return {
        "clinic": clinic.name,
        "called": "Alex",
        "phone": phone,
        "call_us": wording.filled(phrases["call" if phone else "reply"], {"phone": phone}),
        "emergency": "112",
        "portal_url": f"{address}/portal/home/",
        "confirm_url": f"{address}/portal/visit/.../",
        "report_url": f"{address}/portal/tell/.../",
        "check_url": f"{address}/portal/check/.../",
        "next": wording.filled(phrases["next"], moments),
        "advice": wording.house_words(language)["preparation"]["advice"].strip() if words == "preparation" else "",
        **moments,
    }
