from django.urls import path

from patients.views import alerts, care_teams, contacts, merges, patients, portal, received_files, statements, tasks

app_name = "patients"
urlpatterns = [
    path("", patients.patient_list, name="patient_list"),
    path("find/", patients.patient_find, name="patient_find"),
    path("register/", patients.patient_register, name="patient_register"),
    path("alike/", patients.patient_alike, name="patient_alike"),
    path("tasks/", tasks.task_list, name="task_list"),
    path("tasks/add/", tasks.task_add, name="task_add"),
    path("tasks/<int:pk>/done/", tasks.task_done, name="task_done"),
    path("tasks/<int:pk>/reopen/", tasks.task_reopen, name="task_reopen"),
    path("merges/", merges.merge_list, name="merge_list"),
    path("merges/<int:pk>/", merges.merge_detail, name="merge_detail"),
    path("merges/requests/<int:pk>/", merges.merge_request, name="merge_request"),
    path("merges/requests/<int:pk>/agree/", merges.merge_agree, name="merge_agree"),
    path("merges/requests/<int:pk>/carry-out/", merges.merge_carry_out, name="merge_carry_out"),
    path("merges/requests/<int:pk>/cancel/", merges.merge_cancel, name="merge_cancel"),
    path("papers/<int:pk>/", received_files.received_file_show, name="received_file_show"),
    path("papers/<int:pk>/error/", received_files.received_file_mark_error, name="received_file_mark_error"),
    path("<int:pk>/", patients.patient_detail, name="patient_detail"),
    path("<int:pk>/papers/add/", received_files.received_file_add, name="received_file_add"),
    path("<int:pk>/merge/", merges.merge_choose, name="merge_choose"),
    path("<int:pk>/merge/<int:other_pk>/", merges.merge_preview, name="merge_preview"),
    path("<int:pk>/edit/", patients.patient_edit, name="patient_edit"),
    path("<int:pk>/history/", statements.statement_list, name="statement_list"),
    path("<int:pk>/history/<slug:kind>/", statements.statement_state, name="statement_state"),
    path(
        "<int:pk>/history/<slug:kind>/<int:statement_pk>/<slug:act>/",
        statements.statement_settle,
        name="statement_settle",
    ),
    path("<int:pk>/alerts/", alerts.alert_raise, name="alert_raise"),
    path("<int:pk>/alerts/<int:alert_pk>/lift/", alerts.alert_lift, name="alert_lift"),
    path("<int:pk>/team/", care_teams.care_team_name, name="care_team_name"),
    path("<int:pk>/team/<int:team_pk>/leave/", care_teams.care_team_leave, name="care_team_leave"),
    path("<int:pk>/contact/", contacts.contact_consent_list, name="contact_consent_list"),
    path("<int:pk>/portal/", portal.portal_invite, name="portal_invite"),
    path("portal/phones/<int:pk>/forget/", portal.portal_phone_forget, name="portal_phone_forget"),
    path("<int:pk>/log/", patients.patient_log, name="patient_log"),
]
