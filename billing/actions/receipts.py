"""Numbered receipts and credit notes: the number from a locked counter, the paper frozen and sealed."""

from datetime import datetime
from typing import Any

from accounts.actions import counters
from accounts.models import User
from audit.actions import audited
from billing.actions import till
from billing.models import PREFIXES, Payment, Receipt, ReceiptKind
from billing.rules import payments as rules
from billing.rules import terms as conditions
from common.dates import local_day
from documents.actions import documents
from documents.models import Document, DocumentKind


@audited("receipt.issued")
def issue(payment: Payment, *, reason: str = "", by: User, at: datetime) -> Receipt:
    """Give a payment its receipt, or money that went back its credit note.

    The number is taken last before the row is written; whatever fails gives it back, so that none is left out.
    """
    rows = Payment.objects.select_related("clinic", "patient", "plan", "refund_of__receipt__terms")
    till.hold(payment.clinic)
    payment = rows.get(pk=payment.pk)
    terms = conditions.needed(payment.clinic)
    rules.issue.check(by, payment, has_receipt=Receipt.objects.filter(payment=payment).exists())
    corrects = payment.refund_of.receipt if payment.refund_of else None
    taxed = conditions.of_policy(corrects.terms) if corrects else terms
    kind = ReceiptKind.CREDIT_NOTE if corrects else ReceiptKind.RECEIPT
    net, tax = conditions.shares(payment.amount, taxed.tax_rate)
    year = local_day(at, payment.clinic.time_zone).year
    serial = counters.take(payment.clinic, f"{kind}-{year}")
    values: dict[str, Any] = {
        "kind": str(kind),
        "number": f"{PREFIXES[kind]}-{year}-{serial:06d}",
        "lines": [_line(payment)],
        "tax_rate": taxed.tax_rate,
        "net": net,
        "tax": tax,
        "total": payment.amount,
        "currency": payment.currency,
        "reason": reason.strip(),
    }
    said = {**values, "corrects": corrects.number if corrects else "", "method": payment.method}
    paper = _paper(payment, said, terms=terms, exemption=taxed.exemption, by=by, at=at)
    return Receipt.objects.create(
        clinic=payment.clinic,
        year=year,
        serial=serial,
        patient=payment.patient,
        plan=payment.plan,
        payment=payment,
        corrects=corrects,
        terms=terms.policy,
        document=paper,
        issued_at=at,
        issued_by=by,
        **values,
    )


def _line(payment: Payment) -> dict[str, str]:
    """Say what was paid for: the words of the desk, the number of the plan, and never what is treated."""
    text = payment.text or (payment.refund_of.text if payment.refund_of else "")
    return {"text": text, "plan": payment.plan.number if payment.plan else "", "amount": f"{payment.amount:.2f}"}


def _paper(payment: Payment, said: dict[str, Any], *, terms: Any, exemption: str, by: User, at: datetime) -> Document:
    patient = payment.patient
    street = [patient.address_line_1, patient.address_line_2, f"{patient.postal_code} {patient.city}".strip()]
    amounts = {name: f"{said[name]:.2f}" for name in ("net", "tax", "total")}
    payload = {
        "currency": payment.currency,
        "seller": {
            "name": terms.legal_name,
            "address": terms.address.splitlines(),
            "tax_number": terms.tax_number,
        },
        "buyer": {"address": [line for line in street if line]},
        "exemption": exemption if not said["tax_rate"] else "",
        "receipt": {**said, **amounts, "received_on": payment.received_on, "tax_rate": str(said["tax_rate"])},
    }
    return documents.issue(
        payment.clinic,
        kind=DocumentKind.RECEIPT,
        patient=patient,
        payload=payload,
        language=patient.language or payment.clinic.language,
        by=by,
        at=at,
    )
