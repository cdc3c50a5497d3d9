from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, may, staff
from common.refused import Refused
from treatments.actions import protocols
from treatments.tables.protocols import standing_of


@staff(Permission.VIEW_CATALOGUE)
def protocol_list(request):
    shown = {
        "standing": standing_of(request.clinic),
        "protocols": request.clinic.protocols.current().order_by("status", "name"),
        "may_sign": may(request.membership, Permission.APPROVE_FORMULATIONS),
    }
    return render(request, "treatments/protocol_list.html", shown)


@staff(Permission.APPROVE_FORMULATIONS)
def protocol_sign(request):
    refusals = []
    if request.method == "POST":
        try:
            protocols.sign_reference(request.clinic, by=request.user, at=timezone.now())
            messages.success(request, _("Signed: what the reference says now holds in full."))
            return redirect("treatments:protocol_list")
        except Refused as refused:
            refusals = refused.reasons
    shown = {"standing": standing_of(request.clinic), "refusals": refusals}
    return render(request, "treatments/protocol_sign.html", shown, status=422 if refusals else 200)
