from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, staff
from common.refused import Refused
from patients.access import patient_or_404
from patients.actions import care_teams
from patients.forms.contacts import CareTeamForm


@staff(Permission.EDIT_PATIENTS)
def care_team_name(request, pk):
    patient = patient_or_404(request, pk)
    form = CareTeamForm(request.POST or None, colleagues=request.clinic.memberships.active().with_person())
    if form.is_valid():
        try:
            care_teams.name(patient, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("patients:care_team_name", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    shown = {"patient": patient, "form": form, "team": patient.care_team.standing().with_people()}
    return render(request, "patients/care_team_name.html", shown, status=422 if form.errors else 200)


@staff(Permission.EDIT_PATIENTS)
@require_POST
def care_team_leave(request, pk, team_pk):
    patient = patient_or_404(request, pk)
    place = get_object_or_404(patient.care_team.standing(), pk=team_pk)
    care_teams.leave(place, by=request.user, at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("patients:care_team_name", pk)
