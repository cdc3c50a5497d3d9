"""The way in without a link: six digits to the patient's own address, typed back within ten minutes."""

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts import tokens
from accounts.models import User
from audit.actions import audited
from messaging.actions import outbox
from messaging.models import Message, MessageKind
from patients.actions.portal import access_of
from patients.models import Patient, PortalAccess, PortalCode
from portal.rules import codes as rules
from portal.rules.letters import code_letter

KEPT = timedelta(days=2)


def send(found: Iterable[Patient], *, channel: str, recipient: str, ticket: str, at: datetime) -> int:
    """Send one code for all patients of an address; answers for how many, which no page ever tells."""
    with transaction.atomic():
        made = [_make(patient, channel=channel, ticket=ticket, by=User.objects.system(), at=at) for patient in found]
        codes = [code for code in made if code]
        if codes:
            _post(codes[0], recipient=recipient, by=User.objects.system(), at=at)
    return len(codes)


def _make(patient: Patient, *, channel: str, ticket: str, by: User, at: datetime) -> PortalCode | None:
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    recent = patient.portal_codes.filter(created_at__gt=at - timedelta(days=1))
    last_hour = recent.filter(created_at__gt=at - timedelta(hours=1))
    if last_hour.count() >= rules.MOST_AN_HOUR or recent.count() >= rules.MOST_A_DAY:
        return None
    return _sent(patient, channel=channel, ticket=ticket, by=by, at=at)


@audited("portal_code.sent")
def _sent(patient: Patient, *, channel: str, ticket: str, by: User, at: datetime) -> PortalCode:
    return PortalCode.objects.create(
        clinic=patient.clinic,
        patient=patient,
        channel=channel,
        ticket_sha256=tokens.digest(ticket),
        created_at=at,
        expires_at=at + rules.LASTS,
    )


def _post(code: PortalCode, *, recipient: str, by: User, at: datetime) -> Message:
    subject_line, text, html = code_letter(code)
    return outbox.queue(
        code.patient,
        subject=code,
        kind=MessageKind.PORTAL_LINK,
        channel=code.channel,
        recipient=recipient,
        subject_line=subject_line,
        text=text,
        html=html,
        due_at=at,
        by=by,
        at=at,
    )


def try_digits(ticket: str, *, digits: str, at: datetime) -> list[PortalCode]:
    """Take the digits that somebody typed: the codes they open, or none; five wrong ones end the ticket."""
    system = User.objects.system()
    with transaction.atomic():
        waiting = PortalCode.objects.usable(at).filter(ticket_sha256=tokens.digest(ticket))
        codes = list(waiting.select_for_update(of=("self",)).select_related("patient", "clinic").order_by("pk"))
        if not codes:
            return []
        if hmac.compare_digest(digits.encode(), rules.digits_of(codes[0].ticket_sha256).encode()):
            return [_used(code, by=system, at=at) for code in codes]
        for code in codes:
            _mistyped(code, by=system, at=at)
        return []


def proven(ticket: str, pks: Iterable[int], *, at: datetime) -> list[PortalCode]:
    """Give the codes of an address that were typed rightly a moment ago and wait to hear for whom."""
    rows = PortalCode.objects.proven(at).filter(ticket_sha256=tokens.digest(ticket), pk__in=list(pks))
    return list(rows.select_related("patient", "clinic").order_by("pk"))


def miss_person(ticket: str, *, at: datetime) -> None:
    """Count a birth date that belongs to nobody of the address like a wrong code."""
    with transaction.atomic():
        for code in PortalCode.objects.proven(at).filter(ticket_sha256=tokens.digest(ticket)).select_for_update():
            _mistyped(code, by=User.objects.system(), at=at)


@audited("portal_code.used")
def _used(code: PortalCode, *, by: User, at: datetime) -> PortalCode:
    code.used_at = at
    code.save(update_fields=["used_at"])
    return code


@audited("portal_code.mistyped")
def _mistyped(code: PortalCode, *, by: User, at: datetime) -> PortalCode:
    PortalCode.objects.filter(pk=code.pk).update(tries=F("tries") + 1)
    return code


@audited("portal.entered")
def enter(code: PortalCode, *, by: User | None = None, at: datetime) -> PortalAccess:
    """Let somebody in for whom the right digits were typed; the portal is made at the first need."""
    patient = Patient.objects.select_for_update().get(pk=code.patient_id)
    PortalCode.objects.filter(clinic=code.clinic_id, ticket_sha256=code.ticket_sha256).update(expires_at=at)
    return access_of(patient, by=User.objects.system(), at=at)


def forget_old(*, by: User, at: datetime) -> int:
    """Let go of codes that ran out days ago."""
    old = list(PortalCode.objects.filter(expires_at__lt=at - KEPT).select_related("clinic"))
    for code in old:
        _drop(code, by=by, at=at)
    return len(old)


@audited("portal_code.dropped")
def _drop(code: PortalCode, *, by: User, at: datetime) -> None:
    PortalCode.objects.filter(pk=code.pk).delete()
