"""What is due is written in the patient's language and put into the outbox."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from messaging.actions import outbox
from messaging.models import Message, MessageKind
from reminders import kinds
from reminders.rules.letters import REPORT_LINK
from safety.actions import report_links

LANGUAGES = ("en", "fr", "es")


@audited("reminder.prepared")
def prepare(item: kinds.Due, *, by: User, at: datetime) -> Message:
    """Write a message that is due and put it into the outbox; the same reason twice is one message."""
    spoken = item.patient.language[:2]
    language = next((each for each in (spoken, item.patient.clinic.language[:2]) if each in LANGUAGES), "en")
    if item.kind == MessageKind.AFTERCARE:
        report_links.issue(item.subject, by=by, at=at)
    subject_line, text, html = written(item, language)
    return outbox.queue(
        item.patient,
        subject=item.subject,
        kind=item.kind,
        offset_minutes=item.offset_minutes,
        version=item.version,
        recipient=item.patient.email,
        subject_line=subject_line,
        text=text,
        html=html,
        context=item.context,
        language=language,
        due_at=item.due_at,
        held_until=item.held_until,
        by=by,
        at=at,
    )


def written(item: kinds.Due, language: str) -> tuple[str, str, str]:
    """Write the subject, the plain text and the page of a message."""
    words = {**kinds.words_about(item), "language": language, "is_demo": not settings.IN_PRODUCTION}
    with translation.override(language), timezone.override(item.location.time_zone):
        subject_line = render_to_string(f"mail/{language}/{item.words}.subject.txt", words).strip()
        text = render_to_string(f"mail/{language}/{item.words}.txt", words).strip() + "\n"
        heading, _blank, rest = text.partition("\n\n")
        shown = {**words, "subject_line": subject_line, "heading": heading, "text": rest}
        if item.kind == MessageKind.AFTERCARE:
            shown |= {"url": REPORT_LINK, "button_words": _("Something is wrong")}
        html = render_to_string("mail/letter.html", shown)
    return subject_line, text, html
