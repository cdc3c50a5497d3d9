from django.urls import path

from reports.views import audit_trail, reports, summaries, timelines

app_name = "reports"
urlpatterns = [
    path("", reports.report_list, name="report_list"),
    path("audit/", audit_trail.audit_log, name="audit_log"),
    path("patients/<int:pk>/summary/", summaries.patient_summary, name="patient_summary"),
    path("patients/<int:pk>/summary/file/", summaries.patient_summary_file, name="patient_summary_file"),
    path("patients/<int:pk>/timeline/", timelines.patient_timeline, name="patient_timeline"),
    path("<slug:name>/", reports.report_show, name="report_show"),
    path("<slug:name>/csv/", reports.report_csv, name="report_csv"),
]
