from django.urls import path

from documents.views import documents, templates

app_name = "documents"
urlpatterns = [
    path("", documents.document_list, name="document_list"),
    path("templates/", templates.template_list, name="template_list"),
    path("templates/versions/<int:pk>/", templates.template_show, name="template_show"),
    path("templates/versions/<int:pk>/draft/", templates.template_draft, name="template_draft"),
    path("templates/versions/<int:pk>/publish/", templates.template_publish, name="template_publish"),
    path("<int:pk>/", documents.document_show, name="document_show"),
    path("<int:pk>/file/", documents.document_file, name="document_file"),
    path("<int:pk>/retry/", documents.document_retry, name="document_retry"),
]
