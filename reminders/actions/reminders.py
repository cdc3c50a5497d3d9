"""What is due is written in the patient's language and put into the outbox."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import User
from audit.actions import audited
from messaging.actions import outbox
from messaging.models import Message, MessageKind
from messaging.rules.parts import ALSO
from reminders import kinds
from reminders.actions import visit_links
from reminders.rules import letters, wording
from reminders.rules.dues import AFTER
from reminders.rules.ways import way_to
from safety.actions import report_links


@audited("reminder.prepared")
def prepare(item: kinds.Due, *, by: User, at: datetime) -> Message | None:
    """Write a message that is due and put it into the outbox; the same reason twice is one message.

    Nobody is written to who cannot be reached; what rides along goes into the outbox with its letter or not at all.
    """
    channel, recipient = way_to(item.patient, item.kind)
    if not channel:
        return None
    letter = _queue(item, channel, recipient, by=by, at=at)
    if letter.created_at == at:
        for rider in item.riders:
            _queue(rider, channel, recipient, carried_by=letter, by=by, at=at)
    return letter


def _queue(
    item: kinds.Due, channel: str, recipient: str, *, carried_by: Message | None = None, by: User, at: datetime
) -> Message:
    language = wording.language_of(item.patient.language, item.patient.clinic.language)
    words, version = wording.words_of(item.patient.clinic, item.words, language)
    if item.kind in AFTER:
        report_links.issue(item.subject, by=by, at=at)
    elif item.kind == MessageKind.REMINDER:
        visit_links.issue(item.subject, by=by, at=at)
    written = _short if channel == "sms" else _part if carried_by else _letter
    subject_line, text, html = written(item, words, language, at)
    said = letters.next_words(item.subject, language, at) if item.words == "aftercare" else ""
    return outbox.queue(
        item.patient,
        subject=item.subject,
        kind=item.kind,
        offset_minutes=item.offset_minutes,
        version=item.version,
        channel=channel,
        recipient=recipient,
        subject_line=subject_line,
        text=text,
        html=html,
        context={**item.context, "words": item.words, "wording": version, **({"next": said} if said else {})},
        language=language,
        due_at=item.due_at,
        held_until=item.held_until,
        carried_by=carried_by,
        by=by,
        at=at,
    )


def _letter(item: kinds.Due, words: dict[str, str], language: str, at: datetime) -> tuple[str, str, str]:
    """Write the subject, the plain text and the page of a letter, with room for what rides along."""
    values = {**kinds.words_about(item, language, at), "also": ALSO if item.riders else ""}
    return composed(words, values, clinic=item.patient.clinic, location=item.location, language=language)


def composed(
    words: dict[str, str], values: dict[str, str], *, clinic: Any, location: Any, language: str
) -> tuple[str, str, str]:
    """Fill words with values, and set them as a page: the heading first, the button of the main link last."""
    subject_line, text = wording.filled(words["subject"], values), wording.filled(words["text"], values) + "\n"
    heading, _blank, rest = text.partition("\n\n")
    shown = {"clinic": clinic, "location": location, "subject_line": subject_line, "heading": heading, "text": rest}
    shown |= {"language": language, "is_demo": not settings.IN_PRODUCTION, "button_words": words.get("button", "")}
    main = next((name for name in _MAIN if "button" in words and f"{{{{ {name} }}}}" in words["text"]), "")
    shown["url"] = values.get(main, "")
    with translation.override(language):
        return subject_line, text, render_to_string("mail/letter.html", shown)


_MAIN = ("confirm_url", "report_url", "check_url")


def _part(item: kinds.Due, words: dict[str, str], language: str, at: datetime) -> tuple[str, str, str]:
    values = kinds.words_about(item, language, at)
    return wording.filled(words["subject"], values), wording.filled(words["part"], values), ""


def _short(item: kinds.Due, words: dict[str, str], language: str, at: datetime) -> tuple[str, str, str]:
    text = wording.filled(words["sms"], kinds.words_about(item, language, at))
    return "", text + (f"\n{ALSO}" if item.riders else ""), ""
