"""What the database itself holds to, whoever writes."""

from decimal import Decimal

import pytest
from django.db import connection, transaction

from billing.models import DayClose, Package, Payment, Receipt
from tests.cast import NOON
from tests.factories.billing import pay
from tests.factories.rows import REFUSED, refusal

TABLES = ["billing_payment", "billing_receipt"]


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("act", ["UPDATE {} SET currency = 'USD'", "DELETE FROM {}"])
def test_money_and_receipts_never_change(payment, table, act):
    with pytest.raises(REFUSED):
        run(act.format(table))


def test_a_number_that_leaps_is_refused(payment, patient, front_desk):
    bare = pay(patient, by=front_desk, receipt=False)
    receipt = payment.receipt
    values = {field.attname: getattr(receipt, field.attname) for field in Receipt._meta.fields if field.name != "id"}

    leaping = {**values, "payment_id": bare.pk, "serial": 3, "number": "R-2025-000003"}

    with pytest.raises(REFUSED) as caught:
        Receipt.objects.create(**leaping)
    assert refusal(caught) == "receipt_gapless"


def test_a_receipt_says_what_was_paid(payment, patient, front_desk):
    bare = pay(patient, "10", by=front_desk, receipt=False)
    receipt = payment.receipt
    values = {field.attname: getattr(receipt, field.attname) for field in Receipt._meta.fields if field.name != "id"}

    other = {**values, "payment_id": bare.pk, "serial": 2, "number": "R-2025-000002"}

    with pytest.raises(REFUSED) as caught:
        Receipt.objects.create(**other)
    assert refusal(caught) == "receipt_of_payment"


def test_no_more_goes_back_than_came_in(payment, owner):
    def back(amount):
        return Payment.objects.create(
            clinic=payment.clinic,
            patient=payment.patient,
            refund_of=payment,
            amount=Decimal(amount),
            currency="EUR",
            method="card",
            received_on=payment.received_on,
            at=NOON,
            by=owner,
        )

    back("-100")

    for amount, said in (("-15.01", "refund_within_payment"), ("15", "payment_in_or_back")):
        with pytest.raises(REFUSED) as caught, transaction.atomic():
            back(amount)
        assert refusal(caught) == said


def test_the_money_of_one_patient_is_not_of_another_s_plan(payment, other_patient, owner, clinic):
    def misplaced():
        refund = {"refund_of": payment, "amount": Decimal(-1), "currency": "EUR", "method": "card"}
        where = {"clinic": clinic, "patient": other_patient, "received_on": payment.received_on}
        return Payment.objects.create(**refund, **where, at=NOON, by=owner)

    with pytest.raises(REFUSED) as caught:
        misplaced()
    assert refusal(caught) == "refund_within_payment"


def test_a_count_stands(till, owner):
    count = DayClose.objects.create(
        clinic=till,
        day=NOON.date(),
        currency="EUR",
        expected=0,
        counted=0,
        difference=0,
        closed_at=NOON,
        closed_by=owner,
    )

    with pytest.raises(REFUSED):
        DayClose.objects.filter(pk=count.pk).update(counted=5, difference=5, reason="Found it")


def test_a_package_is_only_added(plan, owner):
    Package.objects.create(clinic=plan.clinic, plan=plan, total=500, at=NOON, by=owner)

    with pytest.raises(REFUSED):
        Package.objects.update(total=400)
