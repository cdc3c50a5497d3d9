from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, may, staff
from billing.actions import closings, takings
from billing.forms.payments import CloseForm, ReopenForm, TakingsForm
from billing.rules.closings import expected_in_cash
from billing.tables.takings import answer_with, sums_of
from billing.views.payments import posted
from common.refused import Refused
from patients.access import is_masked, today_of

PER_PAGE = 100


@staff(Permission.VIEW_PAYMENTS)
def takings_show(request):
    form, today = TakingsForm(request.GET), today_of(request, timezone.now())
    first, last = form.days(today)
    rows = request.clinic.payments.takings(first, last).with_list().latest_first()
    counts = request.clinic.day_closes.with_people().of_day(first) if first == last else []
    shown = {
        "form": TakingsForm({"from": first, "to": last}) if form.is_valid() else form,
        "takings": sums_of(request.clinic, first, last),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "counts": counts,
        "is_masked": is_masked(request.membership),
        "standing": next((count for count in counts if count.reopened_at is None), None),
        "may_close": may(request.membership, Permission.TAKE_PAYMENTS) and first == last <= today,
        "may_reopen": may(request.membership, Permission.REFUND_PAYMENTS),
    }
    return render(request, "billing/takings_show.html", shown, status=422 if form.errors else 200)


@staff(Permission.VIEW_PAYMENTS)
def takings_csv(request):
    now = timezone.now()
    first, last = TakingsForm(request.GET).days(today_of(request, now))
    takings.export(request.clinic, day_from=first, day_to=last, by=request.user, at=now)
    return answer_with(request.clinic, first, last, masked=is_masked(request.membership))


@staff(Permission.TAKE_PAYMENTS)
def day_close(request, day):
    form = CloseForm(posted(request))
    if form.is_valid():
        try:
            closings.close(request.clinic, day=day, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The day is counted."))
            return redirect(address_of(day))
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"form": form, "day": day, "expected": expected_in_cash(request.clinic, day), "back": address_of(day)}
    return render(request, "billing/day_close.html", shown, status=422 if form.errors else 200)


@staff(Permission.REFUND_PAYMENTS)
def day_reopen(request, pk):
    count = get_object_or_404(request.clinic.day_closes.with_people(), pk=pk)
    form = ReopenForm(posted(request))
    if form.is_valid():
        try:
            closings.reopen(count, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The day is open again: count it anew afterwards."))
            return redirect(address_of(count.day))
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"form": form, "count": count, "back": address_of(count.day)}
    return render(request, "billing/day_reopen.html", shown, status=422 if form.errors else 200)


def address_of(day):
    return f"{reverse('billing:takings_show')}?from={day}&to={day}"
