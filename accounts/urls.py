from django.urls import path

from accounts.views import clinics, members, preferences

app_name = "accounts"
urlpatterns = [
    path("clinics/", clinics.clinic_choose, name="clinic_choose"),
    path("team/", members.member_list, name="member_list"),
    path("language/", preferences.language_choose, name="language_choose"),
    path("theme/", preferences.theme_choose, name="theme_choose"),
]
