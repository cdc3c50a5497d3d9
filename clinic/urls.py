"""Every door of the house, by its first word."""

from django.conf import settings
from django.urls import include, path

from clinic import demo_mail, health
from clinic.views import backups, home, set_up

# The machines' door comes first: it is asked most, and the words are tried one after the other.
DOORS = {"api": "api/v1/"} | {name: f"{name}/" for name in settings.ROOMS if name not in ("common", "audit", "api")}
urlpatterns = [
    path("", home.home, name="home"),
    path("set-up/", set_up.set_up_show, name="set_up_show"),
    path("set-up/card/", set_up.set_up_card, name="set_up_card"),
    path("set-up/mail/", set_up.mail_test, name="mail_test"),
    path("set-up/certificate/", set_up.certificate_help, name="certificate_help"),
    path("set-up/backups/", backups.backup_list, name="backup_list"),
    path("set-up/backups/decide/", backups.backup_decide, name="backup_decide"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/", include("allauth.mfa.urls")),
    *(path(word, include(f"{name}.urls")) for name, word in DOORS.items()),
]

if not settings.IN_PRODUCTION:
    urlpatterns += [
        path("demo/mail/", demo_mail.mail_list, name="mail_list"),
        path("demo/mail/<str:name>/", demo_mail.mail_show, name="mail_show"),
    ]

handler400 = "clinic.errors.bad_request"
handler403 = "clinic.errors.forbidden"
handler404 = "clinic.errors.not_found"
handler500 = "clinic.errors.server_error"
