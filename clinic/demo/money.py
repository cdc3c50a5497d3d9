"""What was paid in the demo clinic: the sessions that were given, one receipt corrected, the till counted."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Clinic
from billing.actions import closings, payments, refunds, terms
from billing.rules.closings import expected_in_cash
from common.dates import local_day
from treatments.models import SessionState, TreatmentSession

METHODS = ("card", "cash", "card", "transfer")
PARTICULARS = {
    "legal_name": "Clínica Demostración, S. L.",
    "address": "Calle Inventada 1\n28000 Madrid",
    "tax_number": "X-00000000",
    "exemption": "Exempt from tax: medical care. An invented sentence, for the demonstration.",
}


def fill(clinic: Clinic, staff: dict[str, Any], *, now: datetime) -> None:
    """Write down what stands on receipts, then the money, in the order in which it came."""
    owner, desk, given = staff["owner"].user, staff["frontdesk"].user, _given(clinic)
    terms.decide(clinic, **PARTICULARS, tax_rate=Decimal(0), by=owner, at=given[0].signed_at - timedelta(days=1))
    *earlier, last = [_pay(session, METHODS[place % 4], by=desk) for place, session in enumerate(given)]
    for payment in earlier[-1:]:
        half = {"amount": Decimal(20), "method": payment.method, "reason": "A voucher was forgotten."}
        refunds.give_back(payment, **half, by=owner, at=payment.at + timedelta(minutes=20))
    by_owner = payments.take(
        last.patient, amount=Decimal(45), method="card", text="Consultation", by=owner, at=now - timedelta(minutes=9)
    )
    asked = {"amount": Decimal(45), "method": "card", "reason": "The consultation was free of charge."}
    refunds.ask(by_owner, **asked, by=owner, at=now - timedelta(minutes=5))
    _count(clinic, now, by=desk)


def _given(clinic: Clinic) -> list[TreatmentSession]:
    """List the sessions that were given at a price, in their order; of the last one nobody was asked yet."""
    rows = clinic.treatment_sessions.filter(state=SessionState.SIGNED, plan__price_per_session__gt=0)
    return list(rows.select_related("plan", "patient", "appointment").order_by("signed_at", "pk"))[:-1]


def _pay(session: TreatmentSession, method: str, *, by: Any) -> Any:
    return payments.take(
        session.patient,
        amount=session.plan.price_per_session,
        method=method,
        plan=session.plan,
        appointment=session.appointment,
        by=by,
        at=session.signed_at + timedelta(minutes=5),
    )


def _count(clinic: Clinic, now: datetime, *, by: Any) -> None:
    """The till of the last day on which cash came in, yesterday or before, was counted that evening."""
    today = local_day(now, clinic.time_zone)
    paid = clinic.payments.in_cash().filter(received_on__lt=today).latest_first().first()
    if paid:
        counted = expected_in_cash(clinic, paid.received_on)
        closings.close(clinic, day=paid.received_on, counted=counted, by=by, at=paid.at + timedelta(hours=1))
