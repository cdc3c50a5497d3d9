from django.urls import path

from treatments.views import consents, outcomes, plan_changes, plan_starts, plans

app_name = "treatments"
urlpatterns = [
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/<int:pk>/", plans.plan_detail, name="plan_detail"),
    path("plans/<int:pk>/phase/", plan_changes.plan_phase, name="plan_phase"),
    path("plans/<int:pk>/consent/", consents.consent_present, name="consent_present"),
    path("plans/<int:pk>/<slug:act>/", plan_changes.plan_change, name="plan_change"),
    path("patients/<int:pk>/plans/", plans.patient_plans, name="patient_plans"),
    path("patients/<int:pk>/plans/start/", plan_starts.plan_start, name="plan_start"),
    path("patients/<int:pk>/plans/dates/", plan_starts.plan_dates, name="plan_dates"),
    path("patients/<int:pk>/plans/decline/", plan_starts.request_decline, name="request_decline"),
    path("patients/<int:pk>/consents/", consents.consent_list, name="consent_list"),
    path("patients/<int:pk>/outcomes/", outcomes.outcome_list, name="outcome_list"),
    path("patients/<int:pk>/outcomes/<slug:measure>/", outcomes.outcome_rate, name="outcome_rate"),
    path("patients/<int:pk>/outcomes/<slug:measure>/hint/", outcomes.outcome_hint, name="outcome_hint"),
    path("consents/<int:pk>/", consents.consent_detail, name="consent_detail"),
    path("consents/<int:pk>/sign/", consents.consent_sign, name="consent_sign"),
    path("consents/<int:pk>/hand-back/", consents.consent_hand_back, name="consent_hand_back"),
    path("consents/<int:pk>/countersign/", consents.consent_countersign, name="consent_countersign"),
    path("consents/<int:pk>/withdraw/", consents.consent_withdraw, name="consent_withdraw"),
    path("outcomes/<int:pk>/set-aside/", outcomes.outcome_mark_error, name="outcome_mark_error"),
]
