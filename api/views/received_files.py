"""Papers that came from outside: put in, listed, read, crossed out."""

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.received_files import ErrorBody, ReceivedFileBody, ReceivedFileSerializer
from api.views.patients import PatientView
from patients import papers
from patients.actions import received_files


class ReceivedFiles(PatientView):
    """The papers of one chart that came from outside."""

    permissions = {"GET": Permission.VIEW_DOCUMENTS, "POST": Permission.RECEIVE_PAPERS}
    parser_classes = [MultiPartParser]

    @extend_schema(responses=ReceivedFileSerializer(many=True))
    def get(self, request, pk) -> Response:
        return self.page(ReceivedFileSerializer, self.found(pk).received_files.visible_to(request.user))

    @extend_schema(request={"multipart/form-data": ReceivedFileBody}, responses={201: ReceivedFileSerializer})
    def post(self, request, pk) -> Response:
        patient = self.found(pk)
        paper = received_files.add(patient, **self.body(ReceivedFileBody), **self.act())
        return self.show(ReceivedFileSerializer, paper, 201)


class ReceivedFileView(PatientView):
    """What the resources about one paper share."""

    def paper(self, pk):
        rows = self.clinic.received_files.visible_to(self.request.user).select_related("patient", "clinic")
        paper = get_object_or_404(rows, pk=pk)
        self.chart(paper.patient)
        return paper


class ReceivedFileContent(ReceivedFileView):
    """The file itself."""

    permissions = {"GET": Permission.VIEW_DOCUMENTS}

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in papers.ENDINGS})
    def get(self, request, pk):
        return papers.answer_with(self.paper(pk))


class ReceivedFileError(ReceivedFileView):
    """Mark a paper as entered in error."""

    permissions = {"POST": Permission.RECEIVE_PAPERS}

    @extend_schema(request=ErrorBody, responses=ReceivedFileSerializer)
    def post(self, request, pk) -> Response:
        paper = received_files.mark_error(self.paper(pk), **self.body(ErrorBody), **self.act())
        return self.show(ReceivedFileSerializer, paper)
