"""Reports: the figures of the pages, as JSON or as the same files."""

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from accounts.access import Permission, Scope, demand, may
from api.serializers.reports import MOST_AT_ONCE, ReportQuerySerializer, ReportSerializer, SheetSerializer
from api.views.door import ClinicView
from common.refused import Refused
from reports.actions import exports
from reports.tables.catalogue import REPORTS
from reports.tables.files import answer_with, is_long
from reports.tables.sheets import Asked, spoken


class CSV(JSONRenderer):
    """Lets `?format=csv` be asked for; the file itself is streamed, and a refusal is still JSON."""

    format = "csv"


class SemicolonCSV(CSV):
    """The same for spreadsheets that expect semicolons."""

    format = "csv-semicolon"


class XLSX(CSV):
    """The same for a workbook."""

    format = "xlsx"


class Reports(ClinicView):
    """The reports that this member may read."""

    permissions = {"GET": (Permission.VIEW_REPORTS, Permission.VIEW_AUDIT)}

    @extend_schema(responses=ReportSerializer(many=True))
    def get(self, request) -> Response:
        found = [report for report in offered() if may(request.membership, report.permission)]
        return Response(ReportSerializer(found, many=True).data)


class ReportDetail(ClinicView):
    """One report; a practitioner gets the figures of their own work, everybody the acts that they may see."""

    permissions = {"GET": (Permission.VIEW_REPORTS, Permission.VIEW_AUDIT)}
    renderer_classes = [JSONRenderer, CSV, SemicolonCSV, XLSX]

    @extend_schema(parameters=[ReportQuerySerializer], responses=SheetSerializer)
    def get(self, request, name: str):
        report = next((each for each in offered() if each.name == name), None)
        if report is None:
            raise Http404
        grant = demand(request._request, [report.permission])
        context = {"report": report, "clinic": self.clinic}
        query = ReportQuerySerializer(data=request.query_params.dict(), context=context)
        query.is_valid(raise_exception=True)
        given = dict(query.validated_data)
        form, number = given.pop("format"), given.pop("page")
        asked = Asked.of(self.clinic, request.user if grant.scope == Scope.OWN else None, given)
        sheet = report.sheet(asked)
        if form != "json" and is_long(sheet):
            raise Refused("too_long", _("This list is long: narrow it by days, or read it page by page."))
        exports.export(self.clinic, report=name, form=form, filters=asked.words, by=request.user, at=timezone.now())
        if form != "json":
            return answer_with(report, sheet, form=form, clinic=self.clinic)
        rows = sheet.rows[(number - 1) * MOST_AT_ONCE : number * MOST_AT_ONCE]
        totals = spoken(report, sheet.totals) if sheet.totals is not None else None
        head = {**ReportSerializer(report).data, "count": len(sheet.rows), "page": number}
        return Response({**head, "rows": [spoken(report, row) for row in rows], "totals": totals})


def offered():
    """The reports that leave by this door; the list of patients asks for a second person and has its page."""
    return [report for report in REPORTS.values() if report.permission != Permission.EXPORT_PATIENTS]
