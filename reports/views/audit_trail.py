from django.core.paginator import Paginator
from django.shortcuts import render

from accounts.access import Permission, Scope, may, staff
from reports.forms import ReportForm
from reports.tables import trail
from reports.tables.events import TRAIL
from reports.tables.files import is_long
from reports.tables.sheets import Asked

PER_PAGE = 50


@staff(Permission.VIEW_AUDIT)
def audit_log(request):
    only_own = request.grant.scope == Scope.OWN
    form = ReportForm(request.GET, report=TRAIL, clinic=request.clinic, only_own=only_own)
    shown = {"form": form, "report": TRAIL, "only_own": only_own, "state": trail.state_of(request.clinic)}
    if form.is_valid():
        sheet = TRAIL.sheet(Asked.of(request.clinic, request.user if only_own else None, form.cleaned_data))
        page = Paginator(sheet.rows, PER_PAGE).get_page(request.GET.get("page"))
        shown |= {"page": page, "is_long": is_long(sheet), "entries": trail.entries(request.clinic, page)}
    shown["opens_charts"] = may(request.membership, Permission.VIEW_PATIENTS)
    return render(request, "reports/audit_log.html", shown, status=422 if form.errors else 200)
