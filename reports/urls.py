from django.urls import path

from reports.views import audit_trail, reports

app_name = "reports"
urlpatterns = [
    path("", reports.report_list, name="report_list"),
    path("audit/", audit_trail.audit_log, name="audit_log"),
    path("<slug:name>/", reports.report_show, name="report_show"),
    path("<slug:name>/csv/", reports.report_csv, name="report_csv"),
]
