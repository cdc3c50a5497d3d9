"""What a letter holds that the outbox must not keep: the address of the page that opens without a log-in."""

from dataclasses import replace

from messaging.channels import Letter
from messaging.models import Message, MessageKind
from safety.rules import links
from treatments.models import TreatmentSession

REPORT_LINK = "https://personal.link.invalid/"


def finished(message: Message, letter: Letter) -> Letter:
    """Write the patient's own address in where the mark for it stands."""
    if message.kind != MessageKind.AFTERCARE or REPORT_LINK not in letter.text:
        return letter
    session = TreatmentSession.objects.get(clinic=message.clinic_id, pk=message.subject_id)
    address = links.address_of(session)
    return replace(
        letter, text=letter.text.replace(REPORT_LINK, address), html=letter.html.replace(REPORT_LINK, address)
    )
