"""Money for tests, taken the way the house takes it."""

from decimal import Decimal
from typing import Any

from accounts.models import Clinic, User
from billing.actions import payments, terms
from billing.models import Payment
from patients.models import Patient
from tests.cast import NOON

PARTICULARS = {
    "legal_name": "Test Clinic, S. L.",
    "address": "Calle Mayor 1\n28013 Madrid",
    "tax_number": "B-00000000",
}


def decide_terms(clinic: Clinic, *, by: User, tax_rate: str = "21", exemption: str = "") -> Any:
    """Let the owner write down what stands on receipts."""
    return terms.decide(clinic, **PARTICULARS, tax_rate=Decimal(tax_rate), exemption=exemption, by=by, at=NOON)


def pay(patient: Patient, amount: str = "115", *, by: User, **values: Any) -> Payment:
    """A payment by card, with its receipt."""
    return payments.take(patient, amount=Decimal(amount), **{"method": "card", "at": NOON, **values}, by=by)
