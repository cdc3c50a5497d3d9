import csv
from decimal import Decimal
from io import StringIO

import pytest
from django.utils import timezone

from audit.models import Event
from billing.actions import closings, refunds
from billing.models import DayClose, Payment, Receipt
from common.cells import BOM, read
from common.dates import local_day
from documents import tasks as worker
from documents.models import Document
from tests.factories.billing import pay

POSTED = {"amount": "115,00", "method": "cash", "plan": "", "text": "", "note": "", "receipt": "on"}


def take(patient):
    return f"/billing/patients/{patient.pk}/take/"


@pytest.fixture
def today(till):
    return local_day(timezone.now(), till.time_zone)


@pytest.fixture
def paid_today(till, patient, front_desk):
    return pay(patient, "60", by=front_desk, method="cash", at=timezone.now(), text="=1+1")


def test_a_payment_leads_to_its_receipt(till, patient, front_desk, as_user):
    browser = as_user(front_desk)

    answer = browser.post(take(patient), POSTED)

    receipt = Receipt.objects.get()
    assert answer.url == f"/billing/receipts/{receipt.pk}/"
    assert receipt.total == Decimal("115")
    page = browser.get(answer.url)
    assert receipt.number in page.content.decode()


def test_two_clicks_are_one_payment(till, patient, front_desk, as_user):
    browser, sent = as_user(front_desk), {**POSTED, "idempotency_key": "one-form"}

    answers = [browser.post(take(patient), sent) for _click in range(2)]

    assert Payment.objects.count() == Receipt.objects.count() == 1
    assert answers[0]["Location"] == answers[1]["Location"]


def test_two_clicks_at_once_are_one_payment(committed, till, patient, front_desk, as_user, at_once):
    browser, sent = as_user(front_desk), {**POSTED, "idempotency_key": "one-form"}

    at_once(lambda _click: browser.post(take(patient), sent).status_code, range(4))

    assert Payment.objects.count() == Receipt.objects.count() == 1


def test_what_is_owed_is_proposed(plan, patient, owner, as_user):
    type(plan).objects.filter(pk=plan.pk).update(price_per_session=Decimal("115"))

    page = as_user(owner).get(f"{take(patient)}?plan={plan.pk}")

    assert page.context["form"].initial == {"plan": plan.pk, "amount": Decimal("115")}
    assert plan.protocol.name not in page.content.decode()


def test_a_wrong_amount_is_said_beside_the_form(till, patient, front_desk, as_user):
    answer = as_user(front_desk).post(take(patient), {**POSTED, "amount": "-3"})

    assert answer.status_code == 422
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("who", "sees", "takes"),
    [
        ("owner", 200, 200),
        ("front_desk", 200, 200),
        ("auditor", 200, 403),
        ("nurse", 403, 403),
        ("practitioner", 403, 403),
    ],
)
def test_who_sees_money_and_who_takes_it(request, payment, patient, as_user, who, sees, takes):
    browser = as_user(request.getfixturevalue(who), confirmed=True)

    for address in ("/billing/", f"/billing/patients/{patient.pk}/", f"/billing/receipts/{payment.receipt.pk}/"):
        assert browser.get(address).status_code == sees, address
    assert browser.get(take(patient)).status_code == takes
    refunding = 200 if who == "owner" else 403
    assert browser.get(f"/billing/payments/{payment.pk}/refund/").status_code == refunding
    assert browser.get("/billing/terms/").status_code == refunding


def test_another_clinic_finds_nothing(payment, patient, stranger, as_user):
    browser = as_user(stranger, confirmed=True)

    for address in (
        take(patient),
        f"/billing/patients/{patient.pk}/",
        f"/billing/receipts/{payment.receipt.pk}/",
        f"/billing/receipts/{payment.receipt.pk}/file/",
        f"/billing/payments/{payment.pk}/refund/",
    ):
        assert browser.get(address).status_code == 404, address


def test_anonymous_logs_in_first(client, payment):
    assert client.get("/billing/").status_code == 302


def test_money_goes_back_after_the_password(payment, owner, as_user):
    address = f"/billing/payments/{payment.pk}/refund/"
    assert as_user(owner).get(address).status_code == 302

    answer = as_user(owner, confirmed=True).post(address, {"amount": "115", "method": "card", "reason": "Paid twice"})

    note = Receipt.objects.credit_notes().get()
    assert answer.url == f"/billing/receipts/{note.pk}/"


def test_a_second_person_agrees_on_the_page(till, patient, owner, front_desk, as_user):
    payment = pay(patient, by=owner, at=timezone.now())
    asked = as_user(owner, confirmed=True).post(
        f"/billing/payments/{payment.pk}/refund/", {"amount": "115", "method": "cash", "reason": "Paid twice"}
    )
    desk = as_user(front_desk)
    assert "Paid twice" in desk.get(asked.url).content.decode()

    desk.post(f"{asked.url}agree/")

    assert Receipt.objects.credit_notes().get().issued_by == front_desk


