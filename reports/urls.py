from django.urls import path

from reports.views import audit_trail, exports, patient_lists, reports, summaries, timelines

app_name = "reports"
urlpatterns = [
    path("", reports.report_list, name="report_list"),
    path("audit/", audit_trail.audit_log, name="audit_log"),
    path("patients/<int:pk>/summary/", summaries.patient_summary, name="patient_summary"),
    path("patients/<int:pk>/summary/file/", summaries.patient_summary_file, name="patient_summary_file"),
    path("patients/<int:pk>/timeline/", timelines.patient_timeline, name="patient_timeline"),
    path("patient-list/", patient_lists.patients_ask, name="patients_ask"),
    path("patient-list/<int:pk>/", patient_lists.patients_request, name="patients_request"),
    path("patient-list/<int:pk>/agree/", patient_lists.patients_agree, name="patients_agree"),
    path("patient-list/<int:pk>/carry-out/", patient_lists.patients_carry_out, name="patients_carry_out"),
    path("patient-list/<int:pk>/refuse/", patient_lists.patients_refuse, name="patients_refuse"),
    path("files/", exports.export_list, name="export_list"),
    path("files/count/", exports.export_count, name="export_count"),
    path("files/<int:pk>/", exports.export_show, name="export_show"),
    path("files/<int:pk>/progress/", exports.export_progress, name="export_progress"),
    path("files/<int:pk>/cancel/", exports.export_cancel, name="export_cancel"),
    path("files/<int:pk>/file/", exports.export_file, name="export_file"),
    path("<slug:name>/", reports.report_show, name="report_show"),
    path("<slug:name>/csv/", reports.report_file, {"form": "csv"}, name="report_csv"),
    path("<slug:name>/csv-semicolon/", reports.report_file, {"form": "csv-semicolon"}, name="report_csv_semicolon"),
    path("<slug:name>/xlsx/", reports.report_file, {"form": "xlsx"}, name="report_xlsx"),
    path("<slug:name>/file/", reports.report_ask, name="report_ask"),
]
