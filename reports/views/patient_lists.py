from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, staff
from accounts.actions import approvals
from accounts.rules import approvals as approval_rules
from common.refused import Refused
from reports.actions import patient_lists
from reports.forms import PatientListForm


@staff(Permission.EXPORT_PATIENTS)
def patients_ask(request):
    form = PatientListForm(request.POST or None)
    if form.is_valid():
        try:
            asked = patient_lists.ask(request.clinic, **form.values, by=request.user, at=timezone.now())
            return redirect("reports:patients_request", asked.pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    status = 422 if form.errors else 200
    return render(request, "reports/patients_ask.html", {"form": form, "open": open_requests(request)}, status=status)


@staff(Permission.EXPORT_PATIENTS)
def patients_request(request, pk):
    return show_request(request, approval_or_404(request, pk))


@staff(Permission.EXPORT_PATIENTS)
@require_POST
def patients_agree(request, pk):
    return settle(request, pk, patient_lists.agree, _("Agreed. The file is written for whoever asked."))


@staff(Permission.EXPORT_PATIENTS)
@require_POST
def patients_carry_out(request, pk):
    return settle(request, pk, patient_lists.carry_out, _("The file is being written."))


@staff(Permission.EXPORT_PATIENTS)
@require_POST
def patients_refuse(request, pk):
    return settle(request, pk, patient_lists.refuse, _("The request is settled: no list leaves the house."))


def settle(request, pk, act, said):
    approval = approval_or_404(request, pk)
    try:
        done = act(approval, by=request.user, at=timezone.now())
    except Refused as refused:
        return show_request(request, approval, refusals=refused.reasons, status=422)
    messages.success(request, said)
    if getattr(done, "asked_by_id", None) == request.user.pk:
        return redirect("reports:export_show", done.pk)
    return redirect("reports:report_list")


def show_request(request, approval, *, refusals=(), status=200):
    now, user = timezone.now(), request.user
    alone = not approvals.others_who_may(request.clinic, Permission.EXPORT_PATIENTS, approval.requested_by)
    shown = {
        "approval": approval,
        "refusals": refusals,
        "is_open": not approval.cancelled_at and not approval.approved_at and approval.expires_at > now,
        "may_agree": approval_rules.approve.allows(user, approval, at=now),
        "may_carry_out": approvals.is_given(approval, Permission.EXPORT_PATIENTS, now),
        "ripens_at": approval.requested_at + approvals.ALONE_WAITS if alone else None,
    }
    return render(request, "reports/patients_request.html", shown, status=status)


def open_requests(request):
    return requests_of(request).open(timezone.now()).order_by("requested_at", "pk")


def requests_of(request):
    rows = request.clinic.approvals.filter(kind=patient_lists.KIND)
    return rows.select_related("requested_by", "approved_by", "clinic")


def approval_or_404(request, pk):
    return get_object_or_404(requests_of(request), pk=pk)
