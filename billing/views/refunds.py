from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, chart, may, staff
from accounts.actions import approvals
from accounts.rules import approvals as approval_rules
from billing.actions import refunds
from billing.forms.payments import RefundForm, WishForm
from billing.rules.payments import left_of, needs_second
from billing.views.payments import after, payment_or_404, posted
from common.refused import Refused


@staff(Permission.REFUND_PAYMENTS)
def payment_refund(request, pk):
    payment = payment_or_404(request, pk)
    alone = needs_second(request.user, payment)
    form = RefundForm(posted(request), initial={"amount": left_of(payment), "method": payment.method})
    if form.is_valid():
        try:
            return given_back(request, payment, form.values, alone)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"payment": payment, "patient": payment.patient, "form": form, "alone": alone, "left": left_of(payment)}
    return render(request, "billing/payment_refund.html", shown, status=422 if form.errors else 200)


def given_back(request, payment, asked, alone):
    if alone:
        approval = refunds.ask(payment, **asked, by=request.user, at=timezone.now())
        messages.success(request, _("Somebody else has to agree now."))
        return redirect("billing:refund_show", approval.pk)
    refund = refunds.give_back(payment, **asked, by=request.user, at=timezone.now())
    messages.success(request, _("The money is given back."))
    return after(refund)


@staff(Permission.TAKE_PAYMENTS)
def payment_propose_refund(request, pk):
    payment = payment_or_404(request, pk)
    form = WishForm(posted(request))
    if form.is_valid():
        try:
            refunds.propose(payment, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The owner finds it among the tasks."))
            return redirect("billing:patient_billing", payment.patient_id)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"payment": payment, "patient": payment.patient, "form": form}
    return render(request, "billing/payment_propose_refund.html", shown, status=422 if form.errors else 200)


@staff(Permission.TAKE_PAYMENTS)
def refund_show(request, pk):
    return refund_page(request, approval_or_404(request, pk))


@staff(Permission.TAKE_PAYMENTS)
@require_POST
def refund_agree(request, pk):
    return settle(request, pk, refunds.agree, _("Agreed: the money is given back."))


@staff(Permission.REFUND_PAYMENTS)
@require_POST
def refund_carry_out(request, pk):
    return settle(request, pk, refunds.carry_out, _("The money is given back."))


@staff(Permission.TAKE_PAYMENTS)
@require_POST
def refund_cancel(request, pk):
    return settle(request, pk, refunds.cancel, _("The request is taken back."))


def approval_or_404(request, pk):
    rows = request.clinic.approvals.filter(kind=refunds.KIND).select_related("requested_by", "approved_by", "clinic")
    return get_object_or_404(rows, pk=pk)


def settle(request, pk, act, told):
    approval = approval_or_404(request, pk)
    try:
        act(approval, by=request.user, at=timezone.now())
    except Refused as refused:
        return refund_page(request, approval, refusals=refused.reasons, status=422)
    messages.success(request, told)
    return redirect("billing:refund_show", pk)


def refund_page(request, approval, *, refusals=(), status=200):
    now = timezone.now()
    payment = get_object_or_404(request.clinic.payments.with_list(), pk=approval.subject_id)
    chart(request, payment.patient)
    is_open = not approval.cancelled_at and approval.expires_at > now
    shown = {
        "approval": approval,
        "payment": payment,
        "patient": payment.patient,
        "refusals": refusals,
        "is_open": is_open,
        "is_mine": approval.requested_by_id == request.user.pk,
        "may_agree": approval_rules.approve.allows(request.user, approval, at=now),
        "may_cancel": is_open and approval_rules.cancel_approval.allows(request.user, approval),
        "may_carry_out": may(request.membership, Permission.REFUND_PAYMENTS)
        and approvals.is_given(approval, Permission.TAKE_PAYMENTS, now),
        "ripens_at": approval.requested_at + approvals.ALONE_WAITS,
        "is_alone": not approvals.others_who_may(request.clinic, Permission.TAKE_PAYMENTS, approval.requested_by),
    }
    return render(request, "billing/refund_show.html", shown, status=status)
