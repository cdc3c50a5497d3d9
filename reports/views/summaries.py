from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.access import Permission, staff
from documents import rendering
from patients.access import open_chart
from reports.tables.summary import summary_of


@staff(Permission.PRINT_SUMMARY)
def patient_summary(request, pk):
    return render(request, "reports/patient_summary.html", shown(request, open_chart(request, pk)))


@staff(Permission.PRINT_SUMMARY)
def patient_summary_file(request, pk):
    patient = open_chart(request, pk)
    now = timezone.now()
    title = _("Summary of %(name)s") % {"name": patient.full_name}
    paper = {"number": patient.number, "title": title, "issued_at": now, "language": translation.get_language()}
    context = {**shown(request, patient), "document": paper, "is_demo": not settings.IN_PRODUCTION}
    html = render_to_string("documents/patient_summary.html", context)
    answer = HttpResponse(rendering.pdf_of(html), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{patient.number}-{now:%Y-%m-%d}.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return answer


def shown(request, patient):
    """Give what stands on the page, and who prints it when."""
    return {
        "patient": patient,
        "summary": summary_of(patient, request.user),
        "printed_by": request.user,
        "printed_at": timezone.now(),
        "zone": request.clinic.time_zone,
        "clinic": request.clinic,
        "current_tab": "patients:patient_detail",
    }
