"""Requests that the clinic refuses: what was asked, every reason, and when to look again; they leave no plan."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override as language_of

from accounts.models import User
from audit.actions import audited
from common.refused import Refused
from documents.actions import documents
from documents.models import Document, DocumentKind
from patients.actions import tasks
from patients.models import Patient, TaskKind
from treatments.models import Declined, Protocol
from treatments.rules import declines as papers
from treatments.rules import plans as rules


@audited("request.declined")
def decline(
    patient: Patient,
    *,
    protocol: Protocol,
    reasons: Iterable[str] = (),
    instead: Iterable[str] = (),
    note: str = "",
    recheck_on: date | None = None,
    by: User,
    at: datetime,
) -> Declined:
    """Record that a treatment was asked for and refused, with all that speaks against it today.

    The patient gets a letter that names neither treatment nor reason, and somebody looks again on the day agreed.
    """
    findings = rules.suitability(patient, protocol=protocol, slugs=protocol.typical_ingredients, at=at)
    said, offered = [text for reason in reasons if (text := str(reason).strip())], list(instead)
    rules.decline_request.check(by, patient, findings=findings, reasons=[*said, *offered], note=note)
    declined = Declined.objects.create(
        clinic=patient.clinic,
        patient=patient,
        protocol=protocol,
        findings=[finding.as_dict() for finding in findings],
        reasons=[*said, *(str(papers.INSTEAD[key]) for key in offered)],
        note=note,
        recheck_on=recheck_on,
        document=_letter(patient, instead=offered, recheck_on=recheck_on, by=by, at=at),
        at=at,
        by=by,
    )
    if recheck_on:
        _look_again(declined, by=by, at=at)
    return declined


def _member(patient: Patient, user: User) -> Any:
    return user.memberships.active().filter(clinic=patient.clinic_id).first()


def _letter(
    patient: Patient, *, instead: list[str], recheck_on: date | None, by: User, at: datetime
) -> Document | None:
    """Issue the letter; a clinic that has no words for it declines all the same, and hands over none."""
    language = patient.language or patient.clinic.language
    practitioner = getattr(_member(patient, by), "practitioner", None)
    with language_of(language):
        payload = papers.letter(patient, instead=instead, recheck_on=recheck_on, practitioner=practitioner, at=at)
    try:
        return documents.issue(
            patient.clinic,
            kind=DocumentKind.DECLINE,
            patient=patient,
            payload=payload,
            language=language,
            by=by,
            at=at,
        )
    except Refused as refused:
        if refused.code != "template_missing":
            raise
        return None


def _look_again(declined: Declined, *, by: User, at: datetime) -> None:
    tasks.add(
        declined.clinic,
        kind=TaskKind.FOLLOW_UP,
        text=_("Look again at a request that was declined: %(protocol)s.") % {"protocol": declined.protocol.name},
        patient=declined.patient,
        due_on=declined.recheck_on,
        person=_member(declined.patient, by),
        url=reverse("treatments:patient_plans", args=[declined.patient_id]),
        reason_key=f"recheck:{declined.pk}",
        by=by,
        at=at,
    )
