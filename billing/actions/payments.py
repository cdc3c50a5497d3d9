"""Money that comes in: written down once, never changed."""

from datetime import date, datetime
from decimal import Decimal

from accounts.models import User
from audit.actions import audited
from billing.actions import receipts, till
from billing.models import Payment
from billing.rules import payments as rules
from common.dates import local_day
from patients.models import Patient
from scheduling.models import Appointment
from treatments.models import TreatmentPlan


@audited("payment.taken")
def take(
    patient: Patient,
    *,
    amount: Decimal,
    method: str,
    plan: TreatmentPlan | None = None,
    appointment: Appointment | None = None,
    received_on: date | None = None,
    text: str = "",
    note: str = "",
    receipt: bool = True,
    by: User,
    at: datetime,
) -> Payment:
    """Write down what a patient paid, and hand out the receipt with it."""
    patient = Patient.objects.select_for_update(of=("self",), no_key=True).select_related("clinic").get(pk=patient.pk)
    till.hold(patient.clinic)
    day = received_on or local_day(at, patient.clinic.time_zone)
    asked = {"amount": amount, "method": method, "received_on": day, "plan": plan, "appointment": appointment}
    rules.take.check(by, patient, **asked, at=at)
    payment = Payment.objects.create(
        clinic=patient.clinic,
        patient=patient,
        currency=patient.clinic.currency,
        text=text.strip(),
        note=note.strip(),
        **asked,
        at=at,
        by=by,
    )
    if receipt:
        receipts.issue(payment, by=by, at=at)
    return payment
