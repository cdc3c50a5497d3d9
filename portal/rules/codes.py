"""Six digits that open the portal: to whom they may go, how they are told from a ticket, when they still count."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import Clinic
from common import phones
from messaging.channels import Letter
from messaging.models import Message
from patients.models import ContactChannel, Patient, PortalAccess, PortalCode, Relation
from reminders.rules.ways import can_send_short

LASTS = timedelta(minutes=10)
MOST_AN_HOUR, MOST_A_DAY = 5, 20
MOST_FILES = 12
MARK = "[code]"
SUBJECT_KIND = "portalcode"


def digits_of(ticket_sha256: str) -> str:
    """Derive the six digits of a ticket from the house's own key; neither the database nor the outbox holds them."""
    meant = f"portal code {ticket_sha256}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), meant, hashlib.sha256).digest()
    return f"{int.from_bytes(digest) % 1_000_000:06d}"


def spelled(text: str) -> tuple[str, list[str]]:
    """Read what somebody typed as their address: the channel, and the spellings under which files may hold it."""
    text = text.strip()
    try:
        validate_email(text)
        return ContactChannel.EMAIL, [text]
    except ValidationError:
        return ContactChannel.SMS, _numbers(text)


def _numbers(text: str) -> list[str]:
    found = set()
    for clinic in Clinic.objects.all():
        try:
            found.add(phones.to_e164(text, phones.region_of(clinic.jurisdiction, clinic.phone)))
        except ValueError:
            continue
    return sorted(found - {""})


def patients_of(channel: str, spellings: list[str]) -> list[Patient]:
    """Find whose address this is; a file that is closed, and one whose portal was ended, is nobody's."""
    if not spellings:
        return []
    field = "email__iexact" if channel == ContactChannel.EMAIL else "phone"
    # The column `search` has the index; it holds addresses in small letters and numbers as bare digits.
    named = [Q(**{field: each}, search__contains=each.lower().lstrip("+")) for each in spellings]
    ended = PortalAccess.objects.filter(patient=OuterRef("pk"), relation=Relation.SELF)
    rows = Patient.objects.filter(
        reduce(or_, named), erased_at__isnull=True, merged_into__isnull=True, entered_in_error=False
    ).filter(Exists(ended.standing()) | ~Exists(ended))
    return list(rows.select_related("clinic").order_by("pk")[:MOST_FILES])


def way_to(patient: Patient, channel: str) -> tuple[str, str]:
    """Give the way to a patient who typed this sort of address; where no short message can leave, it is the e-mail."""
    if channel == ContactChannel.SMS and patient.email and not can_send_short():
        return ContactChannel.EMAIL, patient.email
    return channel, patient.email if channel == ContactChannel.EMAIL else patient.phone


def own_way(patient: Patient) -> tuple[str, str] | None:
    """Give the channel and address by which a patient is sent a code without typing it, if there is one."""
    if patient.email:
        return ContactChannel.EMAIL, patient.email
    return (ContactChannel.SMS, patient.phone) if patient.phone and can_send_short() else None


def masked(recipient: str) -> str:
    """Show an address so that its owner knows it and a passer-by does not: a•••@example.org, •••10."""
    name, at_sign, host = recipient.partition("@")
    return f"{name[:1]}•••@{host}" if at_sign else f"•••{recipient[-2:]}"


def still_holds(message: Message, at: datetime) -> str:
    """Look again before a code leaves: one that has run out is not sent."""
    if message.subject_kind != SUBJECT_KIND:
        return ""
    usable = PortalCode.objects.usable(at).filter(clinic=message.clinic_id, pk=message.subject_id)
    return "" if usable.exists() else _("The code has run out.")


def finished(message: Message, letter: Letter, riders: Iterable[Message] = ()) -> Letter:
    """Write the digits in where the mark for them stands."""
    if message.subject_kind != SUBJECT_KIND:
        return letter
    digits = digits_of(PortalCode.objects.get(clinic=message.clinic_id, pk=message.subject_id).ticket_sha256)
    words: dict[str, Any] = {name: getattr(letter, name).replace(MARK, digits) for name in ("text", "html")}
    return replace(letter, **words)
