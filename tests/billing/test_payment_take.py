from datetime import date, timedelta
from decimal import Decimal

import pytest

from audit.models import Event
from billing.models import Payment, Receipt
from billing.rules.terms import shares
from common.refused import Refused
from documents.models import Document
from patients.models import Patient
from tests.cast import NOON
from tests.factories import rows
from tests.factories.billing import decide_terms, pay


def test_a_payment_hands_out_its_receipt(till, patient, front_desk):
    payment = pay(patient, "115", by=front_desk, text="Two visits")

    receipt = payment.receipt
    assert (payment.amount, payment.currency, payment.received_on) == (Decimal("115"), "EUR", date(2025, 2, 3))
    assert (receipt.number, receipt.kind, receipt.serial) == ("R-2025-000001", "receipt", 1)
    assert (receipt.net, receipt.tax, receipt.total) == (Decimal("95.04"), Decimal("19.96"), Decimal("115"))
    assert receipt.document.title == "Receipt R-2025-000001"
    assert receipt.document.released_at == NOON
    assert Event.objects.about(payment).kinds() == ["payment.taken"]
    assert Event.objects.about(receipt).kinds() == ["receipt.issued"]


@pytest.mark.parametrize(
    ("total", "rate", "net", "tax"),
    [
        ("115", "21", "95.04", "19.96"),
        ("0.01", "21", "0.01", "0.00"),
        ("100", "0", "100.00", "0.00"),
        ("10.05", "100", "5.03", "5.02"),  # 5.025 is rounded up
        ("-115", "21", "-95.04", "-19.96"),
        ("99999.99", "5.5", "94786.72", "5213.27"),
    ],
)
def test_net_and_tax_always_add_up(total, rate, net, tax):
    assert shares(Decimal(total), Decimal(rate)) == (Decimal(net), Decimal(tax))


def test_without_tax_the_receipt_quotes_the_law(papers, owner, patient):
    with pytest.raises(Refused, match="says why"):
        decide_terms(papers, by=owner, tax_rate="0")
    decide_terms(papers, by=owner, tax_rate="0", exemption="Exempt: medical care, article 20.")

    receipt = pay(patient, by=owner).receipt

    assert (receipt.tax, receipt.net) == (0, Decimal("115"))
    assert receipt.document.payload["exemption"] == "Exempt: medical care, article 20."


def test_money_is_written_down_before_the_owner_has_written_the_terms(papers, patient, front_desk):
    with pytest.raises(Refused) as refused:
        pay(patient, by=front_desk)
    payment = pay(patient, by=front_desk, receipt=False)

    assert refused.value.code == "terms_missing"
    assert not hasattr(payment, "receipt")
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("amount", ["0", "-5", "10.005", "1000000.01"])
def test_an_amount_is_above_nothing_in_whole_cents(till, patient, front_desk, amount):
    with pytest.raises(Refused, match="whole cents"):
        pay(patient, amount, by=front_desk)


def test_a_payment_is_of_a_day_that_was(till, patient, front_desk):
    for day in (NOON.date() + timedelta(days=1), NOON.date() - timedelta(days=61)):
        with pytest.raises(Refused):
            pay(patient, by=front_desk, received_on=day)

    late = pay(patient, by=front_desk, received_on=NOON.date() - timedelta(days=3))

    assert late.receipt.issued_at == NOON


def test_a_closed_file_takes_no_money(till, patient, front_desk):
    Patient.objects.filter(pk=patient.pk).update(entered_in_error=True, error_reason="A test")

    with pytest.raises(Refused, match="closed"):
        pay(patient, by=front_desk)


def test_the_receipt_speaks_the_patient_s_language(till, patient, front_desk):
    Patient.objects.filter(pk=patient.pk).update(language="fr")

    assert pay(patient, by=front_desk).receipt.document.title == "Reçu R-2025-000001"


def test_a_failure_in_the_middle_leaves_no_gap(till, patient, front_desk, monkeypatch):
    pay(patient, by=front_desk)
    with monkeypatch.context() as broken:
        broken.setattr("documents.actions.documents.issue", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pay(patient, by=front_desk)
    pay(patient, by=front_desk)

    assert list(Receipt.objects.order_by("serial").values_list("number", flat=True)) == [
        "R-2025-000001",
        "R-2025-000002",
    ]
    assert Payment.objects.count() == Document.objects.count() == 2


def test_twenty_receipts_at_once_have_gapless_numbers(committed, till, front_desk, at_once):
    everybody = [rows.patient(till) for _number in range(20)]

    made = at_once(lambda patient: pay(patient, "10", by=front_desk), everybody)

    assert all(isinstance(each, Payment) for each in made), made
    numbers = Receipt.objects.order_by("serial").values_list("serial", flat=True)
    assert list(numbers) == list(range(1, 21))
