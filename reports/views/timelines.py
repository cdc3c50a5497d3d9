from django.shortcuts import render

from accounts.access import Permission, staff
from patients.access import open_chart
from reports.forms import TimelineForm
from reports.tables import timeline

OVERVIEW = "patients:patient_detail"


@staff(Permission.VIEW_PATIENTS)
def patient_timeline(request, pk):
    patient = open_chart(request, pk)
    form = TimelineForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    page = timeline.page_of(request, patient, **asked)
    shown = {"patient": patient, "page": page, "kind": asked.get("kind", ""), "current_tab": OVERVIEW}
    return render(request, "reports/patient_timeline.html", shown, status=422 if form.errors else 200)
