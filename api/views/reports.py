"""Reports: the figures of the pages, as JSON or as the same CSV."""

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from accounts.access import Permission, Scope
from api.serializers.reports import ReportQuerySerializer, ReportSerializer, SheetSerializer
from api.views.door import ClinicView
from reports.actions import exports
from reports.tables.files import answer_with
from reports.tables.lots import REPORTS
from reports.tables.sheets import Asked, spoken


class CSV(JSONRenderer):
    """Lets `?format=csv` be asked for; the file itself is streamed, and a refusal is still JSON."""

    format = "csv"


class Reports(ClinicView):
    """The reports that there are."""

    permissions = {"GET": Permission.VIEW_REPORTS}

    @extend_schema(responses=ReportSerializer(many=True))
    def get(self, request) -> Response:
        return Response(ReportSerializer(list(REPORTS.values()), many=True).data)


class ReportDetail(ClinicView):
    """One report; a practitioner gets the figures of their own sessions."""

    permissions = {"GET": Permission.VIEW_REPORTS}
    renderer_classes = [JSONRenderer, CSV]

    @extend_schema(parameters=[ReportQuerySerializer], responses=SheetSerializer)
    def get(self, request, name: str):
        if name not in REPORTS:
            raise Http404
        report = REPORTS[name]
        query = ReportQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = self.asked(query.validated_data)
        form = query.validated_data["format"]
        exports.export(self.clinic, report=name, form=form, filters=asked.words, by=request.user, at=timezone.now())
        if form == "csv":
            return answer_with(report, asked)
        sheet = report.sheet(asked)
        head = ReportSerializer(report).data
        return Response(
            {**head, "rows": [spoken(report, row) for row in sheet.rows], "totals": spoken(report, sheet.totals)}
        )

    def asked(self, query) -> Asked:
        own = self.request.user if self.request._request.grant.scope == Scope.OWN else None
        return Asked(self.clinic, own, query.get("from"), query.get("to"), query.get("product"))
