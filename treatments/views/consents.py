from django.shortcuts import render

from accounts.access import Permission, staff
from treatments.views.charts import consent_or_404, reads_consents


@staff(Permission.VIEW_CONSENTS)
def consent_detail(request, pk):
    consent = consent_or_404(request, pk)
    shown = {"consent": consent, "patient": consent.patient, "reads": reads_consents(request)}
    return render(request, "treatments/consent_detail.html", shown)
