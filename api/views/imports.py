"""Files from other systems: sent, their columns named, checked, taken in, taken back. A worker does the work."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.access import Permission
from api.serializers.imports import (
    ImportBody,
    ImportColumnsBody,
    ImportDetailSerializer,
    ImportRowQuery,
    ImportRowSerializer,
    ImportRunBody,
    ImportSerializer,
    ImportUndoBody,
)
from api.views.door import ClinicView
from patients.actions import imports
from scheduling.tables.imports import sort_of


class Imports(ClinicView):
    """The files that were sent."""

    permissions = {"GET": Permission.VIEW_IMPORTS, "POST": Permission.RUN_IMPORTS}
    parser_classes = [MultiPartParser]

    @extend_schema(responses=ImportSerializer(many=True))
    def get(self, request) -> Response:
        return self.page(ImportSerializer, self.clinic.imports.latest_first())

    @extend_schema(request={"multipart/form-data": ImportBody}, responses={201: ImportDetailSerializer})
    def post(self, request) -> Response:
        sent = self.body(ImportBody)
        fields = sort_of(sent["subject"]).fields
        batch = imports.upload(self.clinic, **sent, fields=fields, by=request.user, at=timezone.now())
        return self.show(ImportDetailSerializer, batch, 201)


class ImportView(ClinicView):
    """What the resources about one file share."""

    permissions = {"POST": Permission.RUN_IMPORTS}

    def batch(self, pk):
        return get_object_or_404(self.clinic.imports.select_related("clinic"), pk=pk)


class ImportDetail(ImportView):
    """One file and its figures."""

    permissions = {"GET": Permission.VIEW_IMPORTS}

    @extend_schema(responses=ImportDetailSerializer)
    def get(self, request, pk) -> Response:
        return self.show(ImportDetailSerializer, self.batch(pk))


class ImportRows(ImportView):
    """The lines of one file, as they stand in it."""

    permissions = {"GET": Permission.VIEW_IMPORTS}

    @extend_schema(parameters=[ImportRowQuery], responses=ImportRowSerializer(many=True))
    def get(self, request, pk) -> Response:
        asked = ImportRowQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return self.page(ImportRowSerializer, self.batch(pk).rows.filter(**asked.validated_data), ordering="line")


class ImportColumns(ImportView):
    """Say what the columns mean, and have the file checked."""

    @extend_schema(request=ImportColumnsBody, responses=ImportDetailSerializer)
    def post(self, request, pk) -> Response:
        batch = self.batch(pk)
        named = {"sort": sort_of(batch.subject), **self.body(ImportColumnsBody)}
        batch = imports.name_columns(batch, **named, by=request.user, at=timezone.now())
        return self.show(ImportDetailSerializer, batch)


class ImportRun(ImportView):
    """Have a checked file taken in."""

    @extend_schema(request=ImportRunBody, responses=ImportDetailSerializer)
    def post(self, request, pk) -> Response:
        batch = self.batch(pk)
        batch = imports.run(batch, **self.body(ImportRunBody), by=request.user, at=timezone.now())
        return self.show(ImportDetailSerializer, batch)


class ImportUndo(ImportView):
    """Have taken back what a file brought in."""

    @extend_schema(request=ImportUndoBody, responses=ImportDetailSerializer)
    def post(self, request, pk) -> Response:
        batch = self.batch(pk)
        batch = imports.undo(batch, **self.body(ImportUndoBody), by=request.user, at=timezone.now())
        return self.show(ImportDetailSerializer, batch)
