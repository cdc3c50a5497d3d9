from datetime import timedelta
from decimal import Decimal

import pytest

from audit.models import Event
from billing.actions import closings
from billing.models import DayClose, Payment
from common.refused import Refused
from tests.cast import NOON
from tests.factories.billing import pay

TODAY = NOON.date()


@pytest.fixture
def cash(till, patient, front_desk):
    pay(patient, "60", by=front_desk, method="cash")
    pay(patient, "40.50", by=front_desk, method="cash")
    pay(patient, "500", by=front_desk, method="card")
    return till


def test_the_till_is_counted_against_the_cash_of_the_day(cash, front_desk):
    count = closings.close(cash, day=TODAY, counted=Decimal("100.50"), by=front_desk, at=NOON)

    assert (count.expected, count.counted, count.difference) == (Decimal("100.50"), Decimal("100.50"), 0)
    assert Event.objects.about(count).kinds() == ["day.closed"]


def test_a_difference_is_explained(cash, front_desk):
    with pytest.raises(Refused, match="say why"):
        closings.close(cash, day=TODAY, counted=Decimal("90"), by=front_desk, at=NOON)

    count = closings.close(cash, day=TODAY, counted=Decimal("90"), reason="Change given wrong", by=front_desk, at=NOON)

    assert count.difference == Decimal("-10.50")


def test_a_counted_day_takes_no_more_money_until_the_owner_opens_it(cash, patient, front_desk, owner):
    count = closings.close(cash, day=TODAY, counted=Decimal("100.50"), by=front_desk, at=NOON)
    with pytest.raises(Refused) as refused:
        pay(patient, by=front_desk)
    with pytest.raises(Refused, match="counted already"):
        closings.close(cash, day=TODAY, counted=Decimal("100.50"), by=front_desk, at=NOON)

    closings.reopen(count, reason="A late patient", by=owner, at=NOON)
    pay(patient, "10", by=front_desk, method="cash")
    again = closings.close(cash, day=TODAY, counted=Decimal("110.50"), by=front_desk, at=NOON)

    assert refused.value.code == "day_closed"
    assert again.expected == Decimal("110.50")
    assert cash.day_closes.count() == 2


def test_a_day_that_has_not_come_is_not_counted(till, front_desk):
    with pytest.raises(Refused, match="not come"):
        closings.close(till, day=TODAY + timedelta(days=1), counted=Decimal(0), by=front_desk, at=NOON)


def test_a_count_and_a_payment_at_once_agree(committed, till, patient, front_desk, at_once):
    def either(number):
        if number:
            return pay(patient, "10", by=front_desk, method="cash")
        return closings.close(till, day=TODAY, counted=Decimal(0), reason="Counted early", by=front_desk, at=NOON)

    at_once(either, [1, 1, 0, 1, 1])

    assert DayClose.objects.get().expected == sum(Payment.objects.values_list("amount", flat=True))
