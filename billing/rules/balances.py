"""What is owed: sessions given times their price, or the package, less what was paid."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from billing.models import Package, Payment
from common.money import amount
from patients.models import Patient
from treatments.models import SessionState, TreatmentPlan, TreatmentSession


@dataclass(frozen=True)
class Balance:
    """The account of one plan: what was agreed for all of it, what is due today, what was paid."""

    plan: TreatmentPlan
    is_package: bool
    given: int
    foreseen: int
    agreed: Decimal | None
    due: Decimal
    paid: Decimal

    @property
    def open(self) -> Decimal:
        """What is still owed today; below zero where more was paid than given."""
        return self.due - self.paid

    @property
    def owed(self) -> Decimal:
        return max(self.open, Decimal(0))

    @property
    def ahead(self) -> Decimal:
        return max(-self.open, Decimal(0))

    @property
    def next_amount(self) -> Decimal | None:
        """What one would ask for now: what is owed, or else the price of one session."""
        return self.owed or (None if self.is_package else self.plan.price_per_session)


def of_plans(plans: Iterable[TreatmentPlan]) -> list[Balance]:
    """Give the account of each of these plans, in their order; three queries however many they are."""
    rows = list(plans)
    ids = [plan.pk for plan in rows]
    signed = TreatmentSession.objects.filter(plan__in=ids, state=SessionState.SIGNED).order_by()
    given = dict(signed.values_list("plan").annotate(Count("pk")))
    paid = dict(Payment.objects.filter(plan__in=ids).order_by().values_list("plan").annotate(Sum("amount")))
    packages = Package.objects.newest_of(ids)
    return [
        _balance(plan, packages.get(plan.pk), given.get(plan.pk, 0), paid.get(plan.pk, Decimal(0))) for plan in rows
    ]


def _balance(plan: TreatmentPlan, package: Package | None, given: int, paid: Decimal) -> Balance:
    foreseen = sum(not each.skipped_at for each in plan.planned_sessions.all())
    total = package.total if package else None
    if total is not None:
        return Balance(plan, True, given, foreseen, total, total, paid)
    price = plan.price_per_session
    due = amount(price * given) if price is not None else Decimal(0)
    return Balance(plan, False, given, foreseen, plan.price_in_total, due, paid)


def of_plan(plan: TreatmentPlan) -> Balance:
    """Give the account of one plan."""
    return of_plans([plan])[0]


def of_patient(patient: Patient) -> list[Balance]:
    """Give the accounts of a patient's plans, the latest first.

    Money paid without a plan settles itself: it was asked for and paid at once, and is owed to nobody.
    """
    return of_plans(patient.plans.latest_first().prefetch_related("planned_sessions"))


def open_of(balances: Iterable[Any]) -> Decimal:
    """Give what a patient owes today over all plans; below zero where the patient has paid ahead."""
    return sum((each.open for each in balances), Decimal(0))
