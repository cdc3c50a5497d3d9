"""The machine's door to money: the same acts and the same refusals as the pages."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.models import Payment, Receipt
from documents.actions import templates
from tests.factories.billing import decide_terms, pay

API = "/api/v1"


@pytest.fixture
def till(clinic, owner):
    templates.load_defaults(clinic, by=owner.__class__.objects.system(), at=timezone.now())
    decide_terms(clinic, by=owner)
    return clinic


def test_a_payment_comes_with_its_receipt_and_is_found_again(till, patient, front_desk, api):
    desk = api(front_desk)

    made = desk.post(f"{API}/payments/", {"patient": patient.pk, "amount": "115", "method": "cash"})

    assert made.status_code == 201, made.content
    receipt = desk.get(f"{API}/receipts/{made.json()['receipt']}/").json()
    assert (receipt["net"], receipt["tax"], receipt["total"]) == ("95.04", "19.96", "115")
    assert receipt["file"] is None
    day = made.json()["received_on"]
    assert len(desk.get(f"{API}/payments/?patient={patient.pk}&from={day}&to={day}").json()["results"]) == 1
    takings = desk.get(f"{API}/takings/").json()
    assert (takings["total"]["cash"], takings["people"][0]["person"]) == ("115", "Fred Frontdesk")


def test_a_retry_is_one_payment(till, patient, front_desk, api):
    desk, body = api(front_desk), {"patient": patient.pk, "amount": "115", "method": "cash"}

    for _try in range(2):
        assert desk.post(f"{API}/payments/", body, HTTP_IDEMPOTENCY_KEY="once").status_code == 201

    assert Payment.objects.count() == 1


def test_a_credit_note_wants_the_password_and_a_reason(till, patient, front_desk, owner, api):
    payment = pay(patient, by=front_desk, at=timezone.now())
    body = {"receipt": payment.receipt.pk, "reason": "Paid twice"}
    assert api(front_desk).post(f"{API}/credit-notes/", body).status_code == 403
    assert api(owner).post(f"{API}/credit-notes/", body).json()["code"] == "step_up_required"

    made = api(owner, confirmed=True).post(f"{API}/credit-notes/", body)

    assert made.status_code == 201, made.content
    assert (made.json()["corrects"], made.json()["total"]) == (payment.receipt.pk, "-115")
    assert len(api(owner).get(f"{API}/credit-notes/").json()["results"]) == 1


def test_who_took_the_money_is_told_to_wait_for_another(till, patient, front_desk, owner, api):
    payment = pay(patient, by=owner, at=timezone.now())

    asked = api(owner, confirmed=True).post(f"{API}/payments/{payment.pk}/refund/", {"reason": "Paid twice"})
    agreed = api(front_desk).post(f"{API}/refunds/{asked.json()['approval']}/agree/")

    assert (asked.status_code, asked.json()["code"]) == (202, "second_person_required")
    assert agreed.json()["amount"] == "-115"
    assert Receipt.objects.credit_notes().count() == 1


def test_a_receipt_follows_and_is_made_once(till, patient, front_desk, api):
    payment, desk = pay(patient, by=front_desk, receipt=False), api(front_desk)

    answers = [desk.post(f"{API}/receipts/", {"payment": payment.pk}) for _try in range(2)]

    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["code"] == "already_done"


def test_the_balance_of_a_plan_and_its_package(plan, owner, front_desk, nurse, api):
    type(plan).objects.filter(pk=plan.pk).update(price_per_session=Decimal("115"))

    before = api(front_desk).get(f"{API}/plans/{plan.pk}/balance/").json()
    after = api(owner).post(f"{API}/plans/{plan.pk}/package/", {"total": "600"}).json()

    assert (before["agreed"], before["owed"]) == ("690", "0")
    assert (after["package"], after["owed"]) == (True, "600")
    assert api(owner).get(f"{API}/patients/{plan.patient_id}/balances/").json() == [after]
    assert api(nurse).get(f"{API}/plans/{plan.pk}/balance/").status_code == 403


def test_the_till_is_counted_and_opened_again(till, patient, front_desk, owner, api):
    payment = pay(patient, "20", by=front_desk, method="cash", at=timezone.now())
    desk, body = api(front_desk), {"day": payment.received_on.isoformat(), "counted": "19"}
    assert desk.post(f"{API}/day-closes/", body).json()["code"] == "reason_needed"

    count = desk.post(f"{API}/day-closes/", {**body, "reason": "One euro is missing"}).json()
    refused = desk.post(f"{API}/payments/", {"patient": patient.pk, "amount": "1", "method": "cash"})

    assert (count["difference"], refused.json()["code"]) == ("-1", "day_closed")
    reopened = api(owner, confirmed=True).post(f"{API}/day-closes/{count['id']}/reopen/", {"reason": "Late"})
    assert reopened.json()["reopened_at"]


def test_what_stands_on_receipts_is_the_owner_s(clinic, owner, front_desk, api):
    body = {"legal_name": "Test", "address": "Here 1", "tax_number": "B1", "tax_rate": "21"}
    assert api(owner).get(f"{API}/billing-terms/").status_code == 404
    assert api(front_desk).post(f"{API}/billing-terms/", body).status_code == 403

    assert api(owner, confirmed=True).post(f"{API}/billing-terms/", body).json()["version"] == 1


@pytest.mark.parametrize("query", ["patient=x", "from=2025-13-01", "from=2025-02-02&to=2025-02-01", "colour=red"])
def test_a_question_that_means_nothing_is_400(till, front_desk, api, query):
    assert api(front_desk).get(f"{API}/payments/?{query}").status_code == 400


def test_the_desk_asks_the_owner(till, patient, front_desk, api):
    payment = pay(patient, by=front_desk)

    api(front_desk).post(f"{API}/payments/{payment.pk}/propose-refund/", {"reason": "Paid twice"})

    assert till.tasks.open().count() == 1


def test_another_clinic_finds_nothing(till, patient, front_desk, stranger, api):
    payment = pay(patient, by=front_desk)
    door = api(stranger, confirmed=True)

    assert door.get(f"{API}/payments/{payment.pk}/").status_code == 404
    assert door.post(f"{API}/receipts/", {"payment": payment.pk}).status_code == 404
    assert door.post(f"{API}/payments/", {"patient": patient.pk, "amount": "1", "method": "cash"}).status_code == 404