def test_the_desk_asks_on_a_page(payment, front_desk, as_user):
    as_user(front_desk).post(f"/billing/payments/{payment.pk}/propose-refund/", {"reason": "Paid twice"})

    assert "Paid twice" in payment.clinic.tasks.open().get().text


def test_the_day_is_counted_and_opened_again(paid_today, today, front_desk, owner, as_user):
    desk = as_user(front_desk)
    refused = desk.post(f"/billing/days/{today}/close/", {"counted": "50"})
    desk.post(f"/billing/days/{today}/close/", {"counted": "60"})
    count = DayClose.objects.get()

    assert refused.status_code == 422
    assert desk.post(f"/billing/counts/{count.pk}/reopen/", {"reason": "Late"}).status_code == 403
    as_user(owner, confirmed=True).post(f"/billing/counts/{count.pk}/reopen/", {"reason": "A late patient"})
    count.refresh_from_db()
    assert count.reopened_by == owner


def test_the_list_of_the_day_says_who_took_what(paid_today, front_desk, as_user):
    page = as_user(front_desk).get("/billing/")

    takings = page.context["takings"]
    assert [(row.person, row.total) for row in takings.people] == [("Fred Frontdesk", Decimal("60"))]
    assert paid_today.receipt.number in page.content.decode()


def test_the_file_holds_what_the_screen_shows_and_runs_nothing(paid_today, patient, owner, auditor, as_user):
    answer = as_user(owner).get("/billing/takings.csv")
    text = b"".join(answer.streaming_content).decode()
    head, row = list(csv.reader(StringIO(text.removeprefix(BOM))))

    assert len(head) == len(row)
    assert (row[5], read(row[5])) == ("'=1+1", "=1+1")
    assert (row[3], row[7]) == (patient.full_name, "60")
    assert "takings.exported" in Event.objects.values_list("kind", flat=True)
    masked = b"".join(as_user(auditor).get("/billing/takings.csv").streaming_content).decode()
    assert patient.family_name not in masked


def test_the_owner_writes_down_what_stands_on_receipts(papers, owner, as_user):
    sent = {"legal_name": "Test", "address": "Here 1", "tax_number": "B1", "tax_rate": "0", "exemption": ""}
    browser = as_user(owner, confirmed=True)
    refused = browser.post("/billing/terms/", sent)

    browser.post("/billing/terms/", {**sent, "exemption": "Exempt by law."})

    assert refused.status_code == 422
    assert papers.policies.get().value["exemption"] == "Exempt by law."


def test_a_package_is_agreed_by_the_owner(plan, owner, front_desk, as_user):
    address = f"/billing/plans/{plan.pk}/package/"
    assert as_user(front_desk).get(address).status_code == 403

    as_user(owner).post(address, {"total": "600"})

    assert plan.packages.get().total == Decimal("600")


def test_a_receipt_follows_once_the_owner_has_written_the_terms(papers, patient, front_desk, owner, as_user):
    from tests.factories.billing import decide_terms

    payment, desk = pay(patient, by=front_desk, receipt=False), as_user(front_desk)
    desk.post(f"/billing/payments/{payment.pk}/receipt/")
    assert not Receipt.objects.exists()

    decide_terms(papers, by=owner)
    desk.post(f"/billing/payments/{payment.pk}/receipt/")

    assert Receipt.objects.get().payment == payment


def test_the_worker_makes_the_file_with_its_seal(payment, front_desk, as_user):
    document = Document.objects.get()
    Document.objects.filter(pk=document.pk).update(render_after=timezone.now())

    assert worker.render_due() == 1

    file = as_user(front_desk).get(f"/billing/receipts/{payment.receipt.pk}/file/")
    assert b"".join(file.streaming_content).startswith(b"%PDF")


def test_lists_stay_few_queries(till, patient, front_desk, as_user, django_assert_max_num_queries):
    for _each in range(5):
        pay(patient, "10", by=front_desk, method="cash", at=timezone.now())
    desk = as_user(front_desk)
    desk.get("/billing/")

    for address in ("/billing/", f"/billing/patients/{patient.pk}/"):
        with django_assert_max_num_queries(22):
            desk.get(address)


def test_closing_and_refund_are_found_again(payment, owner, clinic):
    refund = refunds.give_back(payment, amount=Decimal(5), method="card", reason="x", by=owner, at=payment.at)
    closings.close(clinic, day=payment.received_on, counted=Decimal(0), by=owner, at=payment.at)

    found = clinic.payments.takings(payment.received_on, payment.received_on)
    assert set(found) == {payment, refund}
    assert found.sum() == Decimal("110")
