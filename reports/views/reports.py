from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Permission, Scope, demand, may, staff
from common.refused import Refused
from reports.actions import exports
from reports.forms import ReportForm
from reports.tables.catalogue import REPORTS
from reports.tables.files import FORMS, answer_with, check_fits, is_long
from reports.tables.sheets import Asked

PER_PAGE = 50


@staff(Permission.VIEW_REPORTS)
def report_list(request):
    shown = {
        "reports": [each for each in REPORTS.values() if each.is_shown and may(request.membership, each.permission)],
        "may_export_patients": may(request.membership, Permission.EXPORT_PATIENTS),
    }
    return render(request, "reports/report_list.html", shown)


@staff(Permission.VIEW_REPORTS)
def report_show(request, name):
    report = report_or_404(request, name)
    if not report.is_shown:
        raise Http404
    form = form_of(request, report)
    shown = {"report": report, "form": form, "only_own": request.grant.scope == Scope.OWN}
    if form.is_valid():
        try:
            shown |= page_of(request, report, report.sheet(asked_of(request, form)))
        except Refused as refused:
            form.add_error(None, refused.detail)
    return render(request, "reports/report_show.html", shown, status=422 if form.errors else 200)


def page_of(request, report, sheet):
    page = Paginator(sheet.rows, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "is_long": is_long(sheet),
        "rows": [report.cells(row) for row in page],
        "totals": report.cells(sheet.totals) if sheet.totals is not None else None,
        "chart": report.chart(sheet) if report.chart else "",
    }


@staff(Permission.VIEW_REPORTS, Permission.VIEW_AUDIT)
def report_file(request, name, form):
    report = report_or_404(request, name)
    filters = form_of(request, report)
    if report.permission == Permission.EXPORT_PATIENTS:
        raise Http404
    if not filters.is_valid():
        return HttpResponseBadRequest(filters.errors.as_text(), content_type="text/plain; charset=utf-8")
    asked = asked_of(request, filters)
    try:
        sheet = report.sheet(asked)
        if is_long(sheet):
            messages.info(request, _("This is a long list: have its file written, and go on working meanwhile."))
            return redirect(f"{request.path.removesuffix(f'{form}/')}?{request.GET.urlencode()}")
        exports.export(request.clinic, report=name, form=form, filters=asked.words, by=request.user, at=timezone.now())
        return answer_with(report, sheet, form=form, clinic=request.clinic)
    except Refused as refused:
        return HttpResponseBadRequest(refused.detail, content_type="text/plain; charset=utf-8")


@staff(Permission.VIEW_REPORTS, Permission.VIEW_AUDIT)
@require_POST
def report_ask(request, name):
    report = report_or_404(request, name)
    filters, form = form_of(request, report), request.POST.get("form")
    if report.permission == Permission.EXPORT_PATIENTS or form not in FORMS:
        raise Http404
    if not filters.is_valid():
        return HttpResponseBadRequest(filters.errors.as_text(), content_type="text/plain; charset=utf-8")
    asked = asked_of(request, filters)
    try:
        check_fits(report.sheet(asked), form)
    except Refused as refused:
        messages.error(request, refused.detail)
        return redirect(f"{request.path.removesuffix('file/')}?{request.GET.urlencode()}")
    given = {"filters": asked.values, "is_own": asked.own is not None}
    export = exports.ask(request.clinic, report=name, form=form, **given, by=request.user, at=timezone.now())
    return redirect("reports:export_show", export.pk)


def report_or_404(request, name):
    """A report by its name, and the permission that it asks for by itself."""
    if name not in REPORTS:
        raise Http404
    request.grant = demand(request, [REPORTS[name].permission])
    return REPORTS[name]


def form_of(request, report):
    only_own = request.grant.scope == Scope.OWN
    return ReportForm(request.GET, report=report, clinic=request.clinic, only_own=only_own)


def asked_of(request, form):
    own = request.user if request.grant.scope == Scope.OWN else None
    return Asked.of(request.clinic, own, form.cleaned_data)
