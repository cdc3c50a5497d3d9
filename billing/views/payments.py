from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, chart, may, staff
from billing.actions import packages, payments, receipts
from billing.forms.payments import PackageForm, PaymentForm
from billing.rules import balances
from billing.rules import terms as conditions
from billing.tables.accounts import begin, payments_of
from common.refused import Refused
from patients.access import open_chart, today_of


@staff(Permission.VIEW_PAYMENTS)
def patient_billing(request, pk):
    patient = open_chart(request, pk)
    accounts = balances.of_patient(patient)
    shown = {
        "patient": patient,
        "accounts": accounts,
        "open": (owed := balances.open_of(accounts)),
        "ahead": -owed,
        "payments": payments_of(patient),
        "may_take": may(request.membership, Permission.TAKE_PAYMENTS),
        "may_refund": may(request.membership, Permission.REFUND_PAYMENTS),
        "may_price": may(request.membership, Permission.SET_PRICES),
    }
    return render(request, "billing/patient_billing.html", shown)


@staff(Permission.TAKE_PAYMENTS)
def payment_take(request, pk):
    patient, now = open_chart(request, pk), timezone.now()
    visit = visit_of(request, patient)
    accounts, initial = begin(patient, plan=number(request.GET.get("plan")), visit=visit)
    form = PaymentForm(
        posted(request),
        accounts=accounts,
        today=today_of(request, now),
        has_terms=(has_terms := conditions.in_force(request.clinic) is not None),
        currency=request.clinic.currency,
        initial=initial,
    )
    if form.is_valid():
        try:
            payment = payments.take(patient, appointment=visit, **form.values, by=request.user, at=now)
            messages.success(request, _("The payment is written down."))
            return after(payment)
        except Refused as refused:
            form.add_refusal(refused)
    terms_url = reverse("billing:terms_edit") if may(request.membership, Permission.MANAGE_SETTINGS) else ""
    shown = {"patient": patient, "form": form, "visit": visit, "has_terms": has_terms, "terms_url": terms_url}
    return render(request, "billing/payment_take.html", shown, status=422 if form.errors else 200)


def after(payment):
    if hasattr(payment, "receipt"):
        return redirect("billing:receipt_show", payment.receipt.pk)
    return redirect("billing:patient_billing", payment.patient_id)


@staff(Permission.TAKE_PAYMENTS)
@require_POST
def payment_receipt(request, pk):
    payment = payment_or_404(request, pk)
    try:
        receipt = receipts.issue(payment, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, refused.detail)
        return redirect("billing:patient_billing", payment.patient_id)
    return redirect("billing:receipt_show", receipt.pk)


@staff(Permission.SET_PRICES)
def package_agree(request, pk):
    plan = get_object_or_404(request.clinic.plans.select_related("patient"), pk=pk)
    chart(request, plan.patient)
    balance = balances.of_plan(plan)
    form = PackageForm(posted(request), initial={"total": balance.agreed})
    if form.is_valid():
        try:
            packages.agree(plan, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The price is agreed."))
            return redirect("billing:patient_billing", plan.patient_id)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"patient": plan.patient, "balance": balance, "form": form}
    return render(request, "billing/package_agree.html", shown, status=422 if form.errors else 200)


def payment_or_404(request, pk):
    rows = request.clinic.payments.with_list().prefetch_related("refunds")
    payment = get_object_or_404(rows, pk=pk)
    chart(request, payment.patient)
    return payment


def posted(request):
    return request.POST if request.method == "POST" else None


def number(text):
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def visit_of(request, patient):
    wanted = number(request.GET.get("visit"))
    return get_object_or_404(patient.appointments.with_day_list(), pk=wanted) if wanted else None
