"""Requests that the clinic refuses: what was asked, every reason, and when to look again; they leave no plan."""

from collections.abc import Iterable
from datetime import date, datetime

from accounts.models import User
from audit.actions import audited
from patients.models import Patient
from treatments.models import Declined, Protocol
from treatments.rules import mix


@audited("request.declined")
def decline(
    patient: Patient,
    *,
    protocol: Protocol,
    reasons: Iterable[str] = (),
    note: str = "",
    recheck_on: date | None = None,
    by: User,
    at: datetime,
) -> Declined:
    """Record that a treatment was asked for and refused, with all that speaks against it today."""
    findings = mix.suitability(patient, protocol=protocol, slugs=protocol.typical_ingredients, at=at)
    return Declined.objects.create(
        clinic=patient.clinic,
        patient=patient,
        protocol=protocol,
        findings=[finding.as_dict() for finding in findings],
        reasons=[str(reason) for reason in reasons],
        note=note,
        recheck_on=recheck_on,
        at=at,
        by=by,
    )
