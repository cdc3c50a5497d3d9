from django.urls import path

from portal.views import consents, documents, home, links, reports

app_name = "portal"
urlpatterns = [
    path("", links.welcome, name="welcome"),
    path("enter/<str:secret>/", links.enter, name="enter"),
    path("leave/", links.leave, name="leave"),
    path("home/", home.home, name="home"),
    path("person/", home.person_choose, name="person_choose"),
    path("me/", home.me, name="me"),
    path("stay/", home.stay, name="stay"),
    path("documents/", documents.document_list, name="document_list"),
    path("documents/<int:pk>/", documents.document_show, name="document_show"),
    path("documents/<int:pk>/file/", documents.document_file, name="document_file"),
    path("report/", reports.report_tell, name="report_tell"),
    path("report/told/", reports.report_told, name="report_told"),
    path("reports/", reports.report_list, name="report_list"),
    path("tell/<str:secret>/", reports.report_open, name="report_open"),
    path("tell/<str:secret>/sent/", reports.report_sent, name="report_sent"),
    path("consents/<int:pk>/", consents.consent_sign, name="consent_sign"),
]
