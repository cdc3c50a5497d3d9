from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, may, staff
from accounts.actions import approvals
from accounts.rules import approvals as approval_rules
from common.refused import Refused
from patients.access import found, open_chart, patient_or_404
from patients.actions import merges
from patients.forms.merges import MergeForm, SplitForm
from patients.forms.patients import SearchForm
from patients.rules import merges as rules
from patients.tables.merges import counts, differences

LIKENESS = ("given_name", "family_name", "born_on", "phone", "email")
KINDS = (merges.MERGE, merges.SPLIT)
MOST = 12


@staff(Permission.REQUEST_MERGE)
def merge_list(request):
    shown = {
        "requests": [request_of(request, each) for each in open_requests(request)],
        "merges": request.clinic.patients_merges.with_people().order_by("-merged_at", "-pk")[:50],
    }
    return render(request, "patients/merge_list.html", shown)


@staff(Permission.REQUEST_MERGE)
def merge_choose(request, pk):
    patient = open_chart(request, pk)
    text = SearchForm(request.GET).text
    alike = request.clinic.patients.alike(**{name: getattr(patient, name) for name in LIKENESS})
    rows = found(request, text)[0][:MOST] if text else alike.exclude(pk=pk)[:MOST]
    shown = {"patient": patient, "q": text, "patients": [row for row in rows if row.pk != pk]}
    return render(request, "patients/merge_choose.html", shown)


@staff(Permission.REQUEST_MERGE)
def merge_preview(request, pk, other_pk):
    into, duplicate = open_chart(request, pk), patient_or_404(request, other_pk)
    differing = differences(into, duplicate)
    form = MergeForm(request.POST or None, differences=differing)
    if form.is_valid():
        try:
            given = {"taking": form.taking, "reason": form.values["reason"]}
            asked = merges.ask(into, duplicate=duplicate, **given, by=request.user, at=timezone.now())
            return redirect("patients:merge_request", asked.pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {
        "patient": into,
        "duplicate": duplicate,
        "form": form,
        "counts": counts(into, duplicate),
        "against": rules.merge.reasons_against(request.user, into, duplicate=duplicate, reason="?"),
        "birth_dates_differ": into.born_on != duplicate.born_on,
    }
    return render(request, "patients/merge_preview.html", shown, status=422 if form.errors else 200)


@staff(Permission.REQUEST_MERGE)
def merge_request(request, pk):
    return show_request(request, pk)


@staff(Permission.MERGE_PATIENTS)
@require_POST
def merge_agree(request, pk):
    return settle(request, pk, merges.agree)


@staff(Permission.MERGE_PATIENTS)
@require_POST
def merge_carry_out(request, pk):
    return settle(request, pk, merges.carry_out)


@staff(Permission.REQUEST_MERGE)
@require_POST
def merge_cancel(request, pk):
    approval = approval_or_404(request, pk)
    try:
        merges.cancel(approval, by=request.user, at=timezone.now())
    except Refused as refused:
        return show_request(request, pk, refusals=refused.reasons, status=422)
    messages.success(request, _("The request is taken back."))
    return redirect("patients:merge_list")


@staff(Permission.REQUEST_MERGE)
def merge_detail(request, pk):
    merge = get_object_or_404(request.clinic.patients_merges.with_people(), pk=pk)
    form = SplitForm(request.POST or None)
    if form.is_valid():
        try:
            asked = merges.ask_split(merge, reason=form.values["reason"], by=request.user, at=timezone.now())
            return redirect("patients:merge_request", asked.pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"merge": merge, "form": form, "moved": merge.moves.filter(column="patient_id").count()}
    return render(request, "patients/merge_detail.html", shown, status=422 if form.errors else 200)


def settle(request, pk, act):
    approval = approval_or_404(request, pk)
    try:
        merge = act(approval, by=request.user, at=timezone.now())
    except Refused as refused:
        return show_request(request, pk, refusals=refused.reasons, status=422)
    messages.success(request, _("These are two files again.") if merge.undone_at else _("The two files are one now."))
    return redirect("patients:merge_detail", merge.pk)


def show_request(request, pk, *, refusals=(), status=200):
    shown = request_of(request, approval_or_404(request, pk))
    into, duplicate = shown["into"], shown["duplicate"]
    if shown["is_merge"] and shown["is_open"]:
        taken = set(shown["approval"].body["taking"])
        shown["counts"] = counts(into, duplicate)
        shown["differences"] = [(each, each.name in taken) for each in differences(into, duplicate)]
    return render(request, "patients/merge_request.html", {**shown, "refusals": refusals}, status=status)


def request_of(request, approval):
    """Say what a request is about, and what this member may do with it."""
    now, user = timezone.now(), request.user
    is_merge = approval.kind == merges.MERGE
    merges_too = may(request.membership, Permission.MERGE_PATIENTS)
    alone = not approvals.others_who_may(request.clinic, Permission.MERGE_PATIENTS, approval.requested_by)
    if is_merge:
        files = request.clinic.patients.in_bulk([approval.body["into"], approval.body["from"]])
        into, duplicate = files[approval.body["into"]], files[approval.body["from"]]
    else:
        merge = request.clinic.patients_merges.with_people().get(pk=approval.body["merge"])
        into, duplicate = merge.to_patient, merge.from_patient
    return {
        "approval": approval,
        "is_merge": is_merge,
        "into": into,
        "duplicate": duplicate,
        "is_open": not approval.cancelled_at and not approval.approved_at and approval.expires_at > now,
        "may_agree": merges_too and approval_rules.approve.allows(user, approval, at=now),
        "may_carry_out": merges_too and approvals.is_given(approval, Permission.MERGE_PATIENTS, now),
        "may_cancel": approval_rules.cancel_approval.allows(user, approval) and approval.expires_at > now,
        "ripens_at": approval.requested_at + approvals.ALONE_WAITS if alone else None,
    }


def open_requests(request):
    rows = request.clinic.approvals.open(timezone.now()).filter(kind__in=KINDS)
    return rows.select_related("requested_by", "clinic").order_by("requested_at", "pk")


def approval_or_404(request, pk):
    rows = request.clinic.approvals.filter(kind__in=KINDS).select_related("requested_by", "approved_by", "clinic")
    return get_object_or_404(rows, pk=pk)
