from decimal import Decimal

import pytest

from billing.actions import packages, refunds
from billing.rules import balances
from tests.cast import NOON
from tests.factories.billing import pay
from treatments.models import TreatmentPlan


@pytest.fixture
def priced(plan):
    TreatmentPlan.objects.filter(pk=plan.pk).update(price_per_session=Decimal("115"))
    plan.refresh_from_db()
    return plan


def test_what_is_due_is_what_was_signed(priced, signed_session, owner):
    balance = balances.of_plan(priced)
    pay(priced.patient, "100", by=owner, plan=priced, receipt=False)

    assert (balance.given, balance.foreseen, balance.agreed) == (1, 6, Decimal("690"))
    assert (balance.due, balance.owed) == (Decimal("115"), Decimal("115"))
    assert balances.of_plan(priced).owed == Decimal("15")


def test_a_package_is_due_as_a_whole(priced, owner):
    packages.agree(priced, total=Decimal("600"), by=owner, at=NOON)
    pay(priced.patient, "650", by=owner, plan=priced, receipt=False)

    balance = balances.of_plan(priced)

    assert (balance.is_package, balance.due, balance.ahead) == (True, Decimal("600"), Decimal("50"))
    packages.agree(priced, total=None, by=owner, at=NOON)
    assert balances.of_plan(priced).due == 0


def test_money_that_went_back_is_owed_again(priced, signed_session, owner, front_desk):
    payment = pay(priced.patient, "115", by=front_desk, plan=priced, receipt=False)
    refunds.give_back(payment, amount=Decimal("40"), method="card", reason="Too much", by=owner, at=NOON)

    assert balances.of_plan(priced).owed == Decimal("40")


def test_a_payment_without_a_plan_settles_itself(priced, owner):
    pay(priced.patient, "50", by=owner, receipt=False)

    assert balances.open_of(balances.of_patient(priced.patient)) == 0


def test_the_accounts_of_a_patient_are_few_queries(priced, patient, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        balances.of_patient(patient)
