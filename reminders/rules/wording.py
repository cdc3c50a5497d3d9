"""The words of the messages: those that came with the house, and those that a clinic put in their place."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Clinic
from messaging.models import MessageTemplate

LANGUAGES = ("en", "fr", "es")
DATA = Path(__file__).resolve().parent.parent / "data"
PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
BLANK = re.compile(r"\n{3,}")

EVERYWHERE = frozenset({"clinic", "called", "call_us", "phone", "portal_url", "emergency"})
ABOUT_A_VISIT = EVERYWHERE | {"when", "when_short", "zone", "place"}
KNOWN: dict[str, frozenset[str]] = {
    "confirmation": ABOUT_A_VISIT | {"also"},
    "change": ABOUT_A_VISIT | {"also"},
    "cancellation": ABOUT_A_VISIT | {"also"},
    "reminder": ABOUT_A_VISIT | {"also", "confirm_url"},
    "preparation": ABOUT_A_VISIT | {"also", "advice"},
    "aftercare": EVERYWHERE | {"also", "next", "report_url"},
    "check_in": EVERYWHERE | {"also", "check_url"},
    "nodule_check": EVERYWHERE | {"also", "check_url"},
}
_VISIT = frozenset({"when", "zone", "place", "also"})
NEEDED: dict[str, frozenset[str]] = {
    "confirmation": _VISIT,
    "change": _VISIT,
    "cancellation": _VISIT,
    "reminder": _VISIT | {"confirm_url"},
    "preparation": frozenset({"when", "advice", "also"}),
    "aftercare": frozenset({"emergency", "call_us", "report_url", "next", "also"}),
    "check_in": frozenset({"emergency", "call_us", "check_url", "also"}),
    "nodule_check": frozenset({"call_us", "check_url", "also"}),
}
NEEDED_IN_SMS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("confirmation", "change", "cancellation", "preparation"), frozenset({"when_short"})),
    "reminder": frozenset({"when_short", "confirm_url"}),
    "aftercare": frozenset({"report_url", "emergency"}),
    "check_in": frozenset({"check_url"}),
    "nodule_check": frozenset({"check_url"}),
}
PRIVATE = frozenset({"advice", "next", "called", "also"})  # what a subject does not tell whoever looks over a shoulder


@cache
def house_words(language: str) -> dict[str, dict[str, str]]:
    """Read the words that came with the house, in one of its languages."""
    return tomllib.loads((DATA / f"words.{language}.toml").read_text(encoding="utf-8"))


def language_of(spoken: str, otherwise: str) -> str:
    """Choose the language of a message: the patient's, else the clinic's, else English."""
    return next((each for each in (spoken[:2], otherwise[:2]) if each in LANGUAGES), "en")


def words_of(clinic: Clinic, words: str, language: str) -> tuple[dict[str, str], int]:
    """Give the words in force for one sort of message, and the version of the clinic's own; 0 is the house's."""
    house = house_words(language)[words]
    own = MessageTemplate.objects.published().filter(clinic=clinic, words=words, language=language).first()
    if own is None:
        return house, 0
    said = {"subject": own.subject_line, "text": own.text, "sms": own.sms}
    return {**house, **{key: value for key, value in said.items() if value.strip()}}, own.version


def filled(text: str, values: Mapping[str, Any]) -> str:
    """Put values where their names stand; an empty one leaves no hole in the page."""
    whole = PLACEHOLDER.sub(lambda found: str(values.get(found.group(1), "")), text)
    return BLANK.sub("\n\n", whole).strip()


def flaws_in(words: str, *, subject: str, text: str, sms: str) -> list[str]:
    """List what stands against putting these words in force: names nobody fills, names that are missing."""
    flaws = []
    for part, said in (("subject", subject), ("text", text), ("sms", sms)):
        known = KNOWN[words] - (PRIVATE if part == "subject" else frozenset({"also"} if part == "sms" else ()))
        for name in sorted(names_in(said) - known):
            flaws.append(_("Nothing fills {{ %(name)s }} here.") % {"name": name})
        for line in re.findall(r"\{[%#{][^}]*|\{\{|\}\}", PLACEHOLDER.sub("", said)):
            flaws.append(_("“%(piece)s” is not a placeholder.") % {"piece": line[:40]})
    for said, needed in ((text, NEEDED[words]), (sms, NEEDED_IN_SMS[words])):
        for name in sorted(needed - names_in(said)) if said.strip() else ():
            flaws.append(_("{{ %(name)s }} is missing.") % {"name": name})
    return flaws


def names_in(text: str) -> set[str]:
    """List the placeholders that stand in a text."""
    return set(PLACEHOLDER.findall(text))
