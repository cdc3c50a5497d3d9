from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, may, staff
from accounts.actions import policies
from accounts.forms.settings import PolicyForm
from accounts.tables.policies import decisions
from common.dates import local_day
from common.refused import Refused


@staff(Permission.VIEW_SETTINGS)
def settings(request):
    return render(request, "accounts/settings.html", {"manages": may(request.membership, Permission.MANAGE_SETTINGS)})


@staff(Permission.VIEW_SETTINGS)
def policy_list(request):
    shown = {
        "decisions": decisions(request.clinic.policies.with_people()),
        "manages": may(request.membership, Permission.MANAGE_SETTINGS),
    }
    return render(request, "accounts/policy_list.html", shown)


@staff(Permission.MANAGE_SETTINGS)
def policy_decide(request, pk):
    key = get_object_or_404(request.clinic.policies, pk=pk).key
    (decision,) = decisions(request.clinic.policies.with_people().newest(key))
    now = timezone.now()
    today = local_day(now, request.clinic.time_zone)
    form = PolicyForm(request.POST or None, policy=decision.newest, today=today)
    if decision.is_typed and form.is_valid():
        try:
            approved = request.membership.is_medical_director
            policies.decide(request.clinic, key, approved=approved, by=request.user, at=now, **form.values)
            messages.success(request, _("The decision is in force."))
            return redirect("accounts:policy_list")
        except Refused as refused:
            form.add_refusal(refused)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/policy_decide.html", {"form": form, "decision": decision}, status=status)
