"""A clinic's own words for its messages: drafted, looked at, put in force; what was in force is kept."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Clinic, User
from audit.actions import audited
from common.refused import Refused
from messaging.models import MessageTemplate


@audited("message_template.drafted")
def draft(
    clinic: Clinic, *, words: str, language: str, subject_line: str, text: str, sms: str, by: User, at: datetime
) -> MessageTemplate:
    """Write words down without using them yet; there is one draft of each, and a new one takes its place."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    mine = MessageTemplate.objects.filter(clinic=clinic, words=words, language=language)
    said = {"subject_line": subject_line.strip(), "text": text.strip(), "sms": sms.strip()}
    waiting = mine.drafts().first()
    if waiting is None:
        newest = mine.order_by("-version").first()
        waiting = MessageTemplate(
            clinic=clinic, words=words, language=language, version=newest.version + 1 if newest else 1
        )
    for name, value in {**said, "drafted_at": at, "drafted_by": by}.items():
        setattr(waiting, name, value)
    waiting.save()
    return waiting


@audited("message_template.published")
def publish(template: MessageTemplate, *, by: User, at: datetime) -> MessageTemplate:
    """Put drafted words in force for every message written from now on; those already written stay as they are."""
    template = MessageTemplate.objects.select_for_update().get(pk=template.pk)
    if template.published_at is not None:
        raise Refused("already_done", _("These words are in force already."))
    template.published_at, template.published_by = at, by
    template.save(update_fields=["published_at", "published_by"])
    return template
