"""Requests that the clinic refuses: what was asked, every reason, and when to look again; they leave no plan."""

from collections.abc import Iterable
from datetime import date, datetime

from accounts.models import User
from audit.actions import audited
from patients.models import Patient
from treatments.models import Declined, Protocol
from treatments.rules import plans as rules


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
    findings = rules.suitability(patient, protocol=protocol, slugs=protocol.typical_ingredients, at=at)
    said = [text for reason in reasons if (text := str(reason).strip())]
    rules.decline_request.check(by, patient, findings=findings, reasons=said, note=note)
    return Declined.objects.create(
        clinic=patient.clinic,
        patient=patient,
        protocol=protocol,
        findings=[finding.as_dict() for finding in findings],
        reasons=said,
        note=note,
        recheck_on=recheck_on,
        at=at,
        by=by,
    )
