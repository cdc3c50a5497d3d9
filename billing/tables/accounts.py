"""What a patient's page of money and the form of a payment show."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing.models import Payment
from billing.rules import balances
from billing.rules import payments as rules
from billing.rules.balances import Balance
from patients.models import Patient


def payments_of(patient: Patient) -> list[Payment]:
    """List what a patient paid and got back, newest first, each with what is left of it."""
    rows = list(patient.payments.with_list().prefetch_related("refunds").latest_first())
    for row in rows:
        row.left = Decimal(0) if row.is_refund else rules.left_of(row)  # type: ignore[attr-defined]
    return rows


def choice(balance: Balance) -> str:
    """Name a plan at the desk: its number and what is owed, and never what is treated."""
    said = {"number": balance.plan.number, "sessions": balance.foreseen, "open": balance.owed}
    if balance.owed:
        return _("%(number)s, %(sessions)s sessions: %(open)s owed") % said
    return _("%(number)s, %(sessions)s sessions: nothing owed") % said


def begin(patient: Patient, *, plan: Any = None, visit: Any = None) -> tuple[list[Balance], dict[str, Any]]:
    """Give the plans of a patient, and what a payment would begin with: for which plan, and how much."""
    accounts = balances.of_patient(patient)
    wanted = plan
    if visit is not None and wanted is None and hasattr(visit, "course_visit"):
        wanted = getattr(getattr(visit.course_visit.course, "plan", None), "pk", None)
    chosen = next((each for each in accounts if each.plan.pk == wanted), None)
    initial = {"plan": chosen.plan.pk if chosen else "", "amount": chosen.next_amount if chosen else None}
    return accounts, initial
