"""Issued papers and their files."""

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.documents import DocumentQuerySerializer, DocumentSerializer
from api.views.door import ClinicView
from documents import pdfs


class DocumentView(ClinicView):
    """What the resources of papers share."""

    permissions = {"GET": Permission.VIEW_DOCUMENTS}

    @property
    def rows(self):
        seen = self.clinic.documents.visible_to(self.request.user)
        return seen.select_related("patient").prefetch_related("signatures")

    def found(self, pk):
        document = get_object_or_404(self.rows, pk=pk)
        if document.patient:
            self.chart(document.patient)
        return document


class Documents(DocumentView):
    """The papers of the clinic, newest first."""

    @extend_schema(parameters=[DocumentQuerySerializer], responses=DocumentSerializer(many=True))
    def get(self, request) -> Response:
        asked = DocumentQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        wanted = {name: value for name, value in asked.validated_data.items() if name in ("patient", "state")}
        return self.page(DocumentSerializer, self.rows.filter(**wanted))


class DocumentDetail(DocumentView):
    """One paper."""

    @extend_schema(responses=DocumentSerializer)
    def get(self, request, pk: int) -> Response:
        return self.show(DocumentSerializer, self.found(pk))


class DocumentFile(DocumentView):
    """The sealed file of a paper; 404 until it is made."""

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request, pk: int):
        return pdfs.answer_with(self.found(pk))
