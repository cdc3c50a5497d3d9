from django.urls import path

from treatments.views import consents, plans

app_name = "treatments"
urlpatterns = [
    path("plans/", plans.plan_list, name="plan_list"),
    path("patients/<int:pk>/plans/", plans.patient_plans, name="patient_plans"),
    path("plans/<int:pk>/", plans.plan_detail, name="plan_detail"),
    path("consents/<int:pk>/", consents.consent_detail, name="consent_detail"),
]
