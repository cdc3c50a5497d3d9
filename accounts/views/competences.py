from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Permission, staff
from accounts.actions import members
from accounts.forms.competences import CompetenceForm
from accounts.rules import members as rules
from common.dates import local_day
from common.refused import Refused


@staff(Permission.MANAGE_STAFF)
def competence_grant(request, pk):
    practitioner = get_object_or_404(request.clinic.practitioners.with_person(), pk=pk)
    form = CompetenceForm(request.POST or None, known=request.clinic.competences.order_by("name"))
    if form.is_valid():
        try:
            members.grant_competence(practitioner, by=request.user, at=timezone.now(), **form.granted)
            messages.success(request, _("The competence is recorded."))
            return redirect("accounts:member_change", practitioner.membership_id)
        except Refused as refused:
            form.add_refusal(refused)
    shown = {"form": form, "practitioner": practitioner}
    return render(request, "accounts/competence_grant.html", shown, status=422 if form.errors else 200)


@staff(Permission.MANAGE_STAFF)
def competence_end(request, pk):
    held = get_object_or_404(request.clinic.practitioner_competences.with_names(), pk=pk)
    now = timezone.now()
    today = local_day(now, request.clinic.time_zone)
    refusals = rules.end_competence.reasons_against(request.user, held, today=today)
    if request.method == "POST" and not refusals:
        members.end_competence(held, by=request.user, at=now)
        messages.success(request, _("Ended."))
        return redirect("accounts:member_change", held.practitioner.membership_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/competence_end.html", {"held": held, "refusals": refusals}, status=status)
