from django.urls import path

from accounts.views import clinics, members

app_name = "accounts"
urlpatterns = [
    path("clinics/", clinics.clinic_choose, name="clinic_choose"),
    path("team/", members.member_list, name="member_list"),
    path("theme/", clinics.theme_choose, name="theme_choose"),
]
