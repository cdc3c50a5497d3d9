from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, may, staff
from common.dates import local_day
from common.forms import RefusableForm
from common.refused import Refused
from treatments.actions import delegations
from treatments.forms.delegations import USUAL, DelegationForm
from treatments.rules import delegations as rules
from treatments.views.rooms import posted


@staff(Permission.VIEW_ORDERS)
def delegation_list(request):
    today = local_day(timezone.now(), request.clinic.time_zone)
    names = dict(request.clinic.protocols.current().values_list("slug", "name"))
    rows = request.clinic.delegations.standing(today).with_people()
    lines = [
        {
            "row": row,
            "protocol": names.get(row.protocol_slug, row.protocol_slug),
            "ends": rules.end.allows(request.user, row),
        }
        for row in rows
    ]
    may_give = may(request.membership, Permission.SIGN_ORDERS) and hasattr(request.membership, "practitioner")
    return render(request, "treatments/delegation_list.html", {"lines": lines, "may_give": may_give})


@staff(Permission.SIGN_ORDERS)
def delegation_give(request):
    now = timezone.now()
    practitioner = get_object_or_404(request.clinic.practitioners, membership=request.membership)
    members = request.clinic.memberships.active().select_related("user", "clinic").exclude(pk=request.membership.pk)
    form = DelegationForm(
        posted(request),
        colleagues=[each for each in members.order_by("user__display_name") if rules.records(each)],
        protocols=request.clinic.protocols.current().order_by("name"),
        initial={"valid_until": local_day(now, request.clinic.time_zone) + USUAL},
    )
    if form.is_valid():
        try:
            delegations.give(practitioner, **form.values, by=request.user, at=now)
            messages.success(request, _("The protocol is delegated."))
            return redirect("treatments:delegation_list")
        except Refused as refused:
            form.add_refusal(refused)
    return render(request, "treatments/delegation_give.html", {"form": form}, status=422 if form.errors else 200)


@staff(Permission.SIGN_ORDERS)
def delegation_end(request, pk):
    delegation = get_object_or_404(request.clinic.delegations.with_people(), pk=pk)
    form = RefusableForm(posted(request))
    if form.is_valid():
        try:
            delegations.end(delegation, by=request.user, at=timezone.now())
            messages.success(request, _("The delegation has ended."))
            return redirect("treatments:delegation_list")
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"delegation": delegation, "form": form}
    return render(request, "treatments/delegation_end.html", shown, status=422 if form.errors else 200)
