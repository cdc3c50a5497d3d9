"""Money that goes back: a row of its own and a credit note, never a deletion; who took it does not do it alone."""

from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Permission
from accounts.actions import approvals
from accounts.models import Approval, Role, User
from audit.actions import audited
from billing.actions import receipts, till
from billing.models import Payment, Receipt
from billing.rules import payments as rules
from common.dates import local_day
from common.refused import Refused
from patients.actions import tasks

KIND = "payment.refund"


@audited("payment.refunded")
def give_back(
    payment: Payment, *, amount: Decimal, method: str, reason: str, agreed: bool = False, by: User, at: datetime
) -> Payment:
    """Give back all or a part of a payment today; what had a receipt gets its credit note."""
    payment = Payment.objects.select_related("clinic", "patient", "plan").get(pk=payment.pk)
    till.hold(payment.clinic)
    asked = {"amount": amount, "method": method, "reason": reason}
    rules.give_back.check(by, payment, **asked, agreed=agreed, at=at)
    refund = Payment.objects.create(
        clinic=payment.clinic,
        patient=payment.patient,
        plan=payment.plan,
        refund_of=payment,
        amount=-amount,
        currency=payment.currency,
        method=method,
        received_on=local_day(at, payment.clinic.time_zone),
        note=reason.strip(),
        at=at,
        by=by,
    )
    if Receipt.objects.filter(payment=payment).exists():
        receipts.issue(refund, reason=reason, by=by, at=at)
    _settle(payment, f"refund-wish:{payment.pk}", by=by, at=at)
    return refund


@audited("refund.proposed")
def propose(payment: Payment, *, reason: str, by: User, at: datetime) -> Payment:
    """Tell the owner that money should be given back: the desk may ask for it, and no more."""
    if payment.is_refund or not rules.left_of(payment):
        raise Refused("wrong_state", _("Nothing of this payment is left to give back."))
    tasks.add(
        payment.clinic,
        text=_("Give back a payment of %(day)s? %(reason)s") % {"day": payment.received_on, "reason": reason.strip()},
        patient=payment.patient,
        role=Role.OWNER,
        url=reverse("billing:payment_refund", args=[payment.pk]),
        reason_key=f"refund-wish:{payment.pk}",
        by=by,
        at=at,
    )
    return payment


@audited("refund.asked")
def ask(payment: Payment, *, amount: Decimal, method: str, reason: str, by: User, at: datetime) -> Approval:
    """Ask a second person to agree that money is given back which one took oneself."""
    asked = {"amount": amount, "method": method, "reason": reason}
    rules.give_back.check(by, payment, **asked, agreed=True, at=at)
    body = {**asked, "amount": f"{amount:.2f}"}
    approval = approvals.ask(payment.clinic, kind=KIND, subject=payment, body=body, by=by, at=at)
    told = {"amount": body["amount"], "currency": payment.currency}
    tasks.add(
        payment.clinic,
        text=_("Agree to give back %(amount)s %(currency)s, or say no") % told,
        patient=payment.patient,
        url=reverse("billing:refund_show", args=[approval.pk]),
        reason_key=f"refund:{approval.pk}",
        by=by,
        at=at,
    )
    return approval


@audited("refund.agreed")
def agree(approval: Approval, *, by: User, at: datetime) -> Payment:
    """Agree to what somebody else has asked, and let it happen."""
    return carry_out(approvals.approve(approval, by=by, at=at), by=by, at=at)


@audited("refund.carried_out")
def carry_out(approval: Approval, *, by: User, at: datetime) -> Payment:
    """Do what was agreed to, once; an owner whom nobody can second may do it a day after having asked."""
    approval = Approval.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=approval.pk)
    if not approvals.is_given(approval, Permission.TAKE_PAYMENTS, at):
        raise Refused("second_person_required", _("Nobody else has agreed to this yet."), approval=approval.pk)
    payment = approval.clinic.payments.get(pk=approval.subject_id)
    asked = {**approval.body, "amount": Decimal(approval.body["amount"])}
    refund = give_back(payment, **asked, agreed=True, by=by, at=at)
    approval.expires_at = at  # an agreement is used once
    approval.save(update_fields=["expires_at"])
    _settle(payment, f"refund:{approval.pk}", by=by, at=at)
    return refund


@audited("refund.cancelled")
def cancel(approval: Approval, *, by: User, at: datetime) -> Approval:
    """Take a request back, or say no to one."""
    cancelled = approvals.cancel(approval, by=by, at=at)
    for task in approval.clinic.tasks.open().filter(reason_key=f"refund:{approval.pk}"):
        tasks.done(task, by=by, at=at)
    return cancelled


def _settle(payment: Payment, reason_key: str, *, by: User, at: datetime) -> None:
    for task in payment.clinic.tasks.open().filter(reason_key=reason_key):
        tasks.done(task, by=by, at=at)
