from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, may, staff
from accounts.actions import approvals, ownership
from accounts.tables.approvals import requests
from common.refused import Refused


@staff(Permission.VIEW_SETTINGS)
def approval_list(request):
    return page(request)


@staff(Permission.MANAGE_STAFF)
@require_POST
def approval_approve(request, pk):
    return settle(request, pk, ownership.agree, _("Agreed, and done."))


@staff(Permission.MANAGE_STAFF)
@require_POST
def approval_carry_out(request, pk):
    return settle(request, pk, ownership.carry_out, _("Done."))


@staff(Permission.MANAGE_STAFF)
@require_POST
def approval_cancel(request, pk):
    return settle(request, pk, approvals.cancel, _("The request is taken back."))


def settle(request, pk, act, told):
    approval = get_object_or_404(request.clinic.approvals, pk=pk)
    try:
        act(approval, by=request.user, at=timezone.now())
    except Refused as refused:
        return page(request, refusals=refused.reasons, status=422)
    messages.success(request, told)
    return redirect("accounts:approval_list")


def page(request, *, refusals=(), status=200):
    shown = {
        "requests": requests(request.clinic, request.user, timezone.now()),
        "manages": may(request.membership, Permission.MANAGE_STAFF),
        "refusals": refusals,
    }
    return render(request, "accounts/approval_list.html", shown, status=status)
