"""What the message with a code says, in the patient's language; the digits themselves are written in as it leaves."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from patients.models import ContactChannel, PortalCode
from portal.rules.codes import LASTS, MARK

LANGUAGES = ("en", "fr", "es")


def code_letter(code: PortalCode) -> tuple[str, str, str]:
    """Write subject, plain text and page of the message; a short message has no page."""
    spoken = (code.patient.language[:2], code.clinic.language[:2], "en")
    language = next(each for each in spoken if each in LANGUAGES)
    words = {
        "clinic": code.clinic,
        "code": MARK,
        "minutes": int(LASTS.total_seconds() // 60),
        "language": language,
        "is_demo": not settings.IN_PRODUCTION,
    }
    with translation.override(language):
        subject = render_to_string(f"mail/{language}/code.subject.txt", words).strip()
        text = render_to_string(f"mail/{language}/code.txt", words).strip() + "\n"
        if code.channel != ContactChannel.EMAIL:
            return subject, render_to_string(f"mail/{language}/code.sms.txt", words).strip(), ""
        heading, _blank, rest = text.partition("\n\n")
        page = {**words, "subject_line": subject, "heading": heading, "text": rest}
        return subject, text, render_to_string("mail/letter.html", page)
