from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, staff
from common.refused import Refused
from patients.access import alerts_of, patient_or_404
from patients.actions import alerts
from patients.forms.contacts import AlertForm


@staff(Permission.EDIT_PATIENTS)
def alert_raise(request, pk):
    patient = patient_or_404(request, pk)
    form = AlertForm(request.POST or None)
    if form.is_valid():
        try:
            alerts.raise_alert(patient, **form.values, by=request.user, at=timezone.now())
            messages.success(request, _("The alert stands on every page of this patient."))
            return redirect("patients:patient_detail", pk)
        except Refused as refusal:
            form.add_refusal(refusal)
    status = 422 if form.errors else 200
    return render(request, "patients/alert_raise.html", {"patient": patient, "form": form}, status=status)


@staff(Permission.EDIT_PATIENTS)
@require_POST
def alert_lift(request, pk, alert_pk):
    patient = patient_or_404(request, pk)
    alert = get_object_or_404(alerts_of(request, patient), pk=alert_pk)
    alerts.lift(alert, by=request.user, at=timezone.now())
    messages.success(request, _("The alert is lifted; it stays on record."))
    return redirect("patients:patient_detail", pk)
