"""When money may be written down, given back, and put on a receipt."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Clinic
from billing.models import Method, Payment
from common.dates import local_day
from common.money import amount as cents
from common.refused import Refusal
from common.rules import rule
from patients.models import Patient

Clauses = Iterator[tuple[bool, Refusal]]
BACKDATED = timedelta(days=60)
MOST = Decimal(1_000_000)


def day_is_open(clinic: Clinic, day: date) -> bool:
    """Say whether money may still be written under a day."""
    return not clinic.day_closes.standing().filter(day=day).exists()


def closed(day: date) -> Refusal:
    """Say that a day was counted already."""
    sentence = _("The till of %(day)s is counted. Write it under today, or let the owner open that day again.")
    return Refusal("day_closed", sentence % {"day": day.isoformat()})


@rule
def take(
    user: Any,
    patient: Patient,
    *,
    amount: Decimal,
    method: str,
    received_on: date,
    plan: Any,
    appointment: Any,
    at: datetime,
) -> Clauses:
    """Money is above nothing, of one patient, of a day that was and is not counted yet."""
    yield (
        not (patient.merged_into_id or patient.entered_in_error or patient.erased_at),
        Refusal("wrong_state", _("The file of this patient is closed.")),
    )
    yield (
        0 < amount <= MOST and amount == cents(amount),
        Refusal("invalid", _("An amount is above nothing, in whole cents.")),
    )
    yield method in Method.values, Refusal("invalid", _("Choose how it was paid."))
    yield (
        plan is None or plan.patient_id == patient.pk,
        Refusal("invalid", _("This plan is another patient's.")),
    )
    yield (
        appointment is None or appointment.patient_id == patient.pk,
        Refusal("invalid", _("This visit is another patient's.")),
    )
    today = local_day(at, patient.clinic.time_zone)
    yield received_on <= today, Refusal("invalid", _("This day has not come yet."))
    yield received_on >= today - BACKDATED, Refusal("invalid", _("This is more than 60 days ago."))
    yield day_is_open(patient.clinic, received_on), closed(received_on)


def left_of(payment: Payment) -> Decimal:
    """Give what of a payment was not given back yet."""
    return payment.amount + sum((each.amount for each in payment.refunds.all()), Decimal(0))


def needs_second(user: Any, payment: Payment) -> bool:
    """Say whether somebody else has to agree: who took the money does not give it back alone."""
    return payment.by_id == user.pk


@rule
def give_back(
    user: Any, payment: Payment, *, amount: Decimal, method: str, reason: str, agreed: bool, at: datetime
) -> Clauses:
    """No more is given back than was paid, with a reason, and not by who took it alone."""
    yield not payment.is_refund, Refusal("wrong_state", _("This is money that was given back already."))
    yield (
        0 < amount <= left_of(payment) and amount == cents(amount),
        Refusal("invalid", _("No more can be given back than is left of the payment.")),
    )
    yield method in Method.values, Refusal("invalid", _("Choose how it is given back."))
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why the money is given back."))
    today = local_day(at, payment.clinic.time_zone)
    yield day_is_open(payment.clinic, today), closed(today)
    yield (
        agreed or not needs_second(user, payment),
        Refusal("second_person_required", _("You took this money: somebody else agrees before it is given back.")),
    )


@rule
def issue(user: Any, payment: Payment, *, has_receipt: bool) -> Clauses:
    """One receipt for each payment that stands in full; money that went back corrects a receipt that there was."""
    yield not has_receipt, Refusal("already_done", _("There is a receipt for this payment already."))
    yield (
        payment.is_refund or left_of(payment) == payment.amount,
        Refusal("wrong_state", _("Of this money something was given back: a receipt would say too much.")),
    )
    yield (
        not payment.is_refund or hasattr(payment.refund_of, "receipt"),
        Refusal("wrong_state", _("There was no receipt for this money, so there is none to correct.")),
    )
