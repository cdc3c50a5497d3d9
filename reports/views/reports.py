from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBadRequest
from django.shortcuts import render
from django.utils import timezone

from accounts.access import Permission, Scope, staff
from reports.actions import exports
from reports.forms import ReportForm
from reports.tables.files import answer_with
from reports.tables.lots import REPORTS
from reports.tables.sheets import Asked

PER_PAGE = 50


@staff(Permission.VIEW_REPORTS)
def report_list(request):
    return render(request, "reports/report_list.html", {"reports": REPORTS.values()})


@staff(Permission.VIEW_REPORTS)
def report_show(request, name):
    report, form = report_or_404(name), form_of(request)
    shown = {"report": report, "form": form, "only_own": request.grant.scope == Scope.OWN}
    if form.is_valid():
        sheet = report.sheet(asked_of(request, form))
        page = Paginator(sheet.rows, PER_PAGE).get_page(request.GET.get("page"))
        shown |= {
            "page": page,
            "rows": [report.cells(row) for row in page],
            "totals": report.cells(sheet.totals),
        }
    return render(request, "reports/report_show.html", shown, status=422 if form.errors else 200)


@staff(Permission.VIEW_REPORTS)
def report_csv(request, name):
    report, form = report_or_404(name), form_of(request)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_text(), content_type="text/plain; charset=utf-8")
    asked = asked_of(request, form)
    exports.export(request.clinic, report=name, form="csv", filters=asked.words, by=request.user, at=timezone.now())
    return answer_with(report, asked)


def report_or_404(name):
    if name not in REPORTS:
        raise Http404
    return REPORTS[name]


def form_of(request):
    products = request.clinic.products.order_by("name").values_list("pk", "name")
    return ReportForm(request.GET, products=list(products))


def asked_of(request, form):
    own = request.user if request.grant.scope == Scope.OWN else None
    return Asked(clinic=request.clinic, own=own, **form.asked)
