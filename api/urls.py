"""Every address of API v1."""

from django.urls import path

from api.views import accounts

app_name = "api"
urlpatterns = [
    path("me/", accounts.Me.as_view(), name="me"),
    path("me/step-up/", accounts.MyStepUp.as_view(), name="me_step_up"),
    path("practitioners/", accounts.Practitioners.as_view(), name="practitioners"),
    path("locations/", accounts.Locations.as_view(), name="locations"),
]
