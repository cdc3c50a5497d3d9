"""Every door of the house, by its first word."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

urlpatterns = [path("accounts/", include("allauth.account.urls")), path("accounts/", include("allauth.mfa.urls"))]
urlpatterns += [
    path(f"{'api/v1' if app == 'api' else app}/", include(f"{app}.urls"))
    for app in settings.ROOMS
    if find_spec(f"{app}.urls")
]
