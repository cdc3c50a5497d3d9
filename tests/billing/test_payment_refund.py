from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import Role
from audit.models import Event
from billing.actions import refunds
from billing.models import Payment, Receipt
from common.refused import Refused
from tests.cast import NOON, hire
from tests.factories.billing import decide_terms, pay

BACK = {"method": "card", "reason": "Paid twice"}


def test_a_credit_note_corrects_the_receipt_and_nothing_is_deleted(payment, owner):
    refund = refunds.give_back(payment, amount=Decimal("115"), **BACK, by=owner, at=NOON)

    note = refund.receipt
    assert (refund.amount, refund.refund_of, refund.note) == (Decimal("-115"), payment, "Paid twice")
    assert (note.number, note.kind, note.corrects) == ("CN-2025-000001", "credit_note", payment.receipt)
    assert (note.net, note.tax, note.total) == (Decimal("-95.04"), Decimal("-19.96"), Decimal("-115"))
    assert note.document.title == "Credit note CN-2025-000001"
    assert Event.objects.about(refund).kinds() == ["payment.refunded"]
    assert Payment.objects.count() == Receipt.objects.count() == 2


def test_the_credit_note_keeps_the_tax_of_its_receipt(payment, owner, clinic):
    decide_terms(clinic, by=owner, tax_rate="10")

    refund = refunds.give_back(payment, amount=Decimal("115"), **BACK, by=owner, at=NOON)

    assert refund.receipt.tax_rate == Decimal("21")
    assert refund.receipt.terms != payment.receipt.terms


def test_no_more_is_given_back_than_is_left(payment, owner):
    refunds.give_back(payment, amount=Decimal("100"), **BACK, by=owner, at=NOON)

    with pytest.raises(Refused, match="No more"):
        refunds.give_back(payment, amount=Decimal("15.01"), **BACK, by=owner, at=NOON)
    with pytest.raises(Refused, match="Say why"):
        refunds.give_back(payment, amount=Decimal("15"), method="card", reason=" ", by=owner, at=NOON)


def test_what_had_no_receipt_goes_back_without_a_credit_note(papers, patient, front_desk, owner):
    payment = pay(patient, by=front_desk, receipt=False)

    refund = refunds.give_back(payment, amount=Decimal("115"), **BACK, by=owner, at=NOON)

    assert not hasattr(refund, "receipt")


def test_who_took_the_money_does_not_give_it_back_alone(till, patient, owner, front_desk):
    payment = pay(patient, by=owner)
    with pytest.raises(Refused) as refused:
        refunds.give_back(payment, amount=Decimal("115"), **BACK, by=owner, at=NOON)
    approval = refunds.ask(payment, amount=Decimal("115"), **BACK, by=owner, at=NOON)
    with pytest.raises(Refused, match="another person"):
        refunds.agree(approval, by=owner, at=NOON)

    refund = refunds.agree(approval, by=front_desk, at=NOON)

    assert refused.value.code == "second_person_required"
    assert (refund.amount, refund.by) == (Decimal("-115"), front_desk)
    assert not till.tasks.open().exists()
    with pytest.raises(Refused):
        refunds.carry_out(approval, by=owner, at=NOON)


def test_an_owner_whom_nobody_can_second_waits_a_day(till, patient, owner):
    payment = pay(patient, by=owner)
    approval = refunds.ask(payment, amount=Decimal("115"), **BACK, by=owner, at=NOON)

    with pytest.raises(Refused) as refused:
        refunds.carry_out(approval, by=owner, at=NOON + timedelta(hours=23))
    refund = refunds.carry_out(approval, by=owner, at=NOON + timedelta(hours=24))

    assert refused.value.code == "second_person_required"
    assert refund.receipt.kind == "credit_note"


def test_a_request_that_was_refused_gives_nothing_back(till, patient, owner, front_desk):
    payment = pay(patient, by=owner)
    approval = refunds.ask(payment, amount=Decimal("115"), **BACK, by=owner, at=NOON)
    refunds.cancel(approval, by=front_desk, at=NOON)

    with pytest.raises(Refused):
        refunds.agree(approval, by=hire(till, "Otto Owner", Role.OWNER).user, at=NOON)

    assert not payment.refunds.exists()


def test_the_desk_asks_the_owner(payment, front_desk, owner):
    refunds.propose(payment, reason="Paid twice", by=front_desk, at=NOON)

    assert payment.clinic.tasks.open().get().role == Role.OWNER
    refunds.give_back(payment, amount=Decimal("115"), **BACK, by=owner, at=NOON)
    assert not payment.clinic.tasks.open().exists()


def test_a_failure_in_the_middle_gives_nothing_back(payment, owner, monkeypatch):
    monkeypatch.setattr("documents.actions.documents.issue", lambda *args, **kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        refunds.give_back(payment, amount=Decimal("115"), **BACK, by=owner, at=NOON)

    assert not payment.refunds.exists()


def test_ten_at_once_give_back_once(committed, payment, owner, at_once):
    def back(_number):
        return refunds.give_back(Payment.objects.get(), amount=Decimal("115"), **BACK, by=owner, at=NOON)

    made = at_once(back, range(10))

    assert sum(isinstance(each, Payment) for each in made) == 1
    assert sum(Payment.objects.values_list("amount", flat=True)) == 0
