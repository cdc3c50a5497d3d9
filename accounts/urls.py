from django.urls import path

from accounts.views import approvals, clinics, competences, members, pins, places, policies, preferences, tokens

app_name = "accounts"
urlpatterns = [
    path("clinics/", clinics.clinic_choose, name="clinic_choose"),
    path("team/", members.member_list, name="member_list"),
    path("team/invite/", members.member_invite, name="member_invite"),
    path("team/<int:pk>/", members.member_change, name="member_change"),
    path("team/<int:pk>/licence/", members.member_license, name="member_license"),
    path("team/practitioners/<int:pk>/competences/", competences.competence_grant, name="competence_grant"),
    path("team/competences/<int:pk>/end/", competences.competence_end, name="competence_end"),
    path("team/<int:pk>/disable/", members.member_disable, name="member_disable"),
    path("team/<int:pk>/enable/", members.member_enable, name="member_enable"),
    path("settings/", policies.settings, name="settings"),
    path("settings/clinic/", places.clinic_show, name="clinic_show"),
    path("settings/clinic/change/", places.clinic_edit, name="clinic_edit"),
    path("settings/places/add/", places.location_add, name="location_add"),
    path("settings/places/<int:pk>/", places.location_edit, name="location_edit"),
    path("settings/policy/", policies.policy_list, name="policy_list"),
    path("settings/policy/<int:pk>/", policies.policy_decide, name="policy_decide"),
    path("settings/keys/", tokens.token_list, name="token_list"),
    path("settings/keys/issue/", tokens.token_issue, name="token_issue"),
    path("settings/keys/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("settings/approvals/", approvals.approval_list, name="approval_list"),
    path("settings/approvals/<int:pk>/approve/", approvals.approval_approve, name="approval_approve"),
    path("settings/approvals/<int:pk>/carry-out/", approvals.approval_carry_out, name="approval_carry_out"),
    path("settings/approvals/<int:pk>/cancel/", approvals.approval_cancel, name="approval_cancel"),
    path("pin/", pins.pin_choose, name="pin_choose"),
    path("pin/confirm/", pins.pin_confirm, name="pin_confirm"),
    path("locked/", pins.locked, name="locked"),
    path("language/", preferences.language_choose, name="language_choose"),
    path("theme/", preferences.theme_choose, name="theme_choose"),
]
